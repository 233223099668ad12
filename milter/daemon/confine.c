/* SPDX-License-Identifier: BSD-2-Clause */
/* Rights, capabilities and core files; the two larger parts are apart. */
#include "daemon/confine.h"

#include "base/log.h"

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

static bool
confine_core(const struct confine_options *options, struct err *err)
{
	const struct rlimit none = {0, 0};

	(void)options;
	return setrlimit(RLIMIT_CORE, &none) == 0 || err_system(err, "core");
}

#ifdef __linux__
static bool
confine_privileges(const struct confine_options *options, struct err *err)
{
	(void)options;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ||
		err_system(err, "no new privileges");
}

static bool
has_no_capabilities(struct __user_cap_header_struct *head)
{
	struct __user_cap_data_struct data[2] = {{1, 1, 1}, {1, 1, 1}};
	int saved = errno;
	bool none = syscall(SYS_capget, head, data) == 0 &&
		data[0].permitted == 0 && data[1].permitted == 0;

	errno = saved;
	return none;
}

/* Root without a user of its own keeps what its files may need: they can be
 * another's. */
static bool
confine_capabilities(const struct confine_options *options, struct err *err)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2] = {{0, 0, 0}, {0, 0, 0}};

	(void)options;
	if (geteuid() == 0) {
		data[0].effective = data[0].permitted = 1U << CAP_DAC_OVERRIDE;
	}
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0;
		cap++)
		(void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	/* A service manager may have taken the right to ask, and all else. */
	return syscall(SYS_capset, &head, data) == 0 ||
		has_no_capabilities(&head) || err_system(err, "capabilities");
}
#else
static bool
confine_privileges(const struct confine_options *options, struct err *err)
{
	(void)options;
	return err_set(err, ERR_SYSTEM, "this system has no such thing");
}

static bool
confine_capabilities(const struct confine_options *options, struct err *err)
{
	return confine_privileges(options, err);
}
#endif

static bool
confine_calls(const struct confine_options *options, struct err *err)
{
	(void)options;
	return confine_seccomp(err);
}

static void
add_word(struct buf *out, const char *word)
{
	if (out->len > 0)
		buf_puts(out, ", ");
	buf_puts(out, word);
}

void
confine(const struct confine_options *options, struct buf *done,
	struct buf *missing)
{
	/* The filter of calls comes last: it would refuse the others. */
	const struct {
		const char *what;
		bool wanted;
		bool (*apply)(const struct confine_options *, struct err *);
	} parts[] = {
		{"no core file", options->core, confine_core},
		{"no capabilities", options->capabilities,
			confine_capabilities},
		{"no new privileges", options->privileges, confine_privileges},
		{"files (landlock)", options->landlock, confine_landlock},
		{"system calls (seccomp)", options->seccomp, confine_calls},
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		struct err err = {0};

		if (!parts[i].wanted) {
			add_word(missing, parts[i].what);
			buf_puts(missing, ": switched off");
		} else if (parts[i].apply(options, &err)) {
			add_word(done, parts[i].what);
		} else {
			add_word(missing, parts[i].what);
			buf_printf(missing, ": %s", err.text);
		}
	}
}

void
confine_worker(const struct config *config, bool alone)
{
	const char *const writes[] = {config->state, NULL};
	const char *const reads[] = {config->state, NULL};
	const struct confine_options options = {
		.privileges = config->confine_privileges,
		.capabilities = config->confine_capabilities,
		.core = config->confine_core,
		.seccomp = config->confine_seccomp,
		.landlock = config->confine_landlock && !alone,
		.writes = writes,
		.reads = reads,
	};
	struct buf done = {0}, missing = {0};

	confine(&options, &done, &missing);
	log_write(LOG_LEVEL_INFO, "confined: %s%s%s",
		done.len > 0 ? done.p : "in nothing",
		missing.len > 0 ? "; not: " : "",
		missing.len > 0 ? missing.p : "");
	buf_fini(&done);
	buf_fini(&missing);
}
