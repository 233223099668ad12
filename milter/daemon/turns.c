/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The thread that waits for all connections asks for them again and again. It
 * is shown those with something to say while fewer than MOST hold a turn; then
 * it waits until half of those are over, so that it is woken once for several.
 * Whom it was not shown is remembered, and comes before whoever is seen later.
 *
 * Turns are counted in rounds. Where half of them are not over in SLOW_MS, some
 * who hold one are slow, or hang: a new round begins, in which none of those
 * counts, or each of the others would wait so long for as long as they hang.
 *
 * A connection is busy from when it is accepted, or seen to have something to
 * say, until its thread waits for the peer. Who waits for the store is busy,
 * too: with two hundred of those each would wait for all.
 */
#include "daemon/turns.h"

#ifdef HAVE_READ_AHEAD
#include "base/clock.h"
#include "base/waiter.h"

#include <pthread.h>
#include <unistd.h>

#define TURNS_A_PROCESSOR 6
#define TURNS_LEAST 12
#define SLOW_MS 50
#define LET_IN_MS 5

static struct {
	struct waiter waiter; /* over all below but what is atomic */
	unsigned most; /* turns at once, and busy before nobody is let in */
	unsigned held; /* of this round */
	unsigned round;
	uint64_t looks;
	atomic_size_t busy; /* connections */
	atomic_size_t wanted; /* by those that were not shown */
} turns;

static _Thread_local struct accepted *mine;

static void
begin_once(void)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	waiter_init(&turns.waiter);
	waiter_tell(turns_rest);
	turns.round = 1;
	turns.looks = 1;
	turns.most = TURNS_LEAST;
	if (processors * TURNS_A_PROCESSOR > TURNS_LEAST)
		turns.most = (unsigned)processors * TURNS_A_PROCESSOR;
}

void
turns_begin(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, begin_once);
}

static void
set_busy(struct accepted *one)
{
	if (!atomic_exchange(&one->busy, true))
		turns.busy++;
}

static void
set_idle(struct accepted *one)
{
	if (!atomic_exchange(&one->busy, false) || turns.busy-- != turns.most)
		return;
	waiter_lock(&turns.waiter);
	waiter_wake(&turns.waiter);
	waiter_unlock(&turns.waiter);
}

/* Under the lock, as what follows it up to turns_poll(). */
static void
give(struct accepted *one)
{
	one->asked = 0;
	one->held = turns.round;
	turns.held++;
}

static void
take_back(struct accepted *one)
{
	if (one->held == turns.round && turns.held-- == turns.most / 2 + 1)
		waiter_wake(&turns.waiter);
	one->held = 0;
}

static void
begin_round(void)
{
	turns.held = 0;
	if (++turns.round == 0)
		turns.round = 1;
}

/* How many may be shown, one at least. */
static unsigned
wait_for_room(void)
{
	int64_t until_ms = clock_monotonic_ms() + SLOW_MS;

	if (turns.held >= turns.most) {
		while (turns.held > turns.most / 2 &&
			waiter_wait(&turns.waiter, until_ms))
			continue;
		if (turns.held > turns.most / 2)
			begin_round();
	}
	return turns.most - turns.held;
}

static void
ask(struct accepted *one, short events)
{
	one->asked = turns.looks;
	one->events = events;
	set_busy(one);
}

/* Nobody works for those any more; how many of them are known to have
 * something to say. */
static size_t
come_back(struct pollfd *fds, nfds_t count)
{
	size_t asking = 0;

	for (nfds_t i = 0; i < count; i++) {
		struct accepted *one = accepted_find(fds[i].fd);

		fds[i].revents = 0;
		if (one == NULL)
			continue;
		take_back(one);
		if (one->asked == 0 && one->left > 0)
			ask(one, POLLIN);
		asking += one->asked != 0;
	}
	return asking;
}

/* What the system said of connections is kept for when they are shown. */
static size_t
remember(struct pollfd *fds, nfds_t count)
{
	size_t asking = 0;

	turns.looks++;
	for (nfds_t i = 0; i < count; i++) {
		struct accepted *one = accepted_find(fds[i].fd);

		if (one == NULL)
			continue;
		if (one->asked == 0 && fds[i].revents != 0)
			ask(one, fds[i].revents);
		fds[i].revents = 0;
		asking += one->asked != 0;
	}
	return asking;
}

/* Where many are known to ask, they have their turns before the system is
 * asked for more of them; the thread's own descriptor says who is to be waited
 * for next. */
static int
look(struct pollfd *fds, nfds_t count, size_t *asking, int ms)
{
	int ready;

	if (*asking > turns.most)
		return accepted_poll(fds, 1, 0);
	if (*asking == 0)
		turns.wanted = 0;
	waiter_unlock(&turns.waiter);
	ready = accepted_poll(fds, count, *asking > 0 ? 0 : ms);
	waiter_lock(&turns.waiter);
	if (ready > 0)
		*asking = remember(fds, count);
	return ready;
}

static struct pollfd *
find_longest(struct pollfd *fds, nfds_t count)
{
	struct pollfd *longest = NULL;
	uint64_t asked = UINT64_MAX;

	for (nfds_t i = 0; i < count; i++) {
		const struct accepted *one = accepted_find(fds[i].fd);

		if (one == NULL || one->asked == 0 || one->asked >= asked)
			continue;
		asked = one->asked;
		longest = &fds[i];
	}
	return longest;
}

/* So many are shown; how many of those that ask were not. */
static size_t
show(struct pollfd *fds, nfds_t count, size_t asking, unsigned room)
{
	for (; asking > 0 && room > 0; room--, asking--) {
		struct pollfd *next = find_longest(fds, count);

		if (next == NULL)
			return 0;
		next->revents = accepted_find(next->fd)->events;
		give(accepted_find(next->fd));
	}
	return asking;
}

static int
count_ready(const struct pollfd *fds, nfds_t count)
{
	int ready = 0;

	for (nfds_t i = 0; i < count; i++)
		ready += fds[i].revents != 0;
	return ready;
}

int
turns_poll(struct pollfd *fds, nfds_t count, int ms)
{
	unsigned room;
	size_t asking;
	int ready;

	waiter_lock(&turns.waiter);
	asking = come_back(fds, count);
	room = wait_for_room();
	ready = look(fds, count, &asking, ms);
	if (ready >= 0) {
		turns.wanted = show(fds, count, asking, room);
		ready = count_ready(fds, count);
	}
	waiter_unlock(&turns.waiter);
	return ready;
}

bool
turns_are_wanted(void)
{
	return turns.wanted > 0;
}

void
turns_let_in(void)
{
	int64_t until_ms = clock_monotonic_ms() + LET_IN_MS;

	waiter_lock(&turns.waiter);
	while (turns.busy >= turns.most && waiter_wait(&turns.waiter, until_ms))
		continue;
	waiter_unlock(&turns.waiter);
}

void
turns_accepted(struct accepted *one)
{
	set_busy(one);
}

static void
end(struct accepted *one)
{
	if (mine == one)
		mine = NULL;
	if (one->held == 0)
		return;
	waiter_lock(&turns.waiter);
	take_back(one);
	waiter_unlock(&turns.waiter);
}

void
turns_closed(struct accepted *one)
{
	end(one);
	set_idle(one);
	one->asked = 0;
}

void
turns_work(struct accepted *one)
{
	mine = one;
	set_busy(one);
}

void
turns_rest(void)
{
	if (mine != NULL)
		end(mine);
}

void
turns_listen(struct accepted *one)
{
	end(one);
	set_idle(one);
}
#endif
