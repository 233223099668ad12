/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an MTA holds: Postfix's hold queues, or the quarantine of both
 * Sendmails, as its own commands and queue files tell. Whose hold it is they do
 * not say. What a message says of itself is the sender's word: not escaped.
 */
#ifndef MTA_HELD_H
#define MTA_HELD_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum held_mta {
	HELD_POSTFIX,
	HELD_SENDMAIL
};

struct held {
	enum held_mta mta;
	const char *place; /* directory of main.cf, or the .cf */
	const char *id; /* letters and digits, as the MTA's log has it */
	int64_t at_ms; /* it came in */
	struct slice sender; /* empty: null sender */
	const struct slice *rcpts;
	size_t rcpt_count;
	const char *folder; /* of Sendmail: where the queue is */
};

struct held_list {
	struct arena *arena; /* all of it lives there */
	struct held *at;
	size_t count, room;
};

struct held_where {
	const char *postfix; /* directory of main.cf; NULL: Postfix's own */
	const char *sendmail; /* directory of sendmail.cf; NULL: not Sendmail */
	const char *program; /* sendmail */
	bool queues; /* what is released is left to Sendmail's queue runner */
};

/* All that is held, the oldest first in each queue. False with err when a queue
 * cannot be read. */
bool held_read(struct held_list *, const struct held_where *, struct err *);

enum held_act {
	HELD_RELEASE, /* and its delivery is tried at once */
	HELD_DELETE
};
bool held_do(const struct held *, const struct held_where *, enum held_act,
	struct err *);

/* Private to mta/. */
struct held *held_add(struct held_list *);
bool held_is_id(struct slice);
bool held_postfix_read(struct held_list *, const char *directory, struct err *);
/* Seconds since 1970 as milliseconds; 0: no time that can be. */
int64_t held_time(long long seconds);
/* One line of postqueue(1)'s; it may be any bytes. */
bool held_postfix_take(struct held_list *, struct slice line,
	const char *directory, struct err *);
bool held_postfix_do(const struct held *, enum held_act, struct err *);
bool held_sendmail_read(
	struct held_list *, const struct held_where *, struct err *);
/* The text of one hf file, into the message that has its id and place. */
bool held_sendmail_take(struct held_list *, const struct held *message,
	struct slice text, struct err *);
/* Each folder with queue files; place: the .cf whose it is. */
typedef bool held_folder_fn(
	void *ctx, const char *place, const char *folder, struct err *);
bool held_sendmail_folders(
	const struct held_where *, held_folder_fn *, void *ctx, struct err *);
bool held_sendmail_do(const struct held *, const struct held_where *,
	enum held_act, struct err *);

#endif
