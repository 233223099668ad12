/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A generation: configuration, realm and compiled policies as one immutable
 * object. A message is judged under the generation that was current at its
 * MAIL; a reload builds a whole new one and swaps one pointer, and the old
 * one goes when the last message under it ends.
 */
#ifndef DAEMON_GENERATION_H
#define DAEMON_GENERATION_H

#include "daemon/config.h"
#include "mail/realm.h"
#include "sigma/program.h"
#include "verdict/judge.h"

struct generation {
	const struct config *config;
	const struct realm *realm;
	const struct sigma_program *program;
	struct judge_options judge;
	struct message_limits limits;
	size_t warnings; /* of the files it was made of */
};

struct generation_options {
	bool adversarial; /* run every regex on hostile subjects */
	bool allow_empty; /* no policy at all, lists without an entry */
};

/*
 * Builds one from a configuration file. NULL when there was any error; all
 * errors, warnings and notes of the configuration, its lists and its
 * policies are in diags. options may be NULL. The caller owns one reference.
 */
const struct generation *generation_load(const char *file,
	const struct generation_options *options, struct diags *);
/* Frees it with the last reference. NULL is allowed. */
void generation_unref(const struct generation *);

/* Where the current one is found. Thread-safe. */
struct generation_slot;

/* Takes the reference. NULL when out of memory. */
struct generation_slot *generation_slot_new_take(const struct generation *);
/* For tests: a daemon's goes with the process. */
void generation_slot_free(struct generation_slot *);
/* A new reference to the current one. */
const struct generation *generation_slot_get(struct generation_slot *);
/* Takes the reference and drops the slot's own to the one before. */
void generation_slot_set_take(
	struct generation_slot *, const struct generation *);

#endif
