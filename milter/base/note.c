/* SPDX-License-Identifier: BSD-2-Clause */
/* The answers of a note. */
#include "base/note.h"

void
note_clear(struct note *note)
{
	note_take_answers(note, &(const struct note){0});
}

void
note_take_answers(struct note *note, const struct note *from)
{
	note->before = from->before;
	note->count = from->count;
	note->sum = from->sum;
	note->fresh = from->fresh;
	note->done = from->done;
}

bool
note_is_same(const struct note *one, const struct note *two)
{
	return slice_equal(one->group, two->group) &&
		slice_equal(one->policy, two->policy) &&
		slice_equal(one->member, two->member) &&
		one->mode == two->mode && one->window_ms == two->window_ms &&
		one->cap == two->cap && one->value == two->value &&
		one->step == two->step && one->steps == two->steps &&
		one->after == two->after &&
		one->after_least == two->after_least;
}
