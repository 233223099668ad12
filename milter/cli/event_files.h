/* SPDX-License-Identifier: BSD-2-Clause */
/* The files that log.events names: the one that is written, and what it became
 * when it was rotated, packed or not. */
#ifndef CLI_EVENT_FILES_H
#define CLI_EVENT_FILES_H

#include "base/err.h"
#include "base/json.h"

#include <stdbool.h>
#include <stddef.h>

/* What each event is handed to, and its own to free. False ends it all. */
typedef bool event_files_fn(void *ctx, struct json *event_take);

/* The file that the configuration names, owned by the caller; NULL: events go
 * elsewhere, or the configuration cannot be read. */
char *event_files_find(const char *config);
/* All events of one file, whole lines that are none counted in odd. False with
 * err when it cannot be read to its end. */
bool event_files_read(const char *path, event_files_fn *, void *ctx,
	size_t *odd, struct err *err);
/* The file and its rotated ones, the oldest first, ended by NULL; freed by
 * event_files_free(). NULL when memory is out. */
char **event_files_list(const char *path);
void event_files_free(char **);

#endif
