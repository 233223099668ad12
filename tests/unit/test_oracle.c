/* SPDX-License-Identifier: BSD-2-Clause */
/* An MTA asked where addresses end, with scripts in its place: what it is
 * asked, what is made of its answer, and what is said of one that fails. */
#include "rows.h"

#include "mta/rules/oracle.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARENA_BYTES (1 << 20)
#define LONG_ADDRESS 500

/* known: addresses of ours, a blank between. script: $2 is who is asked for.
 * found: "mailbox destination;" each. asked: "option address;" each. unread:
 * part of why, or NULL. */
static const struct row {
	const char *name;
	void (*ask)(struct survey *, const char *program);
	const char *known, *script, *found, *asked, *unread;
} rows[] = {
	{"Exim: where it ends, not by way of what", oracle_ask_exim,
		"alice@example.com",
		"echo drop@evil.example; echo '    <-- alice@example.com'\n"
		"echo '  router = dnslookup, transport = remote_smtp'",
		"alice@example.com drop@evil.example;",
		"-bt alice@example.com;", NULL},
	{"Exim: what stays inside is no finding", oracle_ask_exim,
		"alice@example.com", "echo bob@example.com", "",
		"-bt alice@example.com;", NULL},
	{"Exim: who is unknown does not end it", oracle_ask_exim,
		"gone@example.com bob@example.com",
		"case $2 in gone*) echo \"$2 is undeliverable: Unknown\";"
		"exit 2;; esac\necho x@evil.example",
		"bob@example.com x@evil.example;",
		"-bt gone@example.com;-bt bob@example.com;", NULL},
	{"several ends are several findings", oracle_ask_exim,
		"all@example.com", "echo a@evil.example; echo b@evil.example",
		"all@example.com a@evil.example;"
		"all@example.com b@evil.example;",
		"-bt all@example.com;", NULL},
	{"what a rule explains is not told again", oracle_ask_exim,
		"alice@example.com", "echo told@partner.example", "",
		"-bt alice@example.com;", NULL},
	{"Sendmail: the user of a mailer", oracle_ask_sendmail,
		"alice@example.com",
		"echo \"$2... deliverable: mailer esmtp, host mx.evil.example,"
		" user drop@evil.example\"",
		"alice@example.com drop@evil.example;",
		"-bv alice@example.com;", NULL},
	{"Sendmail: a status that is the address's", oracle_ask_sendmail,
		"gone@example.com bob@example.com",
		"case $2 in gone*) echo \"$2... User unknown\"; exit 67;; esac"
		"\necho \"$2... deliverable: mailer esmtp, host h, "
		"user b@evil.example\"",
		"bob@example.com b@evil.example;",
		"-bv gone@example.com;-bv bob@example.com;", NULL},
	{"a program that fails is told, and left alone", oracle_ask_sendmail,
		"alice@example.com bob@example.com",
		"echo 'cannot open the queue' >&2; exit 71", "",
		"-bv alice@example.com;", "cannot open the queue"},
	{"so is one whose configuration is wrong", oracle_ask_exim,
		"alice@example.com bob@example.com",
		"echo 'Exim configuration error in line 7' >&2; exit 1", "",
		"-bt alice@example.com;", "configuration error in line 7"},
	{"an address is never an option", oracle_ask_exim,
		"-be@example.com bob@example.com", "echo x@evil.example",
		"bob@example.com x@evil.example;", "-bt bob@example.com;",
		NULL},
};

struct site {
	struct survey survey;
	char folder[64], program[96], log[96];
};

