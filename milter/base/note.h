/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A note in a sliding set: what a policy wants counted, and the answer. The
 * policy engine makes them, the store carries them out; neither knows the
 * other.
 */
#ifndef BASE_NOTE_H
#define BASE_NOTE_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

/* How a note changes its set, and what it answers. */
enum note_mode {
	NOTE_COUNT, /* member seen at at_ms; answers how many members */
	NOTE_SUM, /* the same, with value; answers count and sum */
	NOTE_STEP, /* step of an ordered sequence, see below */
};

/*
 * The member was seen now. Members older than the window go (one that
 * is exactly as old as the window stays); of the rest the newest cap are
 * kept. A member noted again is kept once, at its latest time. after >= 0
 * makes the note conditional: it is carried out only if note number after of
 * its batch (an earlier index) answered count >= after_least: chains of
 * correlations need no further round trip.
 *
 * NOTE_STEP keeps, for each step 0..steps-1, the latest time at which a
 * sequence that has come that far has begun (step 0 begins at at_ms; step n
 * takes over the time of step n-1); count answers how many steps the
 * sequence whose beginning lies in the window has reached after this note.
 */
struct note {
	struct slice group; /* whose set: "alice@example.com"; see store.h */
	struct slice policy; /* whose count: the policy's id */
	struct slice member;
	enum note_mode mode;
	int64_t window_ms;
	uint32_t cap; /* 0: no cap but the set's own */
	double value;
	uint16_t step, steps;
	int after; /* -1: unconditional */
	uint64_t after_least;

	/* answers */
	uint64_t before; /* members in the window before this note */
	uint64_t count; /* ... and after it */
	double sum; /* of their values, for NOTE_SUM */
	bool fresh; /* the member was not in the window before */
	bool done; /* false: the condition did not hold */
};

/* As if nothing had been answered. */
void note_clear(struct note *);
/* Do both ask the same? */
bool note_is_same(const struct note *, const struct note *);
/* Takes over the answers of the other, and nothing else. */
void note_take_answers(struct note *, const struct note *from);

#endif
