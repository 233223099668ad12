/* SPDX-License-Identifier: BSD-2-Clause */
/* Received lines as the MTAs of the world write them, and dates. */
#include "rows.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "mail/received.h"

#define ARENA_BYTES (1 << 20)

static const struct row {
	const char *name, *value;
	const char *expected; /* from|ip|by|with|id|for|date */
} rows[] = {
	{"Postfix",
		"from mail.test (mail.test [192.0.2.7]) (using TLSv1.3 with "
		"cipher TLS_AES_256_GCM_SHA384 (256/256 bits)) (No client "
		"certificate requested) by mx.example.com (Postfix) with "
		"ESMTPS id 4Qk2 for <a@example.com>; Thu, 26 Aug 2021 "
		"09:46:01 -0400 (EDT)",
		"mail.test|192.0.2.7|mx.example.com|ESMTPS|4Qk2|a@example.com|"
		"2021-08-26T13:46:01.000Z"},
	{"Postfix, local",
		"by mx.example.com (Postfix, from userid 1000) "
		"id 88DB3; Thu, 26 Aug 2021 09:46:01 -0400",
		"||mx.example.com||88DB3||2021-08-26T13:46:01.000Z"},
	{"Postfix, IPv6",
		"from a.test (a.test [IPv6:2001:db8::1]) by b.test (Postfix) "
		"with ESMTP id 1",
		"a.test|2001:db8::1|b.test|ESMTP|1||"},
	{"Postfix, HELO is a literal of ours",
		"from [127.0.0.1] (evil.test [203.0.113.9]) by b.test "
		"(Postfix) with ESMTP id 1",
		"127.0.0.1|203.0.113.9|b.test|ESMTP|1||"},
	{"Postfix, a certificate that lies",
		"from a.test (a.test [203.0.113.9]) (Client CN \"x "
		"[127.0.0.1]\", Issuer \"y\" (not verified)) by b.test "
		"(Postfix) with ESMTPS id 1",
		"a.test|203.0.113.9|b.test|ESMTPS|1||"},
	{"Postfix, a login that lies",
		"from a.test (a.test [203.0.113.9]) (Authenticated sender: "
		"[127.0.0.1]) by b.test (Postfix) with ESMTPSA id 1",
		"a.test|203.0.113.9|b.test|ESMTPSA|1||"},
	{"Sendmail",
		"from a.test (b.test [192.0.2.1] (may be forged)) by c.test "
		"(8.17.1/8.17.1) with ESMTP id 3AB for <u@c.test>; Fri, 1 Mar "
		"2024 10:00:00 GMT",
		"a.test|192.0.2.1|c.test|ESMTP|3AB|u@c.test|"
		"2024-03-01T10:00:00.000Z"},
	{"Sendmail, local",
		"(from root@localhost) by c.test (8.17.1/8.17.1/Submit) id 3AB "
		"for u@c.test; Fri, 1 Mar 2024 10:00:00 +0100",
		"||c.test||3AB|u@c.test|2024-03-01T09:00:00.000Z"},
	{"Exim",
		"from a.test ([192.0.2.1] helo=b.test) by c.test with esmtps "
		"(TLS1.3) tls TLS_AES_256_GCM_SHA384 (Exim 4.96) "
		"(envelope-from <s@a.test>) id 1qAbCd-000XyZ-01 for "
		"u@c.test; Fri, 01 Mar 2024 10:00:00 +0000",
		"a.test|192.0.2.1|c.test|esmtps (TLS1.3) tls "
		"TLS_AES_256_GCM_SHA384|1qAbCd-000XyZ-01|u@c.test|"
		"2024-03-01T10:00:00.000Z"},
	{"Exim, no name",
		"from [192.0.2.1] (port=4711 helo=[10.0.0.1]) by c.test with "
		"esmtp (Exim 4.96) id 1",
		"192.0.2.1|192.0.2.1|c.test|esmtp|1||"},
	{"Exim, HELO behind the address",
		"from a.test ([192.0.2.1]:4711 helo=[10.0.0.1]) by c.test with "
		"esmtp id 1",
		"a.test|192.0.2.1|c.test|esmtp|1||"},
	{"qmail, invoked",
		"(qmail 4711 invoked by uid 89); 1 Mar 2024 "
		"10:00:00 -0000",
		"||||||2024-03-01T10:00:00.000Z"},
	{"qmail, SMTP",
		"from unknown (HELO [10.0.0.1]) (192.0.2.1) by c.test with "
		"SMTP; 1 Mar 2024 10:00:00 -0000",
		"unknown|192.0.2.1|c.test|SMTP|||2024-03-01T10:00:00.000Z"},
	{"qmail, authenticated",
		"from b.test (HELO x) (u@192.0.2.1) by c.test with ESMTPA; "
		"1 Mar 2024 10:00:00 -0000",
		"b.test|192.0.2.1|c.test|ESMTPA|||2024-03-01T10:00:00.000Z"},
	{"Exchange Online",
		"from A.PROD.TEST (2603:10a6:20b:1::12) by B.PROD.TEST "
		"(2603:10a6:20b:2::7) with Microsoft SMTP Server "
		"(version=TLS1_2, cipher=X) id 15.20.1 via Frontend "
		"Transport; Fri, 1 Mar 2024 10:00:00 +0000",
		"A.PROD.TEST|2603:10a6:20b:1::12|B.PROD.TEST|Microsoft SMTP "
		"Server|15.20.1||2024-03-01T10:00:00.000Z"},
	{"Exchange, mapi",
		"from A.PROD.TEST ([fe80::1:2%4]) by A.PROD.TEST "
		"([fe80::1:2%4]) with mapi id 15.20.1; Fri, 1 Mar 2024 "
		"10:00:00 +0000",
		"A.PROD.TEST|fe80::1:2|A.PROD.TEST|mapi|15.20.1||"
		"2024-03-01T10:00:00.000Z"},
	{"Dovecot LMTP",
		"from mx.example.com by mail.example.com with LMTP id "
		"aBcDeFg (envelope-from <s@a.test>) for <u@example.com>; Fri, "
		"01 Mar 2024 10:00:00 +0000",
		"mx.example.com||mail.example.com|LMTP|aBcDeFg|u@example.com|"
		"2024-03-01T10:00:00.000Z"},
	{"Gmail",
		"by 2002:a05:6402:1d48:b0:4 with SMTP id x12csp34; Fri, 1 Mar "
		"2024 02:00:00 -0800 (PST)",
		"||2002|SMTP|x12csp34||2024-03-01T10:00:00.000Z"},
	{"Gmail, from outside",
		"from a.test (a.test. [192.0.2.1]) by mx.google.test with "
		"SMTPS id x12 for <u@gmail.test> (Google Transport Security); "
		"Fri, 01 Mar 2024 02:00:00 -0800 (PST)",
		"a.test|192.0.2.1|mx.google.test|SMTPS|x12|u@gmail.test|"
		"2024-03-01T10:00:00.000Z"},
	{"Courier",
		"from a.test (a.test [::ffff:192.0.2.1]) (TLS: TLSv1.3) "
		"by b.test with ESMTPS id 0000; Fri, 01 Mar 2024 "
		"10:00:00 +0000",
		"a.test|::ffff:192.0.2.1|b.test|ESMTPS|0000||"
		"2024-03-01T10:00:00.000Z"},
	{"fetchmail",
		"from pop.test [192.0.2.1] by localhost with POP3 "
		"(fetchmail-6.4) for <u@localhost> (single-drop); Fri, "
		"01 Mar 2024 10:00:00 +0000 (GMT)",
		"pop.test|192.0.2.1|localhost|POP3||u@localhost|"
		"2024-03-01T10:00:00.000Z"},
	{"several recipients",
		"by b.test for <a@b.test>, <c@b.test>; Fri, "
		"01 Mar 2024 10:00:00 +0000",
		"||b.test|||a@b.test|2024-03-01T10:00:00.000Z"},
	{"words as values", "from by by from with id id for for <a@b.test>",
		"by||from||id|a@b.test|"},
	{"a second for clause", "by b.test for <a@b.test> for <c@d.test>",
		"||b.test|||a@b.test|"},
	{"semicolon before the date",
		"from a;b by c.test with ESMTP id 1; Fri, 01 Mar 2024 10:00:00 "
		"+0000",
		"a||c.test|ESMTP|1||2024-03-01T10:00:00.000Z"},
	{"no date", "by c.test; yesterday", "||c.test||||"},
	{"nothing", "", "||||||"},
	{"nothing but opened", "((((((", "||||||"},
};

static void
check(void **state)
{
	const struct row *row = *state;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct received hop;
	struct buf got = {0};
	char at[DATE_TEXT_BYTES] = "";

	assert_true(received_parse(arena, slice_of(row->value), &hop));
	if (hop.at_ms != 0)
		date_print(hop.at_ms, at);
	buf_printf(&got, "%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%s",
		SLICE_ARG(hop.from), SLICE_ARG(hop.from_ip), SLICE_ARG(hop.by),
		SLICE_ARG(hop.with), SLICE_ARG(hop.id),
		SLICE_ARG(hop.for_address.text), at);
	assert_string_equal(buf_slice(&got).p, row->expected);
	buf_fini(&got);
	arena_free(arena);
}

int
main(void)
{
	struct rows all = {0};

	ROWS_ADD(&all, rows, check);
	return rows_run(&all, "received");
}
