/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads that wait with a deadline. */
#include "rows.h"

#include "base/clock.h"
#include "base/waiter.h"

#include <signal.h>
#include <stdbool.h>

#define FOREVER_MS 3600000

struct work {
	struct waiter waiter;
	int asked, done;
	bool signals_blocked;
};

static void *
work_off(void *arg)
{
	struct work *work = arg;
	sigset_t blocked;

	(void)pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	waiter_lock(&work->waiter);
	work->signals_blocked = sigismember(&blocked, SIGPIPE) == 1 &&
		sigismember(&blocked, SIGHUP) == 1;
	while (!work->waiter.stopping) {
		work->done = work->asked;
		waiter_wake(&work->waiter);
		(void)waiter_wait(
			&work->waiter, clock_monotonic_ms() + FOREVER_MS);
	}
	waiter_unlock(&work->waiter);
	return NULL;
}

static void
a_thread_is_woken_and_stopped(void **state)
{
	struct work work = {.asked = 0, .done = -1};
	sigset_t blocked;

	(void)state;
	waiter_init(&work.waiter);
	assert_true(waiter_start(&work.waiter, work_off, &work));
	for (int i = 1; i <= 100; i++) {
		waiter_lock(&work.waiter);
		work.asked = i;
		waiter_wake(&work.waiter);
		while (work.done < i)
			waiter_wait_always(&work.waiter);
		waiter_unlock(&work.waiter);
	}
	waiter_stop(&work.waiter);
	assert_true(waiter_is_stopping(&work.waiter));
	assert_true(work.signals_blocked);
	(void)pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	assert_int_equal(sigismember(&blocked, SIGPIPE), 0);
	waiter_stop(&work.waiter);
	waiter_fini(&work.waiter);
}

static void *
sleep_long(void *arg)
{
	struct work *work = arg;

	while (waiter_sleep(&work->waiter, FOREVER_MS))
		work->done++;
	return NULL;
}

static void
a_sleeper_ends_at_once(void **state)
{
	struct work work = {.done = 0};
	int64_t before = clock_monotonic_ms();

	(void)state;
	waiter_init(&work.waiter);
	assert_true(waiter_start(&work.waiter, sleep_long, &work));
	waiter_stop(&work.waiter);
	assert_int_equal(work.done, 0);
	assert_true(clock_monotonic_ms() - before < FOREVER_MS);
	waiter_fini(&work.waiter);
}

static void
a_deadline_passes(void **state)
{
	int64_t until_ms = clock_monotonic_ms() + 20;
	struct waiter waiter;

	(void)state;
	waiter_init(&waiter);
	waiter_lock(&waiter);
	while (waiter_wait(&waiter, until_ms))
		continue;
	assert_true(clock_monotonic_ms() >= until_ms);
	assert_false(waiter_wait(&waiter, until_ms - 1000));
	waiter_unlock(&waiter);
	assert_true(waiter_sleep(&waiter, 1));
	waiter_stop(&waiter);
	waiter_fini(&waiter);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_is_woken_and_stopped),
		cmocka_unit_test(a_sleeper_ends_at_once),
		cmocka_unit_test(a_deadline_passes),
	};
	struct rows all = {0};

	ROWS_TESTS(&all, tests);
	return rows_run(&all, "waiter");
}
