/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The recipe for Postfix as text: put into main.cf and master.cf, found
 * there, and taken out again, byte for byte or from among what was edited
 * since; and sendmail.mc likewise.
 */
#include "mta/cf_text.h"
#include "mta/mc_text.h"
#include "mta/milter_path.h"
#include "mta/probe.h"
#include "mta/recipe.h"
#include "rows.h"

#include <stdio.h>

#define REWRITE "rewrite unix - - y - - trivial-rewrite\n"

static const char settings[] = "default_transport = smtp\n"
			       "myhostname = mx.example.com\n"
			       "queue_directory = /var/spool/postfix\n"
			       "recipient_delimiter = +\n"
			       "relayhost =\n";

static const struct recipe_wish wish = {
	.parts = RECIPE_ALL,
	.milter = "inet:127.0.0.1:8894",
	.away = "accept",
	.reject_text = "not (allowed)",
	.port = 10026,
};

static const struct file_row {
	const char *name;
	const char *main, *master;
} file_rows[] = {
	{"plain files", "mydestination = a\n",
		"smtp inet n - y - - smtpd\n" REWRITE},
	{"a milter that is there", "smtpd_milters = inet:h:1\n", REWRITE},
	{"several, on several lines",
		"smtpd_milters = inet:h:1,\n\n # why\n   inet:h:2\na = b\n",
		REWRITE},
	{"an empty list", "smtpd_milters =\nnon_smtpd_milters = \n", REWRITE},
	{"a list given twice: the last counts",
		"smtpd_milters = a\nsmtpd_milters = b\n", REWRITE},
	{"comments and empty lines", "# first\n\n  # second\na = b\n# last\n",
		"# head\n" REWRITE "# foot\n"},
	{"rewrite with arguments and comments", "a = b\n",
		"rewrite unix - - y - - trivial-rewrite\n  -o a=b\n# c\n  -o "
		"d=e\n"
		"bounce unix - - y - 0 bounce\n"},
	{"a rewrite of another type comes first", "a = b\n",
		"rewrite inet n - - - - smtpd\n" REWRITE},
	{"nothing in main.cf", "", REWRITE},
};

static struct postfix *
read_texts(const char *given, const char *services, const char *overrides)
{
	static char all[4096];

	/* What is given is in force; the first of a name is found. */
	(void)snprintf(all, sizeof(all), "%s%s", given, settings);
	return postfix_parse(&(struct postfix_texts){slice_of(all),
		slice_of(given), slice_of(services), slice_of(overrides)});
}

static void
make_outside(struct recipe *recipe, const char *given, const char *outside)
{
	struct postfix *postfix = read_texts(given, REWRITE, "");
	struct recipe_wish routes = wish;
	struct err err = {0};

	routes.outside = outside;
	assert_non_null(postfix);
	assert_true(recipe_make(recipe, postfix, &routes, &err));
	postfix_free(postfix);
}

static void
make(struct recipe *recipe, const char *given)
{
	make_outside(recipe, given, NULL);
}

static void
check_there_and_back(void **state)
{
	const struct file_row *row = *state;
	struct buf main = {0}, master = {0}, out = {0};
	struct recipe recipe;

	make(&recipe, "");
	assert_false(cf_text_is_attached(
		slice_of(row->main), slice_of(row->master)));
	assert_true(recipe_add_to_main(&recipe, slice_of(row->main), &main));
	assert_true(recipe_add_to_master(
		&recipe, slice_of(row->master), true, &master));
	assert_true(cf_text_is_attached(buf_slice(&main), buf_slice(&master)));
	assert_true(cf_text_is_routed(buf_slice(&master)));
	assert_int_equal(cf_text_recipe(buf_slice(&main)), RECIPE_NUMBER);

	cf_text_remove_parameters(buf_slice(&main), &out);
	assert_true(slice_equal(buf_slice(&out), slice_of(row->main)));
	buf_reset(&out);
	buf_reset(&main);
	cf_text_remove_routing(buf_slice(&master), &out);
	assert_false(cf_text_is_routed(buf_slice(&out)));
	cf_text_remove_services(buf_slice(&out), &main);
	assert_string_equal(main.p, row->master);
	buf_fini(&out);
	buf_fini(&main);
	buf_fini(&master);
	recipe_fini(&recipe);
}

