/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An MTA asked where addresses end: Sendmail's -bv, Exim's -bt. Either
 * expands aliases, tables and .forward files as it would for a message; what
 * it leads outside and none of the rules that were read explains is a finding
 * of its own.
 */
#ifndef MTA_RULES_ORACLE_H
#define MTA_RULES_ORACLE_H

#include "mta/rules/survey.h"

/* Asks for every address that is known, as long as there is time; how many
 * were not asked is told. program: argv[0], looked for in PATH. */
void oracle_ask_sendmail(struct survey *, const char *program);
void oracle_ask_exim(struct survey *, const char *program);

/* The next address that a line of either's answer says mail goes to; false
 * when it names none. */
bool oracle_read_sendmail(struct slice line, struct slice *address);
bool oracle_read_exim(struct slice line, struct slice *address);

#endif
