/* SPDX-License-Identifier: BSD-2-Clause */
/* Files and directories of rules, read in the order of their names. */
#include "base/bundle.h"
#include "sigma/assemble.h"
#include "sigma/document.h"
#include "sigma/identity.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The tree of one file; its text is at most 1 MiB. */
#define TREE_BYTES ((size_t)256 << 20)
#define DEPTH_MAX 16
#define PATH_BYTES 4096

static void
read_documents(struct build *build, const struct yaml_document *document)
{
	for (; document != NULL && identity_add(build, document->root);
		document = document->next)
		document_parse(build, document->root);
}

/* text absent: read the file. */
static void
load_text(struct build *build, const char *file, struct slice text)
{
	struct arena *tree = arena_new(TREE_BYTES);
	struct slice name = build_copy(build, slice_of(file));

	if (tree == NULL || name.p == NULL) {
		(void)build_no_memory(build);
		arena_free(tree);
		return;
	}
	build->file = name.p;
	read_documents(build,
		text.p != NULL
			? yaml_load(tree, build->file, text, build->diags)
			: yaml_load_file(tree, build->file, build->diags));
	arena_free(tree);
}

static bool
has_ending(const char *name, const char *ending)
{
	return slice_ends_fold(slice_of(name), slice_of(ending));
}

static bool
is_rule_file(const char *name)
{
	return (has_ending(name, ".yml") || has_ending(name, ".yaml")) &&
		!has_ending(name, ".test.yaml") &&
		!has_ending(name, ".test.yml");
}

static bool
cannot_read(struct build *build, const char *path)
{
	return diags_add(build->diags, DIAG_ERROR, (struct mark){path, 0, 0, 1},
		NULL, "cannot be read: %s", strerror(errno));
}

static int
by_name(const void *a, const void *b)
{
	const char *const *one = a, *const *two = b;

	return strcmp(*one, *two);
}

/* The names in a directory but those with a dot first; the caller frees. */
static bool
read_names(struct build *build, const char *path, struct pointers *names)
{
	struct bundle_directory *directory = bundle_directory_open(path);
	const char *entry;

	if (directory == NULL)
		return cannot_read(build, path);
	while ((entry = bundle_directory_next(directory)) != NULL) {
		char *name;

		if (entry[0] == '.')
			continue;
		name = strdup(entry);
		if (name == NULL || !pointers_add(names, name)) {
			free(name);
			(void)build_no_memory(build);
			break;
		}
	}
	bundle_directory_close(directory);
	if (names->count > 1)
		qsort(names->at, names->count, sizeof(*names->at), by_name);
	return true;
}

static void load_path(struct build *, const char *path, int depth);

static void
load_directory(struct build *build, const char *path, int depth)
{
	struct pointers names = {0};
	char child[PATH_BYTES];

	if (depth == DEPTH_MAX) {
		(void)diags_add(build->diags, DIAG_ERROR,
			(struct mark){path, 0, 0, 1}, NULL,
			"directories are more than %d deep here", DEPTH_MAX);
		return;
	}
	(void)read_names(build, path, &names);
	for (size_t i = 0; i < names.count; i++) {
		int len = snprintf(child, sizeof(child), "%s/%s", path,
			(const char *)names.at[i]);

		if (len > 0 && (size_t)len < sizeof(child) && !build->no_memory)
			load_path(build, child, depth + 1);
		free(names.at[i]);
	}
	pointers_fini(&names);
}

/* What was named is read whatever it is called; below a directory only
 * files of rules are. */
static void
load_path(struct build *build, const char *path, int depth)
{
	bool is_directory;

	if (!bundle_stat(path, &is_directory)) {
		(void)cannot_read(build, path);
	} else if (is_directory) {
		load_directory(build, path, depth);
	} else if (depth == 0 || is_rule_file(path)) {
		load_text(build, path, (struct slice){NULL, 0});
	}
}

struct sigma_program *
sigma_program_load(const char *const *paths, size_t count,
	const struct sigma_options *options, struct diags *diags)
{
	struct build build;

	if (build_init(&build, options, diags)) {
		for (size_t i = 0; i < count; i++)
			load_path(&build, paths[i], 0);
	}
	return build_finish(&build);
}

struct sigma_program *
sigma_program_parse(const char *file, struct slice text,
	const struct sigma_options *options, struct diags *diags)
{
	struct build build;

	if (build_init(&build, options, diags))
		load_text(&build, file, text.p != NULL ? text : SLICE(""));
	return build_finish(&build);
}
