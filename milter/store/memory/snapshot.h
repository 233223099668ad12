/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing the snapshot. */
#ifndef STORE_MEMORY_SNAPSHOT_H
#define STORE_MEMORY_SNAPSHOT_H

#include "store/memory/memory.h"

/* Writes the file anew; false when that failed, and the old one stays. What
 * another process wrote there meanwhile is merged before. */
bool snapshot_write(struct memory *, struct err *);
/* The one that another process begins from: there is none after it. */
bool snapshot_write_last(struct memory *, struct err *);

#endif
