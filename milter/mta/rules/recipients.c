/* SPDX-License-Identifier: BSD-2-Clause */
/* Right sides of aliases, read by hand: neither RFC 5322 nor a shell. */
#include "mta/rules/recipients.h"

#include <ctype.h>
#include <string.h>

#define PHRASE_BYTES_MAX 1000 /* is looked ahead for its "<" */
#define PART_BYTES_MAX 1000 /* more of an address is of no use */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_separator(char c)
{
	return is_blank(c) || c == ',' || c == ';' || c == '\0';
}

/* After the quoted text that begins at i; the end if it is never closed. */
static size_t
skip_quoted(struct slice text, size_t i)
{
	for (i++; i < text.len; i++) {
		if (text.p[i] == '\\' && i + 1 < text.len) {
			i++;
		} else if (text.p[i] == '"') {
			return i + 1;
		}
	}
	return text.len;
}

static size_t
skip_comment(struct slice text, size_t i)
{
	size_t depth = 0;

	for (; i < text.len; i++) {
		if (text.p[i] == '\\' && i + 1 < text.len) {
			i++;
		} else if (text.p[i] == '(') {
			depth++;
		} else if (text.p[i] == ')' && --depth == 0) {
			return i + 1;
		}
	}
	return text.len;
}

static void
skip_separators(struct slice *rest)
{
	size_t i = 0;

	while (i < rest->len &&
		(is_separator(rest->p[i]) || rest->p[i] == '(')) {
		i = rest->p[i] == '(' ? skip_comment(*rest, i) : i + 1;
	}
	*rest = slice_sub(*rest, i, rest->len);
}

/* Where a phrase ends and its "<" stands, if this is one. */
static size_t
find_angle(struct slice text)
{
	size_t i = 0;

	text = slice_sub(text, 0, PHRASE_BYTES_MAX);
	while (i < text.len) {
		char c = text.p[i];

		if (c == '<')
			return i;
		if (c == ',' || c == ';' || c == '@' || c == '>' || c == '|' ||
			c == ':' || c == '\n')
			return SLICE_NONE;
		i = c == '"'       ? skip_quoted(text, i)
			: c == '(' ? skip_comment(text, i)
				   : i + 1;
	}
	return SLICE_NONE;
}

/* What is taken together: the local part until an '@', then the domain. */
struct parts {
	char local[PART_BYTES_MAX], domain[PART_BYTES_MAX];
	size_t local_len, domain_len;
	bool in_domain, odd;
};

static void
put(struct parts *parts, char c)
{
	if (parts->in_domain && parts->domain_len < PART_BYTES_MAX)
		parts->domain[parts->domain_len++] = c;
	if (!parts->in_domain && parts->local_len < PART_BYTES_MAX)
		parts->local[parts->local_len++] = c;
}

/* A second '@' makes the first one a part of the local part; before any word
 * it begins a source route, which is dropped. */
static void
put_at(struct parts *parts)
{
	if (parts->in_domain) {
		size_t len = parts->domain_len;

		parts->in_domain = false;
		put(parts, '@');
		for (size_t i = 0; i < len; i++)
			put(parts, parts->domain[i]);
		parts->domain_len = 0;
		parts->odd = true;
	}
	parts->in_domain = true;
}

static void
put_quoted(struct parts *parts, struct slice quoted)
{
	for (size_t i = 1; i < quoted.len; i++) {
		if (quoted.p[i] == '"')
			return;
		if (quoted.p[i] == '\\' && i + 1 < quoted.len)
			i++;
		put(parts, quoted.p[i]);
	}
}

static void
end_route(struct parts *parts)
{
	parts->local_len = parts->domain_len = 0;
	parts->in_domain = false;
	parts->odd = true;
}

/* Does the address go on after blanks or a comment at i? */
static size_t
glue(struct slice text, size_t i, char before)
{
	while (i < text.len &&
		(text.p[i] == ' ' || text.p[i] == '\t' || text.p[i] == '('))
		i = text.p[i] == '(' ? skip_comment(text, i) : i + 1;
	if (i < text.len &&
		(before == '@' || before == '.' || text.p[i] == '@' ||
			text.p[i] == '.'))
		return i;
	return SLICE_NONE;
}

static bool
ends(char c, bool in_angle)
{
	if (in_angle)
		return c == '>' || c == '\n';
	return c == ',' || c == ';' || c == '\n' || c == '\r' || c == '\0' ||
		c == '<' || c == '>';
}

/* Do more hosts of a source route follow, up to its colon? */
static bool
is_route(struct slice text, size_t i)
{
	text = slice_sub(text, i, i + PHRASE_BYTES_MAX);
	for (size_t k = 0; k < text.len; k++) {
		char c = text.p[k];

		if (c == ':')
			return true;
		if (c != '@' && c != ',' && c != '.' && c != '-' &&
			!isalnum((unsigned char)c))
			return false;
	}
	return false;
}

/* One byte or one group of them at i; where the next begins, or SLICE_NONE at
 * the end of the address. */
static size_t
read_piece(struct parts *parts, struct slice text, size_t i, bool in_angle)
{
	char c = text.p[i];

	if (c == ',' && parts->in_domain && parts->local_len == 0 &&
		is_route(text, i)) {
		parts->domain_len = 0;
		parts->in_domain = false;
		return i + 1;
	}
	if (ends(c, in_angle))
		return SLICE_NONE;
	if (c == ' ' || c == '\t' || c == '(')
		return glue(text, i, i > 0 ? text.p[i - 1] : '\0');
	if (c == '"') {
		size_t end = skip_quoted(text, i);
		put_quoted(parts, slice_sub(text, i, end));
		return end;
	}
	if (c == '\\' && i + 1 < text.len) {
		/* \user: do not expand it again. */
		parts->odd |= i > 0 || text.p[1] == '"' || text.p[1] == '\\';
		put(parts, text.p[i + 1]);
		return i + 2;
	}
	if (c == '@') {
		put_at(parts);
	} else if (c == ':' && parts->in_domain && parts->local_len == 0) {
		end_route(parts);
	} else {
		put(parts, c);
	}
	return i + 1;
}

