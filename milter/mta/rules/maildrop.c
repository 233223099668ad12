/* SPDX-License-Identifier: BSD-2-Clause */
/* maildrop's language: statements of words and quoted texts, in braces. */
#include "mta/rules/maildrop.h"

#include "mta/rules/command_line.h"
#include "mta/rules/constants.h"

#include <string.h>

#define DEPTH_MAX 32

struct filter {
	struct survey *survey;
	const struct source *source;
	struct slice mailbox;
	struct constants *constants;
	struct slice rest;
	unsigned line;
	struct slice blocks[DEPTH_MAX];
	size_t depth;
	struct slice condition; /* of the if just read */
};

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool
scan_variable(struct slice text, size_t i, size_t *end, struct slice *name)
{
	size_t from = i + 1;

	if (text.p[i] == '`') {
		size_t close = slice_find_byte(text, '`', from);

		*name = SLICE("`");
		*end = close == SLICE_NONE ? text.len : close + 1;
		return true;
	}
	if (text.p[i] != '$' || from >= text.len)
		return false;
	bool braced = text.p[from] == '{';
	from += braced;
	size_t to = from;
	while (to < text.len && constants_is_name(text.p[to]))
		to++;
	*name = slice_sub(text, from, to);
	*end = braced && to < text.len ? to + 1 : to;
	return to > from;
}

/* A quoted text or a word; a sign on its own; "\n" at a line's end. */
static bool
next_word(struct filter *filter, struct slice *word, bool *quoted)
{
	size_t i = 0;

	*quoted = false;
	for (;;) {
		struct slice rest = filter->rest;

		if (rest.len == 0)
			return false;
		if (rest.p[0] == '#') {
			i = slice_find_byte(rest, '\n', 0);
			i = i == SLICE_NONE ? rest.len : i;
		} else if (rest.p[0] == '\\' && rest.len > 1 &&
			rest.p[1] == '\n') {
			filter->line++;
			i = 2;
		} else if (is_space(rest.p[0])) {
			i = 1;
		} else {
			break;
		}
		filter->rest = slice_sub(rest, i, rest.len);
	}
	struct slice rest = filter->rest;
	if (rest.p[0] == '"' || rest.p[0] == '\'') {
		char quote = rest.p[0];

		for (i = 1; i < rest.len && rest.p[i] != quote;)
			i += rest.p[i] == '\\' ? 2 : 1;
		*word = slice_sub(rest, 1, i);
		*quoted = true;
		i = i < rest.len ? i + 1 : rest.len;
		for (size_t k = 0; k < i; k++)
			filter->line += rest.p[k] == '\n';
	} else {
		i = 1;
		while (constants_is_name(rest.p[0]) && i < rest.len &&
			constants_is_name(rest.p[i]))
			i++;
		*word = slice_sub(rest, 0, i);
	}
	filter->rest = slice_sub(rest, i, rest.len);
	return true;
}

static struct slice
condition_of(const struct filter *filter)
{
	struct slice all[DEPTH_MAX + 1];

	memcpy(all, filter->blocks, filter->depth * sizeof(*all));
	all[filter->depth] = filter->condition;
	return survey_conditions(filter->survey, all, filter->depth + 1);
}

static void
add_addresses(struct filter *filter, struct sender *sender, struct slice text)
{
	struct recipients it = {.rest = text};

	for (struct recipient one;
		recipients_next(&it, filter->survey->arena, &one);) {
		if (one.kind == RECIPIENT_ADDRESS)
			(void)survey_destination(filter->survey, sender, &one);
	}
}

/* "!a b", "|command", or a mailbox. */
static void
deliver(struct filter *filter, unsigned line, struct slice written, bool keeps)
{
	struct source source = *filter->source;
	struct sender sender = {
		.source = &source,
		.line = line,
		.mailbox = filter->mailbox,
		.mechanism = RULE_MAILDROP,
	};
	struct constant all;

	source.condition = condition_of(filter);
	constants_expand(filter->constants, written, scan_variable, &all);
	for (size_t i = 0; i < all.count; i++) {
		struct slice text = slice_trim(all.values[i]);

		if (text.len > 1 && text.p[0] == '!') {
			add_addresses(
				filter, &sender, slice_sub(text, 1, text.len));
		} else if (text.len > 1 && text.p[0] == '|' &&
			!command_line_delivers(slice_sub(text, 1, text.len))) {
			survey_command(filter->survey, &sender,
				slice_sub(text, 1, text.len));
		}
	}
	if (all.vague && written.len > 0 &&
		(written.p[0] == '!' || written.p[0] == '$')) {
		survey_add(filter->survey, &source,
			&(struct rule){.line = line,
				.mailbox = filter->mailbox,
				.destination = RULE_UNKNOWN,
				.mechanism = RULE_MAILDROP,
				.keeps = keeps,
				.note = arena_printf(filter->survey->arena,
					"the address is made at run time: "
					"%.*s",
					SLICE_ARG(written))});
	}
}

static void
run(struct filter *filter, unsigned line, struct slice command)
{
	struct slice with_bar = arena_printf(
		filter->survey->arena, "|%.*s", SLICE_ARG(command));
	struct command_line rest = {.rest = command};
	struct slice address;

	if (command_line_may_send(command) ||
		command_line_next(&rest, filter->survey->inside,
			filter->survey->arena, &address))
		deliver(filter, line, with_bar, true);
}

static void read_filter(struct filter *);

