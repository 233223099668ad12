/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each row of evidence and each exemption by a speaker who is believed, and
 * the same words by one who is not: a stranger, another login, whoever owns
 * the mailbox. A row without such a twin fails the test.
 */
#include "letter.h"
#include "platforms.h"
#include "rows.h"

/* Mail of bob's that a machine of ours hands on. */
#define VIA "client 10.0.0.22\n" FROM_BOB TO_DROP "\n"
#define TO_ALICE                                             \
	"From: bob@partner.example\nTo: alice@example.com\n" \
	"Message-ID: <m1@partner.example>\nSubject: The offer\n"
#define TO_DORA                                             \
	"From: bob@partner.example\nTo: dora@example.com\n" \
	"Message-ID: <m1@partner.example>\nSubject: The offer\n"
/* A mark on top of mail that came for alice. */
#define MARKED(mark) VIA mark HOP_IN("alice@example.com") TO_ALICE
/* The same mark by the stranger, in mail that came for dora. */
#define FRAMED(mark) VIA HOP_IN("dora@example.com") mark TO_DORA
#define EVE "auth eve@example.com\nclient 10.0.0.7\nmail <eve@example.com>\n"
#define ALICE \
	"auth alice@example.com\nclient 10.0.0.7\nmail <alice@example.com>\n"
/* ... and by another login. */
#define BY_EVE(mark)                                                     \
	EVE TO_DROP "\n" mark                                            \
		    "From: eve@example.com\nTo: drop@freemail.example\n" \
		    "Message-ID: <e1@example.com>\n"
#define AUTHORED(mark)                                         \
	"client 10.0.0.22\nmail <alice@example.com>\n" TO_DROP \
	"\n" mark OWN_NEW("drop@freemail.example")
#define EVE_NEW                                                 \
	"Message-ID: <n2@example.com>\nFrom: eve@example.com\n" \
	"To: drop@freemail.example\nSubject: FW: The offer\n"
#define QUEUE "queue:mx.example.com/AA1 "
#define THREAD "Thread-Index: Add41XPhHzNfrvGkRJ2TYsozzI9LOQLXuPZA\n"
#define ROOT "thread:01d778d573e11f335faef1a4449d9362ca33cc8f4b39 "
#define GOT "m1@p m alice@example.com 900\nm1@p p bob@partner.example 900\n"
#define REFERS "References: <m1@p>\n"

struct side {
	const char *letter, *memory;
};

struct twin {
	const char *name;
	enum evidence evidence; /* EVIDENCE_COUNT: of an exemption */
	unsigned exempt;
	struct side good, worse;
};

#define MARK_TWINS(title, row, mark)                                      \
	{title ", by a stranger", row, 0, {MARKED(mark), NULL},           \
		{FRAMED(mark), NULL}},                                    \
	{                                                                 \
		title ", by another login", row, 0, {MARKED(mark), NULL}, \
		{                                                         \
			BY_EVE(mark), NULL                                \
		}                                                         \
	}

