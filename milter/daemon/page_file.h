/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of the operators' page, which are in the program. They hold no
 * data: whoever may not look gets them, and nothing else. */
#ifndef DAEMON_PAGE_FILE_H
#define DAEMON_PAGE_FILE_H

struct page_file {
	const char *path, *type, *text;
};

/* Ended by one without a path. */
extern const struct page_file page_files[];

#endif
