/* SPDX-License-Identifier: BSD-2-Clause */
/* Notes on their way to Redis. */
#ifndef STORE_REDIS_COMMANDS_NOTE_H
#define STORE_REDIS_COMMANDS_NOTE_H

#include "store/redis/commands.h"

/* The call that carries note i and those that go with it; nothing when it
 * must wait for another round. False when out of memory. */
bool commands_note_add(struct commands *, size_t i);

#endif
