/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Postfix held against Forwarden as it is configured: what it shows to the
 * filter, what it keeps from it, and whose mail either takes for its own.
 */
#ifndef MTA_POSTFIX_CHECK_H
#define MTA_POSTFIX_CHECK_H

#include "base/socket_name.h"
#include "mail/realm.h"
#include "mta/checkup.h"
#include "mta/postfix.h"

#include <stdbool.h>

struct postfix_check {
	const struct postfix *postfix;
	/* Forwarden's own */
	const struct socket_name *listen;
	const struct realm *realm;
	bool enforces;
	struct checkup *checkup; /* where to */
	/* For commands; NULL where it is the usual one. */
	const char *directory; /* of main.cf */
	const char *file; /* forwarden.yaml */
};

/* Is a domain, in any spelling, local to Forwarden? */
bool postfix_check_is_ours(const struct postfix_check *, struct slice domain);

#endif
