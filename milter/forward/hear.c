/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hearing.
 *
 * A word binds the one who speaks it, or one whom a better speaker confirms.
 * Our MTA and our store are believed about everything, a product of ours about
 * the mailbox it names. Whoever handed the message in, by a login or as a user
 * of the machine, wrote all of it below the line that says so: marks of others
 * in it are his, and so is the flow. A stranger convicts nobody: his mark, or
 * his ORCPT, counts only for a mailbox that the store or our own lines name,
 * and where they name others and not that one, it is contradicted.
 *
 * A user of the machine is known by a number only, and at pickup not even by
 * that: what Sieve hands in there and what anybody does look alike. There the
 * store tells them apart. If it knows the mailbox that our lines and the marks
 * name, and not the message, our intake never took it: all of it is the word
 * of somebody nobody knows, who convicts nobody.
 *
 * Where nothing is known (no intake is attached, or it was evicted) ORCPT
 * counts as it did, and the flow is not confirmed. A stranger's mark then needs
 * at least that he wrote to that mailbox, or that our side rewrote his sender.
 */
#include "forward/hear.h"

#include "forward/own_list.h"
#include "mail/path.h"

#include <stdint.h>

const struct acquaintance *
hear_acquaintance(const struct remembered *remembered, struct slice who,
	struct slice destination)
{
	for (size_t i = 0; i < remembered->known_count; i++) {
		const struct acquaintance *one = &remembered->known[i];

		if (slice_equal(one->who, who) &&
			(slice_is_absent(destination) ||
				slice_equal(one->destination, destination)))
			return one;
	}
	return NULL;
}

bool
hear_names(const struct hearing *hearing, struct slice mailbox)
{
	for (size_t i = 0; i < hearing->name_count; i++) {
		if (slice_equal(hearing->names[i], mailbox))
			return true;
	}
	return false;
}

/* ... by the store alone? */
static bool
is_stored(const struct hearing *hearing, struct slice mailbox)
{
	for (size_t i = 0; i < hearing->store_count; i++) {
		if (slice_equal(hearing->names[i], mailbox))
			return true;
	}
	return false;
}

static void
add_name(struct hearing *hearing, struct slice mailbox)
{
	if (hearing->name_count < HEARING_NAMES_MAX &&
		!hear_names(hearing, mailbox))
		hearing->names[hearing->name_count++] = mailbox;
}

/* Is that memory of the line by which a person handed the message in? */
static bool
is_hand(const struct hearing *hearing, const struct memory *memory)
{
	const struct context *context = hearing->context;
	const struct received *hand = context->custody.hand;

	return hand != NULL &&
		slice_equal(trace_queue_id(context->message->arena, hand->by,
				    hand->id),
			memory->id);
}

/* Who handed the message in, by the store's memory of its queue id. A login
 * that was no mailbox of ours then is a program's. */
static void
take_login(
	struct hearing *hearing, const struct memory *memory, struct slice who)
{
	const struct context *context = hearing->context;
	struct address address;

	if (slice_equal(who, TRACE_PROGRAM)) {
		if (is_hand(hearing, memory)) {
			hearing->person = false;
			hearing->handed = SIZE_MAX;
		}
		return;
	}
	hearing->person = true;
	if (hearing->handed == SIZE_MAX && context->message->hop_count > 0)
		hearing->handed = context->message->hops[0].field_index + 1;
	if (hearing->login.text.len == 0 &&
		path_parse(context->message->arena, who, &address) &&
		context_is_local(context, &address))
		(void)context_mailbox(context, &address, &hearing->login);
}

static struct slice
find_login(const struct memory *memory)
{
	for (size_t i = 0; i < memory->count; i++) {
		if (memory->members[i].role == TRACE_LOGIN)
			return memory->members[i].who;
	}
	return (struct slice){NULL, 0};
}

static void
take_memory(struct hearing *hearing, const struct memory *memory)
{
	const struct realm *realm = hearing->context->message->realm;
	struct slice login = find_login(memory);

	if (memory->of != MEMORY_OWN && memory->of != MEMORY_QUEUE)
		return;
	for (size_t i = 0; i < memory->count; i++) {
		const struct trace_member *member = &memory->members[i];

		if (member->role == TRACE_MAILBOX) {
			add_name(hearing, member->who);
			hearing->traced = true;
		} else if (member->role == TRACE_CLIENT) {
			hearing->traced = true;
			if (login.len == 0 && !realm_has_ip(realm, member->who))
				hearing->came_in = true;
		}
	}
	if (login.len > 0 && memory->of == MEMORY_QUEUE)
		take_login(hearing, memory, login);
}

