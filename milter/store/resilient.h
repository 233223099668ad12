/* SPDX-License-Identifier: BSD-2-Clause */
/* Redis that may be away, with memory behind it: a backend. */
#ifndef STORE_RESILIENT_H
#define STORE_RESILIENT_H

#include "store/store.h"
#include "store/store_options.h"

struct store *resilient_open(const struct store_options *, struct err *);

#endif
