/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What outsiders write to be believed: marks of mailboxes of ours, Received
 * lines, list headers; and what exempts a flow, and what must not.
 */
#include "flowcase.h"
#include "rows.h"

#define HOP_LOCAL                                                       \
	"Received: by mx.example.com (Postfix)\n\tid BB2; Sat, 21 Nov " \
	"2026 20:00:01 +0000 (UTC)\n"
#define ORCPT_ALICE \
	"rcpt <drop@freemail.example> ORCPT=rfc822;alice@example.com\n"
#define FRAME_BOSS                                                  \
	"X-MS-Exchange-Inbox-Rules-Loop: boss@example.com\n"        \
	"X-MS-Exchange-ForwardingLoop: boss@example.com;t\n"        \
	"X-Sieve-Redirected-From: boss@example.com\n"               \
	"X-Zimbra-Forwarded: boss@example.com\n"                    \
	"X-Forwarded-To: drop@freemail.example\n"                   \
	"X-Forwarded-For: boss@example.com drop@freemail.example\n" \
	"Delivered-To: boss@example.com\n"                          \
	"Resent-From: boss@example.com\n"
#define LIST_OURS                                \
	"List-Id: News <news.example.com>\n"     \
	"List-Post: <mailto:news@example.com>\n" \
	"List-Unsubscribe: <mailto:news-leave@example.com>\n"

