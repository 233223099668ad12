/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields of a policy: what each of them reads. */
#include "verdict_box.h"

#include "verdict/fields.h"
#include "verdict/schema.h"

#include "rows.h"

static const char header[] =
	"Received: by mx.example.com (Postfix) id 1; "
	"Mon, 5 Jan 2026 08:59:58 +0000\n"
	"Delivered-To: alice@example.com\n"
	"From: =?utf-8?q?B=C3=B6b?= <Bob@Partner.example>\n"
	"Sender: assistant@partner.example\n"
	"Reply-To: billing@other.example, two@other.example\n"
	"To: alice@example.com\n"
	"Cc: Team <team@example.com>\n"
	"Subject: =?utf-8?q?Your_inv?=\n"
	" =?utf-8?q?oice_4711?=\n"
	"X-Mailer: Mailer 1\n"
	"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n"
	"X-Two: one\n"
	"X-Two: two\n"
	"Message-ID: <m1@partner.example>\n";

static const struct row {
	const char *name;
	const char *values; /* joined by " | "; NULL: absent */
} rows[] = {
	{"email.direction", "outbound"},
	{"email.from.address", "bob@partner.example"},
	{"email.from.local", "Bob"},
	{"email.from.domain", "partner.example"},
	{"email.from.name",
		"B\xc3\xb6"
		"b"},
	{"email.sender.address", "assistant@partner.example"},
	{"email.reply_to.address", "billing@other.example | two@other.example"},
	{"email.reply_to.domain", "other.example | other.example"},
	{"email.to.address", "alice@example.com"},
	{"email.to.domain", "example.com"},
	{"email.cc.address", "team@example.com"},
	{"email.cc.domain", "example.com"},
	{"email.subject", "Your invoice 4711"},
	{"email.message_id", "m1@partner.example"},
	{"email.local_id", "4A1B2C3D"},
	{"email.x_mailer", "Mailer 1"},
	{"email.content_type",
		"application/pkcs7-mime; smime-type=enveloped-data"},
	{"header.x-two", "one | two"},
	{"header.x-three", NULL},
	{"smtp.mail_from.address", "bob@partner.example"},
	{"smtp.mail_from.local", "bob"},
	{"smtp.mail_from.domain", "partner.example"},
	{"smtp.helo", NULL},
	{"smtp.auth.user", NULL},
	{"smtp.auth.method", NULL},
	{"smtp.tls", NULL},
	{"smtp.listener", NULL},
	{"source.ip", "127.0.0.1"},
	{"source.name", "localhost"},
	{"source.ours", "true"},
	{"message.hops", "1"},
	{"message.recipients", "1"},
	{"message.list", "false"},
	{"message.auto_reply", "false"},
	{"message.bounce", "false"},
	{"message.encrypted", "true"},
	{"message.keyword.any", "true"},
	{"message.keyword.money", "true"},
	{"message.keyword.credentials", "false"},
	{"message.keyword.payroll", "false"},
	{"message.keyword.legal", "false"},
	{"message.keyword.incident", "false"},
	{"time.date", "2026-01-05"},
	{"time.hour", "9"},
	{"time.weekday", "monday"},
	{"mailbox.address", "alice@example.com"},
	{"mailbox.local", "alice"},
	{"mailbox.domain", "example.com"},
	{"rcpt.address", "drop@mx.evil.co.uk"},
	{"rcpt.local", "drop"},
	{"rcpt.domain", "mx.evil.co.uk"},
	{"rcpt.registered_domain", "evil.co.uk"},
	{"rcpt.external", "true"},
	{"rcpt.lookalike", "false"},
	{"rcpt.original.address", "alice@example.com"},
	{"rcpt.original.domain", "example.com"},
	{"forward.kind", "redirect"},
	{"forward.platform", "postfix"},
	{"forward.confirmed", "yes"},
	{"forward.excused_by", NULL},
	{"mailbox.original", NULL},
	{"forward.delay", NULL},
	{"rcpt.new", "false"},
	{"rcpt.age", "3600"},
	{"rcpt.count", "3"},
	{"rcpt.silent", "true"},
	{"rcpt.prompt", "4"},
	{"rcpt.pace", "2"},
	{"rcpt.since", "172800"},
	{"mailbox.since", "432000"},
	{"route.age", "3600"},
	{"route.messages", "3"},
	{"mailbox.person", "true"},
	{"mailbox.contained", "true"},
	{"mailbox.received_day", "9"},
	{"mailbox.forwarded_day", "6"},
	{"mailbox.forward_ratio", "0.6667"},
	{"mailbox.burst", "23"},
	{"mailbox.keyword_skew", "5"},
	{"no.such.field", NULL},
};

static const struct store_facts facts = {
	.known = true,
	.route_count = 3,
	.route_first_ms = BOX_AT - 3600000,
	.route_last_ms = BOX_AT - 1000,
	.peered = true,
	.peer = {.sent = 10,
		.got = 2,
		.prompt = 0x1d,
		.pace = 0x41,
		.first_day = BOX_AT / STORE_DAY_MS - 2},
	.begun_day = BOX_AT / STORE_DAY_MS - 5,
	.received_day = 9,
	.forwarded_day = 6,
	.keyword_received_day = 0,
	.keyword_forwarded_day = 3,
	.forwarded_hour = 3,
	.person = true,
};

static struct box box;
static struct keywords *keywords;
static const struct verdict *verdict;

static struct sigma_values
values_of(const struct fields_source *source, struct slice name)
{
	struct sigma_record record = fields_record(source);
	struct sigma_field field = {.name = name, .id = fields_find(name)};

	return record.values(record.ctx, &field, box.arena);
}

