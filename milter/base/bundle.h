/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files as they were when they were read: whatever a thread reads through
 * the functions here can be kept in a bundle, and be read from it again by
 * the same paths in a process that may not read those files, or that must
 * start when they are broken or gone.
 *
 *	bundle_use(bundle_new()) ... load ... bundle_save()	keeps
 *	bundle_use(bundle_open()) ... load ...			reads again
 *
 * A bundle is in use by one thread; other threads read the disk.
 */
#ifndef BASE_BUNDLE_H
#define BASE_BUNDLE_H

#include "base/err.h"

#include <stdbool.h>
#include <stdio.h>

struct bundle;

/* An empty one, that keeps what is read. NULL when out of memory. */
struct bundle *bundle_new(void);
/* One that was saved: what is not in it is not there. NULL with err. */
struct bundle *bundle_open(int fd, struct err *err);
void bundle_free(struct bundle *);
/* From now on this thread reads through it; NULL: from the disk alone. */
void bundle_use(struct bundle *);
/* Writes it to a descriptor, from its beginning. */
bool bundle_save(const struct bundle *, int fd, struct err *err);

/* A descriptor of memory, empty, for one or for the like: no file, so no disk
 * can be full and nobody finds it; name is for who looks at a process. -1 with
 * err. */
int bundle_memory(const char *name, struct err *err);
/* Nobody can change what it holds any more, where the system has that. */
void bundle_seal(int fd);

/* fopen(path, "re"), stat(path) and opendir(path), for what is to be kept. */
FILE *bundle_fopen(const char *path);
bool bundle_stat(const char *path, bool *is_directory);

struct bundle_directory;
/* NULL with errno. */
struct bundle_directory *bundle_directory_open(const char *path);
/* The next name, dots left out; NULL at the end. */
const char *bundle_directory_next(struct bundle_directory *);
void bundle_directory_close(struct bundle_directory *);

#endif