/* Does the store know a mailbox of that name? The surest of them: one that has
 * written. Where several are as sure it is nobody's in particular. */
static bool
find_bare(const struct hearing *hearing, struct address *out)
{
	const struct context *context = hearing->context;
	const struct remembered *remembered = hearing->remembered;
	const struct acquaintance *best = NULL;
	bool several = false;

	for (size_t i = 0; i < remembered->known_count; i++) {
		const struct acquaintance *one = &remembered->known[i];
		struct address address;

		if ((!one->known && !one->person) ||
			!path_parse(
				context->message->arena, one->who, &address) ||
			!slice_equal_fold(address.local, context->bare) ||
			!context_is_local(context, &address))
			continue;
		if (best != NULL && slice_equal(best->who, one->who))
			continue;
		if (best == NULL || one->person > best->person) {
			best = one;
			*out = address;
			several = false;
		} else if (one->person == best->person) {
			several = true;
		}
	}
	if (several)
		*out = (struct address){.broken = false};
	return best != NULL;
}

/* A login that is not an address is a person if the store knows him. */
static void
resolve_bare(struct hearing *hearing)
{
	const struct custody *custody = &hearing->context->custody;

	if (!find_bare(hearing, &hearing->login))
		return;
	hearing->person = true;
	hearing->handed = custody->hand != NULL ? custody->handed : 0;
}

/* Does the mailbox get mail by our intake, though no list is called so? */
static bool
gets_mail(const struct hearing *hearing, const struct address *address,
	struct slice list)
{
	const struct acquaintance *one;
	struct address box;

	if (address->text.len == 0 ||
		!context_is_local(hearing->context, address) ||
		!context_mailbox(hearing->context, address, &box) ||
		slice_equal(box.text, list))
		return false;
	one = hear_acquaintance(
		hearing->remembered, box.text, (struct slice){NULL, 0});
	return one != NULL && one->gets_mail;
}

/* Is somebody named for whom it had been delivered, and who gets mail? */
static bool
shows_delivery(const struct hearing *hearing)
{
	const struct context *context = hearing->context;
	const struct marks *marks = &context->marks;
	struct slice list = own_list_address(context);

	if (list.len == 0)
		list = marks->list_address.text;
	if (context->local_hop != NULL &&
		gets_mail(hearing, &context->local_hop->for_address, list))
		return true;
	for (size_t i = 0; i < marks->count; i++) {
		enum kind kind = evidence_row(marks->at[i].evidence)->kind;

		if (kind != KIND_FORWARD && kind != KIND_NOTIFY &&
			gets_mail(hearing, &marks->at[i].mailbox, list))
			return true;
	}
	return false;
}

bool
hear_on_machine(const struct message *message)
{
	struct slice ip = message->client.ip;

	return ip.len == 0 || slice_starts_fold(ip, SLICE("127.")) ||
		slice_equal(ip, SLICE("::1"));
}

/* By somebody whom nobody names, or a program of his on the machine. */
static bool
is_by_somebody(const struct hearing *hearing)
{
	const struct message *message = hearing->context->message;

	if (hearing->person)
		return hearing->login.text.len == 0;
	return !message->egress && message->client.listener.len > 0 &&
		message->client.auth_user.len == 0 && hear_on_machine(message);
}

static void
find_forged(struct hearing *hearing)
{
	const struct remembered *remembered = hearing->remembered;

	if (remembered->down || remembered->known_count == 0 ||
		hearing->traced || !is_by_somebody(hearing) ||
		!shows_delivery(hearing))
		return;
	hearing->forged = true;
	if (!hearing->person)
		hearing->handed = 0;
	hearing->person = true;
}

/* Our own lines above what a person wrote. */
static void
take_lines(struct hearing *hearing)
{
	const struct context *context = hearing->context;
	const struct message *message = context->message;
	struct address mailbox;

	for (size_t i = 0; i < context->custody.hops; i++) {
		const struct received *hop = &message->hops[i];

		if (hop->field_index < hearing->handed &&
			hop->for_address.text.len > 0 &&
			context_is_local(context, &hop->for_address) &&
			context_mailbox(context, &hop->for_address, &mailbox))
			add_name(hearing, mailbox.text);
	}
	for (size_t i = 0; i < context->marks.count; i++) {
		const struct observation *seen = &context->marks.at[i];

		if (seen->evidence == EVIDENCE_DELIVERED_TO && seen->inside &&
			seen->index < hearing->handed &&
			context_is_local(context, &seen->mailbox))
			add_name(hearing, seen->mailbox.text);
	}
}