static const struct edit_row {
	const char *name;
	void (*remove)(struct slice, struct buf *);
	const char *text, *left;
} edit_rows[] = {
	{"ours stood first in a list", cf_text_remove_parameters,
		"smtpd_milters = $forwarden_milter, inet:h:1\n",
		"smtpd_milters =, inet:h:1\n"},
	{"what was written between the marks stays", cf_text_remove_parameters,
		CF_BEGIN " (recipe 3)\nforwarden_milter = x\n  y\nmine = 1\n"
			 "# mine\n" CF_END "\n",
		"mine = 1\n# mine\n"},
	{"without the marks", cf_text_remove_parameters,
		"a = b\nforwarden_x = 1\nforwarden-hop_y = 2\nc = d\n",
		"a = b\nc = d\n"},
	{"postconf wrote rewrite anew", cf_text_remove_routing,
		"rewrite    unix  -  -  y  -  -  trivial-rewrite\n"
		"    -o default_transport=forwarden-hop:[127.0.0.1]:10026\n"
		"    -o mine=1 -o sender_dependent_relayhost_maps=\n",
		"rewrite    unix  -  -  y  -  -  trivial-rewrite\n"
		"    -o mine=1\n"},
	{"the first of ours on rewrite was taken out by hand",
		cf_text_remove_routing,
		REWRITE "  -o sender_dependent_relayhost_maps=\n"
			"forwarden-hop unix - - n - - smtp\n",
		REWRITE "forwarden-hop unix - - n - - smtp\n"},
	{"a rewrite that is not ours to change", cf_text_remove_routing,
		"rewrite unix - - y - - trivial-rewrite\n"
		"  -o default_transport=smtp:[relay]\n",
		"rewrite unix - - y - - trivial-rewrite\n"
		"  -o default_transport=smtp:[relay]\n"},
	{"services whatever their order", cf_text_remove_services,
		"forwarden-hop unix - - n - - smtp\n  -o a=b\nx unix - - n - - "
		"y\n"
		"127.0.0.1:1 inet n - n - - smtpd -o "
		"cleanup_service_name=forwarden-cleanup\n",
		"x unix - - n - - y\n"},
};

static void
check_edit(void **state)
{
	const struct edit_row *row = *state;
	struct buf out = {0};

	row->remove(slice_of(row->text), &out);
	assert_string_equal(out.p, row->left);
	buf_fini(&out);
}

static const struct line_row {
	const char *name;
	const char *outside; /* transports; NULL: none */
	const char *given; /* postconf -n */
	const char *wanted; /* a line of the parameters */
} line_rows[] = {
	{"mail leaves by smtp and the relayhost", NULL, "",
		"forwarden_way_out = ${default_transport?{$default_transport}:"
		"{smtp}}:$relayhost\n"},
	{"a refusal by policy stays one", NULL, "",
		"5\\.[0-9.]+ not .allowed..*)$$/ $$1}"},
	{"one table by sender is referred to", NULL,
		"sender_dependent_relayhost_maps = hash:/etc/a\n",
		"pipemap:{ $forwarden_full, "
		"$sender_dependent_relayhost_maps, "},
	{"of several each is named, the last first", NULL,
		"sender_dependent_relayhost_maps = hash:/a, inline:{ {b = c} "
		"}\n",
		"pipemap:{ $forwarden_full, inline:{ {b = c} }, "
		"$forwarden_by_relayhost },\n    check_sender_access pipemap:{ "
		"$forwarden_full, hash:/a, "},
	{"a next hop of default_transport goes before relayhosts", NULL,
		"default_transport = out:[a]\n",
		"{/^(.+)$$/ FILTER $forwarden_way_out} }\n"},
	{"transport_maps keeps its way", NULL, "transport_maps = hash:/t\n",
		"forwarden_routes =\nforwarden_probe"},
	{"or is asked for the wildcard, and as access(5) asks", "smtp",
		"transport_maps = hash:/t\n",
		"forwarden_routes =\n    check_recipient_access pipemap:{ "
		"$forwarden_any, hash:/t, $forwarden_by_route },\n    "
		"check_recipient_access pipemap:{ hash:/t, "
		"$forwarden_by_route },\nforwarden_probe"},
	{"and each table twice where mail is led", "smtp",
		"transport_maps = hash:/t, regexp:{ {/x$/ local:} }\n",
		"forwarden_transports = pipemap:{ hash:/t, $forwarden_divert "
		"}, hash:/t, pipemap:{ regexp:{ {/x$$/ local:} }, "
		"$forwarden_divert }, regexp:{ {/x$$/ local:} }\n"},
};

