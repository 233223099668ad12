/* SPDX-License-Identifier: BSD-2-Clause */
/* Which event holds a message, and what an MTA says of the messages it holds,
 * which are partly its senders' bytes. */
#include "rows.h"

#include "cli/held_join.h"
#include "mta/held.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARRIVED_MS 1767600000000LL /* 2026-01-05T08:00:00Z */
#define EVENT(more)                                                       \
	"{\"@timestamp\":\"2026-01-05T08:00:01.500Z\",\"event\":{\"id\":" \
	"\"e1\",\"action\":\"quarantine\",\"outcome\":\"success\"},"      \
	"\"email\":{\"local_id\":\"4XyZ1\"}" more "}"
#define ACT(action, outcome)                                            \
	",{\"event\":{\"action\":\"" action "\",\"outcome\":\"" outcome \
	"\"},\"forwarden\":{\"held_by\":\"e1\"}}"

static const struct join_row {
	const char *name, *events;
	bool holds;
} join_rows[] = {
	{"its id, a second after it came", EVENT(""), true},
	{"another id",
		"{\"@timestamp\":\"2026-01-05T08:00:01Z\",\"event\":"
		"{\"id\":\"e1\",\"action\":\"quarantine\"},\"email\":"
		"{\"local_id\":\"4XyZ2\"}}",
		false},
	{"an id that was another message's the day before",
		"{\"@timestamp\":\"2026-01-04T08:00:01Z\",\"event\":{\"id\":"
		"\"e1\",\"action\":\"quarantine\"},\"email\":{\"local_id\":"
		"\"4XyZ1\"}}",
		false},
	{"... and on the day after",
		"{\"@timestamp\":\"2026-01-06T09:00:01Z\",\"event\":{\"id\":"
		"\"e1\",\"action\":\"quarantine\"},\"email\":{\"local_id\":"
		"\"4XyZ1\"}}",
		false},
	{"late, and of the same sender",
		"{\"@timestamp\":\"2026-01-05T09:30:00Z\",\"event\":{\"id\":"
		"\"e1\",\"action\":\"quarantine\"},\"email\":{\"local_id\":"
		"\"4XyZ1\"},\"smtp\":{\"mail_from\":{\"address\":"
		"\"Eve@partner.example\"}}}",
		true},
	{"late, and of another sender: the id was used again",
		"{\"@timestamp\":\"2026-01-05T09:30:00Z\",\"event\":{\"id\":"
		"\"e1\",\"action\":\"quarantine\"},\"email\":{\"local_id\":"
		"\"4XyZ1\"},\"smtp\":{\"mail_from\":{\"address\":"
		"\"bob@partner.example\"}}}",
		false},
	{"late, and of a sender that is kept private",
		"{\"@timestamp\":\"2026-01-05T09:30:00Z\",\"event\":{\"id\":"
		"\"e1\",\"action\":\"quarantine\"},\"email\":{\"local_id\":"
		"\"4XyZ1\"},\"smtp\":{\"mail_from\":{\"address\":"
		"\"h:0123456789abcdef0123456789abcdef\"}}}",
		true},
	{"by this host", EVENT(",\"forwarden\":{\"host\":\"MX.example.com\"}"),
		true},
	{"by another host with the same id",
		EVENT(",\"forwarden\":{\"host\":\"mx2.example.com\"}"), false},
	{"only tagged",
		"{\"@timestamp\":\"2026-01-05T08:00:01Z\",\"event\":"
		"{\"id\":\"e1\",\"action\":\"tag\"},\"email\":"
		"{\"local_id\":\"4XyZ1\"}}",
		false},
	{"released since: somebody else's", EVENT("") ACT("release", "success"),
		false},
	{"deleted since", EVENT("") ACT("delete", "success"), false},
	{"not released since, as it failed",
		EVENT("") ACT("release", "failure"), true},
	{"expired since, which is told", EVENT("") ACT("expire", "success"),
		true},
	{"what is no event", "7,null,[],{\"event\":7},{\"email\":[]}", false},
};

static const struct slice to[] = {{"drop@evil.example", 17}};
static const struct held message = {.mta = HELD_POSTFIX,
	.place = "/etc/postfix",
	.id = "4XyZ1",
	.at_ms = ARRIVED_MS,
	.sender = {"eve@partner.example", 19},
	.rcpts = to,
	.rcpt_count = 1};

