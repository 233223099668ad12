/* SPDX-License-Identifier: BSD-2-Clause */
/* What all recipients of one message share, read once. */
#include "forward/findings.h"

bool
inquiry_is_local(const struct inquiry *inquiry, const struct address *address)
{
	return address->domain.len > 0 &&
		realm_has_domain(inquiry->message->realm, address->domain);
}

/* MAIL FROM as a mailbox, if it is one. */
static void
read_sender(struct inquiry *inquiry)
{
	const struct message *message = inquiry->message;

	inquiry->sender = rewritten_parse(message->arena, &message->mail_from);
	if (inquiry->sender.scheme == REWRITTEN_NONE)
		inquiry->envelope = message->mail_from;
	else if (inquiry->sender.scheme == REWRITTEN_BATV)
		inquiry->envelope = inquiry->sender.mailbox;
	inquiry->envelope_local = inquiry_is_local(inquiry, &inquiry->envelope);
}

/* A login without a domain is the author's or the sender's local part. */
static bool
is_login(const struct inquiry *inquiry, const struct address *address)
{
	return slice_equal_fold(
		       inquiry->message->client.auth_user, address->local) &&
		inquiry_is_local(inquiry, address);
}

static void
read_login(struct inquiry *inquiry)
{
	const struct message *message = inquiry->message;
	struct slice user = message->client.auth_user;
	struct address address;

	if (user.len == 0)
		return;
	if (slice_find_byte(user, '@', 0) != SLICE_NONE) {
		if (address_parse_path(message->arena, user, &address) &&
			address_is_mailbox(&address) &&
			inquiry_is_local(inquiry, &address))
			inquiry->login = address;
		return;
	}
	if (message->from.count > 0 && is_login(inquiry, &message->from.at[0]))
		inquiry->login = message->from.at[0];
	else if (is_login(inquiry, &inquiry->envelope))
		inquiry->login = inquiry->envelope;
}

/*
 * A local From is our author if the message began on our side, or if the
 * envelope says the same. An outsider can write both; then our trace or
 * ORCPT names the mailbox that it really passed, and goes before the author.
 */
static void
read_author(struct inquiry *inquiry)
{
	const struct message *message = inquiry->message;
	const struct address *from;

	if (message->from.count == 0 || !message->from_local)
		return;
	from = &message->from.at[0];
	if (inquiry_is_local(inquiry, from) &&
		(custody_born_here(&inquiry->custody) ||
			address_equal(from, &inquiry->envelope)))
		inquiry->author = *from;
}

void
inquiry_begin(struct inquiry *inquiry, const struct message *message,
	const struct memory *memories, size_t count)
{
	const struct address none = {.broken = false};

	inquiry->message = message;
	inquiry->memories = memories;
	inquiry->memory_count = memories != NULL ? count : 0;
	inquiry->envelope = inquiry->login = inquiry->author = none;
	inquiry->custody = custody_walk(message);
	read_sender(inquiry);
	read_login(inquiry);
	read_author(inquiry);
	marks_read(message, &inquiry->custody, &inquiry->marks);
}
