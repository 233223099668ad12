/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A header that leaves through a client of ours, with a memory of whatever it
 * refers to. Whatever it says, a flow is bound to a mailbox of ours or to
 * none, and has a kind only if it is sure enough. The first byte, a digit,
 * chooses the envelope.
 */
#include "fuzz.h"

#include "forward/confidence.h"
#include "forward/infer.h"

#define ARENA_BYTES (1 << 18)
#define IDS_MAX 8
#define MEMBERS_MAX 8

static const struct {
	const char *sender, *param, *recipient, *orcpt;
} envelopes[] = {
	{"<bob@p.example>", "", "<x@f.example>", "ORCPT=rfc822;a@example.com"},
	{"<>", "", "<x@f.example>", "NOTIFY=NEVER"},
	{"<a@example.com>", "AUTH=a@example.com", "<x@f.example>", ""},
	{"<a+caf_=x=f.example@example.com>", "", "<x@f.example>", ""},
	{"<a+SRS=h=tt=p.example=bob@example.com>", "", "<x@f.example>", ""},
	{"<news-bounces@example.com>", "", "<x@f.example>", ""},
	{"<bob@p.example>", "", "<a@example.com>", ""},
};

static size_t
field_end(struct slice s)
{
	size_t end = slice_find_byte(s, '\n', 0);

	while (end != SLICE_NONE && end + 1 < s.len &&
		(s.p[end + 1] == ' ' || s.p[end + 1] == '\t'))
		end = slice_find_byte(s, '\n', end + 1);
	return end != SLICE_NONE ? end : s.len;
}

static const struct message *
build(struct arena *arena, const struct realm *realm, unsigned way,
	struct slice rest)
{
	struct message_builder *builder = message_begin(arena, realm, NULL);
	struct client client = {.ip = SLICE("127.0.0.1")};
	struct slice param = slice_of(envelopes[way].param);
	struct slice orcpt = slice_of(envelopes[way].orcpt);

	message_set_client(builder, &client);
	message_set_sender(builder, slice_of(envelopes[way].sender), &param, 1);
	message_add_recipient(
		builder, slice_of(envelopes[way].recipient), &orcpt, 1);
	while (rest.len > 0) {
		size_t end = field_end(rest), colon;
		struct slice line = slice_sub(rest, 0, end);

		colon = slice_find_byte(line, ':', 0);
		if (colon != SLICE_NONE) {
			message_add_field(builder, slice_sub(line, 0, colon),
				slice_sub(line, colon + 1, line.len));
		}
		rest = slice_sub(rest, end + 1, rest.len);
	}
	return message_finish(builder, 100000);
}

/* Heard or not: a flow out of such an envelope may bind to nobody. What was
 * seen is not kept once memory is used up. */
static bool
shows_srs(const struct flow *flow)
{
	for (size_t i = 0; i < flow->seen_count; i++) {
		if (flow->seen[i].evidence == EVIDENCE_SRS_SENDER)
			return true;
	}
	return flow->seen_count == 0;
}

static void
check(const struct message *message, const struct flow *flow)
{
	FUZZ_ASSERT(flow->confidence <= CONFIDENCE_MAX);
	FUZZ_ASSERT((flow->kind == KIND_NONE) == (flow->confidence == 0));
	FUZZ_ASSERT((flow->kind == KIND_NONE) == (flow->evidence == 0));
	FUZZ_ASSERT(flow->kind == KIND_NONE || flow->mailbox.text.len > 0 ||
		flow->one_of > 1 || shows_srs(flow));
	FUZZ_ASSERT(flow->would_confidence >= flow->confidence);
	FUZZ_ASSERT((flow->excused_by & ~flow->exempt) == 0);
	FUZZ_ASSERT((flow->unproven & ~flow->excused_by) == 0);
	FUZZ_ASSERT(flow->mailbox.text.len == 0 ||
		realm_has_domain(message->realm, flow->mailbox.domain));
	FUZZ_ASSERT(flow->rcpt->external || flow->kind == KIND_NONE);
	for (size_t i = 0; i < flow->seen_count; i++) {
		FUZZ_ASSERT(flow->seen[i].confidence <=
				evidence_row(flow->seen[i].evidence)
					->confidence ||
			flow->seen[i].evidence == EVIDENCE_SRS_SENDER);
	}
}

static void
infer(const struct message *message)
{
	struct trace_question ids[IDS_MAX];
	struct remembered remembered = {.down = false};
	struct memory memories[IDS_MAX];
	struct trace_member got = {
		TRACE_MAILBOX, SLICE("a@example.com"), 99000};
	const struct flow *flow;
	struct context context;
	size_t i, count = trace_questions(message, ids, IDS_MAX);

	for (i = 0; i < count; i++) {
		memories[i] = (struct memory){ids[i].id, ids[i].of, &got, 1};
	}
	infer_begin(&context, message);
	flow = infer_flows(&context, NULL);
	if (flow != NULL)
		check(message, flow);
	remembered.memories = memories;
	remembered.memory_count = count;
	flow = infer_flows(&context, &remembered);
	if (flow != NULL)
		check(message, flow);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct realm *realm = realm_new();
	struct trace_member members[MEMBERS_MAX];
	const struct message *message;

	(void)realm_add_domain(realm, SLICE("example.com"), NULL);
	(void)realm_add_network(realm, SLICE("127.0.0.0/8"), NULL);
	if (size > 0) {
		message = build(arena, realm,
			(uint8_t)(data[0] - '0') %
				(sizeof(envelopes) / sizeof(*envelopes)),
			fuzz_slice(data + 1, size - 1));
		infer(message);
		FUZZ_ASSERT(trace_members(message, arena, members,
				    MEMBERS_MAX) <= MEMBERS_MAX);
	}
	realm_free(realm);
	arena_free(arena);
	return 0;
}
