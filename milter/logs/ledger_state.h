/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ledger from inside, for the files that make it up: ledger_mail.c has its
 * queue ids, ledger_family.c its families, ledger_take.c takes what lines tell.
 */
#ifndef LOGS_LEDGER_STATE_H
#define LOGS_LEDGER_STATE_H

#include "logs/hashes.h"
#include "logs/ledger.h"

#define LEDGER_SESSIONS 4096U
#define LEDGER_HOSTS_MOST 16U
#define LEDGER_PROGRAMS_MOST 256U

struct session {
	uint64_t who, key;
	uint32_t mails;
};

struct ledger {
	struct ledger_options options;
	uint64_t seed;
	struct hashes ids, families;
	struct ledger_mail *oldest, *newest;
	struct ledger_mail *done, *last_done;
	struct ledger_mail *early; /* the first done that is not judged yet */
	int64_t swept_ms;
	size_t lone; /* families without a queue id */
	size_t mails, bytes;
	struct ledger_count count;
	struct session sessions[LEDGER_SESSIONS];
	uint64_t hosts[LEDGER_HOSTS_MOST];
	size_t host_count;
	char *programs[LEDGER_PROGRAMS_MOST];
	uint64_t program_keys[LEDGER_PROGRAMS_MOST];
	size_t program_count;
};

char *ledger_copy_to(char *to, struct slice text);
char *ledger_copy(struct slice text);
void ledger_set_id(char to[LEDGER_ID_BYTES], struct slice id);
void ledger_charge(
	struct ledger *ledger, struct ledger_mail *mail, size_t bytes);
bool ledger_set_text(struct ledger *ledger, struct ledger_mail *mail, char **at,
	struct slice text);
void ledger_free_mail(struct ledger *ledger, struct ledger_mail *mail);
void ledger_retire(struct ledger *ledger, struct ledger_mail *mail);
void ledger_unlink(struct ledger *ledger, struct ledger_mail *mail);
uint64_t ledger_host_of(struct ledger *ledger, const struct frame *frame);
struct ledger_mail *ledger_find_on(
	const struct ledger *ledger, uint64_t host, struct slice id);
/* One that is not done, if need be of a host of another name: a listener with
 * a myhostname of its own writes that into Postfix's own log. */
struct ledger_mail *ledger_find_id(
	const struct ledger *ledger, uint64_t host, struct slice id);
struct ledger_mail *ledger_make(struct ledger *ledger, uint64_t host,
	const struct frame *frame, struct slice id);
struct ledger_mail *ledger_find_or_make(struct ledger *ledger, uint64_t host,
	const struct frame *frame, struct slice id);
void ledger_free_words(struct ledger_family *family);
void ledger_free_family(struct ledger_family *family);
struct ledger_family *ledger_family_of(
	struct ledger *ledger, struct slice message_id);
/* By the hash of its Message-ID. */
struct ledger_family *ledger_family_by(struct ledger *ledger, uint64_t message);
/* A new recipient; NULL when out of memory. */
struct ledger_rcpt *ledger_add_rcpt(struct ledger *ledger,
	struct ledger_mail *mail, const struct told *told);
/* The name of a transport, kept once. */
const char *ledger_program(struct ledger *ledger, struct slice program);
void ledger_judge(struct ledger *ledger, struct ledger_family *family);
void ledger_end_mail(struct ledger *ledger, struct ledger_mail *mail);
void ledger_join(struct ledger *ledger, struct ledger_mail *mail,
	struct ledger_family *family);
void ledger_settle(struct ledger *ledger, int64_t now_ms);
void ledger_evict(struct ledger *ledger);
/* Judges and forgets those without a queue id, if the last word on them came
 * by then. */
void ledger_sweep(struct ledger *ledger, int64_t until_ms);
void ledger_unlink_done(struct ledger *ledger, struct ledger_mail *mail);

#endif
