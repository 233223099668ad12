/* SPDX-License-Identifier: BSD-2-Clause */
/* Observations for one recipient, and those for all in their places. */
#include "forward/observe.h"

static void
add_naming(struct findings *findings, enum evidence evidence,
	struct slice value, const struct address *mailbox)
{
	struct observation *seen = findings_add(findings, evidence, value);

	if (seen == NULL)
		return;
	seen->mailbox = *mailbox;
	if (!slice_equal(value, mailbox->text))
		seen->written = value;
}

/* RFC 3461 section 4.2: the recipient as the sender first gave it. An SRS
 * address there is a bounce on its way back, no mailbox. */
static void
find_orcpt(const struct context *context, const struct recipient *rcpt,
	struct findings *findings)
{
	struct address mailbox;

	if (!rcpt->original_local ||
		address_equal(&rcpt->original, &rcpt->address) ||
		!context_mailbox(context, &rcpt->original, &mailbox))
		return;
	add_naming(findings, EVIDENCE_ORCPT, rcpt->original.text, &mailbox);
}

/* Postfix asks for no notification of the copies that its maps add. */
static void
find_bcc_map(const struct context *context, const struct recipient *rcpt,
	struct findings *findings)
{
	const struct received *hop = context->local_hop;
	struct observation *seen;

	struct address mailbox;

	if (hop == NULL || !slice_equal_fold(rcpt->notify, SLICE("NEVER")) ||
		!address_equal(&rcpt->original, &rcpt->address) ||
		!context_mailbox(context, &hop->for_address, &mailbox))
		return;
	seen = findings_add(findings, EVIDENCE_BCC_MAP, rcpt->notify);
	if (seen == NULL)
		return;
	seen->mailbox = mailbox;
	seen->index = hop->field_index;
}

static void
find_caf_sender(const struct context *context, const struct recipient *rcpt,
	struct findings *findings)
{
	const struct rewritten *sender = &context->sender;
	const struct address *from = &context->message->mail_from;

	if (sender->scheme == REWRITTEN_CAF &&
		context_is_local(context, from) &&
		address_equal(&sender->destination, &rcpt->address)) {
		struct address mailbox;

		if (context_mailbox(context, &sender->mailbox, &mailbox))
			add_naming(findings, EVIDENCE_CAF_SENDER, from->text,
				&mailbox);
	}
}

static bool
is_destination(const struct context_gmail *gmail, const struct address *address)
{
	for (size_t i = 0; i < gmail->count; i++) {
		if (address_equal(&gmail->destinations[i], address))
			return true;
	}
	return false;
}

/*
 * Google's fields stay on the message: only those that name this recipient
 * speak of this hop.
 */
static void
find_gmail(const struct context *context, const struct recipient *rcpt,
	struct findings *findings)
{
	struct observation *seen;

	if (!is_destination(&context->gmail, &rcpt->address))
		return;
	seen = findings_add(findings, EVIDENCE_GMAIL_FORWARDED,
		context->marks.forwarded_for);
	if (seen == NULL)
		return;
	seen->mailbox = context->gmail.mailbox;
	seen->index = context->marks.forwarded_index;
	seen->inside = custody_holds(&context->custody, seen->index);
	if (!seen->inside)
		seen->standing = STANDING_OUTSIDE;
}

static void
find_to_mismatch(const struct context *context, const struct recipient *rcpt,
	struct findings *findings)
{
	const struct message *message = context->message;
	struct observation *seen;

	if (context->addressee == NULL || message->from_local ||
		message->from.count == 0 ||
		address_set_has(&context->addressees, &rcpt->address))
		return;
	seen = findings_add(
		findings, EVIDENCE_TO_MISMATCH, context->addressee->text);
	if (seen != NULL && context->addressee_count == 1)
		seen->mailbox = context->addressee_mailbox;
}

/* One of ours wrote to M, as our own line says, and this copy goes to
 * somebody he did not write to: M's internal mail. */
static void
find_internal_for(const struct context *context, const struct recipient *rcpt,
	struct findings *findings)
{
	const struct received *hop = context->local_hop;
	struct address mailbox;
	struct observation *seen;

	if (hop == NULL || context->author.text.len == 0 ||
		hop->field_index >= context->custody.handed ||
		address_set_has(&context->addressees, &rcpt->address) ||
		!context_mailbox(context, &hop->for_address, &mailbox) ||
		address_equal(&mailbox, &context->author))
		return;
	seen = findings_add(
		findings, EVIDENCE_INTERNAL_FOR, hop->for_address.text);
	if (seen == NULL)
		return;
	seen->mailbox = mailbox;
	seen->index = hop->field_index;
}

static void
find_strayed(const struct recipient *rcpt, struct findings *findings)
{
	if (rcpt->strayed)
		findings_add(findings, EVIDENCE_LOCAL_DOMAIN_LEAVES,
			rcpt->address.domain);
}

void
observe_recipient(const struct context *context, const struct recipient *rcpt,
	struct findings *findings)
{
	const size_t *end = context->common_end;

	findings_clear(findings);
	find_orcpt(context, rcpt, findings);
	find_bcc_map(context, rcpt, findings);
	find_caf_sender(context, rcpt, findings);
	findings_copy(findings, &context->common, 0, end[CONTEXT_HEAD]);
	find_gmail(context, rcpt, findings);
	findings_copy(findings, &context->common, end[CONTEXT_HEAD],
		end[CONTEXT_ROUTE]);
	find_to_mismatch(context, rcpt, findings);
	find_internal_for(context, rcpt, findings);
	find_strayed(rcpt, findings);
	findings_copy(findings, &context->common, end[CONTEXT_ROUTE],
		end[CONTEXT_SUBJECT]);
}
