/* SPDX-License-Identifier: BSD-2-Clause */
/* What is no attack, and how it shows (one predicate an exemption). */
#include "forward/exempt.h"

static bool
is_mailbox(const struct address *mailbox, const struct address *other)
{
	return other->text.len > 0 && address_equal(mailbox, other);
}

/*
 * The name of the list in an envelope sender such as "announce-bounces",
 * "announce-bounces+user=example.net" or "owner-announce"; absent if it is
 * no list's.
 */
static struct slice
list_name(struct slice local)
{
	static const struct slice tails[] = {{"-bounces", 8}, {"-bounce", 7},
		{"-owner", 6}, {"-return", 7}, {"-errors", 7}, {"-request", 8}};
	const struct slice head = SLICE("owner-");
	size_t at;

	if (local.len > head.len && slice_starts_fold(local, head))
		return slice_sub(local, head.len, local.len);
	for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
		char next;

		at = slice_find_fold(local, tails[i]);
		if (at == SLICE_NONE || at == 0)
			continue;
		if (at + tails[i].len == local.len)
			return slice_sub(local, 0, at);
		next = local.p[at + tails[i].len];
		if (next == '+' || next == '-' || next == '=')
			return slice_sub(local, 0, at);
	}
	return (struct slice){NULL, 0};
}

/*
 * A list of ours sends with its own envelope; List-* fields alone are any
 * stranger's. And a member's mailbox that forwards the list's mail is not the
 * list: the mailbox must be the list's own address, if there is one.
 */
static bool
is_own_list(const struct context *context, const struct address *mailbox)
{
	const struct address *sender = &context->envelope;
	struct slice name;

	if (!context->envelope_local)
		return false;
	name = list_name(sender->local);
	if (name.len == 0 && !context->marks.list_local)
		return false;
	if (mailbox->text.len == 0 || is_mailbox(mailbox, sender) ||
		is_mailbox(mailbox, &context->marks.list_address))
		return true;
	return name.len > 0 && slice_equal_fold(mailbox->local, name) &&
		slice_equal(mailbox->domain, sender->domain);
}

static bool
is_bounce(const struct context *context, const struct address *mailbox)
{
	(void)mailbox;
	return context->message->null_sender || context->marks.report;
}

/* Written by the mailbox itself; a stranger's auto-reply that it forwards is
 * a forward like any other. */
static bool
is_auto_reply(const struct context *context, const struct address *mailbox)
{
	const struct message *message = context->message;

	if (!message->from_local ||
		!(context->marks.auto_replied ||
			(context->marks.suppress && message->null_sender)))
		return false;
	return mailbox->text.len == 0 ||
		(message->from.count > 0 &&
			is_mailbox(mailbox, &message->from.at[0]));
}

static bool
is_generated(const struct context *context, const struct address *mailbox)
{
	(void)mailbox;
	return context->marks.auto_generated && context->message->from_local &&
		context->envelope_local;
}

static bool
is_calendar(const struct context *context, const struct address *mailbox)
{
	(void)mailbox;
	return context->marks.calendar;
}

enum scope {
	EXCUSES_NOTHING, /* what it is about was dropped already */
	EXCUSES_INFERRED,
	EXCUSES_ALL
};

static const struct {
	enum exemption bit;
	bool (*applies)(const struct context *, const struct address *mailbox);
	enum scope scope;
} exemptions[EXEMPTION_COUNT] = {
	{EXEMPT_OWN_LIST, is_own_list, EXCUSES_ALL},
	{EXEMPT_BOUNCE, is_bounce, EXCUSES_INFERRED},
	{EXEMPT_AUTO_REPLY, is_auto_reply, EXCUSES_ALL},
	{EXEMPT_REPLY, NULL, EXCUSES_NOTHING},
	{EXEMPT_GENERATED, is_generated, EXCUSES_INFERRED},
	{EXEMPT_CALENDAR, is_calendar, EXCUSES_INFERRED},
};

unsigned
exempt_find(const struct context *context, const struct findings *findings,
	const struct address *mailbox)
{
	unsigned exempt = findings->took_part ? EXEMPT_REPLY : 0;

	for (size_t i = 0; i < EXEMPTION_COUNT; i++) {
		if (exemptions[i].applies != NULL &&
			exemptions[i].applies(context, mailbox))
			exempt |= exemptions[i].bit;
	}
	return exempt;
}

struct slice
exempt_list(const struct context *context)
{
	struct slice name = list_name(context->envelope.local);

	if (!context->envelope_local || name.len == 0)
		return (struct slice){NULL, 0};
	return arena_printf(context->message->arena, "%.*s@%.*s",
		SLICE_ARG(name), SLICE_ARG(context->envelope.domain));
}

/* Said by the MTA, by the forwarder itself or by a delivery. */
static bool
is_told(enum evidence evidence)
{
	enum evidence_family family = evidence_row(evidence)->family;

	return family == FAMILY_ENVELOPE || family == FAMILY_VENDOR ||
		evidence == EVIDENCE_DELIVERED_TO;
}

bool
exempt_covers(unsigned exempt, const struct observation *seen)
{
	enum scope needed =
		is_told(seen->evidence) ? EXCUSES_ALL : EXCUSES_INFERRED;

	for (size_t i = 0; i < EXEMPTION_COUNT; i++) {
		if ((exempt & exemptions[i].bit) != 0 &&
			exemptions[i].scope >= needed)
			return true;
	}
	return false;
}
