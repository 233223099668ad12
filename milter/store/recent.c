/* SPDX-License-Identifier: BSD-2-Clause */
/* Journals in memory, one a node, made when the node first acknowledges. */
#include "store/recent.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdlib.h>

/* Longer than a failover takes to begin: nodes of a cluster are given up after
 * 15 s, masters behind Sentinel after 30 s (the defaults of both), and one
 * that is cut off from its replicas acknowledges until then. */
#define RECENT_MS 30000

struct recent {
	pthread_mutex_t lock; /* of the pointers */
	struct journal *of[RECENT_NODES];
	size_t bytes;
};

struct recent *
recent_new(size_t bytes)
{
	struct recent *recent = calloc(1, sizeof(*recent));

	if (recent == NULL)
		return NULL;
	pthread_mutex_init(&recent->lock, NULL);
	recent->bytes = bytes;
	return recent;
}

void
recent_free(struct recent *recent)
{
	if (recent == NULL)
		return;
	for (unsigned i = 0; i < RECENT_NODES; i++)
		journal_free(recent->of[i]);
	pthread_mutex_destroy(&recent->lock);
	free(recent);
}

/* The node's list; NULL: it has none, and make did not help. */
static struct journal *
find(struct recent *recent, unsigned node, bool make)
{
	struct journal *journal;

	pthread_mutex_lock(&recent->lock);
	if (recent->of[node] == NULL && make)
		recent->of[node] = journal_new(recent->bytes);
	journal = recent->of[node];
	pthread_mutex_unlock(&recent->lock);
	return journal;
}

void
recent_add(struct recent *recent, unsigned node, int64_t at_ms,
	const struct store_op *ops, size_t count)
{
	struct journal *journal = find(recent, node, true);

	if (journal == NULL)
		return;
	journal_expire(journal, clock_monotonic_ms() - RECENT_MS);
	journal_add(journal, at_ms, ops, count);
}

void
recent_move(struct recent *recent, unsigned node, struct journal *to)
{
	struct journal *journal = find(recent, node, false);

	if (journal != NULL)
		journal_move(journal, to);
}

uint64_t
recent_forget(struct recent *recent, struct slice name)
{
	uint64_t forgotten = 0;

	for (unsigned i = 0; i < RECENT_NODES; i++) {
		struct journal *journal = find(recent, i, false);

		if (journal != NULL)
			forgotten += journal_forget(journal, name);
	}
	return forgotten;
}
