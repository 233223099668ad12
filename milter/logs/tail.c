/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * There is the live file, read by its descriptor, and before it those that it
 * has become in the meantime, each read to its end.
 *
 * Who renames a log and makes another has its writer told afterwards: lines
 * still come into the old one. It is left when the new one has some, or has
 * been there for PATIENCE looks, and the old one has no more. Who copies it
 * and cuts it to nothing is seen by its size, or by the bytes before the
 * place, which then are others.
 */
#include "logs/tail.h"

#include "base/input.h"
#include "logs/tail_found.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES (2 * INPUT_LINE_BYTES)
#define PATIENCE 40U
#define NOT_OPEN (-1)

struct tail {
	char *path;
	struct tail_place place; /* behind the last line */
	bool begin_at_end; /* what is there already is nobody's business */
	bool restored; /* the place is that of a process before */
	struct tail_found found; /* to be read before the live one */
	struct input *input; /* the first of them */
	uint64_t skip; /* bytes of it that were read before */
	struct buf packed; /* a line of it */
	int fd; /* the live one, or NOT_OPEN */
	bool leaving; /* another is in its place, and is used */
	unsigned looks; /* since another was seen there */
	bool skipping; /* the rest of a line that was too long */
	uint64_t cut;
	size_t begin, end; /* of what is unread in text */
	char text[BUFFER_BYTES];
};

struct tail *
tail_new(const char *path, const struct tail_place *from)
{
	struct tail *tail = calloc(1, sizeof(*tail));

	if (tail == NULL)
		return NULL;
	tail->path = strdup(path);
	tail->fd = NOT_OPEN;
	tail->begin_at_end = from == NULL;
	/* Without an inode it was not there yet. */
	tail->restored = from != NULL && from->inode != 0;
	if (from != NULL)
		tail->place = *from;
	if (tail->path != NULL)
		return tail;
	tail_free(tail);
	return NULL;
}

static void
close_live(struct tail *tail)
{
	if (tail->fd != NOT_OPEN)
		(void)close(tail->fd);
	tail->fd = NOT_OPEN;
	tail->begin = tail->end = 0;
	tail->looks = 0;
	tail->leaving = tail->skipping = false;
}

void
tail_free(struct tail *tail)
{
	if (tail == NULL)
		return;
	close_live(tail);
	input_close(tail->input);
	tail_found_fini(&tail->found);
	buf_fini(&tail->packed);
	free(tail->path);
	free(tail);
}

static enum tail_result
fail(struct tail *tail, struct err *err)
{
	(void)err_system(err, "cannot read %s", tail->path);
	close_live(tail);
	return TAIL_FAILED;
}

/* What the live file was is read to its end, then what came after it. */
static bool
leave(struct tail *tail)
{
	close_live(tail);
	tail->skip = tail->place.offset;
	if (tail_found_look(&tail->found, tail->path, &tail->place))
		return true;
	tail->place = (struct tail_place){0};
	return false;
}

static enum tail_result
lose(struct tail *tail, struct err *err)
{
	(void)err_set(err, ERR_DOWN,
		"%s: what was read of it is neither in it nor in what it "
		"was renamed to: lines may be missing",
		tail->path);
	return TAIL_LOST;
}

/* Where a file begins to be read. */
static bool
seek(struct tail *tail, const struct stat *st)
{
	if (tail->restored && tail->place.inode == (uint64_t)st->st_ino &&
		tail_place_is_in(&tail->place, tail->fd)) {
		tail->restored = false;
	} else if (tail->restored) {
		return false;
	} else {
		tail->place = (struct tail_place){.inode = (uint64_t)st->st_ino,
			.offset =
				tail->begin_at_end ? (uint64_t)st->st_size : 0};
		tail_place_mark(&tail->place, tail->fd);
	}
	tail->begin_at_end = false;
	(void)lseek(tail->fd, (off_t)tail->place.offset, SEEK_SET);
	return true;
}

/* While the last was read, another may have come after it. */
static bool
look_on(struct tail *tail)
{
	struct tail_found *found = &tail->found;

	if (tail_found_look(found, tail->path, &tail->place) &&
		found->count > 1) {
		found->next = 1;
		return true;
	}
	tail_found_fini(found);
	return false;
}

/* Is there another to be read? */
static bool
find_next(struct tail *tail)
{
	const struct tail_found *found = &tail->found;

	if (found->next < found->count || found->count == 0)
		return found->next < found->count;
	return look_on(tail);
}