static const struct flowcase forged[] = {
	{"marks of the boss in mail to alice, who forwards",
		EGRESS FROM_BOB ORCPT_ALICE
		"\n" HOP_LOCAL "Delivered-To: alice@example.com\n" HOP_IN(
			"alice@example.com") FRAME_BOSS LETTER_FROM_BOB,
		NULL, "alice@example.com", KIND_REDIRECT, "postfix", 99, 99,
		"orcpt transit delivered-to received-for to-mismatch", 0},
	{"the same, but only our trace line tells",
		FROM_BOB TO_DROP "\n" HOP_IN("alice@example.com")
			FRAME_BOSS LETTER_FROM_BOB,
		NULL, "alice@example.com", KIND_REDIRECT, "", 90, 93,
		"transit received-for to-mismatch", 0},
	{"the same, but only the store tells",
		FROM_BOB TO_DROP "\n" HOP_IN_NOBODY FRAME_BOSS LETTER_FROM_BOB,
		"own m alice@example.com 1000\n", "alice@example.com",
		KIND_REDIRECT, "", 99, 99,
		"transit to-mismatch same-message-id machine-speed", 0},
	{"a Received line of the stranger's own",
		EGRESS FROM_BOB TO_DROP
		"\n" HOP_IN_NOBODY
		"Received: from mx.example.com (mx.example.com [10.0.0.2])\n\t"
		"by mx.example.com (Postfix) with ESMTP id FF\n\tfor "
		"<boss@example.com>; Sat, 21 Nov 2026 19:59:00 +0000\n"
		"From: bob@partner.example\nTo: bob@partner.example\n",
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"HELO [127.0.0.1] does not lengthen the chain",
		EGRESS FROM_BOB TO_DROP
		"\n"
		"Received: from [127.0.0.1] (mail.partner.example "
		"[203.0.113.9])\n\tby mx.example.com (Postfix) with ESMTP id "
		"A1; Sat, 21 Nov 2026 20:00:00 +0000\n"
		"Delivered-To: boss@example.com\nFrom: bob@partner.example\n",
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"exim's helo= does not, either",
		EGRESS FROM_BOB TO_DROP
		"\n"
		"Received: from mail.partner.example ([203.0.113.9] "
		"helo=[10.0.0.1])\n\tby mx.example.com with esmtp (Exim 4.96)"
		"; Sat, 21 Nov 2026 20:00:00 +0000\n"
		"Delivered-To: boss@example.com\nFrom: bob@partner.example\n",
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"with ESMTPA does, for it was our user",
		EGRESS FROM_BOB TO_DROP
		"\n"
		"Received: from home (dsl.provider.example [198.51.100.7])\n\t"
		"by mx.example.com (Postfix) with ESMTPSA id A1; Sat, 21 Nov "
		"2026 20:00:00 +0000\n"
		"Delivered-To: alice@example.com\nFrom: bob@partner.example\n",
		NULL, "alice@example.com", KIND_REDIRECT, "", 80, 80,
		"delivered-to", 0},
	{"a client that is none of ours proves nothing",
		"client 203.0.113.9\n" FROM_BOB ORCPT_ALICE
		"\nX-Sieve-Redirected-From: alice@example.com\n"
		"Delivered-To: alice@example.com\nFrom: bob@partner.example\n",
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"an exchange mark below our line, that nothing supports",
		EGRESS "mail <>\n" TO_DROP "\n" HOP_IN_NOBODY
		       "From: bob@partner.example\nTo: bob@partner.example\n"
		       "X-MS-Exchange-ForwardingLoop: boss@example.com;t\n",
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"... or that the envelope of our own side supports",
		EGRESS "mail <bounces+SRS=Ab1Cd=XY@example.com>\n" TO_DROP
		       "\n" HOP_IN_NOBODY
		       "From: bob@partner.example\nTo: bob@partner.example\n"
		       "X-MS-Exchange-ForwardingLoop: boss@example.com;t\n",
		NULL, "boss@example.com", KIND_REDIRECT, "exchange", 99, 99,
		"forwarding-loop srs-sender transit", 0},
	{"From of alice on a stranger's mail to carol, who forwards",
		EGRESS "mail <alice@example.com>\n" TO_DROP "\n" HOP_IN(
			"carol@example.com") "From: alice@example.com\nTo: "
					     "carol@example.com\n"
					     "Message-ID: <f@p>\nReferences: "
					     "<m1@p>\n",
		"m1@p m alice@example.com 900\n", "carol@example.com",
		KIND_REDIRECT, "", 86, 86, "received-for internal-for", 0},
	{"a mark of a mailbox of no domain of ours",
		"auth alice\nclient 10.0.0.7\nmail "
		"<alice@example.com>\n" TO_DROP
		"\nX-Zimbra-Forwarded: carl@elsewhere.example\n"
		"X-MS-Exchange-Inbox-Rules-Loop: carl@elsewhere.example\n"
		"From: alice@example.com\nTo: drop@freemail.example\n",
		NULL, "alice@example.com", KIND_NONE, "", 0, 0, "", 0},
	{"a mark whose value is not an address",
		"auth alice\nclient 10.0.0.7\nmail "
		"<alice@example.com>\n" TO_DROP
		"\nX-Zimbra-Forwarded: <<>>,,@@\n"
		"X-MS-Exchange-ForwardingLoop: ;;;\n"
		"X-Yahoo-Forwarded: from  to\nX-Forwarded-For: \n"
		"X-Forwarded-To: \nFrom: alice@example.com\n",
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"an outsider wrote into the thread with a copy to himself",
		"auth alice\nclient 10.0.0.7\nmail "
		"<alice@example.com>\n" TO_DROP
		"\nFrom: alice@example.com\nTo: drop@freemail.example\n"
		"References: <m1@p>\n"
		"Thread-Index: Add41XPhHzNfrvGkRJ2TYsozzI9LOQLXuPZA\n",
		"m1@p m alice@example.com 900\n"
		"m1@p p bob@partner.example 900\n"
		"thread:01d778d573e11f335faef1a4449d9362ca33cc8f4b39 m "
		"alice@example.com 900\n"
		"thread:01d778d573e11f335faef1a4449d9362ca33cc8f4b39 p "
		"drop@freemail.example 500\n",
		"alice@example.com", KIND_FORWARD, "", 80, 80,
		"forwarded-message-id machine-speed", EXEMPT_REPLY},
	{"many marks of the boss do not crowd out alice's",
		EGRESS FROM_BOB ORCPT_ALICE
		"\n" HOP_LOCAL HOP_IN("alice@example.com") FRAME_BOSS FRAME_BOSS
			FRAME_BOSS FRAME_BOSS FRAME_BOSS FRAME_BOSS FRAME_BOSS
				FRAME_BOSS LETTER_FROM_BOB,
		NULL, "alice@example.com", KIND_REDIRECT, "postfix", 99, 99,
		"orcpt transit received-for to-mismatch", 0},
	{"results of ours on mail that a local author signed",
		EGRESS "mail <alice@example.com>\n" TO_DROP "\n"
		       "Authentication-Results: mx.example.com; dkim=pass\n"
		       "From: alice@example.com\nTo: drop@freemail.example\n",
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"results by a stranger's server",
		EGRESS FROM_BOB TO_DROP
		"\n"
		"Authentication-Results: mx.partner.example; spf=pass\n"
		"From: bob@partner.example\n",
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"a web form that writes to us and to an agency at once",
		"client 10.0.0.9\nmail <visitor@partner.example>\n"
		"rcpt <sales@example.com>\nrcpt <agency@third.example>\n\n"
		"From: visitor@partner.example\nTo: sales@example.com\n",
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"... or in two transactions",
		"client 10.0.0.9\nmail <visitor@partner.example>\n"
		"rcpt <agency@third.example>\n\n"
		"From: visitor@partner.example\nTo: sales@example.com\n",
		NULL, "sales@example.com", KIND_REDIRECT, "", 69, 69,
		"transit to-mismatch", 0},
	{"a stranger who spoofs our From is not an author of ours",
		FROM_BOB TO_DROP "\n" HOP_IN_NOBODY "Message-ID: <s@p>\nFrom: "
				 "boss@example.com\nTo: undisclosed:;\n",
		"own m alice@example.com 1000\n", "alice@example.com",
		KIND_REDIRECT, "", 97, 97, "same-message-id machine-speed", 0},
	{"a customer's mail that we relay is nobody's forward",
		"client 10.0.0.9\n" FROM_BOB TO_DROP
		"\nFrom: bob@partner.example\nTo: drop@freemail.example\n",
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
};

static const struct flowcase exempt[] = {
	{"a list of ours to a member outside",
		EGRESS
		"mail <news-bounces@example.com>\n" TO_DROP "\n"
		"Received: from localhost (localhost [127.0.0.1])\n\tby "
		"lists.example.com (Postfix) with ESMTP id L1; Sat, 21 Nov "
		"2026 20:00:02 +0000\n" LIST_OURS
		"Delivered-To: news@example.com\n" HOP_IN(
			"news@example.com") "From: bob@partner.example\nTo: "
					    "news@example.com\n",
		NULL, "news@example.com", KIND_NONE, "", 0, 0, "",
		EXEMPT_OWN_LIST},
	{"a list of ours under VERP, known by its name alone",
		EGRESS
		"mail "
		"<news-bounces+drop=freemail.example@example.com>\n" TO_DROP
		"\n" HOP_IN(
			"news@example.com") "From: bob@partner.example\nTo: "
					    "news@example.com\n",
		NULL, "news@example.com", KIND_NONE, "", 0, 0, "",
		EXEMPT_OWN_LIST},
	{"an alias that is a list, with an owner-",
		EGRESS
		"mail <owner-news@example.com>\n"
		"rcpt <drop@freemail.example> "
		"ORCPT=rfc822;news@example.com\n\n" HOP_IN(
			"news@example.com") "From: bob@partner.example\nTo: "
					    "news@example.com\n",
		NULL, "news@example.com", KIND_NONE, "", 0, 0, "",
		EXEMPT_OWN_LIST},
	{"a list of ours, and a member of ours who forwards it",
		EGRESS "mail <news-bounces@example.com>\n" ORCPT_ALICE
		       "\n" HOP_LOCAL
		       "Delivered-To: alice@example.com\n" LIST_OURS
		       "From: bob@partner.example\nTo: news@example.com\n",
		NULL, "alice@example.com", KIND_REDIRECT, "postfix", 99, 99,
		"orcpt delivered-to", 0},
	{"a stranger's list that alice forwards",
		EGRESS
		"mail <dev-bounces@lists.partner.example>\n" ORCPT_ALICE
		"\n" HOP_LOCAL HOP_IN(
			"alice@example.com") "List-Id: "
					     "<dev.lists.partner.example>"
					     "\nPrecedence: list\n"
					     "List-Post: "
					     "<mailto:dev@lists.partner."
					     "example>\n"
					     "From: bob@partner.example\nTo: "
					     "dev@lists.partner.example\n",
		NULL, "alice@example.com", KIND_REDIRECT, "postfix", 99, 99,
		"orcpt transit received-for", 0},
	{"our list's header on a stranger's mail exempts nothing",
		EGRESS FROM_BOB ORCPT_ALICE "\n" HOP_LOCAL HOP_IN(
			"alice@example.com") LIST_OURS LETTER_FROM_BOB,
		NULL, "alice@example.com", KIND_REDIRECT, "postfix", 99, 99,
		"orcpt transit received-for to-mismatch", 0},
	{"a bounce of ours",
		EGRESS
		"mail <>\nrcpt <bob@partner.example>\n\n"
		"From: MAILER-DAEMON@mx.example.com\nTo: bob@partner.example\n"
		"Subject: Undelivered\nAuto-Submitted: auto-replied\n"
		"Content-Type: multipart/report; report-type=delivery-status\n",
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"a stranger's bounce that alice forwards",
		EGRESS
		"mail <>\n" ORCPT_ALICE "\n" HOP_LOCAL
		"Delivered-To: alice@example.com\n" HOP_IN(
			"alice@example.com") "From: "
					     "MAILER-DAEMON@partner."
					     "example\nTo: alice@example.com\n"
					     "Content-Type: multipart/report\n",
		NULL, "alice@example.com", KIND_REDIRECT, "postfix", 99, 99,
		"orcpt transit delivered-to received-for to-mismatch", 0},
	{"cron's mail that root forwards",
		EGRESS "mail <root@example.com>\n"
		       "rcpt <drop@freemail.example> "
		       "ORCPT=rfc822;root@example.com\n\n" HOP_LOCAL
		       "Delivered-To: root@example.com\n"
		       "From: root@example.com\nTo: root@example.com\n"
		       "Auto-Submitted: auto-generated\n",
		NULL, "root@example.com", KIND_REDIRECT, "postfix", 99, 99,
		"orcpt delivered-to", EXEMPT_GENERATED},
	{"an invitation's answer by itself",
		"auth alice\nclient 10.0.0.7\nmail <alice@example.com>\n"
		"rcpt <carl@third.example>\n\nFrom: alice@example.com\n"
		"To: carl@third.example\nSubject: Accepted: Meeting\n"
		"Content-Type: text/calendar; method=REPLY\n"
		"In-Reply-To: <m1@p>\nMessage-ID: <c@p>\n",
		"m1@p m alice@example.com 900\n"
		"m1@p p carl@third.example 900\n",
		NULL, KIND_NONE, "", 0, 0, "", EXEMPT_CALENDAR | EXEMPT_REPLY},
	{"the same, to who never wrote: a login's own word",
		"auth alice\nclient 10.0.0.7\nmail "
		"<alice@example.com>\n" TO_DROP "\nFrom: alice@example.com\n"
		"To: drop@freemail.example\nSubject: Accepted: Meeting\n"
		"Content-Type: text/calendar; method=REPLY\n"
		"In-Reply-To: <m1@p>\nMessage-ID: <c@p>\n",
		"m1@p m alice@example.com 900\n", "alice@example.com",
		KIND_FORWARD, "", 80, 80, "forwarded-message-id machine-speed",
		EXEMPT_CALENDAR},
	{"an invitation that alice's .forward sends on",
		EGRESS FROM_BOB ORCPT_ALICE
		"\n" HOP_LOCAL "Delivered-To: alice@example.com\n"
		"Content-Type: text/calendar; method=REQUEST\n"
		"From: bob@partner.example\n",
		NULL, "alice@example.com", KIND_REDIRECT, "postfix", 99, 99,
		"orcpt transit delivered-to", 0},
	{"debian's way: the list resends",
		EGRESS
		"mail <bounce-dev=drop=freemail.example@example.com>\n" TO_DROP
		"\n"
		"Resent-From: dev@example.com\n" LIST_OURS
		"List-Post: <mailto:dev@example.com>\n"
		"Received: from localhost (localhost [127.0.0.1])\n\tby "
		"lists.example.com (Postfix) with ESMTP id L1; Sat, 21 Nov "
		"2026 20:00:02 +0000\n"
		"From: bob@partner.example\nTo: dev@example.com\n",
		NULL, "dev@example.com", KIND_NONE, "", 0, 0, "",
		EXEMPT_OWN_LIST},
	{"inbound mail is never looked at",
		"client 203.0.113.9\n" FROM_BOB
		"rcpt <alice@example.com>\n\n" FRAME_BOSS LETTER_FROM_BOB,
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
};

int
main(void)
{
	struct rows tests = {NULL, 0};

	ROWS_ADD(&tests, forged, flowcase_check);
	ROWS_ADD(&tests, exempt, flowcase_check);
	return rows_run(&tests, "forgery");
}
