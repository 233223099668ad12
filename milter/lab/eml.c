/* SPDX-License-Identifier: BSD-2-Clause */
/* Splitting headers. */
#include "lab/eml.h"

static struct slice
line_end(struct slice text, size_t from, size_t *next)
{
	size_t end = slice_find_byte(text, '\n', from);

	if (end == SLICE_NONE)
		end = text.len;
	*next = end < text.len ? end + 1 : end;
	if (end > from && text.p[end - 1] == '\r')
		end--;
	return slice_sub(text, from, end);
}

struct slice
eml_header(struct slice text)
{
	for (size_t at = 0, next; at < text.len; at = next) {
		if (line_end(text, at, &next).len == 0)
			return slice_sub(text, 0, at);
	}
	return text;
}

static bool
is_folded(struct slice text, size_t at)
{
	return at < text.len && (text.p[at] == ' ' || text.p[at] == '\t');
}

/* One logical line, with its folding. */
static bool
next_lines(struct slice *rest, struct slice *lines)
{
	size_t end = 0, next;

	if (rest->len == 0)
		return false;
	do {
		end = line_end(*rest, end, &next).len + end;
		if (!is_folded(*rest, next))
			break;
		end = next;
	} while (end < rest->len);
	*lines = slice_sub(*rest, 0, end);
	*rest = slice_sub(*rest, next, rest->len);
	return true;
}

/* RFC 5322 section 2.2: printable ASCII but the colon; before it the obsolete
 * syntax allows white space. */
static bool
is_name(struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.p[i] <= ' ' || name.p[i] > '~')
			return false;
	}
	return name.len > 0;
}

bool
eml_next(struct slice *rest, struct slice *name, struct slice *value)
{
	struct slice lines;

	while (next_lines(rest, &lines)) {
		size_t colon = slice_find_byte(lines, ':', 0);

		if (colon == SLICE_NONE)
			continue;
		*name = slice_trim(slice_sub(lines, 0, colon));
		if (!is_name(*name))
			continue;
		*value = slice_sub(lines, colon + 1, lines.len);
		if (value->len > 0 && value->p[0] == ' ')
			*value = slice_sub(*value, 1, value->len);
		return true;
	}
	return false;
}

void
eml_add_fields(struct message_builder *builder, struct slice header)
{
	struct slice name, value;

	while (eml_next(&header, &name, &value))
		message_add_field(builder, name, value);
}

struct slice
eml_find(struct slice header, struct slice wanted)
{
	struct slice name, value;

	while (eml_next(&header, &name, &value)) {
		if (slice_equal_fold(name, wanted))
			return slice_trim(value);
	}
	return (struct slice){0};
}
