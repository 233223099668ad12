/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Forwarden put before a running Sendmail and taken off again. The egress, a
 * second daemon with a queue of its own, comes up first and is proved; only
 * then the intake is given the .cf that leads mail there. What is not as it
 * should be is put back.
 */
#ifndef MTA_ATTACH_SENDMAIL_H
#define MTA_ATTACH_SENDMAIL_H

#include "mta/attach_help.h"

struct attach_sendmail {
	const char *mc; /* /etc/mail/sendmail.mc; the .cf are beside it */
	const char *cf_directory; /* Sendmail's own m4 files */
	const char *program; /* sendmail(8) */
	const char *milter; /* Forwarden, in libmilter's spelling */
	const char *away; /* accept, tempfail */
	uint16_t port; /* of the egress; 0: a free one is looked for */
	struct attach_help help;
};

/* Each is false with err. */
bool attach_sendmail(const struct attach_sendmail *, struct err *err);
bool attach_sendmail_show(const struct attach_sendmail *, struct err *err);
bool attach_sendmail_probe(const struct attach_sendmail *, struct err *err);
/* The intake first; the egress stays up while anything is in its queue, and
 * then it is said, and to be done again later. */
bool attach_sendmail_undo(const struct attach_sendmail *, struct err *err);

#endif