static struct held_join *
join_of(const char *events)
{
	struct held_join *join = held_join_new();
	struct buf text = {0};
	struct json *json;

	assert_non_null(join);
	buf_printf(&text, "{\"events\":[%s]}", events);
	json = json_parse(buf_slice(&text), NULL);
	assert_non_null(json);
	held_join_set_host(join, SLICE("mx.example.com"));
	assert_true(held_join_add_take(join, json));
	buf_fini(&text);
	return join;
}

static void
check_join(void **state)
{
	const struct join_row *row = *state;
	struct held_join *join = join_of(row->events);

	assert_int_equal(held_join_find(join, &message) != NULL, row->holds);
	held_join_free(join);
}

static void
test_what_is_known_of_events(void **state)
{
	struct held_join *join = join_of(
		EVENT("") ACT("expire", "success") ACT("release", "failure"));

	(void)state;
	assert_true(held_join_is_told(join, SLICE("e1")));
	assert_false(held_join_is_over(join, SLICE("e1")));
	assert_false(held_join_is_told(join, SLICE("e2")));
	assert_true(slice_equal(
		held_join_id(held_join_find(join, &message)), SLICE("e1")));
	/* The same once more, and then its end. */
	assert_true(held_join_add_take(
		join, json_parse(SLICE("{\"events\":[" EVENT("") "]}"), NULL)));
	assert_non_null(held_join_find(join, &message));
	assert_true(held_join_add_take(join,
		json_parse(SLICE("{\"events\":[{\"event\":{\"action\":"
				 "\"delete\",\"outcome\":\"success\"},"
				 "\"forwarden\":{\"held_by\":\"e1\"}}]}"),
			NULL)));
	assert_null(held_join_find(join, &message));
	assert_true(held_join_is_over(join, SLICE("e1")));
	held_join_free(join);
}

#define HELD_LINE(id, more) \
	"{\"queue_name\":\"hold\",\"queue_id\":\"" id "\"" more "}"

static const struct line_row {
	const char *name, *line, *id, *sender;
	size_t rcpts;
	int64_t at_ms;
} line_rows[] = {
	{"a held message",
		HELD_LINE("4XyZ1",
			",\"arrival_time\":1767600000,\"sender\":"
			"\"eve@partner.example\",\"recipients\":"
			"[{\"address\":\"drop@evil.example\"}]"),
		"4XyZ1", "eve@partner.example", 1, ARRIVED_MS},
	{"the null sender", HELD_LINE("A1", ",\"sender\":\"MAILER-DAEMON\""),
		"A1", "", 0, 0},
	{"one that is not held",
		"{\"queue_name\":\"deferred\",\"queue_id\":\"4XyZ1\"}", NULL,
		NULL, 0, 0},
	{"an id that leads out of the queue", HELD_LINE("../../x", ""), NULL,
		NULL, 0, 0},
	{"an id that is an option", HELD_LINE("-d", ""), NULL, NULL, 0, 0},
	{"an empty id", HELD_LINE("", ""), NULL, NULL, 0, 0},
	{"a sender with a line in it",
		HELD_LINE("A1", ",\"sender\":\"a\\n{\\\"queue_id\\\"@b\""),
		"A1", "a\n{\"queue_id\"@b", 0, 0},
	{"recipients that are none",
		HELD_LINE("A1", ",\"recipients\":[7,{},{\"address\":[]}]"),
		"A1", "", 3, 0},
	{"no JSON", "4XyZ1* 510 Mon Jan 5 eve@partner.example", NULL, NULL, 0,
		0},
	{"a time that cannot be",
		HELD_LINE("A1", ",\"arrival_time\":999999999999999999"), "A1",
		"", 0, 0},
	{"half a line", "{\"queue_name\":\"hold\",\"queue_id\":\"4X", NULL,
		NULL, 0, 0},
};

static void
check_line(void **state)
{
	const struct line_row *row = *state;
	struct held_list list = {.arena = arena_new(1 << 20)};
	struct err err = {0};

	assert_true(held_postfix_take(
		&list, slice_of(row->line), "/etc/postfix", &err));
	assert_int_equal(list.count, row->id != NULL);
	if (row->id != NULL) {
		assert_string_equal(list.at[0].id, row->id);
		assert_true(
			slice_equal(list.at[0].sender, slice_of(row->sender)));
		assert_int_equal(list.at[0].rcpt_count, row->rcpts);
		assert_int_equal(list.at[0].at_ms, row->at_ms);
	}
	arena_free(list.arena);
}

