/* SPDX-License-Identifier: BSD-2-Clause */
/* Two generations of prints in open-addressed tables, at most half full. */
#include "store/memory/dedup.h"

#include <stdlib.h>

#define FIRST_SIZE 16

void
dedup_init(struct dedup *dedup, uint32_t limit)
{
	*dedup = (struct dedup){.limit = limit};
}

void
dedup_fini(struct dedup *dedup)
{
	free(dedup->young.prints);
	free(dedup->old.prints);
	*dedup = (struct dedup){0};
}

/* The print's place, or the empty one where it would be. */
static uint64_t *
place(const struct dedup_generation *generation, uint64_t print)
{
	uint32_t mask = generation->size - 1;
	uint32_t at = (uint32_t)print & mask;

	while (generation->prints[at] != 0 && generation->prints[at] != print)
		at = (at + 1) & mask;
	return &generation->prints[at];
}

static bool
has(const struct dedup_generation *generation, uint64_t print)
{
	return generation->size > 0 && *place(generation, print) != 0;
}

static bool
grow(struct dedup_generation *generation)
{
	struct dedup_generation bigger = {
		.size = generation->size > 0 ? generation->size * 2
					     : FIRST_SIZE,
		.count = generation->count,
	};

	bigger.prints = calloc(bigger.size, sizeof(*bigger.prints));
	if (bigger.prints == NULL)
		return false;
	for (uint32_t i = 0; i < generation->size; i++) {
		if (generation->prints[i] != 0) {
			*place(&bigger, generation->prints[i]) =
				generation->prints[i];
		}
	}
	free(generation->prints);
	*generation = bigger;
	return true;
}

bool
dedup_first(struct dedup *dedup, uint64_t print)
{
	if (print == 0)
		print = 1;
	if (has(&dedup->young, print) || has(&dedup->old, print))
		return false;
	if (dedup->young.count >= dedup->limit) {
		free(dedup->old.prints);
		dedup->old = dedup->young;
		dedup->young = (struct dedup_generation){0};
	}
	if (dedup->young.count * 2 >= dedup->young.size && !grow(&dedup->young))
		return true;
	*place(&dedup->young, print) = print;
	dedup->young.count++;
	return true;
}

size_t
dedup_bytes(const struct dedup *dedup)
{
	return ((size_t)dedup->young.size + dedup->old.size) * sizeof(uint64_t);
}
