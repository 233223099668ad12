/* SPDX-License-Identifier: BSD-2-Clause */
/* A walk from the root down, with descriptors and no names that others can
 * change under us. */
#include "mta/rules/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 64
#define LINKS_MAX 16
#define NAMES_MAX 100000
#define FLAT_BYTES 255

/* A folder that may be searched but not listed is passed all the same. */
#if defined(O_PATH)
#define FOLDER_FLAGS (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#elif defined(O_SEARCH)
#define FOLDER_FLAGS (O_SEARCH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#else
#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#endif
#define FILE_FLAGS (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
#define LIST_FLAGS \
	(O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)

struct walk {
	const struct tree *tree;
	const struct tree_wish *wish;
	int fds[DEPTH_MAX]; /* [0] is the root, borrowed */
	size_t depth;
	char left[PATH_MAX]; /* of the path */
	struct buf at; /* the path of the folder that was reached */
	unsigned links;
};

bool
tree_open(struct tree *tree, const char *root, struct err *err)
{
	const char *path = root != NULL ? root : "/";
	struct stat info;

	tree->is_copy = root != NULL;
	tree->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (tree->fd < 0 || fstat(tree->fd, &info) != 0) {
		tree_close(tree);
		return err_system(err, "%s", path);
	}
	tree->owner = info.st_uid;
	return true;
}

void
tree_close(struct tree *tree)
{
	if (tree->fd >= 0)
		(void)close(tree->fd);
	tree->fd = -1;
}

static void
go_up(struct walk *walk, size_t depth)
{
	while (walk->depth > depth) {
		(void)close(walk->fds[walk->depth--]);
		while (walk->at.len > 0 && walk->at.p[--walk->at.len] != '/')
			;
	}
}

static void
end(struct walk *walk)
{
	go_up(walk, 0);
	buf_fini(&walk->at);
}

/* Takes the next name off what is left. */
static bool
next_name(struct walk *walk, char name[NAME_MAX + 1], bool *is_last)
{
	const char *from = walk->left + strspn(walk->left, "/");
	size_t len = strcspn(from, "/");
	const char *rest = from + len + strspn(from + len, "/");

	if (len == 0 || len > NAME_MAX)
		return false;
	memcpy(name, from, len);
	name[len] = '\0';
	*is_last = *rest == '\0';
	memmove(walk->left, rest, strlen(rest) + 1);
	return true;
}

static bool
may_follow(const struct walk *walk, const struct stat *info)
{
	return walk->tree->is_copy || info->st_uid == 0 ||
		info->st_uid == walk->tree->owner ||
		info->st_uid == walk->wish->uid;
}

/* Puts what a link says before the rest of the path. */
static bool
follow(struct walk *walk, const char *name, struct err *err)
{
	char target[PATH_MAX], joined[PATH_MAX];
	struct stat info;
	ssize_t len;

	if (fstatat(walk->fds[walk->depth], name, &info, AT_SYMLINK_NOFOLLOW) !=
		0)
		return err_system(err, "cannot look at it");
	if (!may_follow(walk, &info)) {
		return err_set(err, ERR_INVALID,
			"a symbolic link of another user (%lu)",
			(unsigned long)info.st_uid);
	}
	len = readlinkat(
		walk->fds[walk->depth], name, target, sizeof(target) - 1);
	if (len <= 0 || ++walk->links > LINKS_MAX)
		return err_set(err, ERR_INVALID, "too many symbolic links");
	target[len] = '\0';
	if (target[0] == '/')
		go_up(walk, 0);
	if (snprintf(joined, sizeof(joined), "%s/%s", target, walk->left) >=
		(int)sizeof(joined))
		return err_set(err, ERR_LIMIT, "its path is too long");
	memcpy(walk->left, joined, strlen(joined) + 1);
	return true;
}

static bool
is_link(const struct walk *walk, const char *name)
{
	struct stat info;

	return fstatat(walk->fds[walk->depth], name, &info,
		       AT_SYMLINK_NOFOLLOW) == 0 &&
		S_ISLNK(info.st_mode);
}

static bool
enter(struct walk *walk, const char *name, struct err *err)
{
	if (walk->depth + 1 == DEPTH_MAX)
		return err_set(err, ERR_LIMIT, "too deep");
	int fd = openat(walk->fds[walk->depth], name, FOLDER_FLAGS);
	if (fd < 0)
		return err_system(err, "cannot enter %s", name);
	walk->fds[++walk->depth] = fd;
	buf_printf(&walk->at, "/%s", name);
	return true;
}

