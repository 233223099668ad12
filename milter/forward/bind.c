/* SPDX-License-Identifier: BSD-2-Clause */
/*
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
 */
#include "forward/bind.h"

#include "forward/observe.h"

#include <stdint.h>

struct claim {
	enum bind_rank rank;
	size_t index; /* of the field: newer lines win within a rank */
	unsigned confidence; /* ... and then the stronger */
	const struct address *mailbox;
};

static enum bind_rank
rank_of(const struct observation *seen)
{
	switch (seen->evidence) {
	case EVIDENCE_ORCPT:
		return BIND_ORCPT;
	case EVIDENCE_CAF_SENDER:
	case EVIDENCE_SRS_SENDER:
	case EVIDENCE_SIEVE_ACTION:
		return BIND_SENDER;
	case EVIDENCE_BCC_MAP:
	case EVIDENCE_RESENT_FROM:
	case EVIDENCE_DELIVERED_TO:
	case EVIDENCE_RECEIVED_FOR:
		return BIND_TRACE;
	case EVIDENCE_SAME_MESSAGE_ID:
		return BIND_STORE;
	case EVIDENCE_FORWARDED_MESSAGE_ID:
	case EVIDENCE_THREAD_INDEX:
		return BIND_AUTHOR;
	case EVIDENCE_TO_MISMATCH:
		return BIND_ADDRESSEE;
	case EVIDENCE_SIEVE_REDIRECTED_FROM:
	case EVIDENCE_ZIMBRA_FORWARDED:
	case EVIDENCE_INBOX_RULES_LOOP:
	case EVIDENCE_FORWARDING_LOOP:
	case EVIDENCE_MAILBOX_RULES_AGENT:
	case EVIDENCE_GMAIL_FORWARDED:
	case EVIDENCE_OTHER_VENDOR:
	case EVIDENCE_AUTO_NOTIFIED:
		return seen->inside ? BIND_VENDOR : BIND_OUTSIDE;
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
	return BIND_NONE;
}

static void
claim(struct claim *best, enum bind_rank rank, const struct address *mailbox,
	const struct observation *seen)
{
	struct claim new = {rank, seen != NULL ? seen->index : 0,
		seen != NULL ? seen->confidence : 0, mailbox};

	if (new.rank > best->rank)
		return;
	if (new.rank == best->rank) {
		if (rank == BIND_TRACE && new.index >= best->index)
			return;
		if (rank != BIND_TRACE && new.confidence <= best->confidence)
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
		claim(best, BIND_SENDER, &message->mail_auth, NULL);
	if (login->text.len > 0) {
		claim(best,
			address_equal(login, &context->author) ||
					address_equal(login, &context->envelope)
				? BIND_AUTHOR_LOGIN
				: BIND_LOGIN,
			login, NULL);
	}
	if (context->author.text.len > 0) {
		claim(best, BIND_AUTHOR, &context->author, NULL);
	} else if (context->envelope_local) {
		claim(best, BIND_ENVELOPE, &context->envelope, NULL);
	}
}

struct bound
bind_findings(const struct context *context, const struct findings *findings)
{
	struct claim best = {BIND_NONE, SIZE_MAX, 0, NULL};
	struct bound bound = {.rank = BIND_NONE};

	if (findings->count == 0)
		return bound;
	for (size_t i = 0; i < findings->count; i++) {
		const struct observation *seen = &findings->at[i];

		if (seen->mailbox.text.len > 0 &&
			seen->standing == STANDING_COUNTS &&
			rank_of(seen) < BIND_NONE &&
			context_is_local(context, &seen->mailbox))
			claim(&best, rank_of(seen), &seen->mailbox, seen);
	}
	claim_facts(context, &best);
	bound.rank = best.rank;
	if (best.mailbox != NULL)
		bound.mailbox = *best.mailbox;
	return bound;
}

struct bound
bind_recipient(const struct context *context, const struct recipient *rcpt)
{
	struct findings findings;

	if (!context->leaves || !rcpt->external)
		return (struct bound){.rank = BIND_NONE};
	observe_recipient(context, rcpt, &findings);
	return bind_findings(context, &findings);
}
