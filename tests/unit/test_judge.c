/* SPDX-License-Identifier: BSD-2-Clause */
/* What a verdict leaves: event, tag, counters, records. */
#include "verdict_box.h"

#include "verdict/allowed.h"
#include "verdict/event.h"
#include "verdict/metrics.h"
#include "verdict/record.h"
#include "verdict/tag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "query.h"
#include <jansson.h>

#define REDIRECT "<drop@evil.example> ORCPT=rfc822;alice@example.com"
#define ALLOWED_DOMAIN "evil.example"
#define ALLOWED_TO "drop@" ALLOWED_DOMAIN
#define HEADER                              \
	"Delivered-To: alice@example.com\n" \
	"From: Bob <bob@partner.example>\n" \
	"Subject: Minutes\n"                \
	"Message-ID: <m1@partner.example>\n"

static const char policies[] = BOX_REDIRECT_POLICY "high\n";

static const struct verdict *
judge_redirect(struct box *box, const char *to, const char *header)
{
	struct slice rcpt;
	struct letter letter = box_redirect(&rcpt, to, header);
	struct slice *kept = arena_array(box->arena, 1, sizeof(*kept));
	const struct verdict *verdict;

	*kept = rcpt;
	letter.rcpts = kept;
	verdict = sandbox_judge(box->sandbox, box->arena, &letter);
	assert_non_null(verdict);
	return verdict;
}

static json_t *
event_of(const struct verdict *verdict)
{
	struct buf text = {0};
	json_error_t error;
	json_t *root;

	assert_true(event_write(verdict, verdict->action, &text));
	assert_null(strchr(text.p, '\n'));
	assert_true(text.len < EVENT_BYTES_MAX);
	for (size_t i = 0; i < text.len; i++)
		assert_true(text.p[i] >= 0x20 && text.p[i] < 0x7f);
	root = json_loadb(text.p, text.len, 0, &error);
	if (root == NULL)
		fail_msg("%s in %s", error.text, text.p);
	buf_fini(&text);
	return root;
}

/* "forwarden.mailbox" of the event, as text. */
static const char *
text_at(json_t *root, const char *path)
{
	char name[64];

	while (root != NULL && *path != '\0') {
		size_t len = strcspn(path, ".");

		snprintf(name, sizeof(name), "%.*s", (int)len, path);
		root = json_is_array(root)
			? json_array_get(root, (size_t)atoi(name))
			: json_object_get(root, name);
		path += len + (path[len] == '.');
	}
	return json_string_value(root);
}

static const struct {
	const char *path, *value;
} in_event[] = {
	{"@timestamp", "2026-01-05T09:00:00.000Z"},
	{"event.kind", "alert"},
	{"event.category.0", "email"},
	{"event.action", "quarantine"},
	{"threat.framework", "MITRE ATT&CK"},
	{"threat.technique.id.0", "T1114"},
	{"threat.technique.subtechnique.id.0", "T1114.003"},
	{"email.direction", "outbound"},
	{"email.from.address.0", "bob@partner.example"},
	{"email.subject", "Minutes"},
	{"email.message_id", "m1@partner.example"},
	{"source.ip", "127.0.0.1"},
	{"smtp.mail_from.address", "bob@partner.example"},
	{"rule.0.name", "redirect"},
	{"rule.0.uuid", "11111111-0000-4000-8000-000000000001"},
	{"rule.0.level", "high"},
	{"forwarden.mailbox", "alice@example.com"},
	{"forwarden.destination", "drop@evil.example"},
	{"forwarden.kind", "redirect"},
	{"forwarden.policies.0", "redirect"},
	{"forwarden.action", "quarantine"},
	{"forwarden.would", "quarantine"},
	{"forwarden.mode", "enforce"},
	{"forwarden.evidence.0.name", "orcpt"},
};

static void
test_event(void **state)
{
	const struct verdict *verdict;
	struct box box;
	json_t *root;

	(void)state;
	box_open(&box, policies, MODE_ENFORCE);
	verdict = judge_redirect(&box, REDIRECT, HEADER);
	root = event_of(verdict);
	for (size_t i = 0; i < sizeof(in_event) / sizeof(in_event[0]); i++) {
		const char *got = text_at(root, in_event[i].path);

		if (got == NULL || strcmp(got, in_event[i].value) != 0) {
			fail_msg("%s is %s", in_event[i].path,
				got != NULL ? got : "not there");
		}
	}
	assert_int_equal(strlen(text_at(root, "event.id")), 16);
	json_decref(root);
	box_close(&box);
}

