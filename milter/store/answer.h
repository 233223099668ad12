/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers for people, as a backend puts them together. */
#ifndef STORE_ANSWER_H
#define STORE_ANSWER_H

#include "store/store.h"

/* Routes on the heap, until all are known. */
struct answer_routes {
	struct arena *arena; /* of their texts */
	struct store_route *at;
	size_t count, room;
	bool failed; /* memory was short */
};

/* A row that has only its names yet, which are copied; NULL when memory is
 * short: the answer is spoilt then. */
struct store_route *answer_add_route(
	struct answer_routes *, struct slice mailbox, struct slice destination);
/* A row of STORE_ONE_WAY. */
void answer_add_one_way(struct answer_routes *, struct slice mailbox,
	struct slice destination, const struct peer *);
/* Sorts them into the arena, as many as the query wants, and frees what was
 * gathered. */
bool answer_end_routes(
	struct answer_routes *, struct store_query *, struct err *);

/* By their policies. */
void answer_sort_windows(struct store_windows *);
/* Sets the error that says so; false. */
bool answer_too_long(struct err *);

#endif
