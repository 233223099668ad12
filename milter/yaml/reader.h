/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Maps of YAML read by tables of keys into structs: the configuration, what
 * policies say of themselves, tests beside policies. A key that is not in
 * the table is an error with the nearest name, and all errors of a file show
 * in one run.
 *
 * A row is a key. "local.domains" is the key domains in the section local,
 * which is a map. What the value may be says the row's type (reader_type.h)
 * or a function of its own.
 */
#ifndef YAML_READER_H
#define YAML_READER_H

#include "base/arena.h"
#include "base/buf.h"
#include "yaml/diag.h"
#include "yaml/yaml.h"

#include <stdbool.h>
#include <stddef.h>

#define READER_KEYS_MAX 160

struct reader_key;

struct reader {
	struct arena *arena; /* what is kept of the file lives there */
	const char *file;
	struct diags *diags;
	void *ctx; /* whatever the functions of the rows share */
	const struct reader_key *key; /* the row that is being read */
};

/* Reads a value into target, the struct that the table is about; false
 * after adding to the diagnostics. */
typedef bool reader_fn(
	struct reader *, const struct yaml_node *node, void *target);

/* A closed set of words; number i is the i-th, NULL past the end. */
typedef const char *reader_word_fn(int number);

struct reader_type {
	const char *name; /* "duration" */
	reader_fn *read;
	/* Of whole numbers, which are a long long in the struct. */
	bool (*parse)(struct slice, long long *);
	void (*print)(long long, struct buf *);
	const char *hint; /* what to write, or NULL */
	bool list; /* "a, b" as an initial value is a list of two */
};

struct reader_key {
	const char *name;
	const struct reader_type *type; /* or NULL, and read is given */
	size_t offset; /* in the target */
	const char *initial; /* as it would be written; NULL: none */
	long long least, most; /* of whole numbers */
	reader_word_fn *word; /* of words */
	const char *help; /* for people; of a refused key: what to write */
	const char *missing; /* it must be given: what to write */
	reader_fn *read;
};

struct reader_table {
	const struct reader_key *keys;
	size_t count;
	const char *where; /* " in a correlation", or "" */
	const char *listed; /* where the keys are listed, as a hint */
	const char *shape; /* what to write when it is not a map */
	reader_fn *other; /* reads what is not in the table; or NULL */
	/* An unknown key is an error; true: it is a warning, and only when
	 * it is nearly a known one. */
	bool open;
	bool null_is_default; /* a key without a value is not given */
};

/* A row of this type is a key that others have and that is refused here;
 * help is what to write instead. */
extern const struct reader_type reader_refused;

/* Adds an error; always false. hint may be NULL. */
bool reader_refuse(
	struct reader *, struct mark, const char *hint, const char *what);
/* The value is not what the row's type asks for; always false. */
bool reader_refuse_type(struct reader *, const struct yaml_node *);
/* No such key: an error with the nearest name (or what a table that is open
 * does); false when it is an error. */
bool reader_unknown(
	struct reader *, const struct reader_table *, const struct yaml_node *);
/* Borrowed, or NULL. */
const struct reader_key *reader_find(
	const struct reader_table *, struct slice name);
/* The member of target that the row being read is about. */
void *reader_member(const struct reader *, void *target);
/* Reads the value of one row, whatever map it is in. */
bool reader_value(struct reader *, const struct reader_key *,
	const struct yaml_node *, void *target);
/* Reads each pair of a map into target, and what must be given and is not is
 * an error; false when anything was wrong. */
bool reader_map(struct reader *, const struct reader_table *,
	const struct yaml_node *map, void *target);
/* Sets every row that has one to its initial value. */
bool reader_init(struct reader *, const struct reader_table *, void *target);
/* "100ms to 10s", "none, log or tag"; nothing if there is no bound. */
void reader_print_range(const struct reader_key *, struct buf *);

#endif
