/* SPDX-License-Identifier: BSD-2-Clause */
/* Encoded words: bounded output, no control characters out of them. */
#include "fuzz.h"

#include "mail/encoded_word.h"

#define ARENA_BYTES (1 << 22)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct slice value = fuzz_slice(data, size);
	struct slice text = encoded_words_decode(arena, value);
	struct encoded_word word;
	size_t i, raw_ends = 0, ends = 0;

	FUZZ_ASSERT(text.len <= 8 * size);
	for (i = 0; i < size; i++)
		raw_ends += value.p[i] == '\n' || value.p[i] == '\0';
	for (i = 0; i < text.len; i++)
		ends += text.p[i] == '\n' || text.p[i] == '\0';
	FUZZ_ASSERT(ends <= raw_ends);
	if (encoded_word_parse(value, &word))
		FUZZ_ASSERT(word.raw.len <= size && word.raw.p == value.p);
	arena_free(arena);
	return 0;
}
