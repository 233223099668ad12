/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists in files: one entry a line, white space around it left out, '#' and
 * what follows it a comment. Written by people with any editor: a byte order
 * mark, CR LF and a last line without end are known; a control character,
 * and so UTF-16, is an error that names the line.
 *
 *	struct list_file list;
 *	if (list_file_open(&list, path, err)) {
 *		while (list_file_next(&list, &entry)) ...
 *		list_file_close(&list);
 *	}
 */
#ifndef BASE_LIST_FILE_H
#define BASE_LIST_FILE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

#define LIST_FILE_BYTES_MAX ((size_t)16 << 20)

struct list_file {
	size_t line; /* of the last entry, from 1 */
	/* Its own. */
	struct buf text;
	struct slice rest;
};

/* False with err, which begins with the path, and nothing to close. */
bool list_file_open(struct list_file *, const char *path, struct err *);
/* The next entry, never empty; valid until the list is closed. */
bool list_file_next(struct list_file *, struct slice *entry);
void list_file_close(struct list_file *);

#endif