static enum tree_outcome
outcome_of_errno(void)
{
	return errno == ENOENT || errno == ENOTDIR ? TREE_ABSENT : TREE_REFUSED;
}

/* The folder the file is in is walk->fds[walk->depth] afterwards. */
static enum tree_outcome
walk_to(struct walk *walk, char name[NAME_MAX + 1], struct err *err)
{
	bool is_last;

	while (next_name(walk, name, &is_last)) {
		if (strcmp(name, "..") == 0) {
			go_up(walk, walk->depth > 0 ? walk->depth - 1 : 0);
			continue;
		}
		if (strcmp(name, ".") == 0)
			continue;
		if (is_link(walk, name)) {
			if (is_last && walk->wish->no_link)
				return TREE_LINK;
			if (!follow(walk, name, err))
				return TREE_REFUSED;
			continue;
		}
		if (is_last)
			return TREE_READ;
		if (!enter(walk, name, err))
			return outcome_of_errno();
	}
	(void)snprintf(name, NAME_MAX + 1, ".");
	return TREE_READ;
}

static enum tree_outcome
begin(struct walk *walk, char name[NAME_MAX + 1], struct err *err)
{
	struct slice path = walk->wish->path;

	walk->fds[0] = walk->tree->fd;
	if (path.len == 0 || path.len >= sizeof(walk->left) ||
		slice_find_byte(path, '\0', 0) != SLICE_NONE) {
		(void)err_set(err, ERR_INVALID, "this is no path");
		return TREE_REFUSED;
	}
	memcpy(walk->left, path.p, path.len);
	walk->left[path.len] = '\0';
	return walk_to(walk, name, err);
}

/* A descriptor that is not a link; -1 with *outcome. path may be NULL, else it
 * is told where the links led. */
static int
open_wish(const struct tree *tree, const struct tree_wish *wish, int flags,
	struct buf *path, enum tree_outcome *outcome, struct err *err)
{
	struct walk walk = {.tree = tree, .wish = wish};
	char name[NAME_MAX + 1];
	int fd = -1;

	*outcome = begin(&walk, name, err);
	if (*outcome == TREE_READ) {
		fd = openat(walk.fds[walk.depth], name, flags);
		if (fd < 0) {
			(void)err_system(err, "cannot open it");
			*outcome = outcome_of_errno();
		}
		if (path != NULL) {
			buf_add(path, buf_slice(&walk.at));
			buf_printf(path, "/%s", name);
		}
	}
	end(&walk);
	return fd;
}

enum tree_outcome
tree_look(const struct tree *tree, const struct tree_wish *wish,
	struct stat *info, struct err *err)
{
	struct walk walk = {.tree = tree, .wish = wish};
	char name[NAME_MAX + 1];
	enum tree_outcome outcome = begin(&walk, name, err);

	if (outcome == TREE_READ &&
		fstatat(walk.fds[walk.depth], name, info,
			AT_SYMLINK_NOFOLLOW) != 0) {
		(void)err_system(err, "cannot look at it");
		outcome = outcome_of_errno();
	}
	end(&walk);
	return outcome;
}

static bool
is_sound(const struct tree *tree, const struct tree_wish *wish,
	const struct stat *info, struct err *err)
{
	if (!S_ISREG(info->st_mode))
		return err_set(err, ERR_INVALID, "it is no regular file");
	if ((size_t)info->st_size > wish->most) {
		return err_set(err, ERR_LIMIT,
			"it has %lld bytes, and %zu are the most",
			(long long)info->st_size, wish->most);
	}
	/* Another's file under a name of one's own. */
	if (!tree->is_copy && info->st_nlink > 1 && info->st_uid != 0 &&
		info->st_uid != wish->uid) {
		return err_set(err, ERR_INVALID,
			"it has several names (hard links), and is another "
			"user's");
	}
	return true;
}

