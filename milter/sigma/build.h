/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program is while it is being built: the fields, items and rules so
 * far, and where mistakes are told. Known to the files that compile, never
 * to those that run.
 */
#ifndef SIGMA_BUILD_H
#define SIGMA_BUILD_H

#include "base/arena.h"
#include "base/map.h"
#include "sigma/expr.h"
#include "sigma/pointers.h"
#include "sigma/program.h"
#include "yaml/diag.h"
#include "yaml/reader_type.h"
#include "yaml/yaml.h"

#include <stdbool.h>

struct build {
	struct arena *arena; /* the program's */
	struct diags *diags;
	const struct sigma_options *options;
	const char *file; /* being read; lives in arena */
	struct pointers rules; /* struct rule */
	struct pointers fields; /* struct sigma_field */
	struct pointers items; /* struct field_item */
	struct pointers regexes; /* struct regex */
	struct pointers skipped; /* struct sigma_skipped */
	struct pointers digests; /* of the documents */
	struct map *field_by_name, *item_by_key, *rule_by_name;
	size_t foreign; /* rules of other log sources */
	bool no_memory;
};

/* Says it once; always false. */
bool build_no_memory(struct build *);
void *build_alloc(struct build *, size_t bytes);
/* A copy that lives as long as the program. */
struct slice build_copy(struct build *, struct slice);
/* A mark that outlives the file's tree. */
struct mark build_mark(const struct build *, struct mark);
/* Told of a build, or of a reader of one: mark, hint, format and what it
 * needs. Always false. */
#define build_error(build, ...) \
	diags_add((build)->diags, DIAG_ERROR, __VA_ARGS__)
#define build_warn(build, ...) \
	diags_add((build)->diags, DIAG_WARNING, __VA_ARGS__)
#define build_note(build, ...) diags_add((build)->diags, DIAG_NOTE, __VA_ARGS__)

/* The field of that name, resolved once; NULL with an error at mark. */
const struct sigma_field *build_field(
	struct build *, struct slice name, struct mark);

/* For the tables of keys: its ctx is the build, and what it keeps lives as
 * long as the program. */
struct reader build_reader(struct build *);

/* Where the byte at offset of a scalar's text is, as far as it can be told
 * (one line, quoted or plain); else the scalar's place. */
struct mark build_mark_in(
	const struct yaml_node *scalar, size_t offset, size_t bytes);

#endif
