/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each platform's forwarded mail looks like and what it is taken for,
 * with its near misses. docs/forwarding.md shows those that have a label.
 */
#include "flowcase.h"

#define HOP_LOCAL                                                       \
	"Received: by mx.example.com (Postfix)\n\tid BB2; Sat, 21 Nov " \
	"2026 20:00:01 +0000 (UTC)\n"
#define HOP_PICKUP                                                       \
	"Received: by mx.example.com (Postfix, from userid 1000)\n\tid " \
	"BB2; Sat, 21 Nov 2026 20:00:01 +0000 (UTC)\n"
#define HOP_LMTP                                                           \
	"Received: from mx.example.com ([10.0.0.2])\n\tby store.example."  \
	"com with LMTP\n\tid CC3\n\t(envelope-from <bob@partner.example>)" \
	"\n\tfor <alice@example.com>; Sat, 21 Nov 2026 20:00:01 +0000\n"
#define HOP_EXCHANGE                                                     \
	"Received: from EX1.corp.example.com (10.0.0.21) by\n EX2.corp." \
	"example.com (10.0.0.22) with Microsoft SMTP Server\n (version=" \
	"TLS1_2) id 15.2.1; Sat, 21 Nov 2026 20:00:02 +0000\n"
#define HOP_CLOUD                                                         \
	"Received: from AM1P.eurprd.prod.outlook.example (2001:db8:1::5)" \
	"\n by AM2P.eurprd.prod.outlook.example (2001:db8:1::6) with\n "  \
	"Microsoft SMTP Server id 15.20.1; Sat, 21 Nov 2026 20:00:02 +0000\n"
#define HOP_GOOGLE                                                       \
	"Received: by mail-oi1.google.example with SMTP id f1so1\n for " \
	"<drop@freemail.example>; Sat, 21 Nov 2026 12:00:02 -0800 (PST)\n"
#define OWN_NEW(to)                                     \
	"Message-ID: <n1@example.com>\n"                \
	"From: Alice <alice@example.com>\nTo: " to "\n" \
	"Subject: Minutes\n"
#define OUTLOOK_NEW                                                       \
	"Message-ID: <n1@example.com>\nFrom: Alice <alice@example.com>\n" \
	"To: drop@freemail.example\nSubject: FW: The offer\n"

static const struct flowcase postfix[] = {
	{"postfix .forward",
		EGRESS FROM_BOB
		"rcpt <drop@freemail.example> ORCPT=rfc822;alice@example.com\n"
		"\n" HOP_LOCAL "Delivered-To: alice@example.com\n" HOP_IN(
			"alice@example.com") LETTER_FROM_BOB,
		NULL, "alice@example.com", KIND_REDIRECT, "postfix", 99, 99,
		"orcpt transit delivered-to received-for to-mismatch", 0},
	{"postfix alias, two recipients, so no for",
		EGRESS FROM_BOB
		"rcpt <drop@freemail.example> ORCPT=rfc822;sales@example.com\n"
		"\n" HOP_LOCAL HOP_IN_NOBODY LETTER_FROM_BOB,
		NULL, "sales@example.com", KIND_REDIRECT, "postfix", 97, 99,
		"orcpt transit", 0},
	{"postfix virtual alias: nothing in the header",
		EGRESS "mail <bob@partner.example>\n"
		       "rcpt <drop@freemail.example> "
		       "ORCPT=rfc822;al+2Bx@example.com\n\n" HOP_IN_NOBODY
		       "From: bob@partner.example\nTo: undisclosed:;\n",
		NULL, "al+x@example.com", KIND_REDIRECT, "postfix", 97, 99,
		"orcpt transit", 0},
	{"postfix ORCPT in UTF-8",
		EGRESS FROM_BOB
		"rcpt <drop@freemail.example> "
		"ORCPT=utf-8;m\\x{FC}ller@example.com\n\n" HOP_IN_NOBODY
		"From: bob@partner.example\n",
		NULL, "m\u00fcller@example.com", KIND_REDIRECT, "postfix", 97,
		99, "orcpt transit", 0},
	{"postfix ORCPT of a local author's mail",
		EGRESS
		"mail <carol@example.com>\n"
		"rcpt <drop@freemail.example> ORCPT=rfc822;alice@example.com\n"
		"\nMessage-ID: <x@example.com>\nFrom: carol@example.com\n"
		"To: alice@example.com\n",
		NULL, "alice@example.com", KIND_REDIRECT, "postfix", 97, 97,
		"orcpt", 0},
	{"postfix recipient_bcc_maps",
		EGRESS FROM_BOB
		"rcpt <drop@freemail.example> "
		"ORCPT=rfc822;drop@freemail.example NOTIFY=NEVER\n\n" HOP_IN(
			"alice@example.com") LETTER_FROM_BOB,
		NULL, "alice@example.com", KIND_COPY, "postfix", 99, 99,
		"bcc-map transit received-for to-mismatch", 0},
	{"plain mail has an ORCPT equal to its recipient",
		EGRESS
		"mail <alice@example.com>\n"
		"rcpt <bob@partner.example> "
		"ORCPT=rfc822;bob@partner.example\n\n"
		"Received: from desk (desk.example.com [10.0.0.7])\n\tby "
		"mx.example.com (Postfix) with ESMTPSA id DD4\n\tfor "
		"<bob@partner.example>; Sat, 21 Nov 2026 20:00:00 "
		"+0000\n" OWN_NEW("bob@partner.example"),
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"a bounce on its way back through SRS is nobody's mail",
		EGRESS
		"mail <>\n"
		"rcpt <bob@partner.example> ORCPT=rfc822;"
		"SRS0=aBcD=Z4=partner.example=bob@example.com\n\n"
		"Message-ID: <b@example.com>\n"
		"From: MAILER-DAEMON@example.com\nTo: bob@partner.example\n",
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"an ORCPT of somebody else's domain is no evidence",
		EGRESS
		"mail <alice@example.com>\n"
		"rcpt <bob@partner.example> "
		"ORCPT=rfc822;b@other.example\n\n" OWN_NEW("b@other.example"),
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"BATV around the mailbox in ORCPT",
		EGRESS "mail <>\n"
		       "rcpt <drop@freemail.example> ORCPT=rfc822;"
		       "prvs=3123abcdef=alice@example.com\n\n" HOP_IN_NOBODY
		       "From: MAILER-DAEMON@partner.example\n",
		NULL, "alice@example.com", KIND_REDIRECT, "postfix", 97, 99,
		"orcpt transit", EXEMPT_BOUNCE},
};