static void
check_line(void **state)
{
	const struct line_row *row = *state;
	struct recipe recipe;

	make_outside(&recipe, row->given, row->outside);
	assert_true(slice_find(buf_slice(&recipe.parameters),
			    slice_of(row->wanted)) != SLICE_NONE);
	recipe_fini(&recipe);
}

static void
test_patterns_are_asked_for_the_full_address_only(void **state)
{
	struct recipe recipe;

	(void)state;
	make(&recipe, "sender_dependent_relayhost_maps = pcre:/p\n");
	struct slice text = buf_slice(&recipe.parameters);
	assert_true(slice_find(text, SLICE("{ $forwarden_full, pcre:/p")) !=
		SLICE_NONE);
	assert_true(slice_find(text, SLICE("domain, pcre:/p")) == SLICE_NONE);
	recipe_fini(&recipe);
}

static const struct refusal_row {
	const char *name;
	const char *services, *overrides;
	const char *why;
} refusal_rows[] = {
	{"no rewrite", "smtp inet n - y - - smtpd\n", "", "rewrite unix"},
	{"a rewrite with a way of its own", REWRITE,
		"rewrite/unix/default_transport = smtp:[r]\n",
		"-o default_transport already"},
};

static void
check_refusal(void **state)
{
	const struct refusal_row *row = *state;
	struct postfix *postfix = read_texts("", row->services, row->overrides);
	struct recipe recipe;
	struct err err = {0};

	assert_false(recipe_make(&recipe, postfix, &wish, &err));
	assert_non_null(strstr(err.text, row->why));
	recipe_fini(&recipe);
	postfix_free(postfix);
}

static const struct path_row {
	const char *name;
	const char *listen, *services;
	const char *spelled; /* NULL: it cannot be reached */
} path_rows[] = {
	{"inet", "inet:8894@127.0.0.1", "", "inet:127.0.0.1:8894"},
	{"every address", "inet:8894", "", "inet:127.0.0.1:8894"},
	{"inet6", "inet6:8894@::1", "", "inet:[::1]:8894"},
	{"below the queue directory",
		"unix:/var/spool/postfix/forwarden/milter.sock",
		"smtp inet n - y - - smtpd\n", "unix:forwarden/milter.sock"},
	{"elsewhere, and nobody is chrooted", "unix:/run/f.sock",
		"smtp inet n - n - - smtpd\n", "unix:/run/f.sock"},
	{"elsewhere, and smtpd is", "unix:/run/f.sock",
		"smtp inet n - y - - smtpd\n", NULL},
	{"elsewhere, and cleanup is", "unix:/run/f.sock",
		"cleanup unix n - y - 0 cleanup\n", NULL},
	{"beside the queue directory", "unix:/var/spool/postfix2/f.sock",
		"smtp inet n - y - - smtpd\n", NULL},
};

static void
check_path(void **state)
{
	const struct path_row *row = *state;
	struct postfix *postfix = read_texts("", row->services, "");
	struct socket_name name;
	struct buf out = {0};
	struct err err = {0};

	assert_true(socket_name_parse(slice_of(row->listen), &name, &err));
	bool reached = milter_path_spell(postfix, &name, &out, &err);
	assert_int_equal(reached, row->spelled != NULL);
	if (reached) {
		assert_string_equal(out.p, row->spelled);
	} else {
		assert_non_null(strstr(err.text,
			"listen: unix:/var/spool/postfix/forwarden/"));
	}
	buf_fini(&out);
	postfix_free(postfix);
}

static const struct mc_wish mc_wish = {
	"inet:8894@127.0.0.1", "accept", 10026, "/q-egress", "/s-egress", "/p"};

static const struct mc_row {
	const char *name, *mc;
	const char *before; /* our first block stands before it */
} mc_rows[] = {
	{"a usual one", "OSTYPE(`linux')dnl\nMAILER(`local')dnl\n",
		"MAILER(`local')"},
	{"rules before the mailers", "LOCAL_CONFIG\nDx\nMAILER(`local')dnl\n",
		"LOCAL_CONFIG"},
	{"comments", "dnl MAILER(x)\nMAILER(`smtp')dnl\ndnl last\n",
		"MAILER(`smtp')"},
	{"no mailer", "OSTYPE(`linux')dnl\n", "dnl # BEGIN forwarden"},
};

