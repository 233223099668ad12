/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program once it is built: read by everything that runs, changed by
 * nothing.
 */
#ifndef SIGMA_COMPILED_H
#define SIGMA_COMPILED_H

#include "sigma/program.h"
#include "sigma/rule.h"

struct candidates;

struct sigma_program {
	struct arena *arena;
	struct rule **rules;
	size_t rule_count;
	const struct sigma_field **fields;
	size_t field_count;
	struct field_item **items; /* message's scope first */
	size_t item_count, message_items;
	struct regex **regexes;
	size_t regex_count;
	struct sigma_skipped *skipped;
	size_t skipped_count;
	const char *digest;
	struct sigma_list_size *lists; /* those that rules name */
	size_t list_count;
	const struct candidates *candidates;
	unsigned services;
	bool reads_store;
	bool counts_moving;
	size_t value_bytes, subject_bytes; /* subject: of a regex */
	int64_t regex_budget_us;
	bool gave_up_matches;
};

#endif
