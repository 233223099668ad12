/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a delivery leaves is recognised when the message leaves again, also
 * by a store that never sees an address.
 */
#include "rows.h"
#include "verdict_box.h"

#include "forward/infer.h"
#include "mail/path.h"
#include "verdict/keep.h"
#include "verdict/naming.h"

#define HASH_KEY SLICE("0123456789abcdef0123456789abcdef")
#define RCPTS_MAX 8
#define SAME_ID "Message-ID: <m1@partner.example>\n"
#define FROM_BOB "From: Bob <bob@partner.example>\n"
#define FROM_ALICE "From: Alice <alice@example.com>\n"
#define REPLY \
	"Message-ID: <r1@example.com>\nIn-Reply-To: <m1@partner.example>\n"
#define PARENT                           \
	"Message-ID: <f1@example.com>\n" \
	"X-Forwarded-Message-Id: <m1@partner.example>\n"

struct leaving {
	const char *name;
	const char *delivered; /* to whom, in angle brackets, by blanks */
	const char *sender, *to, *login, *header;
	uint64_t evidence; /* of the store, that must count */
	const char *mailbox; /* ... and whose it is */
	unsigned exempt;
};

#define BIT(name) (UINT64_C(1) << EVIDENCE_##name)
#define STORE_BITS                                          \
	(BIT(SAME_MESSAGE_ID) | BIT(FORWARDED_MESSAGE_ID) | \
		BIT(THREAD_INDEX) | BIT(MACHINE_SPEED))
#define SAME_SOON (BIT(SAME_MESSAGE_ID) | BIT(MACHINE_SPEED))
#define PARENT_SOON (BIT(FORWARDED_MESSAGE_ID) | BIT(MACHINE_SPEED))
#define BOB "<bob@partner.example>"
#define DROP "<drop@evil.example>"
#define ALICE "<alice@example.com>"

static const struct leaving rows[] = {
	{"named by To", ALICE, BOB, DROP, NULL,
		FROM_BOB "To: alice@example.com\n" SAME_ID, SAME_SOON,
		"alice@example.com", 0},
	{"named by Delivered-To", ALICE, BOB, DROP, NULL,
		"Delivered-To: alice@example.com\n" FROM_BOB SAME_ID, SAME_SOON,
		"alice@example.com", 0},
	{"named by our Received line", ALICE, BOB, DROP, NULL,
		"Received: from mx.partner.example ([192.0.2.1])\n"
		"\tby mx.example.com with ESMTP id 1\n"
		"\tfor <alice@example.com>; Mon, 5 Jan 2026 09:00:00 "
		"+0000\n" FROM_BOB SAME_ID,
		SAME_SOON, "alice@example.com", 0},
	{"named by ORCPT", ALICE, BOB, DROP " ORCPT=rfc822;alice@example.com",
		NULL, FROM_BOB SAME_ID, SAME_SOON, "alice@example.com", 0},
	{"named by the login", ALICE, BOB, DROP, "alice@example.com",
		FROM_BOB SAME_ID, SAME_SOON, "alice@example.com", 0},
	{"named by the envelope", ALICE, ALICE, DROP, NULL, FROM_BOB SAME_ID,
		SAME_SOON, "alice@example.com", 0},
	{"one of five that got it",
		"<a@example.com> <b@example.com> <c@example.com> "
		"<d@example.com> <e@example.com>",
		BOB, DROP, NULL, FROM_BOB "To: e@example.com\n" SAME_ID,
		SAME_SOON, "", 0},
	{"its author got the parent", ALICE, ALICE, DROP, NULL,
		FROM_ALICE PARENT, PARENT_SOON, "alice@example.com", 0},
	{"a reply to a participant", ALICE, ALICE, BOB, NULL, FROM_ALICE REPLY,
		0, "", EXEMPT_REPLY},
};

static const struct verdict *
judge_one(struct box *box, const char *sender, const char *to,
	const char *login, const char *header)
{
	struct slice rcpts[RCPTS_MAX], rest = slice_of(to), word;
	struct letter letter;

	letter = box_redirect(&rcpts[0], to, header);
	letter.mail_from = slice_of(sender);
	letter.rcpts = rcpts;
	if (login != NULL)
		letter.client.auth_user = slice_of(login);
	if (strstr(to, "> <") != NULL) {
		letter.rcpt_count = 0;
		while (slice_next(&rest, ' ', &word))
			rcpts[letter.rcpt_count++] = word;
	}
	return sandbox_judge(box->sandbox, box->arena, &letter);
}

