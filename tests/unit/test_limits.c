/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one message may cost, and what becomes of it where not all of it could
 * be looked at: what fits is judged in order, and the rest is told.
 */
#include "verdict_box.h"

#include "rows.h"
#include "verdict/event.h"

#include <time.h>

#define RCPTS_MANY 1000
#define ADDRESSES_MANY 1000
#define PATH_BYTES 64

static const char policies[] = BOX_REDIRECT_POLICY "high\n";

static void
add_recipients(struct message_builder *builder, size_t count)
{
	const struct slice orcpt = SLICE("ORCPT=rfc822;alice@example.com");

	for (size_t i = 0; i < count; i++) {
		char path[PATH_BYTES];

		(void)snprintf(path, sizeof(path), "<drop%zu@evil.example>", i);
		message_add_recipient(builder, slice_of(path), &orcpt, 1);
	}
}

/* The last of many recipients is not spared, and more addresses in more To
 * fields hide nobody. */
static void
test_wide_messages_are_judged(void **state)
{
	const struct config *config = settings();
	const struct message_limits limits = config_message_limits(config);
	struct arena *arena = arena_new((size_t)config->limit_message_bytes);
	const struct client client = {.ip = SLICE("127.0.0.1")};
	struct message_builder *builder;
	const struct verdict *verdict;
	struct judge_options options;
	struct box box;

	(void)state;
	box_open(&box, policies, MODE_ENFORCE);
	options = config_judge_options(config);
	options.program = box.program;
	builder = message_begin(arena, box.realm, &limits);
	message_set_client(builder, &client);
	message_set_sender(builder, SLICE("<bob@partner.example>"), NULL, 0);
	add_recipients(builder, 700);
	for (int i = 0; i < 350; i++)
		message_add_field(builder, SLICE("To"), SLICE("a@b.example"));
	message_add_field(
		builder, SLICE("From"), SLICE("Bob <bob@partner.example>"));
	verdict = judge(&options, NULL, message_finish(builder, BOX_AT));
	assert_int_equal(verdict->gaps, 0);
	assert_int_equal(verdict->message->to.count, 350);
	assert_int_equal(verdict->matched_count, 700);
	assert_int_equal(verdict->would, ACTION_QUARANTINE);
	arena_free(arena);
	box_close(&box);
}

static const struct message *
build_wide(struct arena *arena, const struct box *box, size_t addresses)
{
	const struct message_limits limits = config_message_limits(settings());
	struct message_builder *builder =
		message_begin(arena, box->realm, &limits);
	const struct client client = {.ip = SLICE("127.0.0.1")};
	struct buf to = {0};

	message_set_client(builder, &client);
	message_set_sender(builder, SLICE("<bob@partner.example>"), NULL, 0);
	add_recipients(builder, RCPTS_MANY);
	for (size_t i = 0; i < addresses; i++) {
		buf_printf(&to, "%suser%zu@example.com", i > 0 ? ", " : "", i);
	}
	message_add_field(builder, SLICE("To"), buf_slice(&to));
	message_add_field(
		builder, SLICE("From"), SLICE("Bob <bob@partner.example>"));
	buf_fini(&to);
	return message_finish(builder, BOX_AT);
}

static clock_t
cost_of(struct arena *arena, const struct box *box, size_t addresses)
{
	struct judge_options options = config_judge_options(settings());
	clock_t best = 0;

	options.program = box->program;
	for (int run = 0; run < 5; run++) {
		const struct message *message;
		const struct verdict *verdict;
		clock_t begun, spent;

		arena_reset(arena);
		message = build_wide(arena, box, addresses);
		assert_int_equal(message->to.count, addresses);
		begun = clock();
		verdict = judge(&options, NULL, message);
		spent = clock() - begun;
		assert_int_equal(verdict->matched_count, RCPTS_MANY);
		if (run == 0 || spent < best)
			best = spent;
	}
	return best;
}

/* Who is addressed is read once a message, not once a recipient: a thousand
 * times a thousand took six seconds. */
static void
many_addresses_cost_no_more_a_recipient(void **state)
{
	struct arena *arena =
		arena_new((size_t)settings()->limit_message_bytes);
	clock_t few, many;
	struct box box;

	(void)state;
	box_open(&box, policies, MODE_ENFORCE);
	few = cost_of(arena, &box, 1);
	many = cost_of(arena, &box, ADDRESSES_MANY);
	assert_true(many < 4 * few + CLOCKS_PER_SEC / 100);
	arena_free(arena);
	box_close(&box);
}

