/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening the store that the options name. */
#ifndef STORE_STORE_OPEN_H
#define STORE_STORE_OPEN_H

#include "store/store.h"
#include "store/store_options.h"

/*
 * NULL when the uri is wrong or memory is short. A Redis that is away is no
 * failure: the store answers from memory until it is back. A snapshot that
 * cannot be read is set aside and said.
 */
struct store *store_open(const struct store_options *, struct err *);

#endif
