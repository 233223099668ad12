/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is not an attack, and who must say so (one predicate an exemption).
 *
 * Null senders, reports, invitations and notices are anybody's to write, so
 * they excuse only what was born here and has an author of ours; a stranger's
 * bounce or invitation that leaves is forwarded like all his mail. An answer by
 * itself goes to somebody who wrote: the store knows. A list is an address that
 * our own lines, the store or the configuration name, and nobody's person.
 */
#include "forward/exempt.h"

#include "forward/own_list.h"

struct claimant {
	const struct hearing *hearing;
	const struct context *context;
	const struct findings *findings;
	const struct address *mailbox; /* text absent: bound to none */
};

static struct slice
local_of(struct slice mailbox)
{
	return slice_sub(mailbox, 0, slice_find_byte(mailbox, '@', 0));
}

/* Is the list of that name among those for whom the message came? */
static bool
came_for(const struct hearing *hearing, struct slice name)
{
	for (size_t i = 0; i < hearing->name_count; i++) {
		if (own_list_is_called(local_of(hearing->names[i]), name))
			return true;
	}
	return false;
}

static enum ground
is_nobody(const struct hearing *hearing, const struct address *mailbox)
{
	const struct acquaintance *one = hear_acquaintance(
		hearing->remembered, mailbox->text, (struct slice){NULL, 0});

	if (one == NULL || hearing->remembered->down)
		return GROUND_NOTHING_KNOWN;
	return one->person ? GROUND_PERSON : GROUND_NOBODY;
}

static enum ground
is_configured_list(const struct claimant *c)
{
	const struct address *sender = &c->context->message->mail_from;
	const struct realm *realm = c->context->message->realm;
	const struct address *login = &c->hearing->login;
	bool listed;

	if (c->mailbox->text.len > 0) {
		listed = realm_has_list(
			realm, c->mailbox->text, c->mailbox->domain);
	} else {
		listed = context_is_local(c->context, sender) &&
			realm_has_list(realm, sender->text, sender->domain);
	}
	if (!listed)
		return GROUND_UNCLAIMED;
	if (c->hearing->person && login->text.len > 0 &&
		!realm_has_list(realm, login->text, login->domain))
		return GROUND_HANDED_IN;
	return GROUND_CONFIGURED;
}

/* How the list is called whose post it says it is; absent: of none. */
static struct slice
claimed_list(const struct context *context)
{
	const struct address *list = &context->marks.list_address;
	struct slice name = {NULL, 0};

	if (!context_is_local(context, &context->message->mail_from))
		return name;
	if (context->message->mail_from.local.len > 0)
		name = own_list_name(context->message->mail_from.local);
	if (name.len == 0 && list->text.len > 0 &&
		(address_equal(list, &context->envelope) ||
			context->marks.list_local))
		name = list->local;
	return name;
}

/*
 * The envelope sender alone is anybody's to write who can call sendmail(1):
 * with it goes what lists write into a header, or else the MTA itself sends in
 * the list's name, to the members of an alias that has an "owner-". That is
 * seen at the egress, where what came for the list has passed no program: the
 * newest line is the one that names it.
 */
static bool
looks_like_list(const struct context *context, struct slice name)
{
	const struct message *message = context->message;

	return message->list || context->marks.loop ||
		(message->egress && message->hop_count > 0 &&
			own_list_is_called(
				message->hops[0].for_address.local, name));
}

/*
 * A list of ours sends with its own envelope; List-* fields alone are any
 * stranger's. And a member's mailbox that forwards the list's mail is not the
 * list: the mailbox must be called as the list is.
 */
static enum ground
is_own_list(const struct claimant *c)
{
	struct slice name = claimed_list(c->context);

	if (name.len == 0) {
		return c->context->marks.list_local ? GROUND_FOREIGN_ENVELOPE
						    : GROUND_UNCLAIMED;
	}
	if (c->hearing->person)
		return GROUND_HANDED_IN;
	if (!looks_like_list(c->context, name))
		return GROUND_ENVELOPE_ALONE;
	if (c->mailbox->text.len == 0)
		return GROUND_NO_MAILBOX;
	if (!own_list_is_called(c->mailbox->local, name))
		return GROUND_OTHER_LIST;
	if (c->hearing->name_count > 0 && !came_for(c->hearing, name))
		return GROUND_CAME_FOR_OTHERS;
	return is_nobody(c->hearing, c->mailbox);
}

