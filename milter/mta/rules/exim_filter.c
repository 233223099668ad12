/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exim's filters are words: "if ... then ... elif ... else ... endif" around
 * commands. What is between an if and its then is the condition.
 */
#include "mta/rules/exim_filter.h"

#include <string.h>

#define DEPTH_MAX 32

struct filter {
	struct survey *survey;
	const struct source *source;
	struct slice mailbox, rest;
	unsigned line, word_line; /* of the last word */
	struct slice conditions[DEPTH_MAX];
	size_t depth;
};

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
step(struct filter *filter, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		filter->line += filter->rest.p[i] == '\n';
	filter->rest = slice_sub(filter->rest, bytes, filter->rest.len);
}

static void
skip_space(struct filter *filter)
{
	while (filter->rest.len > 0) {
		if (filter->rest.p[0] == '#') {
			size_t end = slice_find_byte(filter->rest, '\n', 0);
			step(filter,
				end == SLICE_NONE ? filter->rest.len : end);
		} else if (is_space(filter->rest.p[0])) {
			step(filter, 1);
		} else {
			return;
		}
	}
}

/* A word, or a quoted string without its quotes. */
static bool
next_word(struct filter *filter, struct slice *word)
{
	struct slice rest;
	size_t i = 1;

	skip_space(filter);
	rest = filter->rest;
	filter->word_line = filter->line;
	if (rest.len == 0)
		return false;
	if (rest.p[0] == '"') {
		while (i < rest.len && rest.p[i] != '"')
			i += rest.p[i] == '\\' ? 2 : 1;
		*word = slice_sub(rest, 1, i);
		i = i < rest.len ? i + 1 : rest.len;
	} else if (strchr("()", rest.p[0]) == NULL) {
		while (i < rest.len && !is_space(rest.p[i]) &&
			strchr("()\"", rest.p[i]) == NULL)
			i++;
		*word = slice_sub(rest, 0, i);
	} else {
		*word = slice_sub(rest, 0, 1);
	}
	step(filter, i);
	return true;
}

static void
add(struct filter *filter, unsigned line, struct slice text, bool is_command)
{
	struct source source = *filter->source;
	struct sender sender = {
		.source = &source,
		.line = line,
		.mailbox = filter->mailbox,
		.mechanism = RULE_EXIM_FILTER,
		.bare_commands = true,
	};

	source.condition = survey_conditions(
		filter->survey, filter->conditions, filter->depth);
	if (!slice_is_absent(source.condition))
		source.note = SLICE("conditional");
	if (is_command) {
		survey_command(filter->survey, &sender, text);
	} else if (slice_find_byte(text, '$', 0) != SLICE_NONE) {
		survey_add(filter->survey, &source,
			&(struct rule){.line = line,
				.mailbox = filter->mailbox,
				.destination = RULE_UNKNOWN,
				.mechanism = RULE_EXIM_FILTER,
				.note = arena_printf(filter->survey->arena,
					"the address is made at run time: "
					"%.*s",
					SLICE_ARG(text))});
	} else {
		survey_recipients(filter->survey, &sender, text);
	}
}

/* From an if to its then. */
static void
read_condition(struct filter *filter)
{
	const char *from = filter->rest.p;
	struct slice word, whole = {from, 0};

	while (next_word(filter, &word) &&
		!slice_equal_fold(word, SLICE("then")))
		whole.len = (size_t)(filter->rest.p - from);
	if (filter->depth < DEPTH_MAX) {
		filter->conditions[filter->depth++] =
			slice_trim(slice_sub(whole, 0, SURVEY_CONDITION_BYTES));
	}
}

/* "mail to a cc b bcc c subject ...": words after those three. */
static void
read_mail(struct filter *filter, unsigned line)
{
	static const char *const heads[] = {"to", "cc", "bcc"};
	struct filter ahead = *filter;
	bool is_address = false;

	for (struct slice word; next_word(&ahead, &word);) {
		if (is_address)
			add(filter, line, word, false);
		is_address = false;
		for (size_t i = 0; i < 3; i++) {
			is_address |=
				slice_equal_fold(word, slice_of(heads[i]));
		}
		if (slice_equal_fold(word, SLICE("endif")) ||
			slice_equal_fold(word, SLICE("text")) ||
			slice_equal_fold(word, SLICE("subject")))
			return;
	}
}

static void
read_word(struct filter *filter, struct slice word)
{
	unsigned line = filter->word_line;
	struct slice next;

	if (slice_equal_fold(word, SLICE("if"))) {
		read_condition(filter);
	} else if (slice_equal_fold(word, SLICE("elif"))) {
		filter->depth -= filter->depth > 0;
		read_condition(filter);
	} else if (slice_equal_fold(word, SLICE("else"))) {
		if (filter->depth > 0)
			filter->conditions[filter->depth - 1] =
				SLICE("otherwise");
	} else if (slice_equal_fold(word, SLICE("endif"))) {
		filter->depth -= filter->depth > 0;
	} else if (slice_equal_fold(word, SLICE("deliver"))) {
		if (next_word(filter, &next))
			add(filter, line, next, false);
	} else if (slice_equal_fold(word, SLICE("pipe"))) {
		if (next_word(filter, &next))
			add(filter, line, next, true);
	} else if (slice_equal_fold(word, SLICE("mail"))) {
		read_mail(filter, line);
	}
}

void
exim_filter_read(struct survey *survey, const struct source *source,
	struct slice mailbox)
{
	struct filter filter = {
		.survey = survey,
		.source = source,
		.mailbox = mailbox,
		.rest = source->text,
		.line = 1,
	};

	for (struct slice word; next_word(&filter, &word);)
		read_word(&filter, word);
}
