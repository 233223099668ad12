/* SPDX-License-Identifier: BSD-2-Clause */
/* A batch as bytes, for the journal: only the operations that change
 * something. Numbers are the machine's own. */
#ifndef STORE_BATCH_BYTES_H
#define STORE_BATCH_BYTES_H

#include "base/buf.h"
#include "store/batch.h"

/* How many operations were written; 0: none of them changes anything. */
size_t batch_bytes_write(
	struct buf *, int64_t at_ms, const struct store_op *, size_t count);
/* False for bytes that are no batch, or when the arena is full. Slices point
 * into the bytes. */
bool batch_bytes_read(struct slice bytes, struct arena *, struct store_batch *);

#endif
