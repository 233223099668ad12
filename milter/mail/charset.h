/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text of any charset to UTF-8: the common ones here, the rest by iconv(3).
 * The names are the senders': only those made of letters, digits and
 * "-_.:+" reach iconv, so none can pass it options.
 */
#ifndef MAIL_CHARSET_H
#define MAIL_CHARSET_H

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

/* The last converter that was opened; start with {0}. Opening one is slow,
 * so only so many are opened for one cache. */
struct charset_cache {
	void *handle; /* an iconv_t; NULL when none is open */
	char name[72];
	unsigned opened;
};

void charset_cache_fini(struct charset_cache *);

/*
 * Appends bytes as UTF-8. What the charset does not know becomes U+FFFD, a
 * control character (but TAB) a space. False, and nothing appended, when the
 * charset is unknown or too many were opened.
 */
bool charset_to_utf8(struct charset_cache *, struct slice charset,
	struct slice bytes, struct buf *out);

#endif
