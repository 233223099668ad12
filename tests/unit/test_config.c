/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration: what is read, what is refused and where. */
#include "rows.h"

#include "daemon/config.h"

#include <stdio.h>
#include <unistd.h>

#define FILE_NAME "/tmp/forwarden-config-XXXXXX"
#define LOCAL "local: {domains: [example.com]}\n"

static struct config *
parse(const char *text, struct diags *diags)
{
	char name[] = FILE_NAME;
	int fd = mkstemp(name);
	size_t len = strlen(text);
	struct config *config;

	assert_true(fd >= 0 && write(fd, text, len) == (ssize_t)len);
	(void)close(fd);
	config = config_load(name, diags);
	(void)unlink(name);
	return config;
}

/* One mistake, told once, at its place. */
static const struct refused {
	const char *name, *text;
	unsigned line, column;
	const char *what, *hint; /* parts of what is said; NULL: none */
} refused[] = {
	{"an unknown key has the nearest name", LOCAL "mod: observe\n", 2, 1,
		"no key is called \"mod\"", "did you mean \"mode\"?"},
	{"an unknown key in a section", LOCAL "limits:\n  feilds: 20\n", 3, 3,
		"no key is called \"limits.feilds\"",
		"did you mean \"fields\"?"},
	{"an unknown key like nothing", LOCAL "zzzzzz: 1\n", 2, 1,
		"no key is called", "forwarden keys"},
	{"a misspelt required key is one mistake",
		"local:\n  domians: [example.com]\n", 2, 3,
		"no key is called \"local.domians\"", "domains"},
	{"local.domains must be given", "mode: observe\n", 0, 0,
		"local.domains is missing", "local: {domains:"},
	{"a number below its range", LOCAL "limits: {fields: 9}\n", 2, 18,
		"limits.fields must be 10 to 30000", NULL},
	{"a number above its range", LOCAL "limits: {fields: 30001}\n", 2, 18,
		"limits.fields must be 10 to 30000", NULL},
	{"a number that is none", LOCAL "limits: {fields: many}\n", 2, 18,
		"limits.fields must be a number", "digits"},
	{"a duration without unit", LOCAL "limits: {store_time: 250}\n", 2, 22,
		"must be a duration", "250ms"},
	{"a duration that overflows",
		LOCAL "limits: {store_time: 99999999999999999d}\n", 2, 22,
		"must be a duration", "250ms"},
	{"a size out of range", LOCAL "limits: {field_bytes: 2G}\n", 2, 23,
		"limits.field_bytes must be 1k to 1M", NULL},
	{"a mode that is not octal", LOCAL "socket: {mode: 0888}\n", 2, 16,
		"must be a file mode", "octal"},
	{"a word that is none of them", LOCAL "mode: enfore\n", 2, 7,
		"mode must be observe or enforce", "did you mean \"enforce\""},
	{"an action that is none", LOCAL "respond: {high: quarantin}\n", 2, 17,
		"none, log, tag, quarantine", "quarantine"},
	{"a section that is a scalar", LOCAL "respond: tag\n", 2, 10,
		"\"respond\" is a section", NULL},
	{"a key that is a map", LOCAL "mode: {a: b}\n", 2, 7, "mode must be",
		NULL},
	{"a listener in no spelling", LOCAL "listen: tcp:1\n", 2, 9,
		"listen: not an address", NULL},
	{"a control that is not a unix socket",
		LOCAL "control: inet:1@127.0.0.1\n", 2, 10,
		"control must be a unix socket", "permissions"},
	{"an http open to the world", LOCAL "http: 0.0.0.0:80\n", 2, 7,
		"http must be a loopback address", "password"},
	{"a reply with a percent sign", LOCAL "reply: {reject: 100%}\n", 2, 17,
		"reply.reject holds a character", "percent"},
	{"a reply with an umlaut", LOCAL "reply: {reject: Tür}\n", 2, 17,
		"reply.reject holds a character", "ASCII"},
	{"an empty reply", LOCAL "reply: {reject: ''}\n", 2, 17,
		"must have 1 to 200 characters", NULL},
	{"a text with a control character", LOCAL "host: \"a\\x07\"\n", 2, 7,
		"must not hold control characters", NULL},
	{"a secret whose file is missing",
		LOCAL "privacy: {key_file: /nonexistent}\n", 2, 21,
		"privacy.key_file: cannot open the file", NULL},
	{"privacy without a key", LOCAL "privacy: {hash: true}\n", 2, 17,
		"privacy.hash needs privacy.key_file", "openssl rand"},
	{"a boolean that is none", LOCAL "privacy: {hash: yes}\n", 2, 17,
		"must be a boolean", "true or false"},
	{"a fallback that is not a fallback",
		LOCAL "respond: {unable: quarantine}\n", 2, 19,
		"respond.unable is for MTAs without quarantine", "tempfail"},
	{"a list whose file is missing",
		LOCAL "lists:\n  freemail: file:/nonexistent\n", 3, 13,
		"cannot read the list", NULL},
	{"an entry that is a list", "local: {domains: [[a]]}\n", 1, 19,
		"an entry must be a text", NULL},
	{"a configuration that is a list", "- a\n", 1, 1,
		"a configuration is keys and values", NULL},
	{"no domains behind the key", "local: {domains: }\n", 0, 0,
		"local.domains is missing", "example.com"},

	/* What a start would refuse. */
	{"a store of no kind", LOCAL "store: redsi://x\n", 2, 8,
		"store: ", "redis://host:6379/0"},
	{"a store with a port that is none", LOCAL "store: redis://x:0\n", 2, 8,
		"is not a host and port", "redis://host:6379/0"},
	{"a cluster with a database", LOCAL "store: redis+cluster://x/1\n", 2,
		8, "a cluster has no databases", NULL},
	{"a log of no kind", LOCAL "log: {target: \"flie:/x\"}\n", 2, 15,
		"log.target: ", "file:/path"},
	{"a log to no facility", LOCAL "log: {target: syslog:male}\n", 2, 15,
		"no syslog facility is called \"male\"", "syslog:mail"},
	{"a log in a folder that is not there",
		LOCAL "log: {target: file:/nonexistent/log}\n", 2, 15,
		"log.target: there is no directory /nonexistent", "make it"},
	{"a log that is a directory", LOCAL "log: {target: file:/tmp}\n", 2, 15,
		"/tmp is a directory", "a file"},
	{"a log beside nothing", LOCAL "log: {target: file:log}\n", 2, 15,
		"not a place to log to", "file:/path"},
	{"events of no kind", LOCAL "log: {events: flie:/x}\n", 2, 15,
		"is not a place for events", "log, none or file:/path"},
	{"events in a folder that is not there",
		LOCAL "log: {events: file:/nonexistent/x}\n", 2, 15,
		"log.events: there is no directory /nonexistent", "make it"},
	{"a user nobody is", LOCAL "user: nobody-at-all\n", 2, 7,
		"there is no user \"nobody-at-all\"", "of this machine"},
	{"a group nobody is in", LOCAL "group: nobody-at-all\n", 2, 8,
		"there is no group", "of this machine"},
	{"a socket for nobody", LOCAL "socket: {owner: nobody-at-all}\n", 2, 17,
		"socket.owner: there is no user", "of this machine"},
	{"a socket for no group", LOCAL "socket: {group: nobody-at-all}\n", 2,
		17, "socket.group: there is no group", "of this machine"},
	{"a control for no group", LOCAL "control_group: nobody-at-all\n", 2,
		16, "control_group: there is no group", "of this machine"},
	{"a host that is none", LOCAL "host: mx one\n", 2, 7,
		"is not a host's name", "mx1.example.com"},
	{"a prefix with braces", LOCAL "redis: {prefix: 'a{b}'}\n", 2, 17,
		"is not a prefix of keys", "fw1"},
	{"a password file that is missing",
		LOCAL "redis: {password_file: /nonexistent}\n", 2, 24,
		"redis.password_file: cannot open the file", "path"},
	{"a password file that is empty",
		LOCAL "redis: {password_file: /dev/null}\n", 2, 24,
		"the file's first line is empty", "first line"},
	{"a password that stands twice",
		LOCAL "store: redis://:x@h\n"
		      "redis: {password_file: /etc/passwd}\n",
		3, 24, "stands in store, too", "other users"},
	{"a user without a password", LOCAL "redis: {user: fw}\n", 2, 15,
		"redis.user has no password", "redis.password_file"},
	{"a certificate without its key",
		LOCAL "redis: {cert_file: /nonexistent}\n", 2, 20,
		"redis.cert_file: cannot open the file", "can be read"},
	{"an authority that is none", LOCAL "redis: {ca_file: /etc/passwd}\n",
		2, 18, "no PEM text", "openssl x509"},
	{"a key file that is empty", LOCAL "privacy: {key_file: /dev/null}\n",
		2, 21, "the file's first line is empty", "first line"},
	{"a state beside nothing", LOCAL "state: state\n", 2, 8,
		"must be a path from the root", "/var/lib"},
	{"a state in a folder that is not there",
		LOCAL "state: /nonexistent/state\n", 2, 8,
		"there is no directory /nonexistent", "make it"},
	{"a state that is a file", LOCAL "state: /dev/null\n", 2, 8,
		"/dev/null is not a directory", "a directory"},
	{"a control in no folder",
		LOCAL "control: unix:/nonexistent/deep/control.sock\n", 2, 10,
		"there is no directory /nonexistent/deep", "make it"},
	{"a listener in no folder", LOCAL "listen: unix:/nonexistent/m\n", 2, 9,
		"there is no directory /nonexistent", "make it"},
	{"a listener at an address of the other family",
		LOCAL "listen: inet6:8894@127.0.0.1\n", 2, 9,
		"cannot find 127.0.0.1", "write inet:"},
	{"a listener without a port", LOCAL "listen: inet:0@127.0.0.1\n", 2, 9,
		"port 0 is not between", "write inet:"},
	{"an http without a port", LOCAL "http: 127.0.0.1:0\n", 2, 7,
		"port 0 is not between", "127.0.0.1:8895"},

	/* What two keys say against each other. */
	{"a first pause over the longest",
		LOCAL "redis: {retry_time: 1m, retry_max: 10s}\n", 2, 21,
		"redis.retry_time (1m) is more than redis.retry_max (10s)",
		"lower redis.retry_time or raise redis.retry_max"},
	{"a value longer than its field", LOCAL "limits: {field_bytes: 1k}\n",
		2, 23,
		"limits.value_bytes (4k) is more than limits.field_bytes (1k)",
		"lower limits.value_bytes"},
	{"more recipients than the message's memory is for",
		LOCAL "limits: {recipients: 5000}\n", 2, 22,
		"limits.recipients (5000) needs limits.message_bytes to be "
		"80000k",
		"raise limits.message_bytes"},
	{"a field larger than its message",
		LOCAL "limits: {field_bytes: 1M, message_bytes: 64k, "
		      "recipients: 4}\n",
		2, 23,
		"limits.field_bytes (1M) is more than limits.message_bytes",
		"raise limits.message_bytes"},
	{"a day kept longer than its mailboxes",
		LOCAL "keep: {mailbox_time: 1d}\n", 2, 22,
		"keep.day_time (8d) is more than keep.mailbox_time (1d)",
		"raise keep.mailbox_time"},
	{"the same key twice", LOCAL "mode: observe\nmode: enforce\n", 3, 1,
		"mode", NULL},
};

