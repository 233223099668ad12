/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Types of values that only the configuration has. Each is read with the
 * very parser that the daemon uses the value with, so that a check refuses
 * what a start would refuse, at its place. What must be there on this machine
 * (users, directories, files) is looked for only when the file names it: a
 * default is not a mistake of who wrote the file.
 */
#ifndef DAEMON_CONFIG_TYPE_H
#define DAEMON_CONFIG_TYPE_H

#include "yaml/reader_type.h"

/* All of them are const char * in the configuration. */
extern const struct reader_type config_listener, /* where the MTA connects */
	config_control, /* a unix socket; its directory may be missing */
	config_loopback, /* host:port of loopback, or empty */
	config_reply, /* an SMTP reply's text */
	config_secret, /* a file whose first line is the value, or empty */
	config_pem, /* a file whose PEM text is the value, or empty */
	config_directory, /* where one is or can be made */
	config_user, config_group, /* that this machine knows, or empty */
	config_host, /* a host's name, or empty */
	config_prefix, /* of keys in Redis */
	config_store, /* where a store is opened */
	config_log, /* where the log goes */
	config_events, /* where events go */
	config_path, /* from the root */
	config_syslog, /* no, yes or a facility */
	config_webhook; /* https://..., or empty */
/* struct reader_text_list: a path and arguments; "Name: value" each. */
extern const struct reader_type config_command, config_headers;
/* A long long: an action that an MTA without quarantine can do. */
extern const struct reader_type config_fallback;

/* The number of an action's and a mode's name, and back. */
reader_word_fn config_word_action, config_word_mode, config_word_log_level,
	config_word_tag_form, config_word_told, config_word_page,
	config_word_expiry, config_word_level;

#endif
