/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104), for identities that must
 * not be guessed or collided by a sender; UUIDs, for those that others make.
 * libcrypto is known here alone.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/arena.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_BYTES 32

/* The digest of the parts, each preceded by its length (64 bits, little
 * endian), so that no two lists of parts give the same input. False when the
 * library fails; out is all zero then. */
bool digest_parts(const struct slice *parts, size_t count,
	unsigned char out[DIGEST_BYTES]);
/* The first bytes of that digest as lower-case hex digits; absent when the
 * library fails or the arena is full. */
struct slice digest_text(
	struct arena *, const struct slice *parts, size_t count, size_t bytes);
#define DIGEST_UUID_TEXT 37
/* The UUID of a name in a space, version 5 (RFC 9562 section 5.5), which is
 * the same for whoever names the same thing. False, and an empty text, when
 * the library has no SHA-1. */
bool digest_uuid(const unsigned char space[16], struct slice name,
	char text[DIGEST_UUID_TEXT]);
bool digest_hmac(
	struct slice key, struct slice text, unsigned char out[DIGEST_BYTES]);

#endif
