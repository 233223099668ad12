/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * .forward files, as Postfix and Sendmail find them (forward_path,
 * ForwardPath), and when they pass them over.
 */
#ifndef MTA_RULES_FORWARD_FILE_H
#define MTA_RULES_FORWARD_FILE_H

#include "mta/rules/person.h"
#include "mta/rules/survey.h"

/* One element of a path of files: "$home/.forward${recipient_delimiter}
 * ${extension}", "$z/.forward.$w". Reads all that fit it, for one person; to
 * be called with his rights. */
void forward_file_find(
	struct survey *, const struct person *, struct slice pattern);
/* The rules of one that was read; a filter of Exim's is read as that. */
void forward_file_read(
	struct survey *, const struct source *, struct slice mailbox);

#endif
