/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes: read from the front, and numbers written as such. */
#ifndef STORE_BYTES_H
#define STORE_BYTES_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Cuts so many bytes off; false, and nothing is cut, when there are fewer. */
bool bytes_take(struct slice *rest, void *out, size_t count);
/* The same, without a copy. */
bool bytes_take_text(struct slice *rest, size_t count, struct slice *text);

/* The number's lowest bytes, so many, the highest of them first; where they
 * end. */
char *bytes_put(char *out, uint64_t number, size_t bytes);

#endif
