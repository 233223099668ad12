/* SPDX-License-Identifier: BSD-2-Clause */
/* Observations for one recipient: envelope, header, trace lines, route. */
#include "forward/findings.h"

#include "forward/subject.h"

#define DESTINATIONS_MAX 16

struct observation *
findings_add(
	struct findings *findings, enum evidence evidence, struct slice value)
{
	const struct evidence_row *row = evidence_row(evidence);
	struct observation *seen;

	if (findings->count == FINDINGS_MAX)
		return NULL;
	seen = &findings->at[findings->count++];
	*seen = (struct observation){.evidence = evidence,
		.confidence = row->confidence,
		.inside = true,
		.platform = row->platform,
		.value = value,
		.delay_ms = -1};
	return seen;
}

static void
add_naming(struct findings *findings, enum evidence evidence,
	struct slice value, const struct address *mailbox)
{
	struct observation *seen = findings_add(findings, evidence, value);

	if (seen != NULL)
		seen->mailbox = *mailbox;
}

/* RFC 3461 section 4.2: the recipient as the sender first gave it. An SRS
 * address there is a bounce on its way back, no mailbox. */
static void
find_orcpt(struct findings *findings)
{
	const struct recipient *rcpt = findings->rcpt;
	struct arena *arena = findings->context->message->arena;
	struct address mailbox;

	if (!rcpt->original_local ||
		address_equal(&rcpt->original, &rcpt->address) ||
		!rewritten_mailbox(arena, &rcpt->original, &mailbox))
		return;
	add_naming(findings, EVIDENCE_ORCPT, rcpt->original.text, &mailbox);
}

/* The newest of our trace lines that is for a local mailbox, or NULL. */
static const struct received *
local_hop(const struct context *context)
{
	const struct message *message = context->message;

	for (size_t hop = 0; hop < context->custody.hops; hop++) {
		const struct address *to = &message->hops[hop].for_address;

		if (to->text.len > 0 && context_is_local(context, to))
			return &message->hops[hop];
	}
	return NULL;
}

/* Postfix asks for no notification of the copies that its maps add. */
static void
find_bcc_map(struct findings *findings)
{
	const struct recipient *rcpt = findings->rcpt;
	const struct received *hop;
	struct observation *seen;

	if (!slice_equal_fold(rcpt->notify, SLICE("NEVER")) ||
		!address_equal(&rcpt->original, &rcpt->address))
		return;
	hop = local_hop(findings->context);
	if (hop == NULL)
		return;
	seen = findings_add(findings, EVIDENCE_BCC_MAP, rcpt->notify);
	if (seen == NULL)
		return;
	seen->mailbox = hop->for_address;
	seen->index = hop->field_index;
}

static void
find_rewritten_sender(struct findings *findings)
{
	const struct context *context = findings->context;
	const struct message *message = context->message;
	const struct rewritten *sender = &context->sender;
	struct slice value = message->mail_from.text;
	struct observation *seen;

	if (sender->scheme == REWRITTEN_NONE ||
		sender->scheme == REWRITTEN_BATV ||
		!context_is_local(context, &message->mail_from))
		return;
	if (sender->scheme == REWRITTEN_CAF) {
		if (address_equal(
			    &sender->destination, &findings->rcpt->address)) {
			add_naming(findings, EVIDENCE_CAF_SENDER, value,
				&sender->mailbox);
		}
		return;
	}
	seen = findings_add(findings, EVIDENCE_SRS_SENDER, value);
	if (seen == NULL)
		return;
	if (sender->scheme == REWRITTEN_SRS_MAILBOX) {
		seen->mailbox = sender->mailbox;
		seen->confidence = 93;
	}
	if (sender->scheme == REWRITTEN_SRS_MAILBOX ||
		sender->scheme == REWRITTEN_SRS_BOUNCES)
		seen->platform = "exchange";
}

/* Cyrus names the script's owner in AUTH= (RFC 4954 section 5). */
static void
find_sieve_action(struct findings *findings)
{
	const struct context *context = findings->context;
	struct observation *seen;

	if (!context->marks.sieve_redirect ||
		context->message->mail_auth.text.len == 0)
		return;
	seen = findings_add(findings, EVIDENCE_SIEVE_ACTION, SLICE("redirect"));
	if (seen == NULL)
		return;
	seen->mailbox = context->message->mail_auth;
	seen->index = context->marks.sieve_index;
	seen->inside = custody_holds(&context->custody, seen->index);
	if (!seen->inside)
		seen->standing = STANDING_OUTSIDE;
}

void
findings_from_envelope(struct findings *findings)
{
	find_orcpt(findings);
	find_bcc_map(findings);
	find_rewritten_sender(findings);
	find_sieve_action(findings);
}

static bool
lists_address(const struct addresses *list, const struct address *address)
{
	for (size_t i = 0; i < list->count; i++) {
		if (address_equal(&list->at[i], address))
			return true;
	}
	return false;
}

/* Do blank-separated addresses name this one? */
static bool
names_address(
	struct arena *arena, struct slice value, const struct address *address)
{
	struct slice word;
	size_t words = 0;

	while (slice_next(&value, ' ', &word) && words++ < DESTINATIONS_MAX) {
		struct address one;

		word = slice_trim(word);
		if (word.len > 0 && word.p[word.len - 1] == ',')
			word.len--;
		if (word.len > 0 && address_parse_path(arena, word, &one) &&
			address_equal(&one, address))
			return true;
	}
	return false;
}

