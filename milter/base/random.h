/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes that nobody can guess: hash seeds, keys of identities. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>

#define RANDOM_BYTES_MAX 256

/* Fills into with up to RANDOM_BYTES_MAX bytes; false where the system has
 * none to give. */
bool random_fill(void *into, size_t len);

#endif
