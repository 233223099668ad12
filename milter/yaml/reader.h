/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Maps of YAML read by tables of keys: a key that is not in the table is an
 * error with the nearest name, and all errors of a file show in one run.
 */
#ifndef YAML_READER_H
#define YAML_READER_H

#include "base/arena.h"
#include "yaml/diag.h"
#include "yaml/yaml.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reader {
	struct arena *arena;
	const char *file;
	struct diags *diags;
	void *out; /* what the file becomes */
	struct slice subject; /* what the file is about, once it has said */
};

typedef bool reader_fn(
	struct reader *, const struct yaml_node *node, void *target);

struct reader_key {
	const char *name;
	reader_fn *read;
	const char *help;
};

/* Adds an error; always false. hint may be NULL. */
bool reader_refuse(
	struct reader *, struct mark, const char *hint, const char *what);
/* No such key: an error with the nearest name; always false. */
bool reader_unknown(struct reader *, const struct yaml_node *,
	const struct reader_key *keys, size_t count);
/* Borrowed, or NULL. */
const struct reader_key *reader_find(
	const struct reader_key *keys, size_t count, struct slice name);
/* Reads each pair of a map into target; false when anything was wrong. */
bool reader_map(struct reader *, const struct yaml_node *map,
	const struct reader_key *keys, size_t count, void *target);
bool reader_scalar(
	struct reader *, const struct yaml_node *, struct slice *out);
/* "30s", "5m", "1h", "7d". */
bool reader_duration(
	struct reader *, const struct yaml_node *, int64_t *out_ms);
/* One scalar, or a list of them. */
bool reader_texts(struct reader *, const struct yaml_node *,
	const struct slice **out, size_t *count);

#endif
