/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A login is believed about itself. Where nobody logs in (the local network,
 * programs on the machine) a mailbox has written what our side makes with its
 * address as author and as envelope sender alike, and what is no list's: a
 * server of lists may write as author what it likes, and sends with an envelope
 * of its own.
 */
#include "verdict/person.h"

#include "mail/path.h"

static bool
is_ours(const struct message *message, const struct address *address)
{
	return address_is_mailbox(address) &&
		realm_has_domain(message->realm, address->domain);
}

/* A login without a domain is the author's or the sender's local part. */
static bool
find_login(const struct message *message, struct address *out)
{
	struct slice user = message->client.auth_user;

	if (slice_find_byte(user, '@', 0) != SLICE_NONE) {
		return path_parse(message->arena, user, out) &&
			is_ours(message, out);
	}
	if (message->from.count > 0 &&
		slice_equal_fold(user, message->from.at[0].local)) {
		*out = message->from.at[0];
	} else if (slice_equal_fold(user, message->mail_from.local)) {
		*out = message->mail_from;
	} else {
		return false;
	}
	return is_ours(message, out);
}

bool
person_find(const struct message *message, struct address *out)
{
	if (message->client.auth_user.len > 0)
		return find_login(message, out);
	if (!message->client_ours || message->hop_count > 0 || message->list ||
		message->from.count != 1 ||
		!address_equal(&message->from.at[0], &message->mail_from))
		return false;
	*out = message->mail_from;
	return is_ours(message, out);
}
