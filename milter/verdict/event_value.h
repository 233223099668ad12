/* SPDX-License-Identifier: BSD-2-Clause */
/* One text of an event. Private to verdict/. */
#ifndef VERDICT_EVENT_VALUE_H
#define VERDICT_EVENT_VALUE_H

#include "base/json_writer.h"

#include <stdbool.h>

/* Bytes of a text, and entries of a list, that an event has at most. */
#define EVENT_VALUE_BYTES 256
#define EVENT_LIST_MAX 16

/* Whatever a sender wrote, cut between characters; bytes that are no text are
 * \xHH. False: so it is not what policies saw. An absent one writes nothing. */
bool event_value_write(struct json_writer *, const char *key, struct slice);

#endif
