/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden explain: why a message gets the verdict it gets. */
#include "base/date.h"
#include "cli/command.h"
#include "cli/engine.h"
#include "cli/screen.h"
#include "cli/show.h"
#include "lab/archive.h"
#include "lab/envelope.h"
#include "lab/sandbox.h"
#include "lab/test_run.h"
#include "verdict/event.h"
#include "verdict/tag.h"

#include <stdio.h>

#define MESSAGE_BYTES (16 * 1024 * 1024)

struct explain_options {
	struct engine_options engine;
	struct envelope_known known;
	int64_t at_ms;
	bool enforce, json, all;
	struct slice policy; /* to be shown alone; or absent */
	const char *path;
};

static void
add_tag(const struct verdict *verdict, struct buf *out)
{
	struct buf tag = {0};

	if (!tag_is_due(verdict, verdict->would))
		return;
	tag_write(verdict, verdict->would, SLICE("mx.example.com"), &tag);
	buf_printf(out, "\n%s: %.*s\n", TAG_FIELD, SLICE_ARG(buf_slice(&tag)));
	buf_fini(&tag);
}

static void
print_verdict(
	const struct verdict *verdict, const struct explain_options *options)
{
	const struct show_options show = {options->all, options->policy};
	struct buf text = {0};

	if (options->json) {
		event_write(verdict, verdict->action, &text);
		buf_add_byte(&text, '\n');
	} else {
		show_message(verdict, &text);
		for (size_t i = 0; i < verdict->flow_count; i++)
			show_flow(verdict, i, &show, &text);
		show_verdict(verdict, &text);
		add_tag(verdict, &text);
	}
	screen_print(&text);
	buf_fini(&text);
}

/* As if nothing was known before it. */
static bool
judge_letter(const struct explain_options *options, const struct engine *engine,
	struct arena *arena, const struct letter *letter, struct err *err)
{
	struct sandbox_options setup = engine_sandbox(engine);
	const struct verdict *verdict = NULL;
	struct sandbox *sandbox;

	setup.at_ms = options->at_ms;
	setup.judge.explain = true;
	if (options->enforce)
		setup.judge.respond.mode = MODE_ENFORCE;
	if (setup.at_ms == 0)
		setup.at_ms = envelope_time(arena, letter->header);
	sandbox = sandbox_new(&setup, err);
	if (sandbox != NULL)
		verdict = sandbox_judge(sandbox, arena, letter);
	if (verdict != NULL && verdict->message != NULL)
		print_verdict(verdict, options);
	sandbox_free(sandbox);
	return verdict != NULL;
}

static bool
explain(const struct explain_options *options, const struct engine *engine,
	struct arena *arena, struct err *err)
{
	struct buf header = {0};
	struct letter letter;
	bool good =
		archive_first(options->path, &engine_queue_files, &header, err);

	if (good) {
		(void)err_set(err, ERR_MEMORY, "out of memory");
		good = envelope_guess(arena, buf_slice(&header), &letter) &&
			envelope_apply(arena, &options->known, &letter) &&
			judge_letter(options, engine, arena, &letter, err);
	}
	buf_fini(&header);
	return good;
}

static bool
take_slice(void *target, const char *value)
{
	*(struct slice *)target = slice_of(value);
	return true;
}

static bool
take_recipient(void *target, const char *value)
{
	struct envelope_known *known = target;

	if (known->to_count == ENVELOPE_RCPTS_MAX)
		return false;
	known->to[known->to_count++] = slice_of(value);
	return true;
}

static bool
take_time(void *target, const char *value)
{
	return date_parse_stamp(slice_of(value), target);
}

static const struct options_kind text = {take_slice, ""};
static const struct options_kind recipient = {
	take_recipient, "100 of them are the most"};
static const struct options_kind at = {
	take_time, "write it as 2026-01-05T09:00:00Z (RFC 3339)"};

static const char about[] =
	"Judges one message (a file, a queue file of Postfix, or - for the "
	"standard\ninput) as if nothing was known before it, and shows the "
	"facts, the sum of the\nevidence with whose word each row is, why an "
	"excuse is believed or not, the\npolicies that match with the item "
	"that decided, and the verdict. What is not\nsaid of the envelope is "
	"guessed from the header.";

static bool
parse_options(
	int argc, char **argv, struct explain_options *options, int *status)
{
	struct envelope_known *known = &options->known;
	const struct options_row rows[] = {
		ENGINE_OPTIONS(options->engine),
		{"from", 0, "ADDRESS", &text, &known->from,
			"envelope sender (\"<>\" is the null one)"},
		{"to", 0, "ADDRESS", &recipient, known,
			"envelope recipient (repeatable)"},
		{"orcpt", 0, "ADDRESS", &text, &known->orcpt,
			"recipient before the MTA rewrote it"},
		{"auth", 0, "USER", &text, &known->auth, "authenticated user"},
		{"client", 0, "\"IP NAME\"", &text, &known->client,
			"client; none: made on this machine"},
		{"helo", 0, "NAME", &text, &known->helo,
			"what the client said in HELO"},
		{"listener", 0, "NAME", &text, &known->listener,
			"the MTA's {daemon_name}"},
		{"time", 0, "TIME", &at, &options->at_ms, "when, RFC 3339"},
		{"enforce", 0, NULL, &options_flag, &options->enforce,
			"as in mode enforce"},
		{"verbose", 'v', NULL, &options_flag, &options->all,
			"also what was not seen, and all policies"},
		{"all", 'a', NULL, &options_flag, &options->all, "the same"},
		{"policy", 0, "NAME", &text, &options->policy,
			"that policy alone, whatever came of it"},
		{"json", 'j', NULL, &options_flag, &options->json,
			"the event alone"},
	};
	const struct options table = {.about = about,
		.example = "explain --from alice@example.com --to "
			   "drop@freemail.example mail.eml",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows),
		.operands = "MESSAGE",
		.least = 1,
		.most = 1};
	char **operands;

	*options = (struct explain_options){0};
	if (!options_read(&table, argc, argv, &operands, status))
		return false;
	options->path = operands[0];
	return true;
}

static bool
is_known(const struct engine *engine, struct slice policy)
{
	const struct sigma_program *program = engine->judge.program;

	if (slice_is_absent(policy) || test_run_has_policy(program, policy))
		return true;
	fprintf(stderr,
		"forwarden explain: no policy is called \"%.*s\": `forwarden "
		"check` lists them\n",
		SLICE_ARG(policy));
	return false;
}

int
cmd_explain(int argc, char **argv)
{
	struct explain_options options;
	struct engine engine;
	struct err err = {0};
	struct arena *arena;
	bool good;
	int status;

	if (!parse_options(argc, argv, &options, &status))
		return status;
	if (!engine_open(&engine, &options.engine))
		return COMMAND_FAILED;
	if (!is_known(&engine, options.policy)) {
		engine_close(&engine);
		return COMMAND_FAILED;
	}
	arena = arena_new(MESSAGE_BYTES);
	good = arena != NULL && explain(&options, &engine, arena, &err);
	if (!good)
		fprintf(stderr, "forwarden explain: %s\n", err.text);
	arena_free(arena);
	engine_close(&engine);
	return good ? COMMAND_OK : COMMAND_FAILED;
}
