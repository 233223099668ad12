/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading policies with the mail binding. */
#include "verdict/policies.h"

#include "verdict/action.h"
#include "verdict/fields.h"
#include "verdict/lists.h"

#define LISTS_BYTES (64 * 1024 * 1024)

/* In the order of the bits of enum service. */
static const char *const services[] = {"message", "forward", "outbound", NULL};

void
policies_options(struct sigma_options *options)
{
	*options = (struct sigma_options){
		.schema = fields_schema(),
		.category = "email",
		.product = "forwarden",
		.services = services,
		.actions = action_names(),
	};
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
