/* SPDX-License-Identifier: BSD-2-Clause */
/* What machines tell each other of themselves. */
#include "store/redis/marker.h"

#include "base/codec.h"
#include "base/digest.h"

#include <stdio.h>
#include <string.h>

/* Raised when keys or what is in them come to mean something else. */
#define LAYOUT 2
#define PRINT_BYTES 6
#define LABEL "forwarden: which privacy.key_file is this?"

void
marker_fingerprint(struct slice key, char hex[MARKER_PRINT_BYTES])
{
	unsigned char digest[DIGEST_BYTES];

	(void)snprintf(hex, MARKER_PRINT_BYTES, "plain");
	if (key.len > 0 && digest_hmac(key, SLICE(LABEL), digest))
		codec_hex(digest, PRINT_BYTES, hex);
}

void
marker_make(struct marker *marker, const struct store_options *options)
{
	char hex[MARKER_PRINT_BYTES];

	marker_fingerprint(options->hash_key, hex);
	(void)snprintf(
		marker->key, sizeof(marker->key), "%s:about", options->prefix);
	(void)snprintf(marker->value, sizeof(marker->value), "%s %d %s",
		PACKAGE_VERSION, LAYOUT, hex);
}

const char *
marker_differs(struct slice value, struct slice other)
{
	struct slice version = {NULL, 0}, layout = {NULL, 0};

	(void)(slice_next(&value, ' ', &version) &&
		slice_next(&other, ' ', &version));
	(void)slice_next(&value, ' ', &layout);
	(void)slice_next(&other, ' ', &version);
	if (!slice_equal(layout, version))
		return "its version keeps its counts in another way";
	if (!slice_equal(value, other)) {
		return "privacy.hash or the key in privacy.key_file is another "
		       "one there";
	}
	return NULL;
}