void
hear_begin(struct hearing *hearing, const struct context *context,
	const struct remembered *remembered)
{
	*hearing = (struct hearing){.context = context,
		.remembered = remembered,
		.person = context->person,
		.login = context->login,
		.handed = context->custody.handed,
		.came_in = !custody_born_here(&context->custody)};
	if (context->bare.len > 0)
		resolve_bare(hearing);
	for (size_t i = 0; i < remembered->memory_count; i++)
		take_memory(hearing, &remembered->memories[i]);
	hearing->store_count = hearing->name_count;
	find_forged(hearing);
	take_lines(hearing);
	if (hearing->person && !hearing->forged &&
		hearing->login.text.len == 0 && context->author.text.len > 0 &&
		(context->custody.hand == NULL ||
			context->custody.hand->uid.len == 0))
		hearing->login = context->author;
}

struct slice
hear_login(const struct context *context, const struct remembered *remembered)
{
	struct hearing hearing;

	hear_begin(&hearing, context, remembered);
	if (!hearing.person && !remembered->down)
		return TRACE_PROGRAM;
	return hearing.login.text;
}

static enum speaker
speaker_of(const struct hearing *hearing, const struct observation *seen)
{
	bool his = hearing->person && seen->index >= hearing->handed;

	switch (evidence_row(seen->evidence)->family) {
	case FAMILY_STORE:
		return SPEAKER_STORE;
	case FAMILY_ENVELOPE:
		if (seen->evidence == EVIDENCE_ORCPT) {
			return hearing->handed == 0 ? SPEAKER_LOGIN
						    : SPEAKER_MTA;
		}
		return hearing->person ? SPEAKER_LOGIN : SPEAKER_SOFTWARE;
	case FAMILY_TRACE:
		if (his)
			return SPEAKER_LOGIN;
		return seen->inside ? SPEAKER_MTA : SPEAKER_STRANGER;
	case FAMILY_VENDOR:
		if (his)
			return SPEAKER_LOGIN;
		return seen->inside ? SPEAKER_SOFTWARE : SPEAKER_STRANGER;
	case FAMILY_ROUTE:
		if (seen->evidence != EVIDENCE_TO_MISMATCH)
			return SPEAKER_MTA;
		break;
	case FAMILY_CONTENT:
	case FAMILY_COUNT:
		break;
	}
	if (hearing->person)
		return SPEAKER_LOGIN;
	return hearing->came_in ? SPEAKER_STRANGER : SPEAKER_SOFTWARE;
}

static bool
is_addressed(const struct context *context, const struct address *mailbox)
{
	return address_set_has(&context->addressees, mailbox) ||
		address_equal(mailbox, &context->addressee_mailbox);
}

/* Did our side rewrite the envelope sender? */
static bool
is_rewritten(const struct context *context)
{
	return context->sender.scheme != REWRITTEN_NONE &&
		context->sender.scheme != REWRITTEN_BATV &&
		context_is_local(context, &context->message->mail_from);
}

/* A stranger's mark, below our own lines: products of ours put theirs there,
 * too. */
static bool
is_supported(const struct hearing *hearing, const struct address *mailbox)
{
	if (hear_names(hearing, mailbox->text))
		return true;
	return hearing->name_count == 0 &&
		(is_addressed(hearing->context, mailbox) ||
			is_rewritten(hearing->context));
}

/* A person whom nobody names convicts nobody but by the store, if he is shown
 * to forge, or is one of several of that name. */
static bool
is_heard(const struct hearing *hearing, const struct observation *seen)
{
	return hear_names(hearing, seen->mailbox.text) ||
		(!hearing->forged && hearing->context->bare.len == 0);
}

