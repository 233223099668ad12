/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading files for the tools: one buffer of unpacked bytes, filled from the
 * file itself, or through one of unpacking from a buffer of packed ones.
 */
#include "base/input.h"

#include "base/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES ((size_t)256 * 1024)
#define LINE_BYTES_MAX (1024 * 1024)
#define SECOND_MS 1000
#define GZIP_TIME_AT 4 /* RFC 1952 section 2.3 */
#define GZIP_TIME_BYTES 4

static const struct unpack_way *const ways[] = {
	&unpack_gzip, &unpack_xz, &unpack_bzip2};

#define WAY_COUNT (sizeof(ways) / sizeof(*ways))

struct input {
	int fd;
	int64_t size, consumed, written;
	const struct unpack_way *way; /* NULL: it is plain */
	void *state; /* NULL between two members */
	struct slice packed; /* what is left in from */
	bool ended; /* of the file */
	bool skipping; /* the rest of a line that was too long */
	bool unfinished; /* in the middle of a member */
	uint64_t cut;
	size_t begin, end; /* of what is unread in text */
	char from[BUFFER_BYTES], text[BUFFER_BYTES];
};

static bool
fail_out_of_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "out of memory");
}

/* Opening a named pipe must not wait for ever for somebody to write to it. */
static bool
await_writer(int fd, struct err *err)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};

	if (poll(&wait, 1, INPUT_PIPE_SECONDS * SECOND_MS) == 1)
		return true;
	return err_set(err, ERR_DOWN, "a pipe to which nobody writes");
}

static int
open_file(const char *path, struct input *input, struct err *err)
{
	struct stat st = {0};
	int fd = strcmp(path, "-") == 0
		? dup(STDIN_FILENO)
		: open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 || fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
		if (fd >= 0 && S_ISDIR(st.st_mode))
			errno = EISDIR;
		err_system(err, "cannot open %s", path);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	if (S_ISREG(st.st_mode)) {
		input->size = st.st_size;
		input->written = st.st_mtime;
	}
	if (strcmp(path, "-") != 0) {
		if (S_ISFIFO(st.st_mode) && !await_writer(fd, err)) {
			err_wrap(err, "%s", path);
			close(fd);
			return -1;
		}
		(void)fcntl(fd, F_SETFL, 0);
	}
	return fd;
}

