/* SPDX-License-Identifier: BSD-2-Clause */
/* Grounds: what each is worth, and its sentence. */
#include "forward/ground.h"

static const struct {
	enum belief belief;
	const char *sentence;
} grounds[GROUND_COUNT] = {
	[GROUND_UNCLAIMED] = {BELIEF_NO, ""},
	[GROUND_CAME_IN] = {BELIEF_NO,
		"the message was not born here: a stranger handed it in, and "
		"may write that"},
	[GROUND_FOREIGN_AUTHOR] = {BELIEF_NO, "its author is none of ours"},
	[GROUND_FOREIGN_ENVELOPE] = {BELIEF_NO,
		"its envelope sender is none of ours"},
	[GROUND_ENVELOPE_ALONE] = {BELIEF_NO,
		"nothing but the envelope says so, and that is anybody's to "
		"write"},
	[GROUND_OTHER_AUTHOR] = {BELIEF_NO,
		"another than the mailbox wrote it"},
	[GROUND_HANDED_IN] = {BELIEF_NO,
		"a person handed it in, and may write that"},
	[GROUND_PERSON] = {BELIEF_NO,
		"the address is a person's: it has logged in or written mail"},
	[GROUND_OTHER_LIST] = {BELIEF_NO,
		"the mailbox is not called as that list is"},
	[GROUND_CAME_FOR_OTHERS] = {BELIEF_NO,
		"our own lines and the store know that it came for others"},
	[GROUND_NO_PART] = {BELIEF_NO,
		"the recipient took no part in the message it refers to"},
	[GROUND_NEVER_WROTE] = {BELIEF_NO,
		"the store knows that the recipient did not write to the "
		"mailbox"},
	[GROUND_NO_MAILBOX] = {BELIEF_UNPROVEN,
		"the flow is bound to no mailbox that could be a person's"},
	[GROUND_NOTHING_KNOWN] = {BELIEF_UNPROVEN,
		"the store knows nothing that speaks against it"},
	[GROUND_CUT] = {BELIEF_UNPROVEN,
		"not all who took part in the message it refers to are known"},
	[GROUND_CONFIGURED] = {BELIEF_YES, "local.lists says so"},
	[GROUND_NOBODY] = {BELIEF_YES,
		"a list of ours, and nobody ever logged in or wrote as it"},
	[GROUND_HOMING] = {BELIEF_YES,
		"on its way home to a sender that our side rewrote"},
	[GROUND_OURS] = {BELIEF_YES, "born here, and its author is ours"},
	[GROUND_WROTE] = {BELIEF_YES, "the recipient wrote to the mailbox"},
	[GROUND_TOOK_PART] = {BELIEF_YES,
		"a recipient took part in the message it refers to"},
	[GROUND_PROGRAM] = {BELIEF_YES,
		"one address of ours wrote and sent it, and no person handed "
		"it in"},
};

enum belief
ground_belief(enum ground ground)
{
	return grounds[ground].belief;
}

const char *
ground_sentence(enum ground ground)
{
	return grounds[ground].sentence;
}
