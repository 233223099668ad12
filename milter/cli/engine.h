/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What test, explain and replay judge with: a configuration file's realm,
 * policies and answers, or those of the command line.
 */
#ifndef CLI_ENGINE_H
#define CLI_ENGINE_H

#include "cli/options.h"
#include "daemon/generation.h"
#include "lab/archive.h"
#include "lab/sandbox.h"

struct engine_options {
	const char *config; /* NULL: the installed one, if it is there */
	struct options_words policies, domains, networks;
};
/* Their rows of a table of options; engine is a struct engine_options. */
/* clang-format off */
#define ENGINE_OPTIONS(engine) \
	{"config", 'c', "FILE", &options_text, &(engine).config, \
		"configuration (the installed one, if it is there)"}, \
	{"policies", 'p', "PATH", &options_words, &(engine).policies, \
		"policies instead of its own"}, \
	{"local", 'l', "DOMAIN", &options_words, &(engine).domains, \
		"local domains instead of its own"}, \
	{"networks", 'n', "NET", &options_words, &(engine).networks, \
		"our networks instead of its own"}
/* clang-format on */

struct engine_policies {
	struct sigma_program *program;
	struct keywords *keywords; /* of the lists beside them */
};

struct engine {
	const struct generation *generation; /* or NULL */
	struct realm *own_realm; /* or NULL */
	struct engine_policies own; /* of the command line; or NULLs */
	struct config *own_config; /* the defaults, or NULL */
	const struct config *config; /* the generation's, or the defaults */
	const struct realm *realm;
	struct judge_options judge;
};

/* Says on stderr what is wrong. Policies of the command line take the place
 * of the configuration's; domains and networks, too. */
bool engine_open(struct engine *, const struct engine_options *);
/* For tests, which have a realm and policies of their own: what else file
 * says; NULL: every key at its default. */
bool engine_open_config(struct engine *, const char *file);
void engine_close(struct engine *);
/* A sandbox that judges as the daemon would, on a store in memory. */
struct sandbox_options engine_sandbox(const struct engine *);
/* Policies as of the command line; false after saying why. */
bool engine_load(const struct engine *, const char *const *paths, size_t count,
	struct engine_policies *out);
void engine_policies_free(struct engine_policies *);

/* Postfix's queue files, for archives. */
extern const struct archive_foreign engine_queue_files;

#endif
