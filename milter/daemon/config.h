/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration: one YAML file, read by one table of keys (name, type,
 * range, default, help), which also prints the section of
 * forwarden.yaml(5) and a commented example. Immutable after it was read.
 *
 * All mistakes are collected as diagnostics with their places, so that one
 * run shows them all.
 */
#ifndef DAEMON_CONFIG_H
#define DAEMON_CONFIG_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "daemon/config_list.h"
#include "mail/message.h"
#include "sigma/level.h"
#include "verdict/respond.h"
#include "yaml/diag.h"
#include "yaml/reader_type.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who may look at the operators' page. */
enum page_read {
	PAGE_READ_OFF,
	PAGE_READ_TOKEN,
	PAGE_READ_EVERYONE
};
/* What becomes of mail that was held for too long. */
enum config_expiry {
	EXPIRY_ALERT,
	EXPIRY_RELEASE,
	EXPIRY_DELETE
};

/* Every text is NUL-terminated; one that was not given is "" or its
 * default. Times are milliseconds, sizes bytes. */
struct config {
	struct arena *arena;
	const char *file;

	struct reader_text_list domains, networks, relays, own_lists, same_as;
	const char *delimiter;
	const char *listen;
	const char *socket_owner, *socket_group;
	long long socket_mode;
	const char *user, *group;
	const char *host; /* the authserv-id of the tag */

	const char *store;
	const char *store_prefix, *state;
	const char *store_user, *sentinel_user;
	/* Read from their files: first lines, and PEM. */
	const char *store_password, *sentinel_password;
	const char *store_ca, *store_cert, *store_key;
	long long store_connect, store_retry, store_retry_max;
	long long store_bytes, store_journal, store_snapshot, store_time;
	long long keep_events, keep_routes, keep_mailbox, keep_day, keep_retry;
	long long trace_ttl, trace_members;

	struct reader_text_list policies;
	struct config_lists lists;
	long long timespan_max;

	long long mode; /* enum mode */
	long long respond[SIGMA_LEVEL_COUNT]; /* enum action */
	long long ceiling, test_cap, unable; /* enum action */
	long long unseen, gave_up; /* enum action */
	long long tag_outgoing; /* enum tag_form */
	const char *reject_text, *tempfail_text;

	const char *control;
	long long control_mode;
	const char *control_group;
	const char *http;
	long long held_expire; /* 0: never */
	long long held_expire_action; /* enum config_expiry */

	long long page_read; /* enum page_read */
	const char *page_token, *page_view_token; /* read from their files */
	struct reader_text_list page_hosts;
	long long page_session_time;

	const char *log_target;
	long long log_level; /* enum log_level */
	const char *events;
	bool log_all;
	long long log_fields; /* enum told_fields */

	bool privacy_hash;
	const char *privacy_key; /* read from its file */

	long long limit_fields, limit_field_bytes, limit_recipients;
	long long limit_addresses, limit_message_bytes, limit_value_bytes;
	long long limit_regex_time, limit_connections;
	long long limit_sessions, drain_time, hang_time;

	struct config_alerts {
		long long from; /* enum action */
		long long level; /* enum sigma_level; past them: never */
		bool observe, logs, rules, orders, daemon;
		const char *user;
		struct reader_text_list command;
		long long command_time, command_jobs;
		const char *syslog, *syslog_socket;
		const char *webhook;
		struct reader_text_list webhook_headers;
		/* Read from their files. */
		const char *webhook_token, *webhook_ca;
		const char *webhook_proxy;
		long long webhook_time, webhook_jobs, webhook_tries;
		long long webhook_patience;
		long long throttle, rate, queue;
	} alerts;

	bool confine_privileges, confine_capabilities, confine_core;
	bool confine_seccomp, confine_landlock;
};

/*
 * Reads a file. NULL when it cannot be read at all; otherwise a
 * configuration, with defaults where a key was wrong, so that whatever
 * depends on it can be checked as well: it may be used only when diags has
 * no error. config_free() frees it.
 */
struct config *config_load(const char *file, struct diags *);
void config_free(struct config *);

/* Every key at its default: what the tools judge with where there is no
 * file. NULL when out of memory. */
struct config *config_defaults(void);

/* The table of keys. */
extern const struct reader_table config_table;

/* The keys as mdoc(7) list items, for forwarden.yaml(5). */
void config_print_manual(struct buf *);
/* A line each: name, type, default. */
void config_print_list(struct buf *);
/* A commented configuration with every key at its default. */
void config_print_example(struct buf *);

#endif
