/* SPDX-License-Identifier: BSD-2-Clause */
/* Redis Cluster's map of slots, as one node tells it, and its redirections. */
#ifndef STORE_REDIS_CLUSTER_MAP_H
#define STORE_REDIS_CLUSTER_MAP_H

#include "store/redis/handshake.h"
#include "store/redis/redis_key.h"

#define CLUSTER_NODES_MAX 128

struct cluster_map {
	struct endpoint masters[CLUSTER_NODES_MAX];
	size_t count;
	uint8_t slots[REDIS_KEY_SLOTS]; /* index of the master + 1; 0: none */
};

/* Connects to the node and asks it (CLUSTER SLOTS). False with err: it does
 * not answer, or its answer makes no sense. */
bool cluster_map_ask(struct cluster_map *, const struct login *,
	const struct endpoint *, struct err *);
/* Reads "MOVED 3999 127.0.0.1:6381" or ASK; *endpoint is that of who said so,
 * and stays the host when none is named. */
bool cluster_map_redirect(
	struct slice text, uint64_t *slot, struct endpoint *endpoint);

#endif
