/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line of a subcommand: one table of options is what is parsed,
 * what the usage says and what --help explains.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* What the value of an option is. */
struct options_kind {
	/* False when the target cannot be such. */
	bool (*take)(void *target, const char *value);
	const char *hint; /* what to write instead */
};

#define OPTIONS_WORDS_MAX 64

struct options_words {
	const char *at[OPTIONS_WORDS_MAX];
	size_t count;
};

/* The kind, and what its target points to: */
extern const struct options_kind options_flag; /* bool, made true */
extern const struct options_kind options_text; /* const char * */
extern const struct options_kind options_words; /* struct options_words */
extern const struct options_kind options_number; /* unsigned, 1 to 100000 */
extern const struct options_kind options_count; /* unsigned, 0 to 100000 */
extern const struct options_kind options_age; /* long long, milliseconds */

struct options_row {
	const char *name; /* "config" */
	char letter; /* 'c', or 0 */
	const char *value; /* "FILE" in the usage; NULL: a flag */
	const struct options_kind *kind;
	void *target;
	const char *help; /* NULL: nothing that people give */
};

struct options {
	const char *about; /* what it does, in lines; for --help */
	const char *example; /* "top -n 20"; for --help; or NULL */
	const struct options_row *rows;
	size_t count;
	const char *operands; /* "ADDRESS", "PATH..."; NULL: none */
	int least, most; /* of them; most -1: any number */
	void (*add_more)(struct buf *); /* to --help; or NULL */
};

/*
 * Reads a command line whose argv[0] is the subcommand's name; *operands are
 * those after the options, until a NULL. False when there is nothing left to
 * do: --help was given, or the line is wrong and stderr says why; *status is
 * the exit status then.
 */
bool options_read(const struct options *, int argc, char **argv,
	char ***operands, int *status);
/* Says on stderr why options that are each right do not go together; gives
 * the exit status. */
int options_refuse(const char *command, const char *why);

#endif
