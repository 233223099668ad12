/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names that come from the configuration (ids of policies), each kept once
 * and known by a small number. They are never forgotten: their number is
 * bounded by what an operator writes. Thread-safe.
 */
#ifndef STORE_MEMORY_SYMBOLS_H
#define STORE_MEMORY_SYMBOLS_H

#include "base/slice.h"

#include <stdint.h>

struct symbols;

struct symbols *symbols_new(void);
void symbols_free(struct symbols *);
/* The name's number, from 1; 0 when out of memory or past 65,535 names. */
uint32_t symbols_number(struct symbols *, struct slice name);
/* The name of a number that was given out; lives as long as the table. */
struct slice symbols_name(struct symbols *, uint32_t number);
uint32_t symbols_count(struct symbols *);

#endif
