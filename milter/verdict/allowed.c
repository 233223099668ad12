/* SPDX-License-Identifier: BSD-2-Clause */
#include "verdict/allowed.h"

static bool
parts_nothing(struct slice text)
{
	return text.len > 0 &&
		slice_find_byte(text, STORE_GROUP_SEPARATOR, 0) == SLICE_NONE &&
		slice_find_byte(text, '\\', 0) == SLICE_NONE;
}

struct slice
allowed_about(
	struct arena *arena, struct slice mailbox, struct slice destination)
{
	if (!parts_nothing(mailbox) || !parts_nothing(destination))
		return (struct slice){NULL, 0};
	return arena_printf(arena, ALLOWED_WHAT "%c%.*s%c%.*s",
		STORE_GROUP_SEPARATOR, SLICE_ARG(mailbox),
		STORE_GROUP_SEPARATOR, SLICE_ARG(destination));
}

bool
allowed_is(struct slice about)
{
	return slice_starts_fold(
		about, SLICE(ALLOWED_WHAT "|")); /* STORE_GROUP_SEPARATOR */
}

bool
allowed_between(struct store *store, struct arena *arena,
	const struct store_route *route, struct store_containment *word)
{
	struct slice to = route->destination;
	size_t at = slice_find_byte(to, '@', 0);
	const struct slice pairs[][2] = {
		{route->mailbox, to},
		{SLICE(ALLOWED_ANY), to},
		{route->mailbox, slice_sub(to, at + 1, to.len)},
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		struct slice about =
			allowed_about(arena, pairs[i][0], pairs[i][1]);

		if (about.p != NULL && store_ordered(store, arena, about, word))
			return true;
	}
	return false;
}

bool
allowed_find(struct store *store, struct arena *arena, const struct flow *flow,
	struct store_containment *word)
{
	const struct store_route route = {.mailbox = flow->mailbox.text,
		.destination = flow->rcpt->address.text};

	return flow->rcpt->external && flow->mailbox.text.len > 0 &&
		flow->one_of == 0 && flow->confirmed != CONFIRMED_NO &&
		allowed_between(store, arena, &route, word);
}
