/* SPDX-License-Identifier: BSD-2-Clause */
/* How a policy's level becomes an action (DESIGN section 7). */
#ifndef VERDICT_RESPOND_H
#define VERDICT_RESPOND_H

#include "sigma/program.h"
#include "verdict/action.h"

enum mode {
	MODE_OBSERVE,
	MODE_ENFORCE
};
const char *respond_mode_name(enum mode);

/* What our field says on mail that leaves, where its only reader is whoever
 * gets the copy. */
enum tag_form {
	TAG_FORM_ID, /* host and event id: all the rest is in the event */
	TAG_FORM_FULL, /* as on mail that stays inside */
	TAG_FORM_NONE /* there is none */
};
/* "id", "full", "none". */
const char *respond_tag_form_name(enum tag_form);

struct respond {
	enum action level[SIGMA_LEVEL_COUNT];
	enum action ceiling;
	enum action test_cap; /* status: test */
	enum action unseen; /* a message that could not be wholly judged */
	enum action gave_up; /* the most for a rule whose regex gave up */
	enum mode mode;
	enum tag_form outgoing;
};

/* The action for a message that leaves and could not be wholly seen. */
enum action respond_to_unseen(const struct respond *);

/* The action of a matched rule under the configuration: its own or its
 * level's, capped by its status and by the ceiling. The mode is the judge's
 * to apply. */
enum action respond_to(const struct respond *, const struct sigma_rule *);

/* The action for a rule of which it is not known whether it matches: its own,
 * and gave_up at most. */
enum action respond_to_unknown(
	const struct respond *, const struct sigma_rule *);

#endif
