/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fields of policies in an event, each under its own name: "a.b" is b of
 * the object a. So whoever has the event can ask it what a policy asks of the
 * mail (docs/siem.md). Private to verdict/.
 */
#ifndef VERDICT_EVENT_FIELDS_H
#define VERDICT_EVENT_FIELDS_H

#include "base/arena.h"
#include "base/json_writer.h"
#include "verdict/verdict.h"

#include <stdbool.h>
#include <stddef.h>

#define EVENT_CUT_MAX 32

struct event_fields {
	struct json_writer *json;
	const struct verdict *verdict;
	struct arena *arena; /* for the values */
	bool hidden; /* addresses are: see store_name() */
	bool *wanted; /* of each row of the table */
	/* Names of what is not whole here, each once. */
	struct slice cut[EVENT_CUT_MAX];
	size_t cut_count;
};

/* False when out of memory. */
bool event_fields_begin(
	struct event_fields *, const struct verdict *, struct json_writer *);
void event_fields_end(struct event_fields *);

/* Into the map that is open: those of the message and the flow, or without
 * those of the message. flow may be NULL. */
void event_fields_all(struct event_fields *, const struct flow *);
void event_fields_of_flow(struct event_fields *, const struct flow *);

/* What is called so is not whole. */
void event_fields_note_cut(struct event_fields *, struct slice name);

#endif
