/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads answers. */
#include "store/redis/reply.h"

#include <string.h>

bool
reply_is_error(const struct reply *reply, const char *word)
{
	size_t len = strlen(word);

	return reply->type == REPLY_ERROR && reply->text.len >= len &&
		memcmp(reply->text.p, word, len) == 0 &&
		(reply->text.len == len || reply->text.p[len] == ' ');
}

bool
reply_number(const struct reply *reply, int64_t *out)
{
	uint64_t number;

	if (reply->type == REPLY_INTEGER) {
		*out = reply->integer;
		return true;
	}
	if (reply->type != REPLY_TEXT || !slice_to_u64(reply->text, &number) ||
		number > INT64_MAX)
		return false;
	*out = (int64_t)number;
	return true;
}

size_t
reply_count(const struct reply *reply)
{
	return reply->type == REPLY_ARRAY ? reply->count : 0;
}

uint64_t
reply_u64(struct slice text)
{
	uint64_t number = 0;

	(void)slice_to_u64(text, &number);
	return number;
}

struct slice
reply_field(const struct reply *hash, const char *name)
{
	for (size_t i = 0; i + 1 < reply_count(hash); i += 2) {
		if (slice_equal(hash->items[i].text, slice_of(name)))
			return hash->items[i + 1].text;
	}
	return (struct slice){NULL, 0};
}

uint64_t
reply_field_u64(const struct reply *hash, const char *name)
{
	return reply_u64(reply_field(hash, name));
}
