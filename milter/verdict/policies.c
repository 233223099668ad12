/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading policies with the mail binding. */
#include "verdict/policies.h"

#include "verdict/action.h"
#include "verdict/fields.h"
#include "verdict/lists.h"

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)
#define TIMESPAN_MAX_MS (30 * DAY_MS)
#define LISTS_BYTES (64 * 1024 * 1024)

/* In the order of the judge's bits. */
static const char *const services[] = {"message", "forward", "outbound", NULL};

void
policies_options(struct sigma_options *options)
{
	sigma_options_init(options);
	options->schema = fields_schema();
	options->category = "email";
	options->product = "forwarden";
	options->services = services;
	options->actions = action_names();
	options->timespan_max_ms = TIMESPAN_MAX_MS;
}

/* Which lists were used goes back to the caller's own. */
static void
mark_used(const struct sigma_options *options, const struct lists *lists)
{
	for (size_t i = 0; i < options->list_count; i++)
		options->lists[i].used |= lists->at[i].used;
}

struct sigma_program *
policies_load(const char *const *paths, size_t count,
	const struct sigma_options *options, struct diags *diags)
{
	struct arena *arena = arena_new(LISTS_BYTES);
	struct lists given = {options->lists, options->list_count}, all;
	struct sigma_options with_lists = *options;
	struct sigma_program *program = NULL;

	if (arena == NULL ||
		!lists_gather(arena, &given, paths, count, diags, &all))
		goto out;
	with_lists.lists = all.at;
	with_lists.list_count = all.count;
	program = sigma_program_load(paths, count, &with_lists, diags);
	mark_used(options, &all);
out:
	arena_free(arena);
	return program;
}
