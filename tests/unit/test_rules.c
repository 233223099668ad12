/* SPDX-License-Identifier: BSD-2-Clause */
/* Readers of rules at rest: right sides, commands, answers of MTAs; children
 * with a deadline. What they make of whole trees, tests/rules tries. */
#include "rows.h"

#include "base/clock.h"
#include "mta/rules/command_line.h"
#include "mta/rules/guarded.h"
#include "mta/rules/oracle.h"
#include "mta/rules/recipients.h"

#include <string.h>
#include <unistd.h>

#define ARENA_BYTES (1 << 20)

/* A right side, and what it is made of: "local|domain", "!" for a command,
 * "/" for a file, ":" for an include. */
static const struct right_row {
	const char *name, *text, *expected;
} right_rows[] = {
	{"an address", "a@b.example", "a|b.example "},
	{"a phrase", "Bob B. <a@b.example>", "a|b.example "},
	{"a phrase in quotes", "\"B, b\" <a@b.example>, c", "a|b.example c| "},
	{"blanks part words", "a@b.example c d@e.example",
		"a|b.example c| d|e.example "},
	{"blanks around signs do not", "a @ b . example, c", "a|b.example c| "},
	{"comments", "(x) a@b.example (y, z) ,(w)", "a|b.example "},
	{"quotes", "\"a b\"@c.example", "a b|c.example "},
	{"an at sign in quotes", "\"a@b\"@c.example", "a@b|c.example "},
	{"backslashes", "\\bob, \\\"x\\\"@c.example", "bob| \"x\"|c.example "},
	{"a source route", "@a.example,@b.example:c@d.example", "c|d.example "},
	{"a domain alone", "@b.example", "|b.example "},
	{"a command in quotes", "\"|/x y a@b.example\", c",
		"!/x y a@b.example c| "},
	{"a command, quoted behind its bar", "|\"/x y\"", "!/x y "},
	{"files and includes", "/a/b, \":include:/c\", :include:\"/d\"",
		"//a/b :/c :/d "},
	{"quotes that are not closed", "\"|a b", "!a b "},
	{"nothing", " ,; (x)", ""},
};

static void
test_right(void **state)
{
	const struct right_row *row = *state;
	static const char marks[] = {[RECIPIENT_COMMAND] = '!',
		[RECIPIENT_FILE] = '/',
		[RECIPIENT_INCLUDE] = ':'};
	struct arena *arena = arena_new(ARENA_BYTES);
	struct recipients it = {.rest = slice_of(row->text)};
	struct buf found = {0};

	buf_puts(&found, "");
	for (struct recipient one; recipients_next(&it, arena, &one);) {
		if (one.kind == RECIPIENT_ADDRESS) {
			buf_printf(&found, "%.*s|%.*s ", SLICE_ARG(one.local),
				SLICE_ARG(one.domain));
		} else {
			buf_printf(&found, "%c%.*s ", marks[one.kind],
				SLICE_ARG(one.text));
		}
	}
	assert_string_equal(
		found.len > 0 ? buf_slice(&found).p : "", row->expected);
	buf_fini(&found);
	arena_free(arena);
}

static const struct command_row {
	const char *name, *command, *expected;
} command_rows[] = {
	{"the sender is none", "sendmail -f a@x.example b@y.example",
		"b@y.example "},
	{"options that hold it", "x --rcpt=a@x.example -fb@y.example",
		"a@x.example "},
	{"several, in quotes", "sh -c 'mail a@x.example,b@y.example'",
		"a@x.example b@y.example "},
	{"a login of a URL is none", "curl smtp://u@x.example/ -T -", ""},
	{"ours are none", "mail ann@example.com <c@x.example>", "c@x.example "},
	{"a quote that is not closed", "x \"a@x.example b@y.example",
		"a@x.example b@y.example "},
};