/* Two of three recipients are looked at. */
static const struct verdict *
judge_part(struct box *box, const struct judge_options *options,
	const char *sender, const char *rcpt)
{
	const struct message_limits limits = {.fields = 10,
		.field_bytes = 1000,
		.recipients = 2,
		.addresses = 10};
	const struct client client = {.ip = SLICE("127.0.0.1")};
	struct message_builder *builder;

	builder = message_begin(box->arena, box->realm, &limits);
	message_set_client(builder, &client);
	message_set_sender(builder, slice_of(sender), NULL, 0);
	for (int i = 0; i < 3; i++)
		message_add_recipient(builder, slice_of(rcpt), NULL, 0);
	return judge(options, NULL, message_finish(builder, BOX_AT));
}

static const struct unseen {
	const char *name;
	enum action unseen, ceiling;
	enum mode mode;
	enum action action, would;
} unseen[] = {
	{"nothing", ACTION_NONE, ACTION_DISCARD, MODE_ENFORCE, ACTION_NONE,
		ACTION_NONE},
	{"log", ACTION_LOG, ACTION_DISCARD, MODE_ENFORCE, ACTION_LOG,
		ACTION_LOG},
	{"tag", ACTION_TAG, ACTION_DISCARD, MODE_ENFORCE, ACTION_TAG,
		ACTION_TAG},
	{"quarantine", ACTION_QUARANTINE, ACTION_DISCARD, MODE_ENFORCE,
		ACTION_QUARANTINE, ACTION_QUARANTINE},
	{"tempfail", ACTION_TEMPFAIL, ACTION_DISCARD, MODE_ENFORCE,
		ACTION_TEMPFAIL, ACTION_TEMPFAIL},
	{"reject", ACTION_REJECT, ACTION_DISCARD, MODE_ENFORCE, ACTION_REJECT,
		ACTION_REJECT},
	{"discard", ACTION_DISCARD, ACTION_DISCARD, MODE_ENFORCE,
		ACTION_DISCARD, ACTION_DISCARD},
	{"tempfail under a ceiling", ACTION_TEMPFAIL, ACTION_TAG, MODE_ENFORCE,
		ACTION_TAG, ACTION_TAG},
	{"log, observed", ACTION_LOG, ACTION_DISCARD, MODE_OBSERVE, ACTION_LOG,
		ACTION_LOG},
	{"tag, observed", ACTION_TAG, ACTION_DISCARD, MODE_OBSERVE, ACTION_LOG,
		ACTION_TAG},
	{"quarantine, observed", ACTION_QUARANTINE, ACTION_DISCARD,
		MODE_OBSERVE, ACTION_LOG, ACTION_QUARANTINE},
	{"tempfail, observed", ACTION_TEMPFAIL, ACTION_DISCARD, MODE_OBSERVE,
		ACTION_LOG, ACTION_TEMPFAIL},
	{"reject, observed", ACTION_REJECT, ACTION_DISCARD, MODE_OBSERVE,
		ACTION_LOG, ACTION_REJECT},
};

static void
check_unseen(void **state)
{
	const struct unseen *row = *state;
	struct judge_options options = config_judge_options(settings());
	const struct verdict *verdict;
	struct buf event = {0};
	struct box box;

	box_open(&box, NULL, row->mode);
	options.respond.mode = row->mode;
	options.respond.unseen = row->unseen;
	options.respond.ceiling = row->ceiling;
	verdict = judge_part(
		&box, &options, "<alice@example.com>", "<a@partner.example>");
	assert_true(verdict->unseen);
	assert_int_equal(verdict->gaps, GAP_RECIPIENTS);
	assert_int_equal(verdict->action, row->action);
	assert_int_equal(verdict->would, row->would);
	assert_true(event_write(verdict, verdict->action, &event));
	assert_non_null(strstr(event.p, "\"gaps\":[\"recipients\"]"));
	assert_int_equal(verdict->id.len, 16);
	buf_fini(&event);
	box_close(&box);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wide_messages_are_judged),
		cmocka_unit_test(many_addresses_cost_no_more_a_recipient),
	};
	struct rows all = {NULL, 0};

	ROWS_ADD(&all, unseen, check_unseen);
	ROWS_TESTS(&all, tests);
	return rows_run(&all, "limits");
}