/* TAIL_LINE: there is something to be read. */
static enum tail_result
open_live(struct tail *tail, struct err *err)
{
	struct stat st;

	tail->fd =
		open(tail->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (tail->fd < 0 && errno == ENOENT) {
		tail->begin_at_end = false;
		return TAIL_NOTHING;
	}
	if (tail->fd < 0 || fstat(tail->fd, &st) != 0)
		return fail(tail, err);
	if (!S_ISREG(st.st_mode)) {
		close_live(tail);
		(void)err_set(err, ERR_INVALID,
			"%s is no file, and cannot be followed", tail->path);
		return TAIL_FAILED;
	}
	/* What stood there when the last look found nothing more may have been
	 * renamed since: then this is not what comes next. */
	if (tail->place.inode != 0 && !tail->restored && look_on(tail)) {
		close_live(tail);
		return TAIL_LINE;
	}
	if (seek(tail, &st))
		return TAIL_LINE;
	tail->restored = false;
	return leave(tail) ? TAIL_LINE : lose(tail, err);
}

/* The next of what the log has become; false: there are no more. */
static bool
open_found(struct tail *tail)
{
	struct tail_found *found = &tail->found;

	while (tail->input == NULL && find_next(tail)) {
		size_t next = found->next++;

		/* One that cannot be read is passed, or it would be looked at
		 * for ever. */
		tail->place =
			(struct tail_place){.inode = found->files[next].inode};
		tail->input = input_open_again(found->files[next].fd, 0, NULL);
	}
	return tail->input != NULL;
}

/* A line of what the log has become; false: it is at its end, or broken. */
static bool
read_found(struct tail *tail, struct slice *line)
{
	struct err err = {0};

	for (;;) {
		buf_reset(&tail->packed);
		if (!input_line(tail->input, &tail->packed, &err)) {
			input_close(tail->input);
			tail->input = NULL;
			tail->skip = 0;
			return false;
		}
		*line = buf_slice(&tail->packed);
		tail_place_pass(&tail->place, *line);
		if (tail->place.offset > tail->skip)
			break;
	}
	if (line->len > 0 && line->p[line->len - 1] == '\n')
		line->len--;
	tail->cut += line->len > INPUT_LINE_BYTES;
	*line = slice_sub(*line, 0, INPUT_LINE_BYTES);
	return true;
}

/* Takes len bytes and an end from what is unread; false: they are the rest of
 * a line that was too long. */
static bool
take(struct tail *tail, struct slice *line, size_t len, size_t end_bytes)
{
	bool give = !tail->skipping;

	*line = (struct slice){tail->text + tail->begin, len};
	tail_place_pass(&tail->place, (struct slice){line->p, len + end_bytes});
	tail->begin += len + end_bytes;
	if (end_bytes > 0)
		tail->skipping = false;
	return give;
}

/* A line of what is in the buffer. */
static bool
next_line(struct tail *tail, struct slice *line)
{
	for (;;) {
		struct slice left = {
			tail->text + tail->begin, tail->end - tail->begin};
		size_t end = slice_find_byte(left, '\n', 0);

		if (end != SLICE_NONE && end <= INPUT_LINE_BYTES) {
			if (take(tail, line, end, 1))
				return true;
		} else if (left.len > INPUT_LINE_BYTES) {
			bool give = take(tail, line, INPUT_LINE_BYTES, 0);

			tail->skipping = true;
			tail->cut += give;
			if (give)
				return true;
		} else {
			return false;
		}
	}
}

static bool
is_other(const struct tail *tail, const struct stat *st)
{
	return (uint64_t)st->st_ino != tail->place.inode;
}

/* Is another in its place by now, and used? */
static bool
is_replaced(struct tail *tail)
{
	struct stat st;

	if (stat(tail->path, &st) != 0 || !is_other(tail, &st)) {
		tail->looks = 0;
		return false;
	}
	return st.st_size > 0 || tail->looks++ >= PATIENCE;
}

/* More bytes. TAIL_LINE: there are some, or another file is to be read. */
static enum tail_result
fill(struct tail *tail, struct err *err)
{
	uint64_t unread = tail->end - tail->begin;
	struct stat st;
	ssize_t got;

	if (fstat(tail->fd, &st) != 0)
		return fail(tail, err);
	if ((uint64_t)st.st_size < tail->place.offset + unread)
		return leave(tail) ? TAIL_LINE : lose(tail, err);
	memmove(tail->text, tail->text + tail->begin, unread);
	tail->begin = 0;
	tail->end = unread;
	got = read(tail->fd, tail->text + unread, BUFFER_BYTES - unread);
	if (got < 0)
		return errno == EINTR ? TAIL_NOTHING : fail(tail, err);
	/* It may have been cut to nothing, and written on, since the last. */
	if (!tail_place_is_in(&tail->place, tail->fd))
		return leave(tail) ? TAIL_LINE : lose(tail, err);
	tail->end += (size_t)got;
	if (got > 0)
		return TAIL_LINE;
	if (tail->leaving) {
		(void)leave(tail);
		return TAIL_LINE;
	}
	tail->leaving = is_replaced(tail);
	return tail->leaving ? TAIL_LINE : TAIL_NOTHING;
}

enum tail_result
tail_next(struct tail *tail, struct slice *line, struct err *err)
{
	enum tail_result result = TAIL_LINE;

	while (result == TAIL_LINE) {
		if (open_found(tail)) {
			if (read_found(tail, line))
				return TAIL_LINE;
		} else if (tail->fd == NOT_OPEN) {
			result = open_live(tail, err);
		} else if (next_line(tail, line)) {
			return TAIL_LINE;
		} else {
			result = fill(tail, err);
		}
	}
	return result;
}

const struct tail_place *
tail_place(const struct tail *tail)
{
	return &tail->place;
}

const char *
tail_path(const struct tail *tail)
{
	return tail->path;
}

uint64_t
tail_cut(const struct tail *tail)
{
	return tail->cut;
}