static const struct flowcase sieve[] = {
	{"pigeonhole redirect by sendmail(1)",
		FROM_BOB TO_DROP
		"\n"
		"X-Sieve: Pigeonhole Sieve 0.5.19\n"
		"X-Sieve-Redirected-From: alice@example.com\n"
		"Delivered-To: alice@example.com\n" HOP_LMTP HOP_IN(
			"alice@example.com") LETTER_FROM_BOB,
		NULL, "alice@example.com", KIND_REDIRECT, "dovecot", 99, 99,
		"sieve-redirected-from transit delivered-to received-for "
		"to-mismatch",
		0},
	{"pigeonhole redirect by submission",
		"client 10.0.0.3\nauth sieve-relay\n" FROM_BOB TO_DROP "\n"
		"X-Sieve: Pigeonhole Sieve 0.5.19\n"
		"X-Sieve-Redirected-From: alice@example.com\n"
		"Delivered-To: alice@example.com\n" HOP_LMTP HOP_IN(
			"alice@example.com") LETTER_FROM_BOB,
		NULL, "alice@example.com", KIND_REDIRECT, "dovecot", 99, 99,
		"sieve-redirected-from delivered-to received-for to-mismatch",
		0},
	{"an old redirect of a stranger's mailbox means nothing",
		"auth alice\nclient 10.0.0.7\nmail <alice@example.com>\n"
		"rcpt <bob@partner.example>\n\n"
		"X-Sieve-Redirected-From: carl@elsewhere.example\n" OWN_NEW(
			"bob@partner.example"),
		NULL, "alice@example.com", KIND_NONE, "", 0, 0, "", 0},
	{"cyrus redirect, AUTH in xtext",
		"client 10.0.0.3\n"
		"mail <bob@partner.example> AUTH=alice+40example.com\n" TO_DROP
		"\nX-Sieve-Action: redirect\n" HOP_LMTP HOP_IN(
			"alice@example.com") LETTER_FROM_BOB,
		NULL, "alice@example.com", KIND_REDIRECT, "cyrus", 98, 99,
		"sieve-action transit received-for to-mismatch", 0},
	{"cyrus redirect",
		"client 10.0.0.3\n"
		"mail <bob@partner.example> AUTH=alice@example.com\n" TO_DROP
		"\nX-Sieve-Action: redirect\n" HOP_LMTP HOP_IN_NOBODY
		"From: bob@partner.example\n",
		NULL, "alice@example.com", KIND_REDIRECT, "cyrus", 98, 99,
		"sieve-action transit received-for", 0},
	{"cyrus without an owner",
		"client 10.0.0.3\nmail <bob@partner.example> AUTH=<>\n" TO_DROP
		"\nX-Sieve-Action: redirect\n"
		"From: bob@partner.example\n",
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"sieve notify",
		"mail <>\n" TO_DROP "\n"
		"Message-ID: <n2@store.example.com>\n"
		"From: postmaster@example.com\nTo: drop@freemail.example\n"
		"Subject: New mail: The offer\n"
		"Auto-Submitted: auto-notified; "
		"owner-email=\"alice@example.com\"\n",
		NULL, "alice@example.com", KIND_NOTIFY, "sieve", 90, 90,
		"auto-notified", EXEMPT_BOUNCE},
	{"sieve notify without an owner is its sender's",
		"mail <alice@example.com>\n" TO_DROP "\n"
		"From: alice@example.com\nTo: drop@freemail.example\n"
		"Auto-Submitted: auto-notified\n",
		NULL, "alice@example.com", KIND_NOTIFY, "sieve", 90, 90,
		"auto-notified", 0},
	{"vacation",
		"mail <>\nrcpt <bob@partner.example>\n\n"
		"From: alice@example.com\nTo: bob@partner.example\n"
		"Subject: Away\nIn-Reply-To: <m1@partner.example>\n"
		"Auto-Submitted: auto-replied (vacation)\n",
		"m1@partner.example m alice@example.com 1000\n"
		"m1@partner.example p bob@partner.example 1000\n",
		NULL, KIND_NONE, "", 0, 0, "",
		EXEMPT_BOUNCE | EXEMPT_AUTO_REPLY | EXEMPT_REPLY},
};

