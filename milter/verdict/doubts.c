/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which doubts there are about the values of each shape. Of an expression
 * only what stands outside of classes, groups and repetitions is looked at,
 * and nothing at all where it has branches: what is told must be so.
 */
#include "verdict/doubts.h"

#include "verdict/doubt_name.h"
#include "verdict/doubt_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PERCENT_MOST 100
/* A ratio past this is a percentage that somebody wrote. */
#define RATIO_DOUBTED 10
/* Seconds under this are days that somebody wrote. */
#define AGE_DOUBTED 90
#define DAY_SECONDS 86400

#define S(shape) (1U << SHAPE_##shape)
#define ADDRESSES (S(ADDRESS) | S(SENDER))
#define DOMAINS (S(DOMAIN) | S(REGISTERED) | S(HOST))
#define NAMES (ADDRESSES | DOMAINS | S(LOCAL) | S(MESSAGE_ID))
#define TEXTS                                                                 \
	(NAMES | S(ANY) | S(LOGIN) | S(MEDIA_TYPE) | S(HEADER) | S(SUBJECT) | \
		S(PERSON) | S(MECHANISM) | S(WORD) | S(DATE))

/* The first that applies is told. */
static const struct {
	unsigned shapes;
	doubt_fn *doubt;
} doubts[] = {
	{TEXTS, doubt_text_line},
	{TEXTS, doubt_text_quotes},
	{TEXTS, doubt_text_dash},
	{TEXTS, doubt_text_slashes},
	{TEXTS, doubt_text_expression},
	{TEXTS & ~S(WORD), doubt_text_truth},
	{TEXTS, doubt_text_defanged},
	{ADDRESSES, doubt_name_null},
	{NAMES, doubt_name_angle},
	{DOMAINS | ADDRESSES, doubt_name_url},
	{NAMES | S(WORD), doubt_text_several},
	{DOMAINS | S(LOCAL), doubt_name_at},
	{ADDRESSES, doubt_name_no_at},
	{DOMAINS | ADDRESSES, doubt_name_dots},
	{DOMAINS | ADDRESSES, doubt_name_script},
	{S(HOST), doubt_name_ip},
	{S(REGISTERED), doubt_name_registered},
	{DOMAINS | ADDRESSES, doubt_name_character},
	{ADDRESSES | DOMAINS | S(WORD), doubt_name_case},
	{S(DATE), doubt_text_date},
	{TEXTS, doubt_text_space},
	{S(MEDIA_TYPE), doubt_text_media_type},
	{S(HEADER) | S(SUBJECT), doubt_text_encoded},
	{S(HEADER) | S(SUBJECT), doubt_text_named},
};

/* After a class, the group's end, or what is escaped. */
static size_t
skip_part(struct slice pattern, size_t at)
{
	char open = pattern.p[at];

	if (open == '\\')
		return at + 2;
	if (open == '[') {
		at += at + 1 < pattern.len && pattern.p[at + 1] == ']' ? 2 : 1;
		while (at < pattern.len && pattern.p[at] != ']')
			at += pattern.p[at] == '\\' ? 2 : 1;
	} else if (open == '(') {
		for (int depth = 0; at < pattern.len; at++) {
			depth += pattern.p[at] == '(';
			depth -= pattern.p[at] == ')';
			if (depth == 0)
				break;
		}
	}
	return at + 1;
}

static bool
is_optional(struct slice pattern, size_t at)
{
	return at < pattern.len && strchr("?*{", pattern.p[at]) != NULL;
}

/* The literal character that a part is, or 1. */
static char
literal_of(struct slice pattern, size_t at, size_t next)
{
	char c = pattern.p[at];

	if (is_optional(pattern, next) || strchr("[(.^$|?*+{}", c) != NULL)
		return 1;
	if (c != '\\')
		return c;
	c = at + 1 < pattern.len ? pattern.p[at + 1] : 'd';
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9')
		? 1
		: c;
}

