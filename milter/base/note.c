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
