/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the snapshot. */
#ifndef STORE_MEMORY_RESTORE_H
#define STORE_MEMORY_RESTORE_H

#include "store/memory/memory.h"

/* Reads what is there; a damaged file is set aside and said. */
void restore_read(struct memory *);

#endif
