/* SPDX-License-Identifier: BSD-2-Clause */
/* What is refused, or doubted, and the beginning of what is said of it. */
#include "rows.h"

#include "policy.h"

#define HEAD "title: t\nlogsource: {category: email}\ndetection:\n"

/* A selection, and what is said; NULL: nothing. */
static const struct row {
	const char *name, *selection, *said, *hint;
} rows[] = {
	{"a field that is not there", "{txt: a}", "no field is called \"txt\"",
		"did you mean \"text\"?"},
	{"a modifier that is not there", "{text|regex: a}",
		"there is no modifier \"regex\"", "did you mean \"re\"?"},
	{"no modifier at all like it", "{text|zzzzzz: a}",
		"there is no modifier \"zzzzzz\"",
		"there are re, i, m, s, exists"},
	{"in", "{text|in: [a, b]}", "there is no modifier \"in\"",
		"leave it out: a list"},
	{"contains endswith", "{text|contains|endswith: a}",
		"\"endswith\" cannot follow \"contains\"", "choose one of"},
	{"startswith contains", "{text|startswith|contains: a}",
		"\"contains\" cannot follow \"startswith\"", "choose one of"},
	{"contains re", "{text|contains|re: a}",
		"\"re\" cannot follow \"contains\"", "a regular expression"},
	{"re contains", "{text|re|contains: a}",
		"\"contains\" cannot follow \"re\"", "a regular expression"},
	{"re cased", "{text|re|cased: a}", "\"cased\" cannot follow \"re\"",
		"a regular expression"},
	{"re expand", "{text|re|expand: '%x%'}",
		"\"expand\" cannot follow \"re\"", "a regular expression"},
	{"re windash", "{text|re|windash: a}",
		"\"windash\" cannot follow \"re\"", "a regular expression"},
	{"re cidr", "{text|re|cidr: a}", "\"cidr\" cannot follow \"re\"",
		"a regular expression"},
	{"re gt", "{text|re|gt: 1}", "\"gt\" cannot follow \"re\"",
		"a regular expression"},
	{"i without re", "{text|i: a}", "\"i\" stands without \"re\"",
		"i, m and s are flags"},
	{"contains i", "{text|contains|i: a}",
		"\"i\" cannot follow \"contains\"", "i, m and s are flags"},
	{"i before re", "{text|i|re: a}",
		"\"re\" and \"i\" are in the wrong order",
		"the right order is name|re|i"},
	{"all before contains", "{text|all|contains: [a, b]}",
		"\"all\" and \"contains\" are in the wrong order",
		"the right order is name|contains|all"},
	{"neq before contains", "{text|neq|contains: a}",
		"\"neq\" and \"contains\" are in the wrong order",
		"the right order is name|contains|neq"},
	{"neq twice", "{text|neq|neq: a}", "\"neq\" cannot follow \"neq\"",
		"once is enough"},
	{"exists neq", "{text|exists|neq: true}",
		"\"neq\" cannot follow \"exists\"", "exists stands alone"},
	{"contains exists", "{text|contains|exists: true}",
		"\"exists\" cannot follow \"contains\"", "exists stands alone"},
	{"exists all", "{text|exists|all: [true]}",
		"\"all\" cannot follow \"exists\"", "exists stands alone"},
	{"contains base64", "{text|contains|base64: a}",
		"\"contains\" and \"base64\" are in the wrong order",
		"the right order is name|base64|contains"},
	{"base64 wide", "{text|base64|wide: a}",
		"\"base64\" and \"wide\" are in the wrong order",
		"the right order is name|wide|base64"},
	{"base64 windash", "{text|base64|windash: a}",
		"\"windash\" cannot follow \"base64\"", "encode first"},
	{"cidr contains", "{address|cidr|contains: 10.0.0.0/8}",
		"\"contains\" cannot follow \"cidr\"", "they contradict"},
	{"gt lt", "{number|gt|lt: 1}", "\"lt\" cannot follow \"gt\"",
		"numbers are compared with one of"},
	{"gt all", "{number|gt|all: [1, 2]}", "\"all\" cannot follow \"gt\"",
		"numbers are compared with one of"},
	{"gt neq", "{number|gt|neq: 1}", "\"neq\" cannot follow \"gt\"",
		"numbers are compared with one of"},
	{"contains gt", "{number|contains|gt: 1}",
		"\"gt\" cannot follow \"contains\"",
		"numbers are compared with one of"},
	{"hour after gt", "{when|gt|hour: 1}",
		"\"gt\" and \"hour\" are in the wrong order",
		"the right order is name|hour|gt"},
	{"fieldref re", "{text|fieldref|re: other}",
		"\"re\" cannot follow \"fieldref\"", "a regular expression"},
	{"contains fieldref", "{text|contains|fieldref: other}",
		"\"contains\" and \"fieldref\" are in the wrong order",
		"the right order is name|fieldref|contains"},
	{"fieldref of no field", "{text|fieldref: othr}",
		"no field is called \"othr\"", "did you mean \"other\"?"},
	{"fieldref of itself", "{text|fieldref: text}",
		"the field is compared with itself", "name another field"},
	{"all with one value", "{text|contains|all: a}",
		"|all wants several values", "leave |all out"},
	{"all with a list of one", "{text|contains|all: [a]}",
		"|all wants several values", "leave |all out"},
	{"null in a list", "{text: [a, null]}", "null cannot be one of a list",
		"for \"absent or one of\""},
	{"null with contains", "{text|contains: null}",
		"there is no value after the key", "write name: null"},
	{"an empty list", "{text: []}", "the list of values is empty",
		"write a value"},
	{"a list in a list", "{text: [[a]]}",
		"a list of values holds plain values",
		"write one value a line"},
	{"a map as value", "{text: {a: b}}", "a value cannot be a map",
		"fields of fields are written with dots"},
	{"an empty map", "{}", "this map is empty", "write field: value"},
	{"nothing", "", "\"s\" is empty", "write field: value"},
	{"yes", "{text: yes}", "it is not clear what yes means",
		"YAML 1.1 reads it as true or false; quote it: 'yes'"},
	{"an octal number", "{text: 0755}", "it is not clear what 0755 means",
		"YAML 1.1 reads it as an octal number"},
	{"a time", "{text: 12:30}", "it is not clear what 12:30 means",
		"YAML 1.1 reads it as a number of base 60"},
	{"a date", "{text: 2026-11-21}",
		"it is not clear what 2026-11-21 means",
		"YAML 1.1 reads it as a date"},
	{"an empty contains", "{text|contains: ''}",
		"every text contains the empty text",
		"for \"present and empty\""},
	{"exists maybe", "{text|exists: maybe}", "exists is true or false",
		"write true or false"},
	{"exists in quotes", "{text|exists: 'true'}", "exists is true or false",
		"write true or false, unquoted"},
	{"a bool that is none", "{flag: 1}", "this field is true or false",
		"write true or false"},
	{"a bool with contains", "{flag|contains: t}",
		"\"flag\" is true or false, not a text", "write name: true"},
	{"gt of text", "{text|gt: 3}", "\"text\" is not a number",
		"gt, gte, lt and lte are for fields"},
	{"contains of a number", "{number|contains: 3}",
		"\"number\" is a number, not a text", "compare it with gt"},
	{"a number that is none", "{number: three}", "a number is wanted here",
		"write a number"},
	{"a network as address", "{address: 10.0.0.0/8}",
		"a network is compared with |cidr", "write name|cidr"},
	{"a name as address", "{address: localhost}",
		"this field is an IP address", "write an address"},
	{"host bits", "{address|cidr: '2001:db8::1/32'}",
		"this is not a network, but an address in one",
		"the network is 2001:db8::/32"},
	{"a prefix too long", "{address|cidr: 10.0.0.0/33}",
		"the prefix length is wrong", "at most /32"},
	{"a network with wildcards", "{address|cidr: '10.*'}",
		"this is not a network", "write 192.0.2.0/24"},
	{"wildcards in base64", "{text|base64: 'a*'}",
		"wildcards cannot be encoded", "write \\*"},
	{"a list that is not there", "{text|expand: '%lost%'}",
		"no list is called \"lost\"", "did you mean %list%?"},
	{"nothing to expand", "{text|expand: list}",
		"there is no placeholder to expand", "write the list's name"},
	{"a forgotten expand", "{text: '%list%'}",
		"this is the text \"%list%\"", "write text|expand"},
	{"a value the field never has", "{kind: forwrad}",
		"\"kind\" never is \"forwrad\"", "did you mean \"forward\"?"},
	{"lookbehind", "{text|re: 'x(?<=a)b'}",
		"the regular expression is not usable: lookbehind",
		"match what comes before"},
	{"negative lookbehind", "{text|re: '(?<!a)b'}",
		"the regular expression is not usable: lookbehind",
		"use a second selection"},
	{"a backreference", "{text|re: '(a)\\1'}",
		"the regular expression is not usable: backreferences",
		"write the alternatives out"},
	{"a named backreference", "{text|re: '(?<x>a)\\k<x>'}",
		"the regular expression is not usable: backreferences", NULL},
	{"recursion", "{text|re: 'a(?R)?b'}",
		"the regular expression is not usable: recursion", NULL},
	{"numbered recursion", "{text|re: '(a)(?1)'}",
		"the regular expression is not usable: recursion", NULL},
	{"a verb", "{text|re: '(*SKIP)a'}",
		"the regular expression is not usable: verbs", NULL},
	{"a callout", "{text|re: 'a(?C1)b'}",
		"the regular expression is not usable: callouts", NULL},
	{"\\C", "{text|re: 'a\\Cb'}",
		"the regular expression is not usable: \\C",
		"use . or a class"},
	{"an open group", "{text|re: 'a(b'}",
		"the regular expression is not usable: missing", NULL},
	{"an empty regex", "{text|re: ''}",
		"the empty expression is in every text", NULL},
	{"escapes may say so", "{text|re: '\\(?<=a\\)'}", NULL, NULL},
	{"classes may, too", "{text|re: '[(*]x'}", NULL, NULL},
};

