/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The alerter from the inside, for the files that it is made of: its life
 * (alerter.c), what comes in (alerter_take.c) and what goes out
 * (alerter_send.c).
 */
#ifndef DAEMON_ALERTER_STATE_H
#define DAEMON_ALERTER_STATE_H

#include "daemon/alert_board.h"
#include "daemon/alert_command.h"
#include "daemon/config.h"
#include "daemon/outbox.h"
#include "daemon/webhook.h"

struct alerter {
	const char *file; /* the configuration */
	int link; /* to the supervisor */
	int alerts; /* where workers put them; -1 once it is at its end */
	struct alert_board *board;
	struct config *config;
	struct throttle *throttle;
	struct outbox boxes[ALERT_WAY_COUNT];
	struct alert_commands commands;
	struct webhook *webhook; /* NULL until one is wanted */
	int64_t alive_ms; /* when the last sign of life was given */
	int64_t tested_ms; /* when the last test came; 0: never */
	int64_t said_ms[ALERT_WAY_COUNT]; /* when a loss was said; 0: never */
	unsigned long long unsaid[ALERT_WAY_COUNT]; /* losses since */
	bool ending;
	int64_t end_ms; /* then it ends, whatever is left */
};

/* alerter_take.c: reads what workers have put there, and sends what may go
 * out. Not more than some at a time. */
void alerter_take(struct alerter *);
/* Puts summaries that are due where they go out; at the end all. */
void alerter_take_summaries(struct alerter *, int64_t now_ms);

/* alerter_send.c */
bool alerter_wants(const struct alerter *, enum alert_way);
/* The bounds of what goes out, from the configuration. */
void alerter_send_open(struct alerter *);
/* Into every outbox that is wanted. */
void alerter_send(struct alerter *, struct notice *);
/* For every way that is wanted. */
void alerter_count(struct alerter *, enum alert_result);
/* Begins what is due, and deals with what has ended. */
void alerter_send_step(struct alerter *, int64_t now_ms);
int64_t alerter_send_next_ms(const struct alerter *);
/* How many wait or are under way. */
size_t alerter_send_left(const struct alerter *);
/* Gives up what is left, and says so. */
void alerter_send_close(struct alerter *);

#endif
