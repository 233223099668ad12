/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What another process has written into the snapshot since this one read it:
 * while one process takes over from another both are at work for a moment.
 */
#ifndef STORE_MEMORY_MERGE_H
#define STORE_MEMORY_MERGE_H

#include "store/memory/memory.h"

/*
 * Reads the snapshot that is there and takes over what it holds and this
 * memory does not: members of windows and traces at their latest time, of
 * each count the greater one. Both processes began from the same snapshot, so
 * nothing is counted twice; of what both counted since, people see the
 * greater part, and windows see all.
 */
void merge_foreign(struct memory *);

#endif
