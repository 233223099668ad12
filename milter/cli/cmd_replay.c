/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden replay: what the policies would have done with old mail. */
#include "cli/command.h"
#include "cli/engine.h"
#include "lab/archive.h"
#include "lab/envelope.h"
#include "lab/outcome.h"
#include "lab/sandbox.h"
#include "lab/spool.h"
#include "mta/queue_file.h"
#include "verdict/event.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define USAGE "forwarden replay [OPTION...] PATH...   (--help lists them)"
#define MESSAGE_BYTES (4 * 1024 * 1024)
#define COMPARE_MAX 8
#define CHANGES_SHOWN 20
#define PERCENT 100

enum long_option {
	OPTION_COMPARE = 256,
	OPTION_JSON,
	OPTION_EVENTS,
	OPTION_HELP,
};

struct replay {
	struct engine_options engine_options;
	struct engine engine;
	const char *compare[COMPARE_MAX];
	size_t compare_count;
	bool json, events;
	struct spool *spool;
	struct arena *arena;
	struct err err;
	bool failed;
	int percent; /* shown last */
	const char *doing;
	unsigned changed;
};

static void
progress(void *ctx, int64_t done, int64_t total)
{
	struct replay *replay = ctx;
	int percent = total > 0 ? (int)(done * PERCENT / total) : 0;

	if (!isatty(STDERR_FILENO) || percent == replay->percent)
		return;
	replay->percent = percent;
	fprintf(stderr, "\r%s: %d %%", replay->doing,
		percent > PERCENT ? PERCENT : percent);
	fflush(stderr);
}

