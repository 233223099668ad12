/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A recipe is a line ":0 flags", lines "* condition", and one action; braces
 * hold more recipes. All other lines set variables.
 */
#include "mta/rules/procmail.h"

#include "mta/rules/command_line.h"
#include "mta/rules/constants.h"

#include <string.h>

#define DEPTH_MAX 32

struct rc {
	struct survey *survey;
	const struct source *source;
	struct slice mailbox;
	struct constants *constants;
	struct slice rest, text; /* the line, continued ones joined */
	unsigned line, begun; /* its last and its first number */
	struct slice blocks[DEPTH_MAX]; /* conditions; absent: none */
	size_t depth;
	/* Of the recipe at hand. */
	bool in_recipe, is_filter, keeps;
	struct slice condition;
};

/* "$NAME", "${NAME}", "${NAME:-other}"; a backquote is a command's output. */
static bool
scan_variable(struct slice text, size_t i, size_t *end, struct slice *name)
{
	if (text.p[i] == '`') {
		size_t close = slice_find_byte(text, '`', i + 1);

		*name = SLICE("`");
		*end = close == SLICE_NONE ? text.len : close + 1;
		return true;
	}
	if (text.p[i] != '$' || i + 1 >= text.len)
		return false;
	size_t from = i + 1;
	bool braced = text.p[from] == '{';
	from += braced;
	size_t to = from;
	while (to < text.len && constants_is_name(text.p[to]))
		to++;
	*name = slice_sub(text, from, to);
	*end = to;
	if (braced) {
		size_t close = slice_find_byte(text, '}', to);
		*end = close == SLICE_NONE ? text.len : close + 1;
	}
	return to > from;
}

static struct slice
without_quotes(struct arena *arena, struct slice text)
{
	char *p = arena_bytes(arena, text.len + 1);
	size_t len = 0;

	if (p == NULL)
		return text;
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] != '"' && text.p[i] != '\'')
			p[len++] = text.p[i];
	}
	return (struct slice){p, len};
}

static bool
next_line(struct rc *rc)
{
	struct buf whole = {0};
	struct slice line;
	bool any = survey_next_line(&rc->rest, &rc->line, &line);

	rc->begun = rc->line;
	while (any) {
		bool more = line.len > 0 && line.p[line.len - 1] == '\\' &&
			slice_trim(line).p[0] != '#';

		buf_add(&whole, slice_sub(line, 0, line.len - more));
		if (!more || !survey_next_line(&rc->rest, &rc->line, &line))
			break;
	}
	if (any)
		rc->text = slice_trim(
			arena_copy(rc->survey->arena, buf_slice(&whole)));
	buf_fini(&whole);
	return any && !slice_is_absent(rc->text);
}

static struct slice
and_both(struct rc *rc, struct slice a, struct slice b)
{
	if (slice_is_absent(a) || slice_is_absent(b))
		return slice_is_absent(a) ? b : a;
	return slice_sub(arena_printf(rc->survey->arena, "%.*s and %.*s",
				 SLICE_ARG(a), SLICE_ARG(b)),
		0, SURVEY_CONDITION_BYTES);
}

static struct slice
condition_of(struct rc *rc)
{
	struct slice all = {NULL, 0};

	for (size_t i = 0; i < rc->depth; i++)
		all = and_both(rc, all, rc->blocks[i]);
	return and_both(rc, all, rc->condition);
}

static void
end_recipe(struct rc *rc)
{
	rc->in_recipe = rc->is_filter = rc->keeps = false;
	rc->condition = slice_of(NULL);
}

static void
add_unknown(struct rc *rc, const struct source *source, struct slice written)
{
	survey_add(rc->survey, source,
		&(struct rule){.line = rc->begun,
			.mailbox = rc->mailbox,
			.destination = RULE_UNKNOWN,
			.mechanism = RULE_PROCMAIL,
			.keeps = rc->keeps,
			.note = arena_printf(rc->survey->arena,
				"the address is made at run time: %.*s",
				SLICE_ARG(written))});
}

/* "! -f sender a b": words. */
static void
send(struct rc *rc, const struct source *source, struct slice written)
{
	struct constant all;

	constants_expand(rc->constants,
		without_quotes(rc->survey->arena, written), scan_variable,
		&all);
	for (size_t i = 0; i < all.count; i++) {
		struct recipients it = {.rest = all.values[i]};
		bool after_sender = false;

		for (struct recipient one;
			recipients_next(&it, rc->survey->arena, &one);) {
			struct target target;
			bool skip = after_sender ||
				slice_starts_fold(one.written, SLICE("-"));

			after_sender = slice_equal(one.written, SLICE("-f")) ||
				slice_equal(one.written, SLICE("-r"));
			if (skip || one.kind != RECIPIENT_ADDRESS ||
				!inside_resolve(rc->survey->inside,
					rc->survey->arena, one.local,
					one.domain, &target) ||
				!target.external)
				continue;
			survey_add(rc->survey, source,
				&(struct rule){.line = rc->begun,
					.mailbox = rc->mailbox,
					.destination = target.address.text,
					.mechanism = RULE_PROCMAIL,
					.keeps = rc->keeps});
		}
	}
	if (all.vague)
		add_unknown(rc, source, written);
}