static const struct flowcase exchange[] = {
	{"exchange rule: redirect",
		"client 10.0.0.22\n"
		"mail "
		"<alice+SRS=Ab1Cd=XY=partner.example=bob@example.com>\n" TO_DROP
		"\n" HOP_EXCHANGE
		"Resent-From: <alice@example.com>\n" HOP_EXCHANGE HOP_IN(
			"alice@example.com") LETTER_FROM_BOB
		"X-MS-Exchange-Inbox-Rules-Loop: alice@example.com\n",
		NULL, "alice@example.com", KIND_REDIRECT, "exchange", 99, 99,
		"inbox-rules-loop resent-from srs-sender transit received-for "
		"to-mismatch",
		0},
	{"exchange online rule: redirect, none of its lines known",
		"client 10.0.0.22\n"
		"mail "
		"<alice+SRS=Ab1Cd=XY=partner.example=bob@example.com>\n" TO_DROP
		"\n" HOP_CLOUD
		"Resent-From: <alice@example.com>\n" HOP_CLOUD LETTER_FROM_BOB
		"X-MS-Exchange-Inbox-Rules-Loop: alice@example.com\n",
		NULL, "alice@example.com", KIND_REDIRECT, "exchange", 99, 99,
		"inbox-rules-loop resent-from srs-sender transit to-mismatch",
		0},
	{"exchange rule: forward",
		"client 10.0.0.22\nmail <alice@example.com>\n" TO_DROP
		"\n" HOP_EXCHANGE OUTLOOK_NEW
		"In-Reply-To: <m1@partner.example>\n"
		"References: <m1@partner.example>\n"
		"X-MS-Exchange-Inbox-Rules-Loop: alice@example.com\n"
		"X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\n"
		"X-MS-Exchange-Parent-Message-Id: <m1@partner.example>\n"
		"Auto-Submitted: auto-generated\n",
		NULL, "alice@example.com", KIND_FORWARD, "exchange", 93, 94,
		"inbox-rules-loop mailbox-rules-agent forward-subject",
		EXEMPT_GENERATED},
	{"exchange rule: forward, remembered",
		"client 10.0.0.22\nmail <alice@example.com>\n" TO_DROP
		"\n" HOP_EXCHANGE OUTLOOK_NEW
		"X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\n"
		"X-MS-Exchange-Parent-Message-Id: <m1@partner.example>\n",
		"m1@partner.example m alice@example.com 1200\n"
		"m1@partner.example p bob@partner.example 1200\n",
		"alice@example.com", KIND_FORWARD, "exchange", 97, 98,
		"mailbox-rules-agent forwarded-message-id machine-speed "
		"forward-subject",
		0},
	{"exchange mailbox forwarding",
		"client 10.0.0.22\nmail "
		"<bounces+SRS=Ab1Cd=XY@example.com>\n" TO_DROP
		"\n" HOP_CLOUD LETTER_FROM_BOB
		"X-LD-Processed: 44d81603-6a98-429d-8ab9-bb947b669639,ExtFwd\n"
		"X-MS-Exchange-Transport-Forked: True\n"
		"X-MS-Exchange-ForwardingLoop:\n "
		"alice@example.com;44d81603-6a98-429d-8ab9-bb947b669639\n",
		NULL, "alice@example.com", KIND_REDIRECT, "exchange", 99, 99,
		"forwarding-loop ext-fwd srs-sender transit to-mismatch", 0},
	{"exchange transport rule",
		"client 10.0.0.22\n"
		"mail <SRS0=Ab1C=XY=partner.example=bob@example.com>\n" TO_DROP
		"\n" HOP_EXCHANGE HOP_IN("alice@example.com") LETTER_FROM_BOB
		"X-MS-Exchange-Transport-Rules-Loop: 1\n",
		NULL, "alice@example.com", KIND_REDIRECT, "exchange", 98, 99,
		"transport-rules-loop srs-sender transit received-for "
		"to-mismatch",
		0},
	{"exchange says AutoForwarded",
		"client 10.0.0.22\nmail <alice@example.com>\n" TO_DROP
		"\n" HOP_EXCHANGE OUTLOOK_NEW
		"X-MS-Exchange-Organization-AutoForwarded: true\n",
		NULL, "alice@example.com", KIND_FORWARD, "exchange", 85, 88,
		"auto-forwarded forward-subject", 0},
	{"X.400 says Autoforwarded",
		"client 10.0.0.30\nmail <alice@example.com>\n" TO_DROP
		"\n" OWN_NEW("drop@freemail.example") "Autoforwarded: TRUE\n",
		NULL, "alice@example.com", KIND_FORWARD, "x400", 85, 85,
		"auto-forwarded", 0},
	{"Autoforwarded: FALSE",
		"client 10.0.0.30\nmail <alice@example.com>\n" TO_DROP
		"\n" OWN_NEW("drop@freemail.example") "Autoforwarded: FALSE\n",
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"X-LD-Processed without ExtFwd",
		"client 10.0.0.22\nmail <alice@example.com>\n" TO_DROP
		"\n" OWN_NEW("drop@freemail.example") "X-LD-Processed: "
						      "44d81603-6a98-429d-8ab9-"
						      "bb947b669639,ExtAddr\n",
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"exchange out-of-office bears the rules' mark",
		"client 10.0.0.22\nmail <>\nrcpt "
		"<bob@partner.example>\n\n" HOP_EXCHANGE
		"From: Alice <alice@example.com>\n"
		"To: bob@partner.example\nSubject: Automatic reply: The offer\n"
		"X-Auto-Response-Suppress: All\nAuto-Submitted: auto-replied\n"
		"X-MS-Exchange-Inbox-Rules-Loop: alice@example.com\n",
		NULL, "alice@example.com", KIND_NONE, "", 0, 0, "",
		EXEMPT_BOUNCE | EXEMPT_AUTO_REPLY},
	{"a stranger's out-of-office that a rule redirects",
		"client 10.0.0.22\n"
		"mail <bounces+SRS=Ab1Cd=XY@example.com>\n" TO_DROP
		"\n" HOP_EXCHANGE "Resent-From: <alice@example.com>\n" HOP_IN(
			"alice@example.com") "From: bob@partner.example\n"
					     "To: "
					     "alice@example.com\nAuto-"
					     "Submitted: auto-replied\n"
					     "X-MS-Exchange-Inbox-Rules-Loop: "
					     "alice@example.com\n",
		NULL, "alice@example.com", KIND_REDIRECT, "exchange", 99, 99,
		"inbox-rules-loop resent-from srs-sender transit received-for "
		"to-mismatch",
		0},
};

