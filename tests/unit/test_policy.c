/* SPDX-License-Identifier: BSD-2-Clause */
/* What detections match: a table of selections, conditions and records. */
#include "rows.h"

#include "policy.h"

/* A rule of this detection, and a record: does it match? */
static const struct row {
	const char *name, *detection, *record;
	bool matches;
} rows[] = {
	/* Equality and wildcards */
	{"equal", "s: {text: abc}", "text=abc", true},
	{"equal folds case", "s: {text: aBc}", "text=AbC", true},
	{"equal folds umlauts", "s: {text: \xC3\xA4rger}", "text=\xC3\x84RGER",
		true},
	{"equal folds the Kelvin sign", "s: {text: k}", "text=\xE2\x84\xAA",
		true},
	{"equal folds final sigma", "s: {text: \xCE\xBF\xCF\x82}",
		"text=\xCE\x9F\xCE\xA3", true},
	{"equal is whole", "s: {text: abc}", "text=abcd", false},
	{"empty matches empty", "s: {text: ''}", "text=", true},
	{"empty is not absent", "s: {text: ''}", "other=x", false},
	{"star", "s: {text: 'a*c'}", "text=abbbc", true},
	{"star may be nothing", "s: {text: 'a*c'}", "text=ac", true},
	{"star needs its ends", "s: {text: 'a*c'}", "text=abd", false},
	{"two stars", "s: {text: '*b*d'}", "text=abcd", true},
	{"star goes back", "s: {text: 'a*bc'}", "text=abxbc", true},
	{"question mark", "s: {text: 'a?c'}", "text=abc", true},
	{"question mark is one", "s: {text: 'a?c'}", "text=ac", false},
	{"question mark takes a character", "s: {text: 'a?c'}",
		"text=a\xE2\x82\xAC"
		"c",
		true},
	{"only a star", "s: {text: '*'}", "text=", true},
	{"only a star wants the field", "s: {text: '*'}", "other=x", false},
	{"escaped star", "s: {text: 'a\\*'}", "text=a*", true},
	{"escaped star is not a wildcard", "s: {text: 'a\\*'}", "text=ab",
		false},
	{"escaped question mark", "s: {text: 'a\\?'}", "text=a?", true},
	{"escaped backslash", "s: {text: 'a\\\\b'}", "text=a\\b", true},
	{"other backslash is itself", "s: {text: 'a\\b'}", "text=a\\b", true},
	{"backslash before star", "s: {text: 'a\\\\*'}", "text=a\\bcd", true},
	{"backslash at the end", "s: {text: 'a\\'}", "text=a\\", true},
	{"double backslash at begin", "s: {text: '\\\\\\\\host'}",
		"text=\\\\host", true},
	{"number as text", "s: {text: 12}", "text=12", true},

	/* Operators */
	{"contains", "s: {text|contains: bc}", "text=aBCd", true},
	{"contains with star", "s: {text|contains: 'b*d'}", "text=abcde", true},
	{"contains not", "s: {text|contains: bd}", "text=abcd", false},
	{"startswith", "s: {text|startswith: ab}", "text=ABC", true},
	{"startswith not", "s: {text|startswith: b}", "text=abc", false},
	{"endswith", "s: {text|endswith: '.com'}", "text=a.COM", true},
	{"endswith not", "s: {text|endswith: '.com'}", "text=a.com.de", false},
	{"cased", "s: {text|cased: aB}", "text=aB", true},
	{"cased not", "s: {text|cased: aB}", "text=ab", false},
	{"contains cased not", "s: {text|contains|cased: B}", "text=abc",
		false},
	{"contains cased", "s: {text|contains|cased: B}", "text=aBc", true},
	{"list is or", "s: {text: [a, b]}", "text=b", true},
	{"list not", "s: {text: [a, b]}", "text=c", false},
	{"all", "s: {text|contains|all: [a, b]}", "text=xbax", true},
	{"all not", "s: {text|contains|all: [a, b]}", "text=a", false},
	{"all over several values", "s: {many|all: [a, b]}", "many=b & many=a",
		true},
	{"all over several values not", "s: {many|all: [a, b]}",
		"many=b & many=c", false},
	{"neq", "s: {text|neq: a}", "text=b", true},
	{"neq not", "s: {text|neq: a}", "text=A", false},
	{"neq of absent is false", "s: {text|neq: a}", "other=b", false},
	{"neq no member", "s: {many|neq: a}", "many=b & many=a", false},
	{"neq contains", "s: {text|contains|neq: b}", "text=acd", true},
	{"neq null is present", "s: {text|neq: null}", "text=", true},
	{"exists", "s: {text|exists: true}", "text=", true},
	{"exists not", "s: {text|exists: true}", "other=x", false},
	{"exists false", "s: {text|exists: false}", "other=x", true},
	{"null", "s: {text: null}", "other=x", true},
	{"null not", "s: {text: null}", "text=", false},
	{"re", "s: {text|re: 'a.c'}", "text=xabcx", true},
	{"re is case-sensitive", "s: {text|re: 'a.c'}", "text=ABC", false},
	{"re i", "s: {text|re|i: 'a.c'}", "text=ABC", true},
	{"re (?i)", "s: {text|re: '(?i)a.c'}", "text=ABC", true},
	{"re i folds by Unicode", "s: {text|re|i: '\xC3\xA4'}", "text=\xC3\x84",
		true},
	{"re m", "s: {text|re|m: '^b'}", "text=a\nb", true},
	{"re without m", "s: {text|re: '^b'}", "text=a\nb", false},
	{"re s", "s: {text|re|s: 'a.b'}", "text=a\nb", true},
	{"re without s", "s: {text|re: 'a.b'}", "text=a\nb", false},
	{"re dollar is the end", "s: {text|re: 'a$'}", "text=a\n", false},
	{"re on bytes that are not text", "s: {text|re: 'a.*b'}",
		"text=a\xFF"
		"b",
		false},
	{"re around bytes that are not text", "s: {text|re: 'b$'}",
		"text=a\xFF"
		"b",
		true},
	{"re alternatives", "s: {text|re: 'foo|ba(r|z)'}", "text=xbaz", true},
	{"re optional literal", "s: {text|re: 'ab?c'}", "text=ac", true},
	{"re counted", "s: {text|re: '^a{2,3}$'}", "text=aaa", true},
	{"re counted zero", "s: {text|re: 'xa{0}y'}", "text=xy", true},
	{"re brace is a brace", "s: {text|re: 'a\\{b\\}'}", "text=a{b}", true},
	{"re class with bracket", "s: {text|re: '[]a]b'}", "text=]b", true},
	{"re list", "s: {text|re: [x, 'a\\d']}", "text=a1", true},
	{"re all", "s: {text|re|all: [a, 'b$']}", "text=ab", true},
	{"re neq", "s: {text|re|neq: '^a'}", "text=ba", true},
	{"cidr", "s: {address|cidr: 10.0.0.0/8}", "address=10.1.2.3", true},
	{"cidr not", "s: {address|cidr: 10.0.0.0/8}", "address=11.1.2.3",
		false},
	{"cidr /31", "s: {address|cidr: 10.0.0.2/31}", "address=10.0.0.3",
		true},
	{"cidr 6", "s: {address|cidr: '2001:db8::/32'}",
		"address=2001:DB8:1::1", true},
	{"cidr 6 not", "s: {address|cidr: '2001:db8::/32'}",
		"address=2001:db9::1", false},
	{"cidr of a mapped address", "s: {address|cidr: 10.0.0.0/8}",
		"address=::ffff:10.1.1.1", true},
	{"cidr ::/0 has no IPv4", "s: {address|cidr: '::/0'}",
		"address=10.1.1.1", false},
	{"cidr 0.0.0.0/0 has no IPv6", "s: {address|cidr: 0.0.0.0/0}",
		"address=2001:db8::1", false},
	{"cidr of no address", "s: {text|cidr: 10.0.0.0/8}", "text=10.0",
		false},
	{"address however written", "s: {address: '2001:db8:0:0::1'}",
		"address=2001:db8::1", true},
	{"address with wildcard", "s: {address: '10.*'}", "address=10.9.9.9",
		true},
	{"number", "s: {number: 3}", "number=3.0", true},
	{"number not", "s: {number: 3}", "number=4", false},
	{"gt", "s: {number|gt: 3}", "number=3", false},
	{"gte", "s: {number|gte: 3}", "number=3", true},
	{"lt", "s: {number|lt: -0.5}", "number=-1", true},
	{"lte", "s: {number|lte: 3}", "number=3.5", false},
	{"no number", "s: {number|gte: 3}", "number=x", false},
	{"bool", "s: {flag: true}", "flag=true", true},
	{"bool not", "s: {flag: false}", "flag=true", false},
	{"fieldref", "s: {text|fieldref: other}", "text=A & other=a", true},
	{"fieldref not", "s: {text|fieldref: other}", "text=a & other=b",
		false},
	{"fieldref absent", "s: {text|fieldref: other}", "text=a", false},
	{"fieldref contains", "s: {text|fieldref|contains: other}",
		"text=abc & other=B", true},
	{"fieldref endswith", "s: {text|fieldref|endswith: other}",
		"text=abc & other=b", false},
	{"fieldref neq", "s: {text|fieldref|neq: other}", "text=a & other=b",
		true},
	{"fieldref cased", "s: {text|fieldref|cased: other}",
		"text=a & other=A", false},
	{"fieldref any of many", "s: {text|fieldref: many}",
		"text=b & many=a & many=b", true},

	/* Encodings */
	{"base64", "s: {text|base64: foobar}", "text=Zm9vYmFy", true},
	{"base64 padding", "s: {text|base64: foob}", "text=Zm9vYg==", true},
	{"base64offset 0", "s: {text|base64offset|contains: foobar}",
		"text=Zm9vYmFy", true},
	{"base64offset 1", "s: {text|base64offset|contains: foobar}",
		"text=eGZvb2Jhcng=", true},
	{"base64offset 2", "s: {text|base64offset|contains: foobar}",
		"text=eHhmb29iYXJ4", true},
	{"wide base64offset", "s: {text|wide|base64offset|contains: ab}",
		"text=YQBiAA==", true},
	{"utf16 has a mark", "s: {text|utf16|base64: a}",
		"text=//5hAA==", true},
	{"utf16be", "s: {text|utf16be|base64: a}", "text=AGE=", true},
	{"windash", "s: {text|contains|windash: ' -enc'}", "text=ps /enc",
		true},
	{"windash en dash", "s: {text|windash|contains: ' -enc'}",
		"text=ps \xE2\x80\x93"
		"enc",
		true},
	{"windash inside a word is a dash", "s: {text|contains|windash: 'a-b'}",
		"text=a/b", false},

	/* Times */
	{"hour", "s: {when|hour: 21}", "when=2026-11-21T21:25:31Z", true},
	{"minute with gte", "s: {when|minute|gte: 26}",
		"when=2026-11-21 21:25:31", false},
	{"week", "s: {when|week: 47}", "when=2026-11-21", true},
	{"week of last year", "s: {when|week: 53}", "when=2027-01-01", true},
	{"year", "s: {when|year: 2026}", "when=2026-11-21", true},
	{"no time", "s: {when|year: 2026}", "when=yesterday", false},

	/* Keywords */
	{"keyword", "s: [foo, bar]", "text=a FOO b", true},
	{"keyword not", "s: [foo, bar]", "text=fo", false},
	{"keywords all", "s: {'|all': [foo, bar]}", "text=foo & other=bar",
		true},
	{"keywords all not", "s: {'|all': [foo, bar]}", "text=foo", false},
	{"one keyword", "s: foo", "many=foo", true},
	{"keyword with wildcards", "s: ['f*o']", "text=a fxxo", true},
	{"words and maps", "s: [foo, {text: bar}]", "text=bar", true},

	/* Structure */
	{"map is and", "s: {text: a, other: b}", "text=a & other=b", true},
	{"map is and, not", "s: {text: a, other: b}", "text=a & other=c",
		false},
	{"list of maps is or", "s: [{text: a}, {other: b}]", "other=b", true},
	{"many values: any", "s: {many: b}", "many=a & many=b", true},
	{"long list", "s: {text: [a, b, c, d, e, f, g, h, i, j]}", "text=J",
		true},
	{"long list not", "s: {text: [a, b, c, d, e, f, g, h, i, j]}", "text=k",
		false},
	{"long list of endings",
		"s: {text|endswith: [.aa, .bb, .cc, .dd, "
		".ee, .ff, .gg, .hh, .i]}",
		"text=x.i", true},
};

