/* SPDX-License-Identifier: BSD-2-Clause */
/* A line of JSON an act, in a file that is locked while it is open. */
#include "cli/held_untold.h"

#include "base/buf.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BYTES_MAX ((off_t)64 * 1024 * 1024)
#define WAIT_MS 60000
#define LOOK_MS 100

struct held_untold {
	int fd;
	off_t len; /* without what is under way */
};

/* Its own directory may not be there yet: /var/lib/forwarden-held. */
static void
make_directory(const char *path)
{
	const char *end = strrchr(path, '/');
	char *directory = end != NULL && end != path
		? strndup(path, (size_t)(end - path))
		: NULL;

	if (directory != NULL)
		(void)mkdir(directory, S_IRWXU);
	free(directory);
}

static bool
lock(int fd, struct err *err)
{
	const struct timespec pause = {0, LOOK_MS * 1000000L};
	int64_t until = clock_monotonic_ms() + WAIT_MS;

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_system(err, "cannot be locked");
		if (clock_monotonic_ms() > until) {
			return err_set(err, ERR_LIMIT,
				"another forwarden held acts for a minute: try "
				"again");
		}
		(void)nanosleep(&pause, NULL);
	}
	return true;
}

struct held_untold *
held_untold_open(const char *path, struct err *err)
{
	struct held_untold *untold = calloc(1, sizeof(*untold));

	if (untold == NULL) {
		(void)err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	make_directory(path);
	untold->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
		S_IRUSR | S_IWUSR);
	if (untold->fd < 0) {
		(void)err_system(err, "%s", path);
	} else if (lock(untold->fd, err)) {
		untold->len = lseek(untold->fd, 0, SEEK_END);
		return untold;
	} else {
		(void)err_wrap(err, "%s", path);
	}
	held_untold_close(untold);
	return NULL;
}

void
held_untold_close(struct held_untold *untold)
{
	if (untold == NULL)
		return;
	if (untold->fd >= 0)
		(void)close(untold->fd);
	free(untold);
}

bool
held_untold_is_any(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && info.st_size > 0;
}

static bool
write_all(int fd, struct slice text, off_t at)
{
	while (text.len > 0) {
		ssize_t put = pwrite(fd, text.p, text.len, at);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		at += put;
		text = slice_sub(text, (size_t)put, text.len);
	}
	return fdatasync(fd) == 0;
}

bool
held_untold_begin(
	struct held_untold *untold, const struct json *act, struct err *err)
{
	struct buf line = {0};
	bool done = json_write(act, &line);

	buf_add_byte(&line, '\n');
	done = done && buf_ok(&line);
	if (!done) {
		(void)err_set(err, ERR_MEMORY, "out of memory");
	} else if (!write_all(untold->fd, buf_slice(&line), untold->len)) {
		done = err_system(err, "it cannot be kept what is done");
		held_untold_end(untold);
	}
	buf_fini(&line);
	return done;
}

void
held_untold_end(struct held_untold *untold)
{
	(void)!ftruncate(untold->fd, untold->len);
}

void
held_untold_keep(struct held_untold *untold)
{
	untold->len = lseek(untold->fd, 0, SEEK_END);
}

static void
settle_line(struct slice line, struct buf *left,
	bool (*settle)(void *ctx, const struct json *act), void *ctx)
{
	struct json *act = json_parse(line, NULL);

	/* Cut by a crash: it was never begun. */
	if (act != NULL && !settle(ctx, act)) {
		buf_add(left, line);
		buf_add_byte(left, '\n');
	}
	json_free(act);
}

static bool
read_text(const struct held_untold *untold, struct buf *text)
{
	char piece[4096];
	off_t at = 0;
	ssize_t got;

	while (at < BYTES_MAX &&
		(got = pread(untold->fd, piece, sizeof(piece), at)) > 0) {
		buf_add(text, (struct slice){piece, (size_t)got});
		at += got;
	}
	return buf_ok(text);
}

void
held_untold_each(struct held_untold *untold,
	bool (*settle)(void *ctx, const struct json *act), void *ctx)
{
	struct buf text = {0}, left = {0};

	if (untold->len > 0 && read_text(untold, &text)) {
		struct slice rest = buf_slice(&text);

		for (struct slice line; slice_next(&rest, '\n', &line);) {
			if (line.len > 0)
				settle_line(line, &left, settle, ctx);
		}
		if (buf_ok(&left) && left.len < text.len &&
			write_all(untold->fd, buf_slice(&left), 0)) {
			untold->len = (off_t)left.len;
			held_untold_end(untold);
		}
	}
	buf_fini(&text);
	buf_fini(&left);
}
