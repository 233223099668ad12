/* SPDX-License-Identifier: BSD-2-Clause */
/* Waiting with a deadline, by POSIX threads. */
#include "base/waiter.h"

#include "base/clock.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

static void (*tell)(void);

void
waiter_tell(void (*waits)(void))
{
	tell = waits;
}

void
waiter_init(struct waiter *waiter)
{
	pthread_condattr_t attr;

	*waiter = (struct waiter){.has_thread = false};
	pthread_mutex_init(&waiter->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&waiter->changed, &attr);
	pthread_condattr_destroy(&attr);
}

void
waiter_fini(struct waiter *waiter)
{
	pthread_cond_destroy(&waiter->changed);
	pthread_mutex_destroy(&waiter->lock);
}

void
waiter_lock(struct waiter *waiter)
{
	pthread_mutex_lock(&waiter->lock);
}

void
waiter_unlock(struct waiter *waiter)
{
	pthread_mutex_unlock(&waiter->lock);
}

void
waiter_wake(struct waiter *waiter)
{
	pthread_cond_broadcast(&waiter->changed);
}

bool
waiter_wait(struct waiter *waiter, int64_t until_ms)
{
	struct timespec until = {
		(time_t)(until_ms / 1000), (long)(until_ms % 1000 * 1000000)};

	if (tell != NULL)
		tell();
	return pthread_cond_timedwait(
		       &waiter->changed, &waiter->lock, &until) != ETIMEDOUT;
}

void
waiter_wait_always(struct waiter *waiter)
{
	if (tell != NULL)
		tell();
	pthread_cond_wait(&waiter->changed, &waiter->lock);
}

bool
waiter_start(struct waiter *waiter, void *(*run)(void *), void *arg)
{
	sigset_t all, before;

	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	waiter->has_thread =
		pthread_create(&waiter->thread, NULL, run, arg) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return waiter->has_thread;
}

bool
waiter_sleep(struct waiter *waiter, int64_t ms)
{
	int64_t until_ms = clock_monotonic_ms() + ms;
	bool stopping;

	waiter_lock(waiter);
	while (!waiter->stopping && waiter_wait(waiter, until_ms))
		continue;
	stopping = waiter->stopping;
	waiter_unlock(waiter);
	return !stopping;
}

bool
waiter_is_stopping(struct waiter *waiter)
{
	bool stopping;

	waiter_lock(waiter);
	stopping = waiter->stopping;
	waiter_unlock(waiter);
	return stopping;
}

void
waiter_stop(struct waiter *waiter)
{
	if (!waiter->has_thread)
		return;
	waiter_lock(waiter);
	waiter->stopping = true;
	waiter_wake(waiter);
	waiter_unlock(waiter);
	pthread_join(waiter->thread, NULL);
	waiter->has_thread = false;
}
