/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log: one line an entry, to stderr, syslog or a file. Only daemon/ and
 * cli/ write to it. Text that a sender chose is escaped by the sink itself
 * (buf_add_visible), so no entry can forge a second one. Thread-safe.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

/*
 * Where entries go: "stderr", "syslog", "syslog:FACILITY" or "file:/PATH"
 * (opened for appending). Entries above level are dropped. On failure the
 * old sink stays.
 */
bool log_open(const char *target, enum log_level level, struct err *err);
/* Could it be opened, as far as its spelling tells? */
bool log_check(const char *target, struct err *err);
/* Entries go to a file that is open already, such as one that only somebody
 * else may open; it stays the caller's. */
bool log_use(int fd, enum log_level level, struct err *err);
/* Warnings and errors go to stderr as well, wherever the log is: for whoever
 * starts the program and looks at it. */
void log_echo(bool on);
void log_close(void);
/* Why the last entry could not be written (an errno); 0: it was. */
int log_error(void);

void log_write(enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* An entry that is printable ASCII already and stays as it is: JSON, whose
 * own escapes must not be escaped. */
void log_write_ascii(enum log_level level, struct slice text);
/* Would an entry of this level be written? */
bool log_wants(enum log_level level);

/* "error", "warning", ... */
const char *log_level_name(enum log_level level);

#endif
