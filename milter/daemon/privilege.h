/* SPDX-License-Identifier: BSD-2-Clause */
/* Users and groups by name, and giving up root's rights for good. */
#ifndef DAEMON_PRIVILEGE_H
#define DAEMON_PRIVILEGE_H

#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

#define PRIVILEGE_SAME_USER ((uid_t)-1)
#define PRIVILEGE_SAME_GROUP ((gid_t)-1)

struct privilege {
	uid_t uid; /* PRIVILEGE_SAME_USER: no change */
	gid_t gid;
};

/* Names or numbers; empty names leave what is. An empty group is that of the
 * user. */
bool privilege_find(
	const char *user, const char *group, struct privilege *, struct err *);
/* Becomes that user for good: groups, group, user; checked by trying to go
 * back. Where only a group is named, it alone changes. Nothing to do is
 * success. name is for setting up the user's groups. */
bool privilege_drop(const char *name, const struct privilege *, struct err *);

#endif
