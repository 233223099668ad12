/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries of the realm, a line each: a domain name that was taken is
 * local afterwards, in whatever spelling, and a network covers its address.
 */
#include "fuzz.h"

#include "mail/address.h"
#include "mail/realm.h"

#define ARENA_BYTES (1 << 20)

static void
add(struct realm *realm, struct slice line)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct err err;
	struct slice trimmed = slice_trim(line);
	struct network network;

	if (!slice_starts_fold(trimmed, SLICE("file:")) &&
		realm_add_domain(realm, line, &err) && trimmed.len > 0 &&
		trimmed.p[0] != '.') {
		FUZZ_ASSERT(realm_has_domain(
			realm, address_domain(arena, trimmed)));
	}
	if (realm_add_network(realm, line, &err)) {
		FUZZ_ASSERT(network_parse(trimmed, &network) == NETWORK_OK);
		FUZZ_ASSERT(realm_covers(realm, &network));
	}
	arena_free(arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = fuzz_slice(data, size), line;
	struct realm *realm = realm_new();

	while (slice_next(&rest, '\n', &line))
		add(realm, line);
	realm_free(realm);
	return 0;
}
