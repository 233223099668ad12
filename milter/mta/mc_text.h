/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sendmail.mc with Forwarden in it, as text. One .mc makes two .cf: that of
 * the daemon that is there, the intake, and with -DFORWARDEN_EGRESS that of a
 * second one, the egress, which has the filter and is otherwise the Sendmail
 * of old. The intake hands whatever leaves to the egress, by the arguments of
 * its mailers: these hold whatever the host, SMART_HOST or mailertable says.
 */
#ifndef MTA_MC_TEXT_H
#define MTA_MC_TEXT_H

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

#define MC_RECIPE_NUMBER 2U

struct mc_wish {
	const char *milter; /* in libmilter's spelling */
	const char *away; /* "accept", "tempfail" */
	uint16_t port; /* of the egress on 127.0.0.1 */
	/* of the egress */
	const char *queue, *statistics, *pid_file;
};

/* The text with both blocks, one before the first MAILER, one at the end. */
void mc_text_add(struct slice mc, const struct mc_wish *, struct buf *out);
/* The text without what stands between our marks. */
void mc_text_remove(struct slice mc, struct buf *out);
bool mc_text_is_attached(struct slice mc);

/* Do two .cf say the same? Comments and the date of making are not read. */
bool mc_text_same_cf(struct slice one, struct slice other);
/* "O QueueDirectory=/var/spool/mqueue"; absent if the .cf has none. */
struct slice mc_text_option(struct slice cf, const char *name);

/* A door of the daemon, of "O DaemonPortOptions=Name=MTA, Port=smtp". */
struct mc_door {
	char name[64], host[64], port[32];
};
/* The next door; false when there is none left in *cf. */
bool mc_text_next_door(struct slice *cf, struct mc_door *door);
/* A mailer of a .cf: "Msmtp, P=[IPC], F=mDFMuX, A=TCP $h". */
struct mc_mailer {
	struct slice name, flags, arguments;
	bool ipc;
};
bool mc_text_next_mailer(struct slice *cf, struct mc_mailer *mailer);
/* Does it hand its mail to our port? */
bool mc_text_is_ours(const struct mc_mailer *, uint16_t port);
/* The next mailer that speaks SMTP to others and does not go to our port:
 * mail for it is not seen. */
bool mc_text_next_stray(struct slice *cf, uint16_t port, struct slice *name);

#endif
