/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The spelling of keys in Redis. What a sender may have written stands in
 * them with every byte but the printable ones of ASCII, and those that mean
 * something ("%", "{", "}", quotes, "\", and the globs "*", "?", "["),
 * as %XX.
 */
#ifndef STORE_REDIS_REDIS_KEY_H
#define STORE_REDIS_REDIS_KEY_H

#include "base/slice.h"

#include <stdint.h>

#define REDIS_KEY_SLOTS 16384
#define REDIS_KEY_PARTS 16 /* of an index, each with a slot of its own */

struct arena;

/* "prefix:kind:{text}" or, with a rest, "prefix:kind:{text}:rest". Absent
 * when the arena is full. Texts that are too long are shortened (key.h). */
struct slice redis_key_tagged(struct arena *, const char *prefix,
	const char *kind, struct slice text, struct slice rest);
/* "prefix:kind" or "prefix:kind:text", without a hash tag. */
struct slice redis_key_plain(struct arena *, const char *prefix,
	const char *kind, struct slice text);
/* "prefix:top:2026-11-21": the set of that day (UTC). */
struct slice redis_key_top(struct arena *, const char *prefix, int64_t at_ms);
/* "prefix:routed:f": a part of the set of mailboxes that have routes. */
struct slice redis_key_routed(
	struct arena *, const char *prefix, unsigned part);
/* The part of an index that holds a name. */
unsigned redis_key_part(struct slice name);
/* "{group}:policy", which follows the kind in a window's key. */
struct slice redis_key_place(
	struct arena *, struct slice group, struct slice policy);
/* The kind of a key of this prefix ("box"), absent for another's; *text is
 * what stands in braces, decoded, *rest what follows them. */
struct slice redis_key_parse(struct arena *, const char *prefix,
	struct slice key, struct slice *text, struct slice *rest);
/* The cluster's slot of a key: CRC16 of its hash tag, else of all of it
 * (Redis Cluster specification, "Key distribution model"). */
uint16_t redis_key_slot(struct slice key);

#endif
