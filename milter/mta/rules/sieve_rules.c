/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A script is a list of commands; a command is a word, its arguments and a
 * ';' or a block. Tests look like commands and end where their block begins.
 * That much grammar is enough to find each command and what it stands under;
 * an extension that is not known here is read over in the same way.
 */
#include "mta/rules/sieve_rules.h"

#include "mta/rules/sieve_action.h"
#include "mta/rules/sieve_script.h"
#include "mta/rules/sieve_token.h"

/* In one line. */
static struct slice
tidy(struct arena *arena, struct slice text)
{
	char *p = arena_bytes(arena, text.len + 1);
	size_t len = 0;

	if (p == NULL)
		return slice_of(NULL);
	for (size_t i = 0; i < text.len; i++) {
		bool blank = text.p[i] == ' ' || text.p[i] == '\t' ||
			text.p[i] == '\r' || text.p[i] == '\n';

		if (!blank) {
			p[len++] = text.p[i];
		} else if (len > 0 && p[len - 1] != ' ') {
			p[len++] = ' ';
		}
	}
	return slice_trim((struct slice){p, len});
}

/* The block that begins after a test. */
static void
open_block(struct sieve_script *script, const struct sieve_command *command,
	struct slice test)
{
	struct slice condition = {NULL, 0};

	if (slice_equal_fold(command->name, SLICE("if")) ||
		slice_equal_fold(command->name, SLICE("elsif"))) {
		condition = tidy(script->survey->arena,
			slice_sub(test, 0, SIEVE_CONDITION_BYTES));
		script->conditional++;
	} else if (slice_equal_fold(command->name, SLICE("else"))) {
		condition = SLICE("otherwise");
		script->conditional++;
	}
	if (script->depth < SIEVE_BLOCKS_MAX) {
		script->blocks[script->depth++].condition = condition;
	} else {
		script->depth = SIEVE_BLOCKS_MAX;
	}
}

static void
close_block(struct sieve_script *script)
{
	if (script->depth == 0)
		return;
	if (!slice_is_absent(script->blocks[--script->depth].condition) &&
		script->conditional > 0)
		script->conditional--;
}

/* A test may run a program or name a list; execute is one. */
static void
take_word(struct sieve_command *command, const struct sieve_token *token)
{
	if (command->name.len == 0) {
		command->name = token->text;
		command->line = token->line;
	}
}

static void
take_argument(struct sieve_command *command, const struct sieve_token *token)
{
	if (command->count < SIEVE_ARGUMENTS_MAX) {
		command->arguments[command->count++] = (struct sieve_argument){
			token->text, token->kind == SIEVE_TAG};
	}
}

/* "if execute :pipe "prog" {...}": a test that hands the message on. */
static void
look_at_test(struct sieve_script *script, const struct sieve_command *command,
	struct slice test)
{
	static const char *const programs[] = {"execute", "pipe", "filter"};
	struct sieve_lexer lexer =
		sieve_token_lexer(script->survey->arena, test);
	struct sieve_command inner = {0};

	for (struct sieve_token token = sieve_token_next(&lexer);
		token.kind != SIEVE_END; token = sieve_token_next(&lexer)) {
		if (token.kind == SIEVE_WORD) {
			for (size_t i = 0; i < 3; i++) {
				if (slice_equal_fold(
					    token.text, slice_of(programs[i])))
					take_word(&inner, &token);
			}
		} else if (inner.name.len > 0 && token.kind != SIEVE_SIGN) {
			take_argument(&inner, &token);
		}
	}
	inner.line = command->line;
	if (inner.name.len > 0)
		sieve_action_run(script, &inner);
}

static void
read_script(struct sieve_script *script)
{
	struct sieve_lexer lexer =
		sieve_token_lexer(script->survey->arena, script->source->text);
	struct sieve_command command = {0};
	size_t begun = 0;

	for (struct sieve_token token = sieve_token_next(&lexer);
		token.kind != SIEVE_END; token = sieve_token_next(&lexer)) {
		if (token.kind == SIEVE_WORD) {
			begun = command.name.len == 0 ? token.to : begun;
			take_word(&command, &token);
		} else if (token.kind != SIEVE_SIGN) {
			take_argument(&command, &token);
		} else if (token.sign == ';') {
			sieve_action_run(script, &command);
			command = (struct sieve_command){0};
		} else if (token.sign == '{') {
			struct slice test = slice_sub(
				script->source->text, begun, token.from);

			look_at_test(script, &command, test);
			open_block(script, &command, test);
			command = (struct sieve_command){0};
		} else if (token.sign == '}') {
			close_block(script);
			command = (struct sieve_command){0};
		}
	}
	/* A script that is cut off does not run; what it means is told. */
	sieve_action_run(script, &command);
}

void
sieve_rules_read(struct survey *survey, const struct source *source,
	struct slice mailbox, const struct sieve_place *place)
{
	struct sieve_script script = {
		.survey = survey,
		.source = source,
		.place = place,
		.mailbox = mailbox,
		.constants = {.arena = survey->arena, .fold = true},
		.read = read_script,
	};

	/* One that includes itself is told as that. */
	if (survey_enter(survey, source->path)) {
		read_script(&script);
		survey_leave(survey);
	}
}
