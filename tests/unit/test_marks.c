/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables that inference stands on, and subjects. */
#include "rows.h"

#include "forward/confidence.h"
#include "forward/flow.h"
#include "forward/subject.h"

#include <stdio.h>

static void
evidence_is_complete(void **state)
{
	(void)state;
	for (size_t i = 0; i < EVIDENCE_COUNT; i++) {
		const struct evidence_row *row = evidence_row((enum evidence)i);

		assert_non_null(row->name);
		assert_non_null(row->reads);
		assert_non_null(row->sentence);
		assert_in_range(row->confidence, 1, CONFIDENCE_FAMILY_MAX);
		for (size_t j = 0; j < i; j++) {
			assert_string_not_equal(row->name,
				evidence_row((enum evidence)j)->name);
		}
	}
}

static void
names_are_complete(void **state)
{
	(void)state;
	for (size_t i = 0; i < KIND_COUNT; i++)
		assert_non_null(evidence_kind_name((enum kind)i));
	for (size_t i = 0; i < FAMILY_COUNT; i++)
		assert_non_null(evidence_family_name((enum evidence_family)i));
	for (size_t i = 0; i < EXEMPTION_COUNT; i++)
		assert_true(flow_exemption_name((unsigned)i)[0] != '\0');
	assert_string_equal(flow_exemption_name(EXEMPTION_COUNT), "");
}

static const struct subject_row {
	const char *name; /* the subject itself */
	bool forward;
} subjects[] = {
	{"Fwd: The offer", true},
	{"FW: The offer", true},
	{"fw : The offer", true},
	{"WG: Angebot", true},
	{"TR: Offre", true},
	{"RV: Oferta", true},
	{"I: Offerta", true},
	{"ENC: Oferta", true},
	{"VS: Tilbud", true},
	{"VB: Erbjudande", true},
	{"VL: Tarjous", true},
	{"PD: Oferta", true},
	{"Redir.: Oferta", true},
	{"Videresend: Tilbud", true},
	{"\u0130LT: Teklif", true},
	{"Doorst: Aanbod", true},
	{"\u8f6c\u53d1\uff1a\u62a5\u4ef7", true},
	{"\u8f49\u5bc4: \u5831\u50f9", true},
	{"\u8f49\u50b3: \u5831\u50f9", true},
	{"\u8ee2\u9001: \u63d0\u6848", true},
	{"\uc804\ub2ec: \uc81c\uc548", true},
	{"\u05d4\u05d5\u05e2\u05d1\u05e8: \u05d4\u05e6\u05e2\u05d4", true},
	{"\u03a0\u03a1\u0398: \u03a0\u03c1", true},
	{"TRS: Penawaran", true},
	{"FS: Tilbo\u00f0", true},
	{"Tov\u00e1bb\u00edt\u00e1s: Aj\u00e1nlat", true},
	{"\u041f\u0435\u0440\u0435\u0441\u043b: \u041f", true},
	{"Re: Fwd: The offer", true},
	{"AW: WG: Angebot", true},
	{"  Fwd: The offer", true},
	{"Re: The offer", false},
	{"The offer: Fwd", false},
	{"Forward: The offer", false},
	{"Fwd The offer", false},
	{"Fwd", false},
	{":", false},
	{": Fwd: x", false},
	{" ", false},
	{"I am: here", false},
	{"The quarterly report of the board, Fwd: x", false},
};

static void
check_subject(void **state)
{
	const struct subject_row *row = *state;

	assert_int_equal(subject_is_forward(slice_of(row->name)), row->forward);
}

