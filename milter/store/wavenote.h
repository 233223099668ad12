/* SPDX-License-Identifier: BSD-2-Clause */
/* Notes on their way to Redis. */
#ifndef STORE_WAVENOTE_H
#define STORE_WAVENOTE_H

#include "store/builder.h"

/* The call that carries note i and those that go with it; nothing when it
 * must wait for another wave. False when memory is short. */
bool wavenote_add(struct builder *, size_t i);

#endif