static void
check_row(const struct leaving *row, struct slice hash_key)
{
	const struct flow *flow;
	struct box box;

	box_open_with_key(&box, NULL, MODE_OBSERVE, hash_key);
	assert_non_null(
		judge_one(&box, BOB, row->delivered, NULL, FROM_BOB SAME_ID));
	sandbox_set_time(box.sandbox, BOX_AT + 1000);
	flow = judge_one(&box, row->sender, row->to, row->login, row->header)
		       ->flows;
	assert_int_equal(flow->evidence & STORE_BITS, row->evidence);
	assert_int_equal(flow->exempt, row->exempt);
	if (!slice_equal(flow->mailbox.text, slice_of(row->mailbox)))
		fail_msg("mailbox %.*s", SLICE_ARG(flow->mailbox.text));
	box_close(&box);
}

static void
test_named(void **state)
{
	check_row(*state, (struct slice){0});
}

static void
test_hashed(void **state)
{
	check_row(*state, HASH_KEY);
}

/* Without a key the store names a mailbox that the message does not; with
 * one it cannot, and its hash is taken for none. */
static void
check_unnamed(struct slice hash_key, uint64_t evidence, const char *mailbox)
{
	const struct flow *flow;
	struct box box;

	box_open_with_key(&box, NULL, MODE_OBSERVE, hash_key);
	assert_non_null(judge_one(
		&box, BOB, "<carol@example.com>", NULL, FROM_BOB SAME_ID));
	flow = judge_one(&box, BOB, DROP, NULL,
		FROM_BOB "To: alice@example.com\n" SAME_ID)
		       ->flows;
	assert_int_equal(flow->evidence & STORE_BITS, evidence);
	assert_true(slice_equal(flow->mailbox.text, slice_of(mailbox)));
	box_close(&box);
}

static void
test_whom_it_does_not_name(void **state)
{
	(void)state;
	check_unnamed((struct slice){0}, SAME_SOON, "carol@example.com");
}

static void
test_whom_nobody_names(void **state)
{
	(void)state;
	check_unnamed(HASH_KEY, 0, "alice@example.com");
}

/* What is kept of who took part, and how a message that names them has it
 * back; where names are hidden, who is not named has none. */
static const struct kept {
	enum trace_role role;
	const char *who;
	const char *hidden; /* with a key: NULL: the member is left out; "?":
			     * some name that is nobody's */
} kept[] = {
	{TRACE_MAILBOX, "alice@example.com", "alice@example.com"},
	{TRACE_MAILBOX, "carol@example.com", ""},
	{TRACE_PARTICIPANT, "<drop@evil.example>", "<drop@evil.example>"},
	{TRACE_PARTICIPANT, "<eve@evil.example>", "?"},
	{TRACE_AUTHOR, "<bob@partner.example>", "<bob@partner.example>"},
	{TRACE_CLIENT, "192.0.2.1", "192.0.2.1"},
	{TRACE_CLIENT, "2001:db8::1", NULL},
	{TRACE_LOGIN, "scanner", "scanner"},
	{TRACE_LOGIN, "uid:1000", "?"},
	{TRACE_LOGIN, "alice@example.com", "alice@example.com"},
	{TRACE_CLAIMED, "alice@example.com", "alice@example.com"},
	{TRACE_CLAIMED, "carol@example.com", NULL},
	{TRACE_CUT, "-", "-"},
};
#define KEPT_COUNT (sizeof(kept) / sizeof(kept[0]))

/* In angle brackets: of the address, the hash. */
static struct slice
who_of(struct arena *arena, const char *who)
{
	struct address address;

	if (who[0] != '<')
		return slice_of(who);
	assert_true(path_parse(arena, slice_of(who), &address));
	return trace_hash(arena, &address);
}

