/* SPDX-License-Identifier: BSD-2-Clause */
/* Other programs, run for their output. */
#include "base/process.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define OUTPUT_BYTES (1024 * 1024)
#define PATH_BYTES 512
#define LOOK_MS 10

extern char **environ;

/* Where the MTAs' own programs are, which few users have in PATH. */
static const char *const directories[] = {
	"/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/libexec/postfix"};

static bool
find_program(const char *name, char path[PATH_BYTES])
{
	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories);
		i++) {
		(void)snprintf(path, PATH_BYTES, "%s/%s", directories[i], name);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

/* Where the standard streams are; -1 for nothing. */
struct streams {
	int in, out, err;
};

static void
add_stream(posix_spawn_file_actions_t *actions, int fd, int number)
{
	if (fd >= 0) {
		(void)posix_spawn_file_actions_adddup2(actions, fd, number);
	} else {
		(void)posix_spawn_file_actions_addopen(
			actions, number, "/dev/null", O_RDWR, 0);
	}
}

/* 0 or an errno. */
static int
start(const char *const argv[], const struct streams *streams, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	char path[PATH_BYTES];
	/* posix_spawn() does not write to the texts (POSIX.1-2017). */
	char *const *arguments = (char *const *)(uintptr_t)argv;
	int failed;

	(void)posix_spawn_file_actions_init(&actions);
	add_stream(&actions, streams->in, STDIN_FILENO);
	add_stream(&actions, streams->out, STDOUT_FILENO);
	add_stream(&actions, streams->err, STDERR_FILENO);
	failed = posix_spawnp(pid, argv[0], &actions, NULL, arguments, environ);
	if (failed == ENOENT && find_program(argv[0], path)) {
		failed = posix_spawn(
			pid, path, &actions, NULL, arguments, environ);
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	return failed;
}

static bool
read_all(int fd, size_t bytes, struct buf *out)
{
	const size_t most = out->len + bytes;
	char piece[4096];
	ssize_t got;

	while ((got = read(fd, piece, sizeof(piece))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || out->len + (size_t)got > most)
			return false;
		buf_add(out, (struct slice){piece, (size_t)got});
	}
	return buf_ok(out);
}

/* False when the time is up; it is then gone all the same. */
static bool
await(pid_t pid, unsigned seconds, int *status)
{
	const struct timespec pause = {0, LOOK_MS * 1000000L};
	int64_t until = clock_monotonic_ms() + (int64_t)seconds * 1000;

	while (waitpid(pid, status, WNOHANG) != pid) {
		if (clock_monotonic_ms() > until) {
			(void)kill(pid, SIGKILL);
			(void)waitpid(pid, status, 0);
			return false;
		}
		(void)nanosleep(&pause, NULL);
	}
	return true;
}

/* What comes through a pipe until it is closed. False with err when that is
 * too much or too late. */
static bool
read_pipe(int fd, int64_t until, struct buf *out, struct err *err)
{
	const size_t most = out->len + OUTPUT_BYTES;
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	char piece[4096];

	for (;;) {
		int64_t left = until - clock_monotonic_ms();
		if (left <= 0 || poll(&wait, 1, (int)left) == 0) {
			return err_set(err, ERR_LIMIT, "not done within %u s",
				PROCESS_READ_SECONDS);
		}
		ssize_t got = read(fd, piece, sizeof(piece));
		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			return buf_ok(out);
		if (got < 0 || out->len + (size_t)got > most)
			return err_set(err, ERR_LIMIT, "too much output");
		buf_add(out, (struct slice){piece, (size_t)got});
	}
}

static bool
read_child(pid_t pid, int fd, struct buf *out, struct err *err)
{
	int64_t until =
		clock_monotonic_ms() + PROCESS_READ_SECONDS * INT64_C(1000);
	int status = 0;

	if (!read_pipe(fd, until, out, err)) {
		(void)kill(pid, SIGKILL);
		(void)await(pid, 1, &status);
		return false;
	}
	if (!await(pid, PROCESS_READ_SECONDS, &status))
		return err_set(err, ERR_LIMIT, "it does not end");
	return (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
		err_set(err, ERR_SYSTEM, "it failed (status %d)",
			WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

bool
process_read(const char *const argv[], struct buf *out, struct err *err)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends) != 0)
		return err_system(err, "pipe");
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	int failed = start(argv, &(struct streams){-1, ends[1], -1}, &pid);
	(void)close(ends[1]);
	bool done = failed == 0
		? read_child(pid, ends[0], out, err)
		: err_set(err, ERR_SYSTEM, "%s", strerror(failed));
	(void)close(ends[0]);
	return done || err_wrap(err, "%s", argv[0]);
}

static _Noreturn void
be_child(process_deed_fn *deed, void *ctx, int fd)
{
	FILE *out = fdopen(fd, "w");

	if (out != NULL) {
		deed(ctx, out);
		(void)fflush(out);
	}
	_exit(out != NULL ? 0 : 1);
}

bool
process_call(process_deed_fn *deed, void *ctx, struct buf *out, struct err *err)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends) != 0)
		return err_system(err, "pipe");
	/* What waits in our own streams is not to be written twice. */
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0)
		be_child(deed, ctx, ends[1]);
	(void)close(ends[1]);
	bool done = pid > 0 ? read_child(pid, ends[0], out, err)
			    : err_system(err, "fork");
	(void)close(ends[0]);
	return done;
}

