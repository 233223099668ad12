/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text on a terminal: escaped fields in columns (by width in characters),
 * bars, times. What came from mail is never written raw.
 */
#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include "base/buf.h"
#include "base/json.h"
#include "base/slice.h"
#include "verdict/verdict.h"

#include <stddef.h>

/* text, escaped, filled or cut to width columns; what is cut ends in U+2026. */
void screen_add_cell(struct buf *, struct slice text, size_t width);
/* The same of text that is escaped already: a backslash is not doubled. */
void screen_add_ready(struct buf *, struct slice visible, size_t width);
/* The last one of a line: cut, and never filled. */
void screen_add_last(struct buf *, struct slice text, size_t width);
/* How wide the text is once escaped. */
size_t screen_width(struct slice text);
/* "2026-11-21T22:05:40.796Z" as "2026-11-21 22:05"; "-" where absent. */
void screen_add_time(struct buf *, struct slice rfc3339);
/* One of nine heights for value of most: ' ', then U+2581..U+2588. */
void screen_add_bar(struct buf *, long long value, long long most);
/* Columns of the terminal, or 100 where it is none. */
size_t screen_columns(void);
/* What each of some cells of a row gets on a terminal where fixed columns are
 * taken, at most most; most where it is none. */
size_t screen_share(size_t fixed, size_t cells, size_t most);
/* Writes rows to stdout; on a terminal none is wider than it, and what is cut
 * ends in U+2026. */
void screen_print_table(const struct buf *);
/* Writes all of it to stdout. */
void screen_print(const struct buf *);
/* The same as one line of JSON; frees it. */
void screen_print_json(struct json *);
/* The event of what would be done, as one line. */
void screen_print_event(const struct verdict *);

#endif