static void
begin(struct site *site, const char *script)
{
	FILE *file;

	*site = (struct site){.survey = {
				      .tree = {.fd = -1, .is_copy = true},
				      .set = ruleset_new(),
				      .inside = inside_new(NULL),
				      .arena = arena_new(ARENA_BYTES),
			      }};
	inside_learn(site->survey.inside, SLICE("example.com"));
	inside_set_origin(site->survey.inside, SLICE("example.com"));
	ruleset_add(site->survey.set,
		&(struct rule){.path = SLICE("/etc/aliases"),
			.mailbox = SLICE("alice@example.com"),
			.destination = SLICE("told@partner.example")});
	strcpy(site->folder, "/tmp/forwarden-oracle-XXXXXX");
	assert_non_null(mkdtemp(site->folder));
	snprintf(site->program, sizeof(site->program), "%s/mta", site->folder);
	snprintf(site->log, sizeof(site->log), "%s/asked", site->folder);
	file = fopen(site->program, "w");
	assert_non_null(file);
	fprintf(file, "#!/bin/sh\nprintf '%%s %%s;' \"$1\" \"$2\" >>%s\n%s\n",
		site->log, script);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(site->program, 0700), 0);
}

static void
end(struct site *site)
{
	unlink(site->log);
	unlink(site->program);
	rmdir(site->folder);
	ruleset_free(site->survey.set);
	inside_free(site->survey.inside);
	arena_free(site->survey.arena);
}

static void
know_all(struct survey *survey, const char *known)
{
	struct slice rest = slice_of(known), one;

	while (slice_next(&rest, ' ', &one))
		survey_know(survey, one);
}

/* Those that it found; each names the question as its place. */
static void
check_found(struct site *site, const char *expected)
{
	struct buf found = {0};
	size_t count;
	const struct rule *rules = ruleset_rules(site->survey.set, &count);

	buf_puts(&found, "");
	for (size_t i = 1; i < count; i++) {
		buf_printf(&found, "%.*s %.*s;", SLICE_ARG(rules[i].mailbox),
			SLICE_ARG(rules[i].destination));
		assert_int_equal(rules[i].mechanism, RULE_ROUTER);
		assert_true(slice_starts_fold(
			rules[i].path, slice_of(site->program)));
	}
	assert_string_equal(found.p, expected);
	buf_fini(&found);
}

static void
check_unread(const struct site *site, const char *expected)
{
	size_t count;
	const struct unread *unread = ruleset_unread(site->survey.set, &count);

	assert_int_equal(count, expected != NULL);
	if (expected != NULL) {
		assert_true(
			slice_equal(unread[0].path, slice_of(site->program)));
		if (slice_find(unread[0].why, slice_of(expected)) == SLICE_NONE)
			fail_msg("%.*s", SLICE_ARG(unread[0].why));
	}
}

static void
test_ask(void **state)
{
	const struct row *row = *state;
	struct site site;
	char asked[1024] = "";
	FILE *file;

	begin(&site, row->script);
	know_all(&site.survey, row->known);
	row->ask(&site.survey, site.program);
	check_found(&site, row->found);
	check_unread(&site, row->unread);
	file = fopen(site.log, "r");
	assert_non_null(file);
	assert_non_null(fgets(asked, sizeof(asked), file));
	fclose(file);
	assert_string_equal(asked, row->asked);
	end(&site);
}

static void
test_absent(void **state)
{
	struct site site;

	(void)state;
	begin(&site, "");
	unlink(site.program);
	know_all(&site.survey, "alice@example.com bob@example.com");
	oracle_ask_exim(&site.survey, site.program);
	check_found(&site, "");
	check_unread(&site, "");
	end(&site);
}

/* One that no command line takes is left out, and the next is asked for. */
static void
test_long(void **state)
{
	struct site site;
	char address[LONG_ADDRESS];

	(void)state;
	memset(address, 'a', sizeof(address));
	memcpy(address + sizeof(address) - 12, "@example.com", 12);
	begin(&site, "echo x@evil.example");
	survey_know(&site.survey, (struct slice){address, sizeof(address)});
	know_all(&site.survey, "bob@example.com");
	oracle_ask_exim(&site.survey, site.program);
	check_found(&site, "bob@example.com x@evil.example;");
	check_unread(&site, NULL);
	end(&site);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_long),
	};
	struct rows all = {0};

	ROWS_ADD(&all, rows, test_ask);
	ROWS_TESTS(&all, tests);
	return rows_run(&all, "oracle");
}
