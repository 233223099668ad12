/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One batch holds all questions. The mailbox of a flow is not known before
 * inference, and inference wants the traces first; so the facts are asked for
 * every mailbox that the message's own words could bind it to: what they bind
 * it to without memories, and else the local addresses of its header. A mailbox
 * that only the trace knows has no facts: to ask for them would take one more
 * round trip than a message may have.
 *
 * Whether somebody is a person is asked of whom an excuse may rest on: a bare
 * login, the address of a list. Their mailboxes are asked like any other. Of a
 * login without a domain nobody but the store can tell whose it is: it is asked
 * for that name in each of our domains, the first few of them, whatever From
 * and envelope say, for these are the login's own words.
 *
 * What is foreseen and comes true stays as it was foreseen, to the millisecond:
 * so what was counted by it is what is counted by the answers.
 */
#include "verdict/recollect.h"

#include "forward/bind.h"
#include "forward/own_list.h"
#include "mail/path.h"
#include "verdict/keep.h"
#include "verdict/naming.h"
#include "verdict/peers.h"
#include "verdict/ticket.h"

#include <string.h>

#define FACTS_MAX 64
#define CANDIDATES_MAX 3
#define LOGIN_DOMAINS_MAX 16
#define LISTS_MAX 2
#define PERSONS_MAX (LOGIN_DOMAINS_MAX + 2 + LISTS_MAX)

static const struct trace_member *
decode_members(
	struct naming *naming, const struct store_recall *recall, size_t *count)
{
	struct trace_member *members =
		arena_array(naming->context->message->arena,
			KEEP_ROLES_MAX * recall->count, sizeof(*members));

	*count = 0;
	for (size_t i = 0; members != NULL && i < recall->count; i++) {
		const struct store_member *kept = &recall->members[i];
		struct trace_member roles[KEEP_ROLES_MAX];
		size_t found = keep_decode(kept->name, roles);

		for (size_t k = 0; k < found; k++) {
			roles[k].at_ms = kept->at_ms;
			if (naming_recognise(naming, &roles[k]))
				members[(*count)++] = roles[k];
		}
	}
	return members;
}

/* The answered recalls as memories. */
static void
take_memories(struct naming *naming, struct recollection *out)
{
	const struct message *message = naming->context->message;
	struct memory *memories;

	memories = arena_array(
		message->arena, out->trace_count, sizeof(*memories));
	if (memories == NULL)
		return;
	for (size_t i = 0; i < out->trace_count; i++) {
		struct memory *memory = &memories[i];

		memory->id = out->traces[i].id;
		memory->of = out->traces[i].of;
		memory->members = decode_members(
			naming, &out->batch.ops[i].recall, &memory->count);
	}
	out->remembered.memories = memories;
	out->remembered.memory_count = out->trace_count;
}

static void
add_facts(struct store_batch *batch, struct slice mailbox,
	struct slice destination)
{
	batch->ops[batch->count++] = (struct store_op){.verb = STORE_FACTS,
		.facts = {.mailbox = mailbox, .destination = destination}};
}

/* The mailboxes that a login without a domain may be. */
struct logins {
	const struct message *message;
	struct slice user;
	struct slice boxes[LOGIN_DOMAINS_MAX + 2];
	size_t count;
};

static void
add_login(struct logins *logins, struct slice domain)
{
	const struct message *message = logins->message;
	struct slice means = realm_same_as(message->realm, domain);
	const struct slice parts[] = {logins->user, SLICE("@"), means};
	struct address address;

	if (domain.len == 0)
		return;
	if (!path_parse(message->arena, arena_join(message->arena, parts, 3),
		    &address) ||
		!address_is_mailbox(&address))
		return;
	for (size_t i = 0; i < logins->count; i++) {
		if (slice_equal(logins->boxes[i], address.text))
			return;
	}
	logins->boxes[logins->count++] = address.text;
}

static void
find_logins(struct logins *logins, const struct context *context)
{
	const struct message *message = context->message;
	struct slice names[LOGIN_DOMAINS_MAX];
	size_t count;

	logins->message = message;
	logins->user = context->bare;
	logins->count = 0;
	if (context->bare.len == 0)
		return;
	count = realm_names(message->realm, names, LOGIN_DOMAINS_MAX);
	if (message->from.count > 0 &&
		context_is_local(context, &message->from.at[0]))
		add_login(logins, message->from.at[0].domain);
	if (context->envelope_local)
		add_login(logins, context->envelope.domain);
	for (size_t i = 0; i < count; i++)
		add_login(logins, names[i]);
}

static struct slice
first_destination(const struct message *message)
{
	for (size_t i = 0; i < message->rcpt_count; i++) {
		if (message->rcpts[i].external)
			return message->rcpts[i].address.text;
	}
	return (struct slice){NULL, 0};
}

static void
ask_persons(struct store_batch *batch, const struct context *context,
	const struct logins *logins)
{
	const struct slice none = {NULL, 0};
	struct slice list = context->marks.list_address.text;

	for (size_t i = 0; i < logins->count; i++) {
		add_facts(batch, logins->boxes[i],
			first_destination(context->message));
	}
	if (context->marks.list_local && list.len > 0)
		add_facts(batch, list, none);
	list = own_list_address(context);
	if (list.len > 0)
		add_facts(batch, list, none);
}

