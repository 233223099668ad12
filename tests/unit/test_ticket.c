/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ticket in our own field: what it is good for, and the same field borne
 * by somebody else, elsewhere, once more, or over other words.
 */
#include "verdict_box.h"

#include "forward/evidence.h"
#include "rows.h"
#include "verdict/tag.h"

#include "query.h"

#define REDIRECT "<drop@evil.example> ORCPT=rfc822;alice@example.com"
#define SENDER "<bob@partner.example>"
#define DELIVERED "Delivered-To: alice@example.com\n"
#define FROM "From: Bob <bob@partner.example>\n"
#define DATE "Date: Mon, 5 Jan 2026 08:59:00 +0000\n"
#define SUBJECT "Subject: Minutes\n"
#define ID "Message-ID: <m1@partner.example>\n"
#define HEADER DELIVERED FROM DATE SUBJECT ID
#define HOP(name)                                                            \
	"Received: from " name " (" name " [203.0.113.9])\n\tby mx.example." \
	"com (Postfix) with ESMTP id AA1; Mon, 5 Jan 2026 09:00:00 +0000\n"
#define MINUTE_MS (INT64_C(60) * 1000)
/* Our own line on what went through the queue of the first listener. */
#define QUEUED                                                            \
	"Received: from mx.example.com (localhost [127.0.0.1])\n\tby mx." \
	"example.com (Postfix) with ESMTP id 4A1B2C3D; Mon, 5 Jan 2026 "  \
	"09:00:00 +0000\n"

static const char policies[] = BOX_REDIRECT_POLICY;

/* The message as it comes by once more, with the tag it got. */
struct ticket_case {
	const char *name;
	const char *before; /* above the tag: our own lines */
	const char *header; /* below it; NULL: as it was */
	const char *rcpt; /* NULL: as it was */
	const char *sender; /* NULL: as it was */
	const char *listener;
	const char *login;
	const char *tag; /* NULL: the one it got */
	const char *level; /* of the policy; NULL: high, which holds it */
	int64_t after_ms;
	unsigned used; /* times, before */
	bool good;
	unsigned forged; /* confidence of the evidence; 0: none */
};

static const struct ticket_case cases[] = {
	{.name = "at the egress", .listener = "egress", .good = true},
	{.name = "at the egress, behind the queue",
		.before = QUEUED,
		.listener = "egress",
		.good = true},
	{.name = "at a listener of the same name, behind the queue",
		.before = QUEUED,
		.listener = "mx",
		.good = true},
	{.name = "once more behind the queue: the MTA tries again",
		.before = QUEUED,
		.listener = "egress",
		.used = 1,
		.good = true},
	{.name = "at a listener of the same name",
		.listener = "mx",
		.forged = 25},
	{.name = "... where a login shows the line of our queue",
		.before = QUEUED,
		.listener = "mx",
		.login = "alice@example.com",
		.forged = 60},
	{.name = "the second time",
		.listener = "egress",
		.used = 1,
		.forged = 25},
	{.name = "the second time, by a login",
		.listener = "submission",
		.login = "alice@example.com",
		.used = 1,
		.forged = 60},
	{.name = "to another recipient",
		.rcpt = "<other@evil.example> ORCPT=rfc822;alice@example.com",
		.listener = "egress",
		.forged = 25},
	{.name = "another sender",
		.sender = "<eve@partner.example>",
		.listener = "egress",
		.forged = 25},
	{.name = "another From",
		.header =
			DELIVERED "From: eve@partner.example\n" DATE SUBJECT ID,
		.listener = "egress",
		.forged = 25},
	{.name = "another Date",
		.header = DELIVERED FROM "Date: Mon, 5 Jan 2026 08:59:01 "
					 "+0000\n" SUBJECT ID,
		.listener = "egress",
		.forged = 25},
	{.name = "another Subject above the old one",
		.header = "Subject: another\n" HEADER,
		.listener = "egress",
		.forged = 25},
	{.name = "another Message-ID",
		.header = DELIVERED FROM DATE SUBJECT
		"Message-ID: <m2@partner.example>\n",
		.listener = "egress",
		.forged = 25},
	{.name = "a stranger's line that was not there",
		.header = HOP("mail.partner.example") HEADER,
		.listener = "egress",
		.forged = 25},
	{.name = "tagged, within minutes",
		.listener = "egress",
		.level = "medium",
		.after_ms = 10 * MINUTE_MS,
		.good = true},
	{.name = "tagged, after more than that",
		.listener = "egress",
		.level = "medium",
		.after_ms = 16 * MINUTE_MS,
		.forged = 25},
	{.name = "held, and released the next day",
		.listener = "egress",
		.after_ms = 24 * 60 * MINUTE_MS,
		.good = true},
	{.name = "an id that was never given",
		.listener = "egress",
		.tag = "mx.example.com; id=0123456789abcdef",
		.forged = 25},
	{.name = "no id", .listener = "egress", .tag = "x", .forged = 25},
	{.name = "an id that was never given, by a login",
		.listener = "submission",
		.login = "alice@example.com",
		.tag = "mx.example.com; id=0123456789abcdef",
		.forged = 60},
};

static void
open_with(struct box *box, const char *level)
{
	struct buf text = {0};

	buf_printf(&text, "%s%s\n", policies, level != NULL ? level : "high");
	box_open(box, text.p, MODE_ENFORCE);
	buf_fini(&text);
}

