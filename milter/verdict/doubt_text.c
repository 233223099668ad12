/* SPDX-License-Identifier: BSD-2-Clause */
/* Doubts about a text: slips of the keyboard, words of other languages. */
#include "verdict/doubt_text.h"

#include <stdio.h>
#include <string.h>

static bool
has(struct slice text, const char *part)
{
	return slice_find(text, slice_of(part)) != SLICE_NONE;
}

/* The quotes that word processors make: 3 bytes in UTF-8, but for « ». */
static size_t
quote_at(struct slice text, size_t at)
{
	static const char *const quotes[] = {"\u201C", "\u201D", "\u201E",
		"\u2018", "\u2019", "\u201A", "\u00AB", "\u00BB"};

	for (size_t i = 0; i < sizeof(quotes) / sizeof(*quotes); i++) {
		size_t len = strlen(quotes[i]);

		if (at + len <= text.len &&
			memcmp(text.p + at, quotes[i], len) == 0)
			return len;
	}
	return 0;
}

static bool
ends_in_quote(struct slice text)
{
	return (text.len >= 3 && quote_at(text, text.len - 3) == 3) ||
		(text.len >= 2 && quote_at(text, text.len - 2) == 2);
}

static bool
is_free(enum shape shape)
{
	return shape == SHAPE_ANY || shape == SHAPE_HEADER ||
		shape == SHAPE_SUBJECT;
}

bool
doubt_text_quotes(const struct look *look, struct sigma_doubt *out)
{
	struct slice text = look->asked->text;
	size_t first = quote_at(text, 0);
	bool both = text.len > first && first > 0 && ends_in_quote(text);

	if (!is_free(look->shape) && text.len > 2 && text.p[0] == '"' &&
		text.p[text.len - 1] == '"') {
		return doubt_say(out, "leave the inner quotes out",
			"the quotes are part of the text %.*s",
			SLICE_ARG(text));
	}
	if (!both && (is_free(look->shape) || first == 0))
		return false;
	return doubt_say(out,
		"write '...' or \"...\": the quotes of the keyboard",
		"the quotes of a word processor are part of the text %.*s",
		SLICE_ARG(text));
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9');
}

/* "-evil.example" is no element of a list: "- evil.example" is. */
bool
doubt_text_dash(const struct look *look, struct sigma_doubt *out)
{
	struct slice text = look->asked->text;
	size_t at = 0;

	if (!look->asked->plain || look->regex)
		return false;
	if (look->asked->folded) {
		at = slice_find(text, SLICE(" -"));
		at = at == SLICE_NONE ? 0 : at + 1;
	}
	if (text.len < at + 2 || text.p[at] != '-' ||
		!is_letter(text.p[at + 1]))
		return false;
	return doubt_say(out,
		"a list has a space after each dash: - value (or quote it, if "
		"the dash belongs to it)",
		look->asked->folded ? "these lines are one text: \"%.*s\""
				    : "this is a text that begins with a dash: "
				      "\"%.*s\"",
		SLICE_ARG(text));
}

/* Where /.../i ends: the last slash, if only flags follow. */
static size_t
closing_slash(struct slice text)
{
	size_t at = text.len;

	while (at > 0 && strchr("imsxgu", text.p[at - 1]) != NULL)
		at--;
	return at > 2 && text.p[0] == '/' && text.p[at - 1] == '/' ? at - 1 : 0;
}

static bool
looks_like_expression(struct slice text)
{
	static const char *const signs[] = {"\\.", "\\s", "\\d", "\\w", "\\b",
		"(?i)", "[a-z", "[A-Z", "[0-9", ".*.", ".+", "|", "(?:", "[^"};

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		if (has(text, signs[i]))
			return true;
	}
	return false;
}

bool
doubt_text_slashes(const struct look *look, struct sigma_doubt *out)
{
	struct slice text = look->asked->text;
	size_t end = closing_slash(text);
	char hint[SIGMA_DOUBT_BYTES];

	if (end == 0 ||
		(!look->regex && is_free(look->shape) && end + 1 == text.len &&
			!looks_like_expression(text)))
		return false;
	(void)snprintf(hint, sizeof(hint), "write %.*s|re%s: '%.*s'",
		SLICE_ARG(look->asked->field->name),
		end + 1 < text.len ? "|i" : "", (int)(end - 1), text.p + 1);
	return doubt_say(out, hint,
		"the slashes are part of the text: no value has them");
}

