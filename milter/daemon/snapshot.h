/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A snapshot: configuration, realm and compiled policies as one immutable
 * object. A message is judged under the snapshot that was current at its
 * MAIL; a reload builds a whole new one and swaps one pointer, and the old
 * one goes when the last message under it ends.
 */
#ifndef DAEMON_SNAPSHOT_H
#define DAEMON_SNAPSHOT_H

#include "daemon/config.h"
#include "mail/realm.h"
#include "sigma/program.h"
#include "verdict/judge.h"

struct snapshot {
	const struct config *config;
	const struct realm *realm;
	const struct sigma_program *program;
	struct judge_options judge;
	struct message_limits limits;
};

struct snapshot_options {
	bool adversarial; /* run every regex on hostile subjects */
};

/*
 * Builds one from a configuration file. NULL when there was any error; all
 * errors, warnings and notes of the configuration, its lists and its
 * policies are in diags. options may be NULL. The caller owns one reference.
 */
const struct snapshot *snapshot_load(const char *file,
	const struct snapshot_options *options, struct diags *);
const struct snapshot *snapshot_ref(const struct snapshot *);
/* Frees it with the last reference. NULL is allowed. */
void snapshot_unref(const struct snapshot *);

/* Where the current one is found. Thread-safe. */
struct snapshot_slot;

/* Takes the reference. NULL when out of memory. */
struct snapshot_slot *snapshot_slot_new_take(const struct snapshot *);
void snapshot_slot_free(struct snapshot_slot *);
/* A new reference to the current one. */
const struct snapshot *snapshot_slot_get(struct snapshot_slot *);
/* Takes the reference and drops the slot's own to the one before. */
void snapshot_slot_set_take(struct snapshot_slot *, const struct snapshot *);

#endif