static const struct twin twins[] = {
	{"orcpt, by a stranger", EVIDENCE_ORCPT, 0,
		{EGRESS FROM_BOB
			"rcpt <drop@freemail.example> "
			"ORCPT=rfc822;alice@example.com\n\n" HOP_IN_NOBODY
				TO_ALICE,
			NULL},
		{EGRESS FROM_BOB
			"rcpt <drop@freemail.example> "
			"ORCPT=rfc822;alice@example.com\n\n" HOP_IN_NOBODY
				TO_DORA,
			QUEUE "m dora@example.com 200\n"}},
	{"orcpt, by another login", EVIDENCE_ORCPT, 0,
		{EGRESS FROM_BOB
			"rcpt <drop@freemail.example> "
			"ORCPT=rfc822;alice@example.com\n\n" HOP_IN_NOBODY
				TO_ALICE,
			NULL},
		{EVE "rcpt <drop@freemail.example> "
		     "ORCPT=rfc822;alice@example.com\n\n"
		     "From: eve@example.com\n",
			NULL}},
	{"bcc-map, by a stranger", EVIDENCE_BCC_MAP, 0,
		{EGRESS FROM_BOB "rcpt <drop@freemail.example> "
				 "ORCPT=rfc822;drop@freemail.example "
				 "NOTIFY=NEVER\n\n" HOP_IN("alice@example.com")
					 TO_ALICE,
			NULL},
		{"client 203.0.113.9\n" FROM_BOB "rcpt <drop@freemail.example> "
		 "ORCPT=rfc822;drop@freemail.example NOTIFY=NEVER\n\n" HOP_IN(
			 "alice@example.com") TO_ALICE,
			NULL}},
	{"bcc-map, by another login", EVIDENCE_BCC_MAP, 0,
		{EGRESS FROM_BOB "rcpt <drop@freemail.example> "
				 "ORCPT=rfc822;drop@freemail.example "
				 "NOTIFY=NEVER\n\n" HOP_IN("alice@example.com")
					 TO_ALICE,
			NULL},
		{EVE "rcpt <drop@freemail.example> "
		     "ORCPT=rfc822;drop@freemail.example "
		     "NOTIFY=NEVER\n\n" HOP_IN(
			     "alice@example.com") "From: eve@example.com\n",
			NULL}},
	MARK_TWINS("sieve-redirected-from", EVIDENCE_SIEVE_REDIRECTED_FROM,
		"X-Sieve-Redirected-From: alice@example.com\n"),
	{"sieve-action, by a stranger", EVIDENCE_SIEVE_ACTION, 0,
		{"client 10.0.0.3\n"
		 "mail <bob@partner.example> AUTH=alice@example.com\n" TO_DROP
		 "\nX-Sieve-Action: redirect\n" HOP_LMTP HOP_IN_NOBODY
		 "From: bob@partner.example\n",
			NULL},
		{"client 203.0.113.9\n"
		 "mail <bob@partner.example> AUTH=alice@example.com\n" TO_DROP
		 "\nX-Sieve-Action: redirect\n" HOP_LMTP HOP_IN_NOBODY
		 "From: bob@partner.example\n",
			NULL}},
	{"sieve-action, by another login", EVIDENCE_SIEVE_ACTION, 0,
		{"client 10.0.0.3\n"
		 "mail <bob@partner.example> AUTH=alice@example.com\n" TO_DROP
		 "\nX-Sieve-Action: redirect\n" HOP_LMTP HOP_IN_NOBODY
		 "From: bob@partner.example\n",
			NULL},
		{"auth eve@example.com\nclient 10.0.0.7\n"
		 "mail <bob@partner.example> AUTH=alice@example.com\n" TO_DROP
		 "\nX-Sieve-Action: redirect\nFrom: bob@partner.example\n",
			NULL}},
	MARK_TWINS("zimbra-forwarded", EVIDENCE_ZIMBRA_FORWARDED,
		"X-Zimbra-Forwarded: alice@example.com\n"),
	MARK_TWINS("inbox-rules-loop", EVIDENCE_INBOX_RULES_LOOP,
		"X-MS-Exchange-Inbox-Rules-Loop: alice@example.com\n"),
	MARK_TWINS("forwarding-loop", EVIDENCE_FORWARDING_LOOP,
		"X-MS-Exchange-ForwardingLoop: alice@example.com;t\n"),
	{"ext-fwd, by the author", EVIDENCE_EXT_FWD, 0,
		{MARKED("X-LD-Processed: t,ExtFwd\n"), NULL},
		{AUTHORED("X-LD-Processed: t,ExtFwd\n"), NULL}},
	{"ext-fwd, by another login", EVIDENCE_EXT_FWD, 0,
		{MARKED("X-LD-Processed: t,ExtFwd\n"), NULL},
		{BY_EVE("X-LD-Processed: t,ExtFwd\n"), NULL}},
	{"transport-rules-loop, by the author", EVIDENCE_TRANSPORT_RULES_LOOP,
		0, {MARKED("X-MS-Exchange-Transport-Rules-Loop: 1\n"), NULL},
		{AUTHORED("X-MS-Exchange-Transport-Rules-Loop: 1\n"), NULL}},
	{"transport-rules-loop, by another login",
		EVIDENCE_TRANSPORT_RULES_LOOP, 0,
		{MARKED("X-MS-Exchange-Transport-Rules-Loop: 1\n"), NULL},
		{BY_EVE("X-MS-Exchange-Transport-Rules-Loop: 1\n"), NULL}},
	{"mailbox-rules-agent, by a stranger", EVIDENCE_MAILBOX_RULES_AGENT, 0,
		{AUTHORED("X-MS-Exchange-Generated-Message-Source: Mailbox "
			  "Rules Agent\n"),
			NULL},
		{VIA HOP_IN("dora@example.com") "X-MS-Exchange-Generated-"
						"Message-Source: Mailbox Rules "
						"Agent\nFrom: "
						"alice@example.com\nTo: "
						"dora@example.com\n",
			NULL}},
	{"mailbox-rules-agent, by another login", EVIDENCE_MAILBOX_RULES_AGENT,
		0,
		{AUTHORED("X-MS-Exchange-Generated-Message-Source: Mailbox "
			  "Rules Agent\n"),
			NULL},
		{EVE TO_DROP "\nX-MS-Exchange-Generated-Message-Source: "
			     "Mailbox Rules Agent\nFrom: alice@example.com\n",
			NULL}},
	{"auto-forwarded, by a stranger whose mail is passed on",
		EVIDENCE_AUTO_FORWARDED, 0,
		{AUTHORED("Autoforwarded: TRUE\n"), NULL},
		{ALICE TO_DROP "\n" HOP_IN_NOBODY "Autoforwarded: TRUE\n"
			       "From: bob@partner.example\n",
			QUEUE "m alice@example.com 900000\n"}},
	{"auto-forwarded, by another login", EVIDENCE_AUTO_FORWARDED, 0,
		{AUTHORED("Autoforwarded: TRUE\n"), NULL},
		{EVE TO_DROP "\nAutoforwarded: TRUE\n"
			     "From: alice@example.com\n",
			NULL}},
	MARK_TWINS("resent-from", EVIDENCE_RESENT_FROM,
		"Resent-From: alice@example.com\n"),
	MARK_TWINS("gmail-forwarded", EVIDENCE_GMAIL_FORWARDED,
		"X-Forwarded-To: drop@freemail.example\n"
		"X-Forwarded-For: alice@example.com drop@freemail.example\n"),
	{"caf-sender, by a stranger", EVIDENCE_CAF_SENDER, 0,
		{"client 10.0.0.40\nmail "
		 "<alice+caf_=drop=freemail.example@example.com>\n" TO_DROP
		 "\nFrom: bob@partner.example\n",
			NULL},
		{"client 10.0.0.40\nmail "
		 "<alice+caf_=drop=freemail.example@example.com>\n" TO_DROP
		 "\n" HOP_IN_NOBODY TO_DORA,
			QUEUE "m dora@example.com 200\n"}},
	{"caf-sender, by another login", EVIDENCE_CAF_SENDER, 0,
		{"client 10.0.0.40\nmail "
		 "<alice+caf_=drop=freemail.example@example.com>\n" TO_DROP
		 "\nFrom: bob@partner.example\n",
			NULL},
		{"auth eve@example.com\nclient 10.0.0.7\nmail "
		 "<alice+caf_=drop=freemail.example@example.com>\n" TO_DROP
		 "\nFrom: bob@partner.example\n",
			NULL}},
	{"srs-sender, by another login", EVIDENCE_SRS_SENDER, 0,
		{"client 10.0.0.22\nmail <alice+SRS=Ab1Cd=XY=partner.example="
		 "bob@example.com>\n" TO_DROP "\nFrom: bob@partner.example\n",
			NULL},
		{"auth eve@example.com\nclient 10.0.0.7\nmail <alice+SRS="
		 "Ab1Cd=XY=partner.example=bob@example.com>\n" TO_DROP
		 "\nFrom: bob@partner.example\n",
			NULL}},
	{"srs-sender, around the author himself", EVIDENCE_SRS_SENDER, 0,
		{"client 10.0.0.22\nmail <SRS0=a4e0=WV=partner.example="
		 "bob@example.com>\n" TO_DROP "\n" HOP_IN("alice@example.com")
				TO_ALICE,
			NULL},
		{"client 10.0.0.22\nmail <SRS0=a4e0=WV=example.com="
		 "alice@example.com>\n" TO_DROP
		 "\n" OWN_NEW("drop@freemail.example"),
			NULL}},
	{"power-automate, by a stranger", EVIDENCE_POWER_AUTOMATE, 0,
		{AUTHORED("X-MS-Mail-Operation-Type: Forward\n"), NULL},
		{VIA HOP_IN("dora@example.com") "X-MS-Mail-Operation-Type: "
						"Forward\n"
						"From: alice@example.com\nTo: "
						"dora@example.com\n",
			NULL}},
	{"power-automate, by another login", EVIDENCE_POWER_AUTOMATE, 0,
		{AUTHORED("X-MS-Mail-Operation-Type: Forward\n"), NULL},
		{EVE TO_DROP "\nX-MS-Mail-Operation-Type: Forward\n"
			     "From: alice@example.com\n",
			NULL}},
	{"power-automate, that sends and does not forward",
		EVIDENCE_POWER_AUTOMATE, 0,
		{AUTHORED("X-MS-Mail-Operation-Type: Forward\n"), NULL},
		{AUTHORED("X-MS-Mail-Operation-Type: Send\n"), NULL}},
	{"journal-report, by the author", EVIDENCE_JOURNAL_REPORT, 0,
		{MARKED("X-MS-Journal-Report:\n"), NULL},
		{AUTHORED("X-MS-Journal-Report:\n"), NULL}},
	{"journal-report, by another login", EVIDENCE_JOURNAL_REPORT, 0,
		{MARKED("X-MS-Journal-Report:\n"), NULL},
		{BY_EVE("X-MS-Journal-Report:\n"), NULL}},
	MARK_TWINS("yahoo", EVIDENCE_OTHER_VENDOR,
		"X-Yahoo-Forwarded: from alice@example.com to "
		"drop@freemail.example\n"),
	MARK_TWINS("simplelogin", EVIDENCE_OTHER_VENDOR,
		"X-SimpleLogin-Envelope-To: alice@example.com\n"),
	MARK_TWINS("addy", EVIDENCE_OTHER_VENDOR,
		"X-AnonAddy-Original-To: alice@example.com\n"),
	{"x-from-rewrite, around the author himself", EVIDENCE_OTHER_VENDOR, 0,
		{MARKED("X-From-Rewrite: rewritten was: "
			"[bob@partner.example]\n"),
			NULL},
		{AUTHORED("X-From-Rewrite: rewritten was: "
			  "[alice@example.com]\n"),
			NULL}},
	{"x-from-rewrite, by another login", EVIDENCE_OTHER_VENDOR, 0,
		{MARKED("X-From-Rewrite: rewritten was: "
			"[bob@partner.example]\n"),
			NULL},
		{BY_EVE("X-From-Rewrite: rewritten was: "
			"[bob@partner.example]\n"),
			NULL}},
	MARK_TWINS("auto-notified", EVIDENCE_AUTO_NOTIFIED,
		"Auto-Submitted: auto-notified; "
		"owner-email=\"alice@example.com\"\n"),
	{"transit, by a login", EVIDENCE_TRANSIT, 0,
		{VIA HOP_IN("alice@example.com") TO_ALICE, NULL},
		{"auth alice@example.com\nclient 10.0.0.7\n" FROM_BOB TO_DROP
		 "\n" TO_ALICE,
			NULL}},
	{"transit, by a stranger's client", EVIDENCE_TRANSIT, 0,
		{VIA HOP_IN("alice@example.com") TO_ALICE, NULL},
		{"client 203.0.113.9\n" FROM_BOB TO_DROP "\n" TO_ALICE, NULL}},
	MARK_TWINS("delivered-to", EVIDENCE_DELIVERED_TO,
		"Delivered-To: alice@example.com\n"),
	MARK_TWINS("original-to", EVIDENCE_ORIGINAL_TO,
		"X-Original-To: alice@example.com\n"),
	{"received-for, by a stranger", EVIDENCE_RECEIVED_FOR, 0,
		{VIA HOP_IN("alice@example.com") TO_ALICE, NULL},
		{VIA HOP_IN("dora@example.com") HOP_IN("alice@example.com")
				TO_DORA,
			NULL}},
	{"received-for, by another login", EVIDENCE_RECEIVED_FOR, 0,
		{VIA HOP_IN("alice@example.com") TO_ALICE, NULL},
		{BY_EVE(HOP_IN("alice@example.com")), NULL}},
	{"own-results, of a stranger's server", EVIDENCE_OWN_RESULTS, 0,
		{MARKED("Authentication-Results: mx.example.com; spf=pass\n"),
			NULL},
		{MARKED("Authentication-Results: mx.partner.example; "
			"spf=pass\n"),
			NULL}},
	{"own-results, by the author", EVIDENCE_OWN_RESULTS, 0,
		{MARKED("Authentication-Results: mx.example.com; spf=pass\n"),
			NULL},
		{AUTHORED("Authentication-Results: mx.example.com; "
			  "spf=pass\n"),
			NULL}},
	{"to-mismatch, by a stranger", EVIDENCE_TO_MISMATCH, 0,
		{VIA HOP_IN_NOBODY TO_ALICE, NULL},
		{VIA HOP_IN("dora@example.com") TO_ALICE, NULL}},
	{"to-mismatch, by another login", EVIDENCE_TO_MISMATCH, 0,
		{VIA HOP_IN_NOBODY TO_ALICE, NULL},
		{"auth eve@example.com\nclient 10.0.0.7\n" FROM_BOB TO_DROP
		 "\n" TO_ALICE,
			NULL}},
	{"internal-for, by another login", EVIDENCE_INTERNAL_FOR, 0,
		{EGRESS "mail <carol@example.com>\n" TO_DROP
			"\nReceived: from desk (desk.example.com "
			"[10.0.0.7])\n\tby "
			"mx.example.com (Postfix) with ESMTP id DD4\n\tfor "
			"<alice@example.com>; Sat, 21 Nov 2026 20:00:00 +0000\n"
			"From: carol@example.com\nTo: alice@example.com\n",
			NULL},
		{"auth eve@example.com\nclient 10.0.0.7\nmail "
		 "<carol@example.com>\n" TO_DROP
		 "\nReceived: from desk (desk.example.com [10.0.0.7])\n\tby "
		 "mx.example.com (Postfix) with ESMTP id DD4\n\tfor "
		 "<alice@example.com>; Sat, 21 Nov 2026 20:00:00 +0000\n"
		 "From: carol@example.com\nTo: alice@example.com\n",
			NULL}},
	{"local-domain-leaves, at another listener",
		EVIDENCE_LOCAL_DOMAIN_LEAVES, 0,
		{"client 127.0.0.1\nlistener egress\n" FROM_BOB
		 "rcpt <drop@lab.example.com> ORCPT=rfc822;alice@example.com\n"
		 "\n" HOP_IN("alice@example.com") TO_ALICE,
			NULL},
		{"client 127.0.0.1\nlistener intake\n" FROM_BOB
		 "rcpt <drop@lab.example.com> ORCPT=rfc822;alice@example.com\n"
		 "\n" HOP_IN("alice@example.com") TO_ALICE,
			NULL}},
	{"userid-sender, by a system's process", EVIDENCE_USERID_SENDER, 0,
		{EGRESS FROM_BOB TO_DROP "\n" HOP_PICKUP TO_ALICE,
			"own m alice@example.com 900000\n"},
		{EGRESS FROM_BOB TO_DROP "\nReceived: by mx.example.com "
					 "(Postfix, from userid 48)\n\t"
					 "id BB2; Sat, 21 Nov 2026 20:00:01 "
					 "+0000 (UTC)\n" TO_ALICE,
			"own m alice@example.com 900000\n"}},
	{"foreign-hop, that our intake wrote", EVIDENCE_FOREIGN_HOP, 0,
		{ALICE TO_DROP "\n" HOP_IN("boss@example.com") TO_ALICE,
			QUEUE "x - 1\n"},
		{ALICE TO_DROP "\n" HOP_IN("boss@example.com") TO_ALICE,
			QUEUE "m alice@example.com 900000\n"}},
	{"forged-tag, by software that may be late", EVIDENCE_FORGED_TAG, 0,
		{ALICE TO_DROP
			"\nX-Forwarden: mx; id=0123456789abcdef\n" OWN_NEW(
				"drop@freemail.example"),
			"forged\n"},
		{AUTHORED("X-Forwarden: mx; id=0123456789abcdef\n"),
			"forged\n"}},
	{"same-queue-id, by a stranger", EVIDENCE_SAME_QUEUE_ID, 0,
		{VIA HOP_IN_NOBODY TO_ALICE, QUEUE "m alice@example.com 400\n"},
		{VIA "Received: from mail.partner.example (mail.partner."
		     "example [203.0.113.9])\n\tby mx.example.com (Postfix) "
		     "with ESMTP id ZZ9; Sat, 21 Nov 2026 20:00:00 "
		     "+0000\n" HOP_IN_NOBODY TO_DORA,
			QUEUE "m alice@example.com 400\n"}},
	{"same-queue-id, by another login", EVIDENCE_SAME_QUEUE_ID, 0,
		{VIA HOP_IN_NOBODY TO_ALICE, QUEUE "m alice@example.com 400\n"},
		{BY_EVE(HOP_IN_NOBODY), QUEUE "m alice@example.com 400\n"}},
	{"same-message-id, by another login", EVIDENCE_SAME_MESSAGE_ID, 0,
		{VIA HOP_IN_NOBODY TO_ALICE, "own m alice@example.com 400\n"},
		{"auth eve@example.com\nclient 10.0.0.7\n" FROM_BOB TO_DROP
		 "\n" TO_ALICE,
			"own m alice@example.com 400\n"}},
	{"changed-author, by another login", EVIDENCE_CHANGED_AUTHOR, 0,
		{ALICE TO_DROP "\nFrom: alice@example.com\nMessage-ID: "
			       "<m1@p>\n",
			"own m alice@example.com 900000\n"
			"own a bob@partner.example 900000\n"},
		{EVE TO_DROP "\nFrom: eve@example.com\nMessage-ID: <m1@p>\n",
			"own m alice@example.com 900000\n"
			"own a bob@partner.example 900000\n"}},
	{"changed-author, by the author himself", EVIDENCE_CHANGED_AUTHOR, 0,
		{ALICE TO_DROP "\nFrom: alice@example.com\nMessage-ID: "
			       "<m1@p>\n",
			"own m alice@example.com 900000\n"
			"own a bob@partner.example 900000\n"},
		{ALICE TO_DROP "\nFrom: alice@example.com\nMessage-ID: "
			       "<m1@p>\n",
			"own m carol@example.com 900000\n"
			"own a alice@example.com 900000\n"}},
	{"same-subject, by another login", EVIDENCE_SAME_SUBJECT, 0,
		{ALICE TO_DROP "\nFrom: alice@example.com\n"
			       "Subject: Fwd: Invoice 4711 of May\n",
			"subject:invoice4711ofmay m alice@example.com 4000\n"},
		{EVE TO_DROP "\nFrom: eve@example.com\n"
			     "Subject: Fwd: Invoice 4711 of May\n",
			"subject:invoice4711ofmay m alice@example.com 4000\n"}},
	{"forwarded-message-id, by another login",
		EVIDENCE_FORWARDED_MESSAGE_ID, 0,
		{ALICE TO_DROP "\n" OUTLOOK_NEW REFERS, GOT},
		{EVE TO_DROP "\n" EVE_NEW REFERS, GOT}},
	{"machine-speed, by another login", EVIDENCE_MACHINE_SPEED, 0,
		{ALICE TO_DROP "\n" OUTLOOK_NEW REFERS, GOT},
		{EVE TO_DROP "\n" EVE_NEW REFERS, GOT}},
	{"thread-index, by another login", EVIDENCE_THREAD_INDEX, 0,
		{ALICE TO_DROP "\n" OUTLOOK_NEW REFERS THREAD,
			GOT ROOT "m alice@example.com 900\n"},
		{EVE TO_DROP "\n" EVE_NEW REFERS THREAD,
			GOT ROOT "m alice@example.com 900\n"}},
	{"forward-subject, by another login", EVIDENCE_FORWARD_SUBJECT, 0,
		{ALICE TO_DROP "\n" OUTLOOK_NEW REFERS, GOT},
		{EVE TO_DROP "\n" EVE_NEW REFERS, GOT}},

	{"own-list, by the envelope of a person", EVIDENCE_COUNT,
		EXEMPT_OWN_LIST,
		{"client 10.0.0.2\nmail <alice-bounces@example.com>\n" TO_DROP
		 "\n" HOP_IN("alice@example.com") "Precedence: "
						  "list\n" LETTER_FROM_BOB,
			"known alice@example.com nobody\n"},
		{"client 10.0.0.2\nmail <alice-bounces@example.com>\n" TO_DROP
		 "\n" HOP_IN("alice@example.com") "Precedence: "
						  "list\n" LETTER_FROM_BOB,
			"known alice@example.com person\n"}},
	{"own-list, by the mailbox's owner", EVIDENCE_COUNT, EXEMPT_OWN_LIST,
		{"client 10.0.0.2\nmail <alice-bounces@example.com>\n" TO_DROP
		 "\n" HOP_IN("alice@example.com") "Precedence: "
						  "list\n" LETTER_FROM_BOB,
			"known alice@example.com nobody\n"},
		{"client 10.0.0.2\nmail <alice-bounces@example.com>\n" TO_DROP
		 "\n" HOP_PICKUP HOP_IN(
			 "alice@example.com") "Precedence: "
					      "list\n" LETTER_FROM_BOB,
			"known alice@example.com nobody\n"}},
	{"own-list, by the envelope alone", EVIDENCE_COUNT, EXEMPT_OWN_LIST,
		{"client 10.0.0.2\nmail <alice-bounces@example.com>\n" TO_DROP
		 "\n" HOP_IN("alice@example.com") "Precedence: "
						  "list\n" LETTER_FROM_BOB,
			"known alice@example.com nobody\n"},
		{"client 10.0.0.2\nmail <alice-bounces@example.com>\n" TO_DROP
		 "\n" HOP_IN("alice@example.com") LETTER_FROM_BOB,
			"known alice@example.com nobody\n"}},
	{"bounce, by a stranger", EVIDENCE_COUNT, EXEMPT_BOUNCE,
		{"mail <>\n" TO_DROP "\n" OWN_NEW("drop@freemail.example"),
			"own m alice@example.com 100\n"},
		{"mail <>\n" TO_DROP "\n" HOP_IN("alice@example.com") TO_ALICE,
			"own m alice@example.com 100\n"}},
	{"auto-reply, to one who never wrote", EVIDENCE_COUNT,
		EXEMPT_AUTO_REPLY,
		{ALICE "rcpt <bob@partner.example>\n\nAuto-Submitted: "
		       "auto-replied\n" OUTLOOK_NEW REFERS,
			GOT},
		{ALICE TO_DROP
			"\nAuto-Submitted: auto-replied\n" OUTLOOK_NEW REFERS,
			GOT}},
	{"auto-reply, by a stranger", EVIDENCE_COUNT, EXEMPT_AUTO_REPLY,
		{ALICE "rcpt <bob@partner.example>\n\nAuto-Submitted: "
		       "auto-replied\n" OUTLOOK_NEW REFERS,
			GOT},
		{MARKED("Auto-Submitted: auto-replied\n"), NULL}},
	{"reply, to one who took no part", EVIDENCE_COUNT, EXEMPT_REPLY,
		{ALICE "rcpt <bob@partner.example>\n\n" OUTLOOK_NEW REFERS,
			GOT},
		{ALICE TO_DROP "\n" OUTLOOK_NEW REFERS, GOT}},
	{"generated, by a stranger", EVIDENCE_COUNT, EXEMPT_GENERATED,
		{AUTHORED("Auto-Submitted: auto-generated\n"),
			"own m alice@example.com 100\n"},
		{MARKED("Auto-Submitted: auto-generated\n"), NULL}},
	{"generated, under a foreign sender", EVIDENCE_COUNT, EXEMPT_GENERATED,
		{AUTHORED("Auto-Submitted: auto-generated\n"),
			"own m alice@example.com 100\n"},
		{"auth alice@example.com\nclient 10.0.0.7\n" FROM_BOB TO_DROP
		 "\nAuto-Submitted: auto-generated\n" OWN_NEW(
			 "drop@freemail.example"),
			"own m alice@example.com 100\n"}},
	{"calendar, by a stranger", EVIDENCE_COUNT, EXEMPT_CALENDAR,
		{AUTHORED("X-MS-Exchange-Calendar-Originator-Id: x\n"),
			"own m alice@example.com 100\n"},
		{MARKED("X-MS-Exchange-Calendar-Originator-Id: x\n"), NULL}},
	{"calendar, by the owner on a stranger's mail", EVIDENCE_COUNT,
		EXEMPT_CALENDAR,
		{AUTHORED("X-MS-Exchange-Calendar-Originator-Id: x\n"),
			"own m alice@example.com 100\n"},
		{"auth alice@example.com\nclient 10.0.0.7\n" FROM_BOB TO_DROP
		 "\nX-MS-Exchange-Calendar-Originator-Id: x\n" TO_ALICE,
			"own m alice@example.com 100\n"}},
	{"ticket, by the owner's login", EVIDENCE_COUNT, EXEMPT_TICKET,
		{AUTHORED("Precedence: bulk\n" REFERS), GOT},
		{ALICE TO_DROP "\nPrecedence: bulk\n" OUTLOOK_NEW REFERS, GOT}},
	{"configured-list, by another login", EVIDENCE_COUNT,
		EXEMPT_CONFIGURED_LIST,
		{"client 10.0.0.2\nmail <news@example.com>\n" TO_DROP
		 "\n" HOP_IN("news@example.com") "From: bob@partner.example\n"
						 "To: news@example.com\n",
			NULL},
		{EVE TO_DROP "\n" HOP_IN(
			 "news@example.com") "From: bob@partner.example\nTo: "
					     "news@example.com\n",
			NULL}},
};
#define TWINS (sizeof(twins) / sizeof(*twins))