static const struct condition_row {
	const char *name, *condition, *record;
	bool matches;
} condition_rows[] = {
	/* a: text a, b: other b, notify: number 1, andb: flag true, _hidden:
	 * many x, sel_1: rcpt r, sel_2: box b */
	{"and before or", "a or b and notify", "text=a", true},
	{"and before or, other side", "a and b or notify", "number=1", true},
	{"parentheses", "(a or b) and notify", "text=a", false},
	{"not before and", "not a and b", "other=b", true},
	{"not a group", "not (a and b)", "text=a", true},
	{"not not", "not not a", "text=a", true},
	{"notify is a name", "notify", "number=1", true},
	{"andb is a name", "a or andb", "flag=true", true},
	{"not of an absent field", "not a", "other=x", true},
	{"1 of them", "1 of them", "rcpt=r", true},
	{"1 of them leaves _hidden out", "1 of them", "many=x", false},
	{"1 of _hidden*", "1 of _hidden*", "many=x", true},
	{"any of", "any of sel_*", "box=b", true},
	{"all of", "all of sel_*", "box=b", false},
	{"all of, all", "all of sel_*", "box=b & rcpt=r", true},
	{"not 1 of", "a and not 1 of sel_*", "text=a & box=b", false},
	{"pattern inside", "1 of *_1", "rcpt=r", true},
	{"1 of one name", "1 of a", "text=a", true},
	{"no spaces at parentheses", "(a)and(b)", "text=a & other=b", true},
	{"list of conditions is or", "[a, b]", "other=b", true},
};

