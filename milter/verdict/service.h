/* SPDX-License-Identifier: BSD-2-Clause */
/* The services of log sources: which of them a flow is of. */
#ifndef VERDICT_SERVICE_H
#define VERDICT_SERVICE_H

#include "forward/flow.h"

/* Which log sources a record is of; bits of sigma_record.services. */
enum service {
	SERVICE_MESSAGE = 1 << 0,
	SERVICE_FORWARD = 1 << 1,
	SERVICE_OUTBOUND = 1 << 2,
	SERVICE_LOG = 1 << 3, /* told by the MTA's log, after it left */
};
/* What it is of; a message itself is of SERVICE_MESSAGE. */
unsigned service_of(const struct flow *);
/* "message", "forward", "outbound", "log": by their bits, ended by NULL. */
const char *const *service_names(void);

#endif
