/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mostly the facts of who hands a message in and of its recipients are asked
 * for already: as peers they cost nothing more than their part of the answer.
 */
#include "verdict/peers.h"

#include "verdict/person.h"

static bool
is_about(const struct store_facts *facts, struct slice mailbox,
	struct slice destination)
{
	return slice_equal(facts->mailbox, mailbox) &&
		slice_equal(facts->destination, destination);
}

static void
ask(struct store_batch *batch, struct store_op *facts, struct slice sender,
	struct slice rcpt)
{
	struct store_op *end = batch->ops + batch->count;

	while (facts < end && !is_about(&facts->facts, sender, rcpt))
		facts++;
	if (facts == end) {
		*facts = (struct store_op){.verb = STORE_FACTS,
			.facts = {.mailbox = sender, .destination = rcpt}};
		batch->count++;
	}
	facts->facts.peered = true;
}

void
peers_ask(struct store_batch *batch, struct store_op *facts,
	const struct message *message)
{
	struct address sender;

	if (message->egress || message->rcpt_external > PEERS_RCPTS_MAX ||
		!person_find(message, &sender))
		return;
	for (size_t i = 0; i < message->rcpt_count; i++) {
		if (message->rcpts[i].external) {
			ask(batch, facts, sender.text,
				message->rcpts[i].address.text);
		}
	}
}

static const struct recipient *
find_rcpt(const struct message *message, struct slice address)
{
	for (size_t i = 0; i < message->rcpt_count; i++) {
		if (slice_equal(message->rcpts[i].address.text, address))
			return &message->rcpts[i];
	}
	return NULL;
}

/* The first hex digits of what tells this message from the last one. */
static uint32_t
print_of(const struct message *message, const struct recipient *rcpt)
{
	struct slice identity = message_identity(message, rcpt);
	uint32_t print = 0;

	for (size_t i = 0; i < identity.len && i < 2 * sizeof(print); i++) {
		char digit = identity.p[i];

		print = print << 4 |
			(uint32_t)(digit <= '9' ? digit - '0'
						: digit - 'a' + 10);
	}
	return print;
}

static void
count(struct store_facts *facts, const struct message *message)
{
	const struct recipient *rcpt = find_rcpt(message, facts->destination);
	struct peer_message one = {
		.at_ms = facts->at_ms, .alone = message->rcpt_total == 1};

	if (rcpt == NULL)
		return;
	one.print = print_of(message, rcpt);
	peer_count(&facts->peer, &one, &facts->arrivals);
	facts->peer.named = peer_is_one_way(&facts->peer);
	if (facts->begun_day == 0)
		facts->begun_day = facts->peer.first_day;
}

void
peers_count(struct store_op *facts, size_t fact_count,
	const struct message *message, bool down)
{
	for (size_t i = 0; i < fact_count; i++) {
		struct store_facts *one = &facts[i].facts;

		one->peered = one->peered && !down;
		if (one->peered)
			count(one, message);
	}
}

struct correspondence
peers_correspondence(const struct store_facts *facts)
{
	const struct peer *peer = &facts->peer;

	if (!facts->peered)
		return (struct correspondence){.known = false};
	return (struct correspondence){
		.known = true,
		.silent = peer_is_silent(peer),
		.prompt = peer_prompt(peer),
		.slowest_s = peer->slowest_s,
		.pace = peer_pace(peer),
		.sent = peer->sent,
		.got = peer->got,
	};
}

static size_t
add_author(const struct message *message, const struct address *address,
	struct slice *authors, size_t author_count)
{
	if (!address_is_mailbox(address) ||
		realm_has_domain(message->realm, address->domain))
		return author_count;
	for (size_t i = 0; i < author_count; i++) {
		if (slice_equal(authors[i], address->text))
			return author_count;
	}
	authors[author_count] = address->text;
	return author_count + 1;
}

size_t
peers_authors(
	const struct message *message, struct slice authors[STORE_AUTHORS_MAX])
{
	size_t found = 0;

	if (message->from.count > 0)
		found = add_author(message, &message->from.at[0], authors, 0);
	if (message->reply_to.count > 0) {
		found = add_author(
			message, &message->reply_to.at[0], authors, found);
	}
	return add_author(message, &message->mail_from, authors, found);
}
