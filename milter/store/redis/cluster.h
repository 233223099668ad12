/* SPDX-License-Identifier: BSD-2-Clause */
/* Redis Cluster: which node has a slot. */
#ifndef STORE_REDIS_CLUSTER_H
#define STORE_REDIS_CLUSTER_H

#include "store/redis/node.h"
#include "store/uri.h"

struct cluster;

/*
 * Its nodes get these options, each with an endpoint of its own; options and
 * uri must live as long as it. NULL when out of memory; that no node answers
 * yet is not a failure.
 */
struct cluster *cluster_open(
	const struct node_options *, const struct store_uri *);
void cluster_close(struct cluster *);
bool cluster_submit(struct cluster *, struct command *);
/* The node number i of those that are masters; NULL past the last. */
struct node *cluster_node(struct cluster *, size_t i);
/* Up while one of its masters is; the reason is there, too, while it is up but
 * a node is down or a slot takes nothing. */
bool cluster_health(struct cluster *, struct node_health *);

#endif
