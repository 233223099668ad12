/* SPDX-License-Identifier: BSD-2-Clause */
/* Digests by libcrypto. */
#include "base/digest.h"

#include "base/codec.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define GATHERED_BYTES 512

/*
 * What a message is known by is short: to look the algorithm up, as
 * EVP_sha256() makes OpenSSL 3 do at every use, takes as long as to hash it,
 * and to make a context and free it nearly so. The algorithm is looked up
 * once; a thread keeps the context it has made, which holds nothing between
 * two digests.
 */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static const EVP_MD *sha256;
static pthread_key_t context_key;
static bool has_key;

static void
free_context(void *ctx)
{
	EVP_MD_CTX_free(ctx);
}

static void
begin(void)
{
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
#endif
	if (sha256 == NULL)
		sha256 = EVP_sha256();
	has_key = pthread_key_create(&context_key, free_context) == 0;
}

/* The thread's own, ready for a digest; NULL when the library fails. */
static EVP_MD_CTX *
open_context(void)
{
	EVP_MD_CTX *ctx;

	(void)pthread_once(&once, begin);
	ctx = has_key ? pthread_getspecific(context_key) : NULL;
	if (ctx != NULL)
		return EVP_DigestInit_ex(ctx, NULL, NULL) == 1 ? ctx : NULL;
	ctx = EVP_MD_CTX_new();
	if (ctx == NULL || EVP_DigestInit_ex(ctx, sha256, NULL) != 1 ||
		!has_key || pthread_setspecific(context_key, ctx) != 0) {
		EVP_MD_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

/* Small parts are gathered, so that one call hashes all of them. */
struct gathering {
	EVP_MD_CTX *ctx;
	size_t len;
	unsigned char bytes[GATHERED_BYTES];
};

static bool
flush(struct gathering *g)
{
	size_t len = g->len;

	g->len = 0;
	return len == 0 || EVP_DigestUpdate(g->ctx, g->bytes, len) == 1;
}

static bool
add_bytes(struct gathering *g, const void *bytes, size_t len)
{
	if (len > sizeof(g->bytes) - g->len && !flush(g))
		return false;
	if (len > sizeof(g->bytes))
		return EVP_DigestUpdate(g->ctx, bytes, len) == 1;
	if (len > 0)
		memcpy(g->bytes + g->len, bytes, len);
	g->len += len;
	return true;
}

static bool
add_part(struct gathering *g, struct slice part)
{
	unsigned char length[8];

	for (size_t i = 0; i < sizeof(length); i++)
		length[i] = (unsigned char)((uint64_t)part.len >> (8 * i));
	return add_bytes(g, length, sizeof(length)) &&
		add_bytes(g, part.p, part.len);
}

bool
digest_parts(const struct slice *parts, size_t count,
	unsigned char out[DIGEST_BYTES])
{
	struct gathering g;
	bool ok;

	g.ctx = open_context();
	g.len = 0;
	ok = g.ctx != NULL;
	for (size_t i = 0; ok && i < count; i++)
		ok = add_part(&g, parts[i]);
	ok = ok && flush(&g) && EVP_DigestFinal_ex(g.ctx, out, NULL) == 1;
	if (!ok)
		memset(out, 0, DIGEST_BYTES);
	return ok;
}

struct slice
digest_text(struct arena *arena, const struct slice *parts, size_t count,
	size_t bytes)
{
	unsigned char digest[DIGEST_BYTES];
	char *hex;

	assert(bytes <= DIGEST_BYTES);
	hex = arena_bytes(arena, 2 * bytes + 1);
	if (hex == NULL || !digest_parts(parts, count, digest))
		return (struct slice){NULL, 0};
	codec_hex(digest, bytes, hex);
	return (struct slice){hex, 2 * bytes};
}

bool
digest_uuid(const unsigned char space[16], struct slice name,
	char text[DIGEST_UUID_TEXT])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	char hex[33];
	bool ok = ctx != NULL &&
		EVP_DigestInit_ex(ctx, EVP_sha1(), NULL) == 1 &&
		EVP_DigestUpdate(ctx, space, 16) == 1 &&
		(name.len == 0 ||
			EVP_DigestUpdate(ctx, name.p, name.len) == 1) &&
		EVP_DigestFinal_ex(ctx, digest, NULL) == 1;

	EVP_MD_CTX_free(ctx);
	text[0] = '\0';
	if (!ok)
		return false;
	digest[6] = (unsigned char)((digest[6] & 0x0FU) | 0x50U);
	digest[8] = (unsigned char)((digest[8] & 0x3FU) | 0x80U);
	codec_hex(digest, 16, hex);
	(void)snprintf(text, DIGEST_UUID_TEXT, "%.8s-%.4s-%.4s-%.4s-%.12s", hex,
		hex + 8, hex + 12, hex + 16, hex + 20);
	return true;
}

bool
digest_hmac(
	struct slice key, struct slice text, unsigned char out[DIGEST_BYTES])
{
	if (key.len <= INT32_MAX &&
		HMAC(EVP_sha256(), key.p, (int)key.len,
			(const unsigned char *)text.p, text.len, out,
			NULL) != NULL)
		return true;
	memset(out, 0, DIGEST_BYTES);
	return false;
}
