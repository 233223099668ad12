/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Traces as they stand in Redis: many in one hash, under a few bytes of their
 * ids, in binary (trace.lua). The hash is one of REDIS_TRACE_HASHES, by the
 * id's first bytes: with a million messages a day some two hundred traces are
 * in one, and Redis keeps it as one piece of memory up to 512.
 */
#ifndef STORE_REDIS_REDIS_TRACE_H
#define STORE_REDIS_REDIS_TRACE_H

#include "store/batch.h"

struct arena;

#define REDIS_TRACE_HASHES 65536
#define REDIS_TRACE_FIELD_BYTES 8

/* Where the trace of that id is: "prefix:trace:{1f3a}", and the field in it. 80
 * bits of a digest tell two ids apart. Absent when the arena is full, as all
 * below. */
struct slice redis_trace_key(
	struct arena *, const char *prefix, struct slice id);
/* The hash of that number, below REDIS_TRACE_HASHES. */
struct slice redis_trace_hash(
	struct arena *, const char *prefix, unsigned number);
struct slice redis_trace_field(struct arena *, struct slice id);

/* A member as it stands in a trace: its role, a code, and its name, which is
 * shorter in binary where it is a digest or an address of IP. */
struct slice redis_trace_pack(struct arena *, struct slice member);
/* ... and those of an operation. *simple: they are wholly a new trace's, in
 * their order, whatever a trace has room for. */
struct slice redis_trace_pack_all(struct arena *, const struct store_remember *,
	uint32_t cap, bool *simple);
/* What recall.lua would give, were these its members, as far as they are
 * foreseen: their times by another clock, which is so much ahead. */
struct slice redis_trace_word(
	struct arena *, const struct store_recall *, int64_t ahead_ms);
/* What recall.lua gives, newest first, at most recall->cap; false: it makes no
 * sense, or memory is short. */
bool redis_trace_read(
	struct arena *, struct slice value, struct store_recall *);

#endif
