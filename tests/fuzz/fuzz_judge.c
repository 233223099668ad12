/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A whole message through the judge. Its first line is the envelope sender,
 * its second the recipient with its parameters, the rest is the header.
 * Whatever it says: the event is one bounded line of printable ASCII, the tag
 * can end neither its line nor its field, and a message without an external
 * recipient waits for nothing.
 */
#include "../unit/settings.h"
#include "fuzz.h"

#include "lab/sandbox.h"
#include "verdict/event.h"
#include "verdict/policies.h"
#include "verdict/tag.h"

#include <stdlib.h>

#define ARENA_BYTES (1 << 20)
#define BEGIN_MS INT64_C(1767603600000)
#define LINE_BYTES_MAX 998 /* RFC 5322 section 2.1.1 */

static const char policies[] =
	"title: Any forward\nname: any\n"
	"logsource: {category: email, product: forwarden}\n"
	"detection:\n"
	"  selection: {rcpt.external: true}\n"
	"  subject: {email.subject|re|i: '(a|b)+c'}\n"
	"  header: {header.x-a|contains: b}\n"
	"  condition: selection or subject or header\n"
	"level: high\n"
	"---\n"
	"title: Two of them\nname: two\n"
	"correlation:\n"
	"  type: value_count\n  rules: [any]\n  group-by: [rcpt.address]\n"
	"  timespan: 1h\n  condition: {field: email.subject, gte: 2}\n"
	"generate: true\nlevel: critical\n";

struct box {
	struct realm *realm;
	struct sandbox *sandbox;
	struct arena *arena;
};

static void
box_open(struct box *box)
{
	struct sandbox_options options = {
		.judge = config_judge_options(settings()),
		.limits = config_message_limits(settings()),
		.store = config_store_options(settings()),
		.at_ms = BEGIN_MS,
	};
	struct sigma_options sigma = config_sigma_options(settings());
	struct diags *diags = diags_new();
	struct err err;

	box->realm = realm_new();
	FUZZ_ASSERT(realm_add_domain(box->realm, SLICE("example.com"), &err));
	options.judge.program =
		sigma_program_parse("fuzz", slice_of(policies), &sigma, diags);
	FUZZ_ASSERT(options.judge.program != NULL);
	options.judge.respond.mode = MODE_ENFORCE;
	options.realm = box->realm;
	box->sandbox = sandbox_new(&options, &err);
	box->arena = arena_new(ARENA_BYTES);
	diags_free(diags);
}

static void
check_printable(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		FUZZ_ASSERT(text.p[i] == '\t' ||
			(text.p[i] >= 0x20 && text.p[i] < 0x7f));
	}
}

static void
check_tag(const struct verdict *verdict)
{
	struct buf tag = {0};
	struct slice rest, line;
	bool first = true;

	tag_write(verdict, verdict->action, SLICE("mx.example.com"), &tag);
	rest = buf_slice(&tag);
	while (slice_next(&rest, '\n', &line)) {
		FUZZ_ASSERT(line.len < LINE_BYTES_MAX);
		FUZZ_ASSERT(first || line.p[0] == '\t');
		check_printable(line);
		first = false;
	}
	if (verdict->id.len > 0) {
		struct slice id;

		FUZZ_ASSERT(tag_find_id(buf_slice(&tag), &id));
		FUZZ_ASSERT(slice_equal(id, verdict->id));
	}
	buf_fini(&tag);
}

static void
check_event(const struct verdict *verdict)
{
	struct buf event = {0};

	FUZZ_ASSERT(event_write(verdict, verdict->action, &event));
	FUZZ_ASSERT(event.len > 0 && event.len < EVENT_BYTES_MAX);
	check_printable(buf_slice(&event));
	buf_fini(&event);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct box box;
	struct slice rest = fuzz_slice(data, size), rcpt = SLICE("");
	struct letter letter = {.client = {.ip = SLICE("127.0.0.1")},
		.mail_from = SLICE(""),
		.rcpts = &rcpt,
		.rcpt_count = 1};
	const struct verdict *verdict;

	if (box.sandbox == NULL)
		box_open(&box);
	arena_reset(box.arena);
	(void)slice_next(&rest, '\n', &letter.mail_from);
	(void)slice_next(&rest, '\n', &rcpt);
	letter.header = slice_is_absent(rest) ? SLICE("") : rest;
	verdict = sandbox_judge(box.sandbox, box.arena, &letter);
	if (verdict == NULL || verdict->message == NULL)
		return 0;
	FUZZ_ASSERT(verdict->round_trips <= 2);
	FUZZ_ASSERT(verdict->message->rcpt_external > 0 ||
		verdict->round_trips == 0);
	check_tag(verdict);
	check_event(verdict);
	return 0;
}
