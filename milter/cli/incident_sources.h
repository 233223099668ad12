/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a case comes from: the daemon, and the files of events. */
#ifndef CLI_INCIDENT_SOURCES_H
#define CLI_INCIDENT_SOURCES_H

#include "cli/ask.h"
#include "cli/incident.h"
#include "cli/options.h"

struct incident_sources {
	const struct ask_options *ask;
	const struct options_words *files; /* instead of those configured */
	struct json *mailbox, *events; /* answers that the case borrows */
	struct json *places[32]; /* ... of its destinations */
	size_t place_count;
};

/* Fills the case; what cannot be read is a gap of it. */
void incident_sources_read(struct incident_sources *, struct incident *);
void incident_sources_fini(struct incident_sources *);

#endif
