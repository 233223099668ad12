/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a log told of each queue id, and which of them are one family: those
 * with the same Message-ID. No line is kept. A family is handed out once, as
 * a whole, when all of it is done and ten minutes of the log's time have
 * passed, or at the end; then it is forgotten.
 *
 * Bounded: a Message-ID that everybody uses costs no more than
 * LEDGER_FAMILY_MOST queue ids at a time, all of them LEDGER_BYTES_MOST; the
 * oldest go first, and are counted. A family of which nothing but a rule's
 * words are known waits as long; of such there are LEDGER_LONE_MOST.
 */
#ifndef LOGS_LEDGER_H
#define LOGS_LEDGER_H

#include "logs/frame.h"
#include "logs/told.h"

#include <stdbool.h>
#include <stdint.h>

#define LEDGER_ID_BYTES 28
#define LEDGER_MAILS_MOST ((size_t)1 << 20)
#define LEDGER_BYTES_MOST ((size_t)384 << 20)
#define LEDGER_RCPTS_MOST 4096U /* of one queue id */
#define LEDGER_FAMILY_MOST 48U
#define LEDGER_WORDS_MOST 48U
#define LEDGER_GOT_MOST 8U
#define LEDGER_LONE_MOST 100000U

/* One recipient of a queue id, and the last word on it. Texts are "" where
 * nothing was said. */
struct ledger_rcpt {
	struct ledger_rcpt *next;
	const char *original, *nearest, *relay, *command;
	const char *program; /* which transport: "postfix/smtp" */
	char next_id[LEDGER_ID_BYTES]; /* at the next hop */
	int64_t at_ms;
	enum told_status status;
	enum told_way way;
	bool made_child; /* it was forwarded, as a queue id of its own */
	bool exim, expanded, as_given, keeps;
	bool judged; /* as far as it is a departure */
	struct ledger_mail *hop; /* for the judge: next_id, if it is ours */
	char address[];
};

enum ledger_flag {
	LEDGER_CLIENT = 1, /* begun by a client */
	LEDGER_PICKUP = 2, /* begun by a program on the host */
	LEDGER_NOTICE = 4, /* a bounce, or another notification */
	LEDGER_EGRESS = 8, /* begun at the listener for mail that leaves */
	LEDGER_HELD = 16,
	LEDGER_DONE = 32,
	LEDGER_LIST = 64, /* made of a list with an owner */
	LEDGER_SENDER = 128, /* the sender is known */
	LEDGER_CHILD = 256, /* made of another, for the parent's mailbox */
	LEDGER_COUNTED = 512 /* its login's recipients are */
};
/* One of these is set of each whose first line was read. */
#define LEDGER_BEGUN                                                     \
	(LEDGER_CLIENT | LEDGER_PICKUP | LEDGER_NOTICE | LEDGER_EGRESS | \
		LEDGER_CHILD)

/* One queue id. Texts are NULL where nothing was said. */
struct ledger_mail {
	uint64_t key, host;
	char id[LEDGER_ID_BYTES];
	char *sender; /* "": the null sender */
	char *client, *client_ip, *login;
	char *parent; /* whose .forward or alias made it */
	char before_id[LEDGER_ID_BYTES]; /* at the hop before */
	uint32_t number; /* in the order in which they began */
	uint32_t nrcpt, given; /* after and before expansion; 0: unknown */
	unsigned flags;
	int64_t begun_ms, done_ms;
	struct ledger_rcpt *rcpts, **rcpts_end;
	uint32_t rcpt_count;
	size_t bytes;
	struct ledger_family *family;
	struct ledger_mail *next; /* in the family */
	struct ledger_mail *older, *newer, *next_done, *previous_done;
	bool in_done; /* done, and not settled yet */
	struct ledger_mail *before; /* for the judge: the hop before */
};

/* What a Sieve rule did with a Message-ID. */
struct ledger_word {
	struct ledger_word *next;
	enum told_kind kind;
	bool used;
	int64_t at_ms;
	char *mailbox, *destination;
};

/* Who got a Message-ID, of queue ids that were forgotten. */
struct ledger_got {
	char *mailbox;
	bool command;
};

struct ledger_family {
	uint64_t message; /* hash of the Message-ID; 0: none */
	struct ledger_mail *mails, **mails_end; /* in their order */
	uint32_t count, open, waiting;
	struct ledger_word *words, **words_end;
	uint32_t word_count;
	int64_t spoken_ms; /* the last of them */
	bool lone; /* there are no mails yet */
	bool last; /* no more will come of it */
	int64_t until_ms; /* what left later is not judged yet; 0: all is */
	struct ledger_got got[LEDGER_GOT_MOST];
	uint32_t got_count;
};

struct ledger;

typedef void ledger_judge_fn(void *ctx, struct ledger_family *);

struct ledger_options {
	ledger_judge_fn *judge;
	void *ctx;
	const char *egress; /* the listener's name in the log; NULL: none */
	size_t mails_least; /* as long as fewer are known nothing is judged */
	/* A family is judged when one of it has been done for so long, besides
	 * the judgement at its end: for who wants to know at once. 0: not. */
	int64_t early_ms;
};

struct ledger_count {
	uint64_t ids, evicted, cut; /* cut: recipients past the limit */
	uint64_t egress; /* ids that the listener began */
};

struct ledger *ledger_new(const struct ledger_options *);
void ledger_free(struct ledger *);
/* The queue id that it was about, or NULL. False when out of memory. */
bool ledger_take(struct ledger *, const struct frame *, const struct told *,
	struct ledger_mail **about);
/* By what a family of that Message-ID is known. */
uint64_t ledger_message(const struct ledger *, struct slice message_id);
/* Time passes, though no line comes. */
void ledger_pass(struct ledger *, int64_t now_ms);
/* Hands out all that is left. */
void ledger_finish(struct ledger *);
struct ledger_count ledger_count(const struct ledger *);

#endif
