/* SPDX-License-Identifier: BSD-2-Clause */
/* A session without an MTA: collected, judged, told what to do. */
#include "rows.h"
#include "store_settings.h"

#include "base/clock.h"
#include "daemon/probes.h"
#include "daemon/session.h"
#include "store/store_open.h"

#include <stdio.h>
#include <unistd.h>

#define ALL_OFFERS (OFFER_ADD_FIELD | OFFER_CHANGE_FIELD | OFFER_QUARANTINE)

static const char policies[] =
	"title: Asks for it\n"
	"id: 00000000-0000-4000-8000-000000000001\n"
	"name: asks-for-it\n"
	"status: stable\n"
	"level: high\n"
	"x-forwarden-action: %s\n"
	"logsource: {category: email, product: forwarden, service: message}\n"
	"detection:\n"
	"  selection: {email.subject: act}\n"
	"  condition: selection\n";

/* A daemon's insides with one policy, in a folder of its own. */
struct fixture {
	char folder[32];
	struct clock_fake clock;
	struct session_service service;
};

static void
write_text(const char *folder, const char *name, const char *text)
{
	char path[64];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	(void)fputs(text, f);
	(void)fclose(f);
}

static const struct generation *
load(const struct fixture *fixture)
{
	struct diags *diags = diags_new();
	const struct generation *generation;
	char path[64];

	(void)snprintf(path, sizeof(path), "%s/c.yaml", fixture->folder);
	generation = generation_load(path, NULL, diags);
	assert_non_null(generation);
	diags_free(diags);
	return generation;
}

static void
fixture_init(struct fixture *fixture, const char *action, const char *mode)
{
	const struct report_options report = {.events = "none"};
	struct store_options options;
	struct err err = {0};
	char text[1024];

	(void)snprintf(fixture->folder, sizeof(fixture->folder),
		"/tmp/forwarden-XXXXXX");
	assert_non_null(mkdtemp(fixture->folder));
	(void)snprintf(text, sizeof(text), policies, action);
	write_text(fixture->folder, "p.yaml", text);
	(void)snprintf(text, sizeof(text),
		"local: {domains: [example.com]}\n"
		"host: mx.example.com\n"
		"mode: %s\n"
		"respond: {ceiling: discard}\n"
		"policies: %s/p.yaml\n",
		mode, fixture->folder);
	write_text(fixture->folder, "c.yaml", text);
	fixture->clock.now_ms = 1790000000000;
	store_options_init(&options);
	options.clock = clock_fake(&fixture->clock);
	fixture->service = (struct session_service){
		.slot = generation_slot_new_take(load(fixture)),
		.store = store_open(&options, &err),
		.report = report_new(&report, NULL, &err),
		.clock = clock_fake(&fixture->clock),
	};
	assert_non_null(fixture->service.slot);
	assert_non_null(fixture->service.store);
	assert_non_null(fixture->service.report);
	assert_true(log_open("stderr", LOG_LEVEL_ERROR, &err));
}

static void
fixture_fini(struct fixture *fixture)
{
	char path[64];

	store_close(fixture->service.store);
	report_free(fixture->service.report);
	generation_slot_free(fixture->service.slot);
	(void)snprintf(path, sizeof(path), "%s/p.yaml", fixture->folder);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/c.yaml", fixture->folder);
	(void)unlink(path);
	assert_int_equal(rmdir(fixture->folder), 0);
}

static void
begin(struct session *session, const char *subject)
{
	static char from[] = "<sender@partner.example>";
	static char to[] = "<bob@example.com>";
	char *mail[] = {from, NULL};
	char *rcpt[] = {to, NULL};

	session_connect(session, "client.example.net", "127.0.0.1");
	assert_true(session_mail(session, mail));
	session_recipient(session, rcpt);
	session_field(session, "From", "sender@partner.example");
	session_field(session, "Subject", subject);
}

static const struct outcome *
judge_it(struct session *session, unsigned offers)
{
	const struct client client = {0};

	return session_judge(session, &client, SLICE("4TEST"), offers);
}

static const struct judged {
	const char *name, *action, *mode;
	unsigned offers;
	enum action expected;
	bool tag, reason, reply;
} judged[] = {
	{"log", "log", "enforce", ALL_OFFERS, ACTION_LOG, false, false, false},
	{"tag", "tag", "enforce", ALL_OFFERS, ACTION_TAG, true, false, false},
	{"quarantine has a tag and a reason", "quarantine", "enforce",
		ALL_OFFERS, ACTION_QUARANTINE, true, true, false},
	{"reject has a reply", "reject", "enforce", ALL_OFFERS, ACTION_REJECT,
		false, false, true},
	{"tempfail has a reply", "tempfail", "enforce", ALL_OFFERS,
		ACTION_TEMPFAIL, false, false, true},
	{"discard", "discard", "enforce", ALL_OFFERS, ACTION_DISCARD, false,
		false, false},
	{"without quarantine a tag", "quarantine", "enforce",
		OFFER_ADD_FIELD | OFFER_CHANGE_FIELD, ACTION_TAG, true, false,
		false},
	{"without anything a log line", "quarantine", "enforce", 0, ACTION_LOG,
		false, false, false},
	{"observe does nothing", "reject", "observe", ALL_OFFERS, ACTION_NONE,
		false, false, false},
};

