/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF",
 * 2012): a keyed hash of 64 bits for tables and prints, so that who does not
 * know the key can neither collide nor predict.
 */
#ifndef STORE_MEMORY_SIPHASH_H
#define STORE_MEMORY_SIPHASH_H

#include "base/slice.h"

#include <stdint.h>

struct siphash_key {
	uint64_t k[2];
};

uint64_t siphash(const struct siphash_key *, struct slice);

#endif
