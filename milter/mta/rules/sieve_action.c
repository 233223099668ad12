/* SPDX-License-Identifier: BSD-2-Clause */
/* What the commands of a Sieve script send, and to whom. */
#include "mta/rules/sieve_action.h"

#include "mta/rules/command_line.h"

#include <string.h>

static void
add_rule(struct sieve_script *script, const struct sieve_command *command,
	const struct rule *rule)
{
	struct rule whole = *rule;

	whole.line = command->line;
	whole.mailbox = script->mailbox;
	whole.condition = sieve_script_condition(script);
	survey_add(script->survey, script->source, &whole);
}

/* An address as it stands there, resolved. */
static void
add_address(struct sieve_script *script, const struct sieve_command *command,
	enum rule_mechanism mechanism, struct slice written)
{
	struct arena *arena = script->survey->arena;
	struct constant all;
	bool resolved = slice_find(written, SLICE("${")) != SLICE_NONE;
	struct slice note = {NULL, 0};

	sieve_script_expand(script, written, &all);
	if (resolved)
		note = arena_printf(arena, "written %.*s", SLICE_ARG(written));
	for (size_t i = 0; i < all.count; i++) {
		struct recipients it = {.rest = all.values[i]};
		struct recipient one;
		struct target target;

		if (!recipients_next(&it, arena, &one) ||
			one.kind != RECIPIENT_ADDRESS ||
			!inside_resolve(script->survey->inside, arena,
				one.local, one.domain, &target) ||
			!target.external)
			continue;
		if (!resolved && (target.rewritten || one.is_odd)) {
			note = arena_printf(
				arena, "written %.*s", SLICE_ARG(written));
		}
		add_rule(script, command,
			&(struct rule){.destination = target.address.text,
				.mechanism = mechanism,
				.keeps = sieve_script_has_tag(command, ":copy"),
				.note = note});
	}
	if (all.vague) {
		add_rule(script, command,
			&(struct rule){.destination = RULE_UNKNOWN,
				.mechanism = mechanism,
				.keeps = sieve_script_has_tag(command, ":copy"),
				.note = arena_printf(arena,
					"the address is made at run time: "
					"%.*s",
					SLICE_ARG(written))});
	}
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct slice
percent_decoded(struct arena *arena, struct slice text)
{
	char *p = arena_bytes(arena, text.len + 1);
	size_t len = 0;

	if (p == NULL)
		return SLICE("");
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == '%' && i + 2 < text.len &&
			hex_value(text.p[i + 1]) >= 0 &&
			hex_value(text.p[i + 2]) >= 0) {
			p[len++] = (char)(hex_value(text.p[i + 1]) * 16 +
				hex_value(text.p[i + 2]));
			i += 2;
		} else {
			p[len++] = text.p[i];
		}
	}
	return (struct slice){p, len};
}

static void
add_list(struct sieve_script *script, const struct sieve_command *command,
	struct slice list)
{
	for (struct slice one; slice_next(&list, ',', &one);) {
		one = slice_trim(percent_decoded(script->survey->arena, one));
		if (one.len > 0)
			add_address(script, command, RULE_SIEVE_NOTIFY, one);
	}
}

/* "mailto:a,b?to=c&cc=d" (RFC 5436) */
static void
add_mailto(struct sieve_script *script, const struct sieve_command *command,
	struct slice uri)
{
	size_t query;

	if (!slice_starts_fold(uri, SLICE("mailto:")))
		return;
	uri = slice_sub(uri, 7, uri.len);
	query = slice_find_byte(uri, '?', 0);
	add_list(script, command, slice_sub(uri, 0, query));
	if (query == SLICE_NONE)
		return;
	uri = slice_sub(uri, query + 1, uri.len);
	for (struct slice field, name; slice_next(&uri, '&', &field);) {
		if (slice_next(&field, '=', &name) &&
			(slice_equal_fold(name, SLICE("to")) ||
				slice_equal_fold(name, SLICE("cc")) ||
				slice_equal_fold(name, SLICE("bcc"))))
			add_list(script, command, field);
	}
}

