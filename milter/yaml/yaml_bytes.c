/* SPDX-License-Identifier: BSD-2-Clause */
/* The bytes of a file: libyaml says of a bad one only that it is there. */
#include "yaml/yaml_bytes.h"

#include <string.h>

/* Where the byte at offset is, counted as libyaml does. */
static struct mark
mark_of_byte(const char *file, struct slice text, size_t offset)
{
	struct mark mark = {file, 1, 1, 1};

	for (size_t i = 0; i < offset; i++) {
		if (text.p[i] == '\n') {
			mark.line++;
			mark.column = 1;
		} else if (((unsigned char)text.p[i] & 0xC0) != 0x80) {
			mark.column++;
		}
	}
	return mark;
}

/* Length of the well-formed character at s, or 0. */
static size_t
character_length(struct slice s)
{
	for (size_t len = 1; len <= 4 && len <= s.len; len++) {
		if (slice_is_utf8(slice_sub(s, 0, len)))
			return len;
	}
	return 0;
}

/* The control characters YAML 1.1 (5.1) leaves out, C1 among them. */
static bool
is_control(const unsigned char *p, size_t len)
{
	if (len == 1) {
		return (p[0] < 0x20 && p[0] != '\t' && p[0] != '\n' &&
			       p[0] != '\r') ||
			p[0] == 0x7F;
	}
	return len == 2 && p[0] == 0xC2 && p[1] < 0xA0 && p[1] != 0x85;
}

/* How long the character at s is; 0: its first byte is refused. */
static size_t
accepted_length(struct slice s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t len = p[0] < 0x80 ? 1 : character_length(s);

	return len > 0 && is_control(p, len) ? 0 : len;
}

static bool
refuse(struct diags *diags, const char *file, struct slice text, size_t at)
{
	const struct slice rest = slice_sub(text, at, text.len);
	const struct mark mark = mark_of_byte(file, text, at);
	unsigned char byte = (unsigned char)rest.p[0];

	if (character_length(rest) == 0) {
		return diags_add(diags, DIAG_ERROR, mark,
			"save the file as UTF-8",
			"the byte 0x%02X is not UTF-8", byte);
	}
	if (byte >= 0x80)
		byte = (unsigned char)rest.p[1];
	return diags_add(diags, DIAG_ERROR, mark,
		"in a regular expression write \\x..; elsewhere take it out",
		"the control character 0x%02X is not allowed", byte);
}

bool
yaml_check_bytes(const char *file, struct slice text, struct diags *diags)
{
	size_t at = 0, len;

	if (text.len >= 3 && memcmp(text.p, "\xEF\xBB\xBF", 3) == 0)
		at = 3;
	for (; at < text.len; at += len) {
		len = accepted_length(slice_sub(text, at, text.len));
		if (len == 0)
			return refuse(diags, file, text, at);
	}
	return true;
}
