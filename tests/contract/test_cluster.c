/* SPDX-License-Identifier: BSD-2-Clause */
/* The contract on a Redis Cluster of three nodes. */
#include "clusters.h"
#include "contract.h"
#include "rights_user.h"

#include <stdio.h>

static struct clusters cluster;
static char uri[160];

/* One that is not there, and two of the three: enough to begin with. */
static const char *
uri_of(void)
{
	snprintf(uri, sizeof(uri),
		"redis+cluster://%s127.0.0.1:1,127.0.0.1:%d,127.0.0.1:%d",
		server_has_acl(&cluster.nodes[0]) ? RIGHTS_LOGIN : "",
		cluster.nodes[1].port, cluster.nodes[2].port);
	return uri;
}

static int64_t
left_ms(const char *prefix, const char *key)
{
	return server_left_ms(&cluster.nodes[0], NULL, prefix, key);
}

/* With a user of the least rights, where there are users. */
static bool
start(void)
{
	static const char *const extra[] = {"--cluster-enabled", "yes",
		"--cluster-node-timeout", "2000", NULL};

	if (!clusters_start(&cluster, CLUSTER_MASTERS, extra))
		return false;
	for (int i = 0; i < CLUSTER_MASTERS; i++) {
		if (server_has_acl(&cluster.nodes[i]) &&
			!rights_user_make(&cluster.nodes[i], true))
			return false;
	}
	return true;
}

int
main(void)
{
	static const struct contract_backend backend = {
		.name = "cluster",
		.uri = uri_of,
		.real_time = true,
		.unordered = true,
		.result = STORE_OK,
		.left_ms = left_ms,
	};
	int failed = 1;

	if (!server_available())
		return server_skip();
	if (start()) {
		failed = contract_run(&backend);
	} else {
		printf("Bail out! the cluster does not start\n");
	}
	clusters_stop(&cluster);
	return failed;
}
