/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A place in a file that outlives the process: the file's inode, how far it
 * was read and the bytes before that, so that a file which has got an old
 * one's inode is not taken for it, and a copy is known.
 */
#ifndef LOGS_TAIL_PLACE_H
#define LOGS_TAIL_PLACE_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

#define TAIL_MARK_BYTES 64

struct tail_place {
	uint64_t inode;
	uint64_t offset; /* of what is unpacked */
	char mark[TAIL_MARK_BYTES]; /* the bytes before it */
	size_t mark_len;
};

/* These bytes were read, and are not to be read again. */
void tail_place_pass(struct tail_place *, struct slice bytes);
/* Its mark is made of what stands before offset in a file. */
void tail_place_mark(struct tail_place *, int fd);
/* Are those the bytes before it in that file? */
bool tail_place_is_in(const struct tail_place *, int fd);

#endif
