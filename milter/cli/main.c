/* SPDX-License-Identifier: BSD-2-Clause */
/* The program: one name, many subcommands. */
#include "cli/command.h"
#include "yaml/diag.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct command {
	const char *name;
	command_fn *run;
	const char *summary;
} commands[] = {
	{"scan", cmd_scan, "who forwards where, from the logs you have"},
	{"serve", cmd_serve, "run the daemon, in the foreground"},
	{"check", cmd_check, "check the configuration and the policies"},
	{"attach", cmd_attach, "put it before the mail server here, or off"},
	{"audit", cmd_audit, "who has rules that send mail outside"},
	{"top", cmd_top, "mailboxes by today's flows"},
	{"events", cmd_events, "the newest verdicts, as JSON lines"},
	{"mailbox", cmd_mailbox, "all that is known of one mailbox"},
	{"investigate", cmd_investigate, "one address, for the bad day"},
	{"routes", cmd_routes, "who forwards to whom: text, JSON, Graphviz"},
	{"destination", cmd_destination, "who sends to a destination"},
	{"allow", cmd_allow, "let one mailbox forward to one destination"},
	{"disallow", cmd_disallow, "take that back"},
	{"allowed", cmd_allowed, "what is allowed, by whom and why"},
	{"contain", cmd_contain, "hold what one mailbox forwards"},
	{"contained", cmd_contained, "what is held so, until when and why"},
	{"uncontain", cmd_uncontain, "hold it no longer"},
	{"held", cmd_held, "mail that is held: list, release, delete"},
	{"rollout", cmd_rollout, "what enforce would have done, and to whom"},
	{"forget", cmd_forget, "wipe one mailbox everywhere"},
	{"export", cmd_export, "all that is kept of mailboxes, as JSON lines"},
	{"import", cmd_import, "take in what export wrote"},
	{"alert", cmd_alert, "what became of alerts, and whether they arrive"},
	{"reload", cmd_reload, "have the daemon read its files again"},
	{"status", cmd_status, "how the daemon is"},
	{"doctor", cmd_doctor, "what is blind or wrong here, and the remedy"},
	{"fields", cmd_fields, "the fields a policy can name"},
	{"test", cmd_test, "run the tests that lie beside policies"},
	{"explain", cmd_explain, "why a message gets the verdict it gets"},
	{"replay", cmd_replay, "what policies would have done with old mail"},
	{"hunt", cmd_hunt, "which old events policies match, as a SIEM would"},
	{"keys", cmd_keys, "list the keys of the configuration"},
	{"completion", cmd_completion, "what completes words in a shell"},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(*commands))

static void
print_help(FILE *out)
{
	(void)fputs("usage: forwarden COMMAND [OPTION...]\n"
		    "       forwarden --help | --version\n\n",
		out);
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		(void)fprintf(out, "  %-12s %s\n", commands[i].name,
			commands[i].summary);
	}
	(void)fputs("\nforwarden(8) tells all.\n", out);
}

static int
fail_unknown(const char *name)
{
	const char *names[COMMAND_COUNT], *nearest;

	for (size_t i = 0; i < COMMAND_COUNT; i++)
		names[i] = commands[i].name;
	nearest = diag_nearest(slice_of(name), names, COMMAND_COUNT);
	(void)fprintf(stderr, "forwarden: there is no command \"%s\"", name);
	if (nearest != NULL)
		(void)fprintf(stderr, "; did you mean \"%s\"?", nearest);
	(void)fputs("\n`forwarden --help` lists them\n", stderr);
	return COMMAND_USAGE;
}

/* Where the standard descriptors are closed the next file would be one of
 * them, and what is said would be written into it. */
static void
fill_standard(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		(void)close(fd);
}

int
main(int argc, char **argv)
{
	fill_standard();
	if (argc < 2) {
		print_help(stderr);
		return COMMAND_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
		strcmp(argv[1], "help") == 0) {
		print_help(stdout);
		return COMMAND_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		(void)puts("forwarden " PACKAGE_VERSION);
		return COMMAND_OK;
	}
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	}
	return fail_unknown(argv[1]);
}
