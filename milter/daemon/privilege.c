/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding users, and becoming one of them. */
#include "daemon/privilege.h"

#include "base/slice.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

static bool
find_user(const char *name, struct privilege *out, struct err *err)
{
	const struct passwd *found = getpwnam(name);
	uint64_t number;

	if (found == NULL && slice_to_u64(slice_of(name), &number))
		found = getpwuid((uid_t)number);
	if (found == NULL) {
		return err_set(err, ERR_INVALID,
			"there is no user \"%s\"; make one: useradd -r "
			"-s /usr/sbin/nologin %s",
			name, name);
	}
	out->uid = found->pw_uid;
	out->gid = found->pw_gid;
	return true;
}

static bool
find_group(const char *name, struct privilege *out, struct err *err)
{
	const struct group *found = getgrnam(name);
	uint64_t number;

	if (found == NULL && slice_to_u64(slice_of(name), &number))
		found = getgrgid((gid_t)number);
	if (found == NULL) {
		return err_set(
			err, ERR_INVALID, "there is no group \"%s\"", name);
	}
	out->gid = found->gr_gid;
	return true;
}

bool
privilege_find(const char *user, const char *group, struct privilege *out,
	struct err *err)
{
	out->uid = PRIVILEGE_SAME_USER;
	out->gid = PRIVILEGE_SAME_GROUP;
	if (*user != '\0' && !find_user(user, out, err))
		return false;
	return *group == '\0' || find_group(group, out, err);
}

/* A group alone: the user stays who he is. */
static bool
drop_group(gid_t gid, struct err *err)
{
	if (gid == PRIVILEGE_SAME_GROUP || gid == getegid())
		return true;
	if (geteuid() != 0) {
		return err_set(err, ERR_SYSTEM,
			"only root can take another group: start as root, or "
			"leave group out");
	}
	if (setgroups(0, NULL) < 0 || setgid(gid) < 0)
		return err_system(err, "cannot take the group");
	return true;
}

bool
privilege_drop(
	const char *name, const struct privilege *wanted, struct err *err)
{
	uid_t uid = wanted->uid;
	gid_t gid = wanted->gid;

	if (uid == PRIVILEGE_SAME_USER || uid == geteuid())
		return drop_group(gid, err);
	if (geteuid() != 0) {
		return err_set(err, ERR_SYSTEM,
			"only root can become user \"%s\"", name);
	}
	if (initgroups(name, gid) < 0 || setgid(gid) < 0 || setuid(uid) < 0)
		return err_system(err, "cannot become user \"%s\"", name);
	if (uid != 0 && (setuid(0) == 0 || seteuid(0) == 0)) {
		return err_set(err, ERR_SYSTEM,
			"the rights of root could not be given up");
	}
	return true;
}
