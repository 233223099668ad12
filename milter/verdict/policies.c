/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading policies with the mail binding. */
#include "verdict/policies.h"

#include "verdict/action.h"
#include "verdict/fields.h"
#include "verdict/lists.h"
#include "verdict/schema.h"
#include "verdict/service.h"

#include <stdio.h>

#define LISTS_BYTES (64 * 1024 * 1024)

void
policies_options(struct sigma_options *options)
{
	*options = (struct sigma_options){
		.schema = schema_of_mail(),
		.category = "email",
		.product = "forwarden",
		.services = service_names(),
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

/* Keywords are read by a field, not by rules that name them. */
static void
use_keywords(struct lists *lists)
{
	for (size_t i = 0; i < lists->count; i++)
		lists->at[i].used |= keyword_is_list(lists->at[i].name);
}

/* A rule that rests on words which are not there never matches. */
static bool
check_keywords(const struct sigma_program *program,
	const struct keywords *keywords, struct diags *diags)
{
	bool good = true;

	for (enum keyword_topic topic = 0; topic < KEYWORD_OWN; topic++) {
		char field[64];
		int id;

		(void)snprintf(field, sizeof(field), "message.keyword.%s",
			keyword_topic_name(topic));
		id = fields_find(slice_of(field));
		for (size_t i = 0; keywords_count(keywords, topic) == 0 &&
			i < sigma_program_rules(program);
			i++) {
			const struct sigma_rule *rule =
				sigma_program_rule(program, i);

			if (rule->kind != SIGMA_DETECTION ||
				!sigma_rule_reads(program, rule, id))
				continue;
			good = diags_add(diags, DIAG_ERROR,
				(struct mark){rule->file.p, rule->line, 1, 1},
				"lists/NAME.txt beside the policies, or lists: "
				"in the configuration; those that come with "
				"the "
				"program lie in " DATADIR "/policies/lists",
				"%s has no word: there is no list \"%s\"",
				field, keyword_list_name(topic));
		}
	}
	return good;
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

/* NULL with errors told. */
static struct sigma_program *
load(const char *const *paths, size_t count,
	const struct sigma_options *options, struct diags *diags,
	const struct keywords *keywords)
{
	struct sigma_program *program =
		sigma_program_load(paths, count, options, diags);
	bool good = program != NULL;

	if (good && !options->allow_empty && !speaks(program))
		good = refuse_empty(paths, count, diags);
	if (good && !options->allow_empty)
		good = check_keywords(program, keywords, diags);
	if (good)
		return program;
	sigma_program_free(program);
	return NULL;
}

struct sigma_program *
policies_load(const char *const *paths, size_t count,
	const struct sigma_options *options, struct diags *diags,
	struct keywords **keywords)
{
	struct arena *arena = arena_new(LISTS_BYTES);
	struct lists given = {options->lists, options->list_count}, all;
	struct sigma_options with_lists = *options;
	struct sigma_program *program = NULL;

	*keywords = NULL;
	if (arena == NULL ||
		!lists_gather(arena, &given, paths, count, diags, &all))
		goto out;
	use_keywords(&all);
	*keywords = keywords_new(all.at, all.count);
	with_lists.lists = all.at;
	with_lists.list_count = all.count;
	if (*keywords != NULL)
		program = load(paths, count, &with_lists, diags, *keywords);
	mark_used(options, &all);
	if (program == NULL) {
		keywords_free(*keywords);
		*keywords = NULL;
	}
out:
	arena_free(arena);
	return program;
}
