/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forwarden check: everything that is wrong with the configuration and its
 * policies in one run, what is loaded and what is skipped and why; with
 * --connect, whether the real things can be reached.
 */
#include "base/clock.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/screen.h"
#include "daemon/config_engine.h"
#include "daemon/generation.h"
#include "daemon/listener.h"
#include "daemon/storage.h"
#include "store/uri.h"
#include "verdict/policies.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CONNECT_MS 3000
#define CONNECT_LOOK_MS 20

struct check_options {
	const char *file;
	bool strict, json, connect;
	char **paths; /* policies alone, instead of a configuration */
	size_t path_count;
};

/* What was found. */
struct check {
	struct diags *diags;
	const struct generation
		*generation; /* NULL: errors, or policies alone */
	struct config *defaults; /* of policies alone, as is the next */
	struct sigma_program *own;
	struct keywords *keywords;
	const struct sigma_program *program; /* either's; may be NULL */
	bool unreachable;
};

static bool
parse_options(int argc, char **argv, struct check_options *options, int *status)
{
	const struct options_row rows[] = {
		{"config", 'c', "FILE", &options_text, &options->file,
			"the configuration (" COMMAND_CONFIG_FILE ")"},
		{"strict", 0, NULL, &options_flag, &options->strict,
			"a warning counts as an error"},
		{"json", 'j', NULL, &options_flag, &options->json,
			"what was found as JSON"},
		{"connect", 0, NULL, &options_flag, &options->connect,
			"tries the store and the sockets, too"},
	};
	const struct options table = {
		.about = "Checks the configuration and its policies, or the "
			 "policies that are named.",
		.example = "check --connect",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows),
		.operands = "[POLICY...]",
		.most = -1};

	*options = (struct check_options){0};
	if (!options_read(&table, argc, argv, &options->paths, status))
		return false;
	while (options->paths[options->path_count] != NULL)
		options->path_count++;
	if (options->path_count > 0 &&
		(options->file != NULL || options->connect)) {
		*status = options_refuse(argv[0],
			"either policies alone, or a configuration with -c "
			"and --connect");
		return false;
	}
	if (options->file == NULL)
		options->file = COMMAND_CONFIG_FILE;
	return true;
}

static void
load(struct check *check, const struct check_options *options)
{
	const struct generation_options careful = {.adversarial = true};
	struct sigma_options sigma;

	if (options->path_count == 0) {
		check->generation =
			generation_load(options->file, &careful, check->diags);
		if (check->generation != NULL)
			check->program = check->generation->program;
		return;
	}
	check->defaults = config_defaults();
	if (check->defaults == NULL)
		return;
	sigma = config_sigma_options(check->defaults);
	sigma.adversarial = true;
	check->own = policies_load((const char *const *)options->paths,
		options->path_count, &sigma, check->diags, &check->keywords);
	check->program = check->own;
}

static void
print_rules(const struct sigma_program *program)
{
	const struct sigma_skipped *skipped;
	size_t count = sigma_program_rules(program), i;

	for (i = 0; i < count; i++) {
		const struct sigma_rule *rule = sigma_program_rule(program, i);

		(void)printf("loaded   %-13s %-12s %.*s (%.*s:%u)%s\n",
			rule->kind == SIGMA_FILTER
				? "filter"
				: sigma_level_name(rule->level),
			sigma_status_name(rule->status), SLICE_ARG(rule->title),
			SLICE_ARG(rule->file), rule->line,
			rule->silent ? ": counted only" : "");
	}
	(void)printf("digest   %s\n", sigma_program_digest(program));
	count = sigma_program_skipped(program, &skipped);
	for (i = 0; i < count; i++) {
		(void)printf("skipped  %.*s (%.*s:%u): %s\n",
			SLICE_ARG(skipped[i].title), SLICE_ARG(skipped[i].file),
			skipped[i].line, skipped[i].why);
	}
}

static void
print_text(const struct check *check)
{
	struct buf text = {0};

	if (check->program != NULL)
		print_rules(check->program);
	if (diags_total(check->diags) > 0) {
		(void)fflush(stdout);
		diags_print(check->diags, &text);
		(void)fputs(buf_slice(&text).p, stderr);
	} else {
		(void)puts("no errors, no warnings");
	}
	buf_fini(&text);
}

static struct json *
json_of_diags(const struct diags *diags)
{
	static const char *const severities[] = {
		[DIAG_ERROR] = "error",
		[DIAG_WARNING] = "warning",
		[DIAG_NOTE] = "note",
	};
	struct json *all = json_list();

	for (size_t i = 0; i < diags_total(diags); i++) {
		const struct diag *diag = diags_at(diags, i);
		struct json *one = json_map();

		json_set_text(
			one, "severity", slice_of(severities[diag->severity]));
		json_set_text(one, "file", slice_of(diag->mark.file));
		json_set_number(one, "line", diag->mark.line);
		json_set_number(one, "column", diag->mark.column);
		json_set_text(one, "message", slice_of(diag->what));
		if (diag->hint != NULL)
			json_set_text(one, "hint", slice_of(diag->hint));
		json_add_take(all, one);
	}
	return all;
}

