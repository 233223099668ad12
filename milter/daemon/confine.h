/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a worker gives up for good once it has what it needs: should a message
 * ever make it run somebody else's code, that code has little to do. Each
 * part can be switched off in the configuration, and what holds and what does
 * not is said in the log. What a system does not have is left out: mail is
 * judged all the same.
 */
#ifndef DAEMON_CONFINE_H
#define DAEMON_CONFINE_H

#include "base/buf.h"
#include "base/err.h"
#include "daemon/config.h"

#include <stdbool.h>

struct confine_options {
	bool privileges; /* no program it runs gets more rights */
	bool capabilities; /* it has none */
	bool core; /* its memory, with people's addresses, is on no disk */
	bool seccomp; /* no calls that a judge of mail has no use for */
	bool landlock; /* it writes to these directories alone, and reads ... */
	const char *const *writes; /* ended by NULL */
	const char *const *reads; /* these and the system's; NULL: all */
};

/* As the configuration says, and said in the log. One that runs alone, without
 * a supervisor, opens its logs and reads its files itself. */
void confine_worker(const struct config *, bool alone);

/* For this process, before it has threads. What holds is added to done, what
 * does not and why to missing. */
void confine(
	const struct confine_options *, struct buf *done, struct buf *missing);

/* Of confine_seccomp.c and confine_landlock.c: false with why not. */
bool confine_seccomp(struct err *err);
bool confine_landlock(const struct confine_options *, struct err *err);

#endif
