/* SPDX-License-Identifier: BSD-2-Clause */
/* How lists call themselves in an envelope sender. */
#include "forward/own_list.h"

struct slice
own_list_name(struct slice local)
{
	static const struct slice words[] = {{"bounces", 7}, {"bounce", 6},
		{"owner", 5}, {"return", 6}, {"errors", 6}, {"request", 7},
		{"admin", 5}};
	static const struct slice heads[] = {
		{"owner-", 6}, {"bounce-", 7}, {"bounces-", 8}};

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		if (local.len > heads[i].len &&
			slice_starts_fold(local, heads[i]))
			return slice_sub(local, heads[i].len,
				slice_find_byte(local, '=', 0));
	}
	for (size_t at = 1; at + 1 < local.len; at++) {
		struct slice rest = slice_sub(local, at + 1, local.len);

		if (local.p[at] != '-' && local.p[at] != '+')
			continue;
		for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
			char next = '\0';

			if (!slice_starts_fold(rest, words[i]))
				continue;
			if (rest.len > words[i].len)
				next = rest.p[words[i].len];
			if (next == '\0' || next == '+' || next == '-' ||
				next == '=')
				return slice_sub(local, 0, at);
		}
	}
	return (struct slice){NULL, 0};
}

bool
own_list_is_called(struct slice local, struct slice name)
{
	static const struct slice heads[] = {
		{"", 0}, {"lists-", 6}, {"list-", 5}};

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		if (slice_starts_fold(local, heads[i]) &&
			slice_equal_fold(
				slice_sub(local, heads[i].len, local.len),
				name))
			return true;
	}
	return false;
}

struct slice
own_list_address(const struct context *context)
{
	struct slice name = own_list_name(context->envelope.local);

	if (!context->envelope_local || name.len == 0)
		return (struct slice){NULL, 0};
	return arena_printf(context->message->arena, "%.*s@%.*s",
		SLICE_ARG(name), SLICE_ARG(context->envelope.domain));
}
