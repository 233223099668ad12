/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A checkup of a running system: what is known of the MTA is looked at in
 * mta/, what is known of the daemon here; all of it is printed here.
 */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "base/json.h"
#include "base/socket_name.h"
#include "cli/ask.h"
#include "daemon/generation.h"
#include "mta/checkup.h"
#include "mta/postfix.h"

struct doctor {
	const struct generation *generation; /* borrowed */
	struct socket_name listen;
	struct checkup *checkup;
	struct ask *ask; /* to the daemon; borrowed, or NULL */
};

bool doctor_init(struct doctor *, const struct generation *);
void doctor_fini(struct doctor *);

/* The daemon: socket, control, user, store, clock, policies. */
void doctor_daemon(struct doctor *);

/* What it has of the machine: state, log files, descriptors, the door for the
 * MTA; and its lists. pid: of the worker. */
void doctor_host(struct doctor *, long long pid);

/* Does somebody look after held mail, where somebody once did or must? */
void doctor_held(struct doctor *, struct ask *);

/* Whether somebody is alerted; status: the daemon's. */
void doctor_alerts(struct doctor *, const struct json *status);

/* Who logs in: programs and domains that are to be configured. */
void doctor_logins(struct doctor *, struct ask *);

/* Rules at rest that send mail outside, and those that are new. postfix,
 * sendmail: where their files are, or NULL. */
void doctor_rules(struct doctor *, const char *postfix, const char *sendmail);

/* The mail log, and whether those live that watch it and the rules. path: NULL
 * for the machine's own; postfix: or NULL. */
void doctor_log(
	struct doctor *, const char *path, const struct postfix *postfix);

/* Lines for a person; foreign text is escaped. */
void doctor_add_text(const struct doctor *, struct buf *);
/* A list of maps; owned by the caller. */
struct json *doctor_json(const struct doctor *);

#endif
