/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Landlock (Linux 5.13): a process takes its own rights to files away. No C
 * library knows it yet, so the system calls are made by their numbers, which
 * are the same on every machine.
 */
#include "daemon/confine.h"

#ifdef HAVE_LINUX_LANDLOCK_H
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

#define READS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITES                                                         \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | \
		LANDLOCK_ACCESS_FS_REMOVE_FILE)
/* What nobody needs anywhere. */
#define NEVER                                                                 \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_REMOVE_DIR |         \
		LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |  \
		LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | \
		LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

#define OF_FILES (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE)

/* Names of hosts and users, time zones, certificates, and the libraries that
 * look such things up. */
static const char *const system_reads[] = {"/dev", "/etc", "/lib", "/lib64",
	"/proc", "/run", "/sys", "/usr", "/var/lib/ca-certificates", "/var/run",
	NULL};
/* /dev/null. */
static const char *const system_writes[] = {"/dev", NULL};

/* A directory that is not there needs no rule. */
static bool
allow(int rules, const char *path, uint64_t access, struct err *err)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = access};
	struct stat status;
	bool ok;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return true;
	if (fstat(rule.parent_fd, &status) == 0 && !S_ISDIR(status.st_mode))
		rule.allowed_access &= OF_FILES;
	ok = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH,
		     &rule, 0) == 0 ||
		err_system(err, "%s", path);
	(void)close(rule.parent_fd);
	return ok;
}

static bool
allow_all(int rules, const char *const *paths, uint64_t access, struct err *err)
{
	for (; paths != NULL && *paths != NULL; paths++) {
		if (**paths != '\0' && !allow(rules, *paths, access, err))
			return false;
	}
	return true;
}

static bool
restrict_self(int rules, const struct confine_options *options, struct err *err)
{
	uint64_t reads = options->reads != NULL ? READS : 0;

	return allow_all(rules, options->writes, reads | WRITES, err) &&
		allow_all(rules, system_writes,
			reads | LANDLOCK_ACCESS_FS_WRITE_FILE, err) &&
		(reads == 0 ||
			(allow_all(rules, system_reads, reads, err) &&
				allow_all(
					rules, options->reads, reads, err))) &&
		(syscall(SYS_landlock_restrict_self, rules, 0) == 0 ||
			err_system(err, "landlock"));
}

bool
confine_landlock(const struct confine_options *options, struct err *err)
{
	struct landlock_ruleset_attr attributes = {
		.handled_access_fs =
			WRITES | NEVER | (options->reads != NULL ? READS : 0),
	};
	int rules;
	bool ok;

	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 && geteuid() != 0) {
		return err_set(
			err, ERR_SYSTEM, "it needs no new privileges first");
	}
	rules = (int)syscall(SYS_landlock_create_ruleset, &attributes,
		sizeof(attributes), 0);
	if (rules < 0) {
		return errno == ENOSYS || errno == EOPNOTSUPP
			? err_set(err, ERR_SYSTEM, "this kernel has none")
			: err_system(err, "landlock");
	}
	ok = restrict_self(rules, options, err);
	(void)close(rules);
	return ok;
}
#else
bool
confine_landlock(const struct confine_options *options, struct err *err)
{
	(void)options;
	return err_set(err, ERR_SYSTEM, "this system has none");
}
#endif
