/* SPDX-License-Identifier: BSD-2-Clause */
/* What a confined process can still do, and what it cannot. */
#include "rows.h"

#include "daemon/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The address sanitizer makes one to look for leaks, and is let. */
#ifdef __SANITIZE_ADDRESS__
#define NO_PROCESS 0
#else
#define NO_PROCESS EPERM
#endif
#define NOT_CONFINED 77

struct attempt {
	const char *name;
	bool seccomp, landlock;
	int (*try)(const char *folder); /* 0 or errno */
	int expected;
};

static int
write_file(const char *folder, const char *name)
{
	char path[128];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	(void)close(fd);
	return unlink(path) == 0 ? 0 : errno;
}

static int
write_state(const char *folder)
{
	return write_file(folder, "store.snapshot");
}

static int
write_elsewhere(const char *folder)
{
	(void)folder;
	return write_file("/tmp", "forwarden-confined");
}

static int
read_elsewhere(const char *folder)
{
	(void)folder;
	return open("/tmp", O_RDONLY | O_CLOEXEC) < 0 ? errno : 0;
}

static int
read_system(const char *folder)
{
	(void)folder;
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0 ? errno : 0;
}

static int
run_program(const char *folder)
{
	(void)folder;
	(void)execl("/bin/true", "true", (char *)NULL);
	return errno;
}

static int
make_process(const char *folder)
{
	pid_t pid = fork();

	(void)folder;
	if (pid == 0)
		_exit(0);
	return pid < 0 ? errno : 0;
}

static void *
do_nothing(void *arg)
{
	return arg;
}

static int
make_thread(const char *folder)
{
	pthread_t thread;
	int failed = pthread_create(&thread, NULL, do_nothing, NULL);

	(void)folder;
	return failed != 0 ? failed : pthread_join(thread, NULL);
}

static int
make_packets(const char *folder)
{
	(void)folder;
	return socket(AF_PACKET, SOCK_RAW, 0) < 0 ? errno : 0;
}

static int
make_socket(const char *folder)
{
	(void)folder;
	return socket(AF_INET6, SOCK_STREAM, 0) < 0 ? errno : 0;
}

static int
has_no_core(const char *folder)
{
	struct rlimit limit = {1, 1};

	(void)folder;
	(void)getrlimit(RLIMIT_CORE, &limit);
	return limit.rlim_max == 0 ? 0 : EINVAL;
}

static const struct attempt attempts[] = {
	{"state is written to", true, true, write_state, 0},
	{"the rest is not", false, true, write_elsewhere, EACCES},
	{"... unless that is switched off", true, false, write_elsewhere, 0},
	{"other folders are not read", false, true, read_elsewhere, EACCES},
	{"the system's files are", true, true, read_system, 0},
	{"no program is run", true, false, run_program, EPERM},
	{"nor with files alone confined", false, true, run_program, EACCES},
	{"no process is made", true, false, make_process, NO_PROCESS},
	{"threads are", true, true, make_thread, 0},
	{"no raw packets", true, false, make_packets, EAFNOSUPPORT},
	{"sockets are made", true, true, make_socket, 0},
	{"no core file", false, false, has_no_core, 0},
};

/* In a child, for good. What the system cannot do is said, not passed. */
static int
attempt_it(const struct attempt *attempt, const char *folder)
{
	const char *const writes[] = {folder, NULL};
	const char *const reads[] = {folder, NULL};
	const struct confine_options options = {
		.privileges = true,
		.capabilities = true,
		.core = true,
		.seccomp = attempt->seccomp,
		.landlock = attempt->landlock,
		.writes = writes,
		.reads = reads,
	};
	struct buf done = {0}, missing = {0};

	confine(&options, &done, &missing);
	if ((attempt->seccomp &&
		    slice_find(buf_slice(&done), SLICE("seccomp")) ==
			    SLICE_NONE) ||
		(attempt->landlock &&
			slice_find(buf_slice(&done), SLICE("landlock")) ==
				SLICE_NONE)) {
		(void)fprintf(stderr, "# %s\n", missing.p);
		return NOT_CONFINED;
	}
	return attempt->try(folder);
}

static void
check_attempt(void **state)
{
	const struct attempt *attempt = *state;
	char folder[] = "/var/tmp/forwarden-confine-XXXXXX";
	int status;
	pid_t pid;

	assert_non_null(mkdtemp(folder));
	pid = fork();
	if (pid == 0)
		_exit(attempt_it(attempt, folder));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	(void)rmdir(folder);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NOT_CONFINED)
		skip();
	assert_int_equal(WEXITSTATUS(status), attempt->expected);
}

int
main(void)
{
	struct rows all = {0};

	ROWS_ADD(&all, attempts, check_attempt);
	return rows_run(&all, "confine");
}