static void
check_refused(void **state)
{
	const struct refused *row = *state;
	struct diags *diags = diags_new();
	struct config *config = parse(row->text, diags);
	const struct diag *diag;

	assert_true(diags_count(diags, DIAG_ERROR) >= 1);
	diag = diags_at(diags, 0);
	assert_non_null(strstr(diag->what, row->what));
	assert_int_equal(diag->mark.line, row->line);
	assert_int_equal(diag->mark.column, row->column);
	if (row->hint != NULL) {
		assert_non_null(diag->hint);
		assert_non_null(strstr(diag->hint, row->hint));
	}
	config_free(config);
	diags_free(diags);
}

static void
test_three_mistakes_are_three_errors(void **state)
{
	struct diags *diags = diags_new();
	struct config *config = parse("local: {domains: [example.com]}\n"
				      "mod: observe\n"
				      "limits: {fields: 3}\n"
				      "listen: nowhere\n",
		diags);

	(void)state;
	assert_int_equal(diags_count(diags, DIAG_ERROR), 3);
	config_free(config);
	diags_free(diags);
}

static void
test_every_key_has_its_default(void **state)
{
	struct diags *diags = diags_new();
	struct config *config = parse(LOCAL, diags);

	(void)state;
	assert_int_equal(diags_total(diags), 0);
	assert_string_equal(config->listen, "inet:8894@127.0.0.1");
	assert_string_equal(config->store, "memory");
	assert_int_equal(config->mode, MODE_OBSERVE);
	assert_int_equal(config->networks.count, 2);
	assert_int_equal(config->respond[SIGMA_MEDIUM], ACTION_TAG);
	assert_int_equal(config->ceiling, ACTION_QUARANTINE);
	assert_int_equal(config->store_time, 250);
	assert_int_equal(config->socket_mode, 0660);
	assert_true(*config->host != '\0');
	config_free(config);
	diags_free(diags);
}

