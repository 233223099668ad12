/* SPDX-License-Identifier: BSD-2-Clause */
/* Symptoms in the order they were found. */
#include "mta/checkup.h"

#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>

#define ARENA_BYTES ((size_t)1024 * 1024)
#define TEXT_BYTES 1024

struct checkup {
	struct arena *arena;
	struct symptom *first, *last;
	unsigned count[CHECKUP_LEVEL_COUNT];
};

struct checkup *
checkup_new(void)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct checkup *checkup =
		arena != NULL ? arena_alloc(arena, sizeof(*checkup)) : NULL;

	if (checkup == NULL) {
		arena_free(arena);
		return NULL;
	}
	checkup->arena = arena;
	return checkup;
}

void
checkup_free(struct checkup *checkup)
{
	if (checkup != NULL)
		arena_free(checkup->arena);
}

/* What no longer fits is counted all the same. */
static void
add(struct checkup *checkup, const struct remedy *remedy, const char *fmt,
	va_list args)
{
	struct symptom *symptom = arena_alloc(checkup->arena, sizeof(*symptom));
	char text[TEXT_BYTES];

	checkup->count[remedy->level]++;
	if (symptom == NULL)
		return;
	(void)vsnprintf(text, sizeof(text), fmt, args);
	symptom->level = remedy->level;
	symptom->subject = slice_of(remedy->subject);
	symptom->text = arena_copy(checkup->arena, slice_of(text));
	if (remedy->text != NULL)
		symptom->remedy = slice_of(remedy->text);
	if (checkup->last != NULL) {
		checkup->last->next = symptom;
	} else {
		checkup->first = symptom;
	}
	checkup->last = symptom;
}

void
checkup_add_fine(
	struct checkup *checkup, const char *subject, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(checkup, &(struct remedy){CHECKUP_FINE, subject, NULL}, fmt, args);
	va_end(args);
}

void
checkup_add(struct checkup *checkup, const struct remedy *remedy,
	const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(checkup, remedy, fmt, args);
	va_end(args);
}

const struct symptom *
checkup_first(const struct checkup *checkup)
{
	return checkup->first;
}

unsigned
checkup_count(const struct checkup *checkup, enum checkup_level level)
{
	return checkup->count[level];
}