static bool
read_bytes(int fd, size_t most, struct buf *text, struct err *err)
{
	char block[16384];
	ssize_t got;

	while ((got = read(fd, block, sizeof(block))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_system(err, "cannot read it");
		if (text->len + (size_t)got > most)
			return err_set(
				err, ERR_LIMIT, "it grows as it is read");
		buf_add(text, (struct slice){block, (size_t)got});
	}
	return buf_ok(text) || err_set(err, ERR_MEMORY, "out of memory");
}

/* Of a link, its copy may have made a file that says where it led. */
static bool
is_flat_link(const struct tree *tree, const struct tree_wish *wish,
	struct slice text, struct buf *target)
{
	size_t slash = wish->path.len;
	struct stat info;
	struct err err;

	if (!tree->is_copy || text.len == 0 || text.len > FLAT_BYTES ||
		slice_has_control(text) ||
		slice_find_byte(text, '@', 0) != SLICE_NONE)
		return false;
	while (slash > 0 && wish->path.p[slash - 1] != '/')
		slash--;
	if (text.p[0] != '/')
		buf_add(target, slice_sub(wish->path, 0, slash));
	buf_add(target, text);
	const struct tree_wish there = {
		.path = buf_slice(target), .uid = wish->uid};
	return !slice_equal(there.path, wish->path) &&
		tree_look(tree, &there, &info, &err) == TREE_READ &&
		S_ISREG(info.st_mode);
}

static enum tree_outcome
read_once(const struct tree *tree, const struct tree_wish *wish,
	struct tree_file *file, struct err *err)
{
	enum tree_outcome outcome;
	int fd = open_wish(tree, wish, FILE_FLAGS, &file->path, &outcome, err);
	struct stat info;

	if (fd < 0)
		return outcome;
	if (fstat(fd, &info) != 0) {
		(void)err_system(err, "cannot look at it");
		outcome = TREE_REFUSED;
	} else if (!is_sound(tree, wish, &info, err) ||
		!read_bytes(fd, wish->most, &file->text, err)) {
		outcome = TREE_REFUSED;
	} else {
		file->owner = info.st_uid;
		file->mode = info.st_mode;
		file->written_ms = (int64_t)info.st_mtime * 1000;
	}
	(void)close(fd);
	return outcome;
}

void
tree_file_fini(struct tree_file *file)
{
	buf_fini(&file->text);
	buf_fini(&file->path);
	*file = (struct tree_file){0};
}

enum tree_outcome
tree_read(const struct tree *tree, const struct tree_wish *wish,
	struct tree_file *file, struct err *err)
{
	struct buf target = {0};
	enum tree_outcome outcome;

	*file = (struct tree_file){0};
	outcome = read_once(tree, wish, file, err);
	if (outcome == TREE_READ &&
		is_flat_link(tree, wish, buf_slice(&file->text), &target)) {
		struct tree_wish there = *wish;

		tree_file_fini(file);
		there.path = buf_slice(&target);
		outcome = wish->no_link ? TREE_LINK
					: read_once(tree, &there, file, err);
	}
	if (outcome != TREE_READ)
		buf_reset(&file->text);
	buf_fini(&target);
	return outcome;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
add_name(struct tree_names *names, size_t *room, const char *name)
{
	if (names->count == *room) {
		size_t more = *room == 0 ? 64 : *room * 2;
		char **grown = realloc(names->at, more * sizeof(*grown));
		if (grown == NULL)
			return false;
		names->at = grown;
		*room = more;
	}
	names->at[names->count] = strdup(name);
	if (names->at[names->count] == NULL)
		return false;
	names->count++;
	return true;
}

static void
list_names(DIR *dir, struct tree_names *names)
{
	size_t room = 0;

	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		if (strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0)
			continue;
		if (names->count == NAMES_MAX ||
			!add_name(names, &room, entry->d_name)) {
			names->cut = true;
			break;
		}
	}
	if (names->count > 0) {
		qsort(names->at, names->count, sizeof(*names->at),
			compare_names);
	}
}

enum tree_outcome
tree_list(const struct tree *tree, const struct tree_wish *wish,
	struct tree_names *names, struct err *err)
{
	enum tree_outcome outcome;
	int fd = open_wish(tree, wish, LIST_FLAGS, NULL, &outcome, err);
	DIR *dir;

	*names = (struct tree_names){0};
	if (fd < 0)
		return outcome;
	dir = fdopendir(fd);
	if (dir == NULL) {
		(void)err_system(err, "cannot list it");
		(void)close(fd);
		return TREE_REFUSED;
	}
	list_names(dir, names);
	(void)closedir(dir);
	return TREE_READ;
}

void
tree_list_free(struct tree_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->at[i]);
	free(names->at);
	*names = (struct tree_names){0};
}
