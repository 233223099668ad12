/* SPDX-License-Identifier: BSD-2-Clause */
/* The log sink: stderr, syslog or a file; whole lines, escaped. */
#include "base/log.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/whole.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#define LOG_LINE_BYTES 65536
#define ROOM_MS 100 /* for a pipe's reader, the first time it is full */

enum sink {
	SINK_STDERR,
	SINK_SYSLOG,
	SINK_FILE
};

static const struct {
	const char *name;
	int priority;
} levels[] = {
	[LOG_LEVEL_ERROR] = {"error", LOG_ERR},
	[LOG_LEVEL_WARNING] = {"warning", LOG_WARNING},
	[LOG_LEVEL_NOTICE] = {"notice", LOG_NOTICE},
	[LOG_LEVEL_INFO] = {"info", LOG_INFO},
	[LOG_LEVEL_DEBUG] = {"debug", LOG_DEBUG},
};

static const struct {
	const char *name;
	int facility;
} facilities[] = {
	{"mail", LOG_MAIL},
	{"daemon", LOG_DAEMON},
	{"local0", LOG_LOCAL0},
	{"local1", LOG_LOCAL1},
	{"local2", LOG_LOCAL2},
	{"local3", LOG_LOCAL3},
	{"local4", LOG_LOCAL4},
	{"local5", LOG_LOCAL5},
	{"local6", LOG_LOCAL6},
	{"local7", LOG_LOCAL7},
};

static struct {
	pthread_mutex_t lock;
	atomic_int level; /* read by whoever has something to say */
	atomic_bool echo;
	/* Under the lock. */
	enum sink sink;
	int fd;
	bool torn; /* the last line has no end */
	bool full, echo_full; /* a pipe nobody reads, where we write to one */
	unsigned long left_out; /* lines since it is full */
	int error; /* of the last line: 0, it was written */
} state = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.sink = SINK_STDERR,
	.level = (int)LOG_LEVEL_INFO,
	.fd = -1,
};

static int
open_file(const char *path, struct err *err)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);

	if (fd < 0)
		(void)err_system(err, "log: cannot open %s", path);
	return fd;
}

/* Swaps in a new sink; takes fd. */
static void
install_take(enum sink sink, int fd)
{
	pthread_mutex_lock(&state.lock);
	if (state.fd >= 0)
		(void)close(state.fd);
	state.sink = sink;
	state.fd = fd;
	state.torn = false;
	pthread_mutex_unlock(&state.lock);
}

static bool
find_facility(const char *name, int *facility, struct err *err)
{
	for (size_t i = 0; i < sizeof(facilities) / sizeof(*facilities); i++) {
		if (strcmp(facilities[i].name, name) == 0) {
			*facility = facilities[i].facility;
			return true;
		}
	}
	return err_set(err, ERR_INVALID,
		"log: no syslog facility is called \"%s\"; use mail, daemon "
		"or local0 to local7",
		name);
}

/* Takes a target apart; path is within it. */
static bool
parse_target(const char *target, enum sink *sink, int *facility,
	const char **path, struct err *err)
{
	*facility = LOG_MAIL;
	*path = NULL;
	if (strcmp(target, "stderr") == 0) {
		*sink = SINK_STDERR;
	} else if (strcmp(target, "syslog") == 0) {
		*sink = SINK_SYSLOG;
	} else if (strncmp(target, "syslog:", 7) == 0) {
		*sink = SINK_SYSLOG;
		return find_facility(target + 7, facility, err);
	} else if (strncmp(target, "file:/", 6) == 0) {
		*sink = SINK_FILE;
		*path = target + 5;
	} else {
		return err_set(err, ERR_INVALID,
			"log: \"%s\" is not a place to log to; use stderr, "
			"syslog, syslog:FACILITY or file:/path",
			target);
	}
	return true;
}

bool
log_check(const char *target, struct err *err)
{
	enum sink sink;
	const char *path;
	int facility;

	return parse_target(target, &sink, &facility, &path, err);
}

bool
log_open(const char *target, enum log_level level, struct err *err)
{
	enum sink sink;
	const char *path;
	int facility, fd = -1;

	if (!parse_target(target, &sink, &facility, &path, err))
		return false;
	if (sink == SINK_FILE) {
		fd = open_file(path, err);
		if (fd < 0)
			return false;
	} else if (sink == SINK_SYSLOG) {
		openlog("forwarden", LOG_PID | LOG_NDELAY, facility);
	}
	install_take(sink, fd);
	state.level = (int)level;
	return true;
}

bool
log_use(int fd, enum log_level level, struct err *err)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (copy < 0)
		return err_system(err, "log");
	install_take(SINK_FILE, copy);
	state.level = (int)level;
	return true;
}

void
log_echo(bool on)
{
	state.echo = on;
}