struct seen {
	bool shown; /* it counts, or excuses */
	char mailbox[64];
};

static struct seen
look(const struct twin *twin, const struct side *side)
{
	const struct flowcase row = {
		.letter = side->letter, .memory = side->memory};
	struct seen seen = {false, ""};
	const struct flow *flow;
	struct letter letter;
	struct err err;

	letter_open(&letter);
	assert_true(
		realm_add_list(letter.realm, SLICE("news@example.com"), &err));
	flow = flowcase_infer(&row, &letter);
	seen.shown = twin->evidence == EVIDENCE_COUNT
		? (flow->exempt & twin->exempt) != 0
		: (flow->evidence >> twin->evidence & 1) != 0;
	assert_true(flow->mailbox.text.len < sizeof(seen.mailbox));
	if (flow->mailbox.text.len > 0)
		memcpy(seen.mailbox, flow->mailbox.text.p,
			flow->mailbox.text.len);
	letter_close(&letter);
	return seen;
}

static void
check_twin(void **state)
{
	const struct twin *twin = *state;
	struct seen good = look(twin, &twin->good);
	struct seen worse = look(twin, &twin->worse);

	if (!good.shown)
		fail_msg("the believed one shows nothing (mailbox %s)",
			good.mailbox);
	if (!worse.shown)
		return;
	if (twin->evidence == EVIDENCE_COUNT)
		fail_msg("the worse one is excused, too");
	if (strcmp(good.mailbox, worse.mailbox) == 0)
		fail_msg("the worse one counts against %s", worse.mailbox);
}

static void
every_row_has_a_twin(void **state)
{
	uint64_t evidence = 0;
	unsigned exempt = 0;

	(void)state;
	for (size_t i = 0; i < TWINS; i++) {
		exempt |= twins[i].exempt;
		if (twins[i].evidence < EVIDENCE_COUNT)
			evidence |= UINT64_C(1) << twins[i].evidence;
	}
	for (unsigned i = 0; i < EVIDENCE_COUNT; i++) {
		/* No message has that: only who reads the log can say it. */
		if (i != EVIDENCE_MTA_LOG && (evidence >> i & 1) == 0)
			fail_msg("%s has no twin by a worse speaker",
				evidence_row((enum evidence)i)->name);
	}
	for (unsigned i = 0; i < EXEMPTION_COUNT; i++) {
		if ((exempt >> i & 1) == 0)
			fail_msg("%s has no twin by a worse speaker",
				flow_exemption_name(i));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_has_a_twin),
	};
	struct rows all = {NULL, 0};

	ROWS_ADD(&all, twins, check_twin);
	ROWS_TESTS(&all, tests);
	return rows_run(&all, "twins");
}