/* Each row of the table: within its range, with a help that ends. */
static void
test_the_table_is_sound(void **state)
{
	const struct reader_key *keys = config_table.keys;
	const size_t count = config_table.count;

	(void)state;
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(keys[i].help);

		assert_true(len > 10 && keys[i].help[len - 1] == '.');
		assert_true(keys[i].least <= keys[i].most);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(keys[i].name, keys[j].name);
	}
}

static void
test_a_single_text_is_a_list_of_one(void **state)
{
	struct diags *diags = diags_new();
	struct config *config = parse("local: {domains: example.com}\n", diags);

	(void)state;
	assert_int_equal(diags_total(diags), 0);
	assert_int_equal(config->domains.count, 1);
	assert_string_equal(config->domains.at[0].p, "example.com");
	config_free(config);
	diags_free(diags);
}

static void
write_file(char *path, const char *text)
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
}

static void
test_lists_come_inline_and_from_files(void **state)
{
	char path[] = "/tmp/forwarden-list-XXXXXX";
	struct diags *diags = diags_new();
	struct config *config;
	char text[256];

	(void)state;
	write_file(path, "# providers\ngmail.com\n\n  gmx.de  # both\n");
	(void)snprintf(text, sizeof(text),
		LOCAL
		"lists:\n  freemail: [a.example, 'file:%s']\n  vip: bob\n",
		path);
	config = parse(text, diags);
	(void)unlink(path);
	assert_int_equal(diags_total(diags), 0);
	assert_int_equal(config->lists.count, 2);
	assert_int_equal(config->lists.at[0].count, 3);
	assert_true(
		slice_equal(config->lists.at[0].values[2], SLICE("gmx.de")));
	assert_int_equal(config->lists.at[0].marks[2].line, 4);
	assert_string_equal(config->lists.at[1].values[0].p, "bob");
	config_free(config);
	diags_free(diags);
}

