/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files that are read whole. An error says what and why ("cannot open the
 * file: Permission denied"); the caller puts the path before it, or the place
 * where the path was written.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Appends the file to out. A directory is not a file. Of a file that is longer
 * than most bytes one more is read, and that is ERR_LIMIT. */
bool file_read(const char *path, size_t most, struct buf *out, struct err *);
/* The first line without its end and without a byte order mark, as secrets
 * are written to files; an empty one is an error. */
bool file_read_line(const char *path, struct buf *out, struct err *);
/* Without the byte order mark that some editors of Windows write. */
struct slice file_skip_mark(struct slice text);

#endif
