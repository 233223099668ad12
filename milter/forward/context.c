/* SPDX-License-Identifier: BSD-2-Clause */
/* Who speaks in a message. */
#include "forward/context.h"

#include "forward/mailbox.h"
#include "mail/path.h"

bool
context_is_local(const struct context *context, const struct address *address)
{
	return address->domain.len > 0 &&
		realm_has_domain(context->message->realm, address->domain);
}

bool
context_mailbox(const struct context *context, const struct address *address,
	struct address *out)
{
	return mailbox_find(
		context->message->realm, context->message->arena, address, out);
}

/* MAIL FROM as a mailbox, if it is one. */
static void
read_sender(struct context *context)
{
	const struct message *message = context->message;

	context->sender = rewritten_parse(message->arena, &message->mail_from);
	if (context->sender.scheme == REWRITTEN_NONE) {
		context->envelope = message->mail_from;
	} else if (context->sender.scheme == REWRITTEN_BATV) {
		context->envelope = context->sender.mailbox;
	}
	context->envelope_local = context_is_local(context, &context->envelope);
}

/* A login without a domain is the author's or the sender's local part. */
static bool
is_login(const struct context *context, struct slice user,
	const struct address *address)
{
	return slice_equal_fold(user, address->local) &&
		context_is_local(context, address);
}

/* Whose name a login is; one that only the store may know is kept. */
static void
resolve_login(struct context *context, struct slice user)
{
	const struct message *message = context->message;
	struct address address;

	if (slice_find_byte(user, '@', 0) != SLICE_NONE) {
		if (path_parse(message->arena, user, &address) &&
			address_is_mailbox(&address) &&
			context_is_local(context, &address))
			context->person = context_mailbox(
				context, &address, &context->login);
		return;
	}
	if (message->from.count > 0 &&
		is_login(context, user, &message->from.at[0])) {
		context->person = context_mailbox(
			context, &message->from.at[0], &context->login);
	} else if (is_login(context, user, &context->envelope)) {
		context->person = context_mailbox(
			context, &context->envelope, &context->login);
	} else {
		context->bare = user;
	}
}

/*
 * Who handed the message in: whoever logged in on this connection, or else
 * by the newest line of ours that tells of a login or of a user of the
 * machine. What speaks for many is configured, and no person.
 */
static void
read_login(struct context *context)
{
	const struct message *message = context->message;
	const struct client *client = &message->client;
	struct custody *custody = &context->custody;
	struct slice user = client->auth_user;

	if (realm_has_relay(message->realm, user, client->ip))
		return;
	if (user.len > 0) {
		resolve_login(context, user);
		if (context->person)
			custody->handed = 0;
		return;
	}
	if (custody->hand == NULL)
		return;
	if (custody->hand->login.len > 0)
		resolve_login(context, custody->hand->login);
	context->person = true;
}

/*
 * A local From is our author if the message began on our side, or if the
 * envelope says the same. An outsider can write both; then our trace or
 * ORCPT names the mailbox that it really passed, and goes before the author.
 */
static void
read_author(struct context *context)
{
	const struct message *message = context->message;
	const struct address *from;

	if (message->from.count == 0 || !message->from_local)
		return;
	from = &message->from.at[0];
	if (context_is_local(context, from) &&
		(custody_born_here(&context->custody) || context->person ||
			address_equal(from, &context->envelope)))
		(void)context_mailbox(context, from, &context->author);
}

/* One that gets it in this very transaction is written to, not forwarded. */
static void
count_addressees(struct context *context, const struct addresses *list,
	const struct address_set *recipients)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct address *address = &list->at[i];
		const struct address *one = context->addressee;
		struct address mailbox;

		if (!context_is_local(context, address) ||
			(one != NULL && address_equal(one, address)) ||
			address_set_has(recipients, address) ||
			!context_mailbox(context, address, &mailbox) ||
			(one != NULL &&
				address_equal(
					&context->addressee_mailbox, &mailbox)))
			continue;
		context->addressee = address;
		context->addressee_mailbox = mailbox;
		context->addressee_count++;
	}
}

static void
read_addressees(struct context *context)
{
	const struct message *message = context->message;
	struct address_set recipients =
		address_set_open(message->arena, message->rcpt_count);

	for (size_t i = 0; i < message->rcpt_count; i++)
		address_set_add(&recipients, &message->rcpts[i].address);
	address_set_close(&recipients);
	context->addressees = address_set_open(
		message->arena, message->to.count + message->cc.count);
	address_set_add_list(&context->addressees, &message->to);
	address_set_add_list(&context->addressees, &message->cc);
	address_set_close(&context->addressees);
	context->addressee = NULL;
	context->addressee_count = 0;
	count_addressees(context, &message->to, &recipients);
	count_addressees(context, &message->cc, &recipients);
}

static bool
carries_back(const struct message *message, const struct address *address)
{
	return realm_has_domain(message->realm, address->domain) &&
		rewritten_parse(message->arena, address).scheme !=
		REWRITTEN_NONE;
}

/* A bounce that came for an SRS or BATV address of ours. */
static bool
goes_home(const struct message *message)
{
	if (!message->null_sender)
		return false;
	for (size_t i = 0; i < message->rcpt_count; i++) {
		if (carries_back(message, &message->rcpts[i].original))
			return true;
	}
	for (size_t i = 0; i < message->to.count; i++) {
		if (carries_back(message, &message->to.at[i]))
			return true;
	}
	return message->hop_count > 0 &&
		carries_back(message, &message->hops[0].for_address);
}

void
context_begin(struct context *context, const struct message *message)
{
	const struct address none = {.broken = false};

	context->message = message;
	context->leaves = message->rcpt_external > 0 && message->client_ours;
	if (!context->leaves)
		return;
	context->envelope = context->login = context->author = none;
	context->addressee_mailbox = none;
	context->bare = (struct slice){NULL, 0};
	context->person = false;
	context->custody = custody_walk(message);
	read_sender(context);
	read_login(context);
	read_author(context);
	read_addressees(context);
	context->homing = goes_home(message);
	marks_read(message, &context->custody, &context->marks);
}
