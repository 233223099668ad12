/* SPDX-License-Identifier: BSD-2-Clause */
/* One journalctl, and what it has written of which no line was taken. */
#include "cli/follow_journal.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "base/process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CURSOR_BYTES 512
#define MACHINE_BYTES 64
#define MACHINE_DIGITS 32 /* machine-id(5) */
#define ARGUMENT_BYTES (CURSOR_BYTES + 32)
#define BUFFER_BYTES ((size_t)1024 * 1024) /* a longer line is passed over */
#define NOT_OPEN (-1)

struct follow_journal {
	char cursor[CURSOR_BYTES];
	pid_t pid; /* 0: it does not run */
	int fd;
	struct buf last; /* the last line; its cursor is read when asked for */
	bool skipping; /* the rest of a line that was too long */
	size_t begin, end; /* of what is unread in text */
	char text[BUFFER_BYTES];
};

static void
set_cursor(struct follow_journal *journal, struct slice cursor)
{
	if (cursor.len == 0 || cursor.len >= CURSOR_BYTES)
		return;
	memcpy(journal->cursor, cursor.p, cursor.len);
	journal->cursor[cursor.len] = '\0';
}

struct follow_journal *
follow_journal_new(const char *cursor)
{
	struct follow_journal *journal = calloc(1, sizeof(*journal));

	if (journal == NULL)
		return NULL;
	journal->fd = NOT_OPEN;
	if (cursor != NULL)
		set_cursor(journal, slice_of(cursor));
	return journal;
}

/* Its exit status. */
static int
stop(struct follow_journal *journal)
{
	int status = 0;

	if (journal->pid != 0) {
		(void)close(journal->fd);
		status = process_end(journal->pid);
	}
	journal->pid = 0;
	journal->fd = NOT_OPEN;
	journal->begin = journal->end = 0;
	journal->skipping = false;
	return status;
}

void
follow_journal_free(struct follow_journal *journal)
{
	if (journal == NULL)
		return;
	(void)stop(journal);
	buf_fini(&journal->last);
	free(journal);
}

const char *
follow_journal_cursor(struct follow_journal *journal)
{
	struct json *line;

	if (journal->last.len > 0) {
		line = json_parse(buf_slice(&journal->last), NULL);
		set_cursor(journal, json_text(line, "__CURSOR"));
		json_free(line);
		buf_reset(&journal->last);
	}
	return journal->cursor;
}

/* A stop before the first line must not lose any: what is there already is
 * where it begins. */
static void
find_last(struct follow_journal *journal)
{
	static const char *const argv[] = {"journalctl", "--lines=1",
		"--output=json", "--all", "--quiet", "SYSLOG_FACILITY=2", NULL};

	if (process_read(argv, &journal->last, NULL))
		(void)follow_journal_cursor(journal);
	buf_reset(&journal->last);
}

/* "_MACHINE_ID=...", or nothing where that is not known. */
static void
add_machine(char match[MACHINE_BYTES])
{
	struct buf id = {0};
	struct slice digits = {NULL, 0};
	struct err err = {0};

	if (file_read("/etc/machine-id", MACHINE_BYTES, &id, &err))
		digits = slice_trim(buf_slice(&id));
	match[0] = '\0';
	if (digits.len == MACHINE_DIGITS)
		(void)snprintf(match, MACHINE_BYTES, "_MACHINE_ID=%.*s",
			SLICE_ARG(digits));
	buf_fini(&id);
}

/*
 * Who follows is told of the present boot alone, unless journals are merged:
 * then also what was written before the host went down, and what a container
 * writes, whose boot a unit may not see. Of merged ones there may be other
 * machines'.
 */
static bool
begin(struct follow_journal *journal, struct err *err)
{
	char after[ARGUMENT_BYTES] = "--lines=0", machine[MACHINE_BYTES];
	const char *argv[11] = {"journalctl", "--follow", "--output=json",
		"--all", "--quiet", "--merge", after, "SYSLOG_FACILITY=2"};
	size_t count = 8;

	if (follow_journal_cursor(journal)[0] == '\0')
		find_last(journal);
	/* With a cursor all that came since; without, nothing before now. */
	if (follow_journal_cursor(journal)[0] != '\0') {
		(void)snprintf(after, sizeof(after), "--after-cursor=%s",
			journal->cursor);
		argv[count++] = "--no-tail";
	}
	add_machine(machine);
	if (machine[0] != '\0')
		argv[count++] = machine;
	return process_begin(argv, &journal->fd, &journal->pid, err);
}

static bool
take_line(struct follow_journal *journal, struct slice *line)
{
	struct slice left = {
		journal->text + journal->begin, journal->end - journal->begin};
	size_t end = slice_find_byte(left, '\n', 0);
	bool give = end != SLICE_NONE && !journal->skipping;

	if (end != SLICE_NONE) {
		*line = slice_sub(left, 0, end);
		journal->begin += end + 1;
		journal->skipping = false;
	} else if (left.len == BUFFER_BYTES) {
		journal->begin = journal->end;
		journal->skipping = true;
	}
	return give;
}

static bool
is_line_left(const struct follow_journal *journal)
{
	return slice_find_byte((struct slice){journal->text + journal->begin,
				       journal->end - journal->begin},
		       '\n', 0) != SLICE_NONE;
}

/* TAIL_LINE: there are more bytes. */
static enum tail_result
fill(struct follow_journal *journal, struct err *err)
{
	ssize_t got;

	memmove(journal->text, journal->text + journal->begin,
		journal->end - journal->begin);
	journal->end -= journal->begin;
	journal->begin = 0;
	got = read(journal->fd, journal->text + journal->end,
		BUFFER_BYTES - journal->end);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return TAIL_NOTHING;
	if (got > 0) {
		journal->end += (size_t)got;
		return TAIL_LINE;
	}
	(void)err_set(err, ERR_DOWN, "journalctl ended with status %d",
		stop(journal));
	return TAIL_FAILED;
}

enum tail_result
follow_journal_next(
	struct follow_journal *journal, struct slice *line, struct err *err)
{
	enum tail_result result = TAIL_LINE;

	if (journal->pid == 0 && !begin(journal, err))
		return TAIL_FAILED;
	while (result == TAIL_LINE) {
		if (take_line(journal, line)) {
			buf_reset(&journal->last);
			buf_add(&journal->last, *line);
			return TAIL_LINE;
		}
		if (!is_line_left(journal))
			result = fill(journal, err);
	}
	return result;
}

int
follow_journal_fd(const struct follow_journal *journal)
{
	return journal->fd;
}
