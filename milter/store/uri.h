/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a store is, taken apart: the spellings of store_options.h. */
#ifndef STORE_URI_H
#define STORE_URI_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "store/endpoint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define URI_HOSTS_MAX 16
#define URI_REDIS_PORT 6379
#define URI_SENTINEL_PORT 26379

enum uri_kind {
	URI_MEMORY,
	URI_REDIS,
	URI_SENTINEL,
	URI_CLUSTER,
};

struct store_uri {
	enum uri_kind kind;
	struct endpoint hosts[URI_HOSTS_MAX];
	size_t host_count;
	char user[ENDPOINT_TEXT_BYTES]; /* empty: none */
	char password[ENDPOINT_TEXT_BYTES];
	char service[ENDPOINT_TEXT_BYTES]; /* Sentinel's name of the master */
	uint64_t db;
	bool tls; /* to all of them */
};

/* The uri for people: without the password in it. Lives in the buffer. */
void uri_show(struct slice uri, struct buf *);
/* Connects to nothing. */
bool uri_parse(struct slice uri, struct store_uri *, struct err *);

#endif
