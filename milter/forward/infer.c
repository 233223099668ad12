/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inference: whose mail is moving, and how sure that is.
 *
 * What is asked of a flow is not "does this message look forwarded?" (much
 * mail from outside does, honestly) but "is mail of a mailbox of ours leaving
 * by itself?" So nothing is looked at unless our side sends (the client is
 * ours) and the recipient is not local: then there is no flow to find, and
 * inbound mail costs nothing.
 *
 * Whom to believe. A header is written by everybody who had the message. The
 * chain of custody (custody.h) says how far down our own side wrote it; a
 * mark of a product that puts its field on top is believed only inside. Some
 * products, Exchange above all, sort their fields anywhere: theirs are
 * believed below our lines, too, but never fully, and they yield to whatever
 * our own lines say.
 *
 * Binding. Every flow belongs to one local mailbox or is none of ours: marks
 * stay on a message for ever, and one that names a stranger's mailbox only
 * says that the stranger forwards. Each observation that names a local
 * mailbox makes a claim; so do a few facts that are no evidence (the login,
 * AUTH=, the author). The claim nearest to the act wins:
 *
 *	ORCPT               the MTA at the moment it forwarded
 *	vendor, inside      a product at that moment
 *	envelope sender     SRS, caf, AUTH=: written at that moment
 *	login               if it is the author; a relay's own login is not
 *	trace, newest       the last delivery before it left
 *	store               a delivery that we remember
 *	login, otherwise
 *	author              a local From that our side wrote
 *	envelope            a local MAIL FROM under a foreign From
 *	vendor, outside     maybe forged, maybe Exchange
 *	addressee           To or Cc of a foreign author
 *
 * The last is a stranger's word alone. It binds, so that the flow shows, but
 * never makes it likely: a web form of ours that sends on behalf of visitors
 * looks like that, too.
 *
 * Then every observation that names another mailbox falls away, so that an
 * outsider who writes "X-MS-Exchange-Inbox-Rules-Loop: boss@..." into a mail
 * to a clerk that forwards cannot point at the boss. Observations that name
 * nobody support whoever was bound.
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
 * other is the same message sent again.
 */
#include "forward/infer.h"

#include "forward/confidence.h"
#include "forward/exempt.h"
#include "forward/findings.h"

#include <string.h>

/* In the order of the essay: the least wins. */
enum claim_rank {
	CLAIM_ORCPT,
	CLAIM_VENDOR,
	CLAIM_SENDER,
	CLAIM_AUTHOR_LOGIN,
	CLAIM_TRACE,
	CLAIM_STORE,
	CLAIM_LOGIN,
	CLAIM_AUTHOR,
	CLAIM_ENVELOPE,
	CLAIM_OUTSIDE,
	CLAIM_ADDRESSEE,
	CLAIM_NONE
};

struct claim {
	enum claim_rank rank;
	size_t index; /* of the field: newer lines win within a rank */
	unsigned confidence; /* ... and then the stronger */
	const struct address *mailbox;
};

static enum claim_rank
rank_of(const struct observation *seen)
{
	switch (seen->evidence) {
	case EVIDENCE_ORCPT:
		return CLAIM_ORCPT;
	case EVIDENCE_CAF_SENDER:
	case EVIDENCE_SRS_SENDER:
	case EVIDENCE_SIEVE_ACTION:
		return CLAIM_SENDER;
	case EVIDENCE_BCC_MAP:
	case EVIDENCE_RESENT_FROM:
	case EVIDENCE_DELIVERED_TO:
	case EVIDENCE_RECEIVED_FOR:
		return CLAIM_TRACE;
	case EVIDENCE_SAME_MESSAGE_ID:
		return CLAIM_STORE;
	case EVIDENCE_FORWARDED_MESSAGE_ID:
	case EVIDENCE_THREAD_INDEX:
		return CLAIM_AUTHOR;
	case EVIDENCE_TO_MISMATCH:
		return CLAIM_ADDRESSEE;
	case EVIDENCE_SIEVE_REDIRECTED_FROM:
	case EVIDENCE_ZIMBRA_FORWARDED:
	case EVIDENCE_INBOX_RULES_LOOP:
	case EVIDENCE_FORWARDING_LOOP:
	case EVIDENCE_MAILBOX_RULES_AGENT:
	case EVIDENCE_GMAIL_FORWARDED:
	case EVIDENCE_OTHER_VENDOR:
	case EVIDENCE_AUTO_NOTIFIED:
		return seen->inside ? CLAIM_VENDOR : CLAIM_OUTSIDE;
	case EVIDENCE_EXT_FWD:
	case EVIDENCE_TRANSPORT_RULES_LOOP:
	case EVIDENCE_AUTO_FORWARDED:
	case EVIDENCE_TRANSIT:
	case EVIDENCE_OWN_RESULTS:
	case EVIDENCE_MACHINE_SPEED:
	case EVIDENCE_FORWARD_SUBJECT:
	case EVIDENCE_COUNT:
		break;
	}
	return CLAIM_NONE;
}

