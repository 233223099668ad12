/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who writes below this prefix: "prefix:about" is a hash with a field for each
 * machine, and in it the version, the layout of the keys and whether addresses
 * are hashed, and under which key (a fingerprint, from which nobody gets to
 * it). Machines that differ count past each other.
 */
#ifndef STORE_REDIS_MARKER_H
#define STORE_REDIS_MARKER_H

#include "base/slice.h"
#include "store/store_options.h"

#define MARKER_BYTES 64

#define MARKER_PRINT_BYTES 13
/* Of a key for hashing addresses; "plain" where there is none. */
void marker_fingerprint(struct slice key, char print[MARKER_PRINT_BYTES]);

/* "prefix:about" of the options' prefix. */
struct marker {
	char key[80], value[MARKER_BYTES];
};
void marker_make(struct marker *, const struct store_options *);
/* Two machines' values: what is between them, in words; NULL: nothing. */
const char *marker_differs(struct slice value, struct slice other);

#endif
