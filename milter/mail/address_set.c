/* SPDX-License-Identifier: BSD-2-Clause */
/* Sorted keys: made once, small, and without pointers. */
#include "mail/address_set.h"

#include <stdlib.h>

struct address_set
address_set_open(struct arena *arena, size_t room)
{
	struct slice *keys = arena_array(arena, room, sizeof(*keys));

	return (struct address_set){keys, 0, keys != NULL ? room : 0};
}

void
address_set_add(struct address_set *set, const struct address *address)
{
	if (!address->broken && set->count < set->room)
		set->keys[set->count++] = address->text;
}

void
address_set_add_list(struct address_set *set, const struct addresses *list)
{
	for (size_t i = 0; i < list->count; i++)
		address_set_add(set, &list->at[i]);
}

static int
compare(const void *a, const void *b)
{
	const struct slice *one = a, *two = b;

	return slice_compare(*one, *two);
}

void
address_set_close(struct address_set *set)
{
	if (set->count > 1)
		qsort(set->keys, set->count, sizeof(*set->keys), compare);
}

bool
address_set_has(const struct address_set *set, const struct address *address)
{
	return set->count > 0 && !address->broken &&
		bsearch(&address->text, set->keys, set->count,
			sizeof(*set->keys), compare) != NULL;
}
