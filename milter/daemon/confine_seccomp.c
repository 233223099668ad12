/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System calls that a worker has no use for, refused by libseccomp. A list of
 * what is refused, not of what is allowed: which calls a C library makes for
 * a thread, a clock or a name changes from release to release, and one that
 * is missing from a list would end the judging of mail after an upgrade. On
 * this list are the ways to another program, to another process' memory, to
 * more rights, to other file systems and name spaces, to the kernel's less
 * travelled doors, and to the system's state.
 */
#include "daemon/confine.h"

#ifdef HAVE_SECCOMP
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/socket.h>

static const char *const refused[] = {"_sysctl", "acct", "add_key", "adjtimex",
	"bpf", "capset", "chroot", "clock_adjtime", "clock_settime",
	"delete_module", "execve", "execveat", "fanotify_init", "finit_module",
	"fork", "fsconfig", "fsmount", "fsopen", "fspick", "init_module",
	"io_uring_enter", "io_uring_register", "io_uring_setup", "ioperm",
	"iopl", "kcmp", "kexec_file_load", "kexec_load", "keyctl",
	"lookup_dcookie", "mknod", "mknodat", "modify_ldt", "mount",
	"mount_setattr", "move_mount", "name_to_handle_at", "nfsservctl",
	"open_by_handle_at", "open_tree", "perf_event_open", "personality",
	"pidfd_getfd", "pivot_root", "process_vm_readv", "process_vm_writev",
	"quotactl", "quotactl_fd", "reboot", "request_key", "setdomainname",
	"setfsgid", "setfsuid", "setgid", "setgroups", "sethostname", "setns",
	"setregid", "setresgid", "setresuid", "setreuid", "settimeofday",
	"setuid", "stime", "swapoff", "swapon", "sysfs", "syslog", "umount",
	"umount2", "unshare", "uselib", "userfaultfd", "ustat", "vfork",
	"vhangup"};

/* The checker of leaks, in builds with one, looks at its own threads from a
 * process it makes. */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_LEAK_CHECKER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_LEAK_CHECKER 1
#endif
#endif

/* On s390 the flags are the second argument. */
#if defined(__s390__) || defined(__s390x__)
#define CLONE_FLAGS SCMP_A1
#else
#define CLONE_FLAGS SCMP_A0
#endif

/* A name that this library or this machine does not know needs no rule. */
static int
refuse(scmp_filter_ctx filter, const char *name, int why)
{
	int number = seccomp_syscall_resolve_name(name);

	return number == __NR_SCMP_ERROR
		? 0
		: seccomp_rule_add(
			  filter, SCMP_ACT_ERRNO((uint32_t)why), number, 0);
}

/* Threads may be made, processes not. The flags of clone3() are out of a
 * filter's sight: without it the C library uses clone(). */
static int
refuse_processes(scmp_filter_ctx filter)
{
#ifdef HAS_LEAK_CHECKER
	(void)filter;
	return 0;
#else
	int failed = refuse(filter, "clone3", ENOSYS);

	if (failed == 0)
		failed = refuse(filter, "ptrace", EPERM);
	return failed != 0
		? failed
		: seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM),
			  SCMP_SYS(clone), 1,
			  CLONE_FLAGS(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
#endif
}

/* Families past those of names, the Internet and this machine. */
static int
refuse_families(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT),
		SCMP_SYS(socket), 1,
		SCMP_A0(SCMP_CMP_GT, (scmp_datum_t)AF_NETLINK));
}

bool
confine_seccomp(struct err *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int failed = filter != NULL ? 0 : -ENOMEM;

	for (size_t i = 0;
		failed == 0 && i < sizeof(refused) / sizeof(*refused); i++)
		failed = refuse(filter, refused[i], EPERM);
	if (failed == 0)
		failed = refuse_processes(filter);
	if (failed == 0)
		failed = refuse_families(filter);
	if (failed == 0)
		failed = seccomp_load(filter);
	if (filter != NULL)
		seccomp_release(filter);
	return failed == 0 || err_set(err, ERR_SYSTEM, "%s", strerror(-failed));
}
#else
bool
confine_seccomp(struct err *err)
{
	return err_set(err, ERR_SYSTEM, "built without libseccomp");
}
#endif
