/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each platform's forwarded mail looks like and what it is taken for,
 * with its near misses. docs/forwarding.md shows those that have a label.
 */
#include "platforms.h"

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
		NULL, "al@example.com", KIND_REDIRECT, "postfix", 97, 99,
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
	{"an ORCPT of somebody else's domain is not evidence",
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

const struct platform platforms[] = {
	{"Postfix `.forward`", "egress", "postfix .forward"},
	{"Postfix alias", "egress", "postfix alias, two recipients, so no for"},
	{"Postfix virtual alias", "egress",
		"postfix virtual alias: nothing in the header"},
	{"Postfix bcc map", "egress", "postfix recipient_bcc_maps"},
	{"Sendmail `.forward`", "egress", "sendmail .forward"},
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
	{"SimpleLogin", "smtpd, egress",
		"simplelogin: its own sender, a reverse alias, no trace lines"},
	{"addy.io", "smtpd, egress",
		"addy.io: its own sender, a reply address, no trace lines"},
	{"Power Automate, Logic Apps", "smtpd, egress",
		"power automate forwards"},
	{"Exchange journal", "smtpd, egress",
		"exchange journals to an address outside"},
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
const size_t platform_count = sizeof(platforms) / sizeof(*platforms);

static const struct flowgroup postfix_cases = FLOWGROUP(postfix),
			      sieve_cases = FLOWGROUP(sieve),
			      exchange_cases = FLOWGROUP(exchange);

const struct flowgroup *const platform_groups[PLATFORM_GROUPS] = {
	&postfix_cases, &sieve_cases, &exchange_cases, &vendor_cases,
	&client_cases};
