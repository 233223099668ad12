/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A name is looked up among those of its own length, nearly all of which its
 * last byte turns away: names differ near their ends, not in "X-MS-Exchange-".
 */
#include "mail/name.h"

#define NAME_BYTES_MAX 41

#define ROW(with, id, text) {(text), sizeof(text) - 1},
static const struct slice names[NAME_COUNT] = {{"", 0}, NAME_LIST(ROW, 0)};
#undef ROW

/* Where the names of each length begin: the compiler counts the shorter
 * ones, of which NAME_OTHER is one. */
#define IS_SHORTER(length, id, text) +(sizeof(text) - 1 < (length))
#define FIRST(length) 1 NAME_LIST(IS_SHORTER, length)
static const unsigned char firsts[NAME_BYTES_MAX + 2] = {FIRST(0), FIRST(1),
	FIRST(2), FIRST(3), FIRST(4), FIRST(5), FIRST(6), FIRST(7), FIRST(8),
	FIRST(9), FIRST(10), FIRST(11), FIRST(12), FIRST(13), FIRST(14),
	FIRST(15), FIRST(16), FIRST(17), FIRST(18), FIRST(19), FIRST(20),
	FIRST(21), FIRST(22), FIRST(23), FIRST(24), FIRST(25), FIRST(26),
	FIRST(27), FIRST(28), FIRST(29), FIRST(30), FIRST(31), FIRST(32),
	FIRST(33), FIRST(34), FIRST(35), FIRST(36), FIRST(37), FIRST(38),
	FIRST(39), FIRST(40), FIRST(41), FIRST(42)};
#undef FIRST
#undef IS_SHORTER

enum name
name_find(struct slice name)
{
	if (name.len == 0 || name.len > NAME_BYTES_MAX)
		return NAME_OTHER;
	for (unsigned id = firsts[name.len]; id < firsts[name.len + 1]; id++) {
		struct slice want = names[id];

		if ((name.p[name.len - 1] | 0x20) == want.p[want.len - 1] &&
			slice_equal_fold(name, want))
			return (enum name)id;
	}
	return NAME_OTHER;
}
