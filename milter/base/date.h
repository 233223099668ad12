/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dates in milliseconds since 1970 in UTC: read as header fields write them
 * (RFC 5322 section 3.3 and 4.3) and as people and logs do (RFC 3339),
 * printed as the latter. A day or an hour that does not exist is not a date,
 * nor is a year before 1900; the 60th second is the one after it.
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * "Thu, 26 Aug 2021 09:46:01 +0200". Comments, years of two and three digits
 * and the obsolete zones are read as section 4.3 says; a zone that is missing
 * or unknown is +0000.
 */
bool date_parse(struct slice text, int64_t *at_ms);
/* "2026-01-05T09:00:00Z", "2026-01-05 09:00:00.25+01:00": the whole text. */
bool date_parse_stamp(struct slice text, int64_t *at_ms);

/* Days from 1970-01-01 to a date of the Gregorian calendar, backwards before
 * it too; month from 1. */
int64_t date_days(unsigned year, unsigned month, unsigned day);

#define DATE_TEXT_BYTES 32
/* "2026-11-21T21:25:31.042Z"; empty where the system knows no such time. */
void date_print(int64_t at_ms, char text[DATE_TEXT_BYTES]);

#endif
