/* SPDX-License-Identifier: BSD-2-Clause */
/* What all that looks at a Postfix asks of Forwarden. */
#include "mta/postfix_check.h"

#include "base/arena.h"
#include "mail/address.h"

#define DOMAIN_ARENA_BYTES 8192

bool
postfix_check_is_ours(const struct postfix_check *check, struct slice domain)
{
	struct arena *arena = arena_new(DOMAIN_ARENA_BYTES);
	bool ours = arena != NULL &&
		realm_has_domain(check->realm,
			address_domain(arena, slice_trim(domain)));

	arena_free(arena);
	return ours;
}