static bool
read_address(struct recipients *it, struct arena *arena, struct recipient *out)
{
	size_t angle = find_angle(it->rest), i = 0, next;
	bool in_angle = angle != SLICE_NONE;
	struct slice text =
		slice_sub(it->rest, in_angle ? angle + 1 : 0, it->rest.len);
	struct parts parts = {.odd = false};

	while (i < text.len &&
		(next = read_piece(&parts, text, i, in_angle)) != SLICE_NONE)
		i = next;
	/* What ends nothing is passed over. */
	if (i == 0 && !in_angle)
		i = 1;
	*out = (struct recipient){.kind = RECIPIENT_ADDRESS,
		.local = arena_copy(
			arena, (struct slice){parts.local, parts.local_len}),
		.domain = arena_copy(
			arena, (struct slice){parts.domain, parts.domain_len}),
		.written = slice_trim(slice_sub(text, 0, i)),
		.is_odd = parts.odd};
	if (in_angle && i < text.len && text.p[i] == '>')
		i++;
	it->rest = slice_sub(text, i, text.len);
	return !slice_is_absent(out->local) && !slice_is_absent(out->domain);
}

/* The inside of a quoted text at the beginning, without its backslashes. */
static struct slice
take_quoted(struct arena *arena, struct slice text, size_t *end)
{
	char *p = arena_bytes(arena, skip_quoted(text, 0) + 1);
	size_t len = 0, i = 1;

	if (p == NULL)
		return slice_of(NULL);
	for (; i < text.len && text.p[i] != '"'; i++) {
		if (text.p[i] == '\\' && i + 1 < text.len)
			i++;
		p[len++] = text.p[i];
	}
	*end = i < text.len ? i + 1 : i;
	return (struct slice){p, len};
}

/* To the next comma, or blank. */
static size_t
plain_end(const struct recipients *it, struct slice text, size_t i)
{
	for (; i < text.len; i++) {
		if (text.p[i] == ',' || text.p[i] == '\n')
			break;
		if (is_blank(text.p[i]) && !it->bare_commands)
			break;
	}
	return i;
}

static bool
starts(struct slice text, const char *with)
{
	return slice_starts_fold(text, slice_of(with));
}

/* By its first bytes; false when it is an address. */
static bool
classify(struct slice text, struct recipient *out)
{
	if (text.len > 0 && text.p[0] == '|') {
		out->kind = RECIPIENT_COMMAND;
		out->text = slice_trim(slice_sub(text, 1, text.len));
		if (out->text.len > 1 && out->text.p[0] == '"' &&
			out->text.p[out->text.len - 1] == '"')
			out->text = slice_sub(out->text, 1, out->text.len - 1);
	} else if (text.len > 0 && text.p[0] == '/') {
		out->kind = RECIPIENT_FILE;
		out->text = text;
	} else if (starts(text, ":include:")) {
		out->kind = RECIPIENT_INCLUDE;
		out->text = slice_trim(slice_sub(text, 9, text.len));
		if (out->text.len > 1 && out->text.p[0] == '"')
			out->text = slice_sub(out->text, 1, out->text.len - 1);
	} else {
		return false;
	}
	return true;
}

/* "|cmd args" and the like, quoted as a whole. */
static bool
read_quoted(struct recipients *it, struct arena *arena, struct recipient *out)
{
	size_t end = 0;
	struct slice inside = take_quoted(arena, it->rest, &end);

	if (slice_is_absent(inside) || !classify(inside, out))
		return false;
	if (end < it->rest.len && it->rest.p[end] == '@')
		return false;
	out->written = slice_sub(it->rest, 0, end);
	it->rest = slice_sub(it->rest, end, it->rest.len);
	return true;
}

/* |cmd, |"cmd args", /file, :include:/path, :include:"/path" */
static bool
read_plain(struct recipients *it, struct arena *arena, struct recipient *out)
{
	size_t head = starts(it->rest, ":include:") ? 9 : 1, end;
	struct slice text = it->rest;

	if (head < text.len && text.p[head] == '"') {
		size_t length = 0;
		struct slice inside = take_quoted(
			arena, slice_sub(text, head, text.len), &length);
		const struct slice parts[] = {slice_sub(text, 0, head), inside};
		struct slice whole = arena_join(arena, parts, 2);

		end = head + length;
		if (slice_is_absent(whole) || !classify(whole, out))
			return false;
	} else {
		end = plain_end(it, text, head);
		if (!classify(slice_trim(slice_sub(text, 0, end)), out))
			return false;
	}
	out->written = slice_sub(text, 0, end);
	it->rest = slice_sub(text, end, text.len);
	return true;
}

bool
recipients_next(
	struct recipients *it, struct arena *arena, struct recipient *out)
{
	*out = (struct recipient){0};
	skip_separators(&it->rest);
	if (it->rest.len == 0)
		return false;
	if (it->rest.p[0] == '"' && read_quoted(it, arena, out))
		return true;
	if ((it->rest.p[0] == '|' || it->rest.p[0] == '/' ||
		    starts(it->rest, ":include:")) &&
		read_plain(it, arena, out))
		return true;
	return read_address(it, arena, out);
}
