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
allowed_find(struct store *store, struct arena *arena, const struct flow *flow,
	struct store_containment *word)
{
	const struct address *to = &flow->rcpt->address;
	const struct slice pairs[][2] = {
		{flow->mailbox.text, to->text},
		{flow->mailbox.text, to->domain},
		{SLICE(ALLOWED_ANY), to->text},
	};

	if (!flow->rcpt->external || flow->mailbox.text.len == 0 ||
		flow->one_of > 0 || flow->confirmed == CONFIRMED_NO)
		return false;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		struct slice about =
			allowed_about(arena, pairs[i][0], pairs[i][1]);

		if (about.p != NULL && store_ordered(store, arena, about, word))
			return true;
	}
	return false;
}