/*
 * Google writes "X-Forwarded-To: DEST" and "X-Forwarded-For: MAILBOX DEST".
 * The fields stay on the message: only those that name this recipient speak
 * of this hop.
 */
static void
find_gmail(struct findings *findings)
{
	const struct context *context = findings->context;
	struct arena *arena = context->message->arena;
	struct slice rest = context->marks.forwarded_for, word;
	struct observation *seen;
	struct address mailbox;

	if (rest.p == NULL || context->marks.forwarded_to.p == NULL ||
		!names_address(arena, context->marks.forwarded_to,
			&findings->rcpt->address))
		return;
	if (!slice_next(&rest, ' ', &word) ||
		!address_parse_path(arena, word, &mailbox) ||
		!address_is_mailbox(&mailbox))
		return;
	seen = findings_add(findings, EVIDENCE_GMAIL_FORWARDED,
		context->marks.forwarded_for);
	if (seen == NULL)
		return;
	seen->mailbox = mailbox;
	seen->index = context->marks.forwarded_index;
	seen->inside = custody_holds(&context->custody, seen->index);
	if (!seen->inside)
		seen->standing = STANDING_OUTSIDE;
}

void
findings_from_marks(struct findings *findings)
{
	const struct marks *marks = &findings->context->marks;

	for (size_t i = 0; i < marks->count && findings->count < FINDINGS_MAX;
		i++)
		findings->at[findings->count++] = marks->at[i];
	find_gmail(findings);
}

/* Nobody delivers a message over LMTP before he writes it: such a line on a
 * stranger's mail is a delivery, though it may name nobody. */
static bool
tells_delivery(const struct context *context, const struct received *hop)
{
	return !context->message->from_local &&
		slice_starts_fold(hop->with, SLICE("LMTP"));
}

static void
find_hop(struct findings *findings, const struct received *hop,
	struct address *last)
{
	const struct context *context = findings->context;
	const struct address *to = &hop->for_address;
	struct address mailbox = {.broken = false};
	struct observation *seen;
	bool named = to->text.len > 0 && context_is_local(context, to) &&
		rewritten_mailbox(context->message->arena, to, &mailbox);

	if (named ? address_equal(&mailbox, last)
		  : !tells_delivery(context, hop))
		return;
	seen = findings_add(
		findings, EVIDENCE_RECEIVED_FOR, named ? to->text : hop->with);
	if (seen == NULL)
		return;
	seen->index = hop->field_index;
	seen->mailbox = mailbox;
	*last = mailbox;
}

void
findings_from_hops(struct findings *findings)
{
	const struct context *context = findings->context;
	struct address last = {.broken = false};

	for (size_t hop = 0; hop < context->custody.hops; hop++)
		find_hop(findings, &context->message->hops[hop], &last);
}

/* Is a foreign address behind the envelope, or nobody? SRS hides it. */
static bool
sender_is_foreign(const struct context *context)
{
	if (context->message->null_sender)
		return true;
	switch (context->sender.scheme) {
	case REWRITTEN_SRS0:
	case REWRITTEN_SRS1:
	case REWRITTEN_SRS_MAILBOX:
		return !context_is_local(context, &context->sender.original);
	case REWRITTEN_SRS_BOUNCES:
	case REWRITTEN_CAF:
		return true;
	case REWRITTEN_NONE:
	case REWRITTEN_BATV:
		return !context->envelope_local;
	}
	return false;
}

static void
find_transit(struct findings *findings)
{
	const struct context *context = findings->context;
	const struct message *message = context->message;

	if (context->custody.authenticated || message->from_local ||
		!sender_is_foreign(context))
		return;
	if (message->from.count > 0) {
		findings_add(
			findings, EVIDENCE_TRANSIT, message->from.at[0].text);
	} else if (!message->null_sender) {
		findings_add(
			findings, EVIDENCE_TRANSIT, message->mail_from.text);
	}
}

/* One that gets it in this very transaction is written to, not forwarded. */
static bool
is_recipient(const struct message *message, const struct address *address)
{
	for (size_t i = 0; i < message->rcpt_count; i++) {
		if (address_equal(&message->rcpts[i].address, address))
			return true;
	}
	return false;
}

/* Counts the different local mailboxes of a list into *count, keeping one. */
static void
count_local(const struct context *context, const struct addresses *list,
	const struct address **one, size_t *count)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct address *address = &list->at[i];

		if (!context_is_local(context, address) ||
			(*one != NULL && address_equal(*one, address)) ||
			is_recipient(context->message, address))
			continue;
		*one = address;
		(*count)++;
	}
}

static void
find_to_mismatch(struct findings *findings)
{
	const struct message *message = findings->context->message;
	const struct address *rcpt = &findings->rcpt->address;
	const struct address *one = NULL;
	struct observation *seen;
	size_t count = 0;

	if (message->from_local || message->from.count == 0 ||
		lists_address(&message->to, rcpt) ||
		lists_address(&message->cc, rcpt))
		return;
	count_local(findings->context, &message->to, &one, &count);
	count_local(findings->context, &message->cc, &one, &count);
	if (one == NULL)
		return;
	seen = findings_add(findings, EVIDENCE_TO_MISMATCH, one->text);
	if (seen != NULL && count == 1)
		seen->mailbox = *one;
}

void
findings_from_route(struct findings *findings)
{
	const struct message *message = findings->context->message;

	find_transit(findings);
	find_to_mismatch(findings);
	if (message->subject.len > 0 && subject_is_forward(message->subject)) {
		findings_add(
			findings, EVIDENCE_FORWARD_SUBJECT, message->subject);
	}
}
