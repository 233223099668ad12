/* SPDX-License-Identifier: BSD-2-Clause */
/* One question a while, whose answer does not matter. */
#include "cli/follow_report.h"

uint64_t
follow_report_gaps(const struct follow_state *state)
{
	struct scan_sum sum = scan_sum(state->scan);
	struct follow_told_count count = follow_told_count(state->told);
	uint64_t gaps = sum.repeated + sum.unclear + sum.of_persons +
		sum.evicted + sum.rcpts_cut + count.left_out + count.refused;

	for (size_t i = 0; i < state->count; i++)
		gaps += follow_source_cut(state->sources[i]);
	return gaps;
}

void
follow_report_send(const struct follow_report *report,
	const struct follow_state *state, struct ask *ask)
{
	struct scan_sum sum = scan_sum(state->scan);
	struct buf path = {0};
	int64_t behind_ms = report->caught_up || sum.last_ms == 0 ||
			sum.last_ms > report->now_ms
		? 0
		: report->now_ms - sum.last_ms;

	buf_printf(&path,
		"/v1/follower?line=%lld&behind=%lld&lines=%llu&told=%llu&"
		"gaps=%llu&lost=%llu",
		(long long)sum.last_ms, (long long)behind_ms,
		(unsigned long long)sum.mail_lines,
		(unsigned long long)follow_told_count(state->told).told,
		(unsigned long long)follow_report_gaps(state),
		(unsigned long long)report->lost);
	if (buf_ok(&path))
		json_free(ask_json(ask, ASK_POST, path.p, &(struct err){0}));
	buf_fini(&path);
}
