/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same words by a better and by a worse speaker: what counts for whom, and
 * which excuse is believed.
 */
#include "flowcase.h"
#include "rows.h"

#define EVE "auth eve@example.com\nclient 10.0.0.7\n"
#define FROM_EVE "mail <eve@example.com>\n"
#define ALICE "auth alice@example.com\nclient 10.0.0.7\n"
#define FROM_ALICE "mail <alice@example.com>\n"
#define LOCAL                                                           \
	"Received: by mx.example.com (Postfix)\n\tid BB2; Sat, 21 Nov " \
	"2026 20:00:01 +0000 (UTC)\n"
#define BY_EVE                                                          \
	"Received: from desk (dsl.provider.example [198.51.100.4])\n\t" \
	"(Authenticated sender: eve@example.com)\n\tby mx.example.com " \
	"(Postfix) with ESMTPSA id DD4; Sat, 21 Nov 2026 20:00:00 +0000\n"
#define BY_USER                                                          \
	"Received: by mx.example.com (Postfix, from userid 1000)\n\tid " \
	"BB2; Sat, 21 Nov 2026 20:00:01 +0000 (UTC)\n"
#define BY_SYSTEM                                                      \
	"Received: by mx.example.com (Postfix, from userid 48)\n\tid " \
	"BB2; Sat, 21 Nov 2026 20:00:01 +0000 (UTC)\n"
#define BOB_TO_LIST \
	"From: bob@partner.example\nTo: undisclosed:;\nMessage-ID: <m1@p>\n"
#define QUEUE "queue:mx.example.com/AA1 "
#define SUBJECT "\nFrom: alice@example.com\nSubject: Invoice 4711 of May\n"
#define SUBJECT_OF(local) \
	"subject:invoice4711ofmay m " local "@example.com 900000\n"
#define NEW_BY_ALICE                              \
	"From: Alice <alice@example.com>\n"       \
	"To: drop@freemail.example\nSubject: x\n" \
	"References: <m1@p>\nMessage-ID: <n1@example.com>\n"
#define GOT_IT                               \
	"m1@p m alice@example.com 900\nm1@p" \
	" p bob@partner.example 900\n"

