/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who a Redis is, and who we are to it: certificates. OpenSSL is known here
 * alone. What is made once serves every connection, of any thread.
 */
#ifndef STORE_REDIS_TLS_H
#define STORE_REDIS_TLS_H

#include "base/err.h"

#include <stdbool.h>

struct tls;

/* The texts of PEM files, or NULL: what the system trusts; no certificate of
 * our own. A key without a certificate is for nothing. */
struct tls_options {
	const char *ca, *cert, *key;
};

/* NULL with err: one of them is not what it should be. */
struct tls *tls_new(const struct tls_options *, struct err *);
void tls_free(struct tls *);
/* The next sessions are of these; false with err: of those before. */
bool tls_renew(struct tls *, const struct tls_options *, struct err *);

struct ssl_st; /* OpenSSL's SSL */

/* A session that accepts that host alone: its name, or its address if it is
 * one, must stand in the certificate (RFC 6125). Freed by tls_drop, or by who
 * took it over. */
struct ssl_st *tls_session(struct tls *, const char *host, struct err *);
/* Why the host was not accepted, after it was not; false: it was. */
bool tls_refusal(struct ssl_st *, const char *host, struct err *);
void tls_drop(struct ssl_st *);

#endif
