/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the engine runs on: any record of named, multi-valued fields. The
 * binding (mail, or a table of JSON events in a test) says which fields
 * there are, of what type and scope, and fetches their values.
 */
#ifndef SIGMA_RECORD_H
#define SIGMA_RECORD_H

#include "base/arena.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

enum sigma_type {
	SIGMA_TEXT,
	SIGMA_NUMBER,
	SIGMA_BOOL,
	SIGMA_IP,
	SIGMA_ANY /* text, or a number where its value has one */
};

/* An item whose fields are all of the message's scope is evaluated once a
 * message, not once a flow. SCOPE_STORE fields may need a round trip. */
enum sigma_scope {
	SCOPE_MESSAGE,
	SCOPE_FLOW,
	SCOPE_STORE
};

/* The texts a field may have, lower case, by their number; NULL past the
 * last one. */
typedef const char *sigma_choice_fn(size_t index);

struct sigma_field {
	struct slice name; /* as the policy wrote it */
	int id; /* the binding's own number for it */
	enum sigma_type type;
	enum sigma_scope scope;
	/* For warnings: it never has more than one value; it always has one;
	 * the texts it may have (NULL: anything); a number's least and most
	 * (both 0: anything); why a field of that name has no value (NULL: it
	 * may have one); the name to write instead (NULL: this one). */
	bool single, always;
	bool moves; /* another one with every message */
	sigma_choice_fn *choice;
	double least, most;
	const char *never, *renamed;
	unsigned index; /* the program's number: 0..field_count-1 */
};

struct sigma_value {
	struct slice text;
	double number; /* of numeric fields; NAN where there is none */
};

struct sigma_values {
	const struct sigma_value *at;
	size_t count; /* 0: the field is absent */
};

/* A value that a policy compares a field with, as it is written. */
struct modifiers;
struct sigma_asked {
	const struct sigma_field *field;
	const struct modifiers *modifiers;
	struct slice text; /* of fieldref: the other field's name */
	bool plain; /* without quotes */
	bool folded; /* and over several lines */
};

/* Why it surely is not meant so, and what to write instead. */
#define SIGMA_DOUBT_BYTES 320
struct sigma_doubt {
	char what[SIGMA_DOUBT_BYTES], hint[SIGMA_DOUBT_BYTES];
};

/* The closed (or open) list of fields. */
struct sigma_schema {
	const void *ctx;
	/* Fills id, type and scope, and of the rest what it knows; false: no
	 * such field. */
	bool (*resolve)(
		const void *ctx, struct slice name, struct sigma_field *out);
	/* The nearest name, or NULL. */
	const char *(*nearest)(const void *ctx, struct slice name);
	/* Why a modifier makes no sense here and what to use instead, or NULL
	 * when it does; may itself be NULL. */
	const char *(*refuse_modifier)(const void *ctx, const char *modifier);
	/* What a field may be in records of one of these services, where that
	 * is less than its choice; NULL otherwise. May itself be NULL. */
	sigma_choice_fn *(*choice_in)(
		const void *ctx, const struct sigma_field *, unsigned services);
	/* The least that a number is in records of one of these services,
	 * where that is more than its least. May itself be NULL. */
	double (*least_in)(
		const void *ctx, const struct sigma_field *, unsigned services);
	/* Where the one field is true: the most that the other one is, a
	 * number; -INFINITY: it is absent. False: they are strangers. May
	 * itself be NULL. */
	bool (*most_with)(const void *ctx, const struct sigma_field *one,
		const struct sigma_field *other, double *most);
	/* Can a field never be what it is compared with? Filled in then. May
	 * itself be NULL. */
	bool (*doubt)(const void *ctx, const struct sigma_asked *,
		struct sigma_doubt *out);
	/* May values be searched without naming a field (keyword lists)? */
	bool keywords;
};

struct sigma_record {
	const void *ctx;
	/* Values live in the arena or longer. */
	struct sigma_values (*values)(const void *ctx,
		const struct sigma_field *field, struct arena *arena);
	/* Every value of the record, for keyword lists; may be NULL. */
	struct sigma_values (*all)(const void *ctx, struct arena *arena);
	/* Which services it is of: bits by sigma_options.services. A rule
	 * whose log source names a service runs on such records only. */
	unsigned services;
	bool only_named; /* a rule that names no service does not run on it */
};

#endif
