/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What judging costs: bench_judge POLICIES [MESSAGES]
 *
 * The mix of a mail server (of ten messages seven come in, two go out, one is
 * a forward), 26 header fields each, the memory store, one thread. Prints
 * nanoseconds a message for each part and for the whole. For people and for
 * perf; nothing passes or fails here.
 */
#include "../unit/settings.h"
#include "base/clock.h"
#include "lab/eml.h"
#include "mail/realm.h"
#include "store/store_open.h"
#include "verdict/judge.h"
#include "verdict/policies.h"
#include "verdict/record.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MIX 10
#define ARENA_BYTES (1024 * 1024)

enum part {
	PART_COLLECT,
	PART_FACTS,
	PART_JUDGE,
	PART_RECORD,
	PART_COUNT
};

static const char *const part_names[PART_COUNT] = {
	"collect (copy the envelope and the header)",
	"facts (parse)",
	"judge (recall, infer, policies, notes)",
	"record (trace, counters)",
};

enum kind_of_mail {
	MAIL_IN,
	MAIL_OUT,
	MAIL_FORWARD
};

static const enum kind_of_mail mix[MIX] = {MAIL_IN, MAIL_IN, MAIL_OUT, MAIL_IN,
	MAIL_IN, MAIL_FORWARD, MAIL_IN, MAIL_OUT, MAIL_IN, MAIL_IN};

static const char head[] =
	"Received: from mail.partner.example (mail.partner.example "
	"[203.0.113.9])\n\tby mx.example.com (Postfix) with ESMTPS id "
	"4A1B2C3D\n\tfor <alice@example.com>; Mon, 5 Jan 2026 08:59:57 "
	"+0000 (UTC)\n"
	"Received: from desk (unknown [10.9.8.7])\n\tby "
	"mail.partner.example (Postfix) with ESMTPSA id 9Z8Y7X; Mon, 5 Jan "
	"2026 08:59:55 +0000\n"
	"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; "
	"d=partner.example;\n\ts=s1; t=1767603595; h=from:to:subject;\n\t"
	"bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\n\tb=abcdefghijkl"
	"mnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789\n"
	"MIME-Version: 1.0\n"
	"Content-Type: multipart/alternative; boundary=\"=_xyz\"\n"
	"Content-Transfer-Encoding: 8bit\n"
	"Date: Mon, 5 Jan 2026 08:59:55 +0000\n"
	"X-Mailer: Mailer 16.0\nX-Priority: 3\nImportance: normal\n"
	"Thread-Topic: Minutes\nAccept-Language: en-US, de-DE\n"
	"Content-Language: en-US\nX-Originating-IP: [10.9.8.7]\n"
	"X-Spam-Status: No, score=-1.2\nX-Spam-Level: \n"
	"X-Virus-Scanned: yes\nUser-Agent: Mailer/16.0\n"
	"Authentication-Results: mx.partner.example; dkim=none\n"
	"X-Custom-One: 1\nX-Custom-Two: 2\n";

struct bench {
	struct realm *realm;
	struct store *store;
	struct judge_options options;
	struct keywords *keywords;
	struct arena *arena;
	int64_t ns[PART_COUNT];
	int64_t kind_ns[3];
	size_t actions[ACTION_COUNT];
};

static void
set_client(struct message_builder *builder, enum kind_of_mail kind)
{
	struct client client = {.ip = SLICE("203.0.113.9"),
		.name = SLICE("mail.partner.example"),
		.helo = SLICE("mail.partner.example"),
		.mta = SLICE("mx.example.com")};

	if (kind == MAIL_OUT) {
		client.ip = SLICE("10.0.0.7");
		client.auth_user = SLICE("alice");
	} else if (kind == MAIL_FORWARD) {
		client.ip = SLICE("127.0.0.1");
		client.listener = SLICE("egress");
	}
	message_set_client(builder, &client);
}

__attribute__((format(printf, 3, 4))) static void
add_text(
	struct message_builder *builder, const char *name, const char *fmt, ...)
{
	char text[160];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	message_add_field(
		builder, slice_of(name), (struct slice){text, (size_t)len});
}

static void
set_envelope(
	struct message_builder *builder, enum kind_of_mail kind, unsigned n)
{
	char box[64], orcpt[80];
	struct slice param;

	snprintf(box, sizeof(box), "<user%u@example.com>", n % 5000);
	snprintf(orcpt, sizeof(orcpt), "ORCPT=rfc822;user%u@example.com",
		n % 5000);
	param = slice_of(orcpt);
	if (kind == MAIL_IN) {
		message_set_sender(
			builder, SLICE("<bob@partner.example>"), NULL, 0);
		message_add_recipient(builder, slice_of(box), NULL, 0);
	} else if (kind == MAIL_OUT) {
		message_set_sender(builder, slice_of(box), NULL, 0);
		message_add_recipient(
			builder, SLICE("<bob@partner.example>"), NULL, 0);
	} else {
		message_set_sender(
			builder, SLICE("<bob@partner.example>"), NULL, 0);
		message_add_recipient(
			builder, SLICE("<drop@gmail.com>"), &param, 1);
	}
}

