/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening the store that the options name. */
#ifndef STORE_STORE_OPEN_H
#define STORE_STORE_OPEN_H

#include "store/store.h"
#include "store/store_options.h"

/*
 * NULL where the uri is wrong, or when out of memory. A Redis that is away is
 * not a failure: the store answers from memory until it is back. A snapshot
 * that cannot be read is set aside and said.
 */
struct store *store_open(const struct store_options *, struct err *);

#endif
