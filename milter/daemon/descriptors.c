/* SPDX-License-Identifier: BSD-2-Clause */
/* Counted by the directory that lists them, where the system has it. */
#include "daemon/descriptors.h"

#include "daemon/trouble.h"

#include <dirent.h>
#include <errno.h>
#include <sys/resource.h>

/* The store's connections, HTTP, logs, and some to spare. */
#define RESERVED 128
#define SESSIONS_LEAST 16
#define SESSIONS_MOST 1000000
#define FULL_PERCENT 90

void
descriptors_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
		limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static size_t
limit_now(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
		limit.rlim_cur > SESSIONS_MOST)
		return SESSIONS_MOST;
	return (size_t)limit.rlim_cur;
}

size_t
descriptors_sessions(void)
{
	size_t limit = limit_now();

	return limit > RESERVED + SESSIONS_LEAST ? limit - RESERVED
						 : SESSIONS_LEAST;
}

/* 0 where it cannot be told; all, where not even one is left to look. */
static size_t
count_used(void)
{
	DIR *directory = opendir("/dev/fd");
	size_t count = 0;

	if (directory == NULL)
		return errno == EMFILE ? limit_now() : 0;
	while (readdir(directory) != NULL)
		count++;
	(void)closedir(directory);
	return count;
}

void
descriptors_watch(void)
{
	size_t used = count_used(), limit = limit_now();

	if (used * 100 < limit * FULL_PERCENT) {
		trouble_set(TROUBLE_DESCRIPTORS, "%s", "");
	} else {
		trouble_set(TROUBLE_DESCRIPTORS,
			"more than %d%% of %zu descriptors are in use: raise "
			"LimitNOFILE, or lower limits.sessions",
			FULL_PERCENT, limit);
	}
}
