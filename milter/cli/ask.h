/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Questions to the daemon over its control socket, and the options all
 * subcommands that ask have in common. The only file that knows libcurl.
 */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/slice.h"

#include <stdbool.h>

enum ask_method {
	ASK_GET,
	ASK_POST
};

struct ask;

/* socket: "unix:/path". NULL with err. */
struct ask *ask_open(const char *socket, struct err *err);
void ask_close(struct ask *);
/*
 * path with its query, encoded. The answer, owned by the caller; NULL with
 * err when the daemon cannot be reached or refuses, in its own words.
 */
struct json *ask_json(
	struct ask *, enum ask_method, const char *path, struct err *err);
/* The same for an answer that is plain text (/metrics), appended. */
bool ask_text(
	struct ask *, const char *path, struct buf *answer, struct err *err);
/* "a b" becomes "a%20b" (RFC 3986 section 2.1); freed by the caller. */
char *ask_escape(struct ask *, const char *text);

/* -c FILE, --socket PATH, --json and whatever a subcommand has beside. */
struct ask_options {
	const char *file; /* the configuration that names the socket */
	const char *socket;
	bool json;
};
void ask_options_init(struct ask_options *);

/* Rows for getopt_long(3), and what they give. */
enum {
	ASK_OPTION_CONFIG = 'c',
	ASK_OPTION_SOCKET = 1000,
	ASK_OPTION_JSON
};
/* clang-format off */
#define ASK_LONG_OPTIONS \
	{"config", required_argument, NULL, ASK_OPTION_CONFIG}, \
	{"socket", required_argument, NULL, ASK_OPTION_SOCKET}, \
	{"json", no_argument, NULL, ASK_OPTION_JSON}, \
	{"help", no_argument, NULL, 'h'}
/* clang-format on */
/* False when c is none of them. */
bool ask_option(struct ask_options *, int c, const char *argument);
/* The only options of a command line, then count arguments, put into
 * arguments. False when it is otherwise. */
bool ask_parse(struct ask_options *, int argc, char **argv, size_t count,
	const char **arguments);

/* Finds the socket and opens it; says on stderr why not. */
struct ask *ask_start(const struct ask_options *);
/* Asks; if --json was given, prints the answer, drops it and gives NULL. On
 * NULL nothing is left to do, and *status is the exit status. */
struct json *ask_or_print(struct ask *, const struct ask_options *,
	enum ask_method, const char *path, int *status);
/* The same for a path that ends with what is asked about, not encoded. */
struct json *ask_about(struct ask *, const struct ask_options *,
	enum ask_method, const char *path, const char *what, int *status);

/* A whole subcommand that asks about one address. */
struct ask_question {
	const char *usage;
	enum ask_method method;
	const char *path; /* the address comes after it */
	void (*print)(const struct json *answer);
};
/* Gives the exit status. */
int ask_question_run(const struct ask_question *, int argc, char **argv);

#endif
