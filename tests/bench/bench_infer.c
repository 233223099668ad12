/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What inference costs where a sender makes it dear: bench_infer [RECIPIENTS
 * [ADDRESSES [MARKS]]]
 *
 * One message from a stranger to as many addresses of ours in To, leaving for
 * as many recipients outside, with as many Delivered-To fields. Prints
 * microseconds; the best of a few runs. For people and for perf; nothing
 * passes or fails here.
 */
#include "forward/infer.h"
#include "mail/realm.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ARENA_BYTES (256 * 1024 * 1024)
#define RUNS 5

struct sizes {
	unsigned recipients, addresses, marks;
};

static int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void
add_header(struct message_builder *builder, struct arena *arena,
	const struct sizes *sizes)
{
	char *to = arena_bytes(arena, (size_t)sizes->addresses * 32 + 1);
	size_t len = 0;

	for (unsigned i = 0; i < sizes->marks; i++) {
		message_add_field(builder, SLICE("Delivered-To"),
			arena_printf(arena, "user%u@example.com", i));
	}
	for (unsigned i = 0; i < sizes->addresses; i++) {
		len += (size_t)snprintf(to + len, 32, "%suser%u@example.com",
			i > 0 ? ", " : "", i);
	}
	message_add_field(builder, SLICE("To"), (struct slice){to, len});
	message_add_field(
		builder, SLICE("From"), SLICE("Bob <bob@partner.example>"));
	message_add_field(builder, SLICE("Message-ID"), SLICE("<1@x>"));
}

static const struct message *
build(struct arena *arena, const struct realm *realm, const struct sizes *sizes)
{
	struct message_limits limits = {.fields = 1000,
		.field_bytes = 65536,
		.recipients = sizes->recipients,
		.addresses = sizes->addresses};
	struct client client = {.ip = SLICE("127.0.0.1")};
	struct message_builder *builder;

	builder = message_begin(arena, realm, &limits);
	message_set_client(builder, &client);
	message_set_sender(builder, SLICE("<bob@partner.example>"), NULL, 0);
	for (unsigned i = 0; i < sizes->recipients; i++) {
		message_add_recipient(builder,
			arena_printf(arena, "<drop%u@evil.example>", i), NULL,
			0);
	}
	add_header(builder, arena, sizes);
	return message_finish(builder, INT64_C(1767603600000));
}

int
main(int argc, char **argv)
{
	struct sizes sizes = {argc > 1 ? (unsigned)atoi(argv[1]) : 1000,
		argc > 2 ? (unsigned)atoi(argv[2]) : 1000,
		argc > 3 ? (unsigned)atoi(argv[3]) : 10};
	struct arena *arena = arena_new(ARENA_BYTES);
	struct realm *realm = realm_new();
	int64_t best_facts = INT64_MAX, best_infer = INT64_MAX;
	const struct flow *flows = NULL;
	struct err err = {0};

	realm_add_domain(realm, SLICE("example.com"), &err);
	realm_add_network(realm, SLICE("127.0.0.0/8"), &err);
	for (int run = 0; run < RUNS && arena != NULL; run++) {
		int64_t begun = now_us(), parsed, done;
		const struct message *message;
		struct context context;

		arena_reset(arena);
		message = build(arena, realm, &sizes);
		parsed = now_us();
		infer_begin(&context, message);
		flows = infer_flows(&context, NULL);
		done = now_us();
		if (parsed - begun < best_facts)
			best_facts = parsed - begun;
		if (done - parsed < best_infer)
			best_infer = done - parsed;
	}
	printf("%u recipients, %u addresses in To, %u fields Delivered-To\n",
		sizes.recipients, sizes.addresses, sizes.marks);
	printf("%8lld us  facts\n%8lld us  flows (the first: %u)\n",
		(long long)best_facts, (long long)best_infer,
		flows != NULL ? flows[0].confidence : 0);
	realm_free(realm);
	arena_free(arena);
	return 0;
}
