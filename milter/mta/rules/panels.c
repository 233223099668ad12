/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of control panels: a file a domain, its keys whole addresses or local
 * parts of it. */
#include "mta/rules/panels.h"

#include "mta/rules/aliases.h"
#include "mta/rules/exim_filter.h"

static void
read_domain(struct survey *survey, struct slice path, struct slice domain)
{
	struct source source;
	struct aliases it;

	if (!survey_read(survey, path, SURVEY_MAY_BE_ABSENT, &source))
		return;
	inside_learn(survey->inside, domain);
	it = (struct aliases){.rest = source.text};
	for (struct alias alias; aliases_next(&it, survey->arena, &alias);) {
		bool whole = slice_find_byte(alias.name, '@', 0) != SLICE_NONE;
		struct sender sender = {
			.source = &source,
			.line = alias.line,
			.mailbox = inside_mailbox(survey->inside, survey->arena,
				whole ? alias.name
				      : arena_printf(survey->arena, "%.*s@%.*s",
						SLICE_ARG(alias.name),
						SLICE_ARG(domain))),
			.mechanism = RULE_VIRTUAL,
			.bare_commands = true,
		};

		if (!slice_starts_fold(alias.value, SLICE(":fail:")) &&
			!slice_starts_fold(alias.value, SLICE(":blackhole:")))
			survey_recipients(survey, &sender, alias.value);
	}
}

static void
read_filters(struct survey *survey, struct slice path, struct slice domain)
{
	struct source source;

	if (survey_read(survey, path, SURVEY_MAY_BE_ABSENT, &source)) {
		exim_filter_read(survey, &source,
			arena_printf(
				survey->arena, "@%.*s", SLICE_ARG(domain)));
	}
}

/* Calls it for the files of a folder, each named as its domain; with below,
 * for that file in each of its folders. */
static void
each_domain(struct survey *survey, const char *folder, const char *below,
	void (*read)(struct survey *, struct slice path, struct slice domain))
{
	struct tree_names names;

	if (!survey_list(survey, slice_of(folder), &names))
		return;
	for (size_t i = 0; i < names.count; i++) {
		struct slice name =
			arena_copy(survey->arena, slice_of(names.at[i]));

		if (slice_find_byte(name, '.', 0) == SLICE_NONE)
			continue;
		read(survey,
			arena_printf(survey->arena, "%s/%.*s%s", folder,
				SLICE_ARG(name), below),
			name);
	}
	tree_list_free(&names);
}

void
panels_read(struct survey *survey)
{
	each_domain(survey, "/etc/valiases", "", read_domain);
	each_domain(survey, "/etc/vfilters", "", read_filters);
	each_domain(survey, "/etc/virtual", "/aliases", read_domain);
	each_domain(survey, "/etc/virtual", "/filter", read_filters);
}
