/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading lists/NAME.txt. */
#include "verdict/lists.h"

#include "base/bundle.h"
#include "verdict/keyword.h"
#include "verdict/list_read.h"

#define LISTS_MAX 256
#define SUFFIX SLICE(".txt")

struct gathering {
	struct arena *arena;
	struct diags *diags;
	struct lists *out;
	size_t given; /* of them the first ones are the configuration's */
};

static bool
fail(const struct gathering *g, const char *path, const char *why)
{
	struct slice kept = arena_copy(g->arena, slice_of(path));
	struct mark mark = {.file = kept.p != NULL ? kept.p : "lists"};

	return diags_add(g->diags, DIAG_ERROR, mark,
		"one entry a line, at most 16 MiB", "cannot read the list: %s",
		why);
}

/* Their count, if there is none of that name. */
static size_t
find(const struct lists *lists, struct slice name)
{
	size_t i = 0;

	while (i < lists->count && !slice_equal(lists->at[i].name, name))
		i++;
	return i;
}

/* Two of one name in directories, and nobody said which is meant. */
static void
warn_passed_over(const struct gathering *g, const char *path, struct slice name)
{
	struct mark mark = {.file = path, .width = 1};

	(void)diags_add(g->diags, DIAG_WARNING, mark,
		"say which is meant under lists: in the configuration (both: a "
		"list of two file:), or take one away",
		"this list is passed over: another directory of policies, "
		"named before, has \"%.*s\", too",
		SLICE_ARG(name));
}

static bool
add_file(const struct gathering *g, const char *path, struct slice name)
{
	struct slice kept = arena_copy(g->arena, slice_of(path));
	struct sigma_list list = {.name = arena_copy(g->arena, name)};
	struct mark mark = {
		.file = slice_is_absent(kept) ? "lists" : kept.p, .width = 1};

	if (!list_read_file(g->arena, path, mark, g->diags, &list))
		return false;
	if (g->out->count == LISTS_MAX)
		return fail(g, path, "there are too many lists");
	g->out->at[g->out->count++] = list;
	return true;
}

/* only: lists of keywords alone. */
static bool
add_directory(const struct gathering *g, const char *path, bool only)
{
	struct slice directory = arena_printf(g->arena, "%s/lists", path);
	struct bundle_directory *dir =
		directory.p != NULL ? bundle_directory_open(directory.p) : NULL;
	const char *entry;
	size_t found;
	bool done = true;

	if (dir == NULL)
		return true;
	while ((entry = bundle_directory_next(dir)) != NULL) {
		struct slice name = slice_of(entry), file;

		if (entry[0] == '.' || !slice_ends_fold(name, SUFFIX))
			continue;
		name = slice_sub(name, 0, name.len - SUFFIX.len);
		if (only && !keyword_is_list(name))
			continue;
		file = arena_printf(g->arena, "%s/%s", directory.p, entry);
		found = find(g->out, name);
		if (file.p == NULL) {
			done = false;
		} else if (found == g->out->count) {
			done &= add_file(g, file.p, name);
		} else if (!only && found >= g->given) {
			warn_passed_over(g, file.p, name);
		}
	}
	bundle_directory_close(dir);
	return done;
}

bool
lists_gather(struct arena *arena, const struct lists *given,
	const char *const *paths, size_t path_count, struct diags *diags,
	struct lists *out)
{
	struct gathering g = {arena, diags, out, given->count};
	bool done = true;

	out->count = 0;
	out->at =
		arena_array(arena, given->count + LISTS_MAX, sizeof(*out->at));
	if (out->at == NULL)
		return fail(&g, "lists", "out of memory");
	for (size_t i = 0; i < given->count; i++)
		out->at[out->count++] = given->at[i];
	for (size_t i = 0; i < path_count; i++)
		done &= add_directory(&g, paths[i], false);
	done &= add_directory(&g, DATADIR "/policies", true);
	return done;
}
