/* SPDX-License-Identifier: BSD-2-Clause */
/* The services of log sources, in the order of the names in policies.c. */
#ifndef VERDICT_SERVICE_H
#define VERDICT_SERVICE_H

/* Which log sources a record is of; bits of sigma_record.services. */
enum service {
	SERVICE_MESSAGE = 1 << 0,
	SERVICE_FORWARD = 1 << 1,
	SERVICE_OUTBOUND = 1 << 2,
};

#endif