static void
progress_done(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

static bool
keep(void *ctx, struct slice header)
{
	struct replay *replay = ctx;
	int64_t at_ms;

	arena_reset(replay->arena);
	at_ms = envelope_time(replay->arena, header);
	if (spool_add(replay->spool, at_ms, header, &replay->err))
		return true;
	replay->failed = true;
	return false;
}

static bool
read_all(struct replay *replay, char **paths)
{
	const struct archive_foreign queue_files = {
		queue_file_is, queue_file_read};
	struct archive archive = {keep, progress, &queue_files, replay};
	unsigned odd = 0;

	replay->doing = "reading";
	for (; *paths != NULL; paths++) {
		if (!archive_read(&archive, *paths, &odd, &replay->err) ||
			replay->failed)
			return false;
	}
	progress_done();
	if (odd > 0)
		fprintf(stderr, "%u files hold no message\n", odd);
	spool_sort(replay->spool);
	return true;
}

static void
print_event(const struct verdict *verdict)
{
	struct buf line = {0};

	if (event_write(verdict, verdict->action, &line))
		puts(line.p);
	buf_fini(&line);
}

/* One side of a comparison: its policies and what came of them. */
struct side {
	struct sandbox *sandbox;
	struct outcome *outcome;
	struct arena *arena;
	const struct verdict *last;
};

static bool
open_side(struct replay *replay, const struct sigma_program *program,
	struct side *side)
{
	struct sandbox_options options = {.realm = replay->engine.realm};

	options.judge = replay->engine.judge;
	options.judge.program = program;
	options.at_ms = 1;
	side->sandbox = sandbox_new(&options, &replay->err);
	side->outcome = outcome_new();
	side->arena = arena_new(MESSAGE_BYTES);
	return side->sandbox != NULL && side->outcome != NULL &&
		side->arena != NULL;
}

static void
close_side(struct side *side)
{
	sandbox_free(side->sandbox);
	outcome_free(side->outcome);
	arena_free(side->arena);
}

static void
judge_one(struct side *side, struct slice header, int64_t at_ms)
{
	struct letter letter;

	arena_reset(side->arena);
	side->last = NULL;
	sandbox_set_time(side->sandbox, at_ms);
	if (!envelope_guess(side->arena, header, &letter))
		return;
	side->last = sandbox_judge(side->sandbox, side->arena, &letter);
	if (side->last != NULL && side->last->message != NULL) {
		outcome_count(side->outcome, side->last);
	} else {
		side->last = NULL;
	}
}

static void
show_change(struct replay *replay, const struct side sides[2])
{
	const struct verdict *a = sides[0].last, *b = sides[1].last;
	struct buf line = {0};

	if (a == NULL || b == NULL || a->would == b->would)
		return;
	if (replay->changed++ >= CHANGES_SHOWN || replay->json)
		return;
	buf_printf(&line, "%s -> %s  ", action_name(a->would),
		action_name(b->would));
	buf_add_visible(&line, a->message->message_id);
	buf_puts(&line, "  ");
	buf_add_visible(&line, a->message->subject);
	puts(line.p);
	buf_fini(&line);
}

static bool
judge_all(struct replay *replay, struct side *sides, size_t count)
{
	size_t total = spool_count(replay->spool);
	struct buf header = {0};
	int64_t at_ms;
	bool good = true;

	replay->doing = "judging";
	replay->percent = -1;
	for (size_t s = 0; s < count; s++)
		sandbox_set_time(sides[s].sandbox, spool_begin(replay->spool));
	for (size_t i = 0; good && i < total; i++) {
		good = spool_get(
			replay->spool, i, &at_ms, &header, &replay->err);
		for (size_t s = 0; good && s < count; s++)
			judge_one(&sides[s], buf_slice(&header), at_ms);
		if (count == 2) {
			show_change(replay, sides);
		} else if (replay->events && sides[0].last != NULL &&
			sides[0].last->would > ACTION_NONE) {
			print_event(sides[0].last);
		}
		progress(replay, (int64_t)i, (int64_t)total);
	}
	progress_done();
	buf_fini(&header);
	return good;
}

static void
print_json(struct json *json)
{
	struct buf text = {0};

	if (json_write(json, &text))
		puts(text.p);
	buf_fini(&text);
	json_free(json);
}

static void
print_result(
	const struct replay *replay, const struct side *sides, size_t count)
{
	struct buf text = {0};

	if (replay->events)
		return;
	if (replay->json) {
		print_json(count == 2 ? outcome_compare_json(sides[0].outcome,
						sides[1].outcome)
				      : outcome_json(sides[0].outcome));
		return;
	}
	if (count == 2) {
		outcome_compare(sides[0].outcome, sides[1].outcome, &text);
	} else {
		outcome_print(sides[0].outcome, &text);
	}
	fwrite(text.p, 1, text.len, stdout);
	if (replay->changed > CHANGES_SHOWN) {
		printf("%u messages changed; the first %d are shown above\n",
			replay->changed, CHANGES_SHOWN);
	}
	buf_fini(&text);
}

static bool
run_sides(struct replay *replay, char **paths)
{
	struct side sides[2] = {0};
	struct sigma_program *other = NULL;
	size_t count = replay->compare_count > 0 ? 2 : 1;
	bool good = true;

	if (count == 2) {
		other = engine_load(&replay->engine, replay->compare,
			replay->compare_count);
		good = other != NULL && open_side(replay, other, &sides[1]);
	}
	good = good &&
		open_side(replay, replay->engine.judge.program, &sides[0]) &&
		read_all(replay, paths) && judge_all(replay, sides, count);
	if (good)
		print_result(replay, sides, count);
	close_side(&sides[0]);
	close_side(&sides[1]);
	sigma_program_free(other);
	return good;
}

static int
run(struct replay *replay, char **paths)
{
	bool good;

	if (!engine_open(&replay->engine, &replay->engine_options))
		return COMMAND_FAILED;
	replay->spool = spool_new(&replay->err);
	replay->arena = arena_new(MESSAGE_BYTES);
	good = replay->spool != NULL && replay->arena != NULL &&
		run_sides(replay, paths);
	if (!good && replay->err.code != ERR_NONE)
		fprintf(stderr, "forwarden replay: %s\n", replay->err.text);
	spool_free(replay->spool);
	arena_free(replay->arena);
	engine_close(&replay->engine);
	return good ? COMMAND_OK : COMMAND_FAILED;
}

static int
help(void)
{
	puts("usage: forwarden replay [OPTION...] PATH...\n\n"
	     "Judges old mail in the order of its time, with a clock of its\n"
	     "own and an empty store, and counts what mode enforce would have\n"
	     "done, by policy, mailbox and day. A path is an mbox, a Maildir, "
	     "a\n"
	     "directory of messages, a message, or a queue file of Postfix,\n"
	     "each plain or compressed by gzip.\n");
	engine_print_help();
	puts("      --compare PATH     other policies: what would differ\n"
	     "      --json             the counts as JSON\n"
	     "      --events           the events, one line of JSON each\n\n"
	     "An archive has lost the envelopes; they are guessed from the\n"
	     "headers. X-Envelope-From, -To, -Client and -User on top of a\n"
	     "message say what is known.");
	return COMMAND_OK;
}

static bool
take_option(struct replay *replay, int c, const char *value)
{
	if (c == OPTION_COMPARE && replay->compare_count < COMPARE_MAX) {
		replay->compare[replay->compare_count++] = value;
	} else if (c == OPTION_JSON) {
		replay->json = true;
	} else if (c == OPTION_EVENTS) {
		replay->events = true;
	} else {
		return engine_option(&replay->engine_options, c, value);
	}
	return true;
}

int
cmd_replay(int argc, char **argv)
{
	static const struct option options[] = {
		{"config", required_argument, NULL, 'c'},
		{"policies", required_argument, NULL, 'p'},
		{"local", required_argument, NULL, 'l'},
		{"networks", required_argument, NULL, 'n'},
		{"compare", required_argument, NULL, OPTION_COMPARE},
		{"json", no_argument, NULL, OPTION_JSON},
		{"events", no_argument, NULL, OPTION_EVENTS},
		{"help", no_argument, NULL, OPTION_HELP},
		{NULL, 0, NULL, 0},
	};
	struct replay replay = {.percent = -1};
	int c;

	while ((c = getopt_long(argc, argv, ENGINE_OPTIONS, options, NULL)) !=
		-1) {
		if (c == OPTION_HELP)
			return help();
		if (!take_option(&replay, c, optarg))
			return command_usage(USAGE);
	}
	if (optind == argc)
		return command_usage(USAGE);
	return run(&replay, argv + optind);
}