static const struct flowcase convicting[] = {
	{"ORCPT that the store confirms",
		EGRESS FROM_BOB
		"rcpt <drop@freemail.example> ORCPT=rfc822;dora@example.com\n"
		"\n" HOP_IN_NOBODY BOB_TO_LIST,
		QUEUE "m dora@example.com 200\n", "dora@example.com",
		KIND_REDIRECT, "postfix", 99, 99,
		"orcpt transit same-queue-id machine-speed", 0},
	{"ORCPT of the boss by a stranger, in mail that came for dora",
		EGRESS FROM_BOB
		"rcpt <drop@freemail.example> ORCPT=rfc822;boss@example.com\n"
		"\n" HOP_IN_NOBODY BOB_TO_LIST,
		QUEUE "m dora@example.com 200\n" QUEUE
		      "c boss@example.com 200\n",
		"dora@example.com", KIND_REDIRECT, "", 99, 99,
		"transit same-queue-id machine-speed", 0},
	{"... and no store, but our own line",
		EGRESS FROM_BOB
		"rcpt <drop@freemail.example> ORCPT=rfc822;boss@example.com\n"
		"\n" HOP_IN("dora@example.com") BOB_TO_LIST,
		NULL, "dora@example.com", KIND_REDIRECT, "", 91, 91,
		"transit received-for", 0},
	{"ORCPT of the boss by a login",
		EVE FROM_EVE
		"rcpt <drop@freemail.example> ORCPT=rfc822;boss@example.com\n"
		"\nFrom: eve@example.com\nTo: drop@freemail.example\n",
		NULL, "eve@example.com", KIND_REDIRECT, "postfix", 97, 97,
		"orcpt", 0},
	{"mail for the alias quinn, and rita's rule",
		EGRESS FROM_BOB
		"rcpt <drop@freemail.example> ORCPT=rfc822;quinn@example.com\n"
		"\n" LOCAL "Delivered-To: rita@example.com\n" HOP_IN(
			"quinn@example.com") BOB_TO_LIST,
		NULL, "rita@example.com", KIND_REDIRECT, "", 95, 95,
		"transit delivered-to", 0},
	{"a sieve mark by a login is his own flow",
		EVE FROM_BOB TO_DROP "\nX-Sieve-Redirected-From: "
				     "boss@example.com\n" BOB_TO_LIST,
		NULL, "eve@example.com", KIND_REDIRECT, "dovecot", 97, 97,
		"sieve-redirected-from", 0},
	{"an exchange mark by a login, behind the queue",
		EGRESS FROM_EVE TO_DROP "\n" BY_EVE
					"X-MS-Exchange-Inbox-Rules-Loop: "
					"boss@example.com\n"
					"From: eve@example.com\n",
		NULL, "eve@example.com", KIND_FORWARD, "exchange", 93, 93,
		"inbox-rules-loop", 0},
	{"caf by a login",
		EVE
		"mail <boss+caf_=drop=freemail.example@example.com>\n" TO_DROP
		"\nFrom: bob@partner.example\n",
		NULL, "eve@example.com", KIND_REDIRECT, "gmail", 97, 97,
		"caf-sender", 0},
	{"Delivered-To by a login",
		EVE FROM_BOB TO_DROP
		"\nDelivered-To: boss@example.com\n" BOB_TO_LIST,
		NULL, "eve@example.com", KIND_REDIRECT, "", 80, 80,
		"delivered-to", 0},
	{"Delivered-To by the mailbox owner",
		EVE FROM_BOB TO_DROP
		"\nDelivered-To: eve@example.com\n" BOB_TO_LIST,
		NULL, "eve@example.com", KIND_REDIRECT, "", 80, 80,
		"delivered-to", 0},
	{"the same by a login that speaks for many is a program's word",
		"auth sieve-relay\nclient 10.0.0.3\n" FROM_BOB TO_DROP
		"\nX-Sieve-Redirected-From: alice@example.com\n" BOB_TO_LIST,
		NULL, "alice@example.com", KIND_REDIRECT, "dovecot", 97, 97,
		"sieve-redirected-from", 0},
	{"... unless the store knows him for a person",
		"auth eve\nclient 10.0.0.3\n" FROM_BOB TO_DROP
		"\nX-Sieve-Redirected-From: alice@example.com\n" BOB_TO_LIST,
		"known eve@example.com person\n", "eve@example.com",
		KIND_REDIRECT, "dovecot", 97, 97, "sieve-redirected-from", 0},
	{"queue id of our own line, without a Message-ID",
		EGRESS FROM_BOB TO_DROP
		"\n" HOP_IN_NOBODY
		"From: bob@partner.example\nTo: undisclosed:;\n",
		QUEUE "m alice@example.com 400\n", "alice@example.com",
		KIND_REDIRECT, "", 99, 99,
		"transit same-queue-id machine-speed", 0},
	{"... below a stranger's line it is anybody's",
		EGRESS FROM_BOB TO_DROP
		"\nReceived: from mail.partner.example (mail.partner.example "
		"[203.0.113.9])\n\tby mx.example.com (Postfix) with ESMTP id "
		"ZZ9; Sat, 21 Nov 2026 20:00:00 +0000\n" HOP_IN_NOBODY
		"From: bob@partner.example\nTo: undisclosed:;\n",
		QUEUE "p carl@third.example 400\n", NULL, KIND_NONE, "", 0, 0,
		"", 0},
	{"one of two that got it has the route",
		EGRESS FROM_BOB TO_DROP "\n" HOP_IN_NOBODY BOB_TO_LIST,
		QUEUE "m alice@example.com 400\n" QUEUE
		      "m carol@example.com 400\n"
		      "known alice@example.com drop@freemail.example\n",
		"alice@example.com", KIND_REDIRECT, "", 99, 99,
		"transit same-queue-id machine-speed", 0},
	{"one of two, and nobody has it",
		EGRESS FROM_BOB TO_DROP "\n" HOP_IN_NOBODY BOB_TO_LIST,
		QUEUE "m alice@example.com 400\n" QUEUE
		      "m carol@example.com 400\n",
		NULL, KIND_REDIRECT, "", 99, 99,
		"transit same-queue-id machine-speed", 0},
	{"a foreign sender that our side rewrote, bound to nobody",
		"client 10.0.0.2\n"
		"mail <SRS0=a4e0=WV=partner.example=bob@example.com>\n" TO_DROP
		"\n" BOB_TO_LIST,
		NULL, NULL, KIND_REDIRECT, "", 95, 95, "srs-sender transit", 0},
	{"SRS around our own author",
		"client 10.0.0.2\n"
		"mail <SRS0=a4e0=WV=example.com=alice@mail.example.com>\n"
		"rcpt <bob@partner.example>\n\nFrom: alice@example.com\n",
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"ExtFwd on what its author wrote",
		"client 10.0.0.2\n" FROM_ALICE TO_DROP
		"\nX-LD-Processed: t,ExtFwd\nFrom: alice@example.com\n",
		NULL, "alice@example.com", KIND_NONE, "", 0, 0, "", 0},
	{"a local part that leads on is nobody",
		EGRESS FROM_BOB "rcpt <drop@freemail.example> ORCPT=rfc822;"
				"drop%there@example.com\n\n" BOB_TO_LIST,
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"qmail's virtual domain",
		FROM_BOB TO_DROP
		"\nDelivered-To: example.com-alice@example.com\n" HOP_IN_NOBODY
			BOB_TO_LIST,
		NULL, "alice@example.com", KIND_REDIRECT, "", 95, 95,
		"transit delivered-to", 0},
};

