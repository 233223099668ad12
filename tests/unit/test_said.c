/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said of mail that is carried on, or follows what comes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forward/trace.h"
#include "verdict/words.h"

#define AT_MS INT64_C(1767603600000) /* 2026-01-05T09:00:00Z */
#define BIT(name) (UINT64_C(1) << EVIDENCE_##name)

static const struct correspondence silent = {
	.known = true, .silent = true, .prompt = 5, .slowest_s = 25, .sent = 7};
static const struct correspondence steady = {
	.known = true, .silent = true, .pace = 3, .sent = 40, .got = 2};

static const struct said_row {
	const char *name;
	enum kind kind;
	uint64_t evidence;
	int64_t delay_ms;
	const struct correspondence *peer;
	const char *said; /* "": nothing */
} said_rows[] = {
	{"the subject again", KIND_FORWARD, BIT(SAME_SUBJECT), 240000, &silent,
		"alice@example.com sent drop@corp.example a message with the "
		"subject of one that came 4 minutes before "
		"(2026-01-05T08:56:00.000Z); drop@corp.example never wrote "
		"back, of 7 messages that it got"},
	{"its references, of one who writes back", KIND_FORWARD,
		BIT(FORWARDED_MESSAGE_ID), 1500, &steady,
		"alice@example.com sent drop@corp.example a message that "
		"refers to one that came 1 seconds before "
		"(2026-01-05T08:59:58.500Z); drop@corp.example wrote back 2 "
		"times for 40 messages"},
	{"what follows", KIND_FOLLOW, 0, -1, &silent,
		"of the last 5 messages from alice@example.com to "
		"drop@corp.example 5 left alone within 25 s of one that came; "
		"what is in them cannot be seen; drop@corp.example never wrote "
		"back, of 7 messages that it got"},
	{"what keeps pace", KIND_FOLLOW, 0, -1, &steady,
		"on 3 of the last 7 days about as many messages went from "
		"alice@example.com to drop@corp.example as came; what is in "
		"them cannot be seen; drop@corp.example wrote back 2 times for "
		"40 messages"},
	{"where nothing is known of the other side", KIND_FORWARD,
		BIT(SAME_SUBJECT), 172800000, NULL,
		"alice@example.com sent drop@corp.example a message with the "
		"subject of one that came 2 days before "
		"(2026-01-03T09:00:00.000Z)"},
	{"nothing of a redirect", KIND_REDIRECT, BIT(ORCPT), 10, &silent, ""},
	{"nothing of what is none", KIND_NONE, 0, -1, &silent, ""},
};

static void
what_is_said(void **state)
{
	const struct message message = {.at_ms = AT_MS};
	const struct verdict verdict = {.message = &message};
	const struct recipient rcpt = {
		.address = {.text = SLICE("drop@corp.example")}};

	(void)state;
	for (size_t i = 0; i < sizeof(said_rows) / sizeof(*said_rows); i++) {
		const struct said_row *row = &said_rows[i];
		const struct flow flow = {
			.rcpt = &rcpt,
			.mailbox = {.text = SLICE("alice@example.com")},
			.kind = row->kind,
			.evidence = row->evidence,
			.delay_ms = row->delay_ms,
			.peer = row->peer,
		};
		struct buf said = {0};

		assert_int_equal(words_write(&verdict, &flow, &said),
			row->said[0] != '\0');
		if (!slice_equal(buf_slice(&said), slice_of(row->said))) {
			fail_msg("%s: %.*s", row->name,
				SLICE_ARG(buf_slice(&said)));
		}
		buf_fini(&said);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
