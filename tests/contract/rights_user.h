/* SPDX-License-Identifier: BSD-2-Clause */
/* A user who may do what docs/redis.md lists, and nothing else. */
#ifndef TESTS_CONTRACT_RIGHTS_USER_H
#define TESTS_CONTRACT_RIGHTS_USER_H

#include "server.h"

#include "store/redis/rights.h"

#include <stdio.h>
#include <stdlib.h>

#define RIGHTS_USER "fw"
#define RIGHTS_PASSWORD "pass-word"
#define RIGHTS_LOGIN RIGHTS_USER ":" RIGHTS_PASSWORD "@" /* in a uri */

/* Makes him on the server; by the shell, as an administrator does. */
static inline bool
rights_user_make(const struct server *server, bool cluster)
{
	struct buf rights = {0};
	char line[4096];

	rights_print(&rights, cluster);
	snprintf(line, sizeof(line),
		"echo '%s' | xargs redis-cli -s %s acl setuser " RIGHTS_USER
		" reset on '>" RIGHTS_PASSWORD "' '~fw1:*' '~t[0-9]*' "
		"| grep -q OK",
		buf_slice(&rights).p, server->socket);
	buf_fini(&rights);
	return system(line) == 0;
}

#endif