static void
include(struct filter *filter, struct slice written)
{
	struct constant all;
	struct source source;

	constants_expand(filter->constants, written, scan_variable, &all);
	if (all.vague) {
		survey_unread(filter->survey, filter->source->path,
			"it includes a file whose name is made at run time");
	}
	for (size_t i = 0; i < all.count; i++) {
		struct filter inner = *filter;

		if (all.values[i].len == 0 || all.values[i].p[0] != '/' ||
			!survey_include(filter->survey, all.values[i],
				SURVEY_MUST_BE_THERE, &source))
			continue;
		source.state = filter->source->state;
		source.condition = condition_of(filter);
		inner.source = &source;
		inner.rest = source.text;
		inner.line = 1;
		inner.depth = 0;
		inner.condition = slice_of(NULL);
		read_filter(&inner);
		survey_leave(filter->survey);
	}
}

/* What stands in an if's parentheses, up to its block or statement. */
static void
read_condition(struct filter *filter)
{
	size_t depth = 0, i = 0;
	struct slice rest = filter->rest;
	char quote = '\0';

	for (; i < rest.len; i++) {
		char c = rest.p[i];

		filter->line += c == '\n';
		if (quote != '\0') {
			quote = c == quote ? '\0' : quote;
		} else if (c == '"' || c == '\'') {
			quote = c;
		} else if (c == '(') {
			depth++;
		} else if (c == ')' && (depth == 0 || --depth == 0)) {
			i++;
			break;
		}
	}
	filter->condition = slice_trim(slice_sub(rest, 0,
		i < SURVEY_CONDITION_BYTES ? i : SURVEY_CONDITION_BYTES));
	filter->rest = slice_sub(rest, i, rest.len);
}

static void
set_variable(struct filter *filter, struct slice name, struct slice value)
{
	struct constant made;

	constants_expand(filter->constants, value, scan_variable, &made);
	made.name = name;
	constants_set(filter->constants, &made,
		filter->depth > 0 || !slice_is_absent(filter->condition));
}

/* A word and what follows it. */
static void
read_statement(struct filter *filter, struct slice word)
{
	unsigned line = filter->line;
	struct slice next;
	bool quoted;

	if (slice_equal(word, SLICE("if")) ||
		slice_equal(word, SLICE("elsif")) ||
		slice_equal(word, SLICE("while"))) {
		read_condition(filter);
		return;
	}
	if (slice_equal(word, SLICE("else"))) {
		filter->condition = SLICE("otherwise");
		return;
	}
	struct filter ahead = *filter;
	if (!next_word(&ahead, &next, &quoted))
		return;
	if (slice_equal(next, SLICE("=")) && !quoted) {
		*filter = ahead;
		if (next_word(filter, &next, &quoted))
			set_variable(filter, word, next);
		return;
	}
	bool to = slice_equal(word, SLICE("to"));
	if (to || slice_equal(word, SLICE("cc"))) {
		*filter = ahead;
		deliver(filter, line, next, !to);
	} else if (slice_equal(word, SLICE("xfilter")) ||
		slice_equal(word, SLICE("system"))) {
		*filter = ahead;
		run(filter, line, next);
	} else if (slice_equal(word, SLICE("include"))) {
		*filter = ahead;
		include(filter, next);
	}
	filter->condition = slice_of(NULL);
}

static void
read_filter(struct filter *filter)
{
	bool quoted;

	for (struct slice word; next_word(filter, &word, &quoted);) {
		if (word.len == 0 || quoted)
			continue;
		if (word.p[0] == '\n') {
			filter->line++;
		} else if (word.p[0] == '`') {
			size_t close = slice_find_byte(filter->rest, '`', 0);

			run(filter, filter->line,
				slice_sub(filter->rest, 0, close));
			filter->rest = slice_sub(filter->rest,
				close == SLICE_NONE ? filter->rest.len
						    : close + 1,
				filter->rest.len);
		} else if (word.p[0] == '{') {
			if (filter->depth < DEPTH_MAX)
				filter->blocks[filter->depth++] =
					filter->condition;
			filter->condition = slice_of(NULL);
		} else if (word.p[0] == '}') {
			filter->depth -= filter->depth > 0;
			filter->condition = slice_of(NULL);
		} else if (constants_is_name(word.p[0])) {
			read_statement(filter, word);
		}
	}
}

void
maildrop_read(struct survey *survey, const struct source *source,
	struct slice mailbox, struct slice home)
{
	struct constants constants;
	struct filter filter = {
		.survey = survey,
		.source = source,
		.mailbox = mailbox,
		.constants = &constants,
		.rest = source->text,
		.line = 1,
	};

	constants_begin(&constants, survey->arena, home);
	read_filter(&filter);
}

void
maildrop_read_lines(struct survey *survey, const struct source *source,
	struct slice mailbox)
{
	struct slice rest = source->text;
	unsigned line = 0;

	for (struct slice text; survey_next_line(&rest, &line, &text);) {
		struct sender sender = {
			.source = source,
			.line = line,
			.mailbox = mailbox,
			.mechanism = RULE_FORWARD,
			.bare_commands = true,
		};

		text = slice_trim(text);
		if (text.len == 0 || text.p[0] == '#' || text.p[0] == '.' ||
			text.p[0] == '/')
			continue;
		if (text.p[0] == '&' || text.p[0] == '!')
			text = slice_sub(text, 1, text.len);
		survey_recipients(survey, &sender, text);
	}
}
