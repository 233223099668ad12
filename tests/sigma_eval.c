/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sigma_eval RULES EVENTS.jsonl: runs any Sigma rules over flat JSON events,
 * one a line, and prints "event-number TAB rule-id" for each match, events
 * numbered from 0. Log
 * sources are ignored; keywords are searched in all values. With EVENTS "-"
 * the rules are only loaded. For holding the engine against another one.
 */
#include "base/clock.h"
#include "sigma/program.h"
#include "unit/sigma_settings.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES ((size_t)16 << 20)

static bool
resolve(const void *ctx, struct slice name, struct sigma_field *out)
{
	(void)ctx;
	(void)name;
	out->type = SIGMA_ANY;
	out->scope = SCOPE_FLOW;
	return true;
}

static const struct sigma_schema schema = {
	.resolve = resolve, .keywords = true};

/* What JSON has, as text. */
static struct slice
text_of(const json_t *value, struct arena *arena)
{
	if (json_is_string(value)) {
		return (struct slice){
			json_string_value(value), json_string_length(value)};
	}
	if (json_is_integer(value)) {
		return arena_printf(
			arena, "%lld", (long long)json_integer_value(value));
	}
	if (json_is_real(value))
		return arena_printf(arena, "%.17g", json_real_value(value));
	return json_is_true(value) ? SLICE("true") : SLICE("false");
}

static double
number_of(const json_t *value, struct slice text)
{
	char *end;
	double number;

	if (json_is_number(value))
		return json_number_value(value);
	if (!json_is_string(value) || text.len == 0)
		return NAN;
	number = strtod(text.p, &end);
	return end == text.p + text.len ? number : NAN;
}

static void
add(struct sigma_value *values, size_t *count, const json_t *value,
	struct arena *arena)
{
	struct sigma_value *out = &values[*count];

	if (value == NULL || json_is_null(value) || json_is_object(value))
		return;
	out->text = text_of(value, arena);
	out->number = number_of(value, out->text);
	(*count)++;
}

static struct sigma_values
values_of(const void *ctx, const struct sigma_field *field, struct arena *arena)
{
	const json_t *value = json_object_get(ctx, field->name.p);
	size_t many = json_is_array(value) ? json_array_size(value) : 1, i;
	struct sigma_value *values = arena_array(arena, many, sizeof(*values));
	size_t count = 0;

	for (i = 0; i < many && values != NULL; i++) {
		add(values, &count,
			json_is_array(value) ? json_array_get(value, i) : value,
			arena);
	}
	return (struct sigma_values){values, count};
}

static struct sigma_values
all_of(const void *ctx, struct arena *arena)
{
	json_t *event = (json_t *)(uintptr_t)ctx, *value;
	struct sigma_value *values =
		arena_array(arena, json_object_size(event), sizeof(*values));
	const char *key;
	size_t count = 0;

	json_object_foreach(event, key, value) if (values != NULL)
		add(values, &count, value, arena);
	return (struct sigma_values){values, count};
}

static void
run_event(const struct sigma_program *program, const json_t *event,
	unsigned number)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	const struct sigma_record record = {
		.ctx = event, .values = values_of, .all = all_of};
	struct sigma_run *run = sigma_run_new(program, arena, &record);
	const struct sigma_hit *hits;
	size_t count;

	if (run == NULL || !sigma_run_flow(run, &record, SLICE("event"))) {
		fprintf(stderr, "event %u: out of memory\n", number);
		exit(2);
	}
	hits = sigma_run_finish(run, &count);
	for (size_t i = 0; i < count; i++)
		printf("%u\t%.*s\n", number, SLICE_ARG(hits[i].rule->id));
	if (sigma_run_gave_up(run))
		fprintf(stderr, "event %u: a regex gave up\n", number);
	arena_free(arena);
}

static int
run_events(const struct sigma_program *program, const char *path)
{
	FILE *in = fopen(path, "r");
	unsigned number = 0;
	json_error_t error;
	json_t *event;

	if (in == NULL) {
		perror(path);
		return 2;
	}
	while ((event = json_loadf(in, JSON_DISABLE_EOF_CHECK, &error)) !=
		NULL) {
		run_event(program, event, number++);
		json_decref(event);
	}
	(void)fclose(in);
	return 0;
}

static struct sigma_program *
load(const char *path)
{
	struct sigma_options options;
	struct diags *diags = diags_new();
	struct sigma_program *program;
	struct buf text = {0};
	int64_t start = clock_monotonic_us();

	sigma_options_init(&options);
	options.schema = &schema;
	options.narrowing_filters = true;
	options.value_bytes = 1 << 20;
	program = sigma_program_load(&path, 1, &options, diags);
	diags_print(diags, &text);
	fputs(text.p != NULL ? text.p : "", stderr);
	fprintf(stderr, "%zu rules in %lld ms\n",
		program != NULL ? sigma_program_rules(program) : 0,
		(long long)((clock_monotonic_us() - start) / 1000));
	buf_fini(&text);
	diags_free(diags);
	return program;
}

int
main(int argc, char **argv)
{
	struct sigma_program *program;
	int status = 0;

	if (argc != 3) {
		fputs("usage: sigma_eval RULES EVENTS.jsonl\n", stderr);
		return 2;
	}
	program = load(argv[1]);
	if (program == NULL)
		return 1;
	if (strcmp(argv[2], "-") != 0)
		status = run_events(program, argv[2]);
	sigma_program_free(program);
	return status;
}