static void
contain(struct slice about)
{
	struct store_query order = {.kind = STORE_ORDER,
		.about = about,
		.containment = {.by = SLICE("me"),
			.why = SLICE("test"),
			.until_ms = BOX_AT + STORE_HOUR_MS}};
	struct err err;

	assert_true(store_query(
		sandbox_store(box.sandbox), box.arena, &order, &err));
}

static void
check(void **state)
{
	const struct row *row = *state;
	struct fields_source source = {.at_ms = verdict->message->at_ms,
		.message = verdict->message,
		.flow = verdict->flow,
		.facts = &facts,
		.store = sandbox_store(box.sandbox),
		.keywords = keywords};
	struct sigma_values values = values_of(&source, slice_of(row->name));
	struct buf text = {0};

	for (size_t i = 0; i < values.count; i++) {
		buf_puts(&text, i > 0 ? " | " : "");
		buf_add(&text, values.at[i].text);
	}
	if (row->values == NULL) {
		assert_int_equal(values.count, 0);
	} else {
		assert_string_equal(text.p != NULL ? text.p : "", row->values);
	}
	buf_fini(&text);
}

static void
test_every_field_has_a_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < fields_count(); i++) {
		const char *name = fields_row(i)->name;
		bool found = strchr(name, '<') != NULL ||
			strcmp(name, "forward.evidence") == 0 ||
			strcmp(name, "forward.confidence") == 0;

		for (size_t j = 0; j < sizeof(rows) / sizeof(rows[0]); j++)
			found |= strcmp(rows[j].name, name) == 0;
		if (!found)
			fail_msg("no row for %s", name);
	}
}

/* Of a flow that is excused twice, and bound to an address with a detail. */
static void
test_excused(void **state)
{
	struct flow flow = *verdict->flow;
	struct fields_source source = {
		.message = verdict->message, .flow = &flow};
	struct sigma_values values;

	(void)state;
	flow.confirmed = CONFIRMED_NO;
	flow.excused_by = EXEMPT_OWN_LIST | EXEMPT_REPLY;
	flow.original = flow.rcpt->address;
	values = values_of(&source, SLICE("forward.excused_by"));
	assert_int_equal(values.count, 2);
	assert_true(slice_equal(values.at[0].text, SLICE("own-list")));
	assert_true(slice_equal(values.at[1].text, SLICE("reply")));
	values = values_of(&source, SLICE("forward.confirmed"));
	assert_true(slice_equal(values.at[0].text, SLICE("no")));
	values = values_of(&source, SLICE("mailbox.original"));
	assert_true(slice_equal(values.at[0].text, flow.rcpt->address.text));
	flow.mailbox = (struct address){0};
	values = values_of(&source, SLICE("forward.confirmed"));
	assert_int_equal(values.count, 0);
}

/* No route is none, and not one of age 0. */
static void
test_no_route(void **state)
{
	static const struct store_facts none = {.known = true};
	struct fields_source source = {.message = verdict->message,
		.flow = verdict->flow,
		.facts = &none};

	(void)state;
	assert_int_equal(values_of(&source, SLICE("route.age")).count, 0);
	assert_int_equal(values_of(&source, SLICE("route.messages")).count, 0);
}

static void
test_schema(void **state)
{
	const struct sigma_schema *schema = schema_of_mail();
	struct sigma_field field;

	(void)state;
	assert_true(schema->resolve(
		NULL, SLICE("header.x-anything.at-all"), &field));
	assert_int_equal(field.type, SIGMA_TEXT);
	assert_false(schema->resolve(NULL, SLICE("header."), &field));
	assert_false(schema->resolve(NULL, SLICE("header.<name>"), &field));
	assert_false(schema->resolve(NULL, SLICE("rcpt.adress"), &field));
	assert_string_equal(
		schema->nearest(NULL, SLICE("rcpt.adress")), "rcpt.address");
	assert_true(schema->resolve(NULL, SLICE("source.ip"), &field));
	assert_int_equal(field.type, SIGMA_IP);
	assert_non_null(schema->refuse_modifier(NULL, "base64"));
	assert_null(schema->refuse_modifier(NULL, "contains"));
}

static void
test_flow_fields_of_a_message(void **state)
{
	struct fields_source source = {.message = verdict->message};

	(void)state;
	for (size_t i = 0; i < fields_count(); i++) {
		const struct field_row *row = fields_row(i);

		if (row->scope == SCOPE_MESSAGE)
			continue;
		assert_int_equal(
			values_of(&source, slice_of(row->name)).count, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_field_has_a_row),
		cmocka_unit_test(test_excused),
		cmocka_unit_test(test_no_route),
		cmocka_unit_test(test_schema),
		cmocka_unit_test(test_flow_fields_of_a_message),
	};
	static const struct slice words[] = {SLICE("invoice")};
	const struct sigma_list list = {
		.name = SLICE("keyword-money"), .values = words, .count = 1};
	struct rows all = {0};
	struct slice rcpt;
	struct letter letter = box_redirect(&rcpt,
		"<drop@mx.evil.co.uk> ORCPT=rfc822;alice@example.com", header);
	int failed;

	keywords = keywords_new(&list, 1);
	box_open(&box, NULL, MODE_ENFORCE);
	contain(SLICE("contain|alice@example.com"));
	verdict = sandbox_judge(box.sandbox, box.arena, &letter);
	ROWS_ADD(&all, rows, check);
	ROWS_TESTS(&all, tests);
	failed = rows_run(&all, "fields");
	box_close(&box);
	keywords_free(keywords);
	return failed;
}
