/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificates by OpenSSL. A certificate that is good for anybody is good for
 * nobody: chain, time and name are verified, always. Keys are texts, not paths:
 * whoever may read the files is not who connects again an hour later.
 */
#include "store/redis/tls.h"

#include <stddef.h>
#ifdef HAVE_HIREDIS_SSL
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct tls {
	pthread_mutex_t lock; /* around the pointer */
	SSL_CTX *context;
};

static bool
refuse(struct err *err, const char *what)
{
	unsigned long code = ERR_peek_last_error();
	const char *why = code != 0 ? ERR_reason_error_string(code) : NULL;

	ERR_clear_error();
	return err_set(err, ERR_INVALID, "TLS: %s: %s", what,
		why != NULL ? why : "nothing usable in it");
}

static BIO *
open_text(const char *text)
{
	return BIO_new_mem_buf(text, -1);
}

/* Every certificate of the text. */
static bool
trust(SSL_CTX *context, const char *text, struct err *err)
{
	X509_STORE *store = SSL_CTX_get_cert_store(context);
	BIO *in = open_text(text);
	size_t count = 0;
	X509 *one;

	while (in != NULL &&
		(one = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL) {
		count += X509_STORE_add_cert(store, one) == 1;
		X509_free(one);
	}
	BIO_free(in);
	if (count == 0)
		return refuse(err, "redis.ca_file");
	ERR_clear_error();
	return true;
}

/* The first certificate is ours, those after it its issuers'. */
static bool
show(SSL_CTX *context, const char *text, struct err *err)
{
	BIO *in = open_text(text);
	X509 *one = in != NULL ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;
	bool ok = one != NULL && SSL_CTX_use_certificate(context, one) == 1;

	X509_free(one);
	while (ok && (one = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL)
		ok = SSL_CTX_add0_chain_cert(context, one) == 1;
	BIO_free(in);
	if (!ok)
		return refuse(err, "redis.cert_file");
	ERR_clear_error();
	return true;
}

/* A key that asks for a pass phrase has nobody to ask. */
static int
no_phrase(char *buf, int size, int is_writing, void *ctx)
{
	(void)buf;
	(void)size;
	(void)is_writing;
	(void)ctx;
	return -1;
}

static bool
sign(SSL_CTX *context, const char *text, struct err *err)
{
	BIO *in = open_text(text);
	EVP_PKEY *key = in != NULL
		? PEM_read_bio_PrivateKey(in, NULL, no_phrase, NULL)
		: NULL;
	bool ok = key != NULL && SSL_CTX_use_PrivateKey(context, key) == 1 &&
		SSL_CTX_check_private_key(context) == 1;

	EVP_PKEY_free(key);
	BIO_free(in);
	return ok || refuse(err, "redis.key_file");
}

static bool
set_up(SSL_CTX *context, const struct tls_options *options, struct err *err)
{
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1)
		return refuse(err, "version");
	if (options->ca == NULL &&
		SSL_CTX_set_default_verify_paths(context) != 1)
		return refuse(err, "the system's certificates");
	return (options->ca == NULL || trust(context, options->ca, err)) &&
		(options->cert == NULL || show(context, options->cert, err)) &&
		(options->key == NULL || sign(context, options->key, err));
}

static SSL_CTX *
make_context(const struct tls_options *options, struct err *err)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	if (context == NULL) {
		err_set(err, ERR_MEMORY, "out of memory");
	} else if (set_up(context, options, err)) {
		return context;
	}
	SSL_CTX_free(context);
	return NULL;
}

struct tls *
tls_new(const struct tls_options *options, struct err *err)
{
	struct tls *tls = calloc(1, sizeof(*tls));

	if (tls == NULL) {
		err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	pthread_mutex_init(&tls->lock, NULL);
	tls->context = make_context(options, err);
	if (tls->context != NULL)
		return tls;
	tls_free(tls);
	return NULL;
}

void
tls_free(struct tls *tls)
{
	if (tls == NULL)
		return;
	SSL_CTX_free(tls->context);
	pthread_mutex_destroy(&tls->lock);
	free(tls);
}

bool
tls_renew(struct tls *tls, const struct tls_options *options, struct err *err)
{
	SSL_CTX *context = make_context(options, err), *old;

	if (context == NULL)
		return false;
	pthread_mutex_lock(&tls->lock);
	old = tls->context;
	tls->context = context;
	pthread_mutex_unlock(&tls->lock);
	SSL_CTX_free(old);
	return true;
}

/* It holds its context as long as it needs it. */
static SSL *
new_session(struct tls *tls)
{
	SSL *ssl;

	pthread_mutex_lock(&tls->lock);
	ssl = SSL_new(tls->context);
	pthread_mutex_unlock(&tls->lock);
	return ssl;
}

static bool
is_numeric(const char *host)
{
	unsigned char bytes[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, host, bytes) == 1 ||
		inet_pton(AF_INET6, host, bytes) == 1;
}

struct ssl_st *
tls_session(struct tls *tls, const char *host, struct err *err)
{
	SSL *ssl = new_session(tls);
	bool ok = ssl != NULL;

	if (ok && is_numeric(host)) {
		ok = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) ==
			1;
	} else if (ok) {
		SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
		ok = SSL_set1_host(ssl, host) == 1 &&
			SSL_set_tlsext_host_name(ssl, host) == 1;
	}
	if (ok)
		return ssl;
	SSL_free(ssl);
	(void)refuse(err, host);
	return NULL;
}

bool
tls_refusal(struct ssl_st *ssl, const char *host, struct err *err)
{
	long code = SSL_get_verify_result(ssl);

	ERR_clear_error();
	if (code == X509_V_OK)
		return false;
	err_set(err, ERR_DOWN, "TLS: the certificate of %s: %s", host,
		X509_verify_cert_error_string(code));
	return true;
}

void
tls_drop(struct ssl_st *ssl)
{
	SSL_free(ssl);
}

#else

struct tls *
tls_new(const struct tls_options *options, struct err *err)
{
	(void)options;
	err_set(err, ERR_INVALID, "this hiredis has no TLS");
	return NULL;
}

void
tls_free(struct tls *tls)
{
	(void)tls;
}

bool
tls_renew(struct tls *tls, const struct tls_options *options, struct err *err)
{
	(void)tls;
	(void)options;
	(void)err;
	return true;
}

#endif