static void
test_a_secret_is_the_first_line(void **state)
{
	char path[] = "/tmp/forwarden-key-XXXXXX";
	struct diags *diags = diags_new();
	struct config *config;
	char text[256];

	(void)state;
	write_file(path, "0123456789abcdef0123456789abcdef\nnot this\n");
	(void)snprintf(text, sizeof(text),
		LOCAL "privacy: {hash: true, key_file: '%s'}\n", path);
	config = parse(text, diags);
	(void)unlink(path);
	assert_int_equal(diags_total(diags), 0);
	assert_true(config->privacy_hash);
	assert_string_equal(
		config->privacy_key, "0123456789abcdef0123456789abcdef");
	config_free(config);
	diags_free(diags);
}

/* What the example shows as defaults must be what they are. */
static void
test_the_example_reads_as_it_stands_and_uncommented(void **state)
{
	struct buf example = {0}, bare = {0};
	struct diags *diags = diags_new();
	struct config *config;
	char *user;

	(void)state;
	config_print_example(&example);
	/* The user it names is made where the program is installed. */
	user = strstr(example.p, "\nuser: forwarden");
	assert_non_null(user);
	memcpy(strchr(user, ' '), " root    ", strlen(" forwarden") - 1);
	user[strlen("\nuser: forwarden") - 1] = ' ';
	config = parse(buf_slice(&example).p, diags);
	assert_int_equal(diags_total(diags), 0);
	config_free(config);
	/* "#key" is a key, "# text" a comment. */
	for (size_t i = 0; i < example.len; i++) {
		if (example.p[i] != '#' || example.p[i + 1] == ' ' ||
			example.p[i + 1] == '\n')
			buf_add_byte(&bare, example.p[i]);
	}
	config = parse(buf_slice(&bare).p, diags);
	assert_int_equal(diags_total(diags), 0);
	config_free(config);
	buf_fini(&example);
	buf_fini(&bare);
	diags_free(diags);
}

static void
test_the_manual_has_every_key(void **state)
{
	const struct reader_key *keys = config_table.keys;
	const size_t count = config_table.count;
	struct buf manual = {0};

	(void)state;
	config_print_manual(&manual);
	for (size_t i = 0; i < count; i++)
		assert_non_null(strstr(buf_slice(&manual).p, keys[i].name));
	buf_fini(&manual);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_three_mistakes_are_three_errors),
		cmocka_unit_test(test_every_key_has_its_default),
		cmocka_unit_test(test_the_table_is_sound),
		cmocka_unit_test(test_a_single_text_is_a_list_of_one),
		cmocka_unit_test(test_lists_come_inline_and_from_files),
		cmocka_unit_test(test_a_secret_is_the_first_line),
		cmocka_unit_test(
			test_the_example_reads_as_it_stands_and_uncommented),
		cmocka_unit_test(test_the_manual_has_every_key),
	};
	struct rows all = {0};

	ROWS_ADD(&all, refused, check_refused);
	ROWS_TESTS(&all, tests);
	return rows_run(&all, "config");
}
