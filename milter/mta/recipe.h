/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Postfix needs so that Forwarden sees its mail, as text to be added to
 * main.cf and master.cf. docs/attach.md tells the thoughts behind it; in
 * short, for mail that leaves:
 *
 * - where mail goes is decided by one service, rewrite: there, and not in
 *   main.cf, all that leaves is led to forwarden-hop, an smtp client that
 *   takes it to a listener on loopback, which asks the milter;
 * - content_filter of that listener sends it on by the way that it would
 *   have taken, whatever restrictions are set or skipped;
 * - ways that depend on the sender, and, if wished, on the recipient, the
 *   listener finds in the site's own tables, and says FILTER.
 */
#ifndef MTA_RECIPE_H
#define MTA_RECIPE_H

#include "base/buf.h"
#include "base/err.h"
#include "mta/postfix.h"
#include "mta/probe.h"

#include <stdint.h>

/* Of what is written now; counts up with each change of the text. */
#define RECIPE_NUMBER 7U
#define RECIPE_HOP "forwarden-hop"
/* The same for entries of transport_maps that lead outside. */
#define RECIPE_ROUTE "forwarden-route"
#define RECIPE_HOST "127.0.0.1"
/* {daemon_name} of the listener for mail that leaves. */
#define RECIPE_DAEMON "egress"
/* What the listener says in its greeting once mail is led to it. */
#define RECIPE_LED "mail that leaves is led here"
/* A daemon knows the defaults of its own parameters only, hence "smtp". */
#define RECIPE_TRANSPORT "${default_transport?{$default_transport}:{smtp}}"

enum recipe_part {
	RECIPE_INTAKE = 1 << 0, /* smtpd_milters */
	RECIPE_NON_SMTPD = 1 << 1, /* non_smtpd_milters */
	RECIPE_EGRESS = 1 << 2,
	RECIPE_ALL = RECIPE_INTAKE | RECIPE_NON_SMTPD | RECIPE_EGRESS
};

struct recipe_wish {
	unsigned parts; /* bits of enum recipe_part; 0: see attached.h */
	const char *milter; /* Forwarden, in Postfix's spelling */
	const char *away; /* default_action: accept, tempfail */
	const char *reject_text; /* what a refusal by policy says */
	uint16_t port; /* of the listener on RECIPE_HOST */
	/* Transports of transport_maps that lead outside, "smtp|relay"; NULL:
	 * its entries keep their way. */
	const char *outside;
	char probes[PROBE_PLACE_BYTES]; /* where the listener holds mail */
};

/* Lines with their ends. */
struct recipe {
	unsigned parts;
	struct buf parameters; /* of main.cf */
	struct buf services; /* of master.cf, the listener last */
	struct buf routing; /* arguments of the service rewrite */
	struct buf title; /* of the blocks: the wish, as options */
	struct buf notes; /* what remains unseen and why, a sentence a line */
};

/* False with err, and nothing is to be changed, where it would not work. */
bool recipe_make(struct recipe *, const struct postfix *,
	const struct recipe_wish *, struct err *err);
/* Its text alone, whether it would work or not. */
void recipe_write(
	struct recipe *, const struct postfix *, const struct recipe_wish *);
void recipe_fini(struct recipe *);

/* " (recipe 4: --intake --away accept; ...)" */
void recipe_add_title(const struct recipe_wish *, struct buf *out);
/* Bits of enum recipe_part that a title names. */
unsigned recipe_parts_in(struct slice title);
/* As options, each with a blank before it. */
void recipe_add_parts(unsigned parts, struct buf *out);

/* The files with it. With or without the routing: mail that leaves is led to
 * the listener only by the routing. */
bool recipe_add_to_main(
	const struct recipe *, struct slice main, struct buf *out);
bool recipe_add_to_master(const struct recipe *, struct slice master,
	bool with_routing, struct buf *out);

/* The listener of whatever recipe is in master.cf, known by what it does; NULL
 * where there is none. */
const struct postfix_service *recipe_find_listener(const struct postfix *);

/* Writes the value of forwarden_senders: what the site's tables say of the
 * way out by sender, the least specific first. */
void recipe_add_senders(const struct postfix *, struct buf *out);
/* The parameters by which answers of these tables become ways. */
void recipe_add_sender_answers(const struct postfix *, struct buf *out);
/* Restriction classes among them, each with a comma before it. */
void recipe_add_sender_classes(const struct postfix *, struct buf *out);
/* The value of forwarden_routes: what transport_maps says by recipient. */
void recipe_add_routes(const struct postfix *, struct buf *out);
/* The parameters that lead such mail to the listener. */
void recipe_add_divert(
	const struct postfix *, const struct recipe_wish *, struct buf *out);

#endif