/* A command that filters hands the message back; one that sends is told even
 * then. */
static void
hand(struct rc *rc, const struct source *source, struct slice written)
{
	struct constant all;
	struct sender sender = {
		.source = source,
		.line = rc->begun,
		.mailbox = rc->mailbox,
		.mechanism = RULE_PROCMAIL,
	};

	constants_expand(rc->constants, written, scan_variable, &all);
	if (all.count == 0)
		all = (struct constant){.values = {written}, .count = 1};
	for (size_t i = 0; i < all.count; i++) {
		struct command_line line = {.rest = all.values[i]};
		struct slice address;
		bool named = command_line_next(
			&line, rc->survey->inside, rc->survey->arena, &address);

		if (named ||
			(!command_line_delivers(all.values[i]) &&
				(!rc->is_filter ||
					command_line_may_send(all.values[i]))))
			survey_command(rc->survey, &sender, all.values[i]);
	}
}

static void
act(struct rc *rc)
{
	struct source source = *rc->source;
	struct slice rest = slice_trim(slice_sub(rc->text, 1, rc->text.len));

	source.condition = condition_of(rc);
	if (rc->text.p[0] == '!') {
		send(rc, &source, rest);
	} else if (rc->text.p[0] == '|') {
		hand(rc, &source, rest);
	}
}

static void read_lines(struct rc *);

static void
include(struct rc *rc, struct slice value)
{
	struct source source;
	struct constant all;
	struct rc inner;

	constants_expand(rc->constants,
		without_quotes(rc->survey->arena, value), scan_variable, &all);
	if (all.vague || all.count == 0) {
		survey_unread(rc->survey, rc->source->path,
			"it includes a file whose name is made at run time");
	}
	for (size_t i = 0; i < all.count; i++) {
		if (all.values[i].len == 0 || all.values[i].p[0] != '/' ||
			!survey_include(rc->survey, all.values[i],
				SURVEY_MUST_BE_THERE, &source))
			continue;
		inner = (struct rc){.survey = rc->survey,
			.source = &source,
			.mailbox = rc->mailbox,
			.constants = rc->constants,
			.rest = source.text};
		source.state = rc->source->state;
		source.condition = condition_of(rc);
		read_lines(&inner);
		survey_leave(rc->survey);
	}
}

/* "NAME=value" */
static bool
assign(struct rc *rc)
{
	size_t i = 0;
	struct constant value;

	while (i < rc->text.len && constants_is_name(rc->text.p[i]))
		i++;
	struct slice name = slice_sub(rc->text, 0, i);
	while (i < rc->text.len &&
		(rc->text.p[i] == ' ' || rc->text.p[i] == '\t'))
		i++;
	if (name.len == 0 || i == rc->text.len || rc->text.p[i] != '=')
		return false;
	struct slice right =
		slice_trim(slice_sub(rc->text, i + 1, rc->text.len));
	if (slice_equal(name, SLICE("INCLUDERC")) ||
		slice_equal(name, SLICE("SWITCHRC"))) {
		include(rc, right);
		return true;
	}
	constants_expand(rc->constants,
		without_quotes(rc->survey->arena, right), scan_variable,
		&value);
	value.name = name;
	constants_set(rc->constants, &value, rc->depth > 0);
	return true;
}

static void
begin_recipe(struct rc *rc)
{
	struct slice flags = slice_sub(rc->text, 2, rc->text.len);

	end_recipe(rc);
	flags = slice_sub(flags, 0, slice_find_byte(flags, ':', 0));
	rc->in_recipe = true;
	rc->is_filter = slice_find_byte(flags, 'f', 0) != SLICE_NONE;
	rc->keeps = slice_find_byte(flags, 'c', 0) != SLICE_NONE;
}

static void
read_line(struct rc *rc)
{
	char first = rc->text.p[0];

	if (slice_starts_fold(rc->text, SLICE(":"))) {
		begin_recipe(rc);
	} else if (rc->in_recipe && first == '*') {
		rc->condition = and_both(rc, rc->condition,
			slice_sub(slice_trim(
					  slice_sub(rc->text, 1, rc->text.len)),
				0, SURVEY_CONDITION_BYTES));
	} else if (rc->in_recipe && first == '{') {
		if (rc->depth < DEPTH_MAX)
			rc->blocks[rc->depth++] = rc->condition;
		end_recipe(rc);
	} else if (first == '}') {
		rc->depth -= rc->depth > 0;
		end_recipe(rc);
	} else if (rc->in_recipe) {
		act(rc);
		end_recipe(rc);
	} else {
		(void)assign(rc);
	}
}

static void
read_lines(struct rc *rc)
{
	while (next_line(rc)) {
		if (rc->text.len > 0 && rc->text.p[0] != '#')
			read_line(rc);
	}
}

void
procmail_read(struct survey *survey, const struct source *source,
	struct slice mailbox, struct slice home)
{
	struct constants constants;
	struct rc rc = {
		.survey = survey,
		.source = source,
		.mailbox = mailbox,
		.constants = &constants,
		.rest = source->text,
	};

	constants_begin(&constants, survey->arena, home);
	read_lines(&rc);
}
