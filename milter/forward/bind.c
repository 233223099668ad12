/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Binding. Every flow belongs to one local mailbox or is none of ours: marks
 * stay on a message for ever, and one that names a stranger's mailbox only
 * says that the stranger forwards. Each observation that names a local
 * mailbox makes a claim; so do a few facts that are not evidence (the login,
 * AUTH=, the author). The claim nearest to the act wins:
 *
 *	delivery, newest    whose rule acted: Delivered-To inside custody
 *	ORCPT               the address the mail came for
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
	const struct observation *seen; /* NULL: a fact */
};

static enum bind_rank
rank_of(const struct observation *seen)
{
	enum bind_rank rank = evidence_row(seen->evidence)->rank;

	if (rank == BIND_VENDOR && !seen->inside)
		return BIND_OUTSIDE;
	return rank;
}

static void
claim(struct claim *best, enum bind_rank rank, const struct address *mailbox,
	const struct observation *seen)
{
	struct claim new = {rank, seen != NULL ? seen->index : 0,
		seen != NULL ? seen->confidence : 0, mailbox, seen};

	if (new.rank > best->rank)
		return;
	if (new.rank == best->rank) {
		bool newest = rank == BIND_TRACE || rank == BIND_DELIVERED;

		if (newest ? new.index >= best->index
			   : new.confidence <= best->confidence)
			return;
	}
	*best = new;
}

/* Facts that bind, but are not evidence of forwarding. */
static void
claim_facts(const struct hearing *hearing, struct claim *best)
{
	const struct context *context = hearing->context;
	const struct message *message = context->message;
	const struct address *login = &hearing->login;

	if (hearing->forged)
		return;
	if (!hearing->person && context_is_local(context, &message->mail_auth))
		claim(best, BIND_SENDER, &message->mail_auth, NULL);
	if (login->text.len > 0) {
		bool own = address_equal(login, &context->author) ||
			address_equal(login, &context->envelope);

		claim(best, own ? BIND_AUTHOR_LOGIN : BIND_LOGIN, login, NULL);
	}
	if (context->author.text.len > 0) {
		claim(best, BIND_AUTHOR, &context->author, NULL);
	} else if (context->envelope_local) {
		claim(best, BIND_ENVELOPE, &context->envelope, NULL);
	}
}

/*
 * The store names several mailboxes that got the message, and nobody says
 * whose rule acts: it is the one that is known to send there, or one of them.
 */
static bool
is_one_of(const struct hearing *hearing, const struct claim *best)
{
	return best->rank == BIND_STORE && best->seen != NULL &&
		hearing->store_count > 1;
}

static size_t
count_routes(const struct hearing *hearing, const struct recipient *rcpt,
	struct slice *only)
{
	size_t count = 0;

	for (size_t i = 0; i < hearing->store_count; i++) {
		const struct acquaintance *one =
			hear_acquaintance(hearing->remembered,
				hearing->names[i], rcpt->address.text);

		if (one == NULL || one->messages == 0)
			continue;
		*only = hearing->names[i];
		count++;
	}
	return count;
}

static const struct address *
find_named(const struct findings *findings, struct slice mailbox)
{
	for (size_t i = 0; i < findings->count; i++) {
		if (slice_equal(findings->at[i].mailbox.text, mailbox))
			return &findings->at[i].mailbox;
	}
	return NULL;
}

static void
choose_one(const struct hearing *hearing, const struct recipient *rcpt,
	const struct findings *findings, struct bound *bound)
{
	const struct address *mailbox = NULL;
	struct slice only;

	if (count_routes(hearing, rcpt, &only) == 1)
		mailbox = find_named(findings, only);
	if (mailbox != NULL) {
		bound->mailbox = *mailbox;
		return;
	}
	bound->mailbox = (struct address){.broken = false};
	bound->one_of = hearing->store_count;
	bound->unknown = true;
}

/* Our side rewrote a foreign sender: somebody's mail leaves. */
static bool
has_foreign_srs(const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		if (findings->at[i].evidence == EVIDENCE_SRS_SENDER)
			return true;
	}
	return false;
}

struct bound
bind_findings(const struct hearing *hearing, const struct recipient *rcpt,
	const struct findings *findings)
{
	struct claim best = {BIND_NONE, SIZE_MAX, 0, NULL, NULL};
	struct bound bound = {.rank = BIND_NONE};

	if (findings->count == 0)
		return bound;
	for (size_t i = 0; i < findings->count; i++) {
		const struct observation *seen = &findings->at[i];

		if (seen->mailbox.text.len > 0 &&
			seen->standing == STANDING_COUNTS &&
			rank_of(seen) < BIND_NONE &&
			context_is_local(hearing->context, &seen->mailbox))
			claim(&best, rank_of(seen), &seen->mailbox, seen);
	}
	claim_facts(hearing, &best);
	bound.rank = best.rank;
	if (best.mailbox != NULL)
		bound.mailbox = *best.mailbox;
	if (best.seen != NULL) {
		bound.written = best.seen->written;
		bound.speaker = best.seen->speaker;
	} else {
		bound.speaker = SPEAKER_MTA;
	}
	if (is_one_of(hearing, &best))
		choose_one(hearing, rcpt, findings, &bound);
	if (best.rank == BIND_NONE)
		bound.unknown = hearing->forged || has_foreign_srs(findings);
	return bound;
}

struct bound
bind_recipient(const struct context *context, const struct recipient *rcpt)
{
	const struct remembered none = {.down = true};
	struct findings findings;
	struct hearing hearing;

	if (!context->leaves || !rcpt->external)
		return (struct bound){.rank = BIND_NONE};
	observe_recipient(context, rcpt, &findings);
	hear_begin(&hearing, context, &none);
	hear_findings(&hearing, &findings);
	return bind_findings(&hearing, rcpt, &findings);
}
