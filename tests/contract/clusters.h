/* SPDX-License-Identifier: BSD-2-Clause */
/* A real Redis Cluster of three masters, with replicas or without. */
#ifndef TESTS_CONTRACT_CLUSTERS_H
#define TESTS_CONTRACT_CLUSTERS_H

#include "server.h"

#include <stddef.h>

#define CLUSTER_MASTERS 3
#define CLUSTER_NODES 6

struct clusters {
	struct server nodes[CLUSTER_NODES]; /* the masters first */
	int count;
};

/* Starts count servers (3 or 6) with these words, and waits until all of them
 * find the cluster whole. */
bool clusters_start(struct clusters *, int count, const char *const *extra);
void clusters_stop(struct clusters *);
/* The node that is alive and the master of a slot, or of one of the node's
 * by its id; NULL: none is. */
struct server *clusters_master_of(struct clusters *, int slot);
/* A replica of the master; NULL: it has none that is alive. */
struct server *clusters_replica_of(struct clusters *, const struct server *);
/* Its name within the cluster. */
bool clusters_id(const struct server *, char *id, size_t size);

#endif