static void
check_mc(void **state)
{
	const struct mc_row *row = *state;
	struct buf with = {0}, without = {0};

	assert_false(mc_text_is_attached(slice_of(row->mc)));
	mc_text_add(slice_of(row->mc), &mc_wish, &with);
	assert_true(mc_text_is_attached(buf_slice(&with)));
	assert_true(slice_find(buf_slice(&with),
			    SLICE("INPUT_MAIL_FILTER(`forwarden'")) <
			slice_find(buf_slice(&with), slice_of(row->before)) ||
		strstr(row->before, "BEGIN") != NULL);
	mc_text_remove(buf_slice(&with), &without);
	assert_string_equal(without.p, row->mc);
	buf_fini(&with);
	buf_fini(&without);
}

static void
test_what_a_cf_says(void **state)
{
	static const char cf[] =
		"# made today\nO QueueDirectory=/q\n"
		"O DaemonPortOptions=Name=MTA, Family=inet, Addr=127.0.0.1, "
		"Port=2525\nO DaemonPortOptions=Port=587, Name=MSA, M=E\n"
		"Mlocal,\tP=/bin/x,\n\t\tA=x\n"
		"Mesmtp,\tP=[IPC], F=k,\n\t\tA=TCP [127.0.0.1] 10026\n"
		"Mfax,\tP=[IPC], F=k,\n\t\tA=TCP $h 77\n";
	struct slice rest = slice_of(cf), mailer;
	struct mc_door door;

	(void)state;
	assert_true(slice_equal(
		mc_text_option(rest, "QueueDirectory"), SLICE("/q")));
	assert_true(slice_is_absent(mc_text_option(rest, "PidFile")));
	assert_true(mc_text_next_door(&rest, &door));
	assert_string_equal(door.name, "MTA");
	assert_string_equal(door.port, "2525");
	assert_true(mc_text_next_door(&rest, &door));
	assert_string_equal(door.name, "MSA");
	assert_string_equal(door.host, "127.0.0.1");
	assert_false(mc_text_next_door(&rest, &door));
	rest = slice_of(cf);
	assert_true(mc_text_next_stray(&rest, 10026, &mailer));
	assert_true(slice_equal(mailer, SLICE("fax")));
	assert_false(mc_text_next_stray(&rest, 10026, &mailer));
	assert_true(mc_text_same_cf(
		SLICE("# today\nDZ1\n"), SLICE("# yesterday\n\nDZ1\n")));
	assert_false(mc_text_same_cf(SLICE("DZ1\n"), SLICE("DZ1\nDmx\n")));
	assert_false(mc_text_same_cf(SLICE("DZ1\n"), SLICE("DZ2\n")));
}

#define WORD "0123456789abcdef0123456789abcdef"

static const struct probe_row {
	const char *name, *text;
	bool is_probe;
} probe_rows[] = {
	{"a name of HELO", WORD "." PROBE_DOMAIN, true},
	{"a Message-ID", WORD "@" PROBE_DOMAIN, true},
	{"another domain", WORD "@forwarden-probe.example.", false},
	{"a shorter word", "0123@" PROBE_DOMAIN, false},
	{"the domain alone", PROBE_DOMAIN, false},
	{"nothing", "", false},
};

static void
check_probe(void **state)
{
	const struct probe_row *row = *state;
	struct slice word = {0};

	assert_int_equal(
		probe_find_word(slice_of(row->text), &word), row->is_probe);
	if (row->is_probe)
		assert_true(slice_equal(word, SLICE(WORD)));
}

static void
test_words_differ(void **state)
{
	char one[PROBE_WORD_BYTES], other[PROBE_WORD_BYTES];

	(void)state;
	assert_true(probe_new_word(one));
	assert_true(probe_new_word(other));
	assert_int_equal(strlen(one), PROBE_WORD_BYTES - 1);
	assert_string_not_equal(one, other);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_patterns_are_asked_for_the_full_address_only),
		cmocka_unit_test(test_words_differ),
		cmocka_unit_test(test_what_a_cf_says),
	};
	struct rows all = {0};

	ROWS_ADD(&all, file_rows, check_there_and_back);
	ROWS_ADD(&all, edit_rows, check_edit);
	ROWS_ADD(&all, line_rows, check_line);
	ROWS_ADD(&all, refusal_rows, check_refusal);
	ROWS_ADD(&all, path_rows, check_path);
	ROWS_ADD(&all, probe_rows, check_probe);
	ROWS_ADD(&all, mc_rows, check_mc);
	ROWS_TESTS(&all, tests);
	return rows_run(&all, "attach");
}