static void
do_redirect(struct sieve_script *script, const struct sieve_command *command)
{
	struct slice to = sieve_script_last_string(command);

	if (slice_is_absent(to))
		return;
	if (sieve_script_has_tag(command, ":list")) {
		add_rule(script, command,
			&(struct rule){.destination = RULE_UNKNOWN,
				.mechanism = RULE_SIEVE,
				.note = arena_printf(script->survey->arena,
					"to the list %.*s", SLICE_ARG(to))});
		return;
	}
	add_address(script, command, RULE_SIEVE, to);
}

/* enotify has its method as the only string without a tag; the notify
 * before it named addresses as :options. */
static void
do_notify(struct sieve_script *script, const struct sieve_command *command)
{
	bool options = false;

	for (size_t i = 0; i < command->count; i++) {
		const struct sieve_argument *one = &command->arguments[i];

		if (one->is_tag) {
			options =
				slice_equal_fold(one->text, SLICE(":options"));
		} else if (slice_starts_fold(one->text, SLICE("mailto:"))) {
			add_mailto(script, command, one->text);
		} else if (options &&
			slice_find_byte(one->text, '@', 0) != SLICE_NONE &&
			slice_find_byte(one->text, '=', 0) == SLICE_NONE) {
			add_address(
				script, command, RULE_SIEVE_NOTIFY, one->text);
		} else if (slice_starts_fold(one->text, SLICE("${"))) {
			struct constant all;

			sieve_script_expand(script, one->text, &all);
			for (size_t k = 0; k < all.count; k++)
				add_mailto(script, command, all.values[k]);
		}
	}
}

static void
do_pipe(struct sieve_script *script, const struct sieve_command *command)
{
	struct arena *arena = script->survey->arena;
	struct slice program = {NULL, 0}, address;
	bool found = false;

	for (size_t i = 0; i < command->count; i++) {
		const struct sieve_argument *one = &command->arguments[i];
		struct command_line line = {.rest = one->text};

		if (one->is_tag)
			continue;
		if (slice_is_absent(program))
			program = one->text;
		while (command_line_next(
			&line, script->survey->inside, arena, &address)) {
			found = true;
			add_rule(script, command,
				&(struct rule){.destination = address,
					.mechanism = RULE_SIEVE_PIPE,
					.keeps = sieve_script_has_tag(
						command, ":copy"),
					.note = arena_printf(arena,
						"in the command: %.*s",
						SLICE_ARG(program))});
		}
	}
	if (!found && !slice_is_absent(program)) {
		add_rule(script, command,
			&(struct rule){.destination = RULE_UNKNOWN,
				.mechanism = RULE_SIEVE_PIPE,
				.keeps = sieve_script_has_tag(command, ":copy"),
				.note = program});
	}
}

static void
do_report(struct sieve_script *script, const struct sieve_command *command)
{
	struct slice to = sieve_script_last_string(command);

	if (!slice_is_absent(to))
		add_address(script, command, RULE_SIEVE_REPORT, to);
}

static void
fold_case(struct arena *arena, struct constant *value, char first, char last)
{
	for (size_t i = 0; i < value->count; i++) {
		char *p = arena_bytes(arena, value->values[i].len + 1);

		if (p == NULL)
			return;
		for (size_t k = 0; k < value->values[i].len; k++) {
			char c = value->values[i].p[k];
			p[k] = c >= first && c <= last ? (char)(c ^ 0x20) : c;
		}
		value->values[i].p = p;
	}
}

