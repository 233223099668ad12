/* SPDX-License-Identifier: BSD-2-Clause */
/* Copies that a Postfix sends to the outside by its bcc settings. */
#ifndef MTA_POSTFIX_COPIES_H
#define MTA_POSTFIX_COPIES_H

#include "mta/postfix_check.h"

void postfix_copies_check(const struct postfix_check *);

#endif
