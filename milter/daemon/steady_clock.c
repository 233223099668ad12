/* SPDX-License-Identifier: BSD-2-Clause */
/* The believed offset between two clocks. */
#include "daemon/steady_clock.h"

#include "daemon/trouble.h"

#include <pthread.h>
#include <stddef.h>

static struct steady_clock own;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool
is_near(int64_t one, int64_t two)
{
	int64_t apart = one > two ? one - two : two - one;

	return apart <= STEADY_CLOCK_LEAP_MS;
}

static void
believe(struct steady_clock *clock, int64_t offset_ms)
{
	clock->started = true;
	clock->offset_ms = offset_ms;
	clock->leapt_at_ms = 0;
}

int64_t
steady_clock_tell(
	struct steady_clock *clock, int64_t monotonic_ms, int64_t wall_ms)
{
	int64_t offset_ms = wall_ms - monotonic_ms;

	if (!clock->started || is_near(offset_ms, clock->offset_ms)) {
		believe(clock, offset_ms);
	} else if (clock->leapt_at_ms == 0 ||
		!is_near(offset_ms, clock->leapt_ms)) {
		clock->leapt_ms = offset_ms;
		clock->leapt_at_ms = monotonic_ms;
	} else if (monotonic_ms >=
		clock->leapt_at_ms + STEADY_CLOCK_BELIEF_MS) {
		believe(clock, offset_ms);
	}
	return monotonic_ms + clock->offset_ms;
}

static int64_t
read_own(const void *ctx)
{
	int64_t now_ms;

	(void)ctx;
	pthread_mutex_lock(&lock);
	now_ms = steady_clock_tell(
		&own, clock_monotonic_ms(), clock_now_ms(clock_real()));
	pthread_mutex_unlock(&lock);
	return now_ms;
}

struct clock
steady_clock(void)
{
	return (struct clock){read_own, NULL};
}

void
steady_clock_watch(void)
{
	int64_t leap_ms = 0;

	(void)read_own(NULL);
	pthread_mutex_lock(&lock);
	if (own.leapt_at_ms != 0)
		leap_ms = own.leapt_ms - own.offset_ms;
	pthread_mutex_unlock(&lock);
	if (leap_ms != 0) {
		trouble_set(TROUBLE_CLOCK,
			"the system's clock leapt by %+lld minutes: it is "
			"believed when that has held for ten",
			(long long)((leap_ms + (leap_ms > 0 ? 30000 : -30000)) /
				60000));
	} else {
		trouble_set(TROUBLE_CLOCK, "%s", "");
	}
}
