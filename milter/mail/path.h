/* SPDX-License-Identifier: BSD-2-Clause */
/* The paths of an envelope (RFC 5321 section 4.1.2). */
#ifndef MAIL_PATH_H
#define MAIL_PATH_H

#include "mail/address.h"

/*
 * An envelope path as MAIL and RCPT carry it, with or without angle brackets
 * (pickup has none), source routes dropped. "<>" and "" give an address with
 * empty text. False only when the arena is full.
 */
bool path_parse(struct arena *, struct slice path, struct address *out);

#endif