static void
add_header(struct message_builder *builder, enum kind_of_mail kind, unsigned n)
{
	const char *side = kind == MAIL_OUT ? "example.com" : "partner.example";
	unsigned box = n % 5000;

	if (kind == MAIL_FORWARD)
		add_text(builder, "Delivered-To", "user%u@example.com", box);
	eml_add_fields(builder, SLICE(head));
	if (kind == MAIL_OUT) {
		add_text(builder, "From", "User <user%u@example.com>", box);
		add_text(builder, "To", "Bob <bob@partner.example>");
	} else {
		add_text(builder, "From", "Bob <bob@partner.example>");
		add_text(builder, "To", "User <user%u@example.com>", box);
	}
	add_text(builder, "Message-ID", "<%u.x@%s>", n, side);
	add_text(builder, "Subject", "Minutes of the meeting number %u", n);
}

static int64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void
run_one(struct bench *b, unsigned n)
{
	enum kind_of_mail kind = mix[n % MIX];
	struct message_builder *builder;
	const struct message *message;
	const struct verdict *verdict;
	int64_t at[PART_COUNT + 1];

	arena_reset(b->arena);
	at[PART_COLLECT] = now_ns();
	builder = message_begin(b->arena, b->realm, NULL);
	set_client(builder, kind);
	set_envelope(builder, kind, n);
	add_header(builder, kind, n);
	message_set_queue_id(builder, SLICE("4A1B2C3D"));
	at[PART_FACTS] = now_ns();
	message = message_finish(builder, INT64_C(1767603600000) + n * 20);
	at[PART_JUDGE] = now_ns();
	verdict = judge(&b->options, b->store, message);
	at[PART_RECORD] = now_ns();
	record_verdict(b->store, verdict, verdict->action, (struct slice){0});
	at[PART_COUNT] = now_ns();
	for (int i = 0; i < PART_COUNT; i++)
		b->ns[i] += at[i + 1] - at[i];
	b->kind_ns[kind] += at[PART_COUNT] - at[PART_FACTS];
	b->actions[verdict->would]++;
}

static bool
open_bench(struct bench *b, const char *policies)
{
	struct diags *diags = diags_new();
	struct sigma_options sigma = config_sigma_options(settings());
	struct store_options store = config_store_options(settings());
	struct buf text = {0};
	struct err err = {0};

	b->realm = realm_new();
	realm_add_domain(b->realm, SLICE("example.com"), &err);
	realm_add_network(b->realm, SLICE("127.0.0.0/8"), &err);
	realm_add_network(b->realm, SLICE("10.0.0.0/8"), &err);
	b->store = store_open(&store, &err);
	b->options = config_judge_options(settings());
	b->options.program =
		policies_load(&policies, 1, &sigma, diags, &b->keywords);
	b->options.keywords = b->keywords;
	b->arena = arena_new(ARENA_BYTES);
	if (b->options.program == NULL) {
		diags_print(diags, &text);
		fputs(text.p, stderr);
	}
	buf_fini(&text);
	diags_free(diags);
	return b->options.program != NULL && b->store != NULL;
}

static void
print(const struct bench *b, unsigned count)
{
	static const char *const kinds[] = {"in", "out", "forward"};
	static const unsigned shares[] = {7, 2, 1};
	int64_t whole = 0;

	for (int i = 0; i < PART_COUNT; i++) {
		printf("%8lld ns  %s\n", (long long)b->ns[i] / count,
			part_names[i]);
	}
	for (int i = PART_FACTS; i < PART_COUNT; i++)
		whole += b->ns[i];
	printf("%8lld ns  facts, judge and record\n", (long long)whole / count);
	for (int i = 0; i < 3; i++) {
		printf("%8lld ns  ... of mail %s\n",
			(long long)b->kind_ns[i] * MIX / (count * shares[i]),
			kinds[i]);
	}
	for (int i = 0; i < ACTION_COUNT; i++) {
		if (b->actions[i] > 0) {
			printf("%8zu     %s\n", b->actions[i],
				action_name((enum action)i));
		}
	}
}

int
main(int argc, char **argv)
{
	unsigned count = argc > 2 ? (unsigned)atoi(argv[2]) : 200000;
	struct bench b = {0};

	if (argc < 2 || count < MIX) {
		fputs("usage: bench_judge POLICIES [MESSAGES]\n", stderr);
		return 2;
	}
	if (!open_bench(&b, argv[1]))
		return 1;
	for (unsigned n = 0; n < count; n++)
		run_one(&b, n);
	print(&b, count);
	store_close(b.store);
	arena_free(b.arena);
	realm_free(b.realm);
	return 0;
}
