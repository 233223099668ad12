/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A journal's file as a process, a disk or somebody left it; and, because no
 * fuzzer guesses a SHA-256, one batch of it behind its checksum. What is read
 * is written again as the same operations.
 */
#include "fuzz.h"

#include "store/batch_bytes.h"
#include "store/journal_file.h"

#define ARENA_BYTES (16 << 20)
#define JOURNAL_BYTES (1 << 20)

static void
read_batch(struct arena *arena, struct slice input)
{
	struct store_batch batch, again;
	struct buf bytes = {0};

	if (!batch_bytes_read(input, arena, &batch))
		return;
	FUZZ_ASSERT(batch_bytes_write(&bytes, batch.at_ms, batch.ops,
			    batch.count) == batch.count);
	if (batch.count > 0) {
		FUZZ_ASSERT(batch_bytes_read(buf_slice(&bytes), arena, &again));
		FUZZ_ASSERT(again.count == batch.count &&
			again.at_ms == batch.at_ms);
	}
	buf_fini(&bytes);
}

static void
read_file(struct slice input)
{
	struct journal *journal = journal_new(JOURNAL_BYTES);
	struct journal_counts counts;
	struct err err = {0};
	enum journal_file_state state =
		journal_file_parse(input, 0, journal, "FILE", &err);

	FUZZ_ASSERT((state == JOURNAL_FILE_WHOLE) == (err.text[0] == '\0'));
	journal_count(journal, &counts);
	FUZZ_ASSERT(counts.bytes <= JOURNAL_BYTES);
	journal_free(journal);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct slice input = fuzz_slice(data, size);

	read_batch(arena, input);
	read_file(input);
	arena_free(arena);
	return 0;
}
