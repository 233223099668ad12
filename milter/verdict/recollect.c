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
 */
#include "verdict/recollect.h"

#include "forward/bind.h"
#include "forward/own_list.h"
#include "mail/path.h"
#include "verdict/keep.h"
#include "verdict/naming.h"
#include "verdict/peers.h"
#include "verdict/ticket.h"

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

/* The answered recalls as memories; questions[i] belongs to ops[i]. */
static void
take_memories(struct naming *naming, const struct store_op *ops,
	const struct trace_question *questions, struct recollection *out)
{
	const struct message *message = naming->context->message;
	struct memory *memories;
	size_t asked = out->remembered.memory_count;

	out->remembered.memory_count = 0;
	memories = arena_array(message->arena, asked, sizeof(*memories));
	if (memories == NULL)
		return;
	for (size_t i = 0; i < asked; i++) {
		struct memory *memory = &memories[i];

		memory->id = questions[i].id;
		memory->of = questions[i].of;
		memory->members =
			decode_members(naming, &ops[i].recall, &memory->count);
	}
	out->remembered.memories = memories;
	out->remembered.memory_count = asked;
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

void
recollect(struct waiting *waiting, const struct recollect_wish *wish,
	const struct context *context, struct recollection *out)
{
	const struct message *message = context->message;
	struct trace_question questions[TRACE_QUESTIONS_MAX];
	struct store_batch batch = {.arena = message->arena};
	struct naming naming;
	struct logins logins;
	size_t room = room_for(context);
	struct store_op *facts;

	*out = (struct recollection){.remembered = {.down = true}};
	if (waiting->store == NULL)
		return;
	batch.ops =
		arena_grow(message->arena, NULL, 0, &room, sizeof(*batch.ops));
	if (batch.ops == NULL) {
		waiting->gaps |= GAP_BYTES;
		return;
	}
	out->remembered.memory_count =
		trace_questions(message, questions, TRACE_QUESTIONS_MAX);
	ask_memories(&batch, wish, questions, out->remembered.memory_count);
	out->ticket = batch.ops + batch.count;
	out->ticket_count =
		ticket_ask(message, &context->custody, batch.ops + batch.count);
	batch.count += out->ticket_count;
	out->facts = facts = batch.ops + batch.count;
	find_logins(&logins, context);
	ask_persons(&batch, context, &logins);
	ask_facts(&batch, room, context);
	if (wish->peers)
		peers_ask(&batch, facts, message);
	out->fact_count = (size_t)(batch.ops + batch.count - out->facts);
	out->remembered.down = false;
	if (!waiting_ask(waiting, &batch))
		return;
	naming_begin(&naming, context, waiting->store);
	take_memories(&naming, batch.ops, questions, out);
	out->remembered.down =
		(waiting->gaps & (GAP_STORE_DOWN | GAP_STORE_LATE)) != 0;
	peers_count(facts, out->fact_count, message, out->remembered.down);
	take_known(message->arena, out);
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
