/* SPDX-License-Identifier: BSD-2-Clause */
/* Keywords of subjects and look-alike domains. */
#include "verdict/keyword.h"
#include "verdict/lookalike.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const struct {
	const char *subject;
	bool found;
} subjects[] = {
	{"Invoice 4711", true},
	{"FW: your INVOICE", true},
	{"invoice", true},
	{"invoiced items", false},
	{"reinvoice", false},
	{"login code: 123", true},
	{"login  code", false},
	{"login", false},
	{"wire-transfer", true},
	{"hardwired", false},
	{"paypal bank", true},
	{"", false},
	{"lunch on friday?", false},
	{"\xc3\xa9"
	 "bank",
		false},
	{"bank\xff", false},
	{"(payment)", true},
};

static void
test_keywords(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		if (keyword_in(NULL, slice_of(subjects[i].subject)) !=
			subjects[i].found)
			fail_msg("\"%s\"", subjects[i].subject);
	}
	assert_false(keyword_in(NULL, (struct slice){0}));
}

static void
test_own_keywords(void **state)
{
	static const struct slice words[] = {SLICE("project x")};
	static const struct keywords list = {words, 1};

	(void)state;
	assert_true(keyword_in(&list, SLICE("Re: Project X, again")));
	assert_false(keyword_in(&list, SLICE("invoice")));
}

static const struct {
	const char *domain, *ours;
	bool alike;
} pairs[] = {
	{"examp1e.com", "example.com", true},
	{"exarnple.com", "example.com", true},
	{"example.net", "example.com", true},
	{"mail.example.co.uk", "example.com", true},
	{"example-mail.com", "example.com", true},
	{"exemple.com", "example.com", true},
	{"example.com", "example.com", false},
	{"sub.example.com", "example.com", false},
	{"gmail.com", "example.com", false},
	{"sample.org", "example.com", false},
	{"abc.com", "abd.com", false},
	{"", "example.com", false},
	{"localhost", "example.com", false},
	{"grnail.com", "gmail.com", true},
	{"bigcompanie.com", "bigcompany.com", true},
};

static void
test_lookalikes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (lookalike_is(slice_of(pairs[i].domain),
			    slice_of(pairs[i].ours)) != pairs[i].alike)
			fail_msg("%s for %s", pairs[i].domain, pairs[i].ours);
	}
}

static void
test_registered(void **state)
{
	char longest[301];

	(void)state;
	assert_true(
		slice_equal(lookalike_registered(SLICE("a.b.example.co.uk")),
			SLICE("example.co.uk")));
	assert_true(slice_equal(
		lookalike_registered(SLICE("co.uk")), SLICE("co.uk")));
	for (size_t i = 0; i < sizeof(longest); i++)
		longest[i] = i % 2 ? '.' : 'a';
	assert_int_equal(
		lookalike_registered((struct slice){longest, sizeof(longest)})
			.len,
		sizeof(longest));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keywords),
		cmocka_unit_test(test_own_keywords),
		cmocka_unit_test(test_lookalikes),
		cmocka_unit_test(test_registered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