static const struct flowcase others[] = {
	{"gmail with us as outbound gateway",
		"client 10.0.0.40\n"
		"mail <alice+caf_=drop=freemail.example@example.com>\n" TO_DROP
		"\n" HOP_GOOGLE "X-Forwarded-To: drop@freemail.example\n"
		"X-Forwarded-For: alice@example.com drop@freemail.example\n"
		"Delivered-To: alice@example.com\n"
		"Received: by 2002:a05 with SMTP id z1; Sat, 21 Nov 2026 "
		"12:00:01 -0800 (PST)\n"
		"Received: from mail.partner.example ([203.0.113.9])\n by "
		"mx.google.example with ESMTPS id q1 for "
		"<alice@example.com>; Sat, 21 Nov 2026 12:00:00 "
		"-0800\n" LETTER_FROM_BOB,
		NULL, "alice@example.com", KIND_REDIRECT, "gmail", 99, 99,
		"gmail-forwarded caf-sender transit delivered-to received-for "
		"to-mismatch",
		0},
	{"gmail, several destinations",
		"client 10.0.0.40\nmail <bob@partner.example>\n" TO_DROP
		"\n" HOP_GOOGLE
		"X-Forwarded-To: x@other.example drop@freemail.example\n"
		"X-Forwarded-For: alice@example.com x@other.example "
		"drop@freemail.example\nFrom: bob@partner.example\n",
		NULL, "alice@example.com", KIND_REDIRECT, "gmail", 98, 99,
		"gmail-forwarded transit", 0},
	{"gmail forwarded it to us long ago, now alice writes on",
		"auth alice@example.com\nclient 10.0.0.7\n"
		"mail <alice@example.com>\n" TO_DROP "\n"
		"X-Forwarded-To: alice@example.com\n"
		"X-Forwarded-For: carl@elsewhere.example "
		"alice@example.com\n" OWN_NEW("drop@freemail.example"),
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"caf for another recipient than this",
		"client 10.0.0.40\n"
		"mail <alice+caf_=carol=example.com@example.com>\n"
		"rcpt <drop@freemail.example> ORCPT=rfc822;carol@example.com\n"
		"\n" HOP_LOCAL "X-Forwarded-To: carol@example.com\n"
		"X-Forwarded-For: alice@example.com carol@example.com\n"
		"From: bob@partner.example\n",
		NULL, "carol@example.com", KIND_REDIRECT, "postfix", 97, 99,
		"orcpt transit", 0},
	{"zimbra filter",
		"client 10.0.0.50\nmail <alice@example.com>\n" TO_DROP "\n"
		"Received: from localhost (localhost [127.0.0.1])\n\tby "
		"zm.example.com (Postfix) with ESMTP id EE5; Sat, 21 Nov 2026 "
		"20:00:02 +0000\n" HOP_IN("alice@example.com") LETTER_FROM_BOB
		"X-Zimbra-Forwarded: alice@example.com\n",
		NULL, "alice@example.com", KIND_REDIRECT, "zimbra", 97, 99,
		"zimbra-forwarded received-for to-mismatch", 0},
	{"zimbra out-of-office",
		"client 10.0.0.50\nmail <>\nrcpt <bob@partner.example>\n\n"
		"From: alice@example.com\nTo: bob@partner.example\n"
		"Auto-Submitted: auto-replied (zimbra; vacation)\n"
		"X-Zimbra-Forwarded: alice@example.com\n",
		NULL, "alice@example.com", KIND_NONE, "", 0, 0, "",
		EXEMPT_BOUNCE | EXEMPT_AUTO_REPLY},
	{"yahoo",
		"client 10.0.0.60\nmail <bob@partner.example>\n" TO_DROP "\n"
		"X-Yahoo-Forwarded: from alice@example.com to "
		"drop@freemail.example\nFrom: bob@partner.example\n",
		NULL, "alice@example.com", KIND_REDIRECT, "yahoo", 97, 98,
		"other-vendor transit", 0},
	{"mail.ru",
		"client 10.0.0.60\nmail <bob@partner.example>\n" TO_DROP "\n"
		"X-ResentFrom: <alice@example.com>\nX-MailRu-Forward: 1\n"
		"From: bob@partner.example\n",
		NULL, "alice@example.com", KIND_REDIRECT, "mailru", 97, 98,
		"other-vendor transit", 0},
	{"mail.ru, half of it",
		"client 10.0.0.60\nmail <alice@example.com>\n" TO_DROP "\n"
		"X-ResentFrom: <alice@example.com>\n" OWN_NEW(
			"drop@freemail.example"),
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"proton",
		"client 10.0.0.60\nmail <alice@example.com>\n" TO_DROP "\n"
		"X-Pm-Forwarded-From: alice@example.com\n"
		"From: bob@partner.example\n",
		NULL, "alice@example.com", KIND_REDIRECT, "proton", 90, 90,
		"other-vendor", 0},
	{"hmailserver",
		"client 10.0.0.60\nmail <bob@partner.example>\n" TO_DROP "\n"
		"X-hMailServer-LoopCount: 1\n" HOP_IN("alice@example.com")
			LETTER_FROM_BOB,
		NULL, "alice@example.com", KIND_REDIRECT, "hmailserver", 95, 97,
		"other-vendor transit received-for to-mismatch", 0},
	{"communigate",
		"client 10.0.0.60\nmail <alice@example.com>\n" TO_DROP "\n"
		"X-Autogenerated: Mirror\n" OWN_NEW("drop@freemail.example"),
		NULL, "alice@example.com", KIND_REDIRECT, "communigate", 80, 80,
		"other-vendor", 0},
	{"communigate replying is another word",
		"client 10.0.0.60\nmail <alice@example.com>\n" TO_DROP "\n"
		"X-Autogenerated: Reply\n" OWN_NEW("drop@freemail.example"),
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"simplelogin",
		"client 10.0.0.60\nmail <bob@partner.example>\n" TO_DROP "\n"
		"X-SimpleLogin-Type: Forward\n" HOP_IN("alice@example.com")
			LETTER_FROM_BOB,
		NULL, "alice@example.com", KIND_REDIRECT, "simplelogin", 96, 98,
		"other-vendor transit received-for to-mismatch", 0},
	{"cpanel",
		"client 10.0.0.60\n"
		"mail <SRS0=aBcD=Z4=partner.example=bob@example.com>\n" TO_DROP
		"\nFrom-Rewrite: rewritten was: [bob@partner.example]\n" HOP_IN(
			"alice@example.com") LETTER_FROM_BOB,
		NULL, "alice@example.com", KIND_REDIRECT, "cpanel", 98, 99,
		"srs-sender other-vendor transit received-for to-mismatch", 0},
	{"workspace routing",
		"client 10.0.0.40\nmail <bob@partner.example>\n" TO_DROP
		"\n" HOP_GOOGLE "X-Gm-Original-To: alice@example.com\n"
		"From: bob@partner.example\n",
		NULL, "alice@example.com", KIND_REDIRECT, "gmail", 95, 97,
		"other-vendor transit", 0},
	{"X-Yandex-Forward and X-Sieve: CMU are on all mail",
		"auth alice\nclient 10.0.0.7\nmail "
		"<alice@example.com>\n" TO_DROP
		"\nX-Yandex-Forward: 0123456789abcdef\n"
		"X-Sieve: CMU Sieve 3.0\n" OWN_NEW("drop@freemail.example"),
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"exim or procmail keeping the sender: trace and route",
		FROM_BOB TO_DROP "\n" HOP_IN("alice@example.com")
			LETTER_FROM_BOB,
		NULL, "alice@example.com", KIND_REDIRECT, "", 90, 93,
		"transit received-for to-mismatch", 0},
	{"exim: nothing but the store",
		FROM_BOB TO_DROP
		"\n" HOP_IN_NOBODY
		"Message-ID: <m1@partner.example>\nFrom: bob@partner.example\n"
		"To: undisclosed:;\n",
		"own m alice@example.com 1000\nown p bob@partner.example "
		"1000\n",
		"alice@example.com", KIND_REDIRECT, "", 99, 99,
		"transit same-message-id machine-speed", 0},
	{"procmail as the local user",
		"client 127.0.0.1\nmail <alice@example.com>\n" TO_DROP
		"\n" HOP_PICKUP HOP_IN("alice@example.com") LETTER_FROM_BOB,
		NULL, "alice@example.com", KIND_REDIRECT, "", 80, 90,
		"received-for to-mismatch", 0},
	{"postfix checked it when it came in",
		FROM_BOB TO_DROP
		"\n"
		"Authentication-Results: mx.example.com; spf=pass\n" HOP_IN(
			"alice@example.com") LETTER_FROM_BOB,
		NULL, "alice@example.com", KIND_REDIRECT, "", 90, 93,
		"transit received-for own-results to-mismatch", 0},
	{"our ARC set",
		FROM_BOB TO_DROP
		"\n"
		"ARC-Authentication-Results: i=1; mx.example.com; "
		"arc=none\n" HOP_IN("alice@example.com") LETTER_FROM_BOB,
		NULL, "alice@example.com", KIND_REDIRECT, "", 90, 93,
		"transit received-for own-results to-mismatch", 0},
	{"X-Original-To names the alias, Delivered-To the mailbox",
		FROM_BOB TO_DROP
		"\n"
		"Delivered-To: alice@example.com\n"
		"X-Original-To: sales@example.com\n" HOP_IN_NOBODY
		"From: bob@partner.example\nTo: sales@example.com\n",
		NULL, "alice@example.com", KIND_REDIRECT, "", 94, 96,
		"transit delivered-to", 0},
};