static const struct file_row {
	const char *name, *text, *sender, *rcpts;
	int64_t at_ms;
} file_rows[] = {
	{"a message",
		"V8\nT1767600000\nS<eve@partner.example>\n"
		"RPFD:<drop@evil.example>\nH??Subject: x\n.\n",
		"eve@partner.example", "drop@evil.example;", ARRIVED_MS},
	{"the null sender", "T1\nS<>\n", "", "", 1000},
	{"a time that cannot be", "T999999999999999999\nS<a@b>\n", "a@b", "",
		0},
	{"no time", "Tsoon\nS<a@b>\n", "a@b", "", 0},
	{"what a header says is none of it",
		"S<a@b>\nH??Subject: x\nH??R: y\n\tRPFD:<forged@x>\n", "a@b",
		"", 0},
	{"recipients in any form", "RPFD:a@b\nR:<c@d>\nRno flags\nR\n", "",
		"a@b;c@d;", 0},
	{"nothing", "", "", "", 0},
};

static void
check_file(void **state)
{
	const struct file_row *row = *state;
	struct held_list list = {.arena = arena_new(1 << 20)};
	const struct held named = {
		.mta = HELD_SENDMAIL, .id = "5AR1", .folder = "/q"};
	struct buf rcpts = {0};
	struct err err = {0};

	assert_true(
		held_sendmail_take(&list, &named, slice_of(row->text), &err));
	assert_int_equal(list.count, 1);
	for (size_t i = 0; i < list.at[0].rcpt_count; i++) {
		buf_add(&rcpts, list.at[0].rcpts[i]);
		buf_add_byte(&rcpts, ';');
	}
	assert_true(slice_equal(buf_slice(&rcpts), slice_of(row->rcpts)));
	assert_true(slice_equal(list.at[0].sender, slice_of(row->sender)));
	assert_int_equal(list.at[0].at_ms, row->at_ms);
	assert_string_equal(list.at[0].id, "5AR1");
	buf_fini(&rcpts);
	arena_free(list.arena);
}

static void
write_file(const char *folder, const char *name, const char *text)
{
	char path[512];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
make_folder(const char *folder, const char *name)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

/* A queue of several directories, and groups below and beside it. */
static void
test_queue_groups(void **state)
{
	char folder[] = "/tmp/forwarden-held-XXXXXX", text[1024], command[64];
	const struct held_where where = {.sendmail = folder};
	struct held_list list = {.arena = arena_new(1 << 20)};
	struct err err = {0};

	(void)state;
	assert_non_null(mkdtemp(folder));
	make_folder(folder, "queue");
	make_folder(folder, "queue/q1");
	make_folder(folder, "queue/q2");
	make_folder(folder, "queue/q2/qf");
	make_folder(folder, "queue/slow");
	make_folder(folder, "fast");
	(void)snprintf(text, sizeof(text),
		"O QueueDirectory=%s/queue/q*\n"
		"Qslow, P=slow, F=f\nQagain, P=%s/queue/q1\n"
		"Qfast, Interval=1m, Path=%s/fast\nQnone, F=f\nQ\n",
		folder, folder, folder);
	write_file(folder, "sendmail.cf", text);
	write_file(folder, "queue/q1/hf5AR1", "T1\nS<a@b>\n");
	write_file(folder, "queue/q1/qf5AR9", "T1\nS<a@b>\n");
	write_file(folder, "queue/q2/qf/hf5AR2", "T2\nS<a@b>\n");
	write_file(folder, "queue/slow/hf5AR3", "T3\nS<a@b>\n");
	write_file(folder, "fast/hf5AR4", "T4\nS<a@b>\n");
	write_file(folder, "fast/hf..x", "T4\nS<a@b>\n");
	assert_true(held_sendmail_read(&list, &where, &err));
	assert_int_equal(list.count, 4);
	assert_string_equal(list.at[0].id, "5AR1");
	assert_string_equal(list.at[1].id, "5AR2");
	assert_string_equal(list.at[2].id, "5AR3");
	assert_string_equal(list.at[3].id, "5AR4");
	arena_free(list.arena);
	(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
	assert_int_equal(system(command), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_known_of_events),
		cmocka_unit_test(test_queue_groups),
	};
	struct rows all = {0};

	ROWS_ADD(&all, join_rows, check_join);
	ROWS_ADD(&all, line_rows, check_line);
	ROWS_ADD(&all, file_rows, check_file);
	ROWS_TESTS(&all, tests);
	return rows_run(&all, "held");
}
