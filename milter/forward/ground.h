/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * On what ground an excuse is believed, or is not: what explain says of each
 * that is claimed.
 */
#ifndef FORWARD_GROUND_H
#define FORWARD_GROUND_H

enum belief {
	BELIEF_NO,
	BELIEF_UNPROVEN, /* excused, and the event says so */
	BELIEF_YES
};

enum ground {
	GROUND_UNCLAIMED, /* nothing in the message speaks of it */
	/* Not believed. */
	GROUND_CAME_IN,
	GROUND_FOREIGN_AUTHOR,
	GROUND_FOREIGN_ENVELOPE,
	GROUND_ENVELOPE_ALONE,
	GROUND_OTHER_AUTHOR,
	GROUND_HANDED_IN,
	GROUND_PERSON,
	GROUND_OTHER_LIST,
	GROUND_CAME_FOR_OTHERS,
	GROUND_NO_PART,
	GROUND_NEVER_WROTE,
	/* Excused, though nothing confirms it. */
	GROUND_NO_MAILBOX,
	GROUND_NOTHING_KNOWN,
	GROUND_CUT,
	/* Believed. */
	GROUND_CONFIGURED,
	GROUND_NOBODY,
	GROUND_HOMING,
	GROUND_OURS,
	GROUND_WROTE,
	GROUND_TOOK_PART,
	GROUND_PROGRAM,
	GROUND_COUNT
};

enum belief ground_belief(enum ground);
/* "the message came in from a stranger"; "" where nothing is claimed. */
const char *ground_sentence(enum ground);

#endif