static void
check_member(struct naming *naming, const struct kept *row, bool hidden)
{
	struct arena *arena = naming->context->message->arena;
	const char *who = hidden ? row->hidden : row->who;
	struct trace_member member = {row->role, who_of(arena, row->who), 0};
	struct trace_member back[KEEP_ROLES_MAX];
	struct slice text = keep_encode(arena, &member), inner;

	inner = store_name(naming->store, arena, slice_sub(text, 1, text.len));
	text = arena_printf(arena, "%c%.*s", text.p[0], SLICE_ARG(inner));
	assert_int_equal(keep_decode(text, back), 1);
	assert_int_equal(back[0].role, row->role);
	assert_int_equal(naming_recognise(naming, &back[0]), who != NULL);
	if (who == NULL)
		return;
	if (strcmp(who, "?") == 0) {
		assert_false(slice_equal(back[0].who, member.who));
		assert_true(back[0].who.len > 0);
	} else if (!slice_equal(back[0].who, who_of(arena, who))) {
		fail_msg("%s: %.*s", row->who, SLICE_ARG(back[0].who));
	}
}

static void
check_kept(struct slice hash_key)
{
	struct slice rcpt;
	struct letter letter;
	struct context context;
	struct naming naming;
	struct box box;

	box_open_with_key(&box, NULL, MODE_OBSERVE, hash_key);
	letter = box_redirect(&rcpt, DROP,
		"Received: from a ([192.0.2.1]) by mx.example.com with ESMTP "
		"id 1; Mon, 5 Jan 2026 09:00:00 +0000\n" FROM_BOB
		"To: alice@example.com\n" SAME_ID);
	letter.client.auth_user = SLICE("scanner");
	infer_begin(&context, sandbox_message(box.sandbox, box.arena, &letter));
	naming_begin(&naming, &context, sandbox_store(box.sandbox));
	for (size_t i = 0; i < KEPT_COUNT; i++)
		check_member(&naming, &kept[i], hash_key.len > 0);
	box_close(&box);
}

static void
test_kept(void **state)
{
	(void)state;
	check_kept((struct slice){0});
}

static void
test_kept_hidden(void **state)
{
	(void)state;
	check_kept(HASH_KEY);
}

/* The author as a rule took part: he is kept once. */
static void
test_author_who_took_part(void **state)
{
	struct trace_member back[KEEP_ROLES_MAX];

	(void)state;
	assert_int_equal(keep_decode(SLICE("B@3c1f"), back), 2);
	assert_int_equal(back[0].role, TRACE_PARTICIPANT);
	assert_int_equal(back[1].role, TRACE_AUTHOR);
	assert_true(slice_equal(back[0].who, SLICE("3c1f")));
	assert_true(slice_equal(back[1].who, SLICE("3c1f")));
	assert_int_equal(keep_decode(SLICE("B"), back), 0);
	assert_int_equal(keep_decode(SLICE("?@3c1f"), back), 0);
}

static struct slice
key_of(struct arena *arena, const char *id, enum memory_of of)
{
	const struct trace_question question = {slice_of(id), of};

	return keep_trace_key(arena, &question);
}

/* A sender writes into his Message-ID what he likes: it is the key of nothing
 * else. */
static void
test_keys_of_kinds(void **state)
{
	static const char *const texts[] = {"queue:mx.example.com/4A1B",
		"subject:minutesmeeting", "thread:01d7", "judged:01d7"};
	struct arena *arena = arena_new(1 << 16);

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct slice own = key_of(arena, texts[i], MEMORY_OWN);

		assert_int_equal(own.len, 32);
		assert_true(slice_equal(
			own, key_of(arena, texts[i], MEMORY_REFERENCE)));
		assert_false(slice_equal(
			own, key_of(arena, texts[i], MEMORY_QUEUE)));
		assert_false(slice_equal(
			own, key_of(arena, texts[i], MEMORY_SUBJECT)));
		assert_false(slice_equal(
			own, keep_judged_key(arena, SLICE("01d7"))));
	}
	assert_true(slice_equal(
		key_of(arena, texts[0], MEMORY_QUEUE), slice_of(texts[0])));
	arena_free(arena);
}

