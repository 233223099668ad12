/* SPDX-License-Identifier: BSD-2-Clause */
/* What a subject tells: whether a mail program wrote it on forwarding. */
#ifndef FORWARD_SUBJECT_H
#define FORWARD_SUBJECT_H

#include "base/slice.h"

#include <stdbool.h>

/* Does a decoded subject begin with a forward prefix ("Fwd:", "WG:",
 * "转发：", ...) of any language that mail programs write? Reply prefixes may
 * stand before it. */
bool subject_is_forward(struct slice subject);

#endif
