/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is to be read of what a log has become, from a place in it on: the file
 * that holds the place, renamed, copied or packed, and those that were made
 * after it; all but the live one.
 */
#ifndef LOGS_TAIL_FOUND_H
#define LOGS_TAIL_FOUND_H

#include "logs/tail_place.h"

#include <stdbool.h>
#include <stddef.h>

#define TAIL_FOUND_MOST 64U

struct tail_found {
	struct {
		uint64_t inode;
		int fd;
	} files[TAIL_FOUND_MOST]; /* the oldest first */
	size_t count;
	size_t next; /* to be read */
};

/* False if no file there holds the place. What was found before goes. */
bool tail_found_look(
	struct tail_found *, const char *path, const struct tail_place *);
void tail_found_fini(struct tail_found *);

#endif
