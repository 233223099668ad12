/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A lock, a condition under it that knows deadlines, and a thread that waits
 * there for work or for its end. Deadlines are of clock_monotonic_ms(), so
 * that nobody who sets the clock moves them. The thread takes no signal:
 * those are the daemon's, and a peer that hangs up is no SIGPIPE.
 *
 *	struct waiter waiter;
 *	waiter_init(&waiter);
 *	waiter_start(&waiter, run, ctx); run: while (waiter_sleep(&waiter, ms))
 *	waiter_stop(&waiter); waiter_fini(&waiter);
 */
#ifndef BASE_WAITER_H
#define BASE_WAITER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct waiter {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	bool has_thread;
	bool stopping; /* read under the lock */
};

void waiter_init(struct waiter *);
/* The thread, if there was one, has been stopped. */
void waiter_fini(struct waiter *);

void waiter_lock(struct waiter *);
void waiter_unlock(struct waiter *);
/* Something changed: all who wait look again. Under the lock. */
void waiter_wake(struct waiter *);
/* Releases the lock until woken or until the time; false once it is past.
 * Woken for nothing is possible: to be called in a loop. Under the lock. */
bool waiter_wait(struct waiter *, int64_t until_ms);
/* As waiter_wait(), without a deadline. */
void waiter_wait_always(struct waiter *);

/* Who is told by each thread that is about to wait here, under its lock; one
 * for the process, before there are threads. */
void waiter_tell(void (*waits)(void));

/* One thread a waiter; false when there can be none. */
bool waiter_start(struct waiter *, void *(*run)(void *), void *arg);
/* Sleeps so long, or until the thread is to stop: false then. */
bool waiter_sleep(struct waiter *, int64_t ms);
bool waiter_is_stopping(struct waiter *);
/* Tells the thread to stop and waits for its end; nothing without one. */
void waiter_stop(struct waiter *);

#endif