static struct slice
last_line(struct slice text)
{
	text = slice_trim(text);
	size_t begin = text.len;
	while (begin > 0 && text.p[begin - 1] != '\n')
		begin--;
	return slice_sub(text, begin, text.len);
}

/* Temporary files, and no pipes: a daemon that is started keeps its outputs
 * open for long. */
struct job_files {
	FILE *in, *out, *errors;
	size_t most; /* bytes of out */
	struct buf *said; /* gets the errors; or NULL */
};

static bool
files_open(struct job_files *files, struct slice input, struct err *err)
{
	files->in = tmpfile();
	files->out = tmpfile();
	files->errors = tmpfile();
	if (files->in == NULL || files->out == NULL || files->errors == NULL)
		return err_system(err, "cannot make a temporary file");
	if (input.len > 0 &&
		fwrite(input.p, 1, input.len, files->in) != input.len)
		return err_system(err, "cannot write a temporary file");
	return (fflush(files->in) == 0 &&
		       lseek(fileno(files->in), 0, SEEK_SET) == 0) ||
		err_system(err, "cannot write a temporary file");
}

static void
files_close(struct job_files *files)
{
	if (files->in != NULL)
		(void)fclose(files->in);
	if (files->out != NULL)
		(void)fclose(files->out);
	if (files->errors != NULL)
		(void)fclose(files->errors);
}

static bool
read_file(FILE *file, size_t bytes, struct buf *text)
{
	return lseek(fileno(file), 0, SEEK_SET) == 0 &&
		read_all(fileno(file), bytes, text);
}

static bool
fail_status(const struct process_job *job, int status, struct slice complaint,
	struct err *err)
{
	struct slice line = last_line(complaint);

	return err_set(err, ERR_SYSTEM, "%s: it failed (status %d)%s%.*s",
		job->argv[0], WIFEXITED(status) ? WEXITSTATUS(status) : -1,
		line.len > 0 ? ": " : "", SLICE_ARG(line));
}

static bool
run_between(const struct process_job *job, const struct job_files *files,
	struct buf *out, struct err *err)
{
	const struct streams streams = {
		fileno(files->in), fileno(files->out), fileno(files->errors)};
	const char *name = job->argv[0];
	struct buf errors = {0};
	int status = 0;
	pid_t pid;

	int failed = start(job->argv, &streams, &pid);
	if (failed != 0) {
		return err_set(
			err, ERR_SYSTEM, "%s: %s", name, strerror(failed));
	}
	if (!await(pid, job->seconds, &status)) {
		return err_set(err, ERR_LIMIT, "%s: not done within %u s", name,
			job->seconds);
	}
	bool done = read_file(files->out, files->most, out) &&
		read_file(files->errors, OUTPUT_BYTES, &errors);
	if (!done) {
		(void)err_set(err, ERR_LIMIT, "%s: too much output", name);
	} else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		done = fail_status(job, status,
			errors.len > 0 ? buf_slice(&errors) : buf_slice(out),
			err);
	}
	if (files->said != NULL)
		buf_add(files->said, buf_slice(&errors));
	buf_fini(&errors);
	return done;
}

bool
process_run(const struct process_job *job, struct buf *out, struct err *err)
{
	return process_run_long(job, OUTPUT_BYTES, out, err);
}

bool
process_run_said(
	const struct process_job *job, struct buf *said, struct err *err)
{
	struct job_files files = {.most = OUTPUT_BYTES, .said = said};
	struct buf text = {0};
	bool done = files_open(&files, job->input, err) &&
		run_between(job, &files, &text, err);

	buf_fini(&text);
	files_close(&files);
	return done;
}

bool
process_run_long(const struct process_job *job, size_t most, struct buf *out,
	struct err *err)
{
	struct job_files files = {.most = most};
	struct buf text = {0};
	bool done = files_open(&files, job->input, err) &&
		run_between(job, &files, &text, err);

	if (out != NULL)
		buf_add(out, buf_slice(&text));
	buf_fini(&text);
	files_close(&files);
	return done;
}

bool
process_begin(const char *const argv[], int *out, pid_t *pid, struct err *err)
{
	int ends[2], failed;

	if (pipe(ends) != 0)
		return err_system(err, "pipe");
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	failed =
		start(argv, &(struct streams){-1, ends[1], STDERR_FILENO}, pid);
	(void)close(ends[1]);
	*out = ends[0];
	if (failed == 0)
		return true;
	(void)close(ends[0]);
	return err_set(err, ERR_SYSTEM, "%s: %s", argv[0], strerror(failed));
}

int
process_end(pid_t pid)
{
	int status = 0;

	if (waitpid(pid, &status, WNOHANG) != pid) {
		(void)kill(pid, SIGTERM);
		(void)await(pid, 1, &status);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
