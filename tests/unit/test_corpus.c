/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Real mail from outside the project: bounces, auto-replies and complaints,
 * none of which a mailbox of ours forwards, and one real forward.
 */
#include "letter.h"
#include "rows.h"

#include "forward/infer.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FILE_BYTES_MAX (4 * 1024 * 1024)
#define LEAST_FILES 300

static char corpus[] = "/tmp/forwarden-corpus-XXXXXX";
static char *buffer;

static const struct way {
	const char *name;
	const char *session;
} ways[] = {
	{"from outside to alice",
		"client 203.0.113.9\nmail <>\nrcpt <alice@ours.test>\n"},
	{"sent by alice, who is logged in",
		"client 10.0.0.7\nauth alice@ours.test\n"
		"mail <alice@ours.test>\nrcpt <drop@freemail.example>\n"},
	{"sent by a machine of ours with the null sender",
		"client 10.0.0.8\nmail <>\nrcpt <drop@freemail.example>\n"},
	{"sent by a machine of ours with a foreign sender",
		"client 10.0.0.8\nmail <bob@partner.example>\n"
		"rcpt <drop@freemail.example>\n"},
	{"sent by a machine of ours with a local sender",
		"client 10.0.0.8\nmail <app@ours.test>\n"
		"rcpt <drop@freemail.example>\n"},
	{"sent by a program on the machine",
		"mail <www-data@ours.test>\nrcpt <drop@freemail.example>\n"},
};

static struct slice
read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t len;

	if (file == NULL)
		return (struct slice){NULL, 0};
	len = fread(buffer, 1, FILE_BYTES_MAX - 1, file);
	fclose(file);
	buffer[len] = '\0';
	return (struct slice){buffer, len};
}

/* RFC 4155's line, and CRLF. */
static struct slice
header_of(struct slice text)
{
	size_t i, to = 0, from = 0;

	if (slice_starts_fold(text, SLICE("From ")))
		from = slice_find_byte(text, '\n', 0) + 1;
	for (i = from; i < text.len; i++) {
		if (buffer[i] != '\r')
			buffer[to++] = buffer[i];
	}
	return (struct slice){buffer, to};
}

static void
check_file(struct letter *letter, const struct way *way, const char *name)
{
	const struct flow *flow;
	struct context context;
	char path[512];
	struct slice text;

	(void)snprintf(path, sizeof(path), "%s/%s", corpus, name);
	text = read_file(path);
	assert_non_null(text.p);
	letter_read_with(letter, way->session, header_of(text), 1);
	infer_begin(&context, letter->message);
	flow = infer_flows(&context, NULL);
	assert_non_null(flow);
	if (flow->kind != KIND_NONE) {
		fail_msg("%s: %s of %.*s, %u: %s", name,
			evidence_kind_name(flow->kind),
			SLICE_ARG(flow->mailbox.text), flow->confidence,
			evidence_row(flow->seen[0].evidence)->name);
	}
}

static void
check_way(void **state)
{
	const struct way *way = *state;
	struct dirent *entry;
	struct letter letter;
	size_t files = 0;
	DIR *dir;

	dir = opendir(corpus);
	assert_non_null(dir);
	letter_open_bare(&letter);
	letter_local(&letter, "ours.test");
	while ((entry = readdir(dir)) != NULL) {
		if (strstr(entry->d_name, ".eml") == NULL)
			continue;
		check_file(&letter, way, entry->d_name);
		files++;
	}
	closedir(dir);
	letter_close(&letter);
	assert_true(files >= LEAST_FILES);
}

/* Exchange Online forwards a whole mailbox of doe.com. */
static void
check_exchange(void **state)
{
	const char *shared = getenv("SHARED");
	const struct flow *flow;
	struct letter letter;
	struct context context;
	char path[512];

	(void)state;
	(void)snprintf(path, sizeof(path),
		"%s/data/mail/exchange-online-mailbox-forwarding.eml", shared);
	letter_open(&letter);
	letter_local(&letter, "doe.com");
	letter_read_with(&letter,
		"client 10.0.0.22\n"
		"mail <bounces+SRS=Ab1Cd=XY@doe.com>\n"
		"rcpt <drop@freemail.example>\n",
		header_of(read_file(path)), 1);
	infer_begin(&context, letter.message);
	flow = infer_flows(&context, NULL);
	assert_int_equal(flow->kind, KIND_REDIRECT);
	assert_true(slice_equal(flow->mailbox.text, SLICE("info@doe.com")));
	assert_string_equal(flow->platform, "exchange");
	assert_true(flow->confidence >= 95);
	assert_true(flow_is_forward(flow));
	letter_close(&letter);
}

static void
unpack(const char *shared)
{
	char command[1200];

	(void)snprintf(command, sizeof(command),
		"tar xJf '%s/data/mail/not-forwarded.tar.xz' -C '%s' "
		"--no-same-owner && find '%s' -mindepth 2 -name '*.eml' "
		"-exec mv {} '%s' ';'",
		shared, corpus, corpus, corpus);
	if (system(command) != 0)
		exit(1);
}

static int
drop_one(const char *path, const struct stat *stat, int type, struct FTW *ftw)
{
	(void)stat;
	(void)type;
	(void)ftw;
	return remove(path);
}

int
main(void)
{
	static const struct {
		const char *name;
	} exchange[] = {{"exchange online's mailbox forwarding is seen"}};
	const char *shared = getenv("SHARED");
	struct rows tests = {NULL, 0};
	char path[512];
	int failed;

	(void)snprintf(path, sizeof(path), "%s/data/mail/not-forwarded.tar.xz",
		shared != NULL ? shared : "/nonexistent");
	if (access(path, R_OK) != 0) {
		puts("1..1\nok 1 - real mail # SKIP ../shared is not here");
		return 0;
	}
	buffer = malloc(FILE_BYTES_MAX);
	if (buffer == NULL || mkdtemp(corpus) == NULL)
		return 1;
	unpack(shared);
	ROWS_ADD(&tests, ways, check_way);
	ROWS_ADD(&tests, exchange, check_exchange);
	failed = rows_run(&tests, "corpus");
	(void)nftw(corpus, drop_one, 8, FTW_DEPTH | FTW_PHYS);
	free(buffer);
	return failed;
}