static size_t
add_local(const struct context *context, struct addresses from,
	struct slice *out, size_t count)
{
	for (size_t i = 0; i < from.count && count < CANDIDATES_MAX; i++) {
		struct address mailbox;

		if (context_is_local(context, &from.at[i]) &&
			context_mailbox(context, &from.at[i], &mailbox))
			out[count++] = mailbox.text;
	}
	return count;
}

/* The facts as inference reads them. */
static void
take_known(struct arena *arena, struct recollection *out)
{
	struct acquaintance *known =
		arena_array(arena, out->fact_count, sizeof(*known));

	for (size_t i = 0; known != NULL && i < out->fact_count; i++) {
		const struct store_facts *facts = &out->facts[i].facts;

		known[i] = (struct acquaintance){
			.who = facts->mailbox,
			.destination = facts->destination,
			.known = facts->known,
			.gets_mail = facts->received_day > 0,
			.person = facts->person,
			.messages = facts->route_count,
			.peer = peers_correspondence(facts),
		};
		out->remembered.known_count++;
	}
	out->remembered.known = known;
}

/* Up to room operations in all. */
static void
ask_facts(struct store_batch *batch, size_t room, const struct context *context)
{
	const struct message *message = context->message;
	struct slice local[CANDIDATES_MAX];
	size_t count = 0;

	count = add_local(context, message->from, local, count);
	count = add_local(context, message->to, local, count);
	count = add_local(context, message->cc, local, count);
	for (size_t i = 0; i < message->rcpt_count; i++) {
		const struct recipient *rcpt = &message->rcpts[i];
		struct bound bound;

		if (!rcpt->external)
			continue;
		if (batch->count == room)
			return;
		bound = bind_recipient(context, rcpt);
		if (bound.mailbox.text.len > 0) {
			add_facts(
				batch, bound.mailbox.text, rcpt->address.text);
			continue;
		}
		for (size_t j = 0; j < count && batch->count < room; j++)
			add_facts(batch, local[j], rcpt->address.text);
	}
}

static void
ask_memories(struct store_batch *batch, const struct recollect_wish *wish,
	const struct trace_question *questions, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		batch->ops[batch->count++] =
			(struct store_op){.verb = STORE_RECALL,
				.recall = {.id = keep_trace_key(
						   batch->arena, &questions[i]),
					.cap = (uint32_t)wish->trace_members}};
	}
}

static size_t
room_for(const struct context *context)
{
	size_t facts = context->message->rcpt_external * CANDIDATES_MAX;

	if (facts > FACTS_MAX)
		facts = FACTS_MAX;
	return TRACE_QUESTIONS_MAX + TICKET_OPS_MAX + PERSONS_MAX + facts +
		PEERS_RCPTS_MAX;
}

bool
recollect_begin(struct waiting *waiting, const struct recollect_wish *wish,
	const struct context *context, struct recollection *out)
{
	const struct message *message = context->message;
	struct store_batch *batch = &out->batch;
	struct logins logins;
	size_t room = room_for(context);
	struct store_op *facts;

	*out = (struct recollection){.remembered = {.down = true},
		.batch = {.arena = message->arena, .exact = wish->exact}};
	if (waiting->store == NULL)
		return false;
	batch->ops =
		arena_grow(message->arena, NULL, 0, &room, sizeof(*batch->ops));
	if (batch->ops == NULL) {
		waiting->gaps |= GAP_BYTES;
		return false;
	}
	out->trace_count =
		trace_questions(message, out->traces, TRACE_QUESTIONS_MAX);
	ask_memories(batch, wish, out->traces, out->trace_count);
	out->ticket = batch->ops + batch->count;
	out->ticket_count = ticket_ask(
		message, &context->custody, batch->ops + batch->count);
	batch->count += out->ticket_count;
	facts = batch->ops + batch->count;
	find_logins(&logins, context);
	ask_persons(batch, context, &logins);
	ask_facts(batch, room, context);
	if (wish->peers)
		peers_ask(batch, facts, message);
	out->fact_count = (size_t)(batch->ops + batch->count - facts);
	out->remembered.down = false;
	return batch->count > 0;
}

/* The answers for those who infer, beside what the store said. */
static void
take(const struct waiting *waiting, const struct context *context,
	struct recollection *out, bool down)
{
	const struct message *message = context->message;
	size_t first = out->batch.count - out->fact_count;
	struct store_op *facts =
		arena_array(message->arena, out->fact_count, sizeof(*facts));
	struct naming naming;

	out->remembered = (struct remembered){.down = down};
	naming_begin(&naming, context, waiting->store);
	take_memories(&naming, out);
	out->facts = facts;
	if (facts == NULL) {
		out->fact_count = 0;
		return;
	}
	memcpy(facts, out->batch.ops + first, out->fact_count * sizeof(*facts));
	peers_count(facts, out->fact_count, message, down);
	take_known(message->arena, out);
}

