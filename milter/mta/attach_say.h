/* SPDX-License-Identifier: BSD-2-Clause */
/* Sentences for whoever looks on while it works. */
#ifndef MTA_ATTACH_SAY_H
#define MTA_ATTACH_SAY_H

#include "mta/prove.h"

void attach_say(const struct prove_help *, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* A sentence a line, each after head. */
void attach_say_lines(
	const struct prove_help *, const char *head, struct slice lines);

#endif
