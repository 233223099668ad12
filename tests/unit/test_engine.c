/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One default a setting: what test, explain and replay judge with is what the
 * daemon judges with, whichever key of the configuration is set, and the
 * table's defaults where there is no file.
 */
#include "rows.h"

#include "cli/engine.h"
#include "daemon/config_engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DOMAIN "example.com"

/* Keys that change nothing of how a message is judged or counted: where the
 * daemon is, how it reports, whom it runs as. A row that is in neither part
 * of the table fails the test below. */
static const char *const not_engine[] = {"socket.mode", "control_mode",
	"respond.unable", "log.level", "log.all", "privacy.hash",
	"limits.message_bytes", "limits.connections", "limits.sessions",
	"limits.drain_time", "limits.hang_time", "confine.privileges",
	"confine.capabilities", "confine.core", "confine.seccomp",
	"confine.landlock"};

/* Whole sections of that kind. */
static const char *const not_engine_sections[] = {"alerts.", "held.", "page."};

static void
print_judge(const struct judge_options *judge, struct buf *out)
{
	for (size_t i = 0; i < SIGMA_LEVEL_COUNT; i++)
		buf_printf(out, "%d ", judge->respond.level[i]);
	buf_printf(out, "%d %d %d %d %d %d\n", judge->respond.ceiling,
		judge->respond.test_cap, judge->respond.unseen,
		judge->respond.gave_up, judge->respond.mode,
		judge->respond.outgoing);
	buf_printf(out, "%lld %lld %zu %d\n", (long long)judge->store_budget_ms,
		(long long)judge->trace_ttl_ms, judge->trace_members,
		(int)judge->told);
}

static void
print_limits(const struct message_limits *limits, struct buf *out)
{
	buf_printf(out, "%zu %zu %zu %zu\n", limits->fields,
		limits->field_bytes, limits->recipients, limits->addresses);
}

static void
print_sigma(const struct sigma_options *sigma, struct buf *out)
{
	buf_printf(out, "%lld %zu %lld %d %d %s %s\n",
		(long long)sigma->timespan_max_ms, sigma->value_bytes,
		(long long)sigma->regex_budget_us, sigma->gave_up_matches,
		sigma->narrowing_filters, sigma->category, sigma->product);
}

static void
print_store(const struct store_options *store, struct buf *out)
{
	buf_printf(out, "%llu %llu %u %u %u\n",
		(unsigned long long)store->memory_bytes,
		(unsigned long long)store->journal_bytes, store->events,
		store->routes, store->trace_members);
	buf_printf(out, "%lld %lld %lld %lld\n", (long long)store->snapshot_ms,
		(long long)store->connect_ms, (long long)store->backoff_ms,
		(long long)store->backoff_max_ms);
	buf_printf(out, "%lld %lld %lld %s\n", (long long)store->mailbox_ttl_ms,
		(long long)store->day_ttl_ms, (long long)store->dedup_ttl_ms,
		store->prefix);
}

/* As the worker sets itself up. */
static void
print_daemon(const char *file, struct buf *out)
{
	struct diags *diags = diags_new();
	const struct generation *generation =
		generation_load(file, NULL, diags);
	struct sigma_options sigma;
	struct store_options store;
	struct buf text = {0};

	if (generation == NULL) {
		diags_print(diags, &text);
		fputs(buf_slice(&text).p, stderr);
	}
	assert_non_null(generation);
	sigma = config_sigma_options(generation->config);
	store = config_store_options(generation->config);
	print_judge(&generation->judge, out);
	print_limits(&generation->limits, out);
	print_sigma(&sigma, out);
	print_store(&store, out);
	buf_printf(out, "%zu networks\n", generation->config->networks.count);
	generation_unref(generation);
	buf_fini(&text);
	diags_free(diags);
}

/* As explain and replay do; file may be NULL. */
static void
print_tools(const char *file, const char *policies, struct buf *out)
{
	struct engine_options options = {.config = file};
	struct sandbox_options sandbox;
	struct sigma_options sigma;
	struct engine engine;

	if (file == NULL) {
		assert_true(options_words.take(&options.domains, DOMAIN));
		assert_true(options_words.take(&options.policies, policies));
	}
	assert_true(engine_open(&engine, &options));
	sandbox = engine_sandbox(&engine);
	sigma = config_sigma_options(engine.config);
	print_judge(&sandbox.judge, out);
	print_limits(&sandbox.limits, out);
	print_sigma(&sigma, out);
	print_store(&sandbox.store, out);
	buf_printf(out, "%zu networks\n", engine.config->networks.count);
	engine_close(&engine);
}

struct folder {
	char path[64], config[96], policy[96];
};

static bool
write_policy(const char *path)
{
	FILE *f = fopen(path, "w");

	return f != NULL &&
		fputs("title: one\nlevel: low\n"
		      "logsource: {category: email, product: forwarden}\n"
		      "detection: {s: {rcpt.new: true}, condition: s}\n",
			f) >= 0 &&
		fclose(f) == 0;
}