static void
test_event_in_observe(void **state)
{
	struct box box;
	json_t *root;

	(void)state;
	box_open(&box, policies, MODE_OBSERVE);
	root = event_of(judge_redirect(&box, REDIRECT, HEADER));
	assert_string_equal(text_at(root, "forwarden.action"), "log");
	assert_string_equal(text_at(root, "forwarden.would"), "quarantine");
	json_decref(root);
	box_close(&box);
}

static void
test_contained_without_policies(void **state)
{
	const struct verdict *verdict;
	struct box box;
	json_t *root;

	(void)state;
	box_open(&box, NULL, MODE_OBSERVE);
	verdict = judge_redirect(&box, REDIRECT, HEADER);
	assert_null(verdict->contained.flow);
	assert_int_equal(verdict->action, ACTION_NONE);
	(void)query(sandbox_store(box.sandbox), box.arena,
		(struct store_query){.kind = STORE_ORDER,
			.about = SLICE("contain|alice@example.com"),
			.containment = {.until_ms = BOX_AT + STORE_HOUR_MS}});
	verdict = judge_redirect(&box, REDIRECT, HEADER);
	assert_int_equal(verdict->action, ACTION_QUARANTINE);
	root = event_of(verdict);
	assert_string_equal(
		text_at(root, "forwarden.contained"), "alice@example.com");
	assert_string_equal(text_at(root, "forwarden.would"), "quarantine");
	json_decref(root);
	box_close(&box);
}

static void
allow(struct box *box, struct slice about)
{
	(void)query(sandbox_store(box->sandbox), box->arena,
		(struct store_query){.kind = STORE_ORDER,
			.about = about,
			.containment = {.by = SLICE("secops"),
				.why = SLICE("ticket 7"),
				.until_ms = BOX_AT + STORE_HOUR_MS}});
}

static void
test_allowed_of_one_pair(void **state)
{
	static const struct {
		const char *about;
		bool lets;
	} rows[] = {
		{"allow|bob@example.com|" ALLOWED_TO, false},
		{"allow|alice@example.com|other@" ALLOWED_DOMAIN, false},
		{"allow|*|" ALLOWED_DOMAIN, false},
		{"allow|alice@example.com|" ALLOWED_TO, true},
		{"allow|alice@example.com|" ALLOWED_DOMAIN, true},
		{"allow|*|" ALLOWED_TO, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct verdict *verdict;
		struct box box;
		json_t *root;

		box_open(&box, policies, MODE_ENFORCE);
		allow(&box, slice_of(rows[i].about));
		verdict = judge_redirect(&box, REDIRECT, HEADER);
		assert_int_equal(verdict->action,
			rows[i].lets ? ACTION_LOG : ACTION_QUARANTINE);
		assert_int_equal(verdict->matched_count > 0, !rows[i].lets);
		if (rows[i].lets) {
			root = event_of(verdict);
			assert_string_equal(
				text_at(root, "forwarden.allowed.by"),
				"secops");
			json_decref(root);
		}
		box_close(&box);
	}
}

/* It is one mailbox' leave, and not that of whom it is only said of. */
static void
test_allowed_by_a_worse_speaker(void **state)
{
	const struct recipient out = {.external = true,
		.address = {.text = SLICE(ALLOWED_TO),
			.domain = SLICE(ALLOWED_DOMAIN)}};
	const struct recipient in = {.address = out.address};
	const struct address alice = {.text = SLICE("alice@example.com")};
	const struct {
		struct flow flow;
		bool lets;
	} rows[] = {
		{{.rcpt = &out, .mailbox = alice}, true},
		{{.rcpt = &out, .mailbox = alice, .confirmed = CONFIRMED_YES},
			true},
		{{.rcpt = &out, .mailbox = alice, .confirmed = CONFIRMED_NO},
			false},
		{{.rcpt = &out, .mailbox = alice, .one_of = 2}, false},
		{{.rcpt = &out}, false},
		{{.rcpt = &in, .mailbox = alice}, false},
	};
	struct store_containment word;
	struct box box;

	(void)state;
	box_open(&box, policies, MODE_ENFORCE);
	allow(&box, SLICE("allow|alice@example.com|" ALLOWED_TO));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(allowed_find(sandbox_store(box.sandbox),
					 box.arena, &rows[i].flow, &word),
			rows[i].lets);
	}
	box_close(&box);
}