static const struct verdict *
judge_first(struct box *box)
{
	struct slice *rcpt = arena_array(box->arena, 1, sizeof(*rcpt));
	struct letter letter = box_redirect(rcpt, REDIRECT, HEADER);

	letter.client.mta = SLICE("mx.example.com");
	letter.client.listener = SLICE("mx");
	return sandbox_judge(box->sandbox, box->arena, &letter);
}

static const char *
or_else(const char *text, const char *otherwise)
{
	return text != NULL ? text : otherwise;
}

static const struct verdict *
judge_again(struct box *box, const struct ticket_case *row, const char *tag)
{
	struct slice *rcpt = arena_array(box->arena, 1, sizeof(*rcpt));
	struct letter letter =
		box_redirect(rcpt, or_else(row->rcpt, REDIRECT), "");

	letter.header = arena_printf(box->arena, "%s" TAG_FIELD ": %s\n%s",
		or_else(row->before, ""), tag, or_else(row->header, HEADER));
	letter.mail_from = slice_of(or_else(row->sender, SENDER));
	letter.queue_id = SLICE("5B2C3D4E");
	letter.client.mta = SLICE("mx.example.com");
	letter.client.listener = slice_of(row->listener);
	if (row->login != NULL)
		letter.client.auth_user = slice_of(row->login);
	return sandbox_judge(box->sandbox, box->arena, &letter);
}

/* What the evidence is worth, counting or not; 0: there is none. */
static unsigned
forged_tag_of(const struct verdict *verdict)
{
	const struct flow *flow = &verdict->flows[0];

	for (size_t i = 0; i < flow->seen_count; i++) {
		if (flow->seen[i].evidence == EVIDENCE_FORGED_TAG)
			return flow->seen[i].confidence;
	}
	return 0;
}

static void
check_ticket(void **state)
{
	const struct ticket_case *row = *state;
	const struct verdict *first, *second;
	struct buf tag = {0};
	struct box box;

	open_with(&box, row->level);
	first = judge_first(&box);
	tag_write(first, first->action, SLICE("mx.example.com"), &tag);
	for (unsigned i = 0; i < row->used; i++)
		assert_true(judge_again(&box, row, tag.p)->again);
	sandbox_set_time(box.sandbox, BOX_AT + row->after_ms);
	second = judge_again(&box, row, or_else(row->tag, tag.p));
	assert_int_equal(second->again, row->good);
	assert_int_equal(
		second->action, row->good ? ACTION_NONE : first->action);
	assert_int_equal(forged_tag_of(second), row->forged);
	assert_int_equal(second->round_trips, 1);
	assert_int_equal(second->misfit, !row->good);
	buf_fini(&tag);
	box_close(&box);
}

static uint64_t
forwarded(struct box *box)
{
	const struct store_query asked = {
		.kind = STORE_MAILBOX, .about = SLICE("alice@example.com")};
	struct store_mailboxes boxes =
		query(sandbox_store(box->sandbox), box->arena, asked).mailboxes;

	return boxes.count > 0 ? boxes.at[0].tally[TALLY_FORWARDED] : 0;
}

/* What a mailbox sends on is counted, whatever the policies are spared: the
 * second view may be of a recipient or mailbox that the first was not of. */
static void
test_it_excuses_from_policies_alone(void **state)
{
	const struct ticket_case row = {.listener = "egress"};
	const struct verdict *first, *second;
	struct buf tag = {0};
	struct box box;

	(void)state;
	open_with(&box, NULL);
	first = judge_first(&box);
	tag_write(first, first->action, SLICE("mx.example.com"), &tag);
	assert_int_equal(forwarded(&box), 1);
	second = judge_again(&box, &row, tag.p);
	assert_true(second->again);
	assert_true(flow_is_forward(second->flow));
	assert_int_equal(second->matched_count, 0);
	assert_int_equal(second->id.len, 0);
	assert_int_equal(forwarded(&box), 1);
	buf_fini(&tag);
	box_close(&box);
}

/* 10,500 fields of our name made Postfix's cleanup give up. */
static void
test_many_forged_tags_are_refused(void **state)
{
	const enum mode modes[] = {MODE_ENFORCE, MODE_OBSERVE};
	const enum action wanted[] = {ACTION_REJECT, ACTION_LOG};
	struct buf header = {0};

	(void)state;
	for (size_t i = 0; i <= VERDICT_TAGS_MAX; i++)
		buf_puts(&header, TAG_FIELD ": x\n");
	buf_puts(&header, "From: bob@partner.example\nMessage-ID: <1@x>\n");
	for (size_t i = 0; i < 2; i++) {
		struct slice rcpt;
		struct letter letter =
			box_redirect(&rcpt, "<alice@example.com>", header.p);
		const struct verdict *verdict;
		struct box box;

		box_open(&box, NULL, modes[i]);
		verdict = sandbox_judge(box.sandbox, box.arena, &letter);
		assert_true(verdict->forged);
		assert_int_equal(verdict->action, wanted[i]);
		assert_int_equal(verdict->would, ACTION_REJECT);
		assert_int_equal(verdict->id.len, 16);
		box_close(&box);
	}
	buf_fini(&header);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_excuses_from_policies_alone),
		cmocka_unit_test(test_many_forged_tags_are_refused),
	};
	struct rows all = {NULL, 0};

	ROWS_ADD(&all, cases, check_ticket);
	ROWS_TESTS(&all, tests);
	return rows_run(&all, "ticket");
}