static void
check_judged(void **state)
{
	const struct judged *row = *state;
	const struct outcome *outcome;
	struct fixture fixture;
	struct session *session;

	fixture_init(&fixture, row->action, row->mode);
	session = session_new(&fixture.service);
	begin(session, "act");
	outcome = judge_it(session, row->offers);
	if (strcmp(row->mode, "observe") == 0) {
		assert_true(outcome->action <= ACTION_LOG);
	} else {
		assert_int_equal(outcome->action, row->expected);
	}
	assert_int_equal(outcome->tag != NULL, row->tag);
	assert_int_equal(outcome->reason != NULL, row->reason);
	assert_int_equal(outcome->reply != NULL, row->reply);
	if (row->tag)
		assert_non_null(strstr(outcome->tag, "mx.example.com"));
	if (row->reason)
		assert_non_null(strstr(outcome->reason, "asks-for-it"));
	session_done(session, outcome->action);
	session_free(session);
	fixture_fini(&fixture);
}

static void
test_messages_of_one_session_do_not_mix(void **state)
{
	const struct outcome *outcome;
	struct fixture fixture;
	struct session *session;

	(void)state;
	fixture_init(&fixture, "reject", "enforce");
	session = session_new(&fixture.service);
	begin(session, "act");
	session_abort(session);
	begin(session, "nothing");
	outcome = judge_it(session, ALL_OFFERS);
	assert_int_equal(outcome->action, ACTION_NONE);
	session_done(session, outcome->action);
	begin(session, "act");
	outcome = judge_it(session, ALL_OFFERS);
	assert_int_equal(outcome->action, ACTION_REJECT);
	session_done(session, outcome->action);
	session_free(session);
	fixture_fini(&fixture);
}

static void
test_the_end_without_a_message_does_nothing(void **state)
{
	struct fixture fixture;
	struct session *session;

	(void)state;
	fixture_init(&fixture, "reject", "enforce");
	session = session_new(&fixture.service);
	session_abort(session);
	session_field(session, "Subject", "act");
	assert_null(judge_it(session, ALL_OFFERS));
	session_done(session, ACTION_NONE);
	session_free(session);
	fixture_fini(&fixture);
}

static void
test_a_message_keeps_the_generation_of_its_mail(void **state)
{
	const struct outcome *outcome;
	struct fixture fixture;
	struct session *session;
	char text[1024];

	(void)state;
	fixture_init(&fixture, "reject", "enforce");
	session = session_new(&fixture.service);
	begin(session, "act");
	(void)snprintf(text, sizeof(text), policies, "log");
	write_text(fixture.folder, "p.yaml", text);
	generation_slot_set_take(fixture.service.slot, load(&fixture));
	outcome = judge_it(session, ALL_OFFERS);
	assert_int_equal(outcome->action, ACTION_REJECT);
	session_done(session, outcome->action);
	begin(session, "act");
	outcome = judge_it(session, ALL_OFFERS);
	assert_int_equal(outcome->action, ACTION_LOG);
	session_done(session, outcome->action);
	session_free(session);
	fixture_fini(&fixture);
}

static void
test_tags_that_came_with_it_are_counted(void **state)
{
	const struct outcome *outcome;
	struct fixture fixture;
	struct session *session;

	(void)state;
	fixture_init(&fixture, "log", "enforce");
	session = session_new(&fixture.service);
	begin(session, "nothing");
	session_field(session, "X-Forwarden", "forged");
	session_field(session, "x-forwarden", "forged");
	session_field(session, "X-Forwarden-Not", "other");
	outcome = judge_it(session, ALL_OFFERS);
	assert_int_equal(outcome->old_tags, 2);
	session_done(session, outcome->action);
	session_free(session);
	fixture_fini(&fixture);
}

#define WORD "0123456789abcdef0123456789abcdef"

static void
check_probe(struct probes *probes, const char *word, const char *listeners)
{
	struct json *list = probes_listeners(probes, slice_of(word));
	struct buf text = {0};

	assert_true(json_write(list, &text));
	assert_string_equal(text.p, listeners);
	buf_fini(&text);
	json_free(list);
}

static void
test_probes_are_known_by_their_listeners(void **state)
{
	struct fixture fixture;
	struct session *session;

	(void)state;
	fixture_init(&fixture, "log", "enforce");
	fixture.service.probes = probes_new();
	assert_non_null(fixture.service.probes);
	session = session_new(&fixture.service);
	session_connect(session, "localhost", "127.0.0.1");
	session_helo(session, WORD ".forwarden-probe.invalid", SLICE("intake"));
	begin(session, "probe");
	session_field(
		session, "Message-ID", "<" WORD "@forwarden-probe.invalid>");
	const struct client client = {.listener = SLICE("egress")};
	(void)session_judge(session, &client, SLICE("4TEST"), ALL_OFFERS);
	check_probe(fixture.service.probes, WORD, "[\"intake\",\"egress\"]");
	check_probe(fixture.service.probes, "0", "[]");
	check_probe(fixture.service.probes, "", "[]");
	session_free(session);
	probes_free(fixture.service.probes);
	fixture_fini(&fixture);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages_of_one_session_do_not_mix),
		cmocka_unit_test(test_the_end_without_a_message_does_nothing),
		cmocka_unit_test(
			test_a_message_keeps_the_generation_of_its_mail),
		cmocka_unit_test(test_tags_that_came_with_it_are_counted),
		cmocka_unit_test(test_probes_are_known_by_their_listeners),
	};
	struct rows all = {0};

	ROWS_ADD(&all, judged, check_judged);
	ROWS_TESTS(&all, tests);
	return rows_run(&all, "session");
}
