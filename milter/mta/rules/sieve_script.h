/* SPDX-License-Identifier: BSD-2-Clause */
/* A Sieve script that is being read: where reading is, what it stands under,
 * what its variables are. For sieve_rules.c and sieve_action.c. */
#ifndef MTA_RULES_SIEVE_SCRIPT_H
#define MTA_RULES_SIEVE_SCRIPT_H

#include "mta/rules/constants.h"
#include "mta/rules/sieve_place.h"
#include "mta/rules/survey.h"

#define SIEVE_BLOCKS_MAX 64
#define SIEVE_ARGUMENTS_MAX 64
#define SIEVE_CONDITION_BYTES 200

/* A string, or a tag; the strings of a list one by one. */
struct sieve_argument {
	struct slice text;
	bool is_tag;
};

struct sieve_command {
	struct slice name;
	unsigned line;
	struct sieve_argument arguments[SIEVE_ARGUMENTS_MAX];
	size_t count;
};

struct sieve_block {
	struct slice condition; /* absent: it is entered always */
};

struct sieve_script {
	struct survey *survey;
	const struct source *source;
	const struct sieve_place *place;
	struct slice mailbox;
	struct constants constants;
	struct sieve_block blocks[SIEVE_BLOCKS_MAX];
	size_t depth;
	unsigned conditional; /* blocks of these */
	bool decodes; /* "encoded-character" is required */
	/* Reads another one in the same way. */
	void (*read)(struct sieve_script *);
};

/* What the place that was reached stands under; absent: nothing. */
struct slice sieve_script_condition(const struct sieve_script *);
/* All texts that a string may stand for. */
void sieve_script_expand(
	struct sieve_script *, struct slice text, struct constant *out);

bool sieve_script_has_tag(const struct sieve_command *, const char *tag);
/* The last string among the arguments; absent when there is none. */
struct slice sieve_script_last_string(const struct sieve_command *);

#endif
