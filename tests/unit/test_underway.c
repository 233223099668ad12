/* SPDX-License-Identifier: BSD-2-Clause */
/* Queue files of Sendmail as messages with their envelope; senders write some
 * of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "mta/underway.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/forwarden-underway.XXXXXX";
static struct buf seen;
static size_t visits;

static void
write_file(const char *name, const char *text, size_t len)
{
	char path[256];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void
visit(void *ctx, const struct underway *message)
{
	(void)ctx;
	visits++;
	buf_reset(&seen);
	buf_add(&seen, message->header);
	assert_true(buf_ok(&seen));
}

/* What is seen of a queue file with that text. */
static const char *
read_it(const char *text, size_t len)
{
	struct held_where where = {.sendmail = folder, .program = "false"};
	struct underway_search search = {.where = &where, .visit = visit};
	struct err err = {0};

	visits = 0;
	write_file("queue/qf1ABC", text, len);
	if (!underway_each(&search, &err))
		fail_msg("%s", err.text);
	assert_int_equal(search.unread, 0);
	return seen.p != NULL ? seen.p : "";
}

#define READ(text) read_it(text, strlen(text))

static void
an_envelope_on_top(void **state)
{
	(void)state;
	assert_string_equal(
		READ("V8\nT1767603600\n$_mx.partner.example [203.0.113.9]\n"
		     "S<bob@partner.example>\n"
		     "Calice:<alice@example.com>\n"
		     "RPFD:<drop@freemail.example>\n"
		     "Qrfc822;sales@example.com\n"
		     "RPFD:<carl@corp.example>\n"
		     "H??Subject: one\n\ttwo\nH?P?Return-Path: <g>\n.\n"),
		"X-Envelope-From: <bob@partner.example>\n"
		"X-Envelope-To: <drop@freemail.example> "
		"ORCPT=rfc822;alice@example.com\n"
		"X-Envelope-To: <carl@corp.example> "
		"ORCPT=rfc822;sales@example.com\n"
		"Subject: one\n\ttwo\nReturn-Path: <g>\n\n");
	assert_int_equal(visits, 1);
}

/* A field that only the envelope may have, whoever wrote it. */
static void
a_sender_writes_no_envelope(void **state)
{
	(void)state;
	assert_string_equal(READ("S<bob@partner.example>\n"
				 "H??X-Envelope-To: <a@example.com>\n"
				 "\tORCPT=rfc822;alice@example.com\n"
				 "H??x-envelope-user: alice\n"
				 "H??Subject: one\n"),
		"X-Envelope-From: <bob@partner.example>\nSubject: one\n\n");
}

static void
odd_lines_are_let_be(void **state)
{
	static const char *const texts[] = {"", "\n", "S", "S<", "R", "RPFD",
		"RPFD:", "C", "C:", "Q", "H", "H?", "H??", "H?x", "\t", " x",
		"H\n\t\n", "Q\nR:", "S\n\n\nS<>\n"};
	char zeros[64] = {'H', '?', '?'};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		(void)READ(texts[i]);
	(void)read_it(zeros, sizeof(zeros));
}

/* What is held, a lock, or no queue file at all is no mail under way. */
static void
others_are_none(void **state)
{
	(void)state;
	write_file("queue/hf2ABC", "S<a@b>\n", 7);
	write_file("queue/xf2ABC", "S<a@b>\n", 7);
	write_file("queue/qf3;x", "S<a@b>\n", 7);
	(void)READ("S<bob@partner.example>\n");
	assert_int_equal(visits, 1);
}

static void
no_queue_is_said(void **state)
{
	struct held_where where = {.sendmail = "/nowhere", .program = "false"};
	struct underway_search search = {.where = &where, .visit = visit};
	struct err err = {0};

	(void)state;
	assert_false(underway_each(&search, &err));
	assert_non_null(strstr(err.text, "/nowhere"));
}

static int
make_folder(void **state)
{
	char text[256];

	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(text, sizeof(text), "%s/queue", folder);
	if (mkdir(text, 0700) != 0)
		return -1;
	(void)snprintf(
		text, sizeof(text), "O QueueDirectory=%s/queue\n", folder);
	write_file("sendmail.cf", text, strlen(text));
	return 0;
}

static int
drop_folder(void **state)
{
	char command[256];

	(void)state;
	buf_fini(&seen);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command); /* NOLINT: the name is ours */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_envelope_on_top),
		cmocka_unit_test(a_sender_writes_no_envelope),
		cmocka_unit_test(odd_lines_are_let_be),
		cmocka_unit_test(others_are_none),
		cmocka_unit_test(no_queue_is_said),
	};

	return cmocka_run_group_tests_name(
		"underway", tests, make_folder, drop_folder);
}
