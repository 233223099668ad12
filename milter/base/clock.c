/* SPDX-License-Identifier: BSD-2-Clause */
/* The real clock, the fake one, and RFC 3339 text. */
#include "base/clock.h"

#include <stddef.h>
#include <stdio.h>
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

void
clock_format(int64_t at_ms, char text[CLOCK_TEXT_BYTES])
{
	int64_t ms = at_ms % 1000;
	time_t seconds = (time_t)(at_ms / 1000);
	struct tm tm;
	char date[24];

	if (ms < 0) {
		ms += 1000;
		seconds--;
	}
	if (gmtime_r(&seconds, &tm) == NULL ||
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm) == 0) {
		text[0] = '\0';
		return;
	}
	(void)snprintf(text, CLOCK_TEXT_BYTES, "%s.%03dZ", date, (int)ms);
}