/* What nobody writes who means the text itself. A login has backslashes of
 * its own (DOMAIN\user). */
static bool
is_expression(const struct look *look)
{
	struct slice text = look->asked->text;
	bool backslashes = has(text, "\\.") || has(text, "\\b") ||
		has(text, "\\s") || has(text, "\\d") || has(text, "\\w") ||
		has(text, "\\+") || has(text, "\\@");
	bool anchored = text.len > 1 &&
		(text.p[0] == '^' ||
			(text.p[text.len - 1] == '$' && !is_free(look->shape)));

	if (look->shape == SHAPE_HEADER)
		backslashes = has(text, "\\.") || has(text, "\\s");
	if (look->shape == SHAPE_LOGIN)
		backslashes = false;
	return backslashes || anchored || has(text, "(?i)") ||
		has(text, "(?:") || has(text, "[a-z") || has(text, "[A-Z") ||
		has(text, "[0-9") || has(text, "[^") ||
		(text.len > 2 && memcmp(text.p, ".*", 2) == 0) ||
		(has(text, "(") && has(text, "|") && has(text, ")"));
}

bool
doubt_text_expression(const struct look *look, struct sigma_doubt *out)
{
	struct slice text = look->asked->text;
	char hint[SIGMA_DOUBT_BYTES];

	if (look->regex || !is_expression(look))
		return false;
	(void)snprintf(hint, sizeof(hint),
		"for a regular expression write %.*s|re|i: '%.*s'; without |re "
		"only * and ? are wildcards",
		SLICE_ARG(look->asked->field->name), SLICE_ARG(text));
	return doubt_say(out, hint,
		"this is the text \"%.*s\", not a regular expression",
		SLICE_ARG(text));
}

bool
doubt_text_defanged(const struct look *look, struct sigma_doubt *out)
{
	static const char *const marks[] = {
		"[.]", "(.)", "[dot]", "(dot)", "[@]", "[at]", "hxxp", "{.}"};
	struct slice text = look->asked->text;

	for (size_t i = 0; !look->regex && !is_free(look->shape) &&
		i < sizeof(marks) / sizeof(*marks);
		i++) {
		if (slice_find_fold(text, slice_of(marks[i])) != SLICE_NONE) {
			return doubt_say(out,
				"write the name as mail has it: evil.example",
				"\"%.*s\" is defanged: mail never has %s",
				SLICE_ARG(text), marks[i]);
		}
	}
	return false;
}

/* "true" for a field that is a text, or not there at all. */
bool
doubt_text_truth(const struct look *look, struct sigma_doubt *out)
{
	struct slice text = look->asked->text, name = look->asked->field->name;
	char hint[SIGMA_DOUBT_BYTES];

	if (!look->asked->plain || look->shape == SHAPE_HEADER ||
		(!slice_equal_fold(text, SLICE("true")) &&
			!slice_equal_fold(text, SLICE("false"))))
		return false;
	(void)snprintf(hint, sizeof(hint),
		"for \"there is one\" write %.*s|exists: %.*s", SLICE_ARG(name),
		SLICE_ARG(text));
	return doubt_say(out, hint,
		"\"%.*s\" is a text: \"%.*s\" is none of it", SLICE_ARG(name),
		SLICE_ARG(text));
}

bool
doubt_text_several(const struct look *look, struct sigma_doubt *out)
{
	struct slice text = look->text;
	const char *sign = NULL;

	if (is_free(look->shape) || look->shape == SHAPE_LOGIN)
		return false;
	if (slice_find_byte(text, ',', 0) != SLICE_NONE) {
		sign = "a comma";
	} else if (slice_find_byte(text, ';', 0) != SLICE_NONE) {
		sign = "a semicolon";
	} else if (slice_find_byte(text, '|', 0) != SLICE_NONE) {
		sign = "a bar";
	} else if (slice_find_byte(text, ' ', 0) != SLICE_NONE) {
		sign = "a space";
	} else {
		return false;
	}
	return doubt_say(out, "for several write a list: [one, two]",
		"%.*s never has %s: \"%.*s\"",
		SLICE_ARG(look->asked->field->name), sign,
		SLICE_ARG(look->asked->text));
}

