/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is a person: a mailbox that has logged in or written mail. Private to
 * verdict/. */
#ifndef VERDICT_PERSON_H
#define VERDICT_PERSON_H

#include "mail/message.h"

#include <stdbool.h>

/* The mailbox of ours whose owner hands the message in; false where nobody
 * is seen to. */
bool person_find(const struct message *, struct address *out);

#endif
