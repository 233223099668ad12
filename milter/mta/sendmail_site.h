/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One installed Sendmail whose files are to be changed: its .mc, the .cf in
 * force, and its two daemons.
 */
#ifndef MTA_SENDMAIL_SITE_H
#define MTA_SENDMAIL_SITE_H

#include "base/buf.h"
#include "base/err.h"

#include <limits.h>
#include <stdbool.h>

struct sendmail_site {
	const char *mc_path, *cf_directory, *program;
	char directory[PATH_MAX];
	char cf_path[PATH_MAX], egress_path[PATH_MAX];
	struct buf mc, cf; /* as they are */
	/* The intake's, and those of the egress. */
	char pid_file[PATH_MAX], queue[PATH_MAX];
	char egress_pid_file[PATH_MAX], egress_queue[PATH_MAX];
	char egress_statistics[PATH_MAX];
	int lock;
};

/* False with err; sendmail_site_close() ends it either way. */
bool sendmail_site_open(struct sendmail_site *, const char *mc,
	const char *cf_directory, const char *program, struct err *err);
void sendmail_site_close(struct sendmail_site *);
bool sendmail_site_lock(struct sendmail_site *, struct err *err);

/* What m4 makes of a .mc. */
bool sendmail_site_make(const struct sendmail_site *, struct slice mc,
	bool egress, struct buf *cf, struct err *err);
/* A queue for the egress, as the intake's is, and its daemon. */
bool sendmail_site_start_egress(const struct sendmail_site *, struct err *err);
void sendmail_site_stop_egress(const struct sendmail_site *);
/* Does the intake's daemon live? */
bool sendmail_site_is_running(const struct sendmail_site *, struct err *err);
/* On SIGHUP Sendmail kills those of its children who run the queue, and what
 * they deliver at that moment is delivered again. Waits up to a minute until
 * none does; false when there was no such moment, or nobody tells. */
bool sendmail_site_await_pause(const struct sendmail_site *);
/* Has the intake read its .cf anew (SIGHUP), and waits until it listens. */
bool sendmail_site_restart(const struct sendmail_site *, struct err *err);
/* Is nothing in the egress's queue, held mail neither? It is run first. */
bool sendmail_site_is_drained(const struct sendmail_site *);

#endif