static const struct condition_row {
	const char *name, *condition, *said, *hint;
} condition_rows[] = {
	{"a pipe", "s | count() > 3", "conditions have no pipes",
		"counting is a correlation"},
	{"N of", "2 of s*", "only \"1 of\", \"any of\" and \"all of\"",
		"write the combinations out"},
	{"upper case", "s AND t", "\"and\" or \"or\" is missing", NULL},
	{"upper case not", "NOT s", "no selection is called \"NOT\"",
		"and, or, not are written in lower case"},
	{"an unknown name", "s and tt", "no selection is called \"tt\"", NULL},
	{"an unknown pattern", "1 of x*", "no selection is called \"x*\"",
		NULL},
	{"a bare pattern", "s*", "a pattern wants \"1 of\"",
		"write 1 of name*"},
	{"too early an end", "s and", "the condition ends too early",
		"name a selection after it"},
	{"an open parenthesis", "(s and t", "a \")\" is missing here",
		"close every"},
	{"a closed one", "s) and t", "a \")\" closes nothing", "open it"},
	{"two names", "s t", "\"and\" or \"or\" is missing before this",
		"put and, or"},
	{"two operators", "s and or t", "\"or\" is out of place here",
		"use selections' names"},
	{"quotes", "s and 't'", "a quote is out of place",
		"write the selection's name without"},
	{"a comparison", "s > 3", "\">\" is out of place here", NULL},
	{"of of", "1 of of", "no selection is called \"of\"", NULL},
	{"of alone", "1 of", "a name pattern or \"them\" is missing", NULL},
	{"a number", "5", "no selection is called \"5\"", NULL},
	{"nothing", "''", "a condition is a line of text", NULL},
	{"a map", "{a: b}", "a condition is a line of text", NULL},
};

