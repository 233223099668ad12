/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose turn it is among more connections than can be worked for. */
#include "rows.h"

#include "pair.h"

#include "base/waiter.h"

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define CROWD_MAX 1000
#define CROWD_OVER 5 /* than have a turn at once */

#ifdef HAVE_READ_AHEAD
static const bool is_built = true;
#else
static const bool is_built = false;
#endif

/* More connections than have a turn at once, as the thread waits for them that
 * waits for all: in front a descriptor of its own. */
struct crowd {
	struct pair pairs[CROWD_MAX];
	struct pollfd fds[1 + CROWD_MAX];
	size_t count, most;
	int silent; /* the other end of the first */
};

static size_t
poll_crowd(struct crowd *crowd, size_t from, size_t to)
{
	struct pollfd fds[1 + CROWD_MAX];
	size_t shown = 0;
	int ready;

	fds[0] = crowd->fds[0];
	memcpy(fds + 1, crowd->fds + 1 + from, (to - from) * sizeof(*fds));
	ready = poll(fds, 1 + (nfds_t)(to - from), 5000);
	for (size_t i = from; i < to; i++) {
		crowd->fds[1 + i].revents = fds[1 + i - from].revents;
		shown += crowd->fds[1 + i].revents != 0;
	}
	assert_int_equal(shown, ready);
	return shown;
}

static bool
is_shown(const struct crowd *crowd, size_t i)
{
	return crowd->fds[1 + i].revents != 0;
}

/* All have something to say, and as many as that hold a turn. */
static void
gather(struct crowd *crowd)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	int ends[2];

	crowd->most = processors * 6 > 12 ? (size_t)processors * 6 : 12;
	crowd->count = crowd->most + CROWD_OVER;
	assert_true(crowd->count <= CROWD_MAX);
	assert_int_equal(pipe(ends), 0);
	crowd->silent = ends[1];
	crowd->fds[0] = (struct pollfd){.fd = ends[0], .events = POLLIN};
	for (size_t i = 0; i < crowd->count; i++) {
		crowd->pairs[i] = pair_connect();
		crowd->fds[1 + i] = (struct pollfd){
			.fd = crowd->pairs[i].here, .events = POLLIN};
		pair_say(crowd->pairs[i], "one");
	}
	assert_int_equal(poll_crowd(crowd, 0, crowd->count),
		is_built ? crowd->most : crowd->count);
}

static void
disperse(struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->count; i++)
		pair_close(crowd->pairs[i]);
	(void)close(crowd->fds[0].fd);
	(void)close(crowd->silent);
}

/* One's turn: what was said is read, and nothing more comes. */
static void
serve_one(const struct crowd *crowd, size_t i)
{
	pair_expect(crowd->pairs[i].here, "one");
	assert_int_equal(pair_look(crowd->pairs[i].here, 1), 0);
}

/* Whoever was not shown comes first, and nobody is left out. */
static void
in_turn(void **state)
{
	static struct crowd crowd;
	size_t served = 0;

	(void)state;
	gather(&crowd);
	for (size_t i = 0; i < crowd.most; i++) {
		serve_one(&crowd, i);
		pair_say(crowd.pairs[i], "one");
	}
	(void)poll_crowd(&crowd, 0, crowd.count);
	for (size_t i = crowd.most; i < crowd.count; i++)
		assert_true(is_shown(&crowd, i));
	for (size_t rounds = 0; served < crowd.count; rounds++) {
		assert_true(rounds < 3);
		for (size_t i = 0; i < crowd.count; i++) {
			if (!is_shown(&crowd, i))
				continue;
			serve_one(&crowd, i);
			served++;
		}
		if (served < crowd.count)
			(void)poll_crowd(&crowd, 0, crowd.count);
	}
	disperse(&crowd);
}

/* Turns that do not end are not waited for. */
static void
past_those_who_hang(void **state)
{
	static struct crowd crowd;

	(void)state;
	gather(&crowd);
	assert_int_equal(poll_crowd(&crowd, crowd.most, crowd.count),
		(size_t)CROWD_OVER);
	disperse(&crowd);
}

static void *
serve_later(void *ctx)
{
	(void)poll(NULL, 0, 5);
	serve_one(ctx, 0);
	return NULL;
}

/* Nor are they one by one, when others than those go on. */
static void
past_most_who_hang(void **state)
{
	static struct crowd crowd;
	pthread_t thread;

	(void)state;
	gather(&crowd);
	assert_int_equal(pthread_create(&thread, NULL, serve_later, &crowd), 0);
	assert_int_equal(poll_crowd(&crowd, crowd.most, crowd.count),
		(size_t)CROWD_OVER);
	assert_int_equal(pthread_join(thread, NULL), 0);
	disperse(&crowd);
}

/* Who was closed, and whose thread waits for something else, has no turn: as
 * many others as that are shown at once. */
static void
instead_of_others(void **state)
{
	static struct crowd crowd;
	struct waiter waiter;

	(void)state;
	gather(&crowd);
	pair_close(crowd.pairs[0]);
	assert_int_equal(pair_look(crowd.pairs[1].here, 0), POLLIN);
	pair_expect(crowd.pairs[1].here, "one");
	waiter_init(&waiter);
	assert_true(waiter_sleep(&waiter, 1));
	waiter_fini(&waiter);
	assert_int_equal(poll_crowd(&crowd, crowd.most, crowd.count),
		is_built ? 2 : CROWD_OVER);
	crowd.pairs[0] = pair_connect();
	disperse(&crowd);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_turn),
		cmocka_unit_test(past_those_who_hang),
		cmocka_unit_test(past_most_who_hang),
		cmocka_unit_test(instead_of_others),
	};
	struct rows all = {0};

	ROWS_TESTS(&all, tests);
	return rows_run(&all, "turns");
}