/* A containment is above what is allowed. */
static void
test_allowed_and_contained(void **state)
{
	struct box box;

	(void)state;
	box_open(&box, policies, MODE_ENFORCE);
	allow(&box, SLICE("allow|alice@example.com|" ALLOWED_TO));
	(void)query(sandbox_store(box.sandbox), box.arena,
		(struct store_query){.kind = STORE_ORDER,
			.about = SLICE("contain|alice@example.com"),
			.containment = {.until_ms = BOX_AT + STORE_HOUR_MS}});
	assert_int_equal(judge_redirect(&box, REDIRECT, HEADER)->action,
		ACTION_QUARANTINE);
	box_close(&box);
}

static void
test_event_of_hostile_text(void **state)
{
	struct buf header = {0};
	struct box box;
	json_t *root;

	(void)state;
	box_open(&box, policies, MODE_ENFORCE);
	buf_puts(&header, "Subject: \xff\xfe \x1b[2J \xe2\x80\xae \"\\ ");
	for (int i = 0; i < 20000; i++)
		buf_add_byte(&header, 'x');
	buf_puts(&header, "\nTo: ");
	for (int i = 0; i < 2000; i++)
		buf_printf(&header, "a%d@b.example, ", i);
	buf_puts(&header, "\n");
	root = event_of(judge_redirect(&box, REDIRECT, header.p));
	assert_non_null(strstr(text_at(root, "email.subject"), "\\xFF"));
	json_decref(root);
	buf_fini(&header);
	box_close(&box);
}

static void
assert_lines(struct slice text, size_t first_line_taken)
{
	struct slice line;
	size_t taken = first_line_taken;

	while (slice_next(&text, '\n', &line)) {
		if (taken == 0) {
			assert_int_equal(line.p[0], '\t');
			taken = 7; /* a tab is up to 8 columns */
		}
		assert_true(line.len + taken <= 78);
		for (size_t i = 0; i < line.len; i++) {
			assert_true(line.p[i] == '\t' ||
				(line.p[i] >= 0x20 && line.p[i] < 0x7f));
		}
		taken = 0;
	}
}

/* As on mail that stays inside. */
static void
write_full_tag(const struct verdict *verdict, struct buf *tag)
{
	struct judge_options options = *verdict->options;
	struct verdict copy = *verdict;

	options.respond.outgoing = TAG_FORM_FULL;
	copy.options = &options;
	tag_write(&copy, ACTION_TAG, SLICE("mx.example.com"), tag);
}

static void
test_tag(void **state)
{
	const struct verdict *verdict;
	struct buf tag = {0};
	struct box box;

	(void)state;
	box_open(&box, policies, MODE_ENFORCE);
	verdict = judge_redirect(&box, REDIRECT, HEADER);
	write_full_tag(verdict, &tag);
	assert_lines(buf_slice(&tag), strlen("X-Forwarden: "));
	assert_non_null(strstr(tag.p, "mx.example.com; action=tag"));
	assert_non_null(strstr(tag.p, "mailbox=alice@example.com"));
	assert_non_null(strstr(tag.p, "evidence=orcpt,"));
	assert_non_null(strstr(tag.p, "policy=redirect"));
	assert_non_null(strstr(tag.p, "id="));
	buf_fini(&tag);
	box_close(&box);
}

/* Its only reader is whoever gets the copy. */
static void
test_tag_that_leaves(void **state)
{
	const struct verdict *verdict;
	struct buf tag = {0}, wanted = {0};
	struct judge_options none;
	struct verdict copy;
	struct box box;

	(void)state;
	box_open(&box, policies, MODE_ENFORCE);
	verdict = judge_redirect(&box, REDIRECT, HEADER);
	assert_true(tag_is_due(verdict, ACTION_TAG));
	assert_false(tag_is_due(verdict, ACTION_LOG));
	tag_write(verdict, ACTION_TAG, SLICE("mx.example.com"), &tag);
	buf_printf(&wanted, "mx.example.com; id=%.*s", SLICE_ARG(verdict->id));
	assert_string_equal(tag.p, wanted.p);
	none = *verdict->options;
	none.respond.outgoing = TAG_FORM_NONE;
	copy = *verdict;
	copy.options = &none;
	assert_false(tag_is_due(&copy, ACTION_QUARANTINE));
	buf_fini(&tag);
	buf_fini(&wanted);
	box_close(&box);
}

