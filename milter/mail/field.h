/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Header fields: unfolding (RFC 5322 section 2.2.3) and encoded words (RFC
 * 2047, every charset iconv knows; broken ones are shown, not lost).
 */
#ifndef MAIL_FIELD_H
#define MAIL_FIELD_H

#include "base/arena.h"
#include "base/slice.h"
#include "mail/name.h"

#include <stddef.h>

struct field {
	struct slice name; /* as written */
	struct slice value; /* unfolded, trimmed, not decoded: field_decode()
			     * is for whoever reads it */
	size_t index; /* its place in the header, 0 is the topmost */
	enum name id;
	const struct field *next; /* for message_next() */
};

/* LF + white space (and CRLF) become the white space alone; ends trimmed.
 * Borrows the input where nothing has to change. */
struct slice field_unfold(struct arena *, struct slice raw);

/* Encoded words decoded, UTF-8. Borrows the input where there are none. An
 * undecodable word stays as it is written, and so does all of it where the
 * arena is full. */
struct slice field_decode(struct arena *, struct slice value);

/* The value up to the first ';' of a structured field, trimmed, comments
 * removed: "multipart/report" of a Content-Type. */
struct slice field_main(struct arena *, struct slice value);
/* A parameter of a structured field (name=value or name="quoted"), RFC 2231
 * single values included; absent if it is not there. */
struct slice field_param(struct arena *, struct slice value, struct slice name);

#endif
