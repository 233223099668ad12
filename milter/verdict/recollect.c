/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One batch holds all questions. The mailbox of a flow is not known before
 * inference, and inference wants the traces first; so the facts are asked for
 * every mailbox that the message's own words could bind it to: what they bind
 * it to without memories, and else the local addresses of its header. A mailbox
 * that only the trace knows has no facts: to ask for them would take one more
 * round trip than a message may have.
 *
 * A store that hides names gives back mailboxes that can only be compared:
 * with those that the message itself names. A mailbox that is none of them
 * stays unknown, and its line is dropped. Participants are compared with the
 * recipients alone, which is all that inference asks of them.
 */
#include "verdict/recollect.h"

#include "forward/bind.h"
#include "forward/named.h"
#include "verdict/keep.h"

#define FACTS_MAX 64
#define CANDIDATES_MAX 3
#define NAMED_MAX 64

/* Whom the message names, and what the store calls them: mailboxes of ours,
 * and the recipients as participants. Filled in when the first hidden name
 * comes. */
struct naming {
	const struct context *context;
	struct store *store;
	bool ready;
	size_t count;
	struct slice keys[2 * NAMED_MAX], names[2 * NAMED_MAX];
};

static void
learn_names(struct naming *naming)
{
	const struct message *message = naming->context->message;
	struct arena *arena = message->arena;
	size_t mailboxes =
		named_mailboxes(naming->context, naming->keys, NAMED_MAX);

	naming->ready = true;
	for (size_t i = 0; i < mailboxes; i++) {
		naming->names[i] =
			store_name(naming->store, arena, naming->keys[i]);
	}
	naming->count = mailboxes;
	for (size_t i = 0; i < message->rcpt_count && i < NAMED_MAX; i++) {
		struct slice hash =
			trace_hash(arena, &message->rcpts[i].address);

		naming->keys[naming->count] = hash;
		naming->names[naming->count++] = store_name(naming->store,
			arena, arena_printf(arena, "@%.*s", SLICE_ARG(hash)));
	}
}

static bool
is_hidden(const struct trace_member *member)
{
	if (member->role == TRACE_MAILBOX)
		return slice_find_byte(member->who, '@', 0) == SLICE_NONE;
	return slice_find_byte(member->who, ':', 0) != SLICE_NONE;
}

/* Makes a hidden name a key again; false if nobody here knows it. */
static bool
recognise(struct naming *naming, struct trace_member *member)
{
	if (!is_hidden(member))
		return true;
	if (!naming->ready)
		learn_names(naming);
	for (size_t i = 0; i < naming->count; i++) {
		if (!slice_equal(naming->names[i], member->who))
			continue;
		member->who = naming->keys[i];
		return true;
	}
	return false;
}

static const struct trace_member *
decode_members(
	struct naming *naming, const struct store_recall *recall, size_t *count)
{
	struct trace_member *members;

	*count = 0;
	members = arena_array(naming->context->message->arena, recall->count,
		sizeof(*members));
	if (members == NULL)
		return NULL;
	for (size_t i = 0; i < recall->count; i++) {
		struct trace_member *member = &members[*count];

		member->at_ms = recall->members[i].at_ms;
		if (keep_decode(recall->members[i].name, member) &&
			recognise(naming, member))
			++*count;
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
	size_t asked = out->memory_count;

	out->memory_count = 0;
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
	out->memories = memories;
	out->memory_count = asked;
}

static void
add_facts(struct store_batch *batch, struct slice mailbox,
	const struct recipient *rcpt)
{
	batch->ops[batch->count++] = (struct store_op){.verb = STORE_FACTS,
		.facts = {
			.mailbox = mailbox, .destination = rcpt->address.text}};
}

static size_t
add_local(const struct message *message, struct addresses from,
	struct slice *out, size_t count)
{
	for (size_t i = 0; i < from.count && count < CANDIDATES_MAX; i++) {
		const struct address *address = &from.at[i];

		if (!address->broken &&
			realm_has_domain(message->realm, address->domain))
			out[count++] = address->text;
	}
	return count;
}

/* Up to room operations in all. */
static void
ask_facts(struct store_batch *batch, size_t room, const struct context *context)
{
	const struct message *message = context->message;
	struct slice local[CANDIDATES_MAX];
	size_t count = 0;

	count = add_local(message, message->from, local, count);
	count = add_local(message, message->to, local, count);
	count = add_local(message, message->cc, local, count);
	for (size_t i = 0; i < message->rcpt_count; i++) {
		const struct recipient *rcpt = &message->rcpts[i];
		struct bound bound;

		if (!rcpt->external)
			continue;
		if (batch->count == room)
			return;
		bound = bind_recipient(context, rcpt);
		if (bound.mailbox.text.len > 0) {
			add_facts(batch, bound.mailbox.text, rcpt);
			continue;
		}
		for (size_t j = 0; j < count && batch->count < room; j++)
			add_facts(batch, local[j], rcpt);
	}
}

static void
ask_memories(struct store_batch *batch, const struct recollect_wish *wish,
	const struct trace_question *questions, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		batch->ops[batch->count++] =
			(struct store_op){.verb = STORE_RECALL,
				.recall = {.id = keep_trace_key(batch->arena,
						   questions[i].id),
					.cap = (uint32_t)wish->trace_members}};
	}
}

