/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is said on a new connection before it is used: who we are, which
 * database, whether it is a master and another process than the last time,
 * the scripts, and whether it can be written to.
 */
#ifndef STORE_REDIS_HANDSHAKE_H
#define STORE_REDIS_HANDSHAKE_H

#include "store/redis/connection.h"
#include "store/redis/script.h"

#include <pthread.h>

#define HANDSHAKE_NAME_BYTES 48
#define HANDSHAKE_IDENTITY_BYTES 40

struct marker;

struct login {
	const char *user, *password; /* NULL or empty: none */
	/* Around the two, which a reload may change; NULL: none does. */
	pthread_mutex_t *lock;
	uint64_t db;
	bool wants_master; /* ask for its ROLE */
	bool spread; /* a node of a cluster: a key may belong elsewhere */
	const char *probe_key; /* written to; NULL: none */
	const struct marker *marker; /* left under this host's name ... */
	const char *host; /* ... unless it is NULL or empty */
};

struct handshake {
	const struct login *login;
	struct connection *connection;
	struct arena *arena; /* of the answers */
	/* What was learnt. */
	char names[SCRIPT_COUNT][HANDSHAKE_NAME_BYTES]; /* of the scripts */
	char identity[HANDSHAKE_IDENTITY_BYTES]; /* of the process */
	bool is_another; /* than the identity that stood there before */
};

bool handshake_run(struct handshake *, struct err *);
/* Its first step alone. */
bool handshake_log_in(struct handshake *, struct err *);
/* One command and its answer; NULL when the connection fails. */
struct reply *handshake_call(struct handshake *, const struct slice *words,
	size_t count, struct err *);

#endif