/* At most so many bytes; 0 at the end. */
static bool
read_some(struct input *input, struct unpack_room *room, struct err *err)
{
	ssize_t got;

	do {
		got = read(input->fd, room->p, room->len);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_system(err, "cannot read");
	room->made = (size_t)got;
	input->consumed += got;
	input->ended = got == 0;
	return true;
}

static bool
read_packed(struct input *input, struct err *err)
{
	struct unpack_room room = {input->from, BUFFER_BYTES, 0};

	if (input->packed.len > 0 || input->ended)
		return true;
	if (!read_some(input, &room, err))
		return false;
	input->packed = (struct slice){input->from, room.made};
	return true;
}

static bool
has_magic(struct slice bytes, const struct unpack_way *way)
{
	size_t len = strlen(way->magic);

	return bytes.len >= len && memcmp(bytes.p, way->magic, len) == 0;
}

static void
note_gzip_time(struct input *input)
{
	int64_t at = 0;

	for (size_t i = GZIP_TIME_BYTES; i-- > 0;) {
		at = at << 8 | (unsigned char)input->packed.p[GZIP_TIME_AT + i];
	}
	if (at != 0)
		input->written = at;
}

/* What the file is shows in its first bytes. */
static bool
choose_way(struct input *input, struct err *err)
{
	struct unpack_room room = {input->from, BUFFER_BYTES, 0};
	size_t len = 0;

	while (len < UNPACK_MAGIC_BYTES * 2 && !input->ended) {
		room = (struct unpack_room){
			input->from + len, BUFFER_BYTES - len, 0};
		if (!read_some(input, &room, err))
			return false;
		len += room.made;
	}
	input->packed = (struct slice){input->from, len};
	for (size_t i = 0; i < WAY_COUNT && input->way == NULL; i++) {
		if (has_magic(input->packed, ways[i]))
			input->way = ways[i];
	}
	if (input->way != NULL && input->way->begin == NULL) {
		return err_set(err, ERR_INVALID,
			"packed by %s, which this build cannot read; "
			"unpack it first: %s FILE | forwarden ... -",
			input->way->name, input->way->instead);
	}
	if (input->way == &unpack_gzip && len >= GZIP_TIME_AT + GZIP_TIME_BYTES)
		note_gzip_time(input);
	return true;
}

struct input *
input_open_again(int fd, int64_t from, struct err *err)
{
	struct input *input = calloc(1, sizeof(*input));

	if (input == NULL) {
		fail_out_of_memory(err);
		return NULL;
	}
	input->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (input->fd < 0 ||
		lseek(input->fd, (off_t)from, SEEK_SET) != (off_t)from)
		err_system(err, "cannot read");
	else if (choose_way(input, err))
		return input;
	input_close(input);
	return NULL;
}

struct input *
input_open(const char *path, struct err *err)
{
	struct input *input = calloc(1, sizeof(*input));

	if (input == NULL) {
		fail_out_of_memory(err);
		return NULL;
	}
	input->fd = open_file(path, input, err);
	if (input->fd < 0) {
		free(input);
		return NULL;
	}
	if (!choose_way(input, err)) {
		err_wrap(err, "%s", path);
		input_close(input);
		return NULL;
	}
	return input;
}

/* Behind a member there may be another; what is none is passed over, as gzip
 * itself does. */
static bool
begin_member(struct input *input, struct err *err)
{
	if (!input->unfinished && !has_magic(input->packed, input->way)) {
		input->packed.len = 0;
		input->ended = true;
		return true;
	}
	input->state = input->way->begin();
	input->unfinished = true;
	return input->state != NULL || fail_out_of_memory(err);
}

static bool
unpack(struct input *input, struct unpack_room *room, struct err *err)
{
	enum unpack_result result;

	while (room->made == 0) {
		if (!read_packed(input, err))
			return false;
		if (input->state == NULL && !begin_member(input, err))
			return false;
		if (input->state == NULL)
			return true;
		result = input->way->step(
			input->state, &input->packed, room, err);
		if (result == UNPACK_BROKEN)
			return false;
		if (result == UNPACK_END) {
			input->way->end(input->state);
			input->state = NULL;
			input->unfinished = false;
		} else if (room->made == 0 && input->ended &&
			input->packed.len == 0) {
			return err_set(
				err, ERR_INVALID, "unexpected end of file");
		}
	}
	return true;
}

static bool
read_plain(struct input *input, struct unpack_room *room, struct err *err)
{
	if (input->packed.len == 0)
		return input->ended || read_some(input, room, err);
	room->made =
		input->packed.len < room->len ? input->packed.len : room->len;
	memcpy(room->p, input->packed.p, room->made);
	input->packed = slice_sub(input->packed, room->made, input->packed.len);
	return true;
}

/* More text behind what is unread. False when there is none, or with err. */
static bool
fill(struct input *input, struct err *err)
{
	struct unpack_room room;
	bool good;

	if (input->begin > 0) {
		memmove(input->text, input->text + input->begin,
			input->end - input->begin);
		input->end -= input->begin;
		input->begin = 0;
	}
	room = (struct unpack_room){
		input->text + input->end, BUFFER_BYTES - input->end, 0};
	good = input->way != NULL ? unpack(input, &room, err)
				  : read_plain(input, &room, err);
	input->end += room.made;
	return good && room.made > 0;
}

static struct slice
unread(const struct input *input)
{
	return (struct slice){
		input->text + input->begin, input->end - input->begin};
}

struct slice
input_peek(struct input *input, struct err *err)
{
	if (unread(input).len == 0)
		(void)fill(input, err);
	return unread(input);
}

bool
input_line(struct input *input, struct buf *out, struct err *err)
{
	size_t begun = out->len;
	bool ended = false;

	while (!ended && out->len - begun < LINE_BYTES_MAX) {
		struct slice part = unread(input);
		size_t end, room = LINE_BYTES_MAX - (out->len - begun);

		if (part.len == 0) {
			struct err why = {0};

			if (fill(input, &why))
				continue;
			if (why.code == ERR_NONE)
				return out->len > begun;
			*err = why;
			return false;
		}
		end = slice_find_byte(part, '\n', 0);
		ended = end != SLICE_NONE && end < room;
		part = slice_sub(part, 0, ended ? end + 1 : room);
		buf_add(out, part);
		input->begin += part.len;
		if (!buf_ok(out))
			return fail_out_of_memory(err);
	}
	return true;
}

/* Takes the bytes of a line, and says whether there is a line to give. */
static bool
take(struct input *input, struct slice *line, size_t len, size_t end_bytes)
{
	bool give = !input->skipping;

	*line = (struct slice){input->text + input->begin, len};
	input->begin += len + end_bytes;
	if (end_bytes > 0)
		input->skipping = false;
	return give;
}

bool
input_next(struct input *input, struct slice *line, struct err *err)
{
	for (size_t looked = 0;;) {
		struct slice left = unread(input);
		size_t end = slice_find_byte(left, '\n', looked);

		if (end != SLICE_NONE && end <= INPUT_LINE_BYTES) {
			looked = 0;
			if (take(input, line, end, 1))
				return true;
		} else if (left.len > INPUT_LINE_BYTES) {
			bool give = take(input, line, INPUT_LINE_BYTES, 0);

			looked = 0;
			input->skipping = true;
			if (give) {
				input->cut++;
				return true;
			}
		} else {
			looked = left.len;
			if (fill(input, err))
				continue;
			return left.len > 0 && take(input, line, left.len, 0);
		}
	}
}

uint64_t
input_cut(const struct input *input)
{
	return input->cut;
}

int64_t
input_consumed(const struct input *input)
{
	return input->consumed;
}

int64_t
input_size(const struct input *input)
{
	return input->size;
}

int64_t
input_written(const struct input *input)
{
	return input->written;
}

void
input_close(struct input *input)
{
	if (input == NULL)
		return;
	if (input->state != NULL)
		input->way->end(input->state);
	close(input->fd);
	free(input);
}

bool
input_read(const char *path, struct buf *out, struct err *err)
{
	struct input *input = input_open(path, err);
	struct err why = {0};
	bool good = true;

	if (input == NULL)
		return false;
	while (out->len < INPUT_BYTES_MAX && fill(input, &why)) {
		buf_add(out, unread(input));
		input->begin = input->end;
	}
	if (why.code != ERR_NONE) {
		*err = why;
		good = err_wrap(err, "%s", path);
	} else if (out->len >= INPUT_BYTES_MAX) {
		good = err_set(err, ERR_LIMIT, "%s: longer than 256 MiB", path);
	} else if (!buf_ok(out)) {
		good = fail_out_of_memory(err);
	}
	input_close(input);
	return good;
}