static void
ask_judged(struct store_batch *batch, const struct recollect_wish *wish)
{
	for (size_t i = 0; i < wish->judged_count; i++) {
		batch->ops[batch->count++] =
			(struct store_op){.verb = STORE_RECALL,
				.recall = {.id = keep_judged_key(batch->arena,
						   wish->judged[i]),
					.cap = (uint32_t)wish->trace_members}};
	}
}

static size_t
room_for(const struct recollect_wish *wish, const struct message *message)
{
	size_t facts = message->rcpt_external * CANDIDATES_MAX;

	if (!wish->facts) {
		facts = 0;
	} else if (facts > FACTS_MAX) {
		facts = FACTS_MAX;
	}
	return TRACE_QUESTIONS_MAX + wish->judged_count + facts;
}

void
recollect(struct waiting *waiting, const struct recollect_wish *wish,
	const struct context *context, struct recollection *out)
{
	const struct message *message = context->message;
	struct trace_question questions[TRACE_QUESTIONS_MAX];
	struct store_batch batch = {.arena = message->arena};
	struct naming naming;
	size_t room = room_for(wish, message);

	*out = (struct recollection){0};
	if (waiting->store == NULL)
		return;
	batch.ops = arena_array(message->arena, room, sizeof(*batch.ops));
	if (batch.ops == NULL) {
		waiting->gaps |= GAP_BYTES;
		return;
	}
	out->memory_count =
		trace_questions(message, questions, TRACE_QUESTIONS_MAX);
	ask_memories(&batch, wish, questions, out->memory_count);
	out->judged = batch.ops + batch.count;
	out->judged_count = wish->judged_count;
	ask_judged(&batch, wish);
	out->facts = batch.ops + batch.count;
	if (wish->facts)
		ask_facts(&batch, room, context);
	out->fact_count = (size_t)(batch.ops + batch.count - out->facts);
	if (!waiting_ask(waiting, &batch))
		return;
	naming.context = context;
	naming.store = waiting->store;
	naming.ready = false;
	take_memories(&naming, batch.ops, questions, out);
}

static bool
was_judged(const struct recollection *all, struct slice identity)
{
	for (size_t i = 0; i < all->judged_count; i++) {
		const struct store_recall *recall = &all->judged[i].recall;

		for (size_t j = 0; j < recall->count; j++) {
			if (slice_equal(recall->members[j].name, identity))
				return true;
		}
	}
	return false;
}

bool
recollect_judged(const struct recollection *all, const struct message *message)
{
	if (all->judged_count == 0)
		return false;
	for (size_t i = 0; i < message->rcpt_count; i++) {
		const struct recipient *rcpt = &message->rcpts[i];

		if (rcpt->external &&
			!was_judged(all, message_identity(message, rcpt)))
			return false;
	}
	return true;
}

const struct store_facts *
recollect_facts(const struct recollection *all, const struct flow *flow)
{
	for (size_t i = 0; i < all->fact_count; i++) {
		const struct store_facts *facts = &all->facts[i].facts;

		if (slice_equal(facts->mailbox, flow->mailbox.text) &&
			slice_equal(
				facts->destination, flow->rcpt->address.text))
			return facts;
	}
	return NULL;
}
