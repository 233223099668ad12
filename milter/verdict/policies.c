/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading policies with the mail binding. */
#include "verdict/policies.h"

#include "verdict/action.h"
#include "verdict/fields.h"

#include <stdio.h>

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)
#define TIMESPAN_MAX_MS (30 * DAY_MS)
#define HINT_BYTES 128

/* In the order of the judge's bits. */
static const char *const services[] = {"message", "forward", NULL};

void
policies_options(struct sigma_options *options)
{
	sigma_options_init(options);
	options->schema = fields_schema();
	options->category = "email";
	options->product = "forwarden";
	options->services = services;
	options->timespan_max_ms = TIMESPAN_MAX_MS;
}

static bool
action_is_known(const struct sigma_rule *rule, struct diags *diags)
{
	struct mark mark = {.file = rule->file.p,
		.line = rule->line,
		.column = 1,
		.width = 1};
	char hint[HINT_BYTES];
	const char *nearest;
	enum action action;

	if (slice_is_absent(rule->action) ||
		action_parse(rule->action, &action))
		return true;
	nearest = action_nearest(rule->action);
	snprintf(hint, sizeof(hint),
		"%s%s%snone, log, tag, divert, quarantine, tempfail, reject "
		"and discard are the actions",
		nearest != NULL ? "did you mean \"" : "",
		nearest != NULL ? nearest : "", nearest != NULL ? "\"? " : "");
	return diags_add(diags, DIAG_ERROR, mark, hint,
		"x-forwarden-action: no action is called \"%.*s\"",
		SLICE_ARG(rule->action));
}

struct sigma_program *
policies_load(const char *const *paths, size_t count,
	const struct sigma_options *options, struct diags *diags)
{
	struct sigma_program *program =
		sigma_program_load(paths, count, options, diags);
	bool known = true;

	if (program == NULL)
		return NULL;
	for (size_t i = 0; i < sigma_program_rules(program); i++) {
		if (!action_is_known(sigma_program_rule(program, i), diags))
			known = false;
	}
	if (known)
		return program;
	sigma_program_free(program);
	return NULL;
}
