/* SPDX-License-Identifier: BSD-2-Clause */
/* What every fuzzer starts with: its entry point, and the input as a slice. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "base/arena.h"
#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline struct slice
fuzz_slice(const uint8_t *data, size_t size)
{
	static const char none[1] = "";

	return (struct slice){size > 0 ? (const char *)data : none, size};
}

/* An invariant: also with NDEBUG, and under every compiler. */
#define FUZZ_ASSERT(condition)    \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

#endif
