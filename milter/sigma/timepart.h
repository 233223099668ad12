/* SPDX-License-Identifier: BSD-2-Clause */
/* The numbers in a time stamp, for |minute ... |year. */
#ifndef SIGMA_TIMEPART_H
#define SIGMA_TIMEPART_H

#include "base/slice.h"
#include "sigma/modifier.h"

#include <stdbool.h>

/* Of an ISO 8601 time ("2026-11-21T21:25:31Z", or with a space for the T);
 * weeks are those of ISO 8601. False when it is none or has no such part. */
bool timepart_read(struct slice text, enum time_part part, double *out);

#endif
