/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines that the cases of several platforms share, and their tables. */
#ifndef TESTS_UNIT_PLATFORMS_H
#define TESTS_UNIT_PLATFORMS_H

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

extern const struct flowgroup vendor_cases, client_cases;

#endif