static void
test_command(void **state)
{
	const struct command_row *row = *state;
	struct arena *arena = arena_new(ARENA_BYTES);
	struct inside *inside = inside_new(NULL);
	struct command_line line = {.rest = slice_of(row->command)};
	struct buf found = {0};

	inside_learn(inside, SLICE("example.com"));
	for (struct slice one; command_line_next(&line, inside, arena, &one);)
		buf_printf(&found, "%.*s ", SLICE_ARG(one));
	assert_string_equal(
		found.len > 0 ? buf_slice(&found).p : "", row->expected);
	buf_fini(&found);
	inside_free(inside);
	arena_free(arena);
}

/* As Sendmail 8.17.1 and Exim 4.96 answer. */
static const struct answer_row {
	const char *name;
	bool (*read)(struct slice line, struct slice *address);
	const char *line, *expected;
} answer_rows[] = {
	{"Sendmail: outside", oracle_read_sendmail,
		"desk@agency.example... deliverable: mailer esmtp, host "
		"agency.example., user desk@agency.example",
		"desk@agency.example"},
	{"Sendmail: a user", oracle_read_sendmail,
		"\\ann... deliverable: mailer local, user \\ann", NULL},
	{"Sendmail: nobody", oracle_read_sendmail, "x... User unknown", NULL},
	{"Exim: outside", oracle_read_exim, "spy@evil.example",
		"spy@evil.example"},
	{"Exim: its way", oracle_read_exim, "    <-- ceo@example.com", NULL},
	{"Exim: none", oracle_read_exim, "x@evil.example is undeliverable: no",
		NULL},
};

static void
test_answer(void **state)
{
	const struct answer_row *row = *state;
	struct slice address;
	bool found = row->read(slice_of(row->line), &address);

	assert_int_equal(found, row->expected != NULL);
	if (found)
		assert_true(slice_equal(address, slice_of(row->expected)));
}

static void
write_words(void *ctx, FILE *out)
{
	(void)fputs(ctx, out);
}

static void
hang(void *ctx, FILE *out)
{
	(void)ctx;
	(void)out;
	for (;;)
		(void)pause();
}

static void
die(void *ctx, FILE *out)
{
	(void)ctx;
	(void)out;
	abort();
}

static void
test_guarded_writes(void **state)
{
	char words[] = "found";
	struct buf out = {0};
	struct err err = {0};

	(void)state;
	assert_true(guarded_run(&(struct guarded){.milliseconds = 10000,
					.deed = write_words,
					.ctx = words},
		&out, &err));
	assert_string_equal(out.p, "found");
	buf_fini(&out);
}

/* A home on a server that is gone. */
static void
test_guarded_is_late(void **state)
{
	struct buf out = {0};
	struct err err = {0};
	int64_t begun = clock_monotonic_ms();

	(void)state;
	assert_false(
		guarded_run(&(struct guarded){.milliseconds = 50, .deed = hang},
			&out, &err));
	assert_int_equal(err.code, ERR_DOWN);
	assert_true(clock_monotonic_ms() - begun < 5000);
	buf_fini(&out);
}

static void
test_guarded_dies(void **state)
{
	struct buf out = {0};
	struct err err = {0};

	(void)state;
	assert_false(guarded_run(
		&(struct guarded){.milliseconds = 10000, .deed = die}, &out,
		&err));
	buf_fini(&out);
}

/* Whoever cannot give up his rights does nothing. */
static void
test_guarded_drops(void **state)
{
	char words[] = "done";
	struct buf out = {0};
	struct err err = {0};
	const struct guarded job = {.drop = true,
		.uid = 64321,
		.gid = 64321,
		.milliseconds = 10000,
		.deed = write_words,
		.ctx = words};

	(void)state;
	assert_int_equal(guarded_run(&job, &out, &err), geteuid() == 0);
	assert_int_equal(out.len > 0, geteuid() == 0);
	buf_fini(&out);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guarded_writes),
		cmocka_unit_test(test_guarded_is_late),
		cmocka_unit_test(test_guarded_dies),
		cmocka_unit_test(test_guarded_drops),
	};
	struct rows rows = {0};

	ROWS_ADD(&rows, right_rows, test_right);
	ROWS_ADD(&rows, command_rows, test_command);
	ROWS_ADD(&rows, answer_rows, test_answer);
	ROWS_TESTS(&rows, tests);
	return rows_run(&rows, "rules");
}
