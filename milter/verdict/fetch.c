/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The computed fields. A mailbox' rates are over the last 24 hours before
 * this message.
 */
#include "verdict/fetch.h"

#include "forward/evidence.h"
#include "verdict/contained.h"
#include "verdict/lookalike.h"
#include "verdict/value.h"

#include <math.h>
#include <time.h>

#define MS_A_SECOND 1000
#define HOURS_BEFORE 23
#define SKEW_MAX 100.0
#define WEEKDAYS 7
#define YEAR_ZERO 1900 /* of struct tm */

/* Ended by NULL. */
static const char *const weekdays[WEEKDAYS + 1] = {"sunday", "monday",
	"tuesday", "wednesday", "thursday", "friday", "saturday", NULL};

const char *const *
fetch_weekday_names(void)
{
	return weekdays;
}

struct sigma_values
fetch_direction(const struct fields_source *s, struct arena *a)
{
	return value_text(
		a, slice_of(message_direction_name(s->message->direction)));
}

/* The subject is looked through once, however many fields ask. */
static unsigned
topics_of(const struct fields_source *source, struct arena *arena)
{
	struct keyword_memo *memo = source->memo;
	unsigned topics;

	if (memo != NULL && memo->known)
		return memo->topics;
	topics = keyword_topics(
		source->keywords, source->message->subject, arena);
	if (memo != NULL)
		*memo = (struct keyword_memo){true, topics};
	return topics;
}

struct sigma_values
fetch_keyword(const struct fields_source *s, struct arena *a)
{
	return value_truth(topics_of(s, a) != 0);
}

#define FETCH_KEYWORD(name, topic)                                          \
	struct sigma_values fetch_keyword_##name(                           \
		const struct fields_source *s, struct arena *a)             \
	{                                                                   \
		return value_truth((topics_of(s, a) & 1U << (topic)) != 0); \
	}

FETCH_KEYWORD(money, KEYWORD_MONEY)
FETCH_KEYWORD(credentials, KEYWORD_CREDENTIALS)
FETCH_KEYWORD(payroll, KEYWORD_PAYROLL)
FETCH_KEYWORD(legal, KEYWORD_LEGAL)
FETCH_KEYWORD(incident, KEYWORD_INCIDENT)

/* In the machine's zone: a person's night is where the person is. */
static struct tm
local_time(const struct fields_source *s)
{
	time_t seconds = (time_t)(s->at_ms / MS_A_SECOND);
	struct tm parts = {0};

	localtime_r(&seconds, &parts);
	return parts;
}

struct sigma_values
fetch_date(const struct fields_source *s, struct arena *a)
{
	struct tm parts = local_time(s);

	return value_text(a,
		arena_printf(a, "%04d-%02d-%02d", parts.tm_year + YEAR_ZERO,
			parts.tm_mon + 1, parts.tm_mday));
}

struct sigma_values
fetch_hour(const struct fields_source *s, struct arena *a)
{
	return value_number(a, local_time(s).tm_hour);
}

struct sigma_values
fetch_weekday(const struct fields_source *s, struct arena *a)
{
	int day = local_time(s).tm_wday;

	return value_text(a, slice_of(weekdays[day % WEEKDAYS]));
}

struct sigma_values
fetch_rcpt_registered(const struct fields_source *s, struct arena *a)
{
	return value_text(
		a, lookalike_registered(s->flow->rcpt->address.domain));
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
	return value_truth(looks_like_ours(s->flow));
}

struct sigma_values
fetch_kind(const struct fields_source *s, struct arena *a)
{
	return value_text(a, slice_of(evidence_kind_name(s->flow->kind)));
}