static int
set_up(void **state)
{
	struct folder *folder = calloc(1, sizeof(*folder));

	if (folder == NULL)
		return -1;
	strcpy(folder->path, "/tmp/forwarden-engine-XXXXXX");
	if (mkdtemp(folder->path) == NULL)
		return -1;
	(void)snprintf(folder->config, sizeof(folder->config),
		"%s/forwarden.conf", folder->path);
	(void)snprintf(folder->policy, sizeof(folder->policy), "%s/one.yaml",
		folder->path);
	*state = folder;
	return write_policy(folder->policy) ? 0 : -1;
}

static int
tear_down(void **state)
{
	struct folder *folder = *state;

	(void)unlink(folder->config);
	(void)unlink(folder->policy);
	(void)rmdir(folder->path);
	free(folder);
	return 0;
}

/* name is "limits.fields"; NULL: nothing but what must be given. */
static void
write_config(const struct folder *folder, const char *name, const char *value)
{
	FILE *f = fopen(folder->config, "w");
	const char *dot = name != NULL ? strchr(name, '.') : NULL;

	assert_non_null(f);
	fprintf(f, "local: {domains: [" DOMAIN "]}\n");
	if (name == NULL || strcmp(name, "policies") != 0)
		fprintf(f, "policies: %s\n", folder->path);
	if (dot != NULL) {
		fprintf(f, "%.*s: {%s: %s}\n", (int)(dot - name), name, dot + 1,
			value);
	} else if (name != NULL) {
		fprintf(f, "%s: %s\n", name, value);
	}
	assert_int_equal(fclose(f), 0);
}

static void
test_the_defaults_are_the_same(void **state)
{
	const struct folder *folder = *state;
	struct buf daemon = {0}, with_file = {0}, without = {0};

	write_config(folder, NULL, NULL);
	print_daemon(folder->config, &daemon);
	print_tools(folder->config, folder->path, &with_file);
	print_tools(NULL, folder->path, &without);
	assert_string_equal(buf_slice(&daemon).p, buf_slice(&with_file).p);
	assert_string_equal(buf_slice(&daemon).p, buf_slice(&without).p);
	buf_fini(&daemon);
	buf_fini(&with_file);
	buf_fini(&without);
}

/* Another value than the default, but one that goes with all the others. */
static bool
other_value(const struct reader_key *key, struct buf *out)
{
	long long initial;

	if (key->type == &reader_word) {
		buf_puts(out,
			strcmp(key->word(0), key->initial) == 0 ? key->word(1)
								: key->word(0));
		return true;
	}
	if (key->type->parse == NULL || key->initial == NULL)
		return false;
	assert_true(key->type->parse(slice_of(key->initial), &initial));
	if (strcmp(key->name, "redis.retry_max") == 0 ||
		strcmp(key->name, "keep.mailbox_time") == 0 ||
		strcmp(key->name, "limits.field_bytes") == 0 ||
		strcmp(key->name, "limits.message_bytes") == 0) {
		key->type->print(key->most, out);
	} else {
		key->type->print(
			key->least != initial ? key->least : key->most, out);
	}
	return true;
}

static bool
is_of_other_section(const char *name)
{
	size_t count =
		sizeof(not_engine_sections) / sizeof(*not_engine_sections);

	for (size_t i = 0; i < count; i++) {
		const char *section = not_engine_sections[i];

		if (strncmp(section, name, strlen(section)) == 0)
			return true;
	}
	return false;
}

static bool
is_of_engine(const char *name)
{
	if (is_of_other_section(name))
		return false;
	for (size_t i = 0; i < sizeof(not_engine) / sizeof(*not_engine); i++) {
		if (strcmp(not_engine[i], name) == 0)
			return false;
	}
	return true;
}

static void
test_every_row_reaches_both(void **state)
{
	const struct folder *folder = *state;
	struct buf initial = {0};
	size_t reaching = 0;

	write_config(folder, NULL, NULL);
	print_daemon(folder->config, &initial);
	for (size_t i = 0; i < config_table.count; i++) {
		const struct reader_key *key = &config_table.keys[i];
		struct buf value = {0}, daemon = {0}, tools = {0};

		/* Which wants a token, too. */
		if (strcmp(key->name, "page.read") != 0 &&
			other_value(key, &value)) {
			write_config(folder, key->name, buf_slice(&value).p);
			print_daemon(folder->config, &daemon);
			print_tools(folder->config, folder->path, &tools);
			assert_string_equal(
				buf_slice(&daemon).p, buf_slice(&tools).p);
			if (is_of_engine(key->name) !=
				(strcmp(buf_slice(&daemon).p,
					 buf_slice(&initial).p) != 0))
				fail_msg("%s", key->name);
			reaching += is_of_engine(key->name);
		}
		buf_fini(&value);
		buf_fini(&daemon);
		buf_fini(&tools);
	}
	assert_true(reaching > 20);
	buf_fini(&initial);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_the_defaults_are_the_same, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_every_row_reaches_both, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