static void
check_said(const char *policy, const char *said, const char *hint)
{
	static const struct slice entries[] = {{"a", 1}};
	struct sigma_list list = {.name = SLICE("list"),
		.values = entries,
		.count = 1,
		.used = true};
	struct diags *diags = diags_new();
	struct sigma_options options;
	struct sigma_program *program;
	const struct diag *diag;

	policy_options(&options);
	options.lists = &list;
	options.list_count = 1;
	program = sigma_program_parse("p", slice_of(policy), &options, diags);
	assert_int_equal(program == NULL, diags_count(diags, DIAG_ERROR) > 0);
	if (said == NULL && diags_total(diags) > 0)
		fail_msg("%s", diags_at(diags, 0)->what);
	if (said != NULL && diags_total(diags) == 0)
		fail_msg("nothing was said of %s", policy);
	if (said != NULL) {
		diag = diags_at(diags, diags_total(diags) - 1);
		assert_memory_equal(diag->what, said,
			strnlen(said, strlen(diag->what) + 1));
		assert_true(diag->mark.line > 0);
		if (hint != NULL)
			assert_memory_equal(diag->hint, hint, strlen(hint));
	}
	sigma_program_free(program);
	diags_free(diags);
}

static void
check_row(void **state)
{
	const struct row *row = *state;
	char policy[1024];

	(void)snprintf(policy, sizeof(policy), HEAD "  s: %s\n  condition: s\n",
		row->selection);
	check_said(policy, row->said, row->hint);
}

