/* SPDX-License-Identifier: BSD-2-Clause */
/* The stream of events. */
#ifndef STORE_REDIS_QUERY_EVENTS_H
#define STORE_REDIS_QUERY_EVENTS_H

#include "store/redis/queries.h"

bool query_events(
	struct queries *, struct arena *, struct store_query *, struct err *);
/* Adds the command that reads what comes after the id: {{stream, entries}} or
 * nil. */
struct command *query_events_after(
	struct queries *, struct slice after, size_t limit);
/* Its entries: {id, {"json", text}}. */
const struct reply *query_events_entries(const struct reply *);

#endif
