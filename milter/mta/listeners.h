/* SPDX-License-Identifier: BSD-2-Clause */
/* The doors of a Postfix by which mail comes in over SMTP. */
#ifndef MTA_LISTENERS_H
#define MTA_LISTENERS_H

#include "mta/postfix.h"

#include <stdint.h>

#define LISTENERS_MAX 64

struct smtp_listener {
	const struct postfix_service *service;
	/* Who speaks to milters: itself, or the smtpd behind postscreen. */
	const struct postfix_service *smtpd;
	char host[64]; /* numeric, one that can be connected to from here */
	uint16_t port;
	struct slice daemon_name; /* {daemon_name} that it tells a milter */
	bool dialogue; /* speaks SMTP at once: neither TLS nor a proxy first */
	bool own_milters; /* -o smtpd_milters, or no_milters */
	bool greeted; /* for the caller's use */
};

/* All services of smtpd and postscreen on an address, ours not among them. */
size_t listeners_find(
	const struct postfix *, struct smtp_listener found[LISTENERS_MAX]);

#endif