static void
read_expression(struct look *look)
{
	struct slice pattern = look->asked->text;
	size_t len = 0, next;

	look->regex = true;
	look->text = (struct slice){look->literal, 0};
	if (slice_find_byte(pattern, '|', 0) != SLICE_NONE ||
		pattern.len > sizeof(look->literal))
		return;
	for (size_t at = 0; at < pattern.len; at = next) {
		next = skip_part(pattern, at);
		look->literal[len++] = literal_of(pattern, at, next);
	}
	look->text.len = len;
}

/* A * at an end says nothing of it. */
static void
read_text(struct look *look)
{
	enum modifier_op op = look->asked->modifiers->op;
	struct slice text = look->asked->text;

	look->text = text;
	look->starts = (op == OP_EQUAL || op == OP_STARTSWITH) &&
		text.len > 0 && text.p[0] != '*' && text.p[0] != '?';
	look->ends = (op == OP_EQUAL || op == OP_ENDSWITH) && text.len > 0 &&
		text.p[text.len - 1] != '*' && text.p[text.len - 1] != '?';
}

/* What was meant as days. */
static bool
doubt_age(
	const struct sigma_asked *asked, double number, struct sigma_doubt *out)
{
	char hint[SIGMA_DOUBT_BYTES];

	if (number < 2 || number > AGE_DOUBTED)
		return false;
	(void)snprintf(hint, sizeof(hint), "for %g days write %g", number,
		number * DAY_SECONDS);
	return doubt_say(out, hint, "\"%.*s\" is in seconds: %g is very soon",
		SLICE_ARG(asked->field->name), number);
}

/* A part of a whole that was meant as percent, and the reverse. */
static bool
doubt_number(enum shape shape, const struct sigma_asked *asked,
	struct sigma_doubt *out)
{
	char text[32], hint[SIGMA_DOUBT_BYTES];
	double number;
	char *end;

	(void)snprintf(text, sizeof(text), "%.*s", SLICE_ARG(asked->text));
	number = strtod(text, &end);
	if (*end != '\0')
		return false;
	if (shape == SHAPE_AGE)
		return doubt_age(asked, number, out);
	if (shape == SHAPE_PERCENT && number > 0 && number < 1) {
		(void)snprintf(
			hint, sizeof(hint), "write %g", number * PERCENT_MOST);
		return doubt_say(out, hint,
			"\"%.*s\" is 0 to 100, whole: %s is not what it looks "
			"like",
			SLICE_ARG(asked->field->name), text);
	}
	if (shape == SHAPE_RATIO && number >= RATIO_DOUBTED) {
		(void)snprintf(hint, sizeof(hint), "for %g %% write %g", number,
			number / PERCENT_MOST);
		return doubt_say(out, hint,
			"\"%.*s\" is a ratio, not a percentage: it is hardly "
			"ever %s",
			SLICE_ARG(asked->field->name), text);
	}
	return false;
}

bool
doubts_about(enum shape shape, enum shape other,
	const struct sigma_asked *asked, struct sigma_doubt *out)
{
	struct look look = {.asked = asked, .shape = shape, .other = other};

	if (asked->modifiers->op == OP_EXISTS)
		return false;
	if ((S(PERCENT) | S(RATIO) | S(AGE)) & (1U << shape))
		return doubt_number(shape, asked, out);
	if (asked->modifiers->op == OP_RE) {
		read_expression(&look);
	} else {
		read_text(&look);
	}
	if (asked->modifiers->op == OP_CIDR)
		return doubt_name_network(&look, out);
	if (asked->modifiers->op == OP_FIELDREF)
		return doubt_name_other(&look, out);
	for (size_t i = 0; i < sizeof(doubts) / sizeof(*doubts); i++) {
		if ((doubts[i].shapes & (1U << shape)) != 0 &&
			doubts[i].doubt(&look, out))
			return true;
	}
	return false;
}
