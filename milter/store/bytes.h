/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading what was written as bytes, from the front. */
#ifndef STORE_BYTES_H
#define STORE_BYTES_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

/* Cuts so many bytes off; false, and nothing is cut, when there are fewer. */
bool bytes_take(struct slice *rest, void *out, size_t count);
/* The same, without a copy. */
bool bytes_take_text(struct slice *rest, size_t count, struct slice *text);

#endif
