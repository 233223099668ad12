/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A growing buffer of bytes on the heap, always NUL-terminated after its
 * length. A failed allocation marks it; the mark is read once, at the end,
 * with buf_ok(). Start with `struct buf b = {0};`, end with buf_fini().
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *p;
	size_t len, size;
	bool failed;
};

void buf_fini(struct buf *);
/* Empties it, keeps the memory and clears the mark. */
void buf_reset(struct buf *);
void buf_add(struct buf *, struct slice);
void buf_add_byte(struct buf *, char);
void buf_puts(struct buf *, const char *text);
void buf_printf(struct buf *, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * For a reader's eye (log lines, terminals): control characters, DEL,
 * backslash and bytes that are not UTF-8 become \xHH; C1 controls and
 * bidirectional overrides (U+202A..202E, U+2066..2069) become \u{HEX}.
 */
void buf_add_visible(struct buf *, struct slice);

/* The contents; valid until the next change. */
struct slice buf_slice(const struct buf *);
bool buf_ok(const struct buf *);

#endif
