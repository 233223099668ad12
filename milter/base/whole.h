/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes to a descriptor, all of them. */
#ifndef BASE_WHOLE_H
#define BASE_WHOLE_H

#include "base/slice.h"

#include <stddef.h>

/* However often it is interrupted or cut short. The bytes that were written,
 * which are fewer only after an error (errno). */
size_t whole_write(int fd, struct slice);

#endif
