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
 * Where nothing is known (no intake is attached, or it was evicted) ORCPT
 * counts as it did, and the flow is not confirmed. A stranger's mark then needs
 * at least that he wrote to that mailbox, or that our side rewrote his sender.
 */
#include "forward/hear.h"

#include "mail/path.h"

#include <stdint.h>

/* Mail that several got, sent on by one who is not known to have: by an alias
 * or a shared mailbox he may. */
#define ANOTHERS_CONFIDENCE 40

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

static void
add_name(struct hearing *hearing, struct slice mailbox)
{
	if (hearing->name_count < HEARING_NAMES_MAX &&
		!hear_names(hearing, mailbox))
		hearing->names[hearing->name_count++] = mailbox;
}

/* Who handed the message in, by the store's memory of its queue id. */
static void
take_login(struct hearing *hearing, struct slice who)
{
	const struct context *context = hearing->context;
	struct address address;

	hearing->person = true;
	if (hearing->handed == SIZE_MAX && context->message->hop_count > 0)
		hearing->handed = context->message->hops[0].field_index + 1;
	if (hearing->login.text.len == 0 &&
		path_parse(context->message->arena, who, &address) &&
		context_is_local(context, &address))
		(void)context_mailbox(context, &address, &hearing->login);
}

static void
take_memory(struct hearing *hearing, const struct memory *memory)
{
	const struct realm *realm = hearing->context->message->realm;

	if (memory->of != MEMORY_OWN && memory->of != MEMORY_QUEUE)
		return;
	for (size_t i = 0; i < memory->count; i++) {
		const struct trace_member *member = &memory->members[i];

		if (member->role == TRACE_MAILBOX) {
			add_name(hearing, member->who);
			hearing->traced = true;
		} else if (member->role == TRACE_CLIENT) {
			hearing->traced = true;
			if (!realm_has_ip(realm, member->who))
				hearing->came_in = true;
		} else if (member->role == TRACE_LOGIN &&
			memory->of == MEMORY_QUEUE) {
			take_login(hearing, member->who);
		}
	}
}

/* A login that is not an address is a person if the store knows him. */
static void
resolve_bare(struct hearing *hearing)
{
	const struct context *context = hearing->context;
	struct slice bare = context->bare;

	for (size_t i = 0; i < hearing->remembered->known_count; i++) {
		const struct acquaintance *one = &hearing->remembered->known[i];
		struct address address;

		if (!one->known && !one->person)
			continue;
		if (!path_parse(context->message->arena, one->who, &address) ||
			!slice_equal_fold(address.local, bare))
			continue;
		hearing->person = true;
		hearing->handed = context->custody.hand != NULL
			? context->custody.handed
			: 0;
		if (context_is_local(context, &address))
			hearing->login = address;
	}
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
	take_lines(hearing);
	if (hearing->person && hearing->login.text.len == 0 &&
		context->author.text.len > 0 &&
		(context->custody.hand == NULL ||
			context->custody.hand->uid.len == 0))
		hearing->login = context->author;
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

/* What somebody else's mark in a login's mail says is that he sends it. */
static void
turn_on_login(const struct hearing *hearing, struct observation *seen)
{
	const struct address *login = &hearing->login;

	if (login->text.len == 0 || address_equal(login, &seen->mailbox))
		return;
	if (slice_is_absent(seen->written))
		seen->written = seen->mailbox.text;
	seen->mailbox = *login;
	if (seen->speaker == SPEAKER_STORE &&
		!hear_names(hearing, login->text) &&
		seen->evidence != EVIDENCE_CHANGED_AUTHOR &&
		seen->confidence > ANOTHERS_CONFIDENCE)
		seen->confidence = ANOTHERS_CONFIDENCE;
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

static void
hear_orcpt(const struct hearing *hearing, struct observation *seen)
{
	if (seen->speaker == SPEAKER_LOGIN) {
		turn_on_login(hearing, seen);
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
