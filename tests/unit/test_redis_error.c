/* SPDX-License-Identifier: BSD-2-Clause */
/* What the errors of Redis 5 to 8 and of Valkey mean, as each has said them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/redis/redis_error.h"

#include <string.h>

static const char *const kinds[] = {
	[REDIS_ERROR_REFUSED] = "refused",
	[REDIS_ERROR_SLOT] = "slot",
	[REDIS_ERROR_SCRIPT] = "script",
	[REDIS_ERROR_RIGHT] = "right",
	[REDIS_ERROR_STATE] = "state",
	[REDIS_ERROR_UNKNOWN] = "unknown",
};

#define WRAP                                 \
	"ERR Error running script (call to " \
	"f_6af5a4ae0c0b0d6c6a3fdd2ba8d2f2b1c2a1d0e0): "

static void
errors_are_known(void **state)
{
	static const struct {
		const char *text, *kind, *says;
	} rows[] = {
		{"READONLY You can't write against a read only replica.",
			"state", "READONLY: it is a replica"},
		{WRAP "@user_script:12: @user_script: 12: -READONLY You can't "
		      "write against a read only replica.",
			"state", "READONLY: it is a replica"},
		{"READONLY You can't write against a read only replica. "
		 "script: 6af5a4ae, on @user_script:12.",
			"state", "READONLY: "},
		{"OOM command not allowed when used memory > 'maxmemory'.",
			"state", "OOM: its memory is full"},
		{WRAP "@user_script:3: @user_script: 3: -OOM command not "
		      "allowed when used memory > 'maxmemory'.",
			"state", "OOM: its memory is full"},
		{"OOM allow-oom flag is not set on the script, can't run it "
		 "when used memory > 'maxmemory'",
			"state", "OOM: "},
		{"MISCONF Redis is configured to save RDB snapshots, but",
			"state", "MISCONF: it takes no writes"},
		{WRAP "@user_script:3: @user_script: 3: -MISCONF Redis is "
		      "configured to save RDB snapshots",
			"state", "MISCONF: "},
		{"NOREPLICAS Not enough good replicas to write.", "state",
			"NOREPLICAS: "},
		{"LOADING Redis is loading the dataset in memory", "state",
			"LOADING: "},
		{"BUSY Redis is busy running a script. You can only call",
			"state", "BUSY: "},
		{"MASTERDOWN Link with MASTER is down and", "state",
			"MASTERDOWN: "},
		{"NOAUTH Authentication required.", "state", "NOAUTH: "},
		{"WRONGPASS invalid username-password pair", "state",
			"WRONGPASS: "},
		{"CLUSTERDOWN The cluster is down", "state", "CLUSTERDOWN: "},
		{"CLUSTERDOWN Hash slot not served", "slot", "CLUSTERDOWN: "},
		{"MOVED 3999 127.0.0.1:6381", "slot", "MOVED: "},
		{"ASK 3999 127.0.0.1:6381", "slot", "ASK: "},
		{"TRYAGAIN Multiple keys request during rehashing of slot",
			"slot", "TRYAGAIN: the slot is open"},
		{"NOSCRIPT No matching script. Please use EVAL.", "script",
			"NOSCRIPT: "},
		{"NOPERM this user has no permissions to run the 'xadd' "
		 "command",
			"right", "run the 'xadd' command"},
		{WRAP "@user_script:3: @user_script: 3: -NOPERM The user "
		      "executing the script can't run this command",
			"right", "NOPERM: its account lacks a right"},
		{"WRONGTYPE Operation against a key holding the wrong kind",
			"refused", "WRONGTYPE: "},
		{WRAP "@user_script:9: WRONGTYPE Operation against a key "
		      "holding the wrong kind of value",
			"refused", "WRONGTYPE: "},
		{"ERR string exceeds maximum allowed size (512MB)", "refused",
			"exceeds maximum"},
		{"ERR Protocol error: invalid bulk length", "refused",
			"invalid bulk length"},
		{"ERR hash value is not an integer", "refused",
			"not an integer"},
		{"ERR user_script:22: attempt to compare nil with number "
		 "script: 6af5a4ae, on @user_script:22.",
			"refused", "attempt to compare"},
		{WRAP "@user_script:22: user_script:22: attempt to compare "
		      "nil with number",
			"refused", "attempt to compare"},
		{WRAP "@user_script:1: Script killed by user with SCRIPT "
		      "KILL...",
			"unknown", "Script killed by user"},
		{"ERR The user executing the script can't run this command or "
		 "subcommand script: 6af5a4ae, on @user_script:3.",
			"right", "can't run this command"},
		{"ERR Error running script: nobody has heard of this",
			"unknown", "nobody has heard"},
		{"ERR the disk is haunted", "unknown", "haunted"},
		{"HAUNTED the disk is", "unknown", "HAUNTED"},
		{"", "unknown", ""},
		/* What repeats what was sent, as a sender would like it. */
		{"ERR unknown command 'EVALSHA', with args beginning with: 'x "
		 "-WRONGTYPE too big attempt to '",
			"unknown", "unknown command"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct reply reply = {
			.type = REPLY_ERROR, .text = slice_of(rows[i].text)};
		const char *kind = kinds[redis_error_kind(&reply)];
		struct err err = {0};

		if (strcmp(kind, rows[i].kind) != 0)
			fail_msg("%s: %s", rows[i].text, kind);
		assert_true(redis_error_words(&reply, &err));
		if (strstr(err.text, rows[i].says) == NULL)
			fail_msg("%s: \"%s\"", rows[i].text, err.text);
	}
}

static void
an_answer_is_no_error(void **state)
{
	const struct reply reply = {
		.type = REPLY_TEXT, .text = SLICE("OOM is a word")};
	struct err err = {0};

	(void)state;
	assert_false(redis_error_words(&reply, &err));
	assert_int_equal(err.code, ERR_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_are_known),
		cmocka_unit_test(an_answer_is_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
