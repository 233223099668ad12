/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Evaluating expressions over a record. Fields are fetched when they are
 * first asked for, items are evaluated once (those of the message's scope
 * once a message, the others once a flow), and a regex that gave up makes an
 * answer that is neither yes nor no.
 */
#ifndef SIGMA_EVAL_H
#define SIGMA_EVAL_H

#include "sigma/compiled.h"

/* In this order, so that AND is the least and OR the greatest. */
enum truth {
	TRUTH_UNSET,
	TRUTH_NO,
	TRUTH_UNKNOWN,
	TRUTH_YES
};

struct slot {
	bool fetched;
	struct sigma_values values;
	struct slice *folded; /* of each value; p NULL: not yet */
};

struct eval {
	const struct sigma_program *program;
	struct arena *arena;
	const struct sigma_record *message, *flow;
	struct slot *slots; /* by field index; the last: all values */
	unsigned char *memory; /* truths by item slot */
	struct regex_scratch *scratch;
	int64_t regex_left_us;
	bool gave_up, cut; /* a regex did; a value was */
	bool full; /* the arena is: answers mean nothing */
};

/* False when the arena is full. */
bool eval_init(struct eval *, const struct sigma_program *, struct arena *,
	const struct sigma_record *message);
/* Forgets what was of the flow before. */
void eval_begin_flow(struct eval *, const struct sigma_record *flow);

enum truth eval_expr(struct eval *, const struct expr *);
struct sigma_values eval_values(struct eval *, const struct sigma_field *);
/* The value as it is compared: folded, and no longer than the cap. */
struct slice eval_folded(struct eval *, const struct sigma_field *, size_t at);

/* The leaf that decided the expression, or NULL. */
const struct expr *eval_decider(struct eval *, const struct expr *);

#endif
