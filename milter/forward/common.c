/* SPDX-License-Identifier: BSD-2-Clause */
/* Observations alike for all recipients: header, trace lines, route. */
#include "forward/common.h"

#include "forward/subject.h"
#include "mail/path.h"

/* A delivery that tells nobody confirms others; alone it is nothing. */
#define NAMELESS_DELIVERY 25

/* The newest of our trace lines that is for a local mailbox, or NULL. */
static const struct received *
find_local_hop(const struct context *context)
{
	const struct message *message = context->message;

	for (size_t hop = 0; hop < context->custody.hops; hop++) {
		const struct address *to = &message->hops[hop].for_address;

		if (to->text.len > 0 && context_is_local(context, to))
			return &message->hops[hop];
	}
	return NULL;
}

/* SRS around the author himself or another of ours is not a forward: some sites
 * rewrite all that leaves. */
static bool
wraps_ours(const struct context *context)
{
	const struct rewritten *sender = &context->sender;
	const struct addresses *from = &context->message->from;

	if (sender->original.text.len > 0)
		return context_is_local(context, &sender->original);
	return custody_born_here(&context->custody) && from->count > 0 &&
		context_is_local(context, &from->at[0]);
}

/* Exchange Online's own way of SRS tells more than others. */
static void
find_srs_sender(const struct context *context, struct findings *findings)
{
	const struct message *message = context->message;
	const struct rewritten *sender = &context->sender;
	struct observation *seen;

	if (sender->scheme == REWRITTEN_NONE ||
		sender->scheme == REWRITTEN_BATV ||
		sender->scheme == REWRITTEN_CAF ||
		!context_is_local(context, &message->mail_from) ||
		wraps_ours(context))
		return;
	seen = findings_add(
		findings, EVIDENCE_SRS_SENDER, message->mail_from.text);
	if (seen == NULL)
		return;
	if (sender->scheme == REWRITTEN_SRS_MAILBOX) {
		(void)context_mailbox(
			context, &sender->mailbox, &seen->mailbox);
		seen->confidence = 93;
	} else {
		seen->bare = true;
	}
	if (sender->scheme == REWRITTEN_SRS_MAILBOX ||
		sender->scheme == REWRITTEN_SRS_BOUNCES)
		seen->platform = "exchange";
}

/* Cyrus names the script's owner in AUTH= (RFC 4954 section 5). */
static void
find_sieve_action(const struct context *context, struct findings *findings)
{
	struct observation *seen;

	if (!context->marks.sieve_redirect ||
		context->message->mail_auth.text.len == 0)
		return;
	seen = findings_add(findings, EVIDENCE_SIEVE_ACTION, SLICE("redirect"));
	if (seen == NULL)
		return;
	(void)context_mailbox(
		context, &context->message->mail_auth, &seen->mailbox);
	seen->index = context->marks.sieve_index;
	seen->inside = custody_holds(&context->custody, seen->index);
	if (!seen->inside)
		seen->standing = STANDING_OUTSIDE;
}

static void
find_marks(const struct context *context, struct findings *findings)
{
	const struct marks *marks = &context->marks;

	for (size_t i = 0; i < marks->count && findings->count < FINDINGS_MAX;
		i++)
		findings->at[findings->count++] = marks->at[i];
}

/* The destinations are separated by blanks. */
static void
read_destinations(
	struct context_gmail *gmail, struct arena *arena, struct slice value)
{
	struct slice word;
	size_t words = 0;

	while (slice_next(&value, ' ', &word) &&
		words++ < CONTEXT_DESTINATIONS_MAX) {
		word = slice_trim(word);
		if (word.len > 0 && word.p[word.len - 1] == ',')
			word.len--;
		if (word.len > 0 &&
			path_parse(arena, word,
				&gmail->destinations[gmail->count]))
			gmail->count++;
	}
}

/* "X-Forwarded-To: DEST" and "X-Forwarded-For: MAILBOX DEST" */
static void
read_gmail(struct context *context)
{
	struct context_gmail *gmail = &context->gmail;
	struct arena *arena = context->message->arena;
	struct slice rest = context->marks.forwarded_for, word;

	gmail->mailbox = (struct address){.broken = false};
	gmail->count = 0;
	if (rest.p == NULL || context->marks.forwarded_to.p == NULL ||
		!slice_next(&rest, ' ', &word) ||
		!path_parse(arena, word, &gmail->mailbox))
		return;
	if (address_is_mailbox(&gmail->mailbox) &&
		context_mailbox(context, &gmail->mailbox, &gmail->mailbox)) {
		read_destinations(gmail, arena, context->marks.forwarded_to);
	} else {
		gmail->mailbox = (struct address){.broken = false};
	}
}

/* Nobody delivers a message over LMTP before he writes it: such a line on a
 * stranger's mail is a delivery, though it may name nobody. */
static bool
tells_delivery(const struct context *context, const struct received *hop)
{
	return !context->message->from_local &&
		(slice_starts_fold(hop->with, SLICE("LMTP")) ||
			slice_starts_fold(hop->with, SLICE("UTF8LMTP")));
}

static void
find_hop(const struct context *context, struct findings *findings,
	const struct received *hop, struct address *last)
{
	const struct address *to = &hop->for_address;
	struct address mailbox = {.broken = false};
	struct observation *seen;
	bool named = to->text.len > 0 && context_is_local(context, to) &&
		context_mailbox(context, to, &mailbox);

	if (named ? address_equal(&mailbox, last)
		  : !tells_delivery(context, hop))
		return;
	seen = findings_add(
		findings, EVIDENCE_RECEIVED_FOR, named ? to->text : hop->with);
	if (seen == NULL)
		return;
	seen->index = hop->field_index;
	seen->mailbox = mailbox;
	if (!named)
		seen->confidence = NAMELESS_DELIVERY;
	if (named && !slice_equal(to->text, mailbox.text))
		seen->written = to->text;
	*last = mailbox;
}

static void
find_hops(const struct context *context, struct findings *findings)
{
	struct address last = {.broken = false};

	for (size_t hop = 0; hop < context->custody.hops; hop++)
		find_hop(
			context, findings, &context->message->hops[hop], &last);
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

/* Postfix: "by HOST (Postfix, from userid 1000)" */
static void
find_userid(const struct context *context, struct findings *findings)
{
	const struct received *hand = context->custody.hand;
	struct observation *seen;

	if (hand == NULL || hand->uid.len == 0 || context->envelope_local ||
		context->message->null_sender || context->message->from_local ||
		context->sender.scheme != REWRITTEN_NONE)
		return;
	seen = findings_add(findings, EVIDENCE_USERID_SENDER, hand->uid);
	if (seen != NULL)
		seen->index = hand->field_index;
}

static void
find_transit(const struct context *context, struct findings *findings)
{
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

static void
find_subject(const struct context *context, struct findings *findings)
{
	struct slice subject = context->message->subject;

	if (subject.len > 0 && subject_is_forward(subject))
		findings_add(findings, EVIDENCE_FORWARD_SUBJECT, subject);
}

void
common_read(struct context *context)
{
	struct findings *common = &context->common;

	context->local_hop = find_local_hop(context);
	read_gmail(context);
	findings_clear(common);
	find_srs_sender(context, common);
	find_sieve_action(context, common);
	find_marks(context, common);
	context->common_end[CONTEXT_HEAD] = common->count;
	find_hops(context, common);
	find_userid(context, common);
	find_transit(context, common);
	context->common_end[CONTEXT_ROUTE] = common->count;
	find_subject(context, common);
	context->common_end[CONTEXT_SUBJECT] = common->count;
}
