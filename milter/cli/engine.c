/* SPDX-License-Identifier: BSD-2-Clause */
/* Policies, domains and networks for the tools. */
#include "cli/engine.h"

#include "cli/command.h"
#include "daemon/config_engine.h"
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

bool
engine_load(const struct engine *engine, const char *const *paths, size_t count,
	struct engine_policies *out)
{
	struct diags *diags = diags_new();
	struct sigma_options options = config_sigma_options(engine->config);

	out->program =
		policies_load(paths, count, &options, diags, &out->keywords);
	if (out->program == NULL)
		show(diags);
	diags_free(diags);
	return out->program != NULL;
}

void
engine_policies_free(struct engine_policies *policies)
{
	sigma_program_free(policies->program);
	keywords_free(policies->keywords);
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

/* The configuration's networks, where the command line has none. */
static bool
add_configured(struct engine *engine)
{
	const struct reader_text_list *networks = &engine->config->networks;
	struct err err = {0};

	for (size_t i = 0; i < networks->count; i++) {
		if (!realm_add_network(
			    engine->own_realm, networks->at[i], &err)) {
			fprintf(stderr, "forwarden: %s\n", err.text);
			return false;
		}
	}
	return true;
}

static bool
open_realm(struct engine *engine, const struct engine_options *options)
{
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
	if (!add_all(engine->own_realm, &options->domains, realm_add_domain))
		return false;
	if (options->networks.count > 0) {
		return add_all(engine->own_realm, &options->networks,
			realm_add_network);
	}
	return add_configured(engine);
}

static bool
load_config(struct engine *engine, const char *file)
{
	struct diags *diags = diags_new();

	engine->generation = generation_load(file, NULL, diags);
	if (engine->generation == NULL)
		show(diags);
	diags_free(diags);
	if (engine->generation == NULL)
		return false;
	engine->config = engine->generation->config;
	engine->realm = engine->generation->realm;
	engine->judge = engine->generation->judge;
	return true;
}

/* The installed one only where it is there, and not asked for otherwise. */
static bool
open_config(struct engine *engine, const struct engine_options *options)
{
	if (options->config != NULL)
		return load_config(engine, options->config);
	return options->domains.count > 0 ||
		access(COMMAND_CONFIG_FILE, R_OK) != 0 ||
		load_config(engine, COMMAND_CONFIG_FILE);
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
	if (!engine_load(engine, paths, count, &engine->own))
		return false;
	engine->judge.program = engine->own.program;
	engine->judge.keywords = engine->own.keywords;
	return true;
}

static bool
open_defaults(struct engine *engine)
{
	*engine = (struct engine){.own_config = config_defaults()};
	engine->config = engine->own_config;
	if (engine->config == NULL) {
		fputs("forwarden: out of memory\n", stderr);
		return false;
	}
	engine->judge = config_judge_options(engine->config);
	return true;
}

bool
engine_open(struct engine *engine, const struct engine_options *options)
{
	if (!open_defaults(engine))
		return false;
	if (open_config(engine, options) && open_realm(engine, options) &&
		open_policies(engine, options))
		return true;
	engine_close(engine);
	return false;
}

bool
engine_open_config(struct engine *engine, const char *file)
{
	if (!open_defaults(engine))
		return false;
	if (file == NULL || load_config(engine, file))
		return true;
	engine_close(engine);
	return false;
}

struct sandbox_options
engine_sandbox(const struct engine *engine)
{
	struct sandbox_options options = {
		.realm = engine->realm,
		.judge = engine->judge,
		.limits = config_message_limits(engine->config),
		.store = config_store_options(engine->config),
	};

	options.store.uri = "memory";
	options.store.hash_key = (struct slice){NULL, 0};
	return options;
}

void
engine_close(struct engine *engine)
{
	engine_policies_free(&engine->own);
	realm_free(engine->own_realm);
	generation_unref(engine->generation);
	config_free(engine->own_config);
	*engine = (struct engine){0};
}