static void
claim(struct claim *best, enum claim_rank rank, const struct address *mailbox,
	const struct observation *seen)
{
	struct claim new = {rank, seen != NULL ? seen->index : 0,
		seen != NULL ? seen->confidence : 0, mailbox};

	if (new.rank > best->rank)
		return;
	if (new.rank == best->rank) {
		if (rank == CLAIM_TRACE && new.index >= best->index)
			return;
		if (rank != CLAIM_TRACE && new.confidence <= best->confidence)
			return;
	}
	*best = new;
}

/* Facts that bind, but are no evidence of forwarding. */
static void
claim_facts(const struct context *context, struct claim *best)
{
	const struct message *message = context->message;
	const struct address *login = &context->login;

	if (context_is_local(context, &message->mail_auth))
		claim(best, CLAIM_SENDER, &message->mail_auth, NULL);
	if (login->text.len > 0) {
		claim(best,
			address_equal(login, &context->author) ||
					address_equal(login, &context->envelope)
				? CLAIM_AUTHOR_LOGIN
				: CLAIM_LOGIN,
			login, NULL);
	}
	if (context->author.text.len > 0) {
		claim(best, CLAIM_AUTHOR, &context->author, NULL);
	} else if (context->envelope_local) {
		claim(best, CLAIM_ENVELOPE, &context->envelope, NULL);
	}
}

static enum claim_rank
bind(const struct findings *findings, struct address *mailbox)
{
	const struct context *context = findings->context;
	struct claim best = {CLAIM_NONE, SIZE_MAX, 0, NULL};

	for (size_t i = 0; i < findings->count; i++) {
		const struct observation *seen = &findings->at[i];

		if (seen->mailbox.text.len > 0 &&
			seen->standing == STANDING_COUNTS &&
			rank_of(seen) < CLAIM_NONE &&
			context_is_local(context, &seen->mailbox))
			claim(&best, rank_of(seen), &seen->mailbox, seen);
	}
	claim_facts(context, &best);
	if (best.mailbox != NULL)
		*mailbox = *best.mailbox;
	return best.rank;
}

/* RFC 5233: "alice+list" is delivered to alice. */
static struct slice
without_detail(struct slice local)
{
	size_t plus = slice_find_byte(local, '+', 0);

	return plus == SLICE_NONE || plus == 0 ? local
					       : slice_sub(local, 0, plus);
}

static bool
same_mailbox(const struct address *a, const struct address *b)
{
	return slice_equal(a->domain, b->domain) &&
		slice_equal_fold(
			without_detail(a->local), without_detail(b->local));
}

/*
 * Old marks that name nobody and were on the message when it came say
 * nothing of the one who now passes it on, if he is not its author.
 */
static bool
is_stale(const struct context *context, const struct observation *seen,
	enum claim_rank bound_by)
{
	if (seen->mailbox.text.len > 0 || seen->inside ||
		context->author.text.len > 0)
		return false;
	return bound_by == CLAIM_AUTHOR_LOGIN || bound_by == CLAIM_LOGIN ||
		bound_by == CLAIM_ENVELOPE;
}

static enum standing
judge_standing(const struct findings *findings, const struct observation *seen,
	const struct flow *flow)
{
	bool named = seen->mailbox.text.len > 0;

	if (seen->standing == STANDING_OUTSIDE)
		return STANDING_OUTSIDE;
	if (named && !context_is_local(findings->context, &seen->mailbox))
		return STANDING_FOREIGN;
	if (flow->mailbox.text.len == 0)
		return STANDING_UNBOUND;
	if (named && !same_mailbox(&seen->mailbox, &flow->mailbox))
		return STANDING_OTHER;
	if (exempt_covers(flow->exempt, seen))
		return STANDING_EXCUSED;
	return STANDING_COUNTS;
}

