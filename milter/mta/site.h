/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One installed Postfix whose files are to be changed: what it says of
 * itself, and main.cf and master.cf as texts.
 */
#ifndef MTA_SITE_H
#define MTA_SITE_H

#include "base/buf.h"
#include "base/err.h"
#include "mta/postfix.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

struct site {
	const char *given; /* directory of main.cf; NULL: Postfix's own */
	struct postfix *postfix;
	char directory[PATH_MAX];
	char main_path[PATH_MAX], master_path[PATH_MAX];
	struct buf main, master;
	int lock;
};

/* False with err; site_close() ends it either way. */
bool site_open(struct site *, const char *directory, struct err *err);
void site_close(struct site *);
/* Nobody else changes it meanwhile. */
bool site_lock(struct site *, struct err *err);

bool site_is_attached(const struct site *);
/* What is attached, by what the files have: bits of enum recipe_part. */
unsigned site_parts(const struct site *);
/* The port of our listener in master.cf; 0 where there is none. */
uint16_t site_port(const struct site *);
/* The same site as if nothing of ours were in it, to be looked at alone: no
 * file of it is changed. False with err; site_close() ends it either way. */
bool site_imagine_bare(const struct site *, struct site *bare, struct err *err);

/* A Postfix that has died is brought up: it says nothing to a reload. */
bool site_reload(const struct site *, struct err *err);
/*
 * Takes out all that is ours, by its names. In two steps when Postfix runs:
 * mail is led past the listener, and only when nobody is connected to it any
 * more, it goes. In one step the processes that it has at work are killed,
 * and a message may go out twice.
 */
bool site_take_off(struct site *, struct err *err);

#endif
