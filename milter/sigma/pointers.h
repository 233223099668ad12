/* SPDX-License-Identifier: BSD-2-Clause */
/* A growing array of pointers on the heap. Start with {0}. */
#ifndef SIGMA_POINTERS_H
#define SIGMA_POINTERS_H

#include <stdbool.h>
#include <stddef.h>

struct pointers {
	void **at;
	size_t count, room;
};

/* False when out of memory; nothing has changed then. */
bool pointers_add(struct pointers *, void *);
/* Frees the array, not what it points to. */
void pointers_fini(struct pointers *);

#endif
