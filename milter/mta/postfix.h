/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An installed Postfix in its own words: main.cf as postconf(1) expands it,
 * and the services of master.cf(5) with what each overrides. Immutable after
 * it was read.
 */
#ifndef MTA_POSTFIX_H
#define MTA_POSTFIX_H

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

struct postfix;

struct postfix_service {
	struct slice name; /* "smtp", "127.0.0.1:10026" */
	struct slice type; /* "inet", "unix", ... */
	struct slice program; /* "smtpd", ... */
	bool chroot;
};

/* directory: of main.cf, NULL for Postfix's own. NULL with err when there is no
 * Postfix, or it cannot read its own files. */
struct postfix *postfix_read(const char *directory, struct err *err);
/* What postconf(1) prints. */
struct postfix_texts {
	struct slice settings; /* -x: all parameters, expanded */
	struct slice given; /* -n: what main.cf sets, as it stands there */
	struct slice services; /* -M */
	struct slice overrides; /* -xP */
};
/* The same from texts. */
struct postfix *postfix_parse(const struct postfix_texts *);
void postfix_free(struct postfix *);

/* Where its main.cf is. */
const char *postfix_directory(const struct postfix *);
/* A parameter of main.cf; empty if it is not known. */
struct slice postfix_value(const struct postfix *, const char *name);
/* A parameter as main.cf itself has it, nothing expanded; absent if it is not
 * set there. */
struct slice postfix_given(const struct postfix *, const char *name);
/* The services, in the file's order. */
const struct postfix_service *postfix_services(
	const struct postfix *, size_t *count);
/* What a parameter is for one service: its own -o, or main.cf's. */
struct slice postfix_service_value(const struct postfix *,
	const struct postfix_service *, const char *name);
/* Its own -o alone; absent if it has none. */
struct slice postfix_service_override(const struct postfix *,
	const struct postfix_service *, const char *name);
/* NULL if there is none. */
const struct postfix_service *postfix_find_service(
	const struct postfix *, const char *name, const char *type);
bool postfix_service_is(
	const struct postfix_service *, const char *type, const char *program);

/*
 * The next element of a list as Postfix reads it: separated by commas and
 * white space but for those in braces; one in braces is given without them.
 * False at the end.
 */
bool postfix_next(struct slice *rest, struct slice *element);

#endif
