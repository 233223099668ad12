/* SPDX-License-Identifier: BSD-2-Clause */
/* Dates of header fields: RFC 5322 section 3.3 and 4.3. */
#ifndef MAIL_DATE_H
#define MAIL_DATE_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Milliseconds since 1970 in UTC. Comments, years of two and three digits
 * and the obsolete zones are read as section 4.3 says; a zone that is
 * missing or unknown is +0000. False when there is no date or it names a day
 * or an hour that does not exist.
 */
bool date_parse(struct slice text, int64_t *at_ms);

#endif
