/* SPDX-License-Identifier: BSD-2-Clause */
/* A bounded list of observations. */
#include "forward/findings.h"

void
findings_clear(struct findings *findings)
{
	findings->took_part = false;
	findings->cut = false;
	findings->count = 0;
}

struct observation *
findings_add(
	struct findings *findings, enum evidence evidence, struct slice value)
{
	const struct evidence_row *row = evidence_row(evidence);
	struct observation *seen;

	if (findings->count == FINDINGS_MAX)
		return NULL;
	seen = &findings->at[findings->count++];
	*seen = (struct observation){.evidence = evidence,
		.confidence = row->confidence,
		.inside = true,
		.platform = row->platform,
		.value = value,
		.delay_ms = -1};
	return seen;
}

void
findings_copy(struct findings *findings, const struct findings *from,
	size_t begin, size_t end)
{
	for (size_t i = begin; i < end && findings->count < FINDINGS_MAX; i++)
		findings->at[findings->count++] = from->at[i];
}