/* Is it new, and written by one of ours? */
static enum ground
is_ours(const struct claimant *c)
{
	if (c->hearing->came_in)
		return GROUND_CAME_IN;
	return c->context->message->from_local ? GROUND_OURS
					       : GROUND_FOREIGN_AUTHOR;
}

static enum ground
is_bounce(const struct claimant *c)
{
	if (c->context->homing)
		return GROUND_HOMING;
	return c->context->message->null_sender || c->context->marks.report
		? is_ours(c)
		: GROUND_UNCLAIMED;
}

/* Does the store know whom such an answer is to? */
static enum ground
wrote_to_mailbox(const struct claimant *c)
{
	const struct remembered *remembered = c->hearing->remembered;

	if (c->findings->took_part)
		return GROUND_WROTE;
	for (size_t i = 0; i < remembered->memory_count; i++) {
		const struct memory *memory = &remembered->memories[i];

		if (memory->of == MEMORY_REFERENCE && memory->count > 0 &&
			!c->findings->cut)
			return GROUND_NEVER_WROTE;
	}
	return GROUND_NOTHING_KNOWN;
}

/* Written by the mailbox itself; a stranger's auto-reply that it forwards is
 * a forward like any other. */
static enum ground
is_auto_reply(const struct claimant *c)
{
	const struct marks *marks = &c->context->marks;
	const struct message *message = c->context->message;
	bool quiet = marks->suppress &&
		(message->null_sender || marks->rules_agent ||
			marks->auto_generated);
	enum ground ground = is_ours(c);

	if (!marks->auto_replied && !quiet)
		return GROUND_UNCLAIMED;
	if (ground_belief(ground) == BELIEF_NO)
		return ground;
	if (c->mailbox->text.len > 0 &&
		!address_equal(c->mailbox, &c->context->author))
		return GROUND_OTHER_AUTHOR;
	return wrote_to_mailbox(c);
}

static enum ground
is_generated(const struct claimant *c)
{
	if (!c->context->marks.auto_generated)
		return GROUND_UNCLAIMED;
	return c->context->envelope_local ? is_ours(c)
					  : GROUND_FOREIGN_ENVELOPE;
}

