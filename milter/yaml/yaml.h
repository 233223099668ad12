/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * YAML as people may write it here: a tree of maps, lists and scalars, each
 * with its place. Loaded by libyaml's events; anchors, aliases, tags,
 * directives, merge keys, duplicate keys, depth over 32, files over 1 MiB and
 * bytes that are no UTF-8 are refused, with their place and a remedy.
 */
#ifndef YAML_YAML_H
#define YAML_YAML_H

#include "base/arena.h"
#include "base/slice.h"
#include "yaml/diag.h"

#include <stdbool.h>
#include <stddef.h>

#define YAML_DEPTH_MAX 32
#define YAML_FILE_BYTES_MAX (1024 * 1024)

enum yaml_kind {
	YAML_NULL,
	YAML_SCALAR,
	YAML_LIST,
	YAML_MAP
};

struct yaml_node {
	enum yaml_kind kind;
	struct mark mark; /* of the node; of a pair: see key_mark */
	struct slice text; /* of a scalar, as it reads after quoting */
	bool plain; /* scalar without quotes: may mean a number, a bool */
	struct slice key; /* when its parent is a map */
	struct mark key_mark;
	const struct yaml_node *children; /* first child, of lists and maps */
	const struct yaml_node *next; /* sibling */
	size_t count; /* of children */
};

struct yaml_document {
	const struct yaml_node *root;
	const struct yaml_document *next;
};

/* All documents of one file, in arena. NULL when there is none to be used;
 * errors are in diags, and those that allow it do not stop the reading. */
const struct yaml_document *yaml_load(
	struct arena *, const char *file, struct slice text, struct diags *);
/* Reads the file first. */
const struct yaml_document *yaml_load_file(
	struct arena *, const char *file, struct diags *);

/* The value of a key of a map, or NULL. */
const struct yaml_node *yaml_find(const struct yaml_node *map, const char *key);

#endif
