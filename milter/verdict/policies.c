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

/* Is there one that speaks? Where none does, nothing is ever found, and
 * nobody hears of it. */
static bool
speaks(const struct sigma_program *program)
{
	for (size_t i = 0; i < sigma_program_rules(program); i++) {
		const struct sigma_rule *rule = sigma_program_rule(program, i);

		if (rule->kind != SIGMA_FILTER && !rule->silent)
			return true;
	}
	return false;
}

static bool
refuse_empty(const char *const *paths, size_t count, struct diags *diags)
{
	return diags_add(diags, DIAG_ERROR,
		(struct mark){count > 0 ? paths[0] : "", 0, 0, 1},
		"write policies: and the path of some; " DATADIR
		"/policies has those that come with the program",
		"there is no policy here that could find anything");
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
	if (program != NULL && !options->allow_empty && !speaks(program)) {
		sigma_program_free(program);
		program = NULL;
		(void)refuse_empty(paths, count, diags);
	}
out:
	arena_free(arena);
	return program;
}
