/* SPDX-License-Identifier: BSD-2-Clause */
/* The one form of a mailbox. */
#include "forward/mailbox.h"

#include "forward/rewritten.h"

/* RFC 5321 appendix C and older ways: the host after the sign is the next
 * one. Such an address is a way out, not somebody. */
static bool
leads_on(struct slice local)
{
	return slice_find_byte(local, '%', 0) != SLICE_NONE ||
		slice_find_byte(local, '!', 0) != SLICE_NONE ||
		slice_find_byte(local, '@', 0) != SLICE_NONE;
}

/* The local part as its key has it: folded, with quotes where it needs them.
 */
static struct slice
key_local(const struct address *address)
{
	return slice_sub(
		address->text, 0, address->text.len - address->domain.len - 1);
}

/* qmail delivers mail of a virtual domain to "DOMAIN-user@DOMAIN". */
static struct slice
without_domain(struct slice local, struct slice domain)
{
	if (local.len > domain.len + 1 && slice_starts_fold(local, domain) &&
		local.p[domain.len] == '-')
		return slice_sub(local, domain.len + 1, local.len);
	return local;
}

static struct slice
without_detail(const struct realm *realm, struct slice local)
{
	struct slice delimiters = realm_delimiters(realm);

	for (size_t i = 1; i < local.len; i++) {
		if (slice_find_byte(delimiters, local.p[i], 0) != SLICE_NONE)
			return slice_sub(local, 0, i);
	}
	return local;
}

bool
mailbox_find(const struct realm *realm, struct arena *arena,
	const struct address *address, struct address *out)
{
	struct slice local, domain;

	if (!rewritten_mailbox(arena, address, out))
		return false;
	if (!realm_has_domain(realm, out->domain))
		return true;
	local = key_local(out);
	if (local.len > 0 && local.p[0] == '"')
		return true;
	if (leads_on(local))
		return false;
	domain = realm_same_as(realm, out->domain);
	local = without_detail(realm, without_domain(local, out->domain));
	if (local.len == key_local(out).len && domain.p == out->domain.p)
		return true;
	return address_build(arena, local, domain, out) &&
		address_is_mailbox(out);
}
