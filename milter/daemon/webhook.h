/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Texts posted to one address over HTTP, several at a time, without waiting
 * for any. The address, its headers and its proxy are the configuration's
 * alone; redirects are not followed, certificates are checked, answers are
 * read up to a bound and thrown away. The only file of the daemon that knows
 * libcurl.
 */
#ifndef DAEMON_WEBHOOK_H
#define DAEMON_WEBHOOK_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

struct webhook_options {
	const char *url;
	const struct slice *headers; /* "Name: value", each with a NUL */
	size_t header_count;
	const char *token; /* "": none; else Authorization: Bearer */
	const char *ca; /* PEM of who may have signed; "": the system's */
	const char *proxy; /* "": none, whatever the environment says */
	long time_ms; /* for each try */
};

/* May it be a webhook's? https, or http on this machine. */
bool webhook_check(const char *url, struct err *);
/* The address without what may be secret: user, path and query. */
void webhook_mask(const char *url, struct buf *out);
/* What libcurl calls an error of that number. */
const char *webhook_error(unsigned number);

struct webhook;
/* NULL with err. */
struct webhook *webhook_new(struct err *);
/* Begins to post body, which must live until it has ended; about names it.
 * False with err: it never began. options are copied. */
bool webhook_begin(struct webhook *, const struct webhook_options *,
	struct slice body, void *about, struct err *);
/* How a post ended: the status of the answer (RFC 9110 section 15), or 0 and
 * why there was none (webhook_error()). */
struct webhook_outcome {
	unsigned status, error;
};
/* The next one that has ended: what it is about, and how. NULL: none has. */
void *webhook_ended(struct webhook *, struct webhook_outcome *);
/* As poll(2), and goes on with what is under way; webhook may be NULL. */
void webhook_wait(
	struct webhook *, struct pollfd *fds, size_t count, int timeout_ms);

#endif
