/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes to a descriptor, all of them; lines to a file of several processes. */
#ifndef BASE_WHOLE_H
#define BASE_WHOLE_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

/* However often it is interrupted or cut short. The bytes that were written,
 * which are fewer only after an error (errno). */
size_t whole_write(int fd, struct slice);

/*
 * A line, with its end, to a file that others append to, too: all of it or,
 * after an error (false, errno), nothing of it. What cannot be cut again (a
 * pipe, a terminal) may be left torn; the next line then begins a new one. So
 * it does behind the beginning of a line that another process left, where the
 * descriptor may be read, too.
 */
bool whole_line(int fd, struct slice line, bool *torn);

#endif