/* It shows in the event and in a counter of its own. */
static void
test_excused_is_told(void **state)
{
	const struct verdict *verdict;
	struct metrics *metrics = metrics_new();
	struct buf json = {0}, text = {0};
	struct verdict copy;
	struct flow flow;
	struct box box;

	(void)state;
	box_open(&box, NULL, MODE_ENFORCE);
	verdict = judge_redirect(&box, REDIRECT, HEADER);
	flow = *verdict->flow;
	flow.kind = KIND_NONE;
	flow.confidence = 0;
	flow.exempt = EXEMPT_BOUNCE | EXEMPT_AUTO_REPLY;
	flow.excused_by = flow.unproven = EXEMPT_AUTO_REPLY;
	flow.would_confidence = 97;
	copy = *verdict;
	copy.flow = copy.flows = &flow;
	assert_true(flow_is_excused(&flow));
	flow.excused_by |= EXEMPT_CONFIGURED_LIST;
	assert_false(flow_is_excused(&flow));
	flow.excused_by = EXEMPT_AUTO_REPLY;
	assert_true(event_write(&copy, ACTION_LOG, &json));
	assert_non_null(strstr(json.p,
		"\"exempt\":[\"bounce\",\"auto-reply\"],"
		"\"excused_by\":[\"auto-reply\"],"
		"\"unproven\":[\"auto-reply\"],\"would_confidence\":97"));
	metrics_count(metrics, &copy, ACTION_LOG);
	metrics_write(metrics, NULL, &text);
	assert_non_null(strstr(text.p,
		"forwarden_excused_total{exemption=\"auto-reply\"} 1\n"));
	assert_non_null(strstr(
		text.p, "forwarden_excused_total{exemption=\"bounce\"} 0\n"));
	buf_fini(&json);
	buf_fini(&text);
	metrics_free(metrics);
	box_close(&box);
}

static void
test_tag_of_hostile_text(void **state)
{
	struct flow flow = {.kind = KIND_REDIRECT,
		.mailbox = {.text = SLICE("a\n b\";x=\xff%\\@example.com")},
		.confidence = 97};
	struct verdict verdict = {.flow = &flow};
	struct buf tag = {0};

	(void)state;
	tag_write(&verdict, ACTION_TAG, SLICE("mx\nevil: yes"), &tag);
	assert_lines(buf_slice(&tag), strlen("X-Forwarden: "));
	assert_non_null(strstr(tag.p, "\"mx%0Aevil: yes\""));
	assert_non_null(strstr(
		tag.p, "mailbox=\"a%0A b%22%3Bx=%FF%25%5C@example.com\""));
	buf_fini(&tag);
}

static void
test_metrics(void **state)
{
	static const char *const lines[] = {
		"forwarden_messages_total{direction=\"outbound\"} 2\n",
		"forwarden_flows_total{kind=\"redirect\"} 2\n",
		"forwarden_verdicts_total{action=\"quarantine\"} 2\n",
		"forwarden_message_round_trips_total{round_trips=\"1\"} 2\n",
		"forwarden_policy_hits_total{policy=\"redirect\"} 2\n",
		"forwarden_message_judging_seconds_count 2\n",
		"forwarden_message_judging_seconds_bucket{le=\"+Inf\"} 2\n",
		"forwarden_policies_seconds_count 2\n",
		"forwarden_store_wait_seconds_count 2\n",
		"forwarden_store_wait_seconds_count 2\n",
		"# TYPE forwarden_store_wait_seconds histogram\n",
		"forwarden_gaps_total{gap=\"store-down\"} 0\n",
		"forwarden_store_up 1\n",
		"forwarden_store_lost_total 2\n",
		"forwarden_store_replayed_total 3\n",
		"forwarden_store_evicted_total 4\n",
		"forwarden_store_late_total 5\n",
	};
	struct metrics *metrics = metrics_new();
	struct store_health health = {
		.up = true, .lost = 2, .replayed = 3, .evicted = 4, .late = 5};
	struct buf text = {0};
	struct box box;

	(void)state;
	box_open(&box, policies, MODE_ENFORCE);
	assert_true(metrics_bind(metrics, box.program));
	metrics_write(metrics, NULL, &text);
	assert_non_null(strstr(
		text.p, "forwarden_policy_hits_total{policy=\"redirect\"} 0"));
	buf_reset(&text);
	for (int i = 0; i < 2; i++) {
		const struct verdict *verdict =
			judge_redirect(&box, REDIRECT, HEADER);

		metrics_count(metrics, verdict, verdict->action);
	}
	metrics_write(metrics, &health, &text);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (strstr(text.p, lines[i]) == NULL)
			fail_msg("no %s in\n%s", lines[i], text.p);
	}
	buf_fini(&text);
	metrics_free(metrics);
	box_close(&box);
}

