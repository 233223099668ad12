/* SPDX-License-Identifier: BSD-2-Clause */
/* An installed Postfix in its own words, and what a checkup makes of it. */
#include "mta/postfix.h"
#include "mta/postfix_checkup.h"

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
	{"braces within an element", "inline:{a=b, c=d} hash:e",
		{"inline:{a=b, c=d}", "hash:e"}},
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
	return postfix_parse(&(struct postfix_texts){slice_of(settings),
		SLICE(""), slice_of(services), slice_of(overrides)});
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

/* Not "smtp": who builds a package may have no /etc/services. */
#define SMTPD "25 inet n - n - - smtpd\n"
#define EGRESS "127.0.0.1:10026 inet n - n - - smtpd\n"
#define ASKED "smtpd_milters = inet:127.0.0.1:8894\n"
#define WAY_OUT "default_transport = smtp:[127.0.0.1]:10026\n"

/* A Postfix, and what is to be found at it. */
static const struct symptom_row {
	const char *name;
	const char *listen;
	bool enforces;
	const char *settings, *services, *overrides;
	const char *subject; /* of which a symptom is expected ... */
	enum checkup_level level;
	const char *text; /* ... that has this in it */
} symptom_rows[] = {
	{"nobody asks", "inet:127.0.0.1:8894", false, "", SMTPD, "", "intake",
		CHECKUP_WRONG, "no smtpd asks"},
	{"another milter is not us", "inet:127.0.0.1:8894", false,
		"smtpd_milters = inet:127.0.0.1:8891\n", SMTPD, "", "intake",
		CHECKUP_WRONG, "no smtpd asks"},
	{"our port in libmilter's spelling", "inet:8894@127.0.0.1", false,
		ASKED, SMTPD, "", "intake", CHECKUP_FINE, "1 smtpd"},
	{"every loopback name is this machine", "inet:8894@localhost", false,
		ASKED, SMTPD, "", "intake", CHECKUP_FINE, "1 smtpd"},
	{"a path under the queue directory", "unix:/var/spool/postfix/fw/sock",
		false,
		"queue_directory = /var/spool/postfix\n"
		"smtpd_milters = unix:/fw/sock\n",
		SMTPD, "", "intake", CHECKUP_FINE, "1 smtpd"},
	{"a path that only ends so is another", "unix:/tmp/fw/sock", false,
		"queue_directory = /var/spool/postfix\n"
		"smtpd_milters = unix:/fw/sock\n",
		SMTPD, "", "intake", CHECKUP_WRONG, "no smtpd asks"},
	{"a chrooted smtpd", "unix:/run/fw/sock", false,
		"queue_directory = /var/spool/postfix\n",
		"smtp inet n - y - - smtpd\n", "", "socket", CHECKUP_WRONG,
		"cannot reach /run/fw/sock"},
	{"no egress", "inet:127.0.0.1:8894", false, ASKED, SMTPD, "", "egress",
		CHECKUP_WRONG, "no egress listener"},
	{"an egress that does not ask", "inet:127.0.0.1:8894", false,
		ASKED WAY_OUT, SMTPD EGRESS,
		"127.0.0.1:10026/inet/smtpd_milters =\n", "egress",
		CHECKUP_WRONG, "does not ask"},
	{"an egress that asks", "inet:127.0.0.1:8894", false, ASKED WAY_OUT,
		SMTPD EGRESS, "", "egress", CHECKUP_FINE,
		"passes 127.0.0.1:10026"},
	{"an egress without DSN", "inet:127.0.0.1:8894", false,
		ASKED WAY_OUT "smtpd_discard_ehlo_keywords = chunking, DSN\n",
		SMTPD EGRESS, "", "dsn", CHECKUP_WRONG, "ORCPT"},
	{"a way past the egress", "inet:127.0.0.1:8894", false,
		ASKED WAY_OUT "transport_maps = hash:/etc/t\n", SMTPD EGRESS,
		"", "egress", CHECKUP_NOTE, "transport_maps"},
	{"sendmail(1) unseen", "inet:127.0.0.1:8894", false, ASKED, SMTPD, "",
		"sendmail(1)", CHECKUP_NOTE, "at best"},
	{"refused for good while we are away", "inet:127.0.0.1:8894", false,
		ASKED "milter_default_action = reject\n", SMTPD, "", "away",
		CHECKUP_WRONG, "refused for good"},
	{"our own element goes first", "inet:127.0.0.1:8894", true,
		"milter_default_action = tempfail\nsmtpd_milters = "
		"{ inet:127.0.0.1:8894, default_action=accept }\n",
		SMTPD, "", "away", CHECKUP_NOTE, "passes unseen"},
	{"a domain that Forwarden does not know", "inet:127.0.0.1:8894", false,
		"mydestination = example.com, other.example, localhost\n",
		SMTPD, "", "domains", CHECKUP_WRONG, ": other.example"},
	{"no domain but ours", "inet:127.0.0.1:8894", false,
		"mydestination = example.com, $myhostname, localhost\n", SMTPD,
		"", "domains", CHECKUP_FINE, "local here too"},
	{"a network that Forwarden does not trust", "inet:127.0.0.1:8894",
		false, "mynetworks = 127.0.0.0/8 [::1]/128 192.0.2.0/24\n",
		SMTPD, "", "networks", CHECKUP_NOTE, "192.0.2.0/24"},
};

static struct realm *
own_realm(void)
{
	struct realm *realm = realm_new();
	struct err err;

	assert_non_null(realm);
	assert_true(realm_add_domain(realm, SLICE("example.com"), &err));
	assert_true(realm_add_network(realm, SLICE("127.0.0.0/8"), &err));
	assert_true(realm_add_network(realm, SLICE("::1"), &err));
	return realm;
}

static bool
has_symptom(const struct checkup *checkup, const struct symptom_row *row)
{
	for (const struct symptom *s = checkup_first(checkup); s != NULL;
		s = s->next) {
		if (s->level == row->level &&
			slice_equal(s->subject, slice_of(row->subject)) &&
			slice_find(s->text, slice_of(row->text)) != SLICE_NONE)
			return true;
	}
	return false;
}

static void
check_symptom(void **state)
{
	const struct symptom_row *row = *state;
	struct postfix *postfix = postfix_parse(
		&(struct postfix_texts){slice_of(row->settings), SLICE(""),
			slice_of(row->services), slice_of(row->overrides)});
	struct realm *realm = own_realm();
	struct checkup *checkup = checkup_new();
	struct socket_name listen;
	struct err err;

	assert_true(socket_name_parse(slice_of(row->listen), &listen, &err));
	const struct postfix_check check = {.postfix = postfix,
		.listen = &listen,
		.realm = realm,
		.enforces = row->enforces,
		.checkup = checkup};
	postfix_checkup(&check);
	assert_true(has_symptom(checkup, row));
	for (const struct symptom *s = checkup_first(checkup); s != NULL;
		s = s->next)
		assert_int_equal(
			slice_is_absent(s->remedy), s->level == CHECKUP_FINE);
	checkup_free(checkup);
	realm_free(realm);
	postfix_free(postfix);
}

int
main(void)
{
	struct rows all = {0};

	ROWS_ADD(&all, list_rows, check_list);
	ROWS_ADD(&all, service_rows, check_service);
	ROWS_ADD(&all, symptom_rows, check_symptom);
	ROWS_ADD(&all, process_rows, check_process);
	return rows_run(&all, "postfix");
}
