/* SPDX-License-Identifier: BSD-2-Clause */
/* A batch as bytes, for the journal: only the operations that change
 * something. Numbers are the machine's own. */
#ifndef STORE_CODEC_H
#define STORE_CODEC_H

#include "base/buf.h"
#include "store/store.h"

/* How many operations were written; 0: none of them changes anything. */
size_t codec_write(
	struct buf *, int64_t at_ms, const struct store_op *, size_t count);
/* False for bytes that are no batch, or when the arena is full. Slices point
 * into the bytes. */
bool codec_read(struct slice bytes, struct arena *, struct store_batch *);

#endif