static bool
run_one(const char *policy, const char *record_text)
{
	struct diags *diags = diags_new();
	struct arena *arena = arena_new(1 << 20);
	struct buf errors = {0};
	struct sigma_options options;
	struct sigma_program *program;
	const char *pairs[32];
	char *copy = strdup(record_text);
	struct sigma_record record;
	struct sigma_run *run;
	size_t count;

	policy_options(&options);
	program = sigma_program_parse("p", slice_of(policy), &options, diags);
	diags_print(diags, &errors);
	if (program == NULL)
		fail_msg("%s\n%s", policy, errors.p);
	policy_split(copy, pairs, 32);
	record = policy_record(pairs);
	run = sigma_run_new(program, arena, &record);
	assert_non_null(run);
	assert_true(sigma_run_flow(run, &record, SLICE("id")));
	(void)sigma_run_finish(run, &count);
	assert_false(sigma_run_gave_up(run));
	sigma_program_free(program);
	buf_fini(&errors);
	arena_free(arena);
	diags_free(diags);
	free(copy);
	return count > 0;
}

#define HEAD "title: t\nlogsource: {category: email}\ndetection:\n"

static void
check_row(void **state)
{
	const struct row *row = *state;
	char policy[1024];

	(void)snprintf(policy, sizeof(policy), HEAD "  %s\n  condition: s\n",
		row->detection);
	assert_int_equal(run_one(policy, row->record), row->matches);
	/* What is certain must be certain without the candidates, too. */
	(void)snprintf(policy, sizeof(policy),
		HEAD "  %s\n  n: {kind: none}\n  condition: not n and not s\n",
		row->detection);
	assert_int_equal(run_one(policy, row->record), !row->matches);
}

static void
check_condition(void **state)
{
	const struct condition_row *row = *state;
	char policy[1024];

	(void)snprintf(policy, sizeof(policy),
		HEAD "  a: {text: a}\n  b: {other: b}\n  notify: {number: 1}\n"
		     "  andb: {flag: true}\n  _hidden: {many: x}\n"
		     "  sel_1: {rcpt: r}\n  sel_2: {box: b}\n"
		     "  condition: %s\n",
		row->condition);
	assert_int_equal(run_one(policy, row->record), row->matches);
}

int
main(void)
{
	struct rows all = {0};

	ROWS_ADD(&all, rows, check_row);
	ROWS_ADD(&all, condition_rows, check_condition);
	return rows_run(&all, "policy");
}
