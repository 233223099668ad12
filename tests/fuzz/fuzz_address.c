/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Envelope paths and address lists. Whatever is read has a key that is fit
 * for logs, and reading the key again gives the same mailbox.
 */
#include "fuzz.h"

#include "mail/address_list.h"
#include "mail/path.h"

#define ARENA_BYTES (1 << 20)

static void
check_key(struct arena *arena, const struct address *address)
{
	struct address again;

	FUZZ_ASSERT(slice_is_utf8(address->text));
	FUZZ_ASSERT(slice_is_utf8(address->domain));
	for (size_t i = 0; i < address->text.len; i++)
		FUZZ_ASSERT((unsigned char)address->text.p[i] >= 0x20);
	if (!address_is_mailbox(address) ||
		slice_find_byte(address->text, '\\', 0) != SLICE_NONE)
		return;
	FUZZ_ASSERT(path_parse(arena, address->text, &again));
	FUZZ_ASSERT(address_equal(address, &again));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct slice input = fuzz_slice(data, size);
	struct address path;
	struct addresses list;
	bool cut;

	if (path_parse(arena, input, &path))
		check_key(arena, &path);
	list = address_list_parse(arena, input, 64, &cut);
	FUZZ_ASSERT(list.count <= 64);
	for (size_t i = 0; i < list.count; i++)
		check_key(arena, &list.at[i]);
	arena_free(arena);
	return 0;
}
