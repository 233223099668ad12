/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands that are run for alerts, several at a time, without waiting for
 * any. Each has the event on its standard input and nothing of it elsewhere:
 * its arguments are the configuration's, its environment is a fixed few. No
 * shell is between. It has a process group of its own, which is killed at the
 * deadline, and when it ends: what it leaves behind does not pile up.
 */
#ifndef DAEMON_ALERT_COMMAND_H
#define DAEMON_ALERT_COMMAND_H

#include "base/err.h"
#include "base/slice.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ALERT_COMMANDS_MAX 16
#define ALERT_WORDS_MAX 64 /* of a command */
#define ALERT_SAID_BYTES 160

struct alert_command {
	pid_t pid; /* 0: this place is free */
	int out; /* what it writes; -1: it is not read any more */
	int64_t until_ms;
	bool killed;
	void *about;
	size_t read; /* bytes of what it wrote */
	size_t said_len;
	char said[ALERT_SAID_BYTES]; /* the end of it */
};

struct alert_commands {
	struct alert_command at[ALERT_COMMANDS_MAX];
};

struct alert_command_options {
	const struct slice *words; /* each with a NUL */
	size_t count;
	const char *host;
	int64_t time_ms;
};

/* True: it runs, and about names it. False with why (alert_why()). */
bool alert_command_begin(struct alert_commands *,
	const struct alert_command_options *, struct slice input, void *about,
	unsigned *why);
/* Adds what is to be waited for. */
size_t alert_command_fds(const struct alert_commands *, struct pollfd *);
/* Reads what was written, and kills who is late. */
void alert_command_step(struct alert_commands *, int64_t now_ms);
/* The next one that has ended: what it is about, why it failed (0: it did
 * not), and the last line that it said. NULL: none has. */
void *alert_command_ended(
	struct alert_commands *, unsigned *why, char said[ALERT_SAID_BYTES]);
/* When the next one is late; INT64_MAX: none runs. */
int64_t alert_command_next_ms(const struct alert_commands *);
/* All of them, at once. */
void alert_command_kill(struct alert_commands *);

#endif
