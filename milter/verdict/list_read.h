/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists as people make them: saved by Windows, out of a spreadsheet, a
 * report that defangs its names, or a JSON file. What is meant is taken, and
 * said; what cannot be meant is refused; each with its file and line.
 */
#ifndef VERDICT_LIST_READ_H
#define VERDICT_LIST_READ_H

#include "base/arena.h"
#include "sigma/list.h"
#include "yaml/diag.h"

#include <stdbool.h>

/* The entry that is meant; false with an error told. Everything new is in
 * arena. */
bool list_read_entry(struct arena *, struct slice raw, struct mark,
	struct diags *, struct slice *out);
/* All entries of a file, and where each stands; the name is the caller's.
 * False with an error told, also when the file cannot be read, which is told
 * at the mark. */
bool list_read_file(struct arena *, const char *path, struct mark,
	struct diags *, struct sigma_list *out);

#endif