bool
recollect_foresee(const struct waiting *waiting, const struct context *context,
	struct recollection *out)
{
	struct store_batch *batch = &out->batch;
	struct store_op *foreseen;

	/* A ticket is used up by asking for it. */
	if (out->ticket_count > 0 || !store_foresee(waiting->store, batch))
		return false;
	foreseen = arena_array(batch->arena, batch->count, sizeof(*foreseen));
	if (foreseen == NULL)
		return false;
	memcpy(foreseen, batch->ops, batch->count * sizeof(*foreseen));
	out->foreseen = foreseen;
	take(waiting, context, out, false);
	return true;
}

/* The notes behind the questions; false: they cannot be asked along. */
static bool
add_notes(struct recollection *out, const struct note *notes, size_t count)
{
	struct store_batch *batch = &out->batch;
	size_t room = batch->count;
	struct store_op *ops;

	if (out->foreseen == NULL || count > STORE_FORESEEN_NOTES)
		return false;
	batch->foreseen = batch->count;
	ops = arena_array(batch->arena, room + count, sizeof(*ops));
	if (ops == NULL)
		return false;
	memcpy(ops, batch->ops, room * sizeof(*ops));
	for (size_t i = 0; i < count; i++) {
		struct store_op *op = &ops[room + i];

		*op = (struct store_op){.verb = STORE_NOTE, .note = notes[i]};
		if (op->note.after >= 0)
			op->note.after += (int)room;
	}
	batch->ops = ops;
	batch->count += count;
	return true;
}

static void
take_notes(struct recollection *out, struct note *notes, size_t count)
{
	struct store_batch *batch = &out->batch;

	batch->count -= count;
	for (size_t i = 0; batch->came_true && i < count; i++)
		note_take_answers(
			&notes[i], &batch->ops[batch->count + i].note);
}

static bool
is_alike(const struct store_facts *one, const struct store_facts *two)
{
	return one->known == two->known && one->person == two->person &&
		one->route_count == two->route_count &&
		one->received_day == two->received_day &&
		one->forwarded_day == two->forwarded_day &&
		one->keyword_received_day == two->keyword_received_day &&
		one->keyword_forwarded_day == two->keyword_forwarded_day &&
		one->forwarded_hour == two->forwarded_hour;
}

static bool
is_same_trace(const struct store_recall *one, const struct store_recall *two)
{
	bool same = one->count == two->count;

	for (size_t i = 0; same && i < one->count; i++) {
		same = slice_equal(one->members[i].name, two->members[i].name);
	}
	return same;
}

/* What nobody compared who was to count by it. */
static bool
comes_true(const struct recollection *out)
{
	bool same = out->foreseen != NULL;

	for (size_t i = 0; same && i < out->batch.count; i++) {
		const struct store_op *foreseen = &out->foreseen[i];
		const struct store_op *op = &out->batch.ops[i];

		if (op->verb == STORE_RECALL) {
			same = is_same_trace(&op->recall, &foreseen->recall);
		} else {
			int64_t apart_ms = op->facts.route_first_ms -
				foreseen->facts.route_first_ms;

			same = apart_ms >= -STORE_FORESEEN_MS &&
				apart_ms <= STORE_FORESEEN_MS;
		}
	}
	return same;
}

/* What came true, as it was foreseen; false: something else has moved. */
static bool
keep_foreseen(struct recollection *out)
{
	bool alike = true;

	for (size_t i = 0; i < out->batch.count; i++) {
		const struct store_op *foreseen = &out->foreseen[i];
		struct store_op *op = &out->batch.ops[i];

		if (op->verb == STORE_RECALL) {
			op->recall = foreseen->recall;
			continue;
		}
		alike = alike && is_alike(&op->facts, &foreseen->facts);
		if (foreseen->facts.route_count > 0) {
			op->facts.route_first_ms =
				foreseen->facts.route_first_ms;
		}
	}
	return alike;
}

enum recollected
recollect_ask(struct waiting *waiting, const struct context *context,
	struct recollection *out, struct note *notes, size_t count)
{
	bool along = add_notes(out, notes, count), down;

	if (!waiting_ask(waiting, &out->batch))
		return RECOLLECTED_ANEW;
	down = (waiting->gaps & (GAP_STORE_DOWN | GAP_STORE_LATE)) != 0;
	if (along)
		take_notes(out, notes, count);
	along = along && !down &&
		(count > 0 ? out->batch.came_true : comes_true(out));
	if (along && keep_foreseen(out))
		return RECOLLECTED_ALIKE;
	take(waiting, context, out, down);
	return along && count > 0 ? RECOLLECTED_COUNTED : RECOLLECTED_ANEW;
}

const struct store_facts *
recollect_facts(
	const struct store_op *all, size_t count, const struct flow *flow)
{
	for (size_t i = 0; i < count; i++) {
		const struct store_facts *facts = &all[i].facts;

		if (slice_equal(facts->mailbox, flow->mailbox.text) &&
			slice_equal(
				facts->destination, flow->rcpt->address.text))
			return facts;
	}
	return NULL;
}
