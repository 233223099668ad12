/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions to a verdict. */
#include "verdict/verdict.h"

struct slice
verdict_policy(const struct sigma_rule *rule)
{
	if (rule->name.len > 0)
		return rule->name;
	return rule->id.len > 0 ? rule->id : rule->title;
}

struct slice
verdict_identity(const struct verdict *verdict, size_t rcpt)
{
	const struct message *message = verdict->message;
	struct slice *kept = NULL, identity;

	if (verdict->identities != NULL)
		kept = &verdict->identities[rcpt];
	if (kept != NULL && !slice_is_absent(*kept))
		return *kept;
	identity = message_identity(message, &message->rcpts[rcpt]);
	if (kept != NULL)
		*kept = identity;
	return identity;
}

const struct sigma_outcome *
verdict_outcomes(const struct verdict *verdict, size_t flow, size_t *count)
{
	*count = 0;
	if (verdict->run == NULL)
		return NULL;
	return sigma_run_explain(verdict->run, flow, count);
}

/* They are sorted, so one policy's lie side by side. */
static const struct matched *
next_of(const struct matched *matched, size_t count, size_t *at)
{
	while (*at < count) {
		size_t i = (*at)++;

		if (i == 0 || matched[i].rule != matched[i - 1].rule)
			return &matched[i];
	}
	return NULL;
}

const struct matched *
verdict_next(const struct verdict *verdict, size_t *at)
{
	return next_of(verdict->matched, verdict->matched_count, at);
}

const struct matched *
verdict_next_unknown(const struct verdict *verdict, size_t *at)
{
	return next_of(verdict->unknown, verdict->unknown_count, at);
}

const char *
verdict_told_name(enum told_fields told)
{
	static const char *const names[] = {[TOLD_ALL] = "all",
		[TOLD_POLICY] = "policy",
		[TOLD_FEW] = "few"};

	return names[told];
}
