/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What judging a family is made of: reckon_spots.c knows where its recipients
 * came up, reckon_program.c whose mail a program sends on, reckon_command.c
 * what commands say; reckon_judge.c asks them in order.
 */
#ifndef LOGS_RECKON_PARTS_H
#define LOGS_RECKON_PARTS_H

#include "logs/hashes.h"
#include "logs/reckon.h"

/* How sure each way to tell is, of 100. */
#define SURE_SIEVE 99U
#define SURE_ORIGINAL 97U
#define SURE_NOTIFY 95U
#define SURE_LIST 95U
#define SURE_PROGRAM 92U
#define SURE_PICKUP 90U
#define SURE_EXPANDED 90U
#define SURE_ADDED 85U
#define SURE_RELAY 85U
#define SURE_KEPT 85U
#define SURE_COMMAND 80U
#define SURE_UNRESOLVED 80U
#define SURE_EITHER 60U
#define SURE_TRANSIT 60U

/* A recipient of a queue id. */
struct spot {
	struct ledger_mail *mail;
	struct ledger_rcpt *rcpt;
};

struct judging {
	struct reckon *reckon;
	struct ledger_family *family;
	struct spot *spots; /* all, in order */
	size_t spot_count;
	struct hashes first; /* the first of each address */
	bool many;
};

bool reckon_is_ours(const struct judging *j, const char *address);
bool reckon_is_own_client(
	const struct judging *j, const struct ledger_mail *mail);
/* One of ours that needed no login: a program, not a person. */
bool reckon_is_program(const struct judging *j, const struct ledger_mail *mail);
bool reckon_is_same(const char *a, const char *b);
bool reckon_collect(struct judging *j);
/* The first queue id that had that recipient; NULL: none. */
const struct spot *reckon_first_with(
	const struct judging *j, const char *address);
/* Does the relay lie with us, so that its word on its queue id counts? */
bool reckon_is_own_relay(
	const struct judging *j, const struct ledger_rcpt *rcpt);
void reckon_link_hops(struct judging *j);
/* Over the hops of ours, to where the recipient came up. */
struct spot reckon_origin(const struct judging *j, struct spot at);
/* Sendmail's log has the address that was given: is it one of ours? A stranger
 * can ask for no other. */
bool reckon_is_given(const struct judging *j, const struct ledger_mail *mail,
	const struct ledger_rcpt *rcpt);
/* Of a queue id that a hop of ours handed on: the one recipient, of ours, that
 * it had there, and that became another on the way; NULL: it is not known. */
const char *reckon_handed(const struct judging *j, const struct ledger_mail *);
bool reckon_is_departure(const struct judging *j, const struct spot *at);
/* A program or a host of ours sends it. */
void reckon_program(
	struct judging *j, const struct spot *left, const struct spot *origin);
void reckon_command(struct judging *j, const struct spot *at);
void reckon_add(
	struct judging *j, const struct spot *left, struct found_flow flow);
/* With the mailbox in its one form. */
void reckon_add_of(struct judging *j, const struct spot *left,
	const char *mailbox, struct found_flow flow);
bool reckon_is_mailbox(const struct judging *j, const char *a, const char *b);

#endif
