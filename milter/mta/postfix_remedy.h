/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands that mend a Postfix, as they are typed: with the directory of its
 * main.cf where that is not the usual one, and names quoted for sh(1). */
#ifndef MTA_POSTFIX_REMEDY_H
#define MTA_POSTFIX_REMEDY_H

#include "mta/postfix_check.h"

/* "postconf -c DIRECTORY"; options begin with a blank. */
void postfix_remedy_program(
	const struct postfix_check *, const char *program, struct buf *);
/* " && postfix -c DIRECTORY reload" */
void postfix_remedy_reload(const struct postfix_check *, struct buf *);
/* Changes -o of a service: "postconf -P 'smtp/inet/name=value' && ...". */
struct postfix_remedy_argument {
	const struct postfix_service *service;
	const char *name;
	struct slice value; /* absent: main.cf's is to hold */
};
void postfix_remedy_argument(const struct postfix_check *,
	const struct postfix_remedy_argument *, struct buf *);
/* Changes a parameter of main.cf; NULL takes it out. */
void postfix_remedy_parameter(const struct postfix_check *, const char *name,
	const char *value, struct buf *);
/* `forwarden attach` for a part that is missing, as it is attached now:
 * --update where it is, with the parts that are there. */
void postfix_remedy_attach(
	const struct postfix_check *, unsigned part, struct buf *);
/* "forwarden attach --undo" and its like. */
void postfix_remedy_forwarden(
	const struct postfix_check *, const char *arguments, struct buf *);

#endif