static const struct words_row {
	const char *name; /* the subject itself */
	const char *words; /* "": none that speak */
} words_rows[] = {
	{"Invoice 4711 of May", "invoice4711ofmay"},
	{"Re: AW: Fwd: [ext] Re[2]: invoice - 4711, of MAY! (fwd)",
		"invoice4711ofmay"},
	{"[a tag with 25 characters.] Invoice 4711 of May",
		"atagwith25charactersinvoice4711ofmay"},
	{"[a tag with 24 characters] Invoice 4711 of May", "invoice4711ofmay"},
	{"[\u0441\u043f\u0438\u0441\u043e\u043a \u0440\u0430\u0441"
	 "\u0441\u044b\u043b\u043a\u0438] Invoice 4711 of May",
		"invoice4711ofmay"},
	{"RE^3: [EXTERNAL] [SPAM] Invoice 4711 of May", "invoice4711ofmay"},
	{"Invoice 4711 of May (fwd) (FWD)", "invoice4711ofmay"},
	{"Minutes", ""},
	{"Minutesofthemeeting", ""},
	{"a b c d", ""},
	{"? ! --", ""},
	{"", ""},
	{"Stra\u00dfe 12\u00a0\u2013 \u201cAngebot\u201d",
		"stra\u00dfe12angebot"},
	{"\u2014 \u2026 \u2022 \u2192 \u00ab \u00bb \u2013 ok", ""},
	{"\U0001f600\U0001f389 \u2709 \u20ac\u20ac ok ja", ""},
	{"\u041e\u0442\u0432\u0435\u0442: "
	 "\u0421\u0447\u0451\u0442 \u0437\u0430 \u043c\u0430\u0439",
		"\u0441\u0447\u0451\u0442\u0437\u0430\u043c\u0430\u0439"},
	{"\u56de\u590d\uff1a\u4f1a\u8bae\u7eaa\u8981\uff08\u4e94"
	 "\u6708\uff09",
		"\u4f1a\u8bae\u7eaa\u8981\u4e94\u6708"},
	{"\u4f1a\u8bae\u7eaa\u8981", "\u4f1a\u8bae\u7eaa\u8981"},
	{"\u4f1a\u8bae", ""},
	{"\u304a\u898b\u7a4d\u66f8\u306e\u4ef6",
		"\u304a\u898b\u7a4d\u66f8\u306e\u4ef6"},
	{"\u0e15\u0e2d\u0e1a: "
	 "\u0e43\u0e1a\u0e41\u0e08\u0e49\u0e07\u0e2b\u0e19\u0e35\u0e49",
		"\u0e43\u0e1a\u0e41\u0e08\u0e49\u0e07\u0e2b\u0e19\u0e35"
		"\u0e49"},
	{"\ub2f5\uc7a5: \uacac\uc801\uc11c", ""},
	{"bytes \xff\xfe that are none", "bytesthatarenone"},
};

static void
check_words(void **state)
{
	const struct words_row *row = *state;
	struct arena *arena = arena_new(1 << 16);
	struct slice words = subject_words(arena, slice_of(row->name));

	if (!slice_equal(words, slice_of(row->words)))
		fail_msg("\"%.*s\"", SLICE_ARG(words));
	arena_free(arena);
}

static const struct weighing {
	const char *name;
	enum evidence a, b;
	enum standing standing_b;
	unsigned least, most;
} weighings[] = {
	{"one row is worth itself", EVIDENCE_TRANSIT, EVIDENCE_ORCPT,
		STANDING_OTHER, 75, 75},
	{"two of a family are worth the stronger", EVIDENCE_DELIVERED_TO,
		EVIDENCE_RECEIVED_FOR, STANDING_COUNTS, 80, 80},
	{"two families confirm one another", EVIDENCE_TRANSIT,
		EVIDENCE_RECEIVED_FOR, STANDING_COUNTS, 91, 91},
	{"nothing is certain", EVIDENCE_ORCPT, EVIDENCE_INBOX_RULES_LOOP,
		STANDING_COUNTS, 99, 99},
	{"what is excused adds little", EVIDENCE_TRANSIT,
		EVIDENCE_SAME_MESSAGE_ID, STANDING_EXCUSED, 76, 80},
	{"... and nothing to its own family", EVIDENCE_DELIVERED_TO,
		EVIDENCE_RECEIVED_FOR, STANDING_EXCUSED, 80, 80},
	{"speed adds to what the store remembers",
		EVIDENCE_FORWARDED_MESSAGE_ID, EVIDENCE_MACHINE_SPEED,
		STANDING_COUNTS, 80, 80},
	{"speed alone is nothing", EVIDENCE_TRANSIT, EVIDENCE_MACHINE_SPEED,
		STANDING_COUNTS, 75, 75},
	{"a family has a ceiling", EVIDENCE_SAME_MESSAGE_ID,
		EVIDENCE_MACHINE_SPEED, STANDING_COUNTS, 97, 97},
};

