/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The values of each field. A field that is not there has no values: an
 * absent name, a message that belongs to no flow, facts that were not
 * fetched. A mailbox' rates are over the last 24 hours before this message.
 */
#include "verdict/fetch.h"

#include "forward/evidence.h"
#include "verdict/lookalike.h"

#include <math.h>
#include <time.h>

#define MS_A_SECOND 1000
#define HOURS_BEFORE 23
#define SKEW_MAX 100.0

static const struct sigma_values absent = {0};

static struct sigma_values
one(struct arena *arena, struct slice text, double number)
{
	struct sigma_value *value;

	if (slice_is_absent(text))
		return absent;
	value = arena_alloc(arena, sizeof(*value));
	if (value == NULL)
		return absent;
	*value = (struct sigma_value){text, number};
	return (struct sigma_values){value, 1};
}

static struct sigma_values
text(struct arena *arena, struct slice value)
{
	return one(arena, value, NAN);
}

static struct sigma_values
number(struct arena *arena, double value)
{
	bool whole = value == floor(value) && fabs(value) < 1e15;

	return one(arena, arena_printf(arena, whole ? "%.0f" : "%.4g", value),
		value);
}

static struct sigma_values
truth(bool value)
{
	static const struct sigma_value values[] = {
		{{"false", 5}, 0},
		{{"true", 4}, 1},
	};

	return (struct sigma_values){&values[value], 1};
}

enum part {
	PART_TEXT,
	PART_LOCAL,
	PART_DOMAIN,
	PART_NAME
};

static struct slice
part_of(const struct address *address, enum part part)
{
	switch (part) {
	case PART_TEXT:
		return address->text;
	case PART_LOCAL:
		return address->local;
	case PART_DOMAIN:
		return address->domain;
	case PART_NAME:
		break;
	}
	return address->name;
}

/* One address; absent when its text is. */
static struct sigma_values
address(struct arena *arena, const struct address *from, enum part part)
{
	if (slice_is_absent(from->text))
		return absent;
	return text(arena, part_of(from, part));
}

static struct sigma_values
list(struct arena *arena, struct addresses from, enum part part)
{
	struct sigma_value *values;
	size_t count = 0;

	if (from.count == 0)
		return absent;
	values = arena_array(arena, from.count, sizeof(*values));
	if (values == NULL)
		return absent;
	for (size_t i = 0; i < from.count; i++) {
		struct slice value = part_of(&from.at[i], part);

		if (!slice_is_absent(value))
			values[count++] = (struct sigma_value){value, NAN};
	}
	return (struct sigma_values){values, count};
}

struct sigma_values
fetch_header(const struct fields_source *source, struct slice name,
	struct arena *arena)
{
	const struct message *message = source->message;
	struct sigma_value *values;
	const struct field *field;
	size_t count = 0;

	for (size_t at = 0; (field = message_field(message, name, at)) != NULL;
		at = field->index + 1)
		count++;
	if (count == 0)
		return absent;
	values = arena_array(arena, count, sizeof(*values));
	if (values == NULL)
		return absent;
	count = 0;
	for (size_t at = 0; (field = message_field(message, name, at)) != NULL;
		at = field->index + 1)
		values[count++] = (struct sigma_value){field->text, NAN};
	return (struct sigma_values){values, count};
}

/* Most fetchers are one expression over the source `s` in the arena `a`. */
#define FETCH(name, expression)                                 \
	struct sigma_values fetch_##name(                       \
		const struct fields_source *s, struct arena *a) \
	{                                                       \
		(void)s;                                        \
		(void)a;                                        \
		return expression;                              \
	}
/* The same for what only a flow has. */
#define FETCH_FLOW(name, expression) \
	FETCH(name, s->flow == NULL ? absent : (expression))
/* The same for what only the store knows. */
#define FETCH_FACT(name, expression) \
	FETCH(name, s->facts == NULL ? absent : (expression))

FETCH(direction, text(a, slice_of(direction_name(s->message->direction))))
FETCH(from_address, list(a, s->message->from, PART_TEXT))
FETCH(from_local, list(a, s->message->from, PART_LOCAL))
FETCH(from_domain, list(a, s->message->from, PART_DOMAIN))
FETCH(from_name, list(a, s->message->from, PART_NAME))
FETCH(sender_address, address(a, &s->message->sender, PART_TEXT))
FETCH(reply_to_address, list(a, s->message->reply_to, PART_TEXT))
FETCH(reply_to_domain, list(a, s->message->reply_to, PART_DOMAIN))
FETCH(to_address, list(a, s->message->to, PART_TEXT))
FETCH(to_domain, list(a, s->message->to, PART_DOMAIN))
FETCH(cc_address, list(a, s->message->cc, PART_TEXT))
FETCH(cc_domain, list(a, s->message->cc, PART_DOMAIN))
FETCH(subject, text(a, s->message->subject))
FETCH(message_id, text(a, s->message->message_id))
FETCH(x_mailer, fetch_header(s, SLICE("x-mailer"), a))
FETCH(content_type, fetch_header(s, SLICE("content-type"), a))

