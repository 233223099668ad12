/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Amounts as people write them in a configuration or on a command line. Each
 * kind is read and printed by a pair of functions; reading gives false on
 * anything else and on overflow.
 */
#ifndef DAEMON_CONFIG_AMOUNT_H
#define DAEMON_CONFIG_AMOUNT_H

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>

/* "250ms", "30s", "7d": milliseconds. */
bool config_duration_parse(struct slice, long long *ms);
void config_duration_print(long long ms, struct buf *);
/* "65536", "64k", "16M", "1G" (powers of 1024): bytes. */
bool config_size_parse(struct slice, long long *bytes);
void config_size_print(long long bytes, struct buf *);
/* Decimal digits. */
bool config_number_parse(struct slice, long long *number);
void config_number_print(long long number, struct buf *);
/* Octal permissions: "0660". */
bool config_mode_parse(struct slice, long long *mode);
void config_mode_print(long long mode, struct buf *);

#endif
