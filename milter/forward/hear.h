/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hearing: whose word each observation is, and about whom that speaker is
 * believed. It goes before binding, which hears only those that are left.
 */
#ifndef FORWARD_HEAR_H
#define FORWARD_HEAR_H

#include "forward/context.h"
#include "forward/trace.h"

/* Of mail that others of ours got, sent on by one who is not known to have: by
 * an alias or a shared mailbox he may. */
#define HEARING_ANOTHERS_CONFIDENCE 40
/* Mailboxes that the store or our own lines name for one message. */
#define HEARING_NAMES_MAX 16

struct hearing {
	const struct context *context;
	const struct remembered *remembered;
	bool person; /* a person handed the message in */
	struct address login; /* he, if he is known */
	size_t handed; /* from that index on the header is his word */
	bool came_in; /* from a stranger: by our lines, or by the store */
	bool traced; /* the store knows the message itself */
	bool forged; /* a program of somebody on the machine handed in what it
		      * shows as delivered, and our intake never took it */
	struct slice names[HEARING_NAMES_MAX];
	size_t name_count;
	size_t store_count; /* the first of them, by the store */
};

/* Borrows both. */
void hear_begin(
	struct hearing *, const struct context *, const struct remembered *);
/* The mailbox of who handed the message in; TRACE_PROGRAM if the store knows
 * that he is none of ours; absent where nobody knows. */
struct slice hear_login(const struct context *, const struct remembered *);
/* Was it handed in by a program on the machine? Postfix shows what comes by
 * sendmail(1) as from loopback. */
bool hear_on_machine(const struct message *);
/* Gives each observation its speaker; those not believed get a standing that
 * says so, and a login's word is turned on himself. */
void hear_findings(const struct hearing *, struct findings *);
/* Does a better speaker than the client name that mailbox? */
bool hear_names(const struct hearing *, struct slice mailbox);
/* What the store knows of a mailbox, list or login; NULL: nobody said. */
const struct acquaintance *hear_acquaintance(
	const struct remembered *, struct slice who, struct slice destination);

#endif