static const struct flowcase laundering[] = {
	{"a known message with another author",
		ALICE FROM_ALICE TO_DROP
		"\nFrom: alice@example.com\nMessage-ID: <m1@p>\n",
		"own m alice@example.com 900000\nown a bob@partner.example "
		"900000\n",
		"alice@example.com", KIND_REDIRECT, "", 92, 92,
		"changed-author", 0},
	{"... by its author himself",
		ALICE FROM_ALICE TO_DROP
		"\nFrom: alice@example.com\nMessage-ID: <m1@p>\n",
		"own m carol@example.com 900000\nown a alice@example.com "
		"900000\n",
		"alice@example.com", KIND_REDIRECT, "", 40, 40,
		"same-message-id", 0},
	{"mail to the alias that alice sends on",
		ALICE FROM_BOB TO_DROP "\n" BOB_TO_LIST,
		"own m info@example.com 900000\n", "alice@example.com",
		KIND_REDIRECT, "", 40, 40, "same-message-id", 0},
	{"a stranger's line that our intake never wrote",
		ALICE FROM_BOB TO_DROP "\n" HOP_IN("boss@example.com")
			BOB_TO_LIST,
		QUEUE "x - 1\n", "alice@example.com", KIND_REDIRECT, "", 65, 65,
		"received-for foreign-hop", 0},
	{"a user's process under a foreign sender",
		EGRESS FROM_BOB TO_DROP "\n" BY_USER BOB_TO_LIST,
		"own m alice@example.com 900000\n", "alice@example.com",
		KIND_REDIRECT, "", 99, 99,
		"transit userid-sender same-message-id", 0},
	{"a system's process is none",
		EGRESS FROM_BOB TO_DROP "\n" BY_SYSTEM BOB_TO_LIST,
		"own m alice@example.com 900000\n", "alice@example.com",
		KIND_REDIRECT, "", 98, 98, "transit same-message-id", 0},
	{"the subject again, at once",
		ALICE FROM_ALICE TO_DROP
		"\nFrom: alice@example.com\nSubject: Fwd: Invoice 4711 of "
		"May\n",
		"subject:invoice4711ofmay m alice@example.com 4000\n",
		"alice@example.com", KIND_FORWARD, "", 79, 79,
		"same-subject machine-speed forward-subject", 0},
	{"the subject of what an alias got, by who may read it",
		ALICE FROM_ALICE TO_DROP SUBJECT,
		"subject:invoice4711ofmay m info@example.com 900000\n",
		"alice@example.com", KIND_FORWARD, "", 40, 40, "same-subject",
		0},
	{"... of what five others got: that says nothing of her",
		ALICE FROM_ALICE TO_DROP SUBJECT,
		SUBJECT_OF("b") SUBJECT_OF("c") SUBJECT_OF("d") SUBJECT_OF("e")
			SUBJECT_OF("f"),
		"", KIND_NONE, "", 0, 0, "", 0},
	{"... of what she and five others got",
		ALICE FROM_ALICE TO_DROP SUBJECT,
		SUBJECT_OF("alice") SUBJECT_OF("b") SUBJECT_OF("c")
			SUBJECT_OF("d") SUBJECT_OF("e") SUBJECT_OF("f"),
		"alice@example.com", KIND_FORWARD, "", 45, 45, "same-subject",
		0},
	{"... that she wrote herself", ALICE FROM_ALICE TO_DROP SUBJECT,
		SUBJECT_OF("alice") "subject:invoice4711ofmay a "
				    "alice@example.com 900000\n",
		"", KIND_NONE, "", 0, 0, "", 0},
	{"... to who wrote it, and another",
		ALICE FROM_ALICE TO_DROP "rcpt <bob@partner.example>\n" SUBJECT,
		SUBJECT_OF("alice") "subject:invoice4711ofmay p "
				    "bob@partner.example 900000\n",
		"", KIND_NONE, "", 0, 0, "", EXEMPT_REPLY},
	{"... in an answer to the letter that came with it",
		ALICE FROM_ALICE TO_DROP SUBJECT "In-Reply-To: <m1@p>\n",
		"m1@p m alice@example.com 900000\n"
		"m1@p p drop@freemail.example 900000\n" SUBJECT_OF("alice"),
		"", KIND_NONE, "", 0, 0, "", EXEMPT_REPLY},
	{"... in what he calls an answer to an older letter of the drop's",
		ALICE FROM_ALICE TO_DROP SUBJECT "In-Reply-To: <m1@p>\n",
		"m1@p m alice@example.com 9000000\n"
		"m1@p p drop@freemail.example 9000000\n" SUBJECT_OF("alice"),
		"alice@example.com", KIND_FORWARD, "", 45, 45, "same-subject",
		EXEMPT_REPLY},
};

