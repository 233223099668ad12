/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From where a request comes. A browser carries out what any site asks of it,
 * and a name that somebody else answers for can be made to mean loopback (DNS
 * rebinding): the page answers to its own names alone, and is asked by itself.
 */
#ifndef DAEMON_PAGE_GATE_H
#define DAEMON_PAGE_GATE_H

#include "daemon/api_request.h"
#include "daemon/config.h"

/* Is the page called by a name of loopback, or one of page.hosts? */
bool page_gate_knows_host(const struct config *, struct slice host);
/* Did the page itself ask? A browser says from where a POST comes; one that
 * does not say so did not come from the page. */
bool page_gate_is_own(const struct api_request *);

#endif