/* The delay of what counts; then what so small a delay adds. A message that
 * one of us wrote to both gets no points for being quick. */
static void
add_speed(struct findings *findings, struct flow *flow)
{
	struct observation *speed;
	unsigned points;

	for (size_t i = 0; i < findings->count; i++) {
		const struct observation *seen = &findings->at[i];
		bool full = seen->confidence ==
			evidence_row(seen->evidence)->confidence;

		if (seen->delay_ms >= 0 && full &&
			seen->standing <= STANDING_EXCUSED &&
			(flow->delay_ms < 0 || seen->delay_ms < flow->delay_ms))
			flow->delay_ms = seen->delay_ms;
	}
	points = confidence_of_speed(flow->delay_ms);
	if (points == 0)
		return;
	speed = findings_add(findings, EVIDENCE_MACHINE_SPEED, SLICE("delay"));
	if (speed == NULL)
		return;
	speed->confidence = (unsigned char)points;
	speed->delay_ms = flow->delay_ms;
	speed->standing = judge_standing(findings, speed, flow);
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
kind_by_author(const struct findings *findings, const struct flow *flow)
{
	const struct address *author = &findings->context->author;

	return author->text.len > 0 && same_mailbox(author, &flow->mailbox)
		? KIND_FORWARD
		: KIND_REDIRECT;
}

/* What the sorted findings that count come to. */
static void
conclude(const struct findings *findings, enum claim_rank bound_by,
	struct flow *flow)
{
	enum kind kind = KIND_NONE;

	flow->confidence = confidence_combine(findings->at, findings->count);
	if (bound_by == CLAIM_ADDRESSEE &&
		flow->confidence >= FLOW_CONFIDENCE_LIKELY)
		flow->confidence = FLOW_CONFIDENCE_LIKELY - 1;
	for (size_t i = 0; i < findings->count; i++) {
		const struct observation *seen = &findings->at[i];
		const struct evidence_row *row = evidence_row(seen->evidence);

		if (seen->standing > STANDING_EXCUSED)
			break;
		flow->evidence |= UINT64_C(1) << seen->evidence;
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
	flow->kind = kind != KIND_NONE ? kind : kind_by_author(findings, flow);
}

static void
keep_seen(const struct findings *findings, struct flow *flow)
{
	struct observation *seen =
		arena_array(findings->context->message->arena, findings->count,
			sizeof(*seen));

	if (seen == NULL)
		return;
	memcpy(seen, findings->at, findings->count * sizeof(*seen));
	flow->seen = seen;
	flow->seen_count = findings->count;
}

static void
infer_one(struct findings *findings, struct flow *flow)
{
	enum claim_rank bound_by = CLAIM_NONE;

	findings_from_envelope(findings);
	findings_from_marks(findings);
	findings_from_hops(findings);
	findings_from_route(findings);
	findings_store_find(findings);
	if (findings->count == 0 && !findings->took_part)
		return;
	if (findings->count > 0)
		bound_by = bind(findings, &flow->mailbox);
	flow->exempt = exempt_find(findings, &flow->mailbox);
	for (size_t i = 0; i < findings->count; i++) {
		struct observation *seen = &findings->at[i];

		if (is_stale(findings->context, seen, bound_by))
			seen->standing = STANDING_OUTSIDE;
		seen->standing = judge_standing(findings, seen, flow);
	}
	add_speed(findings, flow);
	sort_findings(findings);
	conclude(findings, bound_by, flow);
	keep_seen(findings, flow);
}

const struct flow *
infer_flows(const struct message *message, const struct memory *memories,
	size_t count)
{
	struct flow *flows = arena_array(
		message->arena, message->rcpt_count, sizeof(*flows));
	struct context context;

	if (flows == NULL)
		return NULL;
	for (size_t i = 0; i < message->rcpt_count; i++) {
		flows[i].rcpt = &message->rcpts[i];
		flows[i].platform = "";
		flows[i].delay_ms = -1;
	}
	if (message->rcpt_external == 0 || !message->client_ours)
		return flows;
	context_begin(&context, message, memories, count);
	for (size_t i = 0; i < message->rcpt_count; i++) {
		struct findings findings;

		if (!message->rcpts[i].external)
			continue;
		findings.context = &context;
		findings.rcpt = &message->rcpts[i];
		findings.took_part = false;
		findings.count = 0;
		infer_one(&findings, &flows[i]);
	}
	return flows;
}
