/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a message costs must not grow with the number of policies, but with
 * what could match: counted in rules that are tried, which no load on the
 * machine changes.
 */
#include "rows.h"

#include "policy.h"
#include "sigma/compiled.h"
#include "sigma/shortlist.h"

#define ARENA_BYTES ((size_t)16 << 20)

static const char *const shapes[] = {
	"kind: [redirect, forward]\n    rcpt: 'drop%u@evil.example'",
	"flag: true\n    rcpt|endswith: ['.evil%u.example', '.bad%u.example']",
	"kind: redirect\n    subject|contains: ['secret %u', 'payroll %u']",
	"flag: true\n    subject|re|i: '\\bproject-%u[0-9]{2}\\b'",
	"number|gte: 80\n    box|startswith: 'user%u@'",
	"text: 'supplier%u*.example'\n    kind: forward",
};

static void
write_rules(struct buf *out, unsigned count, const char *service)
{
	for (unsigned i = 0; i < count; i++) {
		const char *at = shapes[i % 6];

		buf_printf(out,
			"---\ntitle: t%u\nlogsource: {category: x%s}\n"
			"detection:\n  s:\n    ",
			i, service);
		for (; *at != '\0'; at++) {
			if (at[0] == '%' && at[1] == 'u') {
				buf_printf(out, "%u", i);
				at++;
			} else {
				buf_add_byte(out, *at);
			}
		}
		buf_puts(out,
			"\n  f:\n    many: list\n"
			"  condition: s and not f\n");
	}
}

static struct sigma_program *
load(unsigned count, const char *service)
{
	struct diags *diags = diags_new();
	struct sigma_options options;
	struct sigma_program *program;
	struct buf text = {0};

	write_rules(&text, count, service);
	policy_options(&options);
	program = sigma_program_parse("p", buf_slice(&text), &options, diags);
	if (program == NULL)
		fail_msg("%s", diags_at(diags, 0)->what);
	buf_fini(&text);
	diags_free(diags);
	return program;
}

static bool
count_one(void *ctx, const struct rule *rule)
{
	unsigned *count = ctx;

	(void)rule;
	(*count)++;
	return true;
}

/* How many rules are tried for the record. */
static unsigned
tried(const struct sigma_program *program, const char *record_text)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	char *copy = strdup(record_text);
	const char *pairs[16];
	struct sigma_record record;
	struct eval eval;
	unsigned count = 0;

	policy_split(copy, pairs, 16);
	record = policy_record(pairs);
	assert_true(eval_init(&eval, program, arena, &record));
	eval_begin_flow(&eval, &record);
	assert_true(shortlist_each(shortlist_new(program->candidates, arena),
		&eval, record.services | SIGMA_SERVICE_ANY, count_one, &count));
	free(copy);
	arena_free(arena);
	return count;
}

#define USUAL                                                     \
	"kind=redirect & flag=true & rcpt=bob@partner.example & " \
	"subject=FW: minutes & number=95 & box=alice@example.com & text=x"

static void
test_the_number_of_rules_does_not_matter(void **state)
{
	struct sigma_program *few = load(48, ""), *many = load(4800, "");

	(void)state;
	assert_int_equal(tried(few, USUAL), 0);
	assert_int_equal(tried(many, USUAL), 0);
	assert_int_equal(tried(many, "flag=false & kind=none"), 0);
	sigma_program_free(few);
	sigma_program_free(many);
}

static void
test_what_could_match_is_tried(void **state)
{
	struct sigma_program *many = load(4800, "");

	(void)state;
	assert_int_equal(
		tried(many, "kind=redirect & rcpt=drop600@evil.example"), 1);
	assert_int_equal(tried(many, "flag=true & rcpt=x@a.bad601.example"), 1);
	assert_int_equal(
		tried(many, "kind=redirect & subject=the SECRET 602"), 1);
	assert_int_equal(tried(many, "flag=true & subject=Project-60312"), 1);
	assert_int_equal(tried(many, "number=90 & box=user604@x"), 1);
	sigma_program_free(many);
}

static void
test_another_service_costs_nothing(void **state)
{
	struct sigma_program *program = load(600, ", service: forward");

	(void)state;
	assert_int_equal(sigma_program_services(program), 2);
	/* Records of these tests are of the service "message" only. */
	assert_int_equal(
		tried(program, "kind=redirect & rcpt=drop0@evil.example"), 0);
	sigma_program_free(program);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_number_of_rules_does_not_matter),
		cmocka_unit_test(test_what_could_match_is_tried),
		cmocka_unit_test(test_another_service_costs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
