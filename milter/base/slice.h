/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A slice borrows bytes: pointer and length, not NUL-terminated, any byte
 * allowed. An absent slice has p == NULL; an empty one has p != NULL and
 * len == 0. Comparisons named _fold ignore the case of ASCII letters only.
 */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
	const char *p;
	size_t len;
};

/* For string literals: SLICE("abc"). */
#define SLICE(literal) ((struct slice){(literal), sizeof(literal) - 1})
/* For printf: "%.*s", SLICE_ARG(s). */
#define SLICE_ARG(s) (int)(s).len, (s).p != NULL ? (s).p : ""

/* Of a C string; NULL gives an absent slice. */
struct slice slice_of(const char *text);

/* Bytes from..to (exclusive), clamped to the slice. */
static inline struct slice
slice_sub(struct slice s, size_t from, size_t to)
{
	if (s.p == NULL)
		return s;
	if (to > s.len)
		to = s.len;
	if (from > to)
		from = to;
	return (struct slice){s.p + from, to - from};
}

/* Without spaces, tabs, CR and LF at both ends. */
struct slice slice_trim(struct slice s);

static inline bool
slice_is_absent(struct slice s)
{
	return s.p == NULL;
}

static inline bool
slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

bool slice_equal_fold(struct slice a, struct slice b);
bool slice_starts_fold(struct slice s, struct slice prefix);
bool slice_ends_fold(struct slice s, struct slice suffix);
/* Order of bytes, then of length: as memcmp. */
int slice_compare(struct slice a, struct slice b);

#define SLICE_NONE SIZE_MAX

/* Offset of the first such byte at or after from, or SLICE_NONE. */
static inline size_t
slice_find_byte(struct slice s, char byte, size_t from)
{
	const char *hit;

	if (from >= s.len)
		return SLICE_NONE;
	hit = (const char *)memchr(s.p + from, byte, s.len - from);
	return hit != NULL ? (size_t)(hit - s.p) : SLICE_NONE;
}

/* Offset of the first occurrence of needle, or SLICE_NONE. */
size_t slice_find(struct slice s, struct slice needle);
size_t slice_find_fold(struct slice s, struct slice needle);

/* Cuts the next field up to the byte sep off *rest; false when none is left.
 * "a,,b" gives "a", "", "b". */
bool slice_next(struct slice *rest, char sep, struct slice *field);

/* A decimal number without sign; false on anything else or on overflow. */
bool slice_to_u64(struct slice s, uint64_t *out);

/* A control character of ASCII, NUL and DEL among them? */
bool slice_has_control(struct slice s);

/* Well-formed UTF-8 by RFC 3629 (no surrogates, no overlong forms)? */
bool slice_is_utf8(struct slice s);

#endif
