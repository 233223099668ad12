/* SPDX-License-Identifier: BSD-2-Clause */
/* Keywords of subjects and look-alike domains. */
#include "daemon/config_engine.h"
#include "verdict/keyword.h"
#include "verdict/lookalike.h"
#include "verdict/policies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What is of a topic, by the lists that come with the program. */
static const struct {
	const char *subject;
	const char *topics; /* joined by spaces */
} subjects[] = {
	{"Invoice 4711", "money"},
	{"FW: your INVOICE", "money"},
	{"invoiced items", ""},
	{"reinvoice", ""},
	{"login code: 123", "credentials"},
	{"login  code", "credentials"},
	{"login\u00a0code", "credentials"},
	{"login", ""},
	{"(payment)", "money"},
	{"\u00e9payment", ""},
	{"payment\xff", ""},
	{"", ""},
	{"lunch on friday?", ""},
	{"Taylor Swift tickets", ""},
	{"our mission statement", ""},
	{"a fair compromise", ""},
	{"the Taliban", ""},
	{"check the list", ""},
	{"hack day on friday", ""},
	{"Ihre Rechnungsnummer 12", "money"},
	{"\u00dcBERWEISUNG", "money"},
	{"Gehaltsabrechnung 05/2026", "payroll"},
	{"Votre facture", "money"},
	{"R\u00e9initialisation du mot de passe", "credentials"},
	{"Recibo de n\u00f3mina: su n\u00f3mina", "money payroll"},
	{"codice di verifica 123456", "credentials"},
	{"Nota fiscal 12", "money"},
	{"Uw factuur", "money"},
	{"Twoja faktura", "money"},
	{"\u0421\u0447\u0435\u0442 \u043d\u0430 "
	 "\u043e\u043f\u043b\u0430\u0442\u0443",
		"money"},
	{"faturan\u0131z", "money"},
	{"\u60a8\u7684\u9a8c\u8bc1\u7801\u662f123", "credentials"},
	{"10\u6708\u8acb\u6c42\u66f8\u306e\u4ef6", "money"},
	{"Security alert for your account", "incident"},
	{"NDA draft", "legal"},
};

/* The pack's lists, as they are installed. */
static struct keywords *
shipped(void)
{
	struct config *config = config_defaults();
	struct sigma_options options = config_sigma_options(config);
	struct diags *diags = diags_new();
	const char *top = getenv("TOP_SRCDIR");
	struct keywords *keywords;
	const char *paths[1];
	char path[512];

	(void)snprintf(
		path, sizeof(path), "%s/policies", top != NULL ? top : ".");
	paths[0] = path;
	sigma_program_free(policies_load(paths, 1, &options, diags, &keywords));
	diags_free(diags);
	config_free(config);
	return keywords;
}

static void
test_keywords(void **state)
{
	struct keywords *keywords = shipped();
	struct arena *arena = arena_new(1 << 20);

	(void)state;
	assert_non_null(keywords);
	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		unsigned found = keyword_topics(
			keywords, slice_of(subjects[i].subject), arena);
		struct buf said = {0};

		for (unsigned topic = 0; topic < KEYWORD_TOPICS; topic++) {
			if ((found & 1U << topic) == 0)
				continue;
			buf_printf(&said, "%s%s", said.len > 0 ? " " : "",
				keyword_topic_name((enum keyword_topic)topic));
		}
		buf_add(&said, SLICE(""));
		if (strcmp(said.p, subjects[i].topics) != 0) {
			fail_msg("\"%s\": %s", subjects[i].subject, said.p);
		}
		buf_fini(&said);
	}
	assert_int_equal(keyword_topics(NULL, SLICE("invoice"), arena), 0);
	keywords_free(keywords);
	arena_free(arena);
}

static void
test_own_keywords(void **state)
{
	static const struct slice words[] = {SLICE("Project X")};
	const struct sigma_list list = {
		.name = SLICE("keywords"), .values = words, .count = 1};
	struct keywords *keywords = keywords_new(&list, 1);
	struct arena *arena = arena_new(1 << 20);

	(void)state;
	assert_int_equal(
		keyword_topics(keywords, SLICE("Re: PROJECT X, again"), arena),
		1 << KEYWORD_OWN);
	assert_int_equal(keyword_topics(keywords, SLICE("invoice"), arena), 0);
	assert_int_equal(keywords_count(keywords, KEYWORD_MONEY), 0);
	keywords_free(keywords);
	arena_free(arena);
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
	{"example.com.evil.net", "example.com", true},
	{"mx.example.com.evil.net", "mail.example.com", true},
	{"example-com.evil.net", "example.com", true},
	{"notexample.com.evil.net", "example.com", false},
	{"example.zendesk.com", "example.com", false},
	{"examplecorp.com", "example.com", true},
	{"securexample.com", "example.com", false},
	{"secureexample.net", "example.com", true},
	{"exampleton.com", "example.com", false},
	{"bigcompanie.com", "bigcompany.com", true},
	{"xn--exmple-4nf.com", "example.com", true}, /* Cyrillic a */
	{"xn--exmple-qta.com", "example.com", true}, /* a with acute */
	{"xn--mller-kva.de", "muller.de", true},
	{"muller.de", "xn--mller-kva.de", true},
	{"xn--mller-kva.de", "miller.de", false},
	{"xn--80ajoghfjyj0a.com", "example.com", false},
	{"xn--e1afmkfd.com", "example.com", false},
	{"xn--.com", "example.com", false},
	{"xn--a-ecp.ru", "example.com", false},
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
