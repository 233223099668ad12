/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose mail follows is who logged in, or else the author that our side wrote.
 * A program's own word that it answers by itself is believed, a person's is
 * not: whoever has a password writes into his mail what he likes.
 */
#include "forward/follow.h"

/* Of the last five, by chance one time in 33,000. */
#define PROMPT_LEAST 4
/* Days of the last seven. */
#define PACE_LEAST 3
/* Above what has no kind, below what is counted as a forward. */
#define FOLLOW_CONFIDENCE 35

static bool
follows(const struct correspondence *peer)
{
	return peer->known && peer->silent &&
		(peer->prompt >= PROMPT_LEAST || peer->pace >= PACE_LEAST);
}

static bool
is_excused(const struct hearing *hearing, const struct flow *flow)
{
	const struct context *context = hearing->context;

	return !hearing->person &&
		(flow->excused_by != 0 || context->marks.auto_generated ||
			context->marks.auto_replied || context->message->list ||
			context->message->bounce);
}

void
follow_find(const struct hearing *hearing, struct flow *flow)
{
	const struct message *message = hearing->context->message;
	const struct address *who = hearing->login.text.len > 0
		? &hearing->login
		: &hearing->context->author;
	const struct acquaintance *one;

	if (who->text.len == 0)
		return;
	one = hear_acquaintance(
		hearing->remembered, who->text, flow->rcpt->address.text);
	if (one == NULL || !one->peer.known)
		return;
	flow->peer = &one->peer;
	if (flow->kind != KIND_NONE || message->rcpt_total != 1 ||
		!follows(&one->peer) ||
		realm_has_list(message->realm, who->text, who->domain) ||
		is_excused(hearing, flow))
		return;
	flow->kind = KIND_FOLLOW;
	flow->mailbox = *who;
	flow->confidence = FOLLOW_CONFIDENCE;
	flow->confirmed = CONFIRMED_YES;
}
