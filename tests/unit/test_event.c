/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields of policies in an event: each where its name says. */
#include "verdict_box.h"

#include "base/json.h"
#include "verdict/event.h"
#include "verdict/fields.h"
#include "verdict/recollect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HEADER                                \
	"Delivered-To: alice@example.com\n"   \
	"From: Bob <Bob@partner.example>\n"   \
	"Sender: aide@partner.example\n"      \
	"Reply-To: billing@partner.example\n" \
	"To: alice@example.com\n"             \
	"Cc: team@example.com\n"              \
	"Subject: Minutes\n"                  \
	"X-Mailer: Mailer 1\n"                \
	"X-Odd: one\n"                        \
	"X-Odd: drop@evil.example\n"          \
	"Content-Type: text/plain\n"          \
	"Message-ID: <m1@partner.example>\n"
#define POLICIES                                                          \
	BOX_REDIRECT_POLICY "high\n---\n"                                 \
			    "title: Odd\n"                                \
			    "name: odd\n"                                 \
			    "logsource: {category: email, product: "      \
			    "forwarden}\n"                                \
			    "detection:\n"                                \
			    "  selection: {header.X-Odd: one, rcpt.new: " \
			    "true}\n"                                     \
			    "  condition: selection\n"                    \
			    "level: low\n"
#define REDIRECT "<drop@evil.example> ORCPT=rfc822;alice@example.com"
#define SECOND "<other@evil.example> ORCPT=rfc822;carol@example.com"

struct made {
	struct box box;
	const struct verdict *verdict;
	struct json *event;
	struct buf text;
};

/* With header, to both recipients; key: addresses are hidden. */
static void
make(struct made *made, const char *header, enum told_fields told,
	struct slice key)
{
	struct slice *rcpts;
	struct letter letter;
	struct judge_options options;
	struct verdict verdict;

	memset(made, 0, sizeof(*made));
	box_open_with_key(&made->box, POLICIES, MODE_ENFORCE, key);
	rcpts = arena_array(made->box.arena, 2, sizeof(*rcpts));
	letter = box_redirect(rcpts, REDIRECT, header);
	rcpts[1] = SLICE(SECOND);
	letter.rcpts = rcpts;
	letter.rcpt_count = 2;
	letter.client.auth_user = SLICE("bob");
	letter.client.tls = SLICE("TLSv1.3");
	made->verdict =
		sandbox_judge(made->box.sandbox, made->box.arena, &letter);
	assert_non_null(made->verdict);
	options = *made->verdict->options;
	options.told = told;
	verdict = *made->verdict;
	verdict.options = &options;
	assert_true(event_write(&verdict, verdict.action, &made->text));
	made->event = json_parse(buf_slice(&made->text), NULL);
	assert_non_null(made->event);
}

static void
unmake(struct made *made)
{
	json_free(made->event);
	buf_fini(&made->text);
	box_close(&made->box);
}

/* What stands where "a.b.c" says. */
static const struct json *
at(const struct json *from, const char *path)
{
	char part[64];

	while (from != NULL && *path != '\0') {
		size_t len = strcspn(path, ".");

		snprintf(part, sizeof(part), "%.*s", (int)len, path);
		from = json_find(from, part);
		path += len + (path[len] == '.');
	}
	return from;
}

static bool
has(const struct json *list, const char *text)
{
	for (size_t i = 0; i < json_count(list); i++) {
		if (slice_equal(
			    json_own_text(json_at(list, i)), slice_of(text)))
			return true;
	}
	return false;
}

/* As JSON says it: the value of a policy's field behind its key. */
static struct slice
as_json(struct arena *arena, const char *key, const struct field_row *row,
	const struct sigma_values *values)
{
	struct buf text = {0};
	struct slice kept;

	buf_printf(&text, "\"%s\":%s", key, row->multi ? "[" : "");
	for (size_t i = 0; i < values->count; i++) {
		bool quoted = row->type == SIGMA_TEXT || row->type == SIGMA_IP;

		buf_printf(&text, quoted ? "%s\"%.*s\"" : "%s%.*s",
			i > 0 ? "," : "", SLICE_ARG(values->at[i].text));
	}
	buf_puts(&text, row->multi ? "]" : "");
	kept = arena_copy(arena, buf_slice(&text));
	buf_fini(&text);
	return kept;
}

