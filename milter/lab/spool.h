/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Headers on their way from an archive to the judge: kept in a file without
 * a name, so that an archive may be larger than memory, and given back in
 * the order of time.
 */
#ifndef LAB_SPOOL_H
#define LAB_SPOOL_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spool;

struct spool *spool_new(struct err *err);
void spool_free(struct spool *);
bool spool_add(
	struct spool *, int64_t at_ms, struct slice header, struct err *err);
/* By time; those of the same time in the order of their coming, those of an
 * unknown time (0) first. Call it once, after the last spool_add(). */
void spool_sort(struct spool *);
/* The earliest time that is known, or 0. */
int64_t spool_begin(const struct spool *);
size_t spool_count(const struct spool *);
/* The header replaces what is in out. */
bool spool_get(struct spool *, size_t index, int64_t *at_ms, struct buf *out,
	struct err *err);

#endif
