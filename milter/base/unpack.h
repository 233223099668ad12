/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ways in which files are compressed, one a file, each the only one that
 * knows its library. base/input.h chooses by the first bytes.
 */
#ifndef BASE_UNPACK_H
#define BASE_UNPACK_H

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

#define UNPACK_MAGIC_BYTES 6

enum unpack_result {
	UNPACK_MORE, /* wants more input, or more room */
	UNPACK_END, /* a member ends here; another may follow */
	UNPACK_BROKEN /* err says why */
};

struct unpack_room {
	char *p;
	size_t len;
	size_t made; /* of it */
};

struct unpack_way {
	const char *name; /* "xz" */
	const char *instead; /* what unpacks it to standard output */
	char magic[UNPACK_MAGIC_BYTES + 1];
	/* NULL where the program was built without its library. */
	void *(*begin)(void);
	/* Takes from in, which is what is left of it afterwards. */
	enum unpack_result (*step)(void *state, struct slice *in,
		struct unpack_room *out, struct err *err);
	void (*end)(void *state);
};

extern const struct unpack_way unpack_gzip;
extern const struct unpack_way unpack_xz;
extern const struct unpack_way unpack_bzip2;

#endif
