/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Proof that mail for entries of transport_maps is led to the listener by
 * Postfix's own routing. Postfix is told to verify an address there (sendmail
 * -bv): its client asks for it and goes, and no mail is sent. The report says
 * whom it asked. It goes to a probe's address, and so is held.
 *
 * The daemon is not asked: a client that goes at once has perhaps gone before
 * its words are read from a unix socket.
 */
#ifndef MTA_PROVE_ROUTE_H
#define MTA_PROVE_ROUTE_H

#include "mta/proof.h"

/* False with err, which says what was seen. */
bool prove_routes(const struct prove *, struct err *err);

#endif
