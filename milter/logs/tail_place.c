/* SPDX-License-Identifier: BSD-2-Clause */
/* Places, by the bytes before them. */
#include "logs/tail_place.h"

#include <unistd.h>

void
tail_place_pass(struct tail_place *place, struct slice bytes)
{
	size_t keep = TAIL_MARK_BYTES;

	place->offset += bytes.len;
	if (bytes.len >= keep) {
		memcpy(place->mark, bytes.p + bytes.len - keep, keep);
		place->mark_len = keep;
		return;
	}
	keep -= bytes.len;
	if (keep > place->mark_len)
		keep = place->mark_len;
	memmove(place->mark, place->mark + place->mark_len - keep, keep);
	if (bytes.len > 0)
		memcpy(place->mark + keep, bytes.p, bytes.len);
	place->mark_len = keep + bytes.len;
}

void
tail_place_mark(struct tail_place *place, int fd)
{
	size_t len = place->offset < TAIL_MARK_BYTES ? (size_t)place->offset
						     : TAIL_MARK_BYTES;
	ssize_t got = pread(fd, place->mark, len, (off_t)(place->offset - len));

	place->mark_len = got > 0 ? (size_t)got : 0;
}

bool
tail_place_is_in(const struct tail_place *place, int fd)
{
	struct tail_place there = {.offset = place->offset};

	tail_place_mark(&there, fd);
	return there.mark_len == place->mark_len &&
		memcmp(there.mark, place->mark, place->mark_len) == 0;
}
