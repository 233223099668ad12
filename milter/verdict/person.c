/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A login is believed about itself, unless it speaks for many. Where nobody
 * logs in (the local network, programs on the machine) a mailbox has written
 * what our side makes with its address as author and as envelope sender alike,
 * and what is not a list's: a server of lists may write as author what it
 * likes, and sends with an envelope of its own.
 */
#include "verdict/person.h"

#include "forward/mailbox.h"
#include "mail/path.h"

/* The one form of a mailbox of ours. */
static bool
find_ours(const struct message *message, const struct address *address,
	struct address *out)
{
	return address_is_mailbox(address) &&
		realm_has_domain(message->realm, address->domain) &&
		mailbox_find(message->realm, message->arena, address, out);
}

/* A login without a domain is the author's or the sender's local part. */
static bool
find_login(const struct message *message, struct address *out)
{
	struct slice user = message->client.auth_user;
	struct address login;

	if (realm_has_relay(message->realm, user, message->client.ip))
		return false;
	if (slice_find_byte(user, '@', 0) != SLICE_NONE) {
		return path_parse(message->arena, user, &login) &&
			find_ours(message, &login, out);
	}
	if (message->from.count > 0 &&
		slice_equal_fold(user, message->from.at[0].local))
		return find_ours(message, &message->from.at[0], out);
	return slice_equal_fold(user, message->mail_from.local) &&
		find_ours(message, &message->mail_from, out);
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
	return find_ours(message, &message->mail_from, out);
}
