/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A trial: messages in a row with the time between them, and what is
 * expected to come out. Tests are read into trials (lab/test_file.h);
 * failures come out as a difference, line by line.
 */
#ifndef LAB_TRIAL_H
#define LAB_TRIAL_H

#include "base/buf.h"
#include "lab/sandbox.h"

/* "action" is "quarantine"; what is known is trial_key_count() names. */
struct trial_expect {
	struct slice key, value; /* lists with commas */
	unsigned line;
};

struct trial_allow {
	struct slice mailbox, destination; /* absent: none */
};

struct trial_step {
	unsigned line;
	int64_t at_ms; /* the clock goes there first; 0: it stays */
	int64_t after_ms; /* and on by this */
	/* What an operator contains then, and allows, for a day. */
	struct slice contain[CONTAINED_WHATS];
	struct trial_allow allow;
	unsigned repeat; /* how many messages; 0: none at all */
	int64_t every_ms; /* between them */
	/* "{n}" in paths, the user and the header is the message's number,
	 * from 1. */
	struct letter letter;
	bool again; /* the letter is that of the step before */
	/* from here on, if given */
	bool mode_given, ceiling_given;
	enum mode mode;
	enum action ceiling;
	/* Of the last of the messages. */
	const struct trial_expect *expects;
	size_t expect_count;
};

struct trial {
	const char *file;
	const struct trial_step *steps;
	size_t count;
};

/* Runs it; each expectation that failed is one line "file:line: ...". False
 * if there was any. */
bool trial_run(struct sandbox *, const struct trial *, struct buf *failures);

/* The names an expectation may have, and what they mean. */
size_t trial_key_count(void);
const char *trial_key(size_t index);
const char *trial_key_meaning(size_t index);
bool trial_key_is(struct slice key);
/* Does its value name policies, and how? */
enum trial_names {
	TRIAL_NAMES_NONE,
	TRIAL_NAMES_HITS, /* those that match, or of which nobody knows */
	TRIAL_NAMES_MISSES
};
enum trial_names trial_key_names(struct slice key);

#endif
