/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON as the control socket speaks it: built by the daemon, read by the
 * subcommands. jansson is known here alone.
 *
 * Out of memory is remembered by nobody: what could not be added is missing.
 * NULL is allowed everywhere and reads as absent.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

struct json;

struct json *json_map(void);
struct json *json_list(void);
void json_free(struct json *);

/* Bytes that are no UTF-8 become \xHH; an absent slice sets nothing. */
void json_set_text(struct json *map, const char *key, struct slice);
void json_set_number(struct json *map, const char *key, long long);
void json_set_bool(struct json *map, const char *key, bool);
/* A time in milliseconds since 1970 as RFC 3339 text; 0 sets nothing. */
void json_set_time(struct json *map, const char *key, long long at_ms);
void json_set_take(struct json *map, const char *key, struct json *child);
void json_add_text(struct json *list, struct slice);
void json_add_number(struct json *list, long long);
void json_add_take(struct json *list, struct json *child);

/* Another one of the same; NULL when out of memory. */
struct json *json_duplicate(const struct json *);

/* One line, ASCII, without its newline. */
bool json_write(const struct json *, struct buf *);
/* NULL with err when the text is no JSON. */
struct json *json_parse(struct slice text, struct err *err);

/* Borrowed; NULL or an absent slice where there is none of that type. */
struct json *json_find(const struct json *map, const char *key);
struct slice json_text(const struct json *map, const char *key);
long long json_number(const struct json *map, const char *key);
/* Is it there, and true? */
bool json_bool(const struct json *map, const char *key);
bool json_is_list(const struct json *);
/* A number, whole or not, and its value. */
bool json_is_numeric(const struct json *);
double json_own_real(const struct json *);
/* true or false, and which. */
bool json_is_truth(const struct json *);
bool json_truth(const struct json *);
/* A whole number, and not a text that looks like one? */
bool json_is_whole(const struct json *);
size_t json_count(const struct json *list);
struct json *json_at(const struct json *list, size_t index);
long long json_number_at(const struct json *list, size_t index);
/* The text itself, of a string. */
struct slice json_own_text(const struct json *);

#endif
