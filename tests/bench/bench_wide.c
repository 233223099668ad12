/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What judging costs where a sender makes it dear:
 *
 *	bench_wide POLICIES [RECIPIENTS [ADDRESSES]]
 *
 * One forward to as many recipients outside, with as many addresses in To,
 * under the limits and policies of a configuration, the memory store, one
 * thread. Prints milliseconds (the best of a few runs) and the memory of the
 * message. For people and for perf; nothing passes or fails here.
 */
#include "../unit/settings.h"
#include "lab/eml.h"
#include "mail/realm.h"
#include "store/store_open.h"
#include "verdict/judge.h"
#include "verdict/policies.h"
#include "verdict/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define RUNS 5
#define ADDRESS_BYTES 40

struct bench {
	struct realm *realm;
	struct store *store;
	struct judge_options options;
	struct keywords *keywords;
	struct message_limits limits;
	struct arena *arena;
	struct slice to; /* one field */
	unsigned recipients;
};

struct figures {
	double facts, judge, record; /* milliseconds */
	size_t facts_bytes, judge_bytes;
	const struct verdict *verdict;
};

static double
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static struct slice
many_addresses(unsigned count)
{
	char *text = malloc((size_t)count * ADDRESS_BYTES + 1);
	size_t len = 0;

	if (text == NULL)
		abort();
	text[0] = '\0';
	for (unsigned i = 0; i < count; i++) {
		len += (size_t)snprintf(text + len, ADDRESS_BYTES,
			"%suser%u@example.com", i > 0 ? ", " : "", i);
	}
	return (struct slice){text, len};
}

static void
collect(const struct bench *b, struct message_builder *builder)
{
	const struct client client = {.ip = SLICE("127.0.0.1"),
		.name = SLICE("localhost"),
		.listener = SLICE("egress"),
		.mta = SLICE("mx.example.com")};
	const struct slice orcpt = SLICE("ORCPT=rfc822;user1@example.com");

	message_set_client(builder, &client);
	message_set_queue_id(builder, SLICE("4A1B2C3D"));
	message_set_sender(builder, SLICE("<bob@partner.example>"), NULL, 0);
	for (unsigned i = 0; i < b->recipients; i++) {
		char path[ADDRESS_BYTES];

		(void)snprintf(path, sizeof(path), "<drop%u@gmail.com>", i);
		message_add_recipient(builder, slice_of(path), &orcpt, 1);
	}
	eml_add_fields(builder,
		SLICE("Delivered-To: user1@example.com\n"
		      "From: Bob <bob@partner.example>\n"
		      "Subject: Minutes of the meeting\n"
		      "Message-ID: <1@partner.example>\n"));
	message_add_field(builder, SLICE("To"), b->to);
}

static struct figures
run_one(const struct bench *b, unsigned n)
{
	struct message_builder *builder;
	const struct message *message;
	struct figures out;
	double at[4];

	arena_reset(b->arena);
	builder = message_begin(b->arena, b->realm, &b->limits);
	collect(b, builder);
	at[0] = now_ms();
	message = message_finish(builder, INT64_C(1767603600000) + n);
	at[1] = now_ms();
	out.facts_bytes = arena_used(b->arena);
	out.verdict = judge(&b->options, b->store, message);
	out.judge_bytes = arena_used(b->arena) - out.facts_bytes;
	at[2] = now_ms();
	record_verdict(b->store, out.verdict, out.verdict->action, SLICE("{}"));
	at[3] = now_ms();
	out.facts = at[1] - at[0];
	out.judge = at[2] - at[1];
	out.record = at[3] - at[2];
	return out;
}

static void
print(const struct figures *best)
{
	const struct verdict *v = best->verdict;

	printf("%8.2f ms  facts\n%8.2f ms  judge\n%8.2f ms  record\n",
		best->facts, best->judge, best->record);
	printf("%8zu KiB of the message's memory for envelope, header, facts\n",
		best->facts_bytes / 1024);
	printf("%8zu KiB of it for judging\n", best->judge_bytes / 1024);
	printf("%8zu     flows, %zu matches, %s\n", v->flow_count,
		v->matched_count, action_name(v->would));
	for (unsigned bit = 0; bit < GAP_COUNT; bit++) {
		if (v->gaps & (1U << bit))
			printf("     gap  %s\n", message_gap_name(bit));
	}
}

static bool
open_bench(struct bench *b, const char *policies)
{
	const struct config *config = settings();
	struct sigma_options sigma = config_sigma_options(config);
	struct store_options store = config_store_options(config);
	struct diags *diags = diags_new();
	struct buf text = {0};
	struct err err = {0};

	b->realm = realm_new();
	realm_add_domain(b->realm, SLICE("example.com"), &err);
	realm_add_network(b->realm, SLICE("127.0.0.0/8"), &err);
	b->store = store_open(&store, &err);
	b->limits = config_message_limits(config);
	b->options = config_judge_options(config);
	b->options.program =
		policies_load(&policies, 1, &sigma, diags, &b->keywords);
	b->options.keywords = b->keywords;
	b->arena = arena_new((size_t)config->limit_message_bytes);
	diags_print(diags, &text);
	if (text.len > 0)
		fputs(text.p, stderr);
	buf_fini(&text);
	diags_free(diags);
	return b->options.program != NULL && b->store != NULL;
}

int
main(int argc, char **argv)
{
	struct bench b = {
		.recipients = argc > 2 ? (unsigned)atoi(argv[2]) : 1000};
	struct figures best = {0};

	if (argc < 2) {
		fputs("usage: bench_wide POLICIES [RECIPIENTS [ADDRESSES]]\n",
			stderr);
		return 2;
	}
	b.to = many_addresses(argc > 3 ? (unsigned)atoi(argv[3]) : 1000);
	if (!open_bench(&b, argv[1]))
		return 1;
	for (unsigned n = 0; n < RUNS; n++) {
		struct figures now = run_one(&b, n);

		if (n == 0 || now.judge < best.judge)
			best = now;
		best.verdict = now.verdict;
	}
	print(&best);
	store_close(b.store);
	arena_free(b.arena);
	realm_free(b.realm);
	free((char *)(uintptr_t)b.to.p);
	return 0;
}