/* Who becomes a person; the same words by a stranger make nobody one. */
static const struct written {
	const char *name, *ip, *login, *sender, *header;
	const char *person; /* "": nobody */
} written[] = {
	{"a login", "10.0.0.9", "alice@example.com", ALICE, FROM_ALICE,
		"alice@example.com"},
	{"a login, for another", "10.0.0.9", "alice@example.com",
		"<list@example.com>", "From: list@example.com\n",
		"alice@example.com"},
	{"a login without a domain", "192.0.2.9", "alice", ALICE, FROM_ALICE,
		"alice@example.com"},
	{"a login that is not a mailbox", "10.0.0.9", "scanner", ALICE,
		FROM_ALICE, ""},
	{"a login with a detail", "10.0.0.9", "alice+phone@example.com", ALICE,
		FROM_ALICE, "alice@example.com"},
	{"an author in the local network", "10.0.0.9", NULL, ALICE, FROM_ALICE,
		"alice@example.com"},
	{"an author on the machine", NULL, NULL, ALICE, FROM_ALICE,
		"alice@example.com"},
	{"a stranger", "192.0.2.9", NULL, ALICE, FROM_ALICE, ""},
	{"a stranger's mail on its way", "10.0.0.9", NULL, ALICE,
		"Received: from a ([192.0.2.9]) by mx.example.com with ESMTP "
		"id 1; Mon, 5 Jan 2026 09:00:00 +0000\n" FROM_ALICE,
		""},
	{"a server of lists", "10.0.0.9", NULL, "<list-bounces@example.com>",
		"From: list@example.com\n", ""},
	{"a server of lists, as its author", "10.0.0.9", NULL,
		"<list@example.com>",
		"From: list@example.com\nList-Id: <list.example.com>\n", ""},
};
#define WRITTEN_COUNT (sizeof(written) / sizeof(written[0]))

static bool
is_person(struct box *box, const char *who)
{
	struct store_op op = {
		STORE_FACTS, {.facts = {.mailbox = slice_of(who)}}};
	struct store_batch batch = {
		.ops = &op, .count = 1, .arena = box->arena};

	(void)store_ask(sandbox_store(box->sandbox), &batch, 1000);
	return op.facts.person;
}

static void
test_person(void **state)
{
	(void)state;
	for (size_t i = 0; i < WRITTEN_COUNT; i++) {
		const struct written *row = &written[i];
		static const char *const who[] = {
			"alice@example.com", "list@example.com", "scanner"};
		struct slice rcpt;
		struct letter letter;
		struct box box;

		box_open(&box, NULL, MODE_OBSERVE);
		letter = box_redirect(&rcpt, BOB, row->header);
		letter.client.ip = slice_of(row->ip);
		letter.client.auth_user = slice_of(row->login);
		letter.mail_from = slice_of(row->sender);
		assert_non_null(sandbox_judge(box.sandbox, box.arena, &letter));
		for (size_t k = 0; k < sizeof(who) / sizeof(who[0]); k++) {
			if (is_person(&box, who[k]) !=
				(strcmp(who[k], row->person) == 0))
				fail_msg("%s: %s", row->name, who[k]);
		}
		box_close(&box);
	}
}

/* One mailbox, however it is spelled. */
static void
test_received_by_any_spelling(void **state)
{
	struct store_op op = {STORE_FACTS,
		{.facts = {.mailbox = SLICE("alice@example.com")}}};
	struct store_batch batch = {.ops = &op, .count = 1};
	struct box box;

	(void)state;
	box_open(&box, NULL, MODE_OBSERVE);
	assert_non_null(judge_one(&box, BOB,
		"<alice+news@example.com> <Alice@EXAMPLE.com>", NULL,
		FROM_BOB SAME_ID));
	batch.arena = box.arena;
	(void)store_ask(sandbox_store(box.sandbox), &batch, 1000);
	assert_int_equal(op.facts.received_day, 2);
	box_close(&box);
}

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whom_it_does_not_name),
		cmocka_unit_test(test_whom_nobody_names),
		cmocka_unit_test(test_person),
		cmocka_unit_test(test_received_by_any_spelling),
		cmocka_unit_test(test_keys_of_kinds),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_kept_hidden),
		cmocka_unit_test(test_author_who_took_part),
	};
	char hashed[ROW_COUNT][64];
	struct rows all = {0};

	ROWS_ADD(&all, rows, test_named);
	ROWS_ADD(&all, rows, test_hashed);
	for (size_t i = 0; i < ROW_COUNT; i++) {
		snprintf(hashed[i], sizeof(hashed[i]), "hashed: %s",
			rows[i].name);
		all.tests[ROW_COUNT + i].name = hashed[i];
	}
	ROWS_TESTS(&all, tests);
	return rows_run(&all, "recollect");
}