struct sigma_values
fetch_evidence(const struct fields_source *source, struct arena *arena)
{
	struct sigma_value *values;
	size_t count = 0;

	if (source->flow->evidence == 0)
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

/* Of a mailbox that is not known there is nothing to confirm. */
struct sigma_values
fetch_confirmed(const struct fields_source *s, struct arena *a)
{
	if (s->flow->mailbox.text.len == 0)
		return (struct sigma_values){0};
	return value_text(a, slice_of(flow_confirmed_name(s->flow->confirmed)));
}

struct sigma_values
fetch_excused_by(const struct fields_source *source, struct arena *arena)
{
	struct sigma_value *values;
	size_t count = 0;

	if (source->flow->excused_by == 0)
		return (struct sigma_values){0};
	values = arena_array(arena, EXEMPTION_COUNT, sizeof(*values));
	if (values == NULL)
		return (struct sigma_values){0};
	for (unsigned bit = 0; bit < EXEMPTION_COUNT; bit++) {
		if (source->flow->excused_by & (1U << bit)) {
			values[count++] = (struct sigma_value){
				slice_of(flow_exemption_name(bit)), NAN};
		}
	}
	return (struct sigma_values){values, count};
}

struct sigma_values
fetch_delay(const struct fields_source *s, struct arena *a)
{
	if (s->flow->delay_ms < 0)
		return (struct sigma_values){0};
	return value_number(a, (double)s->flow->delay_ms / MS_A_SECOND);
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

	if (first == 0 || first > source->at_ms)
		return 0;
	return (double)((source->at_ms - first) / MS_A_SECOND);
}

struct sigma_values
fetch_contained(const struct fields_source *s, struct arena *a)
{
	return value_truth(
		contained_mailbox(s->store, a, s->flow->mailbox.text));
}

struct sigma_values
fetch_rcpt_new(const struct fields_source *s, struct arena *a)
{
	(void)a;
	return value_truth(s->facts->route_count == 0);
}

struct sigma_values
fetch_rcpt_age(const struct fields_source *s, struct arena *a)
{
	return value_number(a, route_age(s));
}

struct sigma_values
fetch_route_age(const struct fields_source *s, struct arena *a)
{
	if (s->facts->route_count == 0)
		return (struct sigma_values){0};
	return value_number(a, route_age(s));
}

struct sigma_values
fetch_route_messages(const struct fields_source *s, struct arena *a)
{
	if (s->facts->route_count == 0)
		return (struct sigma_values){0};
	return value_number(a, (double)s->facts->route_count);
}

struct sigma_values
fetch_forward_ratio(const struct fields_source *s, struct arena *a)
{
	return value_number(a, forward_ratio(s->facts));
}

struct sigma_values
fetch_burst(const struct fields_source *s, struct arena *a)
{
	return value_number(a, burst(s->facts));
}

struct sigma_values
fetch_keyword_skew(const struct fields_source *s, struct arena *a)
{
	if (s->facts->forwarded_day == 0)
		return (struct sigma_values){0};
	return value_number(a, keyword_skew(s->facts));
}

struct sigma_values
fetch_rcpt_silent(const struct fields_source *s, struct arena *a)
{
	(void)a;
	if (!s->facts->peered)
		return (struct sigma_values){0};
	return value_truth(peer_is_silent(&s->facts->peer));
}

struct sigma_values
fetch_rcpt_prompt(const struct fields_source *s, struct arena *a)
{
	if (!s->facts->peered)
		return (struct sigma_values){0};
	return value_number(a, peer_prompt(&s->facts->peer));
}

struct sigma_values
fetch_rcpt_pace(const struct fields_source *s, struct arena *a)
{
	if (!s->facts->peered)
		return (struct sigma_values){0};
	return value_number(a, peer_pace(&s->facts->peer));
}

/* From the begin of that day to the begin of the message's. */
static struct sigma_values
days_since(const struct fields_source *s, struct arena *a, uint16_t day)
{
	int64_t today = s->at_ms / STORE_DAY_MS;

	if (!s->facts->peered)
		return (struct sigma_values){0};
	return value_number(a,
		today > day
			? (double)((today - day) * STORE_DAY_MS) / MS_A_SECOND
			: 0);
}

struct sigma_values
fetch_rcpt_since(const struct fields_source *s, struct arena *a)
{
	return days_since(s, a, s->facts->peer.first_day);
}

struct sigma_values
fetch_mailbox_since(const struct fields_source *s, struct arena *a)
{
	return days_since(s, a, s->facts->begun_day);
}
