/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line that `forwarden import` reads, as anybody may have written it. What is
 * taken is written again as the same record, whatever bytes its names have.
 */
#include "fuzz.h"

#include "store/record.h"

#define ARENA_BYTES (16 << 20)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct record record, again;
	struct buf line = {0}, second = {0};
	struct err err = {0};

	if (!record_parse(arena, fuzz_slice(data, size), &record, &err)) {
		FUZZ_ASSERT(err.text[0] != '\0');
	} else {
		FUZZ_ASSERT(record_print(&record, &line));
		FUZZ_ASSERT(record_parse(arena,
			slice_sub(buf_slice(&line), 0, line.len - 1), &again,
			&err));
		FUZZ_ASSERT(slice_equal(record.mailbox, again.mailbox));
		FUZZ_ASSERT(record_print(&again, &second));
		FUZZ_ASSERT(slice_equal(buf_slice(&line), buf_slice(&second)));
	}
	buf_fini(&line);
	buf_fini(&second);
	arena_free(arena);
	return 0;
}
