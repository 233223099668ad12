/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden hunt: policies over the events of yesterday. */
#include "base/input.h"
#include "cli/command.h"
#include "cli/engine.h"
#include "cli/screen.h"
#include "lab/hunt.h"
#include "verdict/event_record.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#define ARENA_BYTES ((size_t)16 * 1024 * 1024)

struct hunt_options {
	const char *config;
	struct options_words policies;
	bool check, json;
	char **paths;
};

struct hunt {
	const struct hunt_options *options;
	struct engine engine;
	struct engine_policies own;
	const struct sigma_program *program;
	struct arena *arena;
	uint64_t events, matched, bare, differ, excused, other_set, odd;
};

static void
add_names(struct buf *line, const char *sign, const struct hunt_names *names,
	const struct hunt_names *but)
{
	for (size_t i = 0; i < names->count; i++) {
		if (but == NULL || !hunt_has(but, names->at[i])) {
			buf_printf(line, " %s", sign);
			buf_add_visible(line, names->at[i]);
		}
	}
}

static void
add_event(struct buf *line, const struct json *event)
{
	const struct json *own = json_find(event, "forwarden");

	screen_add_time(line, json_text(event, "@timestamp"));
	buf_puts(line, " ");
	buf_add_visible(line, json_text(json_find(event, "event"), "id"));
	buf_puts(line, " ");
	buf_add_visible(line, json_text(own, "mailbox"));
	buf_puts(line, " -> ");
	buf_add_visible(line, json_text(own, "destination"));
}

static void
print_match(const struct json *event, const struct hunt_names *names)
{
	struct buf line = {0};

	add_event(&line, event);
	add_names(&line, "", names, NULL);
	puts(line.p);
	buf_fini(&line);
}

static void
print_match_json(const struct json *event, const struct hunt_names *names)
{
	struct json *one = json_map(), *list = json_list();

	json_set_text(one, "@timestamp", json_text(event, "@timestamp"));
	json_set_text(one, "id", json_text(json_find(event, "event"), "id"));
	for (size_t i = 0; i < names->count; i++)
		json_add_text(list, names->at[i]);
	json_set_take(one, "policies", list);
	screen_print_json(one);
}

/* Does it say the same as the daemon said? */
static void
compare(struct hunt *hunt, const struct json *event,
	const struct hunt_names *found, const struct hunt_names *told)
{
	struct slice set =
		json_text(json_find(event, "forwarden"), "policy_set");
	struct buf line = {0};

	add_names(&line, "+", found, told);
	add_names(&line, "-", told, found);
	if (!slice_equal(set, slice_of(sigma_program_digest(hunt->program))))
		hunt->other_set++;
	if (line.len > 0 && hunt_excuse(event) != NULL) {
		hunt->excused++;
	} else if (line.len > 0) {
		struct buf head = {0};

		hunt->differ++;
		add_event(&head, event);
		printf("%s%s\n", head.p, line.p);
		buf_fini(&head);
	}
	buf_fini(&line);
}

static bool
look_at(struct hunt *hunt, const struct json *event)
{
	struct hunt_names found, told;

	hunt->events++;
	if (!event_record_is(event)) {
		hunt->bare++;
		return true;
	}
	arena_reset(hunt->arena);
	if (!hunt_event(hunt->program, hunt->arena, event, &found) ||
		!hunt_told(hunt->arena, event, &told)) {
		fputs("forwarden hunt: out of memory\n", stderr);
		return false;
	}
	hunt->matched += found.count > 0;
	if (hunt->options->check) {
		compare(hunt, event, &found, &told);
	} else if (found.count > 0 && hunt->options->json) {
		print_match_json(event, &found);
	} else if (found.count > 0) {
		print_match(event, &found);
	}
	return true;
}

/* A line of a log has the event behind its own head; a SIEM gives it out as
 * the source of a document. */
static bool
look_at_line(struct hunt *hunt, struct slice line)
{
	size_t brace = slice_find_byte(line, '{', 0);
	struct err err = {0};
	struct json *json;
	const struct json *event;
	bool good = true;

	if (slice_trim(line).len == 0)
		return true;
	json = brace == SLICE_NONE
		? NULL
		: json_parse(slice_sub(line, brace, line.len), &err);
	event = json_find(json, "_source") != NULL ? json_find(json, "_source")
						   : json;
	if (json_find(event, "forwarden") != NULL) {
		good = look_at(hunt, event);
	} else {
		hunt->odd++;
	}
	json_free(json);
	return good;
}

