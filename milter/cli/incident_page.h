/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The document of a case, said once: headings, lines, tables, commands. A
 * writer puts each on its page and escapes what is foreign, as its page needs
 * it.
 */
#ifndef CLI_INCIDENT_PAGE_H
#define CLI_INCIDENT_PAGE_H

#include "base/buf.h"
#include "cli/incident.h"

#include <stddef.h>

#define INCIDENT_CELLS_MAX 6

struct incident_column {
	const char *title;
	size_t width; /* of text; HTML finds its own */
};

struct incident_table {
	const struct incident_column *columns;
	size_t count;
};

struct incident_page;

struct incident_writer {
	void (*heading)(struct incident_page *, const char *);
	void (*line)(struct incident_page *, struct slice);
	/* A name and what it is. */
	void (*entry)(struct incident_page *, const char *, struct slice);
	void (*table)(struct incident_page *, const struct incident_table *);
	void (*row)(struct incident_page *, const struct incident_table *,
		const struct slice *cells);
	void (*end)(struct incident_page *);
	/* What to type. */
	void (*command)(struct incident_page *, struct slice);
};

struct incident_page {
	const struct incident_writer *writer;
	struct buf *out;
};

/* The whole of it but a title. */
void incident_say(const struct incident *, struct incident_page *);

/* The writers; each appends the whole document. */
void incident_text(const struct incident *, struct buf *);
void incident_html(const struct incident *, struct buf *);
void incident_json(const struct incident *, struct buf *);
void incident_stix(const struct incident *, struct buf *);

#endif