int
log_error(void)
{
	int error;

	pthread_mutex_lock(&state.lock);
	error = state.error;
	pthread_mutex_unlock(&state.lock);
	return error;
}

void
log_close(void)
{
	install_take(SINK_STDERR, -1);
}

bool
log_wants(enum log_level level)
{
	return (int)level <= state.level;
}

/*
 * Is stderr the journal's? It says of which file it is (systemd.exec(5)), as
 * what we inherited may have been led elsewhere since. It then takes <4> at a
 * line's beginning for its priority, and has a time of its own.
 */
static bool
is_journal(int fd)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat file;

	return stream != NULL &&
		sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
		fstat(fd, &file) == 0 &&
		device == (unsigned long long)file.st_dev &&
		inode == (unsigned long long)file.st_ino;
}

static void
add_head(enum log_level level, bool journal, struct buf *line)
{
	char at[DATE_TEXT_BYTES];

	if (journal) {
		buf_printf(line, "<%d>%s ", levels[level].priority,
			levels[level].name);
	} else {
		date_print(clock_now_ms(clock_real()), at);
		buf_printf(line, "%s %s ", at, levels[level].name);
	}
}

/*
 * A pipe that nobody empties (a container's log that is stuck) keeps whoever
 * writes into it: mail would wait for its own line. It is waited for once; from
 * then on lines are left out until there is room, and how many is told.
 */
static bool
has_room(int fd, bool *full)
{
	struct pollfd wants = {.fd = fd, .events = POLLOUT};
	int ready;

	do {
		ready = poll(&wants, 1, *full ? 0 : ROOM_MS);
	} while (ready < 0 && errno == EINTR);
	*full = ready == 0;
	return !*full;
}

/* There is room for so much of a pipe at least (pipe(7)); a file is written at
 * once, as others write to it, too. */
static bool
write_parts(int fd, struct slice line)
{
	struct stat file;
	size_t most = fstat(fd, &file) == 0 && S_ISREG(file.st_mode) ? line.len
								     : PIPE_BUF;

	for (size_t at = 0; at < line.len; at += most) {
		if (!has_room(fd, &state.full)) {
			state.torn = state.torn || at > 0;
			errno = EAGAIN;
			return false;
		}
		if (!whole_line(
			    fd, slice_sub(line, at, at + most), &state.torn))
			return false;
	}
	return true;
}

static void
write_left_out(int fd)
{
	struct buf line = {0};

	add_head(LOG_LEVEL_WARNING, fd == STDERR_FILENO && is_journal(fd),
		&line);
	buf_printf(&line, "log: %lu lines were left out: nobody read them\n",
		state.left_out);
	if (write_parts(fd, buf_slice(&line)))
		state.left_out = 0;
	buf_fini(&line);
}

static void
write_in_time(int fd, struct slice line)
{
	if (state.left_out > 0)
		write_left_out(fd);
	state.error = write_parts(fd, line) ? 0 : errno;
	state.left_out += state.error == EAGAIN;
}

typedef void add_text_fn(struct buf *, struct slice);

static void
write_line(enum log_level level, struct slice text, add_text_fn *add_text)
{
	struct buf line = {0}, body = {0};
	bool echo = state.echo && level <= LOG_LEVEL_WARNING;

	add_text(&body, text);
	pthread_mutex_lock(&state.lock);
	if (state.sink != SINK_SYSLOG) {
		add_head(level,
			state.sink == SINK_STDERR && is_journal(STDERR_FILENO),
			&line);
	}
	buf_add(&line, buf_slice(&body));
	if (state.sink == SINK_SYSLOG) {
		syslog(levels[level].priority, "%s", buf_slice(&line).p);
		buf_add_byte(&line, '\n');
	} else {
		buf_add_byte(&line, '\n');
		write_in_time(
			state.sink == SINK_FILE ? state.fd : STDERR_FILENO,
			buf_slice(&line));
	}
	if (echo && state.sink != SINK_STDERR &&
		has_room(STDERR_FILENO, &state.echo_full))
		(void)whole_write(STDERR_FILENO, buf_slice(&line));
	pthread_mutex_unlock(&state.lock);
	buf_fini(&line);
	buf_fini(&body);
}

void
log_write(enum log_level level, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;
	char *text = NULL;
	int len;

	if (!log_wants(level))
		return;
	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len >= 0) {
		if (len > LOG_LINE_BYTES)
			len = LOG_LINE_BYTES;
		write_line(level, (struct slice){text, (size_t)len},
			buf_add_visible);
		free(text);
	}
	errno = saved;
}

void
log_write_ascii(enum log_level level, struct slice text)
{
	if (log_wants(level))
		write_line(level, text, buf_add);
}

const char *
log_level_name(enum log_level level)
{
	return levels[level].name;
}
