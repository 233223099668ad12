/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/judging.h"

#include "base/clock.h"

#include <stdatomic.h>

/* Those under way past so many are not watched. */
#define WATCHED_MAX 64

static atomic_llong since_ms[WATCHED_MAX]; /* monotonic; 0: free */

size_t
judging_begin(void)
{
	long long now = clock_monotonic_ms(), empty = 0;
	size_t i = 0;

	while (i < WATCHED_MAX &&
		!atomic_compare_exchange_strong(&since_ms[i], &empty, now)) {
		empty = 0;
		i++;
	}
	return i;
}

void
judging_end(size_t place)
{
	if (place < WATCHED_MAX)
		since_ms[place] = 0;
}

int64_t
judging_longest_ms(void)
{
	long long now = clock_monotonic_ms(), longest = 0;

	for (size_t i = 0; i < WATCHED_MAX; i++) {
		long long since = since_ms[i];

		if (since != 0 && now - since > longest)
			longest = now - since;
	}
	return longest;
}