/* "set :lower "name" "value";" (RFC 5229) */
static void
do_set(struct sieve_script *script, const struct sieve_command *command)
{
	struct slice strings[2];
	struct constant value;
	size_t n = 0;

	for (size_t i = 0; i < command->count && n < 2; i++) {
		if (!command->arguments[i].is_tag)
			strings[n++] = command->arguments[i].text;
	}
	if (n < 2)
		return;
	sieve_script_expand(script, strings[1], &value);
	value.name = strings[0];
	if (sieve_script_has_tag(command, ":lower"))
		fold_case(script->survey->arena, &value, 'A', 'Z');
	if (sieve_script_has_tag(command, ":upper"))
		fold_case(script->survey->arena, &value, 'a', 'z');
	if (sieve_script_has_tag(command, ":length") ||
		sieve_script_has_tag(command, ":encodeurl") ||
		sieve_script_has_tag(command, ":lowerfirst") ||
		sieve_script_has_tag(command, ":upperfirst") ||
		sieve_script_has_tag(command, ":quotewildcard") ||
		sieve_script_has_tag(command, ":quoteregex")) {
		value.count = 0;
		value.vague = true;
	}
	constants_set(&script->constants, &value, script->conditional > 0);
}

static void
do_require(struct sieve_script *script, const struct sieve_command *command)
{
	for (size_t i = 0; i < command->count; i++) {
		script->decodes |= slice_equal_fold(
			command->arguments[i].text, SLICE("encoded-character"));
	}
}

/* Extracted parts and lists' values: known when the message is there. */
static void
do_extract(struct sieve_script *script, const struct sieve_command *command)
{
	struct slice name = sieve_script_last_string(command);

	if (!slice_is_absent(name)) {
		constants_set(&script->constants,
			&(struct constant){.name = name, .vague = true},
			script->conditional > 0);
	}
}

static struct slice
included_path(struct sieve_script *script, const struct sieve_command *command)
{
	const struct sieve_place *place = script->place;
	struct slice folder = {NULL, 0},
		     name = sieve_script_last_string(command);

	if (place != NULL) {
		folder = sieve_script_has_tag(command, ":global")
			? place->global
			: place->personal;
	}
	if (slice_is_absent(folder) || slice_is_absent(name) ||
		slice_find_byte(name, '/', 0) != SLICE_NONE)
		return slice_of(NULL);
	return arena_printf(script->survey->arena, "%.*s/%.*s.sieve",
		SLICE_ARG(folder), SLICE_ARG(name));
}

static void
do_include(struct sieve_script *script, const struct sieve_command *command)
{
	struct survey *survey = script->survey;
	struct slice path = included_path(script, command);
	struct source source;
	struct sieve_script inner = *script;

	if (slice_is_absent(path)) {
		survey_unread(survey, script->source->path,
			"it includes a script that is not found here");
		return;
	}
	if (!survey_include(survey, path,
		    sieve_script_has_tag(command, ":optional")
			    ? SURVEY_MAY_BE_ABSENT
			    : SURVEY_MUST_BE_THERE,
		    &source))
		return;
	source.state = script->source->state;
	source.note = script->source->note;
	source.condition = sieve_script_condition(script);
	inner.source = &source;
	inner.depth = 0;
	inner.constants =
		(struct constants){.arena = survey->arena, .fold = true};
	script->read(&inner);
	survey_leave(survey);
}

static const struct {
	const char *name;
	void (*run)(struct sieve_script *, const struct sieve_command *);
} actions[] = {
	{"redirect", do_redirect},
	{"notify", do_notify},
	{"pipe", do_pipe},
	{"filter", do_pipe},
	{"execute", do_pipe},
	{"report", do_report},
	{"set", do_set},
	{"require", do_require},
	{"include", do_include},
	{"extracttext", do_extract},
	{"global", do_extract},
	{"import", do_extract},
};

void
sieve_action_run(
	struct sieve_script *script, const struct sieve_command *command)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
		if (slice_equal_fold(command->name, slice_of(actions[i].name)))
			actions[i].run(script, command);
	}
}