static bool
read_path(struct hunt *hunt, const char *path, struct err *err)
{
	struct input *input = input_open(path, err);
	struct buf line = {0};
	bool good = true;

	if (input == NULL)
		return false;
	while (good && input_line(input, &line, err)) {
		good = look_at_line(hunt, buf_slice(&line));
		buf_reset(&line);
	}
	input_close(input);
	buf_fini(&line);
	return good && err->code == ERR_NONE;
}

static void
print_sum(const struct hunt *hunt)
{
	FILE *out = hunt->options->json ? stderr : stdout;

	fprintf(out, "%" PRIu64 " events, %" PRIu64 " matched\n", hunt->events,
		hunt->matched);
	if (hunt->options->check) {
		fprintf(out,
			"%" PRIu64 " differ from what the daemon said, %" PRIu64
			" more are not whole\n",
			hunt->differ, hunt->excused);
	}
	if (hunt->options->check && hunt->other_set > 0) {
		fprintf(out,
			"%" PRIu64 " were judged by other policies than "
			"these (%s)\n",
			hunt->other_set, sigma_program_digest(hunt->program));
	}
	if (hunt->bare > 0) {
		fprintf(out,
			"%" PRIu64 " have no fields to ask: they are of a "
			"version before 0.2\n",
			hunt->bare);
	}
	if (hunt->odd > 0) {
		fprintf(out, "%" PRIu64 " lines are no events of Forwarden\n",
			hunt->odd);
	}
}

static bool
open_policies(struct hunt *hunt)
{
	const struct hunt_options *options = hunt->options;
	const char *config = options->config;

	if (config == NULL && options->policies.count == 0)
		config = COMMAND_CONFIG_FILE;
	if (!engine_open_config(&hunt->engine, config))
		return false;
	hunt->program = hunt->engine.judge.program;
	if (options->policies.count > 0) {
		if (!engine_load(&hunt->engine, options->policies.at,
			    options->policies.count, &hunt->own))
			return false;
		hunt->program = hunt->own.program;
	}
	return true;
}

static int
run(struct hunt *hunt)
{
	struct err err = {0};
	bool good = true;

	if (*hunt->options->paths == NULL)
		good = read_path(hunt, "-", &err);
	for (char **path = hunt->options->paths; good && *path != NULL; path++)
		good = read_path(hunt, *path, &err);
	if (!good) {
		if (err.code != ERR_NONE)
			fprintf(stderr, "forwarden hunt: %s\n", err.text);
		return COMMAND_FAILED;
	}
	print_sum(hunt);
	if (hunt->events == hunt->bare)
		return COMMAND_FAILED;
	return hunt->differ > 0 ? COMMAND_FAILED : COMMAND_OK;
}

static bool
parse_options(int argc, char **argv, struct hunt_options *options, int *status)
{
	const struct options_row rows[] = {
		{"config", 'c', "FILE", &options_text, &options->config,
			"configuration (the installed one, without -p)"},
		{"policies", 'p', "PATH", &options_words, &options->policies,
			"policies instead of its own"},
		{"check", 0, NULL, &options_flag, &options->check,
			"where these do not say what the daemon said"},
		{"json", 'j', NULL, &options_flag, &options->json,
			"what matched, a line of JSON an event"},
	};
	const struct options table = {
		.about = "Runs policies over events, as a SIEM does: what a "
			 "new one would have found.\nA file has an event a "
			 "line (log.events, `forwarden events`, an export of "
			 "Elastic),\nplain or compressed; without one the "
			 "standard input is read. Correlations are\nnot "
			 "asked. Exit status: 0; 1 where --check finds "
			 "differences, or there is no\nevent; 2 when the "
			 "command line is wrong.",
		.example = "hunt -p new.yaml events.jsonl",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows),
		.operands = "[FILE...]",
		.most = -1};

	*options = (struct hunt_options){0};
	return options_read(&table, argc, argv, &options->paths, status);
}

int
cmd_hunt(int argc, char **argv)
{
	struct hunt_options options;
	struct hunt hunt = {.options = &options};
	int status;

	if (!parse_options(argc, argv, &options, &status))
		return status;
	if (options.check && options.json)
		return options_refuse(argv[0], "one of --check and --json");
	if (!open_policies(&hunt)) {
		status = COMMAND_FAILED;
	} else {
		hunt.arena = arena_new(ARENA_BYTES);
		status = hunt.arena != NULL ? run(&hunt) : COMMAND_FAILED;
	}
	arena_free(hunt.arena);
	engine_policies_free(&hunt.own);
	engine_close(&hunt.engine);
	return status;
}
