/* SPDX-License-Identifier: BSD-2-Clause */
/* How the servers of a store are reached: places, logins, certificates. */
#ifndef STORE_REDIS_ACCESS_H
#define STORE_REDIS_ACCESS_H

#include "store/redis/sentinel.h"
#include "store/store_options.h"
#include "store/uri.h"

struct access {
	struct store_uri uri; /* with the login, wherever that was written */
	pthread_mutex_t lock; /* around users and passwords */
	struct tls *tls; /* what the uri's hosts point at; or NULL */
	struct sentinel sentinel;
	char sentinel_user[ENDPOINT_TEXT_BYTES];
	char sentinel_password[ENDPOINT_TEXT_BYTES];
};

/* Copies what it needs; points into itself. To be closed also on failure. */
bool access_open(struct access *, const struct store_options *, struct err *);
/* Logins and certificates anew, for the connections to come; where there are
 * none, those before stay. */
bool access_renew(struct access *, const struct store_options *, struct err *);
/* Leaves no secret in memory. */
void access_close(struct access *);

#endif
