/* SPDX-License-Identifier: BSD-2-Clause */
/* A growing array of pointers. */
#include "sigma/pointers.h"

#include <stdlib.h>

bool
pointers_add(struct pointers *pointers, void *p)
{
	if (pointers->count == pointers->room) {
		size_t room = pointers->room > 0 ? pointers->room * 2 : 16;
		void **at = realloc(pointers->at, room * sizeof(*at));

		if (at == NULL)
			return false;
		pointers->at = at;
		pointers->room = room;
	}
	pointers->at[pointers->count++] = p;
	return true;
}

void
pointers_fini(struct pointers *pointers)
{
	free(pointers->at);
	*pointers = (struct pointers){0};
}
