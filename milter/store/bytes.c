/* SPDX-License-Identifier: BSD-2-Clause */
/* Cuts bytes off the front, puts them behind each other. */
#include "store/bytes.h"

#include <string.h>

bool
bytes_take(struct slice *rest, void *out, size_t count)
{
	struct slice text;

	if (!bytes_take_text(rest, count, &text))
		return false;
	if (count > 0)
		memcpy(out, text.p, count);
	return true;
}

bool
bytes_take_text(struct slice *rest, size_t count, struct slice *text)
{
	if (rest->len < count)
		return false;
	*text = slice_sub(*rest, 0, count);
	*rest = slice_sub(*rest, count, rest->len);
	return true;
}

char *
bytes_put(char *out, uint64_t number, size_t bytes)
{
	for (size_t left = bytes; left > 0; left--)
		*out++ = (char)(number >> (8 * (left - 1)) & 0xFF);
	return out;
}
