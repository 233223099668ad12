/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long one message of 26 header fields takes from message_begin() to
 * message_finish(): bench_message [ROUNDS]. Prints nanoseconds a message, and
 * those of one identity and of one field lookup.
 */
#include "mail/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ARENA_BYTES (1 << 20)
#define ROUNDS 100000

static const struct {
	const char *name, *value;
} header[] = {
	{"Received",
		" by mx.example.com (Postfix)\n\tid 88DB3AA04DC; Thu, 26 Aug "
		"2021 09:46:03 -0400 (EDT)"},
	{"Delivered-To", " alice@example.com"},
	{"Received",
		" from mail.partner.test (mail.partner.test [192.0.2.7])\n"
		"\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 "
		"bits))\n\t(No client certificate requested)\n\tby "
		"mx.example.com (Postfix) with ESMTPS id 4Qk2Zl1BcZz9sTD\n"
		"\tfor <alice@example.com>; Thu, 26 Aug 2021 09:46:02 -0400 "
		"(EDT)"},
	{"Received",
		" from [192.0.2.11] (unknown [192.0.2.11])\n\tby "
		"mail.partner.test (Postfix) with ESMTPSA id 4Qk2Zk5Q6Xz;\n"
		"\tThu, 26 Aug 2021 13:46:01 +0000 (UTC)"},
	{"DKIM-Signature",
		" v=1; a=rsa-sha256; c=relaxed/relaxed; d=partner.test;\n"
		"\ts=mail; t=1795210000; h=from:to:subject:date;\n"
		"\tbh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\n"
		"\tb=GdAbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOp\n"
		"\tIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz01\n"
		"\tAbCdEfGhIjKlMnOpQrStUv=="},
	{"Authentication-Results",
		" mx.example.com; dkim=pass header.d=partner.test;\n"
		"\tspf=pass smtp.mailfrom=bob@partner.test"},
	{"From", " Bob Partner <bob@partner.test>"},
	{"To", " \"Doe, Alice\" <alice@example.com>"},
	{"Cc", " carol@example.com, Dan <dan@partner.test>"},
	{"Subject", " =?utf-8?Q?Gr=C3=BC=C3=9Fe?= and the figures"},
	{"Message-ID", " <20210826134601.4711@partner.test>"},
	{"Date", " Thu, 26 Aug 2021 15:46:01 +0200"},
	{"MIME-Version", " 1.0"},
	{"Content-Type",
		" multipart/alternative;\n\tboundary=\"----=_Part_4711\""},
	{"Content-Language", " en-GB"},
	{"X-Mailer", " Mozilla Thunderbird"},
	{"Thread-Topic", " Greetings and the figures"},
	{"Accept-Language", " en-GB, en-US"},
	{"X-Originating-IP", " [198.51.100.23]"},
	{"X-MS-Has-Attach", " yes"},
	{"X-Spam-Status",
		" No, score=-2.1 required=6.2 tests=[BAYES_00=-1.9,\n"
		"\tDKIM_SIGNED=0.1, DKIM_VALID=-0.1] autolearn=ham"},
	{"X-Spam-Score", " -2.1"},
	{"X-Virus-Scanned", " clean"},
	{"List-Unsubscribe", " <mailto:leave@partner.test>"},
	{"References", " <a@partner.test>\n\t<b@example.com>"},
	{"In-Reply-To", " <b@example.com>"},
};
#define FIELDS (sizeof(header) / sizeof(*header))

static const struct message *
build(struct arena *arena, const struct realm *realm)
{
	static const struct client client = {
		.ip = {"127.0.0.1", 9},
		.name = {"localhost", 9},
		.helo = {"mx.example.com", 14},
		.listener = {"egress", 6},
		.mta = {"mx.example.com", 14},
	};
	const struct slice size[] = {SLICE("SIZE=48213")};
	const struct slice orcpt[] = {SLICE("ORCPT=rfc822;alice@example.com")};
	struct message_builder *builder = message_begin(arena, realm, NULL);

	message_set_client(builder, &client);
	message_set_sender(builder, SLICE("<bob@partner.test>"), size, 1);
	message_add_recipient(builder, SLICE("<drop@free.test>"), orcpt, 1);
	for (size_t i = 0; i < FIELDS; i++) {
		message_add_field(builder, slice_of(header[i].name),
			slice_of(header[i].value));
	}
	message_set_queue_id(builder, SLICE("4Qk2Zl1BcZz9sTD"));
	return message_finish(builder, 0);
}

static double
now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static void
report(const char *what, double since, long rounds)
{
	printf("%-24s %8.0f ns\n", what, (now_ns() - since) / (double)rounds);
}

int
main(int argc, char **argv)
{
	long i, rounds = argc > 1 ? atol(argv[1]) : ROUNDS;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct realm *realm = realm_new();
	const struct message *message;
	size_t used = 0, found = 0;
	double start;

	(void)realm_add_domain(realm, SLICE("example.com"), NULL);
	(void)realm_add_network(realm, SLICE("127.0.0.0/8"), NULL);
	start = now_ns();
	for (i = 0; i < rounds; i++) {
		arena_reset(arena);
		message = build(arena, realm);
		used = arena_used(arena);
	}
	report("message of 26 fields", start, rounds);
	message = build(arena, realm);
	start = now_ns();
	for (i = 0; i < rounds; i++) {
		found += message_first_named(
				 message, SLICE("X-Forwarded-To")) != NULL;
	}
	report("lookup of a field", start, rounds);
	start = now_ns();
	for (i = 0; i < rounds; i++) {
		arena_reset(arena);
		message = build(arena, realm);
		found += message_identity(message, message->rcpts).len == 0;
	}
	report("message and identity", start, rounds);
	printf("%-24s %8zu bytes\n", "arena", used);
	realm_free(realm);
	arena_free(arena);
	return found == 0 ? 0 : 1;
}
