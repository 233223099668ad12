/* SPDX-License-Identifier: BSD-2-Clause */
/* A growing buffer, and the one way a sender's bytes are shown to a person. */
#include "base/buf.h"

#include "base/fold.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST_BYTES 256

void
buf_fini(struct buf *buf)
{
	free(buf->p);
	*buf = (struct buf){0};
}

void
buf_reset(struct buf *buf)
{
	buf->len = 0;
	buf->failed = false;
	if (buf->p != NULL)
		buf->p[0] = '\0';
}

/* Room for more bytes and the NUL after them. */
static bool
reserve(struct buf *buf, size_t more)
{
	size_t size = buf->size > 0 ? buf->size : BUF_FIRST_BYTES;
	char *p;

	if (!buf->failed && more < buf->size - buf->len)
		return true;
	if (buf->failed || more >= SIZE_MAX / 2 - buf->len) {
		buf->failed = true;
		return false;
	}
	while (size < buf->len + more + 1)
		size *= 2;
	if (size == buf->size)
		return true;
	p = realloc(buf->p, size);
	if (p == NULL) {
		buf->failed = true;
		return false;
	}
	buf->p = p;
	buf->size = size;
	return true;
}

void
buf_add(struct buf *buf, struct slice s)
{
	if (!reserve(buf, s.len))
		return;
	if (s.len > 0)
		memcpy(buf->p + buf->len, s.p, s.len);
	buf->len += s.len;
	buf->p[buf->len] = '\0';
}

void
buf_add_byte(struct buf *buf, char byte)
{
	if (!reserve(buf, 1))
		return;
	buf->p[buf->len++] = byte;
	buf->p[buf->len] = '\0';
}

void
buf_puts(struct buf *buf, const char *text)
{
	buf_add(buf, slice_of(text));
}

void
buf_printf(struct buf *buf, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0 || !reserve(buf, (size_t)len)) {
		buf->failed = true;
		return;
	}
	va_start(ap, fmt);
	(void)vsnprintf(buf->p + buf->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	buf->len += (size_t)len;
}

static bool
is_deceptive(uint32_t cp)
{
	return (cp >= 0x80 && cp <= 0x9F) || (cp >= 0x200E && cp <= 0x200F) ||
		(cp >= 0x2028 && cp <= 0x202E) ||
		(cp >= 0x2066 && cp <= 0x2069);
}

/* Where the first byte is that is not plain ASCII, or is a backslash. */
static size_t
find_strange(struct slice s, size_t at)
{
	while (at < s.len && s.p[at] >= 0x20 && s.p[at] < 0x7F &&
		s.p[at] != '\\')
		at++;
	return at;
}

void
buf_add_visible(struct buf *buf, struct slice s)
{
	size_t at = 0, next;

	for (; at < s.len; at = next) {
		next = find_strange(s, at);
		if (next > at) {
			buf_add(buf, slice_sub(s, at, next));
			continue;
		}
		uint32_t code = fold_decode(s, at, &next);

		if (code & FOLD_NOT_TEXT || code < 0x20 || code == 0x7F ||
			code == '\\') {
			buf_printf(buf, "\\x%02X", (unsigned char)s.p[at]);
		} else if (is_deceptive(code)) {
			buf_printf(buf, "\\u{%X}", code);
		} else {
			buf_add(buf, slice_sub(s, at, next));
		}
	}
}

struct slice
buf_slice(const struct buf *buf)
{
	return (struct slice){buf->p != NULL ? buf->p : "", buf->len};
}

bool
buf_ok(const struct buf *buf)
{
	return !buf->failed;
}
