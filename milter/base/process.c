/* SPDX-License-Identifier: BSD-2-Clause */
/* Other programs, run for their output. */
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_BYTES (1024 * 1024)
#define PATH_BYTES 512

extern char **environ;

/* Where the MTAs' own programs are, which few users have in PATH. */
static const char *const folders[] = {
	"/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/libexec/postfix"};

static bool
find_program(const char *name, char path[PATH_BYTES])
{
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		(void)snprintf(path, PATH_BYTES, "%s/%s", folders[i], name);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

/* Starts it with its output into fd; 0 or an errno. */
static int
start(const char *const argv[], int fd, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	char path[PATH_BYTES];
	/* posix_spawn() does not write to the texts (POSIX.1-2017). */
	char *const *arguments = (char *const *)(uintptr_t)argv;
	int failed;

	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, fd, STDOUT_FILENO);
	(void)posix_spawn_file_actions_addopen(
		&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	(void)posix_spawn_file_actions_addopen(
		&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	failed = posix_spawnp(pid, argv[0], &actions, NULL, arguments, environ);
	if (failed == ENOENT && find_program(argv[0], path)) {
		failed = posix_spawn(
			pid, path, &actions, NULL, arguments, environ);
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	return failed;
}

static bool
read_all(int fd, struct buf *out)
{
	const size_t most = out->len + OUTPUT_BYTES;
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

bool
process_read(const char *const argv[], struct buf *out, struct err *err)
{
	int ends[2], status = 0;
	pid_t pid;

	if (pipe(ends) != 0)
		return err_system(err, "pipe");
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	int failed = start(argv, ends[1], &pid);
	(void)close(ends[1]);
	if (failed != 0) {
		(void)close(ends[0]);
		return err_set(
			err, ERR_SYSTEM, "%s: %s", argv[0], strerror(failed));
	}
	bool whole = read_all(ends[0], out);
	(void)close(ends[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (!whole)
		return err_set(err, ERR_LIMIT, "%s: too much output", argv[0]);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		return err_set(err, ERR_SYSTEM, "%s: it failed (status %d)",
			argv[0], WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	}
	return true;
}
