/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fields of a flow and of what the store knows of it. They have no value
 * on a message's own record, nor where the facts were not fetched. A
 * mailbox' rates are over the last 24 hours before this message.
 */
#include "verdict/fetch.h"

#include "forward/evidence.h"
#include "verdict/lookalike.h"
#include "verdict/value.h"

#include <math.h>

#define MS_A_SECOND 1000
#define HOURS_BEFORE 23
#define SKEW_MAX 100.0

struct sigma_values
fetch_mailbox_address(const struct fields_source *s, struct arena *a)
{
	if (s->flow == NULL)
		return (struct sigma_values){0};
	return value_address(a, &s->flow->mailbox, PART_TEXT);
}

struct sigma_values
fetch_mailbox_local(const struct fields_source *s, struct arena *a)
{
	if (s->flow == NULL)
		return (struct sigma_values){0};
	return value_address(a, &s->flow->mailbox, PART_LOCAL);
}

struct sigma_values
fetch_mailbox_domain(const struct fields_source *s, struct arena *a)
{
	if (s->flow == NULL)
		return (struct sigma_values){0};
	return value_address(a, &s->flow->mailbox, PART_DOMAIN);
}

struct sigma_values
fetch_rcpt_address(const struct fields_source *s, struct arena *a)
{
	if (s->flow == NULL)
		return (struct sigma_values){0};
	return value_address(a, &s->flow->rcpt->address, PART_TEXT);
}

struct sigma_values
fetch_rcpt_local(const struct fields_source *s, struct arena *a)
{
	if (s->flow == NULL)
		return (struct sigma_values){0};
	return value_address(a, &s->flow->rcpt->address, PART_LOCAL);
}

struct sigma_values
fetch_rcpt_domain(const struct fields_source *s, struct arena *a)
{
	if (s->flow == NULL)
		return (struct sigma_values){0};
	return value_address(a, &s->flow->rcpt->address, PART_DOMAIN);
}

struct sigma_values
fetch_rcpt_registered(const struct fields_source *s, struct arena *a)
{
	if (s->flow == NULL)
		return (struct sigma_values){0};
	return value_text(
		a, lookalike_registered(s->flow->rcpt->address.domain));
}

struct sigma_values
fetch_rcpt_external(const struct fields_source *s, struct arena *a)
{
	(void)a;
	if (s->flow == NULL)
		return (struct sigma_values){0};
	return value_truth(s->flow->rcpt->external);
}

struct sigma_values
fetch_rcpt_original_address(const struct fields_source *s, struct arena *a)
{
	if (s->flow == NULL)
		return (struct sigma_values){0};
	return value_address(a, &s->flow->rcpt->original, PART_TEXT);
}

struct sigma_values
fetch_rcpt_original_domain(const struct fields_source *s, struct arena *a)
{
	if (s->flow == NULL)
		return (struct sigma_values){0};
	return value_address(a, &s->flow->rcpt->original, PART_DOMAIN);
}

struct sigma_values
fetch_kind(const struct fields_source *s, struct arena *a)
{
	if (s->flow == NULL)
		return (struct sigma_values){0};
	return value_text(a, slice_of(kind_name(s->flow->kind)));
}

struct sigma_values
fetch_platform(const struct fields_source *s, struct arena *a)
{
	if (s->flow == NULL || s->flow->platform == NULL ||
		s->flow->platform[0] == '\0')
		return (struct sigma_values){0};
	return value_text(a, slice_of(s->flow->platform));
}

struct sigma_values
fetch_confidence(const struct fields_source *s, struct arena *a)
{
	if (s->flow == NULL)
		return (struct sigma_values){0};
	return value_number(a, (double)s->flow->confidence);
}

struct sigma_values
fetch_delay(const struct fields_source *s, struct arena *a)
{
	if (s->flow == NULL || s->flow->delay_ms < 0)
		return (struct sigma_values){0};
	return value_number(a, (double)s->flow->delay_ms / MS_A_SECOND);
}

static bool
looks_like_ours(const struct flow *flow)
{
	return flow->rcpt->external && !slice_is_absent(flow->mailbox.text) &&
		lookalike_is(flow->rcpt->address.domain, flow->mailbox.domain);
}