static enum ground
is_calendar(const struct claimant *c)
{
	return c->context->marks.calendar ? is_ours(c) : GROUND_UNCLAIMED;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The next run of digits from *at on; absent: there is none. */
static struct slice
next_number(struct slice text, size_t *at)
{
	size_t from;

	while (*at < text.len && !is_digit(text.p[*at]))
		++*at;
	from = *at;
	while (*at < text.len && is_digit(text.p[*at]))
		++*at;
	return *at > from ? slice_sub(text, from, *at)
			  : (struct slice){NULL, 0};
}

/* Is that number in the subject, as a ticket's is: "[Help 17]", "#17"? */
static bool
is_ticket_number(struct slice subject, struct slice number)
{
	bool open = false;
	struct slice one;
	size_t at = 0, last = 0;

	for (;;) {
		one = next_number(subject, &at);
		if (one.p == NULL)
			return false;
		for (; last < at - one.len; last++) {
			if (subject.p[last] == '[' || subject.p[last] == ']')
				open = subject.p[last] == '[';
		}
		if ((open || (last > 0 && subject.p[last - 1] == '#')) &&
			slice_equal(one, number))
			return true;
	}
}

static bool
is_own_ticket(const struct message *message, struct slice id)
{
	size_t sign = slice_find_byte(id, '@', 0), at = 0;
	struct slice local = slice_sub(id, 0, sign), number;

	if (sign == SLICE_NONE ||
		!realm_has_domain(message->realm,
			address_domain(message->arena,
				slice_sub(id, sign + 1, id.len))))
		return false;
	while ((number = next_number(local, &at)).p != NULL) {
		if (is_ticket_number(message->subject, number))
			return true;
	}
	return false;
}

/*
 * A thread id of its own beside the foreign one. A person's own letters have
 * ids of ours, too, and stand in the same thread: a ticket's has the ticket's
 * number, which is also in the subject.
 */
static bool
has_own_thread(const struct message *message)
{
	const struct field *field = message_first(message, NAME_REFERENCES);
	struct slice rest, word;

	if (field == NULL)
		return false;
	rest = field->value;
	while (slice_next(&rest, '>', &word)) {
		size_t from = slice_find_byte(word, '<', 0);

		if (from != SLICE_NONE &&
			is_own_ticket(
				message, slice_sub(word, from + 1, word.len)))
			return true;
	}
	return false;
}

/* One local address that a program answers for: no person logged in as it. */
static enum ground
is_ticket(const struct claimant *c)
{
	const struct context *context = c->context;
	enum ground ground = is_ours(c);
	struct address envelope;

	if (!context->marks.bulk && !context->marks.loop &&
		!has_own_thread(context->message))
		return GROUND_UNCLAIMED;
	if (ground_belief(ground) == BELIEF_NO)
		return ground;
	if (c->hearing->person)
		return GROUND_HANDED_IN;
	if (context->author.text.len == 0)
		return GROUND_FOREIGN_AUTHOR;
	if (!context_mailbox(context, &context->envelope, &envelope) ||
		!address_equal(&envelope, &context->author))
		return GROUND_FOREIGN_ENVELOPE;
	return GROUND_PROGRAM;
}

static enum ground
is_reply(const struct claimant *c)
{
	const struct remembered *remembered = c->hearing->remembered;

	if (c->findings->took_part)
		return GROUND_TOOK_PART;
	if (c->findings->cut)
		return GROUND_CUT;
	for (size_t i = 0; i < remembered->memory_count; i++) {
		const struct memory *memory = &remembered->memories[i];

		if (memory->of == MEMORY_REFERENCE && memory->count > 0)
			return GROUND_NO_PART;
	}
	return GROUND_UNCLAIMED;
}

enum scope {
	EXCUSES_NOTHING, /* what it is about was dropped, or marked, already */
	EXCUSES_INFERRED,
	EXCUSES_ALL
};

/* By their bits' numbers. */
static const struct {
	enum exemption bit;
	enum ground (*find)(const struct claimant *);
	enum scope scope;
} exemptions[EXEMPTION_COUNT] = {
	{EXEMPT_OWN_LIST, is_own_list, EXCUSES_ALL},
	{EXEMPT_BOUNCE, is_bounce, EXCUSES_INFERRED},
	{EXEMPT_AUTO_REPLY, is_auto_reply, EXCUSES_ALL},
	{EXEMPT_REPLY, is_reply, EXCUSES_NOTHING},
	{EXEMPT_GENERATED, is_generated, EXCUSES_INFERRED},
	{EXEMPT_CALENDAR, is_calendar, EXCUSES_INFERRED},
	{EXEMPT_TICKET, is_ticket, EXCUSES_INFERRED},
	{EXEMPT_CONFIGURED_LIST, is_configured_list, EXCUSES_ALL},
};

struct exempt
exempt_find(const struct hearing *hearing, const struct findings *findings,
	const struct address *mailbox)
{
	const struct claimant claimant = {
		hearing, hearing->context, findings, mailbox};
	struct exempt exempt = {0};

	for (size_t i = 0; i < EXEMPTION_COUNT; i++) {
		enum ground ground = exemptions[i].find(&claimant);

		exempt.grounds[i] = ground;
		if (ground_belief(ground) != BELIEF_NO)
			exempt.bits |= exemptions[i].bit;
		if (ground_belief(ground) == BELIEF_UNPROVEN)
			exempt.unproven |= exemptions[i].bit;
	}
	return exempt;
}

bool
exempt_is_told(enum evidence evidence)
{
	enum evidence_family family = evidence_row(evidence)->family;

	return family == FAMILY_ENVELOPE || family == FAMILY_VENDOR ||
		evidence == EVIDENCE_DELIVERED_TO;
}

bool
exempt_covers(unsigned exempt, const struct observation *seen)
{
	enum scope needed =
		exempt_is_told(seen->evidence) ? EXCUSES_ALL : EXCUSES_INFERRED;

	if (seen->own_word)
		exempt &= EXEMPT_OWN_LIST | EXEMPT_CONFIGURED_LIST;
	for (size_t i = 0; i < EXEMPTION_COUNT; i++) {
		if ((exempt & exemptions[i].bit) != 0 &&
			exemptions[i].scope >= needed)
			return true;
	}
	return false;
}
