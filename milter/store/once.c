/* SPDX-License-Identifier: BSD-2-Clause */
/* Two generations of prints in open-addressed tables, at most half full. */
#include "store/once.h"

#include <stdlib.h>

#define FIRST_SIZE 16

void
once_init(struct once *once, uint32_t limit)
{
	*once = (struct once){.limit = limit};
}

void
once_fini(struct once *once)
{
	free(once->young.prints);
	free(once->old.prints);
	*once = (struct once){0};
}

/* The print's place, or the empty one where it would be. */
static uint64_t *
place(const struct once_generation *generation, uint64_t print)
{
	uint32_t mask = generation->size - 1;
	uint32_t at = (uint32_t)print & mask;

	while (generation->prints[at] != 0 && generation->prints[at] != print)
		at = (at + 1) & mask;
	return &generation->prints[at];
}

static bool
has(const struct once_generation *generation, uint64_t print)
{
	return generation->size > 0 && *place(generation, print) != 0;
}

static bool
grow(struct once_generation *generation)
{
	struct once_generation bigger = {
		.size = generation->size > 0 ? generation->size * 2
					     : FIRST_SIZE,
		.count = generation->count,
	};
	uint32_t i;

	bigger.prints = calloc(bigger.size, sizeof *bigger.prints);
	if (bigger.prints == NULL)
		return false;
	for (i = 0; i < generation->size; i++)
		if (generation->prints[i] != 0)
			*place(&bigger, generation->prints[i]) =
				generation->prints[i];
	free(generation->prints);
	*generation = bigger;
	return true;
}

bool
once_first(struct once *once, uint64_t print)
{
	if (print == 0)
		print = 1;
	if (has(&once->young, print) || has(&once->old, print))
		return false;
	if (once->young.count >= once->limit) {
		free(once->old.prints);
		once->old = once->young;
		once->young = (struct once_generation){0};
	}
	if (once->young.count * 2 >= once->young.size && !grow(&once->young))
		return true;
	*place(&once->young, print) = print;
	once->young.count++;
	return true;
}

size_t
once_bytes(const struct once *once)
{
	return ((size_t)once->young.size + once->old.size) * sizeof(uint64_t);
}
