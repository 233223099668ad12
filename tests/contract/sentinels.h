/* SPDX-License-Identifier: BSD-2-Clause */
/* A master, a replica and three Sentinels, all real, on the loopback. */
#ifndef TESTS_CONTRACT_SENTINELS_H
#define TESTS_CONTRACT_SENTINELS_H

#include "server.h"

#include <stddef.h>

#define SENTINELS 3

struct sentinels {
	struct server servers[2]; /* master, replica */
	struct server sentinels[SENTINELS];
};

/* One alone, with these lines more in its configuration. Port 0: it is asked
 * over its socket. */
bool sentinels_start_one(
	struct server *, int port, int master_port, const char *lines);
/* Waits until the Sentinels know each other and the replica. */
bool sentinels_start(struct sentinels *);
void sentinels_stop(struct sentinels *);
/* redis+sentinel://... with a host first that is not there. */
void sentinels_uri(const struct sentinels *, char *uri, size_t size);

#endif