/* What somebody else's mark in a login's mail says is that he sends it. */
static void
turn_on_login(const struct hearing *hearing, struct observation *seen)
{
	const struct address *login = &hearing->login;

	if (login->text.len == 0) {
		if (seen->speaker == SPEAKER_LOGIN && !is_heard(hearing, seen))
			seen->standing = STANDING_UNHEARD;
		return;
	}
	if (address_equal(login, &seen->mailbox))
		return;
	if (slice_is_absent(seen->written))
		seen->written = seen->mailbox.text;
	seen->mailbox = *login;
	if (seen->speaker == SPEAKER_STORE &&
		!hear_names(hearing, login->text) &&
		seen->evidence != EVIDENCE_CHANGED_AUTHOR &&
		seen->confidence > HEARING_ANOTHERS_CONFIDENCE)
		seen->confidence = HEARING_ANOTHERS_CONFIDENCE;
}

/* The store's names, of a message that he handed in: he is one of them, or has
 * it from one of them. */
static bool
is_others(const struct hearing *hearing, const struct observation *seen)
{
	return seen->speaker == SPEAKER_STORE &&
		!address_equal(&seen->mailbox, &hearing->login) &&
		hear_names(hearing, hearing->login.text);
}

/* Did a client give that ORCPT when the message came in? */
static bool
is_claimed(const struct hearing *hearing, struct slice mailbox)
{
	const struct remembered *remembered = hearing->remembered;

	for (size_t i = 0; i < remembered->memory_count; i++) {
		const struct memory *memory = &remembered->memories[i];

		if (memory->of != MEMORY_OWN && memory->of != MEMORY_QUEUE)
			continue;
		for (size_t k = 0; k < memory->count; k++) {
			if (memory->members[k].role == TRACE_CLAIMED &&
				slice_equal(memory->members[k].who, mailbox))
				return true;
		}
	}
	return false;
}

/* Any client may ask for no notification: where the store knows the message it
 * tells of a map of ours only on what was born here, or came for the mailbox.
 */
static void
hear_bcc_map(const struct hearing *hearing, struct observation *seen)
{
	if (seen->speaker == SPEAKER_LOGIN) {
		turn_on_login(hearing, seen);
	} else if (hearing->came_in && hearing->traced &&
		!is_stored(hearing, seen->mailbox.text)) {
		seen->speaker = SPEAKER_STRANGER;
		seen->standing = STANDING_UNHEARD;
	}
}

static void
hear_orcpt(const struct hearing *hearing, struct observation *seen)
{
	if (seen->speaker == SPEAKER_LOGIN) {
		turn_on_login(hearing, seen);
	} else if (is_claimed(hearing, seen->mailbox.text)) {
		seen->speaker = SPEAKER_STRANGER;
		seen->standing = hear_names(hearing, seen->mailbox.text)
			? STANDING_UNHEARD
			: STANDING_CONTRADICTED;
	} else if (hearing->name_count > 0 &&
		!hear_names(hearing, seen->mailbox.text)) {
		seen->standing = STANDING_CONTRADICTED;
	} else if (hearing->person && hearing->traced &&
		hearing->name_count == 0) {
		seen->speaker = SPEAKER_LOGIN;
		turn_on_login(hearing, seen);
	}
}

static void
hear_one(const struct hearing *hearing, struct observation *seen)
{
	seen->speaker = speaker_of(hearing, seen);
	if (seen->standing != STANDING_COUNTS || seen->mailbox.text.len == 0 ||
		!context_is_local(hearing->context, &seen->mailbox))
		return;
	if (seen->evidence == EVIDENCE_ORCPT) {
		hear_orcpt(hearing, seen);
	} else if (seen->evidence == EVIDENCE_BCC_MAP) {
		hear_bcc_map(hearing, seen);
	} else if (seen->evidence == EVIDENCE_CAF_SENDER &&
		hearing->store_count > 0 &&
		!hear_names(hearing, seen->mailbox.text)) {
		seen->standing = STANDING_CONTRADICTED;
	} else if (seen->speaker == SPEAKER_LOGIN) {
		turn_on_login(hearing, seen);
	} else if (seen->speaker == SPEAKER_STRANGER &&
		evidence_row(seen->evidence)->family == FAMILY_VENDOR) {
		if (!is_supported(hearing, &seen->mailbox))
			seen->standing = STANDING_UNHEARD;
	} else if (hearing->person && hearing->login.text.len > 0 &&
		seen->speaker == SPEAKER_STORE) {
		if (is_others(hearing, seen)) {
			seen->standing = STANDING_OTHER;
		} else {
			turn_on_login(hearing, seen);
		}
	}
}

void
hear_findings(const struct hearing *hearing, struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		hear_one(hearing, &findings->at[i]);
}