FETCH(mail_from_address, address(a, &s->message->mail_from, PART_TEXT))
FETCH(mail_from_local, address(a, &s->message->mail_from, PART_LOCAL))
FETCH(mail_from_domain, address(a, &s->message->mail_from, PART_DOMAIN))
FETCH(helo, text(a, s->message->client.helo))
FETCH(auth_user, text(a, s->message->client.auth_user))
FETCH(auth_method, text(a, s->message->client.auth_method))
FETCH(tls, text(a, s->message->client.tls))
FETCH(listener, text(a, s->message->client.listener))
FETCH(ip, text(a, s->message->client.ip))
FETCH(name, text(a, s->message->client.name))
FETCH(ours, truth(s->message->client_ours))

FETCH(hops, number(a, (double)s->message->hop_count))
FETCH(recipients, number(a, (double)s->message->rcpt_total))
FETCH(list, truth(s->message->list))
FETCH(auto_reply, truth(s->message->auto_reply))
FETCH(bounce, truth(s->message->bounce))
FETCH(encrypted, truth(s->message->encrypted))
FETCH(keyword, truth(keyword_in(s->keywords, s->message->subject)))

/* In the machine's zone: a person's night is where the person is. */
static struct tm
local_time(const struct message *message)
{
	time_t seconds = (time_t)(message->at_ms / MS_A_SECOND);
	struct tm parts = {0};

	localtime_r(&seconds, &parts);
	return parts;
}

static struct slice
weekday(const struct message *message)
{
	static const char *const days[] = {"sunday", "monday", "tuesday",
		"wednesday", "thursday", "friday", "saturday"};

	return slice_of(days[local_time(message).tm_wday % 7]);
}

FETCH(hour, number(a, local_time(s->message).tm_hour))
FETCH(weekday, text(a, weekday(s->message)))

FETCH_FLOW(mailbox_address, address(a, &s->flow->mailbox, PART_TEXT))
FETCH_FLOW(mailbox_local, address(a, &s->flow->mailbox, PART_LOCAL))
FETCH_FLOW(mailbox_domain, address(a, &s->flow->mailbox, PART_DOMAIN))
FETCH_FLOW(rcpt_address, address(a, &s->flow->rcpt->address, PART_TEXT))
FETCH_FLOW(rcpt_local, address(a, &s->flow->rcpt->address, PART_LOCAL))
FETCH_FLOW(rcpt_domain, address(a, &s->flow->rcpt->address, PART_DOMAIN))
FETCH_FLOW(rcpt_registered,
	text(a, lookalike_registered(s->flow->rcpt->address.domain)))
FETCH_FLOW(rcpt_external, truth(s->flow->rcpt->external))
FETCH_FLOW(
	rcpt_original_address, address(a, &s->flow->rcpt->original, PART_TEXT))
FETCH_FLOW(
	rcpt_original_domain, address(a, &s->flow->rcpt->original, PART_DOMAIN))
FETCH_FLOW(kind, text(a, slice_of(kind_name(s->flow->kind))))
FETCH_FLOW(platform,
	s->flow->platform == NULL || s->flow->platform[0] == '\0'
		? absent
		: text(a, slice_of(s->flow->platform)))
FETCH_FLOW(confidence, number(a, (double)s->flow->confidence))
FETCH_FLOW(delay,
	s->flow->delay_ms < 0
		? absent
		: number(a, (double)s->flow->delay_ms / MS_A_SECOND))

static bool
looks_like_ours(const struct flow *flow)
{
	return flow->rcpt->external && !slice_is_absent(flow->mailbox.text) &&
		lookalike_is(flow->rcpt->address.domain, flow->mailbox.domain);
}

FETCH_FLOW(rcpt_lookalike, truth(looks_like_ours(s->flow)))

struct sigma_values
fetch_evidence(const struct fields_source *source, struct arena *arena)
{
	struct sigma_value *values;
	size_t count = 0;

	if (source->flow == NULL || source->flow->evidence == 0)
		return absent;
	values = arena_array(arena, EVIDENCE_COUNT, sizeof(*values));
	if (values == NULL)
		return absent;
	for (unsigned i = 0; i < EVIDENCE_COUNT; i++) {
		const struct evidence_row *row = evidence_row((enum evidence)i);

		if (source->flow->evidence & (UINT64_C(1) << i))
			values[count++] =
				(struct sigma_value){slice_of(row->name), NAN};
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

FETCH_FACT(rcpt_new, truth(s->facts->route_count == 0))
FETCH_FACT(rcpt_age, number(a, route_age(s)))
FETCH_FACT(rcpt_count, number(a, (double)s->facts->route_count))
FETCH_FACT(contained, truth(s->facts->contained))
FETCH_FACT(received_day, number(a, (double)s->facts->received_day))
FETCH_FACT(forwarded_day, number(a, (double)s->facts->forwarded_day))
FETCH_FACT(forward_ratio, number(a, forward_ratio(s->facts)))
FETCH_FACT(burst, number(a, burst(s->facts)))
FETCH_FACT(keyword_skew,
	s->facts->forwarded_day == 0 ? absent
				     : number(a, keyword_skew(s->facts)))
