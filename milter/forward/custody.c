/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks the Received lines from the newest down, as long as they are ours. */
#include "forward/custody.h"

#include <stdint.h>

/* RFC 3848 and RFC 6531 section 4.3: the protocols of a client that logged
 * in. Who logs in by LMTP is the MTA that delivers, and no person. */
static bool
is_authenticated(struct slice with)
{
	static const char *const protocols[] = {
		"ESMTPA", "ESMTPSA", "UTF8SMTPA", "UTF8SMTPSA"};

	if (with.len < 5)
		return false;
	for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++) {
		if (slice_equal_fold(with, slice_of(protocols[i])))
			return true;
	}
	return false;
}

/*
 * Was the message on our side before the machine that wrote this line took
 * it? Without "from" it began there (pickup, cron, a delivery that re-sent
 * it). LMTP and MAPI lines without an address are local hand-overs; any
 * other line without an address cannot be believed.
 */
static bool
came_from_ours(const struct realm *realm, const struct received *hop)
{
	if (is_authenticated(hop->with))
		return true;
	if (hop->from_ip.len > 0)
		return realm_has_ip(realm, hop->from_ip);
	if (hop->from.len == 0)
		return true;
	return slice_starts_fold(hop->with, SLICE("LMTP")) ||
		slice_equal_fold(hop->with, SLICE("mapi"));
}

/* Users below this are the machine's own programs. */
#define PERSONS_UID_MIN 1000
#define NOBODYS_UID 65534

/* Does the line say that a person handed the message in? */
static bool
is_person(const struct received *hop)
{
	uint64_t uid;

	if (hop->uid.len > 0)
		return slice_to_u64(hop->uid, &uid) && uid >= PERSONS_UID_MIN &&
			uid != NOBODYS_UID;
	if (is_authenticated(hop->with))
		return true;
	return hop->from.len == 0 && hop->login.len > 0 &&
		!slice_equal(hop->login, SLICE("root"));
}

/* The newest line by which a person handed the message in: what he wrote
 * begins below it. */
static void
find_hand(struct custody *custody, const struct message *message)
{
	for (size_t i = 0; i < custody->hops; i++) {
		const struct received *hop = &message->hops[i];

		if (!is_person(hop) ||
			realm_has_relay(
				message->realm, hop->login, hop->from_ip))
			continue;
		custody->handed = hop->field_index + 1;
		custody->hand = hop;
		return;
	}
}

struct custody
custody_walk(const struct message *message)
{
	struct custody custody = {
		.end = SIZE_MAX, .handed = SIZE_MAX, .hand = NULL};

	custody.authenticated = message->client.auth_user.len > 0;
	while (custody.hops < message->hop_count) {
		const struct received *hop = &message->hops[custody.hops++];

		if (is_authenticated(hop->with))
			custody.authenticated = true;
		if (!came_from_ours(message->realm, hop)) {
			custody.end = hop->field_index;
			break;
		}
	}
	find_hand(&custody, message);
	return custody;
}

bool
custody_holds(const struct custody *custody, size_t field_index)
{
	return field_index <= custody->end;
}

bool
custody_born_here(const struct custody *custody)
{
	return custody->end == SIZE_MAX;
}
