/* SPDX-License-Identifier: BSD-2-Clause */
/* Where one server listens. */
#ifndef STORE_ENDPOINT_H
#define STORE_ENDPOINT_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

#define ENDPOINT_TEXT_BYTES 256

struct tls;

struct endpoint {
	char host[ENDPOINT_TEXT_BYTES]; /* or the path of a unix socket */
	uint16_t port; /* 0: a unix socket */
	struct tls *tls; /* NULL: none; borrowed */
};

/* False, and nothing is changed, when the host is empty, does not fit or has a
 * NUL, or the port is none. */
bool endpoint_set(struct endpoint *, struct slice host, int64_t port);
bool endpoint_equal(const struct endpoint *, const struct endpoint *);
/* "host:port", "[v6]:port" or the path; what a log line shows. */
struct endpoint_text {
	char text[ENDPOINT_TEXT_BYTES + 16];
};
const char *endpoint_show(const struct endpoint *, struct endpoint_text *);
/* "host", "host:port", "[v6]:port"; false when it is none of these. */
bool endpoint_parse(struct slice text, uint16_t port, struct endpoint *);

#endif
