/* SPDX-License-Identifier: BSD-2-Clause */
/* xtext and ORCPT. */
#include "fuzz.h"

#include "base/codec.h"
#include "mail/param.h"

#define ARENA_BYTES (1 << 20)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct slice input = fuzz_slice(data, size), text;
	struct address address;

	if (codec_xtext(arena, input, &text))
		FUZZ_ASSERT(text.len <= size);
	if (param_parse_orcpt(arena, input, &address)) {
		FUZZ_ASSERT(!address.broken && address.text.len > 0 &&
			slice_is_utf8(address.text));
	}
	arena_free(arena);
	return 0;
}
