/* SPDX-License-Identifier: BSD-2-Clause */
/* A store that never sees an address: a backend around another. */
#ifndef STORE_PRIVATE_H
#define STORE_PRIVATE_H

#include "store/store.h"
#include "store/store_options.h"

/* Takes the inner store over, also on failure. */
struct store *private_open_take(
	struct store *inner, const struct store_options *, struct err *);

#endif