static void
every_field_stands_at_its_name(void **state)
{
	const struct verdict *v;
	struct fields_source source = {0};
	struct sigma_record record;
	struct made made;
	size_t some = 0;

	(void)state;
	make(&made, HEADER, TOLD_ALL, (struct slice){0});
	v = made.verdict;
	source.at_ms = v->message->at_ms;
	source.message = v->message;
	source.flow = v->flow;
	source.facts = recollect_facts(v->facts, v->fact_count, v->flow);
	record = fields_record(&source);
	for (size_t i = 0; i < fields_count(); i++) {
		const struct field_row *row = fields_row(i);
		struct sigma_field field = {
			.name = slice_of(row->name), .id = (int)i};
		struct sigma_values values =
			record.values(record.ctx, &field, made.box.arena);
		const struct json *value = at(made.event, row->name);
		const char *leaf = strrchr(row->name, '.') + 1;
		struct slice wanted;

		if (values.count == 0) {
			assert_null(value);
			continue;
		}
		some++;
		assert_non_null(value);
		wanted = as_json(made.box.arena, leaf, row, &values);
		if (strstr(made.text.p, wanted.p) == NULL)
			fail_msg("not there: %s", wanted.p);
	}
	assert_true(some > 50);
	assert_true(has(at(made.event, "header.x-odd"), "one"));
	assert_null(at(made.event, "forwarden.cut"));
	unmake(&made);
}

static void
other_flows_have_their_own(void **state)
{
	const struct json *other;
	struct made made;

	(void)state;
	make(&made, HEADER, TOLD_ALL, (struct slice){0});
	assert_string_equal(json_own_text(at(made.event, "mailbox.address")).p,
		"alice@example.com");
	other = json_at(at(made.event, "forwarden.flows"), 0);
	assert_string_equal(
		json_own_text(at(other, "fields.mailbox.address")).p,
		"alice@example.com");
	assert_string_equal(json_own_text(at(other, "fields.rcpt.address")).p,
		"other@evil.example");
	assert_null(at(other, "fields.email"));
	assert_true(has(at(other, "service"), "forward"));
	assert_true(has(at(made.event, "forwarden.service"), "outbound"));
	unmake(&made);
}

/* Named by a policy; always there; neither. */
static const struct {
	enum told_fields told;
	bool named, basic, other;
} tellings[] = {
	{TOLD_ALL, true, true, true},
	{TOLD_POLICY, true, true, false},
	{TOLD_FEW, false, true, false},
};

static void
as_much_as_is_configured(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tellings) / sizeof(tellings[0]); i++) {
		struct made made;

		make(&made, HEADER, tellings[i].told, (struct slice){0});
		assert_int_equal(
			at(made.event, "rcpt.new") != NULL, tellings[i].named);
		assert_int_equal(at(made.event, "header.x-odd") != NULL,
			tellings[i].named);
		assert_int_equal(at(made.event, "email.subject") != NULL,
			tellings[i].basic);
		assert_int_equal(
			at(made.event, "time.hour") != NULL, tellings[i].other);
		unmake(&made);
	}
}

static void
what_is_cut_is_said(void **state)
{
	struct buf header = {0};
	const struct json *cut;
	struct made made;

	(void)state;
	buf_puts(&header, "Subject: ");
	for (int i = 0; i < 300; i++)
		buf_add_byte(&header, 'x');
	buf_puts(&header, "\nX-Odd: \xff\nTo: ");
	for (int i = 0; i < 17; i++)
		buf_printf(&header, "a%d@b.example, ", i);
	buf_puts(&header, "c@b.example\nMessage-ID: <1@b.example>\n");
	make(&made, header.p, TOLD_ALL, (struct slice){0});
	cut = at(made.event, "forwarden.cut");
	assert_true(has(cut, "email.subject"));
	assert_true(has(cut, "email.to.address"));
	assert_true(has(cut, "header.X-Odd"));
	assert_int_equal(json_count(at(made.event, "email.to.address")), 16);
	assert_int_equal(
		json_own_text(at(made.event, "email.subject")).len, 256);
	assert_false(has(cut, "email.message_id"));
	buf_fini(&header);
	unmake(&made);
}

/* A Message-ID and a subject are what they are in the store's stream, too. */
static void
no_address_where_they_are_hidden(void **state)
{
	static const char *const absent[] = {
		"alice", "drop", "carol", "Bob", "team", "billing@", "aide"};
	struct made made;

	(void)state;
	make(&made, HEADER, TOLD_ALL,
		SLICE("0123456789abcdef0123456789abcdef"));
	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
		if (strstr(made.text.p, absent[i]) != NULL)
			fail_msg("%s in %s", absent[i], made.text.p);
	}
	assert_true(json_bool(at(made.event, "forwarden"), "private"));
	assert_memory_equal(
		json_own_text(at(made.event, "rcpt.address")).p, "h:", 2);
	assert_string_equal(
		json_own_text(at(made.event, "rcpt.domain")).p, "evil.example");
	unmake(&made);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_stands_at_its_name),
		cmocka_unit_test(other_flows_have_their_own),
		cmocka_unit_test(as_much_as_is_configured),
		cmocka_unit_test(what_is_cut_is_said),
		cmocka_unit_test(no_address_where_they_are_hidden),
	};

	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
