/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A short dialogue with a listener of an MTA, by which it shows whether the
 * daemon hears it. No message is sent.
 */
#ifndef MTA_DIALOGUE_H
#define MTA_DIALOGUE_H

#include "mta/attach_help.h"

struct dialogue {
	const char *host; /* numeric */
	uint16_t port;
	struct slice name; /* {daemon_name} by which the daemon knows it */
};

/*
 * False with err when the listener does not answer, or the daemon cannot be
 * asked. The client stays until it was heard.
 */
bool dialogue_is_heard(const struct attach_help *, const struct dialogue *,
	bool *heard, struct err *err);

#endif
