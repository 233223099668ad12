/* SPDX-License-Identifier: BSD-2-Clause */
/* Digests by libcrypto. */
#include "base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <string.h>

#define GATHERED_BYTES 512

/* EVP_sha256() makes OpenSSL 3 look the algorithm up at every use, which
 * takes as long as the hashing; so it is looked up once. */
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;
static const EVP_MD *sha256;

static void
find_sha256(void)
{
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
#endif
	if (sha256 == NULL)
		sha256 = EVP_sha256();
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

	(void)pthread_once(&sha256_once, find_sha256);
	g.ctx = EVP_MD_CTX_new();
	g.len = 0;
	ok = g.ctx != NULL && EVP_DigestInit_ex(g.ctx, sha256, NULL) == 1;
	for (size_t i = 0; ok && i < count; i++)
		ok = add_part(&g, parts[i]);
	ok = ok && flush(&g) && EVP_DigestFinal_ex(g.ctx, out, NULL) == 1;
	EVP_MD_CTX_free(g.ctx);
	if (!ok)
		memset(out, 0, DIGEST_BYTES);
	return ok;
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
