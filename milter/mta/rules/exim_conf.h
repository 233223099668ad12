/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An Exim's configuration as one text: its file with all that it includes, or
 * the pieces of Debian's conf.d, put together as update-exim4.conf(8) does.
 * Lines are joined and comments left out by whoever reads it.
 */
#ifndef MTA_RULES_EXIM_CONF_H
#define MTA_RULES_EXIM_CONF_H

#include "mta/rules/survey.h"

/* False when there is none in the usual places. */
bool exim_conf_open(struct survey *, struct source *);
/* The next logical line: one that ends in a backslash goes on. */
bool exim_conf_next(struct slice *rest, struct buf *out);
/* A main option, a list of domains or a macro; absent where it is not set. */
struct slice exim_conf_option(
	struct survey *, const struct source *, struct slice name);
/* "name = value"; false where there is no sign, and value is empty. */
bool exim_conf_split(
	struct slice line, struct slice *name, struct slice *value);
/* The next of "a : b : c", or with another sign: "<; a ; b". *sign begins as
 * the usual one. */
bool exim_conf_list(struct slice *rest, char *sign, struct slice *one);

#endif
