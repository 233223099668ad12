/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Types of configuration values: how each is read from YAML, what it is
 * called in the manual. Knows
 * nothing of the struct they are read into.
 */
#ifndef DAEMON_CONFIG_TYPE_H
#define DAEMON_CONFIG_TYPE_H

#include "daemon/config_list.h"
#include "yaml/yaml.h"

/* A closed set of words; number i is the i-th, NULL past the end. */
typedef const char *config_word_fn(int number);

enum config_kind {
	CONFIG_TEXT, /* any text without control characters */
	CONFIG_TEXTS, /* a list of texts, or a single one */
	CONFIG_LISTENER,
	CONFIG_UNIX, /* a listener that is a unix socket */
	CONFIG_ADDRESS, /* host:port of loopback, or empty */
	CONFIG_REPLY, /* an SMTP reply's text */
	CONFIG_FILE, /* the path of a file that can be read, or empty */
	CONFIG_SECRET, /* the same, and its first line is the value */
	CONFIG_BOOL,
	CONFIG_NUMBER,
	CONFIG_SIZE, /* bytes; k, M, G */
	CONFIG_DURATION, /* milliseconds; ms, s, m, h, d */
	CONFIG_MODE, /* octal permissions */
	CONFIG_WORD, /* one of config_key.word */
	CONFIG_LISTS, /* a map of names to lists of texts */
	CONFIG_KIND_COUNT
};

/* What is filled: a struct that offsets in the table are into, and where its
 * texts live. */
struct config_target {
	void *base;
	struct arena *arena;
};

struct config_key {
	const char *name; /* "local.domains" */
	enum config_kind kind;
	size_t offset; /* in struct config */
	const char *initial; /* as it would be written; NULL: must be given */
	long long least, most; /* of numbers, sizes, durations */
	config_word_fn *word;
	const char *help; /* sentences for the manual */
};

/* The table, and how many rows. */
const struct config_key *config_keys(size_t *count);

/* Reads a node into its member of config; false after adding to diags. */
bool config_type_read(const struct config_target *, const struct config_key *,
	const struct yaml_node *, struct diags *);
/* Sets the default; false when out of memory. */
bool config_type_init(const struct config_target *, const struct config_key *,
	struct diags *);
/* "duration", "list", ... */
const char *config_type_name(enum config_kind);
/* "100ms to 10s", "none, log or tag"; nothing if there is no bound. */
void config_type_print_range(const struct config_key *, struct buf *);

#endif
