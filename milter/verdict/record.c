/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a message leaves behind once its reply is chosen: the trace that a
 * later forward of it is known by, the counters of the mailboxes, the event.
 * One batch, told, so that nobody waits for it.
 *
 * A message that is refused or held reached no mailbox: it leaves no trace
 * and is not counted as received. Its forwards are counted all the same:
 * what a mailbox tries is what an operator wants to see.
 */
#include "verdict/record.h"

#include "base/digest.h"
#include "forward/mailbox.h"
#include "verdict/keep.h"
#include "verdict/peers.h"
#include "verdict/person.h"
#include "verdict/tag.h"
#include "verdict/ticket.h"

#define OPS_A_FLOW 4

struct record {
	const struct verdict *verdict;
	enum action taken;
	struct store_batch batch;
	size_t room;
	bool keyword;
	struct slice authors[STORE_AUTHORS_MAX];
	size_t author_count;
};

static void
add(struct record *r, struct store_op op)
{
	if (r->batch.count < r->room)
		r->batch.ops[r->batch.count++] = op;
}

static bool
is_delivered(enum action taken)
{
	return taken < ACTION_QUARANTINE;
}

static void
add_tally(struct record *r, struct store_tally tally)
{
	tally.keyword = r->keyword;
	add(r, (struct store_op){.verb = STORE_TALLY, .tally = tally});
}

static struct slice
identity_of(const struct record *r, const struct flow *flow)
{
	return verdict_identity(r->verdict, (size_t)(flow - r->verdict->flows));
}

static void
add_forward(struct record *r, const struct flow *flow)
{
	struct store_tally tally = {.mailbox = flow->mailbox.text,
		.destination = flow->rcpt->address.text,
		.what = TALLY_FORWARDED,
		.identity = identity_of(r, flow)};

	add_tally(r, tally);
	tally.destination = (struct slice){0};
	if (is_delivered(r->taken) && !is_delivered(r->verdict->would)) {
		tally.what = TALLY_WOULD;
		add_tally(r, tally);
	}
	if (r->taken == ACTION_QUARANTINE) {
		tally.what = TALLY_QUARANTINED;
		/* As one message it is let go, whose event names it. */
		if (r->verdict->id.len > 0)
			tally.identity = r->verdict->id;
	} else if (action_tags(r->taken)) {
		tally.what = TALLY_TAGGED;
	} else {
		return;
	}
	add_tally(r, tally);
}

static void
add_received(struct record *r, const struct flow *flow)
{
	const struct message *message = r->verdict->message;
	const struct address *address = &flow->rcpt->address;
	struct address mailbox;

	if (!mailbox_find(message->realm, message->arena, address, &mailbox))
		mailbox = *address;
	add_tally(r,
		(struct store_tally){.mailbox = mailbox.text,
			.what = TALLY_RECEIVED,
			.identity = identity_of(r, flow),
			.authors = r->authors,
			.author_count = r->author_count});
}

/* Who handed it in, as far as he is known. */
static struct slice
login_of(const struct verdict *verdict, const struct address *person)
{
	if (verdict->login.len > 0 ||
		verdict->message->client.auth_user.len == 0)
		return verdict->login;
	return person->text;
}

/* So that a log which tells of it does not count it again. */
static void
add_left(struct record *r, const struct flow *flow)
{
	const struct message *message = r->verdict->message;

	if (message->queue_id.len > 0 &&
		(r->verdict->logged || flow_is_forward(flow))) {
		add(r,
			keep_left(message->arena, message->queue_id,
				flow->rcpt->address.text));
	}
}

static void
add_flows(struct record *r)
{
	const struct verdict *v = r->verdict;

	for (size_t i = 0; i < v->flow_count; i++) {
		const struct flow *flow = &v->flows[i];

		add_left(r, flow);
		if (flow_is_forward(flow) && flow->mailbox.text.len > 0) {
			add_forward(r, flow);
		} else if (!flow->rcpt->external && is_delivered(r->taken)) {
			add_received(r, flow);
		}
	}
}

/* As they are with this message; what was not asked for is not known. */
static void
add_peers(struct record *r)
{
	const struct verdict *v = r->verdict;

	for (size_t i = 0; i < v->fact_count; i++) {
		const struct store_facts *facts = &v->facts[i].facts;

		if (facts->peered) {
			add(r,
				(struct store_op){.verb = STORE_PEER,
					.peer = {.mailbox = facts->mailbox,
						.destination =
							facts->destination,
						.peer = facts->peer}});
		}
	}
}

/* So that another listener of ours, where the message comes by again, knows
 * that it was judged. */
static void
add_ticket(struct record *r)
{
	const struct verdict *v = r->verdict;
	int64_t ttl_ms = r->taken == ACTION_QUARANTINE
		? v->options->trace_ttl_ms
		: TICKET_TTL_MS;
	struct store_op op;

	if (v->id.len > 0 && tag_is_due(v, r->taken) &&
		ticket_issue(v->message, v->id, ttl_ms, &op))
		add(r, op);
}

void
record_verdict(struct store *store, const struct verdict *verdict,
	enum action taken, struct slice json)
{
	const struct message *message = verdict->message;
	struct record r = {.verdict = verdict, .taken = taken};
	struct address person = {.broken = false};

	if (store == NULL || message == NULL)
		return;
	r.room = verdict->flow_count * OPS_A_FLOW + TRACE_IDS_MAX +
		PEERS_RCPTS_MAX + 3;
	r.batch.arena = message->arena;
	r.batch.ops = arena_array(message->arena, r.room, sizeof(*r.batch.ops));
	if (r.batch.ops == NULL)
		return;
	r.keyword = keyword_topics(verdict->options->keywords, message->subject,
			    message->arena) != 0;
	if (!person_find(message, &person))
		person = (struct address){.broken = false};
	if (is_delivered(taken)) {
		r.batch.count = keep_trace(
			verdict, login_of(verdict, &person), r.batch.ops);
	}
	add_ticket(&r);
	if (person.text.len > 0) {
		add_tally(&r,
			(struct store_tally){
				.mailbox = person.text, .what = TALLY_PERSON});
	}
	r.author_count = peers_authors(message, r.authors);
	add_flows(&r);
	add_peers(&r);
	if (!slice_is_absent(json)) {
		add(&r,
			(struct store_op){.verb = STORE_APPEND,
				.append = {.json = json}});
	}
	if (r.batch.count > 0)
		store_tell(store, &r.batch);
}
