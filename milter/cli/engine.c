/* SPDX-License-Identifier: BSD-2-Clause */
/* Policies, domains and networks for the tools. */
#include "cli/engine.h"

#include "cli/command.h"
#include "daemon/config.h"
#include "mta/queue_file.h"
#include "verdict/policies.h"

#include <stdio.h>
#include <unistd.h>

const struct archive_foreign engine_queue_files = {
	queue_file_is, queue_file_read};

static void
show(struct diags *diags)
{
	struct buf text = {0};

	diags_print(diags, &text);
	fwrite(text.p, 1, text.len, stderr);
	buf_fini(&text);
}

struct sigma_program *
engine_load(const struct engine *engine, const char *const *paths, size_t count)
{
	struct diags *diags = diags_new();
	struct sigma_options options;
	struct sigma_program *program;

	policies_options(&options);
	if (engine->generation != NULL) {
		options.lists = engine->generation->config->lists.at;
		options.list_count = engine->generation->config->lists.count;
	}
	program = policies_load(paths, count, &options, diags);
	if (program == NULL)
		show(diags);
	diags_free(diags);
	return program;
}

static bool
add_all(struct realm *realm, const struct options_words *words,
	bool (*add)(struct realm *, struct slice, struct err *))
{
	struct err err = {0};

	for (size_t i = 0; i < words->count; i++) {
		if (!add(realm, slice_of(words->at[i]), &err)) {
			fprintf(stderr, "forwarden: %s\n", err.text);
			return false;
		}
	}
	return true;
}

static bool
open_realm(struct engine *engine, const struct engine_options *options)
{
	static const struct options_words networks = {
		{"127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12",
			"192.168.0.0/16"},
		5};

	if (options->domains.count == 0 && engine->generation != NULL)
		return true;
	if (options->domains.count == 0) {
		fputs("forwarden: which domains are local? (-l DOMAIN, or a "
		      "configuration with -c FILE)\n",
			stderr);
		return false;
	}
	engine->own_realm = realm_new();
	if (engine->own_realm == NULL)
		return false;
	engine->realm = engine->own_realm;
	return add_all(engine->own_realm, &options->domains,
		       realm_add_domain) &&
		add_all(engine->own_realm,
			options->networks.count > 0 ? &options->networks
						    : &networks,
			realm_add_network);
}

static bool
open_config(struct engine *engine, const struct engine_options *options)
{
	const char *file = options->config;
	struct diags *diags;

	if (file == NULL && options->domains.count > 0)
		return true;
	if (file == NULL && access(COMMAND_CONFIG_FILE, R_OK) != 0)
		return true;
	diags = diags_new();
	engine->generation = generation_load(
		file != NULL ? file : COMMAND_CONFIG_FILE, NULL, diags);
	if (engine->generation == NULL)
		show(diags);
	diags_free(diags);
	if (engine->generation == NULL)
		return false;
	engine->realm = engine->generation->realm;
	engine->judge = engine->generation->judge;
	return true;
}

static bool
open_policies(struct engine *engine, const struct engine_options *options)
{
	static const char *const shipped[] = {DATADIR "/policies"};
	const char *const *paths = options->policies.at;
	size_t count = options->policies.count;

	if (count == 0 && engine->generation != NULL)
		return true;
	if (count == 0) {
		paths = shipped;
		count = 1;
	}
	engine->own_program = engine_load(engine, paths, count);
	engine->judge.program = engine->own_program;
	return engine->own_program != NULL;
}

bool
engine_open(struct engine *engine, const struct engine_options *options)
{
	*engine = (struct engine){0};
	judge_options_init(&engine->judge);
	if (open_config(engine, options) && open_realm(engine, options) &&
		open_policies(engine, options))
		return true;
	engine_close(engine);
	return false;
}

void
engine_close(struct engine *engine)
{
	sigma_program_free(engine->own_program);
	realm_free(engine->own_realm);
	generation_unref(engine->generation);
	*engine = (struct engine){0};
}
