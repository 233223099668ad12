/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a store is, taken apart: the spellings of options.h. */
#ifndef STORE_PLACE_H
#define STORE_PLACE_H

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLACE_HOSTS_MAX 16
#define PLACE_TEXT_BYTES 256
#define PLACE_REDIS_PORT 6379
#define PLACE_SENTINEL_PORT 26379

enum place_kind {
	PLACE_MEMORY,
	PLACE_REDIS,
	PLACE_SENTINEL,
	PLACE_CLUSTER,
};

struct endpoint {
	char host[PLACE_TEXT_BYTES]; /* or the path of a unix socket */
	uint16_t port; /* 0: a unix socket */
	bool tls;
};

struct place {
	enum place_kind kind;
	struct endpoint hosts[PLACE_HOSTS_MAX];
	size_t host_count;
	char user[PLACE_TEXT_BYTES]; /* empty: none */
	char password[PLACE_TEXT_BYTES];
	char service[PLACE_TEXT_BYTES]; /* Sentinel's name of the master */
	uint64_t db;
};

bool place_parse(struct slice uri, struct place *, struct err *);
/* "host:port", "[v6]:port" or the path; what a log line shows. */
struct endpoint_text {
	char text[PLACE_TEXT_BYTES + 16];
};
const char *endpoint_show(const struct endpoint *, struct endpoint_text *);
/* "host", "host:port", "[v6]:port"; false when it is none of these. */
bool endpoint_parse(struct slice text, uint16_t port, struct endpoint *);

#endif