struct sigma_values
fetch_rcpt_lookalike(const struct fields_source *s, struct arena *a)
{
	(void)a;
	if (s->flow == NULL)
		return (struct sigma_values){0};
	return value_truth(looks_like_ours(s->flow));
}

struct sigma_values
fetch_evidence(const struct fields_source *source, struct arena *arena)
{
	struct sigma_value *values;
	size_t count = 0;

	if (source->flow == NULL || source->flow->evidence == 0)
		return (struct sigma_values){0};
	values = arena_array(arena, EVIDENCE_COUNT, sizeof(*values));
	if (values == NULL)
		return (struct sigma_values){0};
	for (unsigned i = 0; i < EVIDENCE_COUNT; i++) {
		const struct evidence_row *row = evidence_row((enum evidence)i);

		if (source->flow->evidence & (UINT64_C(1) << i)) {
			values[count++] =
				(struct sigma_value){slice_of(row->name), NAN};
		}
	}
	return (struct sigma_values){values, count};
}

/* Of the mailbox' forwarded mail against its received mail, where one
 * received message is counted as a keyword one so that nothing is divided by
 * zero. */
static double
keyword_skew(const struct store_facts *facts)
{
	double forwarded = (double)facts->keyword_forwarded_day /
		(double)facts->forwarded_day;
	double received = ((double)facts->keyword_received_day + 1) /
		((double)facts->received_day + 1);

	return fmin(forwarded / received, SKEW_MAX);
}

static double
forward_ratio(const struct store_facts *facts)
{
	return (double)facts->forwarded_day /
		fmax((double)facts->received_day, 1);
}

/* This hour against the mean of the other hours, at least one in a day. */
static double
burst(const struct store_facts *facts)
{
	double now = (double)facts->forwarded_hour;
	double past = fmax((double)facts->forwarded_day - now, 1);

	return now / (past / HOURS_BEFORE);
}

static double
route_age(const struct fields_source *source)
{
	int64_t first = source->facts->route_first_ms;

	if (first == 0 || first > source->message->at_ms)
		return 0;
	return (double)((source->message->at_ms - first) / MS_A_SECOND);
}

struct sigma_values
fetch_rcpt_new(const struct fields_source *s, struct arena *a)
{
	(void)a;
	if (s->facts == NULL)
		return (struct sigma_values){0};
	return value_truth(s->facts->route_count == 0);
}

struct sigma_values
fetch_rcpt_age(const struct fields_source *s, struct arena *a)
{
	if (s->facts == NULL)
		return (struct sigma_values){0};
	return value_number(a, route_age(s));
}

struct sigma_values
fetch_rcpt_count(const struct fields_source *s, struct arena *a)
{
	if (s->facts == NULL)
		return (struct sigma_values){0};
	return value_number(a, (double)s->facts->route_count);
}

struct sigma_values
fetch_contained(const struct fields_source *s, struct arena *a)
{
	(void)a;
	if (s->facts == NULL)
		return (struct sigma_values){0};
	return value_truth(s->facts->contained);
}

struct sigma_values
fetch_received_day(const struct fields_source *s, struct arena *a)
{
	if (s->facts == NULL)
		return (struct sigma_values){0};
	return value_number(a, (double)s->facts->received_day);
}

struct sigma_values
fetch_forwarded_day(const struct fields_source *s, struct arena *a)
{
	if (s->facts == NULL)
		return (struct sigma_values){0};
	return value_number(a, (double)s->facts->forwarded_day);
}

struct sigma_values
fetch_forward_ratio(const struct fields_source *s, struct arena *a)
{
	if (s->facts == NULL)
		return (struct sigma_values){0};
	return value_number(a, forward_ratio(s->facts));
}

struct sigma_values
fetch_burst(const struct fields_source *s, struct arena *a)
{
	if (s->facts == NULL)
		return (struct sigma_values){0};
	return value_number(a, burst(s->facts));
}

struct sigma_values
fetch_keyword_skew(const struct fields_source *s, struct arena *a)
{
	if (s->facts == NULL || s->facts->forwarded_day == 0)
		return (struct sigma_values){0};
	return value_number(a, keyword_skew(s->facts));
}