static const struct flowcase clients[] = {
	{"a client's rule forwards within a second",
		"auth alice\nclient 10.0.0.7\nmail "
		"<alice@example.com>\n" TO_DROP "\n" OUTLOOK_NEW
		"References: <m0@p> <m1@p>\n",
		"m1@p m alice@example.com 900\nm1@p p bob@partner.example "
		"900\n",
		"alice@example.com", KIND_FORWARD, "", 80, 85,
		"forwarded-message-id machine-speed forward-subject", 0},
	{"a person forwards after ten minutes",
		"auth alice\nclient 10.0.0.7\nmail "
		"<alice@example.com>\n" TO_DROP "\n" OUTLOOK_NEW
		"References: <m0@p> <m1@p>\n",
		"m1@p m alice@example.com 600000\n"
		"m1@p p bob@partner.example 600000\n",
		"alice@example.com", KIND_FORWARD, "", 50, 60,
		"forwarded-message-id forward-subject", 0},
	{"a quick person, or a slow rule",
		"auth alice\nclient 10.0.0.7\nmail "
		"<alice@example.com>\n" TO_DROP "\n" OUTLOOK_NEW
		"In-Reply-To: <m1@p>\n",
		"m1@p m alice@example.com 100000\n", "alice@example.com",
		KIND_FORWARD, "", 60, 69,
		"forwarded-message-id machine-speed forward-subject", 0},
	{"thunderbird names what it forwards",
		"auth alice@example.com\nclient 10.0.0.7\n"
		"mail <alice@example.com>\n" TO_DROP "\n"
		"X-Forwarded-Message-Id: <m1@p>\n" OUTLOOK_NEW,
		"m1@p m alice@example.com 2000\n", "alice@example.com",
		KIND_FORWARD, "", 80, 85,
		"forwarded-message-id machine-speed forward-subject", 0},
	{"outlook: the thread, too",
		"auth alice\nclient 10.0.0.7\nmail "
		"<alice@example.com>\n" TO_DROP "\n" OUTLOOK_NEW
		"References: <m1@p>\n"
		"Thread-Index: Add41XPhHzNfrvGkRJ2TYsozzI9LOQLXuPZA\n",
		"m1@p m alice@example.com 900\n"
		"thread:01d778d573e11f335faef1a4449d9362ca33cc8f4b39 m "
		"alice@example.com 900\n",
		"alice@example.com", KIND_FORWARD, "", 85, 90,
		"forwarded-message-id machine-speed thread-index "
		"forward-subject",
		0},
	{"at the egress listener, where nobody is logged in",
		EGRESS
		"mail <alice@example.com>\n" TO_DROP "\n"
		"Received: from desk (dsl.provider.example [198.51.100.4])\n\t"
		"(Authenticated sender: alice)\n\tby mx.example.com (Postfix) "
		"with ESMTPSA id DD4; Sat, 21 Nov 2026 20:00:00 "
		"+0000\n" OUTLOOK_NEW "References: <m1@p>\n",
		"m1@p m alice@example.com 900\n", "alice@example.com",
		KIND_FORWARD, "", 80, 85,
		"forwarded-message-id machine-speed forward-subject", 0},
	{"a reply to the author",
		"auth alice\nclient 10.0.0.7\nmail <alice@example.com>\n"
		"rcpt <bob@partner.example>\n\n" OWN_NEW(
			"bob@partner.example") "In-Reply-To: <m1@p>\n",
		"m1@p m alice@example.com 900\nm1@p p bob@partner.example "
		"900\n",
		NULL, KIND_NONE, "", 0, 0, "", EXEMPT_REPLY},
	{"a reply to one who had a copy",
		"auth alice\nclient 10.0.0.7\nmail <alice@example.com>\n"
		"rcpt <carl@third.example>\n\n" OWN_NEW(
			"carl@third.example") "In-Reply-To: <m1@p>\n",
		"m1@p m alice@example.com 900\nm1@p p bob@partner.example 900\n"
		"m1@p p carl@third.example 900\n",
		NULL, KIND_NONE, "", 0, 0, "", EXEMPT_REPLY},
	{"what it refers to came to another mailbox",
		"auth alice\nclient 10.0.0.7\nmail "
		"<alice@example.com>\n" TO_DROP
		"\n" OWN_NEW("drop@freemail.example") "References: <m1@p>\n",
		"m1@p m carol@example.com 900\n", NULL, KIND_NONE, "", 0, 0, "",
		0},
	{"a ticket system answers its agents",
		"client 10.0.0.8\nmail <support@example.com>\n"
		"rcpt <agent@partner.example>\n\n"
		"Message-ID: <t1@example.com>\nFrom: support@example.com\n"
		"To: agent@partner.example\nReferences: <m1@p>\n"
		"Auto-Submitted: auto-generated\n",
		"m1@p m support@example.com 900\n", "support@example.com",
		KIND_NONE, "", 0, 0, "", EXEMPT_GENERATED},
	{"a newsletter to us and to others under one Message-ID",
		"client 10.0.0.8\nmail <news@example.com>\n" TO_DROP
		"\n" OWN_NEW("list:;"),
		"own m carol@example.com 100\n", "carol@example.com",
		KIND_REDIRECT, "", 45, 45, "same-message-id", 0},
	{"sent to a colleague with a blind copy outside",
		EGRESS "mail <alice@example.com>\n" TO_DROP
		       "\n" OWN_NEW("carol@example.com"),
		"own m carol@example.com 100\nown p drop@freemail.example "
		"100\n",
		NULL, KIND_NONE, "", 0, 0, "", EXEMPT_REPLY},
	{"the newest of two mailboxes that got it",
		FROM_BOB TO_DROP
		"\n" HOP_IN_NOBODY
		"Message-ID: <m1@p>\nFrom: bob@partner.example\n",
		"own m carol@example.com 500\nown m alice@example.com 1000\n",
		"carol@example.com", KIND_REDIRECT, "", 99, 99,
		"transit same-message-id machine-speed", 0},
	{"a person writes a new message",
		"auth alice\nclient 10.0.0.7\nmail "
		"<alice@example.com>\n" TO_DROP
		"\n" OWN_NEW("drop@freemail.example"),
		NULL, NULL, KIND_NONE, "", 0, 0, "", 0},
	{"a forward by hand that nothing remembers",
		"auth alice\nclient 10.0.0.7\nmail "
		"<alice@example.com>\n" TO_DROP "\n" OUTLOOK_NEW
		"References: <m1@p>\n",
		NULL, "alice@example.com", KIND_NONE, "", 0, 0, "", 0},
};

