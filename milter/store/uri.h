/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a store is, taken apart: the spellings of options.h. */
#ifndef STORE_URI_H
#define STORE_URI_H

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define URI_HOSTS_MAX 16
#define URI_TEXT_BYTES 256
#define URI_REDIS_PORT 6379
#define URI_SENTINEL_PORT 26379

enum uri_kind {
	URI_MEMORY,
	URI_REDIS,
	URI_SENTINEL,
	URI_CLUSTER,
};

struct endpoint {
	char host[URI_TEXT_BYTES]; /* or the path of a unix socket */
	uint16_t port; /* 0: a unix socket */
	bool tls;
};

struct store_uri {
	enum uri_kind kind;
	struct endpoint hosts[URI_HOSTS_MAX];
	size_t host_count;
	char user[URI_TEXT_BYTES]; /* empty: none */
	char password[URI_TEXT_BYTES];
	char service[URI_TEXT_BYTES]; /* Sentinel's name of the master */
	uint64_t db;
};

bool uri_parse(struct slice uri, struct store_uri *, struct err *);
/* "host:port", "[v6]:port" or the path; what a log line shows. */
struct endpoint_text {
	char text[URI_TEXT_BYTES + 16];
};
const char *endpoint_show(const struct endpoint *, struct endpoint_text *);
/* "host", "host:port", "[v6]:port"; false when it is none of these. */
bool endpoint_parse(struct slice text, uint16_t port, struct endpoint *);

#endif
