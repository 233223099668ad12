/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files that are written wholly or not at all: into PATH.new, which takes
 * PATH's place once it is on the disk (write, fsync, rename, fsync of the
 * directory). PATH.new is locked meanwhile: another process that takes over, or
 * is taken over from, waits its turn. Nothing that lies under that name is
 * followed. 0600.
 *
 *	atomic_file_open(), atomic_file_write()..., then one of
 *	atomic_file_commit() and atomic_file_abandon()
 */
#ifndef BASE_ATOMIC_FILE_H
#define BASE_ATOMIC_FILE_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct atomic_file {
	int fd;
	int error; /* the first one, of errno; 0: none yet */
	char *path, *temporary;
	struct buf pending;
};

/* False with err, which names the file, and nothing to close. */
bool atomic_file_open(struct atomic_file *, const char *path, struct err *);
/* What fails is remembered until the commit. */
void atomic_file_write(struct atomic_file *, const void *, size_t bytes);
/* Nothing more is written, and the commit fails with this error. */
void atomic_file_fail(struct atomic_file *, int error);
/* Puts it in place and closes; false with err: PATH is as it was. written
 * may be NULL, else it is told what PATH is now. */
struct stat;
bool atomic_file_commit(
	struct atomic_file *, struct stat *written, struct err *);
void atomic_file_abandon(struct atomic_file *);

/* Renames a file that cannot be read to PATH.damaged-1, or the next number
 * that is free; past 9 the last is overwritten. name is set, to be freed by
 * buf_fini(). */
bool atomic_file_set_aside(const char *path, struct buf *name, struct err *);

#endif