const struct platform platforms[] = {
	{"Postfix `.forward`", "egress", "postfix .forward"},
	{"Postfix alias", "egress", "postfix alias, two recipients, so no for"},
	{"Postfix virtual alias", "egress",
		"postfix virtual alias: nothing in the header"},
	{"Postfix bcc map", "egress", "postfix recipient_bcc_maps"},
	{"Dovecot Sieve `redirect`, by sendmail(1)", "pickup, egress",
		"pigeonhole redirect by sendmail(1)"},
	{"Dovecot Sieve `redirect`, by submission", "smtpd, egress",
		"pigeonhole redirect by submission"},
	{"Cyrus Sieve `redirect`", "pickup or smtpd, egress", "cyrus redirect"},
	{"Sieve `notify` by mail", "pickup or smtpd, egress", "sieve notify"},
	{"Exchange inbox rule, redirect", "smtpd, egress",
		"exchange rule: redirect"},
	{"Exchange Online inbox rule, redirect", "smtpd, egress",
		"exchange online rule: redirect, none of its lines known"},
	{"Exchange or Outlook server rule, forward", "smtpd, egress",
		"exchange rule: forward"},
	{"... the store remembers the original", "smtpd, egress",
		"exchange rule: forward, remembered"},
	{"Exchange mailbox forwarding", "smtpd, egress",
		"exchange mailbox forwarding"},
	{"Exchange transport rule", "smtpd, egress", "exchange transport rule"},
	{"Gmail, Workspace", "smtpd, egress",
		"gmail with us as outbound gateway"},
	{"Zimbra filter", "smtpd, egress", "zimbra filter"},
	{"Yahoo", "smtpd, egress", "yahoo"},
	{"Mail.ru", "smtpd, egress", "mail.ru"},
	{"Proton", "smtpd, egress", "proton"},
	{"hMailServer", "smtpd, egress", "hmailserver"},
	{"CommuniGate", "smtpd, egress", "communigate"},
	{"SimpleLogin", "smtpd, egress", "simplelogin"},
	{"cPanel", "smtpd, egress", "cpanel"},
	{"Workspace routing", "smtpd, egress", "workspace routing"},
	{"Exim or procmail, no store", "pickup or smtpd, egress",
		"exim or procmail keeping the sender: trace and route"},
	{"Exim or procmail, no trace line, with the store",
		"pickup or smtpd, egress", "exim: nothing but the store"},
	{"procmail as the local user", "pickup, egress",
		"procmail as the local user"},
	{"a mail program's rule, at 1 s", "submission, egress",
		"a client's rule forwards within a second"},
	{"... Outlook, with Thread-Index", "submission, egress",
		"outlook: the thread, too"},
	{"... or a person, at 100 s", "submission, egress",
		"a quick person, or a slow rule"},
	{"a person, after 10 min", "submission, egress",
		"a person forwards after ten minutes"},
};
const size_t platform_count = sizeof platforms / sizeof *platforms;

#define GROUP(rows)                                 \
	{                                           \
		rows, sizeof(rows) / sizeof *(rows) \
	}

const struct flowgroup platform_groups[PLATFORM_GROUPS] = {GROUP(postfix),
	GROUP(sieve), GROUP(exchange), GROUP(others), GROUP(clients)};
