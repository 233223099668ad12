/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Weighing.
 *
 * Once a flow is bound, every observation that names another mailbox falls
 * away, so that an outsider who writes "X-MS-Exchange-Inbox-Rules-Loop:
 * boss@..." into a mail to a clerk that forwards cannot point at the boss.
 * Observations that name nobody support whoever was bound.
 *
 * What is left is weighed by confidence.c after exempt.c took away what is
 * excused. Under a floor it is called nothing at all. From
 * FLOW_CONFIDENCE_LIKELY on it is taken for a forward; between the two lies
 * what a person does with the Forward button: the same references as a mail
 * program's rule, but minutes later. A single one of those cannot be told
 * from a slow rule. Repetition tells: policies count them a mailbox.
 *
 * The kind is the most particular one that the counting evidence names. If it
 * names none, a message by the mailbox itself carries another one on, and any
 * other is the same message sent again. What the store knows to be the same
 * message is no new one, whoever is written into it as its author.
 */
#include "forward/weigh.h"

#include "forward/confidence.h"
#include "forward/exempt.h"

#include <string.h>

/*
 * Old marks that name nobody and were on the message when it came say
 * nothing of the one who now passes it on, if he is not its author.
 */
static bool
is_stale(const struct context *context, const struct observation *seen,
	enum bind_rank rank)
{
	if (seen->mailbox.text.len > 0 || seen->inside ||
		context->author.text.len > 0)
		return false;
	return rank == BIND_AUTHOR_LOGIN || rank == BIND_LOGIN ||
		rank == BIND_ENVELOPE;
}

/* What only says that a product touched it says nothing of mail that the
 * mailbox itself wrote. */
static bool
is_idle(const struct context *context, const struct observation *seen,
	const struct flow *flow)
{
	return seen->bare && context->author.text.len > 0 &&
		address_equal(&context->author, &flow->mailbox);
}

static enum standing
find_standing(const struct context *context, const struct observation *seen,
	const struct flow *flow, bool unknown)
{
	bool named = seen->mailbox.text.len > 0;

	if (seen->standing > STANDING_EXCUSED)
		return seen->standing;
	if (named && !context_is_local(context, &seen->mailbox))
		return STANDING_FOREIGN;
	if (is_idle(context, seen, flow))
		return STANDING_UNBOUND;
	if (flow->mailbox.text.len == 0 && unknown) {
		if (named && seen->speaker > SPEAKER_SOFTWARE)
			return STANDING_UNHEARD;
		return exempt_covers(flow->exempt, seen) ? STANDING_EXCUSED
							 : STANDING_COUNTS;
	}
	if (flow->mailbox.text.len == 0)
		return STANDING_UNBOUND;
	if (named && !address_equal(&seen->mailbox, &flow->mailbox))
		return STANDING_OTHER;
	if (seen->standing == STANDING_EXCUSED ||
		exempt_covers(flow->exempt, seen))
		return STANDING_EXCUSED;
	return STANDING_COUNTS;
}

/* The delay of what counts; then what so small a delay adds. A message that
 * one of us wrote to both gets no points for being quick. */
static void
add_speed(const struct context *context, struct findings *findings,
	struct flow *flow, bool unknown)
{
	struct observation *speed;
	bool own_word = false;
	unsigned points;

	for (size_t i = 0; i < findings->count; i++) {
		const struct observation *seen = &findings->at[i];
		bool full = seen->confidence ==
			evidence_row(seen->evidence)->confidence;

		if (seen->delay_ms >= 0 && full &&
			seen->standing <= STANDING_EXCUSED &&
			(flow->delay_ms < 0 ||
				seen->delay_ms < flow->delay_ms)) {
			flow->delay_ms = seen->delay_ms;
			own_word = seen->own_word;
		}
	}
	points = confidence_of_speed(flow->delay_ms);
	if (points == 0)
		return;
	speed = findings_add(findings, EVIDENCE_MACHINE_SPEED, SLICE("delay"));
	if (speed == NULL)
		return;
	speed->confidence = (unsigned char)points;
	speed->delay_ms = flow->delay_ms;
	speed->own_word = own_word;
	speed->standing = find_standing(context, speed, flow, unknown);
}

static bool
counts_more(const struct observation *a, const struct observation *b)
{
	if (a->standing != b->standing)
		return a->standing < b->standing;
	return a->confidence > b->confidence;
}

/* By insertion: there are few, and most come in order. */
static void
sort_findings(struct findings *findings)
{
	size_t j;

	for (size_t i = 1; i < findings->count; i++) {
		struct observation moved = findings->at[i];

		for (j = i; j > 0 && counts_more(&moved, &findings->at[j - 1]);
			j--)
			findings->at[j] = findings->at[j - 1];
		findings->at[j] = moved;
	}
}

static enum kind
kind_by_author(const struct context *context, const struct flow *flow)
{
	const struct address *author = &context->author;

	return author->text.len > 0 && address_equal(author, &flow->mailbox)
		? KIND_FORWARD
		: KIND_REDIRECT;
}

/*
 * To and Cc are a stranger's word. On mail that was born here (a web form) it
 * stays a hint, unless something else says that the message came in.
 */
static bool
is_capped(const struct hearing *hearing, enum bind_rank rank,
	const struct findings *findings)
{
	if (rank != BIND_ADDRESSEE || hearing->came_in)
		return false;
	for (size_t i = 0; i < findings->count; i++) {
		enum evidence_family family =
			evidence_row(findings->at[i].evidence)->family;

		if (findings->at[i].standing == STANDING_COUNTS &&
			family != FAMILY_ROUTE && family != FAMILY_CONTENT)
			return false;
	}
	return true;
}