static const struct flowcase excusing[] = {
	{"alice-bounces@ around mail for alice, who is a person",
		"client 10.0.0.2\nmail <alice-bounces@example.com>\n" TO_DROP
		"\n" HOP_IN("alice@example.com") LETTER_FROM_BOB,
		"known alice@example.com person\n", "alice@example.com",
		KIND_REDIRECT, "", 84, 84, "received-for to-mismatch", 0},
	{"... who is nobody's person, but lists say more",
		"client 10.0.0.2\nmail <alice-bounces@example.com>\n" TO_DROP
		"\n" HOP_IN("alice@example.com") LETTER_FROM_BOB,
		"known alice@example.com nobody\n", "alice@example.com",
		KIND_REDIRECT, "", 84, 84, "received-for to-mismatch", 0},
	{"... and this one does",
		"client 10.0.0.2\nmail <alice-bounces@example.com>\n" TO_DROP
		"\n" HOP_IN("alice@example.com") "Precedence: "
						 "list\n" LETTER_FROM_BOB,
		"known alice@example.com nobody\n", "alice@example.com",
		KIND_NONE, "", 0, 0, "", EXEMPT_OWN_LIST},
	{"... by a user of the machine",
		"client 127.0.0.1\nmail <alice-bounces@example.com>\n" TO_DROP
		"\n" BY_USER HOP_IN("alice@example.com") LETTER_FROM_BOB,
		NULL, "alice@example.com", KIND_REDIRECT, "", 84, 84,
		"received-for to-mismatch", 0},
	{"List-Post under a sender of his own",
		"client 10.0.0.2\n" FROM_ALICE TO_DROP
		"\nList-Post: <mailto:news@example.com>\n" HOP_IN(
			"alice@example.com") LETTER_FROM_BOB,
		NULL, "alice@example.com", KIND_REDIRECT, "", 84, 84,
		"received-for to-mismatch", 0},
	{"a stranger's null sender",
		"client 10.0.0.2\nmail <>\n" TO_DROP
		"\n" HOP_IN("alice@example.com") LETTER_FROM_BOB,
		NULL, "alice@example.com", KIND_REDIRECT, "", 91, 91,
		"transit received-for to-mismatch", 0},
	{"a stranger's invitation",
		"client 10.0.0.2\n" FROM_BOB TO_DROP
		"\n" HOP_IN("alice@example.com") LETTER_FROM_BOB
		"X-MS-Exchange-Calendar-Originator-Id: x\n",
		NULL, "alice@example.com", KIND_REDIRECT, "", 91, 91,
		"transit received-for to-mismatch", 0},
	{"an auto-reply to one who wrote",
		ALICE FROM_ALICE "rcpt <bob@partner.example>\n\n"
				 "Auto-Submitted: auto-replied\n"
				 "X-MS-Exchange-Inbox-Rules-Loop: "
				 "alice@example.com\n" NEW_BY_ALICE,
		GOT_IT, "alice@example.com", KIND_NONE, "", 0, 0, "",
		EXEMPT_AUTO_REPLY | EXEMPT_REPLY},
	{"an auto-reply to one who did not",
		ALICE FROM_ALICE TO_DROP
		"\nAuto-Submitted: auto-replied\n" NEW_BY_ALICE,
		GOT_IT, "alice@example.com", KIND_FORWARD, "", 80, 80,
		"forwarded-message-id machine-speed", 0},
	{"a ticket system that nobody logs in as",
		"client 10.0.0.2\nmail <alice@example.com>\n" TO_DROP
		"\nPrecedence: bulk\n" NEW_BY_ALICE,
		GOT_IT, "alice@example.com", KIND_NONE, "", 0, 0, "",
		EXEMPT_TICKET},
	{"the same words by the mailbox owner",
		ALICE FROM_ALICE TO_DROP "\nPrecedence: bulk\n" NEW_BY_ALICE,
		GOT_IT, "alice@example.com", KIND_FORWARD, "", 80, 80,
		"forwarded-message-id machine-speed", 0},
	{"not all who took part are known",
		ALICE FROM_ALICE TO_DROP "\n" NEW_BY_ALICE,
		GOT_IT "m1@p x - 900\n", "alice@example.com", KIND_NONE, "", 0,
		0, "", EXEMPT_REPLY},
	{"an answer that one more is shown",
		ALICE FROM_ALICE TO_DROP
		"rcpt <bob@partner.example>\n\n" NEW_BY_ALICE,
		GOT_IT, NULL, KIND_NONE, "", 0, 0, "", EXEMPT_REPLY},
};

int
main(void)
{
	struct rows tests = {NULL, 0};

	ROWS_ADD(&tests, convicting, flowcase_check);
	ROWS_ADD(&tests, laundering, flowcase_check);
	ROWS_ADD(&tests, excusing, flowcase_check);
	return rows_run(&tests, "trust");
}