static uint64_t
tally_of(struct box *box, struct slice mailbox, enum tally_what what)
{
	struct store_mailboxes boxes = {0};

	boxes = query(sandbox_store(box->sandbox), box->arena,
		(struct store_query){.kind = STORE_MAILBOX, .about = mailbox})
			.mailboxes;
	return boxes.count > 0 ? boxes.at[0].tally[what] : 0;
}

static void
test_records_count_once(void **state)
{
	const struct slice alice = SLICE("alice@example.com");
	struct box box;

	(void)state;
	box_open(&box, policies, MODE_ENFORCE);
	judge_redirect(&box, REDIRECT, HEADER);
	judge_redirect(&box, REDIRECT, HEADER);
	assert_int_equal(tally_of(&box, alice, TALLY_FORWARDED), 1);
	assert_int_equal(tally_of(&box, alice, TALLY_QUARANTINED), 1);
	assert_int_equal(tally_of(&box, alice, TALLY_TAGGED), 0);
	judge_redirect(&box, "<alice@example.com>",
		"From: Bob <bob@partner.example>\nMessage-ID: <i@x>\n");
	assert_int_equal(tally_of(&box, alice, TALLY_RECEIVED), 1);
	box_close(&box);
}

/* In mode observe: what enforce would have held, apart from what was. */
static void
test_records_what_enforce_would_do(void **state)
{
	const struct slice alice = SLICE("alice@example.com");
	struct box box;

	(void)state;
	box_open(&box, policies, MODE_OBSERVE);
	judge_redirect(&box, REDIRECT, HEADER);
	assert_int_equal(tally_of(&box, alice, TALLY_FORWARDED), 1);
	assert_int_equal(tally_of(&box, alice, TALLY_WOULD), 1);
	assert_int_equal(tally_of(&box, alice, TALLY_QUARANTINED), 0);
	box_close(&box);
}

static void
test_a_held_message_was_not_received(void **state)
{
	struct slice rcpts[] = {SLICE(REDIRECT), SLICE("<carol@example.com>")};
	struct letter letter;
	struct slice rcpt;
	struct box box;

	(void)state;
	box_open(&box, policies, MODE_ENFORCE);
	letter = box_redirect(&rcpt, REDIRECT, HEADER);
	letter.rcpts = rcpts;
	letter.rcpt_count = 2;
	assert_non_null(sandbox_judge(box.sandbox, box.arena, &letter));
	assert_int_equal(
		tally_of(&box, SLICE("carol@example.com"), TALLY_RECEIVED), 0);
	box_close(&box);
}

static void
test_a_policy_is_named_once(void **state)
{
	struct slice rcpts[] = {SLICE(REDIRECT),
		SLICE("<drop2@evil.example> ORCPT=rfc822;alice@example.com"),
		SLICE("<drop3@evil.example> ORCPT=rfc822;alice@example.com")};
	const struct verdict *verdict;
	struct letter letter;
	struct buf tag = {0};
	struct slice rcpt;
	struct box box;
	json_t *root;

	(void)state;
	box_open(&box, policies, MODE_ENFORCE);
	letter = box_redirect(&rcpt, REDIRECT, HEADER);
	letter.rcpts = rcpts;
	letter.rcpt_count = 3;
	verdict = sandbox_judge(box.sandbox, box.arena, &letter);
	assert_int_equal(verdict->matched_count, 3);
	write_full_tag(verdict, &tag);
	assert_null(strstr(strstr(tag.p, "policy=") + 1, "policy="));
	root = event_of(verdict);
	assert_int_equal(json_array_size(json_object_get(root, "rule")), 1);
	json_decref(root);
	buf_fini(&tag);
	box_close(&box);
}

