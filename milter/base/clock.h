/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time as a value that is handed in. Below daemon/ nothing reads the real
 * clock: tests, replays and scenarios advance a fake one.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds since 1970-01-01T00:00:00Z. */
typedef int64_t clock_read_fn(const void *ctx);

struct clock {
	clock_read_fn *read;
	const void *ctx;
};

struct clock_fake {
	_Atomic int64_t now_ms; /* a store's threads read it, too */
};

/* The system's clock (CLOCK_REALTIME). */
struct clock clock_real(void);
/* Reads fake->now_ms; the caller advances it. */
struct clock clock_fake(const struct clock_fake *fake);
int64_t clock_now_ms(struct clock);

/* Monotonic counts, for budgets and time-outs only. */
int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_us(void);

#endif