static unsigned
capped(unsigned confidence, bool cap)
{
	return cap && confidence >= FLOW_CONFIDENCE_LIKELY
		? FLOW_CONFIDENCE_LIKELY - 1
		: confidence;
}

/* The exemptions without which it would be taken for a forward. */
static void
find_excuses(const struct findings *findings, struct flow *flow)
{
	if (flow->would_confidence < FLOW_CONFIDENCE_LIKELY ||
		flow->confidence >= FLOW_CONFIDENCE_LIKELY) {
		flow->unproven = 0;
		return;
	}
	for (unsigned bit = 0; bit < EXEMPTION_COUNT; bit++) {
		for (size_t i = 0; i < findings->count; i++) {
			const struct observation *seen = &findings->at[i];
			unsigned one = flow->exempt & 1U << bit;

			if (seen->standing == STANDING_EXCUSED &&
				(exempt_covers(one, seen) ||
					(one == EXEMPT_REPLY && findings->cut)))
				flow->excused_by |= one;
		}
	}
	flow->unproven &= flow->excused_by;
}

/* The store has the message itself. */
static bool
is_same_message(const struct flow *flow)
{
	return (flow->evidence &
		       (UINT64_C(1) << EVIDENCE_SAME_QUEUE_ID |
			       UINT64_C(1) << EVIDENCE_SAME_MESSAGE_ID |
			       UINT64_C(1) << EVIDENCE_CHANGED_AUTHOR)) != 0;
}

/* What the sorted findings that count come to. */
static void
conclude(const struct hearing *hearing, enum bind_rank rank,
	const struct findings *findings, struct flow *flow)
{
	bool cap = is_capped(hearing, rank, findings);
	enum kind kind = KIND_NONE;

	flow->confidence =
		capped(confidence_combine(findings->at, findings->count), cap);
	flow->would_confidence = capped(
		confidence_without_excuses(findings->at, findings->count), cap);
	find_excuses(findings, flow);
	for (size_t i = 0; i < findings->count; i++) {
		const struct observation *seen = &findings->at[i];
		const struct evidence_row *row = evidence_row(seen->evidence);

		if (seen->standing > STANDING_EXCUSED)
			break;
		flow->evidence |= UINT64_C(1) << seen->evidence;
		if (seen->standing == STANDING_COUNTS &&
			(exempt_is_told(seen->evidence) ||
				row->family == FAMILY_STORE))
			flow->told = true;
		if (row->kind > kind)
			kind = row->kind;
		if (flow->platform[0] == '\0' && seen->platform != NULL)
			flow->platform = seen->platform;
	}
	if (flow->confidence < CONFIDENCE_FLOOR) {
		flow->confidence = 0;
		flow->evidence = 0;
		flow->platform = "";
		return;
	}
	if (kind == KIND_FORWARD && is_same_message(flow))
		kind = KIND_REDIRECT;
	flow->kind = kind != KIND_NONE ? kind
				       : kind_by_author(hearing->context, flow);
}

/* Does somebody better than the client say that it came for the mailbox? */
static enum confirmed
find_confirmed(const struct hearing *hearing, const struct bound *bound)
{
	const struct address *mailbox = &bound->mailbox;

	if (mailbox->text.len == 0)
		return CONFIRMED_UNKNOWN;
	if (hear_names(hearing, mailbox->text) ||
		address_equal(mailbox, &hearing->login))
		return CONFIRMED_YES;
	if (hearing->name_count > 0 && bound->rank == BIND_OUTSIDE)
		return CONFIRMED_NO;
	if (bound->rank == BIND_ORCPT || bound->rank >= BIND_OUTSIDE ||
		bound->speaker >= SPEAKER_LOGIN)
		return CONFIRMED_UNKNOWN;
	return CONFIRMED_YES;
}

static void
keep_seen(const struct context *context, const struct findings *findings,
	struct flow *flow)
{
	struct observation *seen = arena_array(
		context->message->arena, findings->count, sizeof(*seen));

	if (seen == NULL)
		return;
	memcpy(seen, findings->at, findings->count * sizeof(*seen));
	flow->seen = seen;
	flow->seen_count = findings->count;
}

void
weigh_findings(const struct hearing *hearing, const struct bound *bound,
	struct findings *findings, struct flow *flow)
{
	const struct context *context = hearing->context;
	struct exempt exempt = exempt_find(hearing, findings, &bound->mailbox);

	flow->mailbox = bound->mailbox;
	flow->original.text = bound->written;
	flow->one_of = bound->one_of;
	flow->exempt = exempt.bits;
	flow->unproven = exempt.unproven;
	memcpy(flow->grounds, exempt.grounds, sizeof(flow->grounds));
	flow->confirmed = find_confirmed(hearing, bound);
	for (size_t i = 0; i < findings->count; i++) {
		struct observation *seen = &findings->at[i];

		if (is_stale(context, seen, bound->rank))
			seen->standing = STANDING_OUTSIDE;
		seen->standing =
			find_standing(context, seen, flow, bound->unknown);
	}
	add_speed(context, findings, flow, bound->unknown);
	sort_findings(findings);
	conclude(hearing, bound->rank, findings, flow);
	keep_seen(context, findings, flow);
}
