/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names that come from the configuration (ids of policies), each kept once
 * and known by a small number. They are never forgotten: their number is
 * bounded by what an operator writes. Thread-safe.
 */
#ifndef STORE_INTERN_H
#define STORE_INTERN_H

#include "base/slice.h"

#include <stdint.h>

struct intern;

struct intern *intern_new(void);
void intern_free(struct intern *);
/* The name's number, from 1; 0 when out of memory or past 65,535 names. */
uint32_t intern_number(struct intern *, struct slice name);
/* The name of a number that was given out; lives as long as the table. */
struct slice intern_name(struct intern *, uint32_t number);
uint32_t intern_count(struct intern *);

#endif