static void
check_condition(void **state)
{
	const struct condition_row *row = *state;
	char policy[1024];

	(void)snprintf(policy, sizeof(policy),
		HEAD "  s: {text: a}\n  t: {text: b}\n  condition: %s\n",
		row->condition);
	check_said(policy, row->said, row->hint);
}

#define CORRELATION                                                \
	"title: r\nname: r\nlogsource: {category: email}\n"        \
	"detection: {s: {text: a}, condition: s}\n---\ntitle: c\n" \
	"correlation:\n  rules: [r]\n  group-by: [box]\n"

static const struct document_row {
	const char *name, *text, *said, *hint;
} document_rows[] = {
	{"no title",
		"logsource: {category: email}\n"
		"detection: {s: {text: a}, condition: s}\n",
		"there is no title", "write title:"},
	{"no logsource", "title: t\ndetection: {s: {text: a}, condition: s}\n",
		"there is no logsource", NULL},
	{"no condition", HEAD "  s: {text: a}\n",
		"condition is missing in the detection", "write condition:"},
	{"timeframe", HEAD "  s: {text: a}\n  condition: s\n  timeframe: 5m\n",
		"\"timeframe\" is gone since Sigma 2",
		"a time span belongs to a correlation"},
	{"no rule at all", "title: t\nfoo: bar\n",
		"this document is not a rule", "a rule has detection:"},
	{"a list of rules", "- a\n", "this document is not a rule", NULL},
	{"two kinds", HEAD "  s: {text: a}\n  condition: s\ncorrelation: {}\n",
		"a document is one of detection", NULL},
	{"an id that is no UUID",
		"id: 7\n" HEAD "  s: {text: a}\n  condition: s\n",
		"\"7\" is no UUID", "make one with"},
	{"a level", HEAD "  s: {text: a}\n  condition: s\nlevel: severe\n",
		"level must be informational, low, medium, high or critical",
		NULL},
	{"a status", HEAD "  s: {text: a}\n  condition: s\nstatus: stabel\n",
		"status must be stable, test", "did you mean \"stable\"?"},
	{"a tag", HEAD "  s: {text: a}\n  condition: s\ntags: [T1114]\n",
		"\"T1114\" is not a tag", "write namespace.name"},
	{"a service",
		"title: t\nlogsource: {category: email, service: forwrad}\n"
		"detection: {s: {text: a}, condition: s}\n",
		"service must be message or forward",
		"did you mean \"forward\"?"},
	{"a slip in a key",
		HEAD "  s: {text: a}\n  condition: s\nlevle: high\n",
		"the key \"levle\" means nothing", "did you mean \"level\"?"},
	{"a key of one's own is fine",
		HEAD "  s: {text: a}\n  condition: s\nx-team: mail\n", NULL,
		NULL},
	{"the same name twice",
		"title: a\nname: n\nlogsource: {category: email}\n"
		"detection: {s: {text: a}, condition: s}\n---\n"
		"title: b\nname: n\nlogsource: {category: email}\n"
		"detection: {s: {text: a}, condition: s}\n",
		"the name \"n\" is already another rule's", "p:1 has it"},
	{"can never match",
		HEAD "  s: {text: a}\n  t: {text: b}\n  condition: s and t\n",
		"\"text\" cannot be \"a\" and \"b\" at once",
		"for the one or the other write a list: text: [a, b]"},
	{"absent and present",
		HEAD "  s: {text: null}\n  t: {text|contains: b}\n"
		     "  condition: s and t\n",
		"\"text\" is to be absent and to have a value at once", NULL},
	{"itself and not itself",
		HEAD "  s: {text: a}\n  condition: s and not s\n",
		"\"t\" can never match", NULL},
	{"two values of a field with many are fine",
		HEAD "  s: {many: a}\n  t: {many: b}\n  condition: s and t\n",
		NULL, NULL},
	{"a correlation type",
		CORRELATION
		"  type: event_cuont\n  timespan: 1h\n  condition: {gte: 2}\n",
		"type must be event_count, value_count",
		"did you mean \"event_count\"?"},
	{"percentile",
		CORRELATION "  type: value_percentile\n  timespan: 1h\n"
			    "  condition: {gte: 2, field: rcpt}\n",
		"value_percentile is not supported", "a percentile needs"},
	{"median",
		CORRELATION "  type: value_median\n  timespan: 1h\n"
			    "  condition: {gte: 2, field: rcpt}\n",
		"value_median is not supported", "a median needs"},
	{"lt",
		CORRELATION
		"  type: event_count\n  timespan: 1h\n  condition: {lt: 2}\n",
		"\"lt\" is not supported in a correlation's condition",
		"it would hold"},
	{"a range",
		CORRELATION "  type: event_count\n  timespan: 1h\n"
			    "  condition: {gte: 2, gt: 1}\n",
		"a condition has one threshold", "a count only grows"},
	{"a condition in words",
		CORRELATION
		"  type: temporal\n  timespan: 1h\n  condition: r and r\n",
		"conditions in words are not supported", NULL},
	{"a window",
		CORRELATION
		"  type: event_count\n  timespan: 1h\n  condition: {gte: 2}\n"
		"  window: tumbling\n",
		"\"window\" is not supported in a correlation",
		"windows slide here"},
	{"timeframe in a correlation",
		CORRELATION
		"  type: event_count\n  timeframe: 1h\n  condition: {gte: 2}\n",
		"\"timeframe\" is not supported in a correlation",
		"write timespan"},
	{"a timespan",
		CORRELATION
		"  type: event_count\n  timespan: 1M\n  condition: {gte: 2}\n",
		"\"1M\" is not a time span", "write a number and"},
	{"too long a timespan",
		CORRELATION "  type: event_count\n  timespan: 999d\n"
			    "  condition: {gte: 2}\n",
		"a time span is at most 720 hours", NULL},
	{"a field that counts nothing",
		CORRELATION "  type: event_count\n  timespan: 1h\n"
			    "  condition: {gte: 2, field: rcpt}\n",
		"event_count counts messages", "take it out"},
	{"no field to count",
		CORRELATION
		"  type: value_count\n  timespan: 1h\n  condition: {gte: 2}\n",
		"value_count needs a field", "add field:"},
	{"a sum of text",
		CORRELATION "  type: value_sum\n  timespan: 1h\n"
			    "  condition: {gte: 2, field: rcpt}\n",
		"\"rcpt\" is not a number that can be added", NULL},
	{"no count",
		CORRELATION "  type: event_count\n  timespan: 1h\n"
			    "  condition: {gte: 1.5}\n",
		"1.5 is not a count", NULL},
	{"ordered with a condition",
		CORRELATION "  type: temporal_ordered\n  timespan: 1h\n"
			    "  condition: {gte: 2}\n",
		"temporal_ordered takes no condition", "leave it out"},
	{"no group-by",
		"title: c\nlevel: low\ncorrelation:\n  type: event_count\n"
		"  rules: []\n  timespan: 1h\n",
		"the list of rules is empty", "name at least one"},
	{"a rule that is not there",
		"title: c\ncorrelation: {type: event_count, rules: [r], "
		"group-by: [box], timespan: 1h, condition: {gte: 2}}\n",
		"no rule is called \"r\"", "rules are named by"},
	{"a circle",
		"title: c\nname: c\ncorrelation: {type: event_count, "
		"rules: [d], group-by: [box], timespan: 1h, "
		"condition: {gte: 2}}\n---\ntitle: d\nname: d\n"
		"correlation: {type: event_count, rules: [c], group-by: [box], "
		"timespan: 1h, condition: {gte: 2}}\n",
		"\"d\" is part of a circle", "a correlation cannot count"},
	{"a filter that narrows",
		HEAD "  s: {text: a}\n  condition: s\nname: r\n---\ntitle: f\n"
		     "logsource: {category: email}\n"
		     "filter: {rules: [r], x: {rcpt: b}, condition: x}\n",
		"this filter would leave only the exception",
		"write condition: not x"},
	{"a filter of a narrower log source",
		HEAD "  s: {text: a}\n  condition: s\nname: r\n---\ntitle: f\n"
		     "logsource: {category: email, service: forward}\n"
		     "filter: {rules: [r], x: {rcpt: b}, condition: not x}\n",
		"the filter's log source does not contain", "give the filter"},
	{"a filter of nothing",
		"title: f\nlogsource: {category: email}\n"
		"filter: {rules: [r], x: {rcpt: b}, condition: not x}\n",
		"no rule is called \"r\"", NULL},
};

static void
check_document(void **state)
{
	const struct document_row *row = *state;

	check_said(row->text, row->said, row->hint);
}

int
main(void)
{
	struct rows all = {0};

	ROWS_ADD(&all, rows, check_row);
	ROWS_ADD(&all, condition_rows, check_condition);
	ROWS_ADD(&all, document_rows, check_document);
	return rows_run(&all, "refusals");
}
