/* SPDX-License-Identifier: BSD-2-Clause */
/* An installed Postfix in its own words: lists, services, overrides. */
#include "mta/postfix.h"

#include "base/process.h"
#include "rows.h"

static const char settings[] = "milter_default_action = tempfail\n"
			       "mydestination = example.com, localhost\n"
			       "relayhost = \n"
			       "smtpd_milters = inet:127.0.0.1:8894\n";
static const char services[] =
	"smtp       inet  n       -       y       -       -       smtpd\n"
	"127.0.0.1:10026 inet n - n - - smtpd -o syslog_name=postfix/egress\n"
	"pickup     unix  n       -       -       60      1       pickup\n"
	"broken line\n";
static const char overrides[] =
	"127.0.0.1:10026/inet/smtpd_milters = inet:127.0.0.1:9\n"
	"127.0.0.1:10026/inet/relayhost =\n";

static const struct list_row {
	const char *name;
	const char *list;
	const char *elements[5]; /* until NULL */
} list_rows[] = {
	{"an empty list has no element", "", {NULL}},
	{"white space and commas alone are none", " ,\t, ", {NULL}},
	{"commas separate", "a,b", {"a", "b"}},
	{"white space separates", "a b\tc\nd", {"a", "b", "c", "d"}},
	{"braces hold one together", "{ inet:h:1, default_action=accept }, x",
		{"inet:h:1, default_action=accept", "x"}},
	{"braces nest", "{a {b, c}} d", {"a {b, c}", "d"}},
	{"a brace that is never closed ends with the list", "{a, b", {"a, b"}},
	{"a closing brace alone is an element", "} a", {"}", "a"}},
};

static void
check_list(void **state)
{
	const struct list_row *row = *state;
	struct slice rest = slice_of(row->list), element;
	size_t i = 0;

	for (; postfix_next(&rest, &element); i++) {
		assert_non_null(row->elements[i]);
		assert_true(slice_equal(element, slice_of(row->elements[i])));
	}
	assert_null(row->elements[i]);
}

static const struct service_row {
	const char *name;
	size_t service;
	const char *type, *program;
	bool chroot;
	const char *setting, *value;
} service_rows[] = {
	{"a chrooted service", 0, "inet", "smtpd", true, "smtpd_milters",
		"inet:127.0.0.1:8894"},
	{"a service's own setting goes first", 1, "inet", "smtpd", false,
		"smtpd_milters", "inet:127.0.0.1:9"},
	{"an own setting may be empty", 1, "inet", "smtpd", false, "relayhost",
		""},
	{"main.cf's holds otherwise", 1, "inet", "smtpd", false,
		"mydestination", "example.com, localhost"},
	{"a dash means no chroot", 2, "unix", "pickup", false,
		"milter_default_action", "tempfail"},
	{"what nobody set is empty", 2, "unix", "pickup", false, "nonsense",
		""},
};

static struct postfix *
parse(void)
{
	return postfix_parse(
		slice_of(settings), slice_of(services), slice_of(overrides));
}

static void
check_service(void **state)
{
	const struct service_row *row = *state;
	struct postfix *postfix = parse();
	size_t count;

	assert_non_null(postfix);
	const struct postfix_service *all = postfix_services(postfix, &count);
	assert_int_equal(count, 3);
	const struct postfix_service *service = &all[row->service];
	assert_true(postfix_service_is(service, row->type, row->program));
	assert_int_equal(service->chroot, row->chroot);
	assert_true(slice_equal(
		postfix_service_value(postfix, service, row->setting),
		slice_of(row->value)));
	postfix_free(postfix);
}

static const struct process_row {
	const char *name;
	const char *argv[4];
	const char *output; /* NULL: it fails */
} process_rows[] = {
	{"output is read", {"echo", "a b"}, "a b\n"},
	{"no shell is between", {"echo", "$HOME;`id`"}, "$HOME;`id`\n"},
	{"a failure is one", {"false"}, NULL},
	{"no such program", {"no-such-program-here"}, NULL},
	{"too much is refused", {"head", "-c2000000", "/dev/zero"}, NULL},
};

static void
check_process(void **state)
{
	const struct process_row *row = *state;
	struct buf out = {0};
	struct err err = {0};
	bool fine = process_read(row->argv, &out, &err);

	assert_int_equal(fine, row->output != NULL);
	if (fine) {
		assert_string_equal(out.p, row->output);
	} else {
		assert_true(strlen(err.text) > 0);
	}
	buf_fini(&out);
}

int
main(void)
{
	struct rows all = {0};

	ROWS_ADD(&all, list_rows, check_list);
	ROWS_ADD(&all, service_rows, check_service);
	ROWS_ADD(&all, process_rows, check_process);
	return rows_run(&all, "postfix");
}
