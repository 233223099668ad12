/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Probes that were seen (mta/probe.h), each with the listener of the MTA that
 * showed it. The newest few are kept; whoever sends many pushes others out,
 * and `forwarden attach` then takes itself for blind, never the other way
 * round. Thread-safe.
 */
#ifndef DAEMON_PROBES_H
#define DAEMON_PROBES_H

#include "base/json.h"
#include "base/slice.h"

struct probes;

/* NULL when out of memory. */
struct probes *probes_new(void);
/* For tests: a daemon's go with the process. */
void probes_free(struct probes *);
/* Notes a name of HELO, a sender or a Message-ID if it is a probe's. NULL notes
 * nothing. */
void probes_note(struct probes *, struct slice text, struct slice listener);
/* The listeners that showed a probe, as a list of texts; owned by the
 * caller. */
struct json *probes_listeners(struct probes *, struct slice word);

#endif
