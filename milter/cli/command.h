/* SPDX-License-Identifier: BSD-2-Clause */
/* The subcommands: each in its cmd_*.c, all in main.c's table. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

/* Exit statuses. */
enum command_exit {
	COMMAND_OK = 0,
	COMMAND_FAILED = 1, /* what was asked could not be done, or is wrong */
	COMMAND_USAGE = 2, /* the command line is wrong */
};

#define COMMAND_CONFIG_FILE SYSCONFDIR "/forwarden/forwarden.yaml"

/* argv[0] is the subcommand's name; the result is the exit status. */
typedef int command_fn(int argc, char **argv);

command_fn cmd_alert;
command_fn cmd_allow;
command_fn cmd_allowed;
command_fn cmd_attach;
command_fn cmd_audit;
command_fn cmd_check;
command_fn cmd_completion;
command_fn cmd_contain;
command_fn cmd_contained;
command_fn cmd_destination;
command_fn cmd_disallow;
command_fn cmd_doctor;
command_fn cmd_events;
command_fn cmd_export;
command_fn cmd_forget;
command_fn cmd_explain;
command_fn cmd_fields;
command_fn cmd_hunt;
command_fn cmd_held;
command_fn cmd_import;
command_fn cmd_investigate;
command_fn cmd_reload;
command_fn cmd_replay;
command_fn cmd_test;
command_fn cmd_keys;
command_fn cmd_mailbox;
command_fn cmd_rollout;
command_fn cmd_routes;
command_fn cmd_scan;
command_fn cmd_serve;
command_fn cmd_status;
command_fn cmd_top;
command_fn cmd_uncontain;

#endif
