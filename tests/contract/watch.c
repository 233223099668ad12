/* SPDX-License-Identifier: BSD-2-Clause */
/* A thread that sleeps, and looks how long it did. */
#include "watch.h"

#include "base/clock.h"

#include <stdbool.h>
#include <time.h>

#define NAP_MS 10

static void *
run(void *arg)
{
	struct watch *watch = arg;

	while (!atomic_load(&watch->ends)) {
		const struct timespec wait = {0, NAP_MS * 1000000};
		int64_t began_ms = clock_monotonic_ms(), late_ms;

		nanosleep(&wait, NULL);
		late_ms = clock_monotonic_ms() - began_ms - NAP_MS;
		if (late_ms > atomic_load(&watch->worst_ms))
			atomic_store(&watch->worst_ms, late_ms);
	}
	return NULL;
}

void
watch_start(struct watch *watch)
{
	pthread_create(&watch->thread, NULL, run, watch);
}

void
watch_stop(struct watch *watch)
{
	atomic_store(&watch->ends, true);
	pthread_join(watch->thread, NULL);
}
