/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes JSON (RFC 8259) into a buffer. */
#include "base/json_writer.h"

#include "base/fold.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define WHOLE_MAX 1e15 /* printed as it is */
#define REPLACEMENT 0xFFFDU

static void
begin(struct json_writer *json, const char *key)
{
	size_t len;

	if (json->follows)
		buf_add_byte(json->out, ',');
	json->follows = true;
	if (key == NULL)
		return;
	buf_add_byte(json->out, '"');
	while (key[len = strcspn(key, "\"\\")] != '\0') {
		buf_add(json->out, (struct slice){key, len});
		buf_add_byte(json->out, '\\');
		buf_add_byte(json->out, key[len]);
		key += len + 1;
	}
	buf_add(json->out, (struct slice){key, len});
	buf_add(json->out, SLICE("\":"));
}

static void
open(struct json_writer *json, const char *key, char bracket)
{
	begin(json, key);
	buf_add_byte(json->out, bracket);
	json->follows = false;
}

static void
close(struct json_writer *json, char bracket)
{
	buf_add_byte(json->out, bracket);
	json->follows = true;
}

void
json_writer_open_map(struct json_writer *json, const char *key)
{
	open(json, key, '{');
}

void
json_writer_close_map(struct json_writer *json)
{
	close(json, '}');
}

void
json_writer_open_list(struct json_writer *json, const char *key)
{
	open(json, key, '[');
}

void
json_writer_close_list(struct json_writer *json)
{
	close(json, ']');
}

static void
add_unit(struct buf *out, uint32_t unit)
{
	static const char digits[] = "0123456789ABCDEF";
	const char escape[] = {'\\', 'u', digits[unit >> 12 & 15],
		digits[unit >> 8 & 15], digits[unit >> 4 & 15],
		digits[unit & 15]};

	buf_add(out, (struct slice){escape, sizeof(escape)});
}

/* Past the first plane as two surrogates (RFC 8259 section 7). */
static void
add_code(struct buf *out, uint32_t code)
{
	if ((code & FOLD_NOT_TEXT) != 0)
		code = REPLACEMENT;
	if (code >= 0x10000) {
		code -= 0x10000;
		add_unit(out, 0xD800 + (code >> 10));
		code = 0xDC00 + (code & 0x3FF);
	}
	add_unit(out, code);
}

/* What has a short escape, and its letter. */
static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";

static void
add_escaped(struct buf *out, uint32_t code)
{
	for (size_t i = 0; i + 1 < sizeof(shorts); i += 2) {
		if (code == (unsigned char)shorts[i]) {
			buf_add_byte(out, '\\');
			buf_add_byte(out, shorts[i + 1]);
			return;
		}
	}
	add_code(out, code);
}

static bool
is_plain(char c)
{
	return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

void
json_writer_text(struct json_writer *json, const char *key, struct slice text)
{
	size_t at = 0, next;

	if (slice_is_absent(text))
		return;
	begin(json, key);
	buf_add_byte(json->out, '"');
	while (at < text.len) {
		for (next = at; next < text.len && is_plain(text.p[next]);)
			next++;
		buf_add(json->out, slice_sub(text, at, next));
		at = next;
		if (at < text.len) {
			add_escaped(json->out, fold_decode(text, at, &next));
			at = next;
		}
	}
	buf_add_byte(json->out, '"');
}

void
json_writer_number(struct json_writer *json, const char *key, long long number)
{
	char digits[3 * sizeof(number)];
	size_t at = sizeof(digits);
	unsigned long long left = (unsigned long long)number;

	begin(json, key);
	if (number < 0) {
		buf_add_byte(json->out, '-');
		left = 0 - left;
	}
	do {
		digits[--at] = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	buf_add(json->out, (struct slice){digits + at, sizeof(digits) - at});
}

void
json_writer_real(struct json_writer *json, const char *key, double number)
{
	if (number == floor(number) && fabs(number) < WHOLE_MAX) {
		json_writer_number(json, key, (long long)number);
	} else {
		begin(json, key);
		buf_printf(json->out, "%.15g", number);
	}
}

void
json_writer_bool(struct json_writer *json, const char *key, bool yes)
{
	begin(json, key);
	buf_puts(json->out, yes ? "true" : "false");
}
