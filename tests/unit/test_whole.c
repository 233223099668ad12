/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of several processes in one file, whole whatever a write takes. */
#include "rows.h"

#include "base/whole.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define WRITERS 3
#define LINES 100
#define LINE_BYTES 40

/* In the place of the C library's: the system may take a part. */
static bool short_writes;

ssize_t half_write(int, const void *, size_t) __asm__("write");

ssize_t
half_write(int fd, const void *bytes, size_t len)
{
	struct iovec whole = {
		(char *)(uintptr_t)bytes, short_writes ? (len + 1) / 2 : len};

	if (short_writes)
		(void)sched_yield(); /* it is another one's turn */
	return writev(fd, &whole, 1);
}

static int
open_file(char path[])
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_APPEND), 0);
	return fd;
}

static void
write_lines(const char *path, char letter)
{
	char line[LINE_BYTES];
	bool torn = false;
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	memset(line, letter, sizeof(line));
	line[LINE_BYTES - 1] = '\n';
	for (int i = 0; i < LINES; i++) {
		if (!whole_line(fd, (struct slice){line, LINE_BYTES}, &torn))
			_exit(1);
		(void)poll(NULL, 0, 2); /* who waits looks now and then */
	}
	_exit(0);
}

/* Each line is of one letter, and none is missing. */
static void
check_lines(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[2 * LINE_BYTES];
	size_t count = 0;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		count++;
		assert_int_equal(strlen(line), LINE_BYTES);
		assert_int_equal(
			strspn(line, (char[]){line[0], '\0'}), LINE_BYTES - 1);
	}
	(void)fclose(file);
	assert_int_equal(count, WRITERS * LINES);
}

static void
of_several_processes(void **state)
{
	char path[] = "/tmp/whole-XXXXXX";
	int fd = open_file(path), status;

	(void)state;
	short_writes = true;
	for (int i = 0; i < WRITERS; i++) {
		if (fork() == 0)
			write_lines(path, (char)('a' + i));
	}
	short_writes = false;
	for (int i = 0; i < WRITERS; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	check_lines(path);
	(void)close(fd);
	(void)unlink(path);
}

static void
limit_files(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* A disk that is full takes the first part of a line. */
static void
of_a_full_disk(void **state)
{
	char path[] = "/tmp/whole-XXXXXX", got[64] = "";
	int fd = open_file(path);
	bool torn = false;

	(void)state;
	(void)signal(SIGXFSZ, SIG_IGN);
	limit_files(10);
	assert_true(whole_line(fd, SLICE("first\n"), &torn));
	errno = 0;
	assert_false(whole_line(fd, SLICE("second\n"), &torn));
	assert_int_equal(errno, EFBIG);
	assert_false(torn);
	limit_files(RLIM_INFINITY);
	assert_true(whole_line(fd, SLICE("third\n"), &torn));
	assert_int_equal(pread(fd, got, sizeof(got), 0), 12);
	assert_string_equal(got, "first\nthird\n");
	(void)close(fd);
	(void)unlink(path);
}

/* What is not appended to cannot be cut; the next line begins a new one. */
static void
of_what_cannot_be_cut(void **state)
{
	char path[] = "/tmp/whole-XXXXXX", got[64] = "";
	int fd = mkstemp(path);
	bool torn = false;

	(void)state;
	(void)signal(SIGXFSZ, SIG_IGN);
	limit_files(3);
	assert_false(whole_line(fd, SLICE("first\n"), &torn));
	assert_true(torn);
	limit_files(RLIM_INFINITY);
	assert_true(whole_line(fd, SLICE("second\n"), &torn));
	assert_false(torn);
	assert_int_equal(pread(fd, got, sizeof(got), 0), 11);
	assert_string_equal(got, "fir\nsecond\n");
	(void)close(fd);
	(void)unlink(path);
}

/* Another process was killed while it wrote. */
static void
behind_the_beginning_of_a_line(void **state)
{
	char path[] = "/tmp/whole-XXXXXX", got[64] = "";
	int fd = open_file(path);
	bool torn = false;

	(void)state;
	assert_int_equal(write(fd, "beginn", 6), 6);
	assert_true(whole_line(fd, SLICE("first\n"), &torn));
	assert_false(torn);
	assert_true(whole_line(fd, SLICE("second\n"), &torn));
	assert_int_equal(pread(fd, got, sizeof(got), 0), 20);
	assert_string_equal(got, "beginn\nfirst\nsecond\n");
	(void)close(fd);
	(void)unlink(path);
}

/* A process that holds the file and is stopped holds nobody up for long. */
static void
beside_one_that_is_stopped(void **state)
{
	char path[] = "/tmp/whole-XXXXXX";
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = open_file(path), ends[2];
	bool torn = false;
	char byte = 0;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		(void)fcntl(fd, F_SETLK, &whole);
		(void)!write(ends[1], &byte, 1);
		for (;;)
			(void)pause();
	}
	assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_true(whole_line(fd, SLICE("line\n"), &torn));
	(void)kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	(void)close(ends[0]);
	(void)close(ends[1]);
	(void)close(fd);
	(void)unlink(path);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_several_processes),
		cmocka_unit_test(of_a_full_disk),
		cmocka_unit_test(of_what_cannot_be_cut),
		cmocka_unit_test(behind_the_beginning_of_a_line),
		cmocka_unit_test(beside_one_that_is_stopped),
	};
	struct rows all = {0};

	ROWS_TESTS(&all, tests);
	return rows_run(&all, "whole");
}
