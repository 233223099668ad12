/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What test, explain and replay judge with: a configuration file's realm,
 * policies and answers, or those of the command line.
 */
#ifndef CLI_ENGINE_H
#define CLI_ENGINE_H

#include "daemon/generation.h"
#include "mail/realm.h"
#include "verdict/judge.h"

#define ENGINE_WORDS_MAX 64
/* For getopt: -c FILE, -p POLICIES, -l DOMAIN, -n NETWORK. */
#define ENGINE_OPTIONS "c:p:l:n:"
#define ENGINE_USAGE "[-c FILE] [-p POLICIES]... [-l DOMAIN]... [-n NETWORK]..."

struct engine_words {
	const char *at[ENGINE_WORDS_MAX];
	size_t count;
};

struct engine_options {
	const char *config; /* NULL: the installed one, if it is there */
	struct engine_words policies, domains, networks;
};
/* Takes one of ENGINE_OPTIONS; false if it is none of them. */
bool engine_option(struct engine_options *, int option, const char *value);
void engine_print_help(void);

struct engine {
	const struct generation *generation; /* or NULL */
	struct realm *own_realm; /* or NULL */
	struct sigma_program *own_program; /* or NULL */
	const struct realm *realm;
	struct judge_options judge;
};

/* Says on stderr what is wrong. Policies of the command line take the place
 * of the configuration's; domains and networks, too. */
bool engine_open(struct engine *, const struct engine_options *);
void engine_close(struct engine *);
/* Policies as of the command line; NULL after saying why. */
struct sigma_program *engine_load(
	const struct engine *, const char *const *paths, size_t count);

#endif