static void
check_weighing(void **state)
{
	const struct weighing *row = *state;
	const struct observation seen[2] = {
		{.evidence = row->a,
			.confidence = evidence_row(row->a)->confidence},
		{.evidence = row->b,
			.standing = row->standing_b,
			.confidence = evidence_row(row->b)->confidence},
	};

	assert_in_range(confidence_combine(seen, 2), row->least, row->most);
}

/* All subsets of what can be seen stay within bounds, and more evidence is
 * never worth less. */
static void
combination_is_monotonic(void **state)
{
	struct observation seen[EVIDENCE_COUNT];
	unsigned before = 0;

	(void)state;
	for (size_t i = 0; i < EVIDENCE_COUNT; i++) {
		unsigned now;

		seen[i] = (struct observation){.evidence = (enum evidence)i,
			.confidence =
				evidence_row((enum evidence)i)->confidence};
		now = confidence_combine(seen, i + 1);
		assert_in_range(now, before, CONFIDENCE_MAX);
		before = now;
	}
	assert_int_equal(confidence_combine(seen, 0), 0);
}

/* Whichever two count and are excused: without excuses it is no less. */
static void
excuses_never_add(void **state)
{
	(void)state;
	for (size_t pair = 0; pair < EVIDENCE_COUNT * EVIDENCE_COUNT; pair++) {
		enum evidence a = (enum evidence)(pair / EVIDENCE_COUNT);
		enum evidence b = (enum evidence)(pair % EVIDENCE_COUNT);
		const struct observation seen[2] = {
			{.evidence = a,
				.confidence = evidence_row(a)->confidence},
			{.evidence = b,
				.standing = STANDING_EXCUSED,
				.confidence = evidence_row(b)->confidence},
		};

		assert_in_range(confidence_combine(seen, 2), 0,
			confidence_without_excuses(seen, 2));
	}
}

static void
speed_falls_with_time(void **state)
{
	(void)state;
	assert_int_equal(confidence_of_speed(-1), 0);
	assert_int_equal(confidence_of_speed(0), 30);
	assert_int_equal(confidence_of_speed(5000), 30);
	assert_int_equal(confidence_of_speed(5001), 20);
	assert_int_equal(confidence_of_speed(20001), 10);
	assert_int_equal(confidence_of_speed(120000), 10);
	assert_int_equal(confidence_of_speed(120001), 0);
	assert_int_equal(confidence_of_speed(INT64_MAX), 0);
}

int
main(void)
{
	static const struct {
		const char *name;
		CMUnitTestFunction check;
	} single[] = {
		{"the table of evidence is complete", evidence_is_complete},
		{"every enumerator has its name", names_are_complete},
		{"more evidence is never worth less", combination_is_monotonic},
		{"what is excused is never worth more", excuses_never_add},
		{"speed falls with time", speed_falls_with_time},
	};
	struct rows tests = {NULL, 0};

	for (size_t i = 0; i < sizeof(single) / sizeof(*single); i++) {
		rows_add(&tests, &single[i], 1, sizeof(single[i]),
			single[i].check);
	}
	ROWS_ADD(&tests, subjects, check_subject);
	ROWS_ADD(&tests, words_rows, check_words);
	ROWS_ADD(&tests, weighings, check_weighing);
	return rows_run(&tests, "marks");
}
