/* SPDX-License-Identifier: BSD-2-Clause */
/* The real clock and the fake one. */
#include "base/clock.h"

#include <stddef.h>
#include <time.h>

static int64_t
to_ms(struct timespec ts)
{
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t
read_real(const void *ctx)
{
	struct timespec ts;

	(void)ctx;
	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return to_ms(ts);
}

static int64_t
read_fake(const void *ctx)
{
	const struct clock_fake *fake = ctx;

	return fake->now_ms;
}

struct clock
clock_real(void)
{
	return (struct clock){read_real, NULL};
}

struct clock
clock_fake(const struct clock_fake *fake)
{
	return (struct clock){read_fake, fake};
}

int64_t
clock_now_ms(struct clock clock)
{
	return clock.read(clock.ctx);
}

int64_t
clock_monotonic_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return to_ms(ts);
}

int64_t
clock_monotonic_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}
