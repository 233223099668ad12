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
#include "cli/command.h"
#include "cli/options.h"

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

/* What all that ask have in common. */
struct ask_options {
	const char *file; /* the configuration that names the socket */
	const char *socket;
	bool json;
};
#define ASK_DEFAULTS                        \
	{                                   \
		.file = COMMAND_CONFIG_FILE \
	}
/* Their rows of a table of options; ask is a struct ask_options. */
/* clang-format off */
#define ASK_OPTIONS(ask) \
	{"config", 'c', "FILE", &options_text, &(ask).file, \
		"the configuration, which names the daemon's socket"}, \
	{"socket", 0, "PATH", &options_text, &(ask).socket, \
		"unix:/path: that socket, whatever is configured"}, \
	{"json", 'j', NULL, &options_flag, &(ask).json, \
		"the answer as JSON"}
/* clang-format on */

/* Finds the socket and opens it; says on stderr why not. */
struct ask *ask_start(const struct ask_options *);
/* Asks; if --json was given, prints the answer, drops it and gives NULL. On
 * NULL nothing is left to do, and *status is the exit status. */
struct json *ask_or_print(struct ask *, const struct ask_options *,
	enum ask_method, const char *path, int *status);

/* How many rows, for the table of options of what lists some. */
/* clang-format off */
#define ASK_ROWS(rows) \
	{"rows", 'n', "ROWS", &options_number, &(rows), \
		"at most so many, the newest (10000)"}
/* clang-format on */
/* Says on stderr that the list of the answer is not all there is. */
void ask_say_more(const struct json *answer, const char *list);

/* One question, asked once. */
struct ask_question {
	enum ask_method method;
	const char *path;
	const char *what; /* goes after it, encoded; or NULL */
	const char *query; /* goes after that, as it is; or NULL */
	void (*print)(const struct json *answer);
	/* Adds to what is printed as JSON what the daemon cannot know; or
	 * NULL. */
	void (*amend)(const void *ctx, struct json *answer);
	const void *ctx;
	const char *example; /* for --help; or NULL */
};
/* Asks and prints; gives the exit status. */
int ask_once(const struct ask_options *, const struct ask_question *);
/* A whole subcommand that asks about one address, its operand. */
int ask_about_address(
	const char *about, const struct ask_question *, int argc, char **argv);

#endif
