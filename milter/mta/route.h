/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries of transport_maps, by which a Postfix sends mail for some domains by
 * a way of their own. outside: the transports among them that lead there,
 * "smtp|relay"; NULL: none are known. An entry without a transport (":[host]")
 * leads outside as well where any are known.
 */
#ifndef MTA_ROUTE_H
#define MTA_ROUTE_H

#include "mta/way.h"

/* Does an answer of the table lead outside? */
bool route_is_outside(const char *outside, struct slice answer);
/* Does transport_maps send an address by itself, so that its mail meets no
 * listener of ours unless it is led there? The answer of the table is
 * appended. */
bool route_is_fixed(
	const struct postfix *, const char *address, struct buf *answer);
/* The same ways as before, and those of entries that lead outside; how many
 * there are now. A wildcard changes those that are there. */
size_t routes_add(const struct postfix *, const char *outside,
	struct way ways[WAYS_MAX], size_t count, struct buf *notes);
/* Appends the first entry that names a host and no transport. False if none
 * is seen. */
bool route_find_bare(const struct postfix *, struct buf *entry);

#endif
