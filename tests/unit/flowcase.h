/* SPDX-License-Identifier: BSD-2-Clause */
/* One scenario of inference: a letter, what the store remembers, the flow. */
#ifndef TESTS_UNIT_FLOWCASE_H
#define TESTS_UNIT_FLOWCASE_H

#include "forward/infer.h"

/* All messages are taken in at this time. */
#define FLOWCASE_AT_MS INT64_C(1795000000000)

/* Lines of a session and of headers that many cases share. */
#define EGRESS "client 127.0.0.1\nlistener egress\n"
#define TO_DROP "rcpt <drop@freemail.example>\n"
#define FROM_BOB "mail <bob@partner.example>\n"
/* Our mail exchanger took it from a stranger. */
#define HOP_IN(to)                                                      \
	"Received: from mail.partner.example (mail.partner.example "    \
	"[203.0.113.9])\n\tby mx.example.com (Postfix) with ESMTPS id " \
	"AA1\n\tfor <" to ">; Sat, 21 Nov 2026 20:00:00 +0000 (UTC)\n"
/* ... with several recipients, so that Postfix names none. */
#define HOP_IN_NOBODY                                                   \
	"Received: from mail.partner.example (mail.partner.example "    \
	"[203.0.113.9])\n\tby mx.example.com (Postfix) with ESMTPS id " \
	"AA1; Sat, 21 Nov 2026 20:00:00 +0000 (UTC)\n"
#define LETTER_FROM_BOB                           \
	"Message-ID: <m1@partner.example>\n"      \
	"Date: Sat, 21 Nov 2026 19:59:58 +0000\n" \
	"From: Bob Jones <bob@partner.example>\n" \
	"To: Alice <alice@example.com>\n"         \
	"Subject: The offer\n"                    \
	"MIME-Version: 1.0\n"                     \
	"Content-Type: text/plain; charset=utf-8\n"

struct flowcase {
	const char *name;
	const char *letter;
	/*
	 * What the store remembers, a line each: "own" or the id, then "m" and
	 * a mailbox, "p" and a participant, "a" and the author, "i" and the
	 * client, "l" and a login, "c" and a claim, "x -" where it was cut,
	 * then how many milliseconds ago. "known" and an address tells what is
	 * known of it: "person", "nobody" or a destination. "forged": our
	 * field was not written for this message. NULL: nothing.
	 */
	const char *memory;

	/* Of the first external recipient. */
	const char *mailbox; /* NULL: bound to none */
	enum kind kind;
	const char *platform; /* NULL: not looked at */
	unsigned least, most; /* confidence */
	const char *evidence; /* "orcpt received-for": what counts */
	unsigned exempt;
};

/* What the documentation shows: how it calls a case, and which listeners see
 * such mail. */
struct platform {
	const char *shown, *where;
	const char *name; /* of the case */
};
extern const struct platform platforms[];
extern const size_t platform_count;

struct flowgroup {
	const struct flowcase *rows;
	size_t count;
};
#define FLOWGROUP(rows)                             \
	{                                           \
		rows, sizeof(rows) / sizeof *(rows) \
	}

#define PLATFORM_GROUPS 5
extern const struct flowgroup *const platform_groups[PLATFORM_GROUPS];

struct letter;
/* The flow of the case's first external recipient; the letter must be open
 * and holds what it points to. */
const struct flow *flowcase_infer(const struct flowcase *, struct letter *);
/* "orcpt received-for", in the order of the table. */
const char *flowcase_evidence(struct letter *, uint64_t set);

/* A cmocka test whose state is a flowcase. */
void flowcase_check(void **state);

#endif
