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

const struct sigma_outcome *
verdict_outcomes(const struct verdict *verdict, size_t flow, size_t *count)
{
	*count = 0;
	if (verdict->run == NULL)
		return NULL;
	return sigma_run_explain(verdict->run, flow, count);
}
