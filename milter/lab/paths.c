/* SPDX-License-Identifier: BSD-2-Clause */
/* Walking directories. */
#include "lab/paths.h"

#include "base/buf.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#define DEPTH_MAX 16

struct walk {
	struct slice suffix;
	bool (*visit)(const char *path, void *ctx);
	void *ctx;
	struct err *err;
	bool stopped;
};

static bool
is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int
not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static bool
visit_file(struct walk *walk, const char *path)
{
	if (!slice_ends_fold(slice_of(path), walk->suffix))
		return true;
	walk->stopped = !walk->visit(path, walk->ctx);
	return !walk->stopped;
}

static bool walk_directory(struct walk *walk, const char *path, int depth);

static bool
walk_entry(struct walk *walk, const char *path, int depth)
{
	if (!is_directory(path))
		return visit_file(walk, path);
	return depth < DEPTH_MAX ? walk_directory(walk, path, depth + 1) : true;
}

static bool
walk_directory(struct walk *walk, const char *path, int depth)
{
	struct dirent **entries;
	int count = scandir(path, &entries, not_hidden, alphasort);
	struct buf name = {0};
	bool good = true;

	if (count < 0)
		return err_system(walk->err, "cannot read %s", path);
	for (int i = 0; i < count; i++) {
		buf_reset(&name);
		buf_printf(&name, "%s/%s", path, entries[i]->d_name);
		if (good)
			good = walk_entry(walk, name.p, depth);
		free(entries[i]);
	}
	free(entries);
	buf_fini(&name);
	return good;
}

bool
paths_each(const char *path, struct slice suffix,
	bool (*visit)(const char *path, void *ctx), void *ctx, struct err *err)
{
	struct walk walk = {suffix, visit, ctx, err, false};
	struct stat st;

	if (stat(path, &st) != 0)
		return err_system(err, "cannot read %s", path);
	if (!S_ISDIR(st.st_mode)) {
		visit(path, ctx);
		return true;
	}
	return walk_directory(&walk, path, 0) || walk.stopped;
}
