/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Postfix is asked for its own file first; then the usual ones are looked
 * for, with what was rotated away; then the journal.
 */
#include "cli/scan_places.h"

#include "base/input.h"
#include "base/process.h"
#include "logs/frame.h"
#include "logs/rotated.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND_MS 1000
#define LINES_LOOKED_AT 20
#define COMMAND_BYTES 256

static const char *const usual[] = {"/var/log/mail.log", "/var/log/maillog",
	"/var/log/mail", "/var/log/exim4/mainlog", "/var/log/exim/mainlog",
	"/var/log/exim/main.log"};

static void
add_path(void *ctx, const char *path)
{
	struct scan_places *places = ctx;
	struct stat st;

	if (places->count < SCAN_PLACES_MOST && stat(path, &st) == 0 &&
		S_ISREG(st.st_mode))
		places->paths[places->count++] = strdup(path);
}

/* A file, and what it has become. */
static void
add_with_rotated(struct scan_places *places, const char *root, const char *path,
	struct buf *tried)
{
	struct buf whole = {0};

	buf_printf(tried, "%s%s", tried->len > 0 ? ", " : "", path);
	buf_printf(&whole, "%s%s", root, path);
	if (buf_ok(&whole)) {
		add_path(places, whole.p);
		if (!places->live)
			rotated_each(whole.p, add_path, places);
	}
	buf_fini(&whole);
}

static void
ask_postfix(struct scan_places *places, const char *root, struct buf *tried)
{
	static const char *const argv[] = {
		"postconf", "-xh", "maillog_file", NULL};
	struct buf answer = {0};

	if (process_read(argv, &answer, NULL)) {
		struct slice path = slice_trim(buf_slice(&answer));

		if (path.len > 1 && path.p[0] == '/' &&
			!slice_equal(path, SLICE("/dev/stdout"))) {
			answer.p[path.len + (size_t)(path.p - answer.p)] = '\0';
			add_with_rotated(places, root, path.p, tried);
		}
	}
	buf_fini(&answer);
}

/* Facility 2 is mail: all of Postfix, Dovecot, Exim and Sendmail. more: other
 * options of journalctl. */
static void
ask_journal(struct scan_places *places, const char *more)
{
	FILE *journal;
	char command[COMMAND_BYTES];

	if (access("/run/systemd/journal", F_OK) != 0)
		return;
	(void)snprintf(command, sizeof(command),
		"exec journalctl -o json --all --no-pager -q %s "
		"SYSLOG_FACILITY=2 2>/dev/null",
		more);
	journal = popen(command, "r");
	if (journal == NULL)
		return;
	places->journal = journal;
	places->paths[places->count] = malloc(32);
	if (places->paths[places->count] != NULL)
		(void)snprintf(places->paths[places->count++], 32, "/dev/fd/%d",
			fileno(journal));
}

static void
find_files(struct scan_places *places, const char *root, struct buf *tried)
{
	ask_postfix(places, root, tried);
	for (size_t i = 0;
		i < sizeof(usual) / sizeof(*usual) && places->count == 0; i++)
		add_with_rotated(places, root, usual[i], tried);
}

void
scan_places_find_live(struct scan_places *places)
{
	struct buf tried = {0};

	*places = (struct scan_places){.live = true};
	find_files(places, "", &tried);
	buf_fini(&tried);
}

bool
scan_places_find(
	struct scan_places *places, const char *root, struct buf *tried)
{
	*places = (struct scan_places){0};
	find_files(places, root, tried);
	if (places->count == 0 && root[0] == '\0') {
		buf_puts(tried, ", the journal");
		ask_journal(places, "");
	}
	return places->count > 0;
}

void
scan_places_find_journal(
	struct scan_places *places, int64_t since_ms, unsigned most)
{
	char more[COMMAND_BYTES / 2];

	*places = (struct scan_places){0};
	(void)snprintf(more, sizeof(more), "--since=@%lld --lines=%u",
		(long long)(since_ms / SECOND_MS), most);
	ask_journal(places, more);
}

void
scan_places_free(struct scan_places *places)
{
	for (size_t i = 0; i < places->count; i++)
		free(places->paths[i]);
	if (places->journal != NULL)
		(void)pclose(places->journal);
}

/* When its first line was written; 0 if that cannot be read again, or is not
 * known. */
static int64_t
begun(const char *path, struct frames *frames)
{
	struct input *input;
	struct slice rest, line;
	struct frame frame;
	struct stat st;
	int64_t at_ms = 0;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return 0;
	input = input_open(path, NULL);
	if (input == NULL)
		return 0;
	stamp_begin(&frames->stamps, input_written(input) * SECOND_MS, 0);
	rest = input_peek(input, NULL);
	for (int i = 0; i < LINES_LOOKED_AT && at_ms == 0 &&
		slice_next(&rest, '\n', &line);
		i++) {
		if (frame_read(frames, line, &frame) == FRAME_READ)
			at_ms = frame.at_ms;
	}
	input_close(input);
	return at_ms;
}

struct place {
	char *path;
	int64_t at_ms;
	size_t number;
};

static int
by_time(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->at_ms != y->at_ms)
		return x->at_ms < y->at_ms ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

void
scan_places_sort(char **paths, size_t count)
{
	struct place *places = calloc(count + 1, sizeof(*places));
	struct frames *frames = calloc(1, sizeof(*frames));

	for (size_t i = 0; i < count && places != NULL && frames != NULL; i++)
		places[i] =
			(struct place){paths[i], begun(paths[i], frames), i};
	if (places != NULL && frames != NULL) {
		qsort(places, count, sizeof(*places), by_time);
		for (size_t i = 0; i < count; i++)
			paths[i] = places[i].path;
	}
	free(places);
	free(frames);
}
