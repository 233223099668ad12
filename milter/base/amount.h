/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Amounts as people write them in a configuration or on a command line. Each
 * kind is read and printed by a pair of functions; reading gives false on
 * anything else and on overflow.
 */
#ifndef BASE_AMOUNT_H
#define BASE_AMOUNT_H

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

/* "250ms", "30s", "7d": milliseconds. */
bool amount_duration_parse(struct slice, long long *ms);
void amount_duration_print(long long ms, struct buf *);
/* The same, and "90" are seconds. */
bool amount_seconds_parse(struct slice, int64_t *ms);
/* "65536", "64k", "16M", "1G" (powers of 1024): bytes. */
bool amount_size_parse(struct slice, long long *bytes);
void amount_size_print(long long bytes, struct buf *);
/* Decimal digits. */
bool amount_number_parse(struct slice, long long *number);
void amount_number_print(long long number, struct buf *);
/* Octal permissions: "0660". */
bool amount_mode_parse(struct slice, long long *mode);
void amount_mode_print(long long mode, struct buf *);

#endif
