/* SPDX-License-Identifier: BSD-2-Clause */
/* A directory below Postfix's queue directory. */
#include "mta/milter_place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIRECTORY "forwarden"
#define SOCKET "milter.sock"
/* What is made in it is of its group: the socket needs no other owner. */
#define DIRECTORY_MODE 02710

static void
directory_path(const struct postfix *postfix, char path[PATH_MAX])
{
	(void)snprintf(path, PATH_MAX, "%.*s/" DIRECTORY,
		SLICE_ARG(postfix_value(postfix, "queue_directory")));
}

void
milter_place_path(const struct postfix *postfix, struct buf *out)
{
	char path[PATH_MAX];

	directory_path(postfix, path);
	buf_printf(out, "%s/" SOCKET, path);
}

bool
milter_place_is_used(
	const struct postfix *postfix, const struct socket_name *name)
{
	static const char *const lists[] = {
		"smtpd_milters", "non_smtpd_milters", "forwarden_milter"};
	char text[SOCKET_NAME_PATH_BYTES + 1];

	if (name->family == SOCKET_NAME_UNIX) {
		(void)snprintf(text, sizeof(text), "%s", name->path);
	} else {
		(void)snprintf(text, sizeof(text), ":%u", (unsigned)name->port);
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		if (slice_find(postfix_value(postfix, lists[i]),
			    slice_of(text)) != SLICE_NONE)
			return true;
	}
	return false;
}

/* Postfix's daemons run as this one, with his group. */
static bool
find_group(const struct postfix *postfix, gid_t *gid, struct err *err)
{
	struct slice owner = postfix_value(postfix, "mail_owner");
	char name[64];

	(void)snprintf(name, sizeof(name), "%.*s", SLICE_ARG(owner));
	const struct passwd *entry = getpwnam(name);
	if (entry == NULL) {
		return err_set(err, ERR_INVALID,
			"there is no user \"%s\" (mail_owner of main.cf)",
			name);
	}
	*gid = entry->pw_gid;
	return true;
}

static bool
find_user(const char *name, uid_t *uid, struct err *err)
{
	const struct passwd *entry = *name != '\0' ? getpwnam(name) : NULL;

	*uid = entry != NULL ? entry->pw_uid : 0;
	return *name == '\0' || entry != NULL ||
		err_set(err, ERR_INVALID, "there is no user \"%s\"", name);
}

/* The queue directory is root's, so nobody puts another directory there. */
static bool
make(const char *path, uid_t uid, gid_t gid, struct err *err)
{
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return err_system(err, "cannot make %s", path);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_system(err, "cannot open %s", path);
	bool done =
		fchown(fd, uid, gid) == 0 && fchmod(fd, DIRECTORY_MODE) == 0;
	if (!done)
		(void)err_system(err, "cannot give %s away", path);
	(void)close(fd);
	return done;
}

bool
milter_place_make(
	const struct postfix *postfix, const char *user, struct err *err)
{
	char path[PATH_MAX];
	uid_t uid = 0;
	gid_t gid = 0;

	directory_path(postfix, path);
	return find_user(user, &uid, err) && find_group(postfix, &gid, err) &&
		make(path, uid, gid, err);
}

void
milter_place_remove(const struct postfix *postfix)
{
	char path[PATH_MAX];

	directory_path(postfix, path);
	(void)rmdir(path);
}