bool
doubt_text_encoded(const struct look *look, struct sigma_doubt *out)
{
	if (look->regex || slice_find(look->text, SLICE("=?")) == SLICE_NONE ||
		slice_find(look->text, SLICE("?=")) == SLICE_NONE)
		return false;
	return doubt_say(out, "write the text itself, in UTF-8",
		"\"%.*s\" is encoded: fields are decoded before policies see "
		"them",
		SLICE_ARG(look->text));
}

/* "Subject: invoice" in the field that is the subject. */
bool
doubt_text_named(const struct look *look, struct sigma_doubt *out)
{
	struct slice name = look->asked->field->name, text = look->text;
	size_t dot = slice_find_byte(name, '.', 0);

	if (dot == SLICE_NONE || !look->starts)
		return false;
	name = slice_sub(name, dot + 1, name.len);
	if (text.len <= name.len || !slice_starts_fold(text, name) ||
		text.p[name.len] != ':')
		return false;
	return doubt_say(out, "leave the name and the colon out",
		"the value of \"%.*s\" does not begin with the field's name",
		SLICE_ARG(look->asked->field->name));
}

/* The line end of a block of YAML. */
bool
doubt_text_line(const struct look *look, struct sigma_doubt *out)
{
	if (look->regex ||
		slice_find_byte(look->asked->text, '\n', 0) == SLICE_NONE)
		return false;
	return doubt_say(out,
		"a block of YAML ends in a line end: write |- or >-, or the "
		"text in quotes on one line",
		"no value of \"%.*s\" has a line end",
		SLICE_ARG(look->asked->field->name));
}

/* Values come without what is around them. */
bool
doubt_text_space(const struct look *look, struct sigma_doubt *out)
{
	struct slice text = look->asked->text;

	if (look->regex || text.len == 0 ||
		!((look->starts && text.p[0] == ' ') ||
			(look->ends && text.p[text.len - 1] == ' ')))
		return false;
	return doubt_say(out,
		"leave the space at the end out, or write |contains",
		"no value of \"%.*s\" begins or ends with a space: \"%.*s\"",
		SLICE_ARG(look->asked->field->name), SLICE_ARG(text));
}

bool
doubt_text_date(const struct look *look, struct sigma_doubt *out)
{
	static const char form[] = "dddd-dd-dd";
	struct slice text = look->asked->text;
	bool fits = text.len == sizeof(form) - 1;

	if (look->regex || !look->starts || !look->ends ||
		slice_find_byte(text, '*', 0) != SLICE_NONE)
		return false;
	for (size_t i = 0; fits && i < text.len; i++) {
		bool digit = text.p[i] >= '0' && text.p[i] <= '9';

		fits = text.p[i] == '?' ||
			(form[i] == 'd' ? digit : text.p[i] == form[i]);
	}
	return !fits &&
		doubt_say(out, "write '2026-01-05'",
			"\"%.*s\" is year, month and day: \"%.*s\" is none",
			SLICE_ARG(look->asked->field->name), SLICE_ARG(text));
}

/* A multipart has a boundary, always. */
bool
doubt_text_media_type(const struct look *look, struct sigma_doubt *out)
{
	char hint[SIGMA_DOUBT_BYTES];

	if (!look->starts || !look->ends || look->regex ||
		!slice_starts_fold(look->text, SLICE("multipart/")) ||
		slice_find_byte(look->text, ';', 0) != SLICE_NONE)
		return false;
	(void)snprintf(hint, sizeof(hint), "write %.*s|startswith: '%.*s'",
		SLICE_ARG(look->asked->field->name), SLICE_ARG(look->text));
	return doubt_say(out, hint,
		"a Content-Type \"%.*s\" always has parameters, which are part "
		"of the value",
		SLICE_ARG(look->text));
}
