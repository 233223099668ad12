/* SPDX-License-Identifier: BSD-2-Clause */
/* How late the machine itself wakes a thread that sleeps: what is over a
 * budget by no more than this is not the store's doing. */
#ifndef TESTS_CONTRACT_WATCH_H
#define TESTS_CONTRACT_WATCH_H

#include <pthread.h>
#include <stdatomic.h>

struct watch {
	pthread_t thread;
	atomic_bool ends;
	atomic_llong worst_ms;
};

void watch_start(struct watch *);
void watch_stop(struct watch *);

#endif
