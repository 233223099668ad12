/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tools read: files, plain or compressed (gzip, xz, bzip2), known by
 * their first bytes and not by their names. Files that were put behind each
 * other are read through.
 */
#ifndef BASE_INPUT_H
#define BASE_INPUT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

#define INPUT_BYTES_MAX (256 * 1024 * 1024)
#define INPUT_LINE_BYTES ((size_t)64 * 1024)
/* For as long nobody may write to a named pipe that is to be read. */
#define INPUT_PIPE_SECONDS 10

/* A file line by line, compressed or not; "-" is the standard input. */
struct input;

struct input *input_open(const char *path, struct err *err);
/* The same of a file that is open already, from some byte on; its descriptor
 * is left to the caller. */
struct input *input_open_again(int fd, int64_t from, struct err *err);
/* Appends the next line with its end to out; a line without end at 1 MiB is
 * given in parts. False at the end of the file, or on an error, which is in
 * err then. */
bool input_line(struct input *, struct buf *out, struct err *err);
/*
 * The next line without its end, borrowed until the next call: the fast way.
 * Of one longer than INPUT_LINE_BYTES the rest is passed over, and counted in
 * input_cut(). False as above.
 */
bool input_next(struct input *, struct slice *line, struct err *err);
uint64_t input_cut(const struct input *);
/* The first bytes that it holds, unpacked, as many as the first piece has;
 * they are read again. */
struct slice input_peek(struct input *, struct err *err);
/* Bytes of the file that were consumed so far, and in all (0: unknown). */
int64_t input_consumed(const struct input *);
int64_t input_size(const struct input *);
/* When it was last written, in seconds since 1970: of what gzip packed, what
 * its header says. 0 where nobody knows. */
int64_t input_written(const struct input *);
void input_close(struct input *);

/* A whole file, at most INPUT_BYTES_MAX. */
bool input_read(const char *path, struct buf *out, struct err *err);

#endif
