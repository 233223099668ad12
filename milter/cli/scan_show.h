/* SPDX-License-Identifier: BSD-2-Clause */
/* What a scan of logs found, for people, as JSON lines and as CSV. */
#ifndef CLI_SCAN_SHOW_H
#define CLI_SCAN_SHOW_H

#include "cli/scan_known.h"
#include "logs/scan.h"

enum scan_show_form {
	SCAN_SHOW_TEXT,
	SCAN_SHOW_JSON,
	SCAN_SHOW_CSV
};

struct scan_show {
	const struct scan *scan;
	const struct scan_known *known; /* or NULL */
	enum scan_show_form form;
	const char *egress; /* or NULL */
};

/* Prints all of it; how many routes are not known. *wrong: how much left that
 * was not to, as far as that was asked. */
size_t scan_show(const struct scan_show *, uint64_t *wrong);

#endif