static void
test_without_policies_and_store(void **state)
{
	struct judge_options options;
	const struct verdict *verdict;
	struct slice rcpt;
	struct letter letter;
	struct box box;

	(void)state;
	box_open(&box, NULL, MODE_ENFORCE);
	letter = box_redirect(&rcpt, REDIRECT, HEADER);
	options = config_judge_options(settings());
	verdict = judge(&options, NULL,
		sandbox_message(box.sandbox, box.arena, &letter));
	assert_int_equal(verdict->action, ACTION_NONE);
	assert_int_equal(verdict->round_trips, 0);
	assert_int_equal(verdict->flow->kind, KIND_REDIRECT);
	record_verdict(NULL, verdict, ACTION_NONE, (struct slice){0});
	box_close(&box);
}

static void
test_without_memory(void **state)
{
	struct arena *arena = arena_new(64 * 1024);
	struct judge_options options;
	const struct message *message;
	const struct verdict *verdict;
	struct buf text = {0};
	struct slice rcpt;
	struct letter letter;
	struct box box;

	(void)state;
	box_open(&box, policies, MODE_ENFORCE);
	letter = box_redirect(&rcpt, REDIRECT, HEADER);
	options = config_judge_options(settings());
	options.program = box.program;
	message = sandbox_message(box.sandbox, arena, &letter);
	assert_non_null(message);
	while (arena_alloc(arena, 16) != NULL)
		;
	verdict = judge(&options, sandbox_store(box.sandbox), message);
	assert_int_equal(verdict->action, ACTION_NONE);
	assert_true(verdict->gaps & GAP_BYTES);
	record_verdict(sandbox_store(box.sandbox), verdict, ACTION_NONE,
		(struct slice){0});
	assert_true(event_write(verdict, ACTION_NONE, &text));
	tag_write(verdict, ACTION_TAG, SLICE("mx"), &text);
	buf_fini(&text);
	arena_free(arena);
	box_close(&box);
}

static void
test_explain(void **state)
{
	struct judge_options options;
	const struct sigma_outcome *outcomes;
	const struct verdict *verdict;
	struct slice rcpt;
	struct letter letter;
	struct box box;
	size_t count;

	(void)state;
	box_open(&box, policies, MODE_ENFORCE);
	letter = box_redirect(&rcpt, "<carol@example.com>", HEADER);
	options = *sandbox_options(box.sandbox);
	options.explain = true;
	verdict = judge(&options, sandbox_store(box.sandbox),
		sandbox_message(box.sandbox, box.arena, &letter));
	outcomes = verdict_outcomes(verdict, 0, &count);
	assert_int_equal(count, 1);
	assert_false(outcomes[0].matched);
	assert_false(outcomes[0].applies);
	box_close(&box);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_event),
		cmocka_unit_test(test_event_in_observe),
		cmocka_unit_test(test_contained_without_policies),
		cmocka_unit_test(test_allowed_of_one_pair),
		cmocka_unit_test(test_allowed_by_a_worse_speaker),
		cmocka_unit_test(test_allowed_and_contained),
		cmocka_unit_test(test_event_of_hostile_text),
		cmocka_unit_test(test_tag),
		cmocka_unit_test(test_tag_that_leaves),
		cmocka_unit_test(test_excused_is_told),
		cmocka_unit_test(test_tag_of_hostile_text),
		cmocka_unit_test(test_metrics),
		cmocka_unit_test(test_records_count_once),
		cmocka_unit_test(test_records_what_enforce_would_do),
		cmocka_unit_test(test_a_held_message_was_not_received),
		cmocka_unit_test(test_a_policy_is_named_once),
		cmocka_unit_test(test_without_policies_and_store),
		cmocka_unit_test(test_without_memory),
		cmocka_unit_test(test_explain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
