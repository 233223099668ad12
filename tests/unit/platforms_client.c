/* SPDX-License-Identifier: BSD-2-Clause */
/* What people and their mail programs carry on, and what only looks so. */
#include "platforms.h"

static const struct flowcase cases[] = {
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
		"m1@p m carol@example.com 900\n", "alice@example.com",
		KIND_FORWARD, "", 40, 40, "forwarded-message-id", 0},
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
	{"one of two mailboxes that got it: nobody is named",
		FROM_BOB TO_DROP
		"\n" HOP_IN_NOBODY
		"Message-ID: <m1@p>\nFrom: bob@partner.example\n",
		"own m carol@example.com 500\nown m alice@example.com 1000\n",
		NULL, KIND_REDIRECT, "", 99, 99,
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

const struct flowgroup client_cases = FLOWGROUP(cases);