static struct json *
json_of_rules(const struct sigma_program *program)
{
	struct json *all = json_list();
	size_t count = program != NULL ? sigma_program_rules(program) : 0, i;

	for (i = 0; i < count; i++) {
		const struct sigma_rule *rule = sigma_program_rule(program, i);
		struct json *one = json_map();

		json_set_text(one, "title", rule->title);
		json_set_text(one, "id", rule->id);
		json_set_text(
			one, "level", slice_of(sigma_level_name(rule->level)));
		json_set_text(one, "status",
			slice_of(sigma_status_name(rule->status)));
		json_set_text(one, "file", rule->file);
		json_set_number(one, "line", rule->line);
		json_set_bool(one, "counted_only", rule->silent);
		json_add_take(all, one);
	}
	return all;
}

static struct json *
json_of_skipped(const struct sigma_program *program)
{
	const struct sigma_skipped *skipped = NULL;
	struct json *all = json_list();
	size_t count;

	count = program != NULL ? sigma_program_skipped(program, &skipped) : 0;
	for (size_t i = 0; i < count; i++) {
		struct json *one = json_map();

		json_set_text(one, "title", skipped[i].title);
		json_set_text(one, "file", skipped[i].file);
		json_set_number(one, "line", skipped[i].line);
		json_set_text(one, "why", slice_of(skipped[i].why));
		json_add_take(all, one);
	}
	return all;
}

static void
print_json(const struct check *check)
{
	struct json *all = json_map();

	json_set_number(all, "errors",
		(long long)diags_count(check->diags, DIAG_ERROR));
	json_set_number(all, "warnings",
		(long long)diags_count(check->diags, DIAG_WARNING));
	json_set_take(all, "diagnostics", json_of_diags(check->diags));
	if (check->program != NULL) {
		json_set_text(all, "digest",
			slice_of(sigma_program_digest(check->program)));
	}
	json_set_take(all, "policies", json_of_rules(check->program));
	json_set_take(all, "skipped", json_of_skipped(check->program));
	screen_print_json(all);
}

static bool
say_reached(bool ok, const char *what, const char *why)
{
	(void)fprintf(ok ? stdout : stderr, "%-8s %s%s%s\n",
		ok ? "reached" : "failed", what, *why != '\0' ? ": " : "", why);
	return ok;
}

/* Without the password. */
static bool
say_store(bool ok, const struct config *config, const char *why)
{
	struct buf shown = {0};

	uri_show(slice_of(config->store), &shown);
	ok = say_reached(ok, buf_slice(&shown).p, why);
	buf_fini(&shown);
	return ok;
}

static void
say_right(
	void *ctx, enum rights_news news, const char *text, const char *remedy)
{
	bool *ok = ctx;

	*ok = say_reached(news == RIGHTS_FINE, text, remedy) && *ok;
}

/* A store answers from memory while its Redis is away: what counts here is
 * whether it comes up. */
static bool
reach_store(const struct config *config)
{
	const struct timespec pause = {0, CONNECT_LOOK_MS * 1000000L};
	int64_t until = clock_monotonic_ms() + CONNECT_MS;
	struct store_health health = {0};
	struct err err = {0};
	struct store *store = storage_probe(config, &err);

	if (store == NULL)
		return say_store(false, config, err.text);
	for (;;) {
		store_health(store, &health);
		if (health.up || clock_monotonic_ms() >= until)
			break;
		(void)nanosleep(&pause, NULL);
	}
	store_close(store);
	return say_store(health.up, config, health.up ? "" : health.reason);
}

/* Free to be listened on, or ours already. */
static bool
reach_listener(const char *spec)
{
	struct socket_name address;
	struct buf owner = {0};
	struct err err = {0};
	bool ok = true;
	int fd;

	if (*spec == '\0' || !socket_name_parse(slice_of(spec), &address, &err))
		return true;
	if (listener_owner(&address, &owner)) {
		ok = say_reached(slice_find(buf_slice(&owner),
					 SLICE("(forwarden)")) != SLICE_NONE,
			spec, buf_slice(&owner).p);
	} else if (address.family != SOCKET_NAME_UNIX) {
		fd = listener_open(&address, NULL, &err);
		ok = say_reached(fd >= 0, spec, err.text);
		if (fd >= 0)
			(void)close(fd);
	}
	buf_fini(&owner);
	return ok;
}

static void
reach(struct check *check)
{
	const struct config *config = check->generation->config;
	bool store = reach_store(config);
	bool rights = true;
	bool milter = reach_listener(config->listen);
	bool http = reach_listener(config->http);

	/* Where the store does not come up, this may say why. */
	(void)storage_try(config, say_right, &rights);
	check->unreachable = !store || !rights || !milter || !http;
}

static int
judge_check(const struct check *check, const struct check_options *options)
{
	if (diags_count(check->diags, DIAG_ERROR) > 0 || check->unreachable)
		return COMMAND_FAILED;
	if (options->strict && diags_count(check->diags, DIAG_WARNING) > 0)
		return COMMAND_FAILED;
	return COMMAND_OK;
}

int
cmd_check(int argc, char **argv)
{
	struct check_options options;
	struct check check = {0};
	int status;

	if (!parse_options(argc, argv, &options, &status))
		return status;
	check.diags = diags_new();
	if (check.diags == NULL)
		return COMMAND_FAILED;
	load(&check, &options);
	if (options.json) {
		print_json(&check);
	} else {
		print_text(&check);
	}
	if (options.connect && check.generation != NULL)
		reach(&check);
	status = judge_check(&check, &options);
	generation_unref(check.generation);
	sigma_program_free(check.own);
	keywords_free(check.keywords);
	config_free(check.defaults);
	diags_free(check.diags);
	return status;
}
