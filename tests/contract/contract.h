/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contract of the store: one table of named cases, run on every backend
 * through store.h alone. A backend's test opens a store for each case and
 * says how time passes for it.
 */
#ifndef TESTS_CONTRACT_CONTRACT_H
#define TESTS_CONTRACT_CONTRACT_H

#include "base/arena.h"
#include "base/clock.h"
#include "store/store.h"
#include "store/store_options.h"

struct contract_backend {
	const char *name;
	/* The URI of the store; a prefix of its own keeps each case's keys. */
	const char *(*uri)(void);
	/* Keys expire by the server's clock: wait instead of advancing. */
	bool real_time;
	/* What store_ask gives. */
	enum store_result result;
	/* Its Redis is away: what must reach it is said to fail. */
	bool down;
	/* Batches to different keys may overtake each other. */
	bool unordered;
	/* How long a key, without the prefix, has to live; NULL: the clock of
	 * the case tells. */
	int64_t (*left_ms)(const char *prefix, const char *key);
	bool random_long; /* is it quick enough for long random runs? */
};

struct contract {
	const struct contract_backend *backend;
	struct clock_fake clock;
	struct store *store;
	struct arena *arena;
	char prefix[32]; /* of the store's keys */
};

/* Runs every case on the backend; the number that failed. */
int contract_run(const struct contract_backend *);
/* ... on both. */
int contract_run_both(
	const struct contract_backend *, const struct contract_backend *);

#endif
