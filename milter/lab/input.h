/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tools read: files, plain or compressed by gzip (zlib is known to
 * input.c alone).
 */
#ifndef LAB_INPUT_H
#define LAB_INPUT_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define INPUT_BYTES_MAX (256 * 1024 * 1024)

/* A file line by line, compressed or not; "-" is the standard input. */
struct input;

struct input *input_open(const char *path, struct err *err);
/* Appends the next line with its end to out; a line without end at 1 MiB is
 * given in parts. False at the end of the file, or on an error, which is in
 * err then. */
bool input_line(struct input *, struct buf *out, struct err *err);
/* Bytes of the file that were consumed so far, and in all (0: unknown). */
int64_t input_consumed(const struct input *);
int64_t input_size(const struct input *);
void input_close(struct input *);

/* A whole file, at most INPUT_BYTES_MAX. */
bool input_read(const char *path, struct buf *out, struct err *err);

#endif
