/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dovecot's configuration as a list: "plugin/sieve" and its value, whatever
 * blocks it stands in, of 2.3 and of 2.4; from doveconf(1) or from its files.
 */
#ifndef MTA_RULES_DOVECOT_CONF_H
#define MTA_RULES_DOVECOT_CONF_H

#include "mta/rules/survey.h"

struct dovecot_setting {
	struct slice block; /* "sieve_script before", joined by '/'; or empty */
	struct slice name, value;
};

struct dovecot_conf {
	struct slice folder; /* of its main file, with a slash */
	struct dovecot_setting *at;
	size_t count, room;
};

/* False when there is no Dovecot. */
bool dovecot_conf_read(struct survey *, struct dovecot_conf *);
/* Text of such a file; what it includes is read as well. */
void dovecot_conf_parse(
	struct survey *, struct dovecot_conf *, struct slice text);
/* The last value of a name in a block ("" for none, NULL for any); absent when
 * it is not set. */
struct slice dovecot_conf_value(
	const struct dovecot_conf *, const char *block, const char *name);

#endif
