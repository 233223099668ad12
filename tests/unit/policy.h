/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For tests of sigma/: a small closed list of fields, and records written as
 * "name=value" pairs, several of one name for several values.
 *
 *	text, other (text); many (text, several values); kind (one of none,
 *	redirect, forward); number, bytes; flag (bool); address (IP); when
 *	(text); subject, score, box, rcpt, as these, of the message's scope
 *	(subject, score) or of the flow's.
 */
#ifndef TESTS_UNIT_POLICY_H
#define TESTS_UNIT_POLICY_H

#include "sigma/program.h"
#include "sigma_settings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline const char *
policy_kind(size_t index)
{
	static const char *const kinds[] = {
		"none", "redirect", "forward", NULL};

	return kinds[index];
}

static const struct policy_field {
	const char *name;
	enum sigma_type type;
	enum sigma_scope scope;
	bool single;
	sigma_choice_fn *choice;
} policy_fields[] = {
	{"text", SIGMA_TEXT, SCOPE_FLOW, true, NULL},
	{"other", SIGMA_TEXT, SCOPE_FLOW, true, NULL},
	{"many", SIGMA_TEXT, SCOPE_FLOW, false, NULL},
	{"kind", SIGMA_TEXT, SCOPE_FLOW, true, policy_kind},
	{"number", SIGMA_NUMBER, SCOPE_FLOW, true, NULL},
	{"bytes", SIGMA_NUMBER, SCOPE_FLOW, true, NULL},
	{"flag", SIGMA_BOOL, SCOPE_FLOW, true, NULL},
	{"address", SIGMA_IP, SCOPE_FLOW, true, NULL},
	{"when", SIGMA_TEXT, SCOPE_FLOW, true, NULL},
	{"box", SIGMA_TEXT, SCOPE_FLOW, true, NULL},
	{"rcpt", SIGMA_TEXT, SCOPE_FLOW, true, NULL},
	{"subject", SIGMA_TEXT, SCOPE_MESSAGE, true, NULL},
	{"score", SIGMA_NUMBER, SCOPE_MESSAGE, true, NULL},
	{"new", SIGMA_BOOL, SCOPE_STORE, true, NULL},
};
#define POLICY_FIELDS (sizeof(policy_fields) / sizeof(*policy_fields))

static inline bool
policy_resolve(const void *ctx, struct slice name, struct sigma_field *out)
{
	(void)ctx;
	for (size_t i = 0; i < POLICY_FIELDS; i++) {
		if (!slice_equal(name, slice_of(policy_fields[i].name)))
			continue;
		out->id = (int)i;
		out->type = policy_fields[i].type;
		out->scope = policy_fields[i].scope;
		out->single = policy_fields[i].single;
		out->choice = policy_fields[i].choice;
		return true;
	}
	return false;
}

static inline const char *
policy_nearest(const void *ctx, struct slice name)
{
	const char *names[POLICY_FIELDS];

	(void)ctx;
	for (size_t i = 0; i < POLICY_FIELDS; i++)
		names[i] = policy_fields[i].name;
	return diag_nearest(name, names, POLICY_FIELDS);
}

static const struct sigma_schema policy_schema = {
	.resolve = policy_resolve,
	.nearest = policy_nearest,
	.keywords = true,
};

/* Records: the pairs are the ctx. */
static inline struct sigma_values
policy_values(
	const void *ctx, const struct sigma_field *field, struct arena *arena)
{
	const char *const *pairs = ctx;
	struct sigma_value *values = arena_array(arena, 64, sizeof(*values));
	size_t count = 0;

	for (; values != NULL && *pairs != NULL && count < 64; pairs++) {
		const char *equals = strchr(*pairs, '=');
		struct slice name = {*pairs, (size_t)(equals - *pairs)};
		char *end;

		if (field != NULL && !slice_equal(name, field->name))
			continue;
		values[count].text = slice_of(equals + 1);
		values[count].number = strtod(equals + 1, &end);
		if (end == equals + 1 || *end != '\0')
			values[count].number = NAN;
		count++;
	}
	return (struct sigma_values){values, count};
}

static inline struct sigma_values
policy_all(const void *ctx, struct arena *arena)
{
	return policy_values(ctx, NULL, arena);
}

static inline struct sigma_record
policy_record(const char *const *pairs)
{
	return (struct sigma_record){.ctx = pairs,
		.values = policy_values,
		.all = policy_all,
		.services = 1};
}

/* "a=1 & b=2" into pairs; the text is changed. */
static inline void
policy_split(char *text, const char **pairs, size_t room)
{
	size_t count = 0;

	while (text != NULL && *text != '\0' && count + 1 < room) {
		char *next = strstr(text, " & ");

		pairs[count++] = text;
		if (next != NULL) {
			*next = '\0';
			next += 3;
		}
		text = next;
	}
	pairs[count] = NULL;
}

static inline void
policy_options(struct sigma_options *options)
{
	static const char *const services[] = {"message", "forward", NULL};

	sigma_options_init(options);
	options->schema = &policy_schema;
	options->services = services;
}

#endif
