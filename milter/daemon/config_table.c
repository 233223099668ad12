/* SPDX-License-Identifier: BSD-2-Clause */
/* Every key of the configuration: one row each. */
#include "daemon/config.h"
#include "daemon/config_list.h"
#include "daemon/config_type.h"

#include <limits.h>

#define KIB 1024LL
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define SECOND 1000LL
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

#define AT(member) offsetof(struct config, member)

static const struct reader_key keys[] = {
	{"local.domains", &reader_texts, AT(domains),
		.help = "The domains whose mailboxes are ours: a name alone, "
			"its subdomains with a leading dot, or file:/path "
			"with one such entry a line. Mail of these mailboxes "
			"that moves to other domains is what Forwarden looks "
			"for.",
		.missing = "add the domains whose mailboxes are yours: "
			   "local: {domains: [example.com]}"},
	{"local.networks", &reader_texts, AT(networks),
		.initial = "127.0.0.0/8, ::1",
		.help = "Clients that are our own side: addresses or "
			"networks. What the header of their mail says is "
			"believed."},
	{"local.relays", &reader_texts, AT(relays),
		.help = "Logins and networks of our side that speak for many "
			"mailboxes: an Exchange that logs in, a ticket "
			"system. What they say of a mailbox is believed; what "
			"a person who logs in says binds that person alone."},
	{"local.lists", &reader_texts, AT(own_lists),
		.help = "Mailing lists of ours, whose mail to members is not "
			"forwarding: an address, @lists.example.com for all "
			"of a domain, or file:/path with one such entry a "
			"line."},
	{"local.delimiter", &reader_text, AT(delimiter), .initial = "+",
		.help = "The signs that begin the detail of an address, as "
			"Postfix's recipient_delimiter: alice+news and alice "
			"are one mailbox. Empty: there is no detail."},
	{"local.same_as", &reader_texts, AT(same_as),
		.help = "Domains of ours that mean another one: "
			"mx.example.com = example.com."},
	{"listen", &config_listener, AT(listen),
		.initial = "inet:8894@127.0.0.1",
		.help = "Where the MTA connects: inet:port@host, "
			"inet:host:port, inet6:port@host, unix:/path or "
			"local:/path. Where nothing is written, `forwarden "
			"attach` writes a unix socket that Postfix alone may "
			"open."},
	{"socket.mode", &reader_mode, AT(socket_mode), .initial = "0660",
		.least = 0, .most = 0777,
		.help = "Permissions of a unix socket in listen."},
	{"socket.owner", &config_user, AT(socket_owner), .initial = "",
		.help = "Owner of a unix socket in listen; empty: the user "
			"that starts the program."},
	{"socket.group", &config_group, AT(socket_group), .initial = "",
		.help = "Group of a unix socket in listen: one that the MTA "
			"is in, such as postfix."},
	{"user", &config_user, AT(user), .initial = "",
		.help = "Whom the worker runs as after the sockets are open; "
			"empty: whoever starts the program."},
	{"group", &config_group, AT(group), .initial = "",
		.help = "The worker's group; empty: that of user."},
	{"host", &config_host, AT(host), .initial = "",
		.help = "The name in the X-Forwarden field (the authserv-id "
			"of RFC 8601); empty: this machine's name."},

	{"store", &config_store, AT(store), .initial = "memory",
		.help = "Where counters live: memory, redis://host:6379/0, "
			"unix:/run/redis.sock, redis+sentinel://h1,h2/name, "
			"redis+cluster://h1,h2 or rediss://host."},
	{"redis.user", &reader_text, AT(store_user), .initial = "",
		.help = "The user of Redis' access list (ACL) to log in as; "
			"empty: the default one."},
	{"redis.password_file", &config_secret, AT(store_password),
		.initial = "",
		.help = "A file whose first line is the password of Redis; "
			"root alone may be able to read it."},
	{"redis.sentinel_user", &reader_text, AT(sentinel_user), .initial = "",
		.help = "The user to log in to the Sentinels as."},
	{"redis.sentinel_password_file", &config_secret, AT(sentinel_password),
		.initial = "",
		.help = "A file whose first line is the password of the "
			"Sentinels; that of Redis is never shown to them."},
	{"redis.ca_file", &config_pem, AT(store_ca), .initial = "",
		.help = "Certificates (PEM) that may have signed that of "
			"Redis, for rediss://; empty: those that the system "
			"trusts. The host in store must stand in it."},
	{"redis.cert_file", &config_pem, AT(store_cert), .initial = "",
		.help = "The certificate (PEM) to show to Redis, and its "
			"issuers' behind it."},
	{"redis.key_file", &config_pem, AT(store_key), .initial = "",
		.help = "The key (PEM, without a pass phrase) of "
			"redis.cert_file; root alone may be able to read it."},
	{"redis.prefix", &config_prefix, AT(store_prefix), .initial = "fw1",
		.help = "What every key in Redis begins with."},
	{"redis.connect_time", &reader_duration, AT(store_connect),
		.initial = "2s", .least = 10, .most = MINUTE,
		.help = "How long a connection may take to come about."},
	{"redis.retry_time", &reader_duration, AT(store_retry), .initial = "1s",
		.least = 10, .most = 10 * MINUTE,
		.help = "Time to the first new try when Redis is away; it "
			"doubles up to redis.retry_max."},
	{"redis.retry_max", &reader_duration, AT(store_retry_max),
		.initial = "30s", .least = 10, .most = HOUR,
		.help = "Longest time between two tries."},
	{"redis.journal", &reader_size, AT(store_journal), .initial = "64M",
		.least = MIB, .most = 4 * GIB,
		.help = "What is kept for Redis while it is away, on disk "
			"within a second, to be replayed when it is back. The "
			"embedded store's log has the same bound."},
	{"keep.memory", &reader_size, AT(store_bytes), .initial = "256M",
		.least = MIB, .most = 1024 * GIB,
		.help = "What the embedded store may hold. Past it the "
			"stalest records go first."},
	{"keep.snapshot_time", &reader_duration, AT(store_snapshot),
		.initial = "1m", .least = SECOND, .most = DAY,
		.help = "How often the embedded store is written to its file. "
			"What is counted in between is in a log beside it "
			"within a second, which a crash leaves to be read."},
	{"keep.events", &reader_number, AT(keep_events), .initial = "10000",
		.least = 0, .most = 10000000,
		.help = "How many events the stream keeps."},
	{"keep.routes", &reader_number, AT(keep_routes), .initial = "64",
		.least = 1, .most = 100000,
		.help = "How many destinations are remembered of one mailbox."},
	{"keep.mailbox_time", &reader_duration, AT(keep_mailbox),
		.initial = "90d", .least = DAY, .most = 4000 * DAY,
		.help = "How long a mailbox and its routes are remembered "
			"after the last flow; one that has only received, "
			"a day at most."},
	{"keep.day_time", &reader_duration, AT(keep_day), .initial = "8d",
		.least = DAY, .most = 400 * DAY,
		.help = "How long a day's list of mailboxes is kept."},
	{"keep.retry_time", &reader_duration, AT(keep_retry), .initial = "1d",
		.least = MINUTE, .most = 30 * DAY,
		.help = "Within this time the same message, sent again after "
			"a deferral, counts once."},
	{"keep.trace_time", &reader_duration, AT(trace_ttl), .initial = "7d",
		.least = MINUTE, .most = 90 * DAY,
		.help = "How long the trace of a delivery (hashes of who "
			"received a message) is kept."},
	{"keep.trace_members", &reader_number, AT(trace_members),
		.initial = "64", .least = 2, .most = 1024,
		.help = "How many members one message's trace has at most."},
	{"state", &config_directory, AT(state),
		.initial = LOCALSTATEDIR "/lib/forwarden",
		.help = "The directory of the embedded store's snapshot and "
			"log, and of the journal. One daemon works in it."},

	{"policies", &reader_texts, AT(policies),
		.initial = DATADIR "/policies",
		.help = "Files of policies, or directories for all *.yml and "
			"*.yaml files below them."},
	{"lists", &config_lists, AT(lists),
		.help = "Lists for the %name% placeholders of policies, by "
			"name. Entries are texts, or file:/path with one a "
			"line; # begins a comment there. A list that is not "
			"given here is read from lists/name.txt in a directory "
			"of policies, where there is one."},
	{"timespan_max", &reader_duration, AT(timespan_max), .initial = "31d",
		.least = MINUTE, .most = 400 * DAY,
		.help = "The longest timespan a correlation may have."},

	{"mode", &reader_word, AT(mode), .initial = "observe",
		.word = config_word_mode,
		.help = "observe: judge and report, but leave all mail alone. "
			"enforce: act."},
	{"respond.informational", &reader_word,
		AT(respond[SIGMA_INFORMATIONAL]), .initial = "log",
		.word = config_word_action,
		.help = "The action for policies of this level."},
	{"respond.low", &reader_word, AT(respond[SIGMA_LOW]), .initial = "log",
		.word = config_word_action,
		.help = "The action for policies of this level."},
	{"respond.medium", &reader_word, AT(respond[SIGMA_MEDIUM]),
		.initial = "tag", .word = config_word_action,
		.help = "The action for policies of this level."},
	{"respond.high", &reader_word, AT(respond[SIGMA_HIGH]),
		.initial = "quarantine", .word = config_word_action,
		.help = "The action for policies of this level."},
	{"respond.critical", &reader_word, AT(respond[SIGMA_CRITICAL]),
		.initial = "quarantine", .word = config_word_action,
		.help = "The action for policies of this level."},
	{"respond.ceiling", &reader_word, AT(ceiling), .initial = "quarantine",
		.word = config_word_action,
		.help = "No policy's action is stronger than this, whatever "
			"it asks for."},
	{"respond.test", &reader_word, AT(test_cap), .initial = "log",
		.word = config_word_action,
		.help = "No action of a policy with status test is stronger "
			"than this."},
	{"respond.unable", &config_fallback, AT(unable), .initial = "tag",
		.word = config_word_action,
		.help = "What to do where the MTA offers no quarantine: none, "
			"log, tag, tempfail, reject or discard."},
	{"respond.unseen", &reader_word, AT(unseen), .initial = "log",
		.word = config_word_action,
		.help = "The action for a message that leaves and of which "
			"recipients or header fields could not be looked at "
			"for want of room. An event names the gap; "
			"respond.ceiling and mode hold for it, too."},
	{"respond.gave_up", &reader_word, AT(gave_up), .initial = "tag",
		.word = config_word_action,
		.help = "The most that is done for a policy whose regular "
			"expression gave up, so that nobody knows whether it "
			"matches. The event names the policy under gave_up."},
	{"tag.outgoing", &reader_word, AT(tag_outgoing), .initial = "id",
		.word = config_word_tag_form,
		.help = "What the X-Forwarden field says on mail that leaves, "
			"where its reader is whoever gets the copy. id: host "
			"and event id; full: mailbox, evidence and policies, "
			"too; none: there is no field."},
	{"reply.reject", &config_reply, AT(reject_text),
		.initial = "Access denied, automatic forwarding to this "
			   "recipient is not "
			   "allowed",
		.help = "The text of a refusal, after 550 5.7.520."},
	{"reply.tempfail", &config_reply, AT(tempfail_text),
		.initial = "Automatic forwarding is being looked at, try again "
			   "later",
		.help = "The text of a deferral, after 451 4.7.1."},

	{"control", &config_control, AT(control),
		.initial = "unix:" RUNSTATEDIR "/forwarden/control.sock",
		.help = "The unix socket on which the daemon answers the "
			"other subcommands."},
	{"control_mode", &reader_mode, AT(control_mode), .initial = "0660",
		.least = 0, .most = 0777,
		.help = "Permissions of the control socket. Who may write to "
			"it sees who forwards to whom."},
	{"control_group", &config_group, AT(control_group), .initial = "",
		.help = "Group of the control socket; empty: the worker's."},
	{"http", &config_loopback, AT(http), .initial = "",
		.help = "host:port for Prometheus (/metrics), probes "
			"(/healthz, /readyz) and the page, on loopback; "
			"empty: none."},
	{"page.read", &reader_word, AT(page_read), .initial = "off",
		.word = config_word_page,
		.help = "Who may look at the operators' page on http, which "
			"shows who forwards to whom. off: there is none; "
			"token: whoever logs in; everyone: whoever can reach "
			"the port, so any user of this machine."},
	{"page.token_file", &config_secret, AT(page_token), .initial = "",
		.help = "A file whose first line is the token, of at least 32 "
			"characters, of those who may look at the page and "
			"give orders there. Without it nobody gives any."},
	{"page.view_token_file", &config_secret, AT(page_view_token),
		.initial = "",
		.help = "The same for those who may look alone."},
	{"page.hosts", &reader_texts, AT(page_hosts),
		.help = "Names by which browsers call the page beside those of "
			"loopback, where a proxy stands before it."},
	{"page.session_time", &reader_duration, AT(page_session_time),
		.initial = "8h", .least = MINUTE, .most = 30 * DAY,
		.help = "How long a login on the page is good for."},

	{"held.expire", &reader_duration, AT(held_expire), .initial = "0s",
		.least = 0, .most = 400 * DAY,
		.help = "After so long of being held by Forwarden, "
			"held.expire_action is done by `forwarden held "
			"--tend`; 0: never."},
	{"held.expire_action", &reader_word, AT(held_expire_action),
		.initial = "alert-only", .word = config_word_expiry,
		.help = "alert-only: an event says so once, and the message "
			"stays. release: it goes on to its recipients. delete: "
			"it is gone for good, and its sender is not told."},

	{"log.target", &config_log, AT(log_target), .initial = "stderr",
		.help = "stderr, syslog, syslog:facility or file:/path. To the "
			"journal, by stderr, lines have their priority."},
	{"log.level", &reader_word, AT(log_level), .initial = "info",
		.word = config_word_log_level,
		.help = "Entries above this are dropped."},
	{"log.events", &config_events, AT(events), .initial = "log",
		.help = "Where the JSON of each verdict above none goes "
			"beside the store's stream: log, none, or file:/path."},

	{"log.fields", &reader_word, AT(log_fields), .initial = "all",
		.word = config_word_told,
		.help = "Which fields of policies an event carries under their "
			"own names, for a SIEM: all that have a value; policy: "
			"those that the policies name; few: neither. What an "
			"event needs to be understood is there with each."},
	{"log.all", &reader_bool, AT(log_all), .initial = "false",
		.help = "Report every message, not only those with a verdict "
			"above none. The store's stream keeps to the latter."},

	{"privacy.hash", &reader_bool, AT(privacy_hash), .initial = "false",
		.help = "Keep keyed hashes (HMAC-SHA-256) instead of "
			"addresses in the store."},
	{"privacy.key_file", &config_secret, AT(privacy_key), .initial = "",
		.help = "A file that holds the key for privacy.hash: one line "
			"of at least 32 characters."},

	{"limits.fields", &reader_number, AT(limit_fields), .initial = "1000",
		.least = 10, .most = MESSAGE_FIELDS_MAX,
		.help = "Header fields kept of a message. Past it as many "
			"again are kept of those that Forwarden knows."},
	{"limits.field_bytes", &reader_size, AT(limit_field_bytes),
		.initial = "64k", .least = KIB, .most = MIB,
		.help = "Bytes kept of one header field."},
	{"limits.message_bytes", &reader_size, AT(limit_message_bytes),
		.initial = "16M", .least = 64 * KIB, .most = 256 * MIB,
		.help = "Memory for one message: its header and all that is "
			"made of it. Half is kept for judging."},
	{"limits.recipients", &reader_number, AT(limit_recipients),
		.initial = "1000", .least = 1, .most = 100000,
		.help = "Recipients of a message that are judged."},
	{"limits.addresses", &reader_number, AT(limit_addresses),
		.initial = "1000", .least = 1, .most = 100000,
		.help = "Addresses kept of all header fields of one name."},
	{"limits.value_bytes", &reader_size, AT(limit_value_bytes),
		.initial = "4k", .least = 256, .most = 64 * KIB,
		.help = "Bytes of one value that policies see."},
	{"limits.regex_time", &reader_duration, AT(limit_regex_time),
		.initial = "50ms", .least = 1, .most = 10 * SECOND,
		.help = "Time for all regular expressions over one message."},
	{"limits.store_time", &reader_duration, AT(store_time),
		.initial = "250ms", .least = 1, .most = 10 * SECOND,
		.help = "Time a message waits for the store, all calls "
			"together."},
	{"limits.connections", &reader_number, AT(limit_connections),
		.initial = "32", .least = 1, .most = 1024,
		.help = "Connections to the control socket and to http."},
	{"limits.sessions", &reader_number, AT(limit_sessions), .initial = "0",
		.least = 0, .most = 1000000,
		.help = "Connections of MTAs at a time; those past them are "
			"closed. 0: as many as there are descriptors for."},
	{"limits.drain_time", &reader_duration, AT(drain_time),
		.initial = "30s", .least = 0, .most = HOUR,
		.help = "How long a worker that ends waits for idle "
			"connections to close. A transaction is always "
			"finished; a new one is not begun after that."},
	{"limits.hang_time", &reader_duration, AT(hang_time), .initial = "30s",
		.least = 0, .most = HOUR,
		.help = "A worker that is not heard of for so long is "
			"replaced; 0: never."},

	{"alerts.from", &reader_word, AT(alerts.from), .initial = "quarantine",
		.word = config_word_action,
		.help = "Somebody is alerted of verdicts from this action on. "
			"Alerts go by alerts.command, alerts.syslog and "
			"alerts.webhook, whichever are given, never by mail."},
	{"alerts.level", &reader_word, AT(alerts.level), .initial = "critical",
		.word = config_word_level,
		.help = "And of verdicts that a policy of this level, or of a "
			"graver one, matched, whatever is done; never: by the "
			"action alone. Policies with status test do not "
			"count."},
	{"alerts.observe", &reader_bool, AT(alerts.observe), .initial = "true",
		.help = "Also of what enforce would have done, in mode "
			"observe: forwarden.would of the event then is more "
			"than forwarden.action."},
	{"alerts.logs", &reader_bool, AT(alerts.logs), .initial = "true",
		.help = "Also of flows that a log told of. Nothing can be done "
			"about them any more, so it is alerts.level that "
			"says of which."},
	{"alerts.rules", &reader_bool, AT(alerts.rules), .initial = "true",
		.help = "Also of rules at rest that an audit found new or "
			"changed."},
	{"alerts.orders", &reader_bool, AT(alerts.orders), .initial = "true",
		.help = "Also of what operators did: contained, allowed, "
			"released, deleted."},
	{"alerts.daemon", &reader_bool, AT(alerts.daemon), .initial = "true",
		.help = "Also of the daemon's own troubles, such as a store "
			"that is down."},
	{"alerts.throttle", &reader_duration, AT(alerts.throttle),
		.initial = "10m", .least = 0, .most = 7 * DAY,
		.help = "A policy and a mailbox alert once in this time; the "
			"rest is told of in one summary when it is over. 0s: "
			"each time."},
	{"alerts.rate", &reader_number, AT(alerts.rate), .initial = "30",
		.least = 1, .most = 10000,
		.help = "Alerts a minute of all mailboxes together. What is "
			"more is put together into one summary a minute."},
	{"alerts.queue", &reader_number, AT(alerts.queue), .initial = "1000",
		.least = 1, .most = 10000,
		.help = "Alerts that wait to be sent, each way; past them they "
			"are dropped, and counted."},
	{"alerts.user", &config_user, AT(alerts.user), .initial = "",
		.help = "Whom the process runs as that sends alerts, and so "
			"the command; empty: as the worker."},
	{"alerts.command", &config_command, AT(alerts.command),
		.help = "A program, by its path, and its arguments, run for "
			"each alert with the event's JSON as its standard "
			"input. No shell is between, and nothing of the mail "
			"is in its arguments or its environment."},
	{"alerts.command_time", &reader_duration, AT(alerts.command_time),
		.initial = "10s", .least = 10, .most = HOUR,
		.help = "When it takes longer, it is killed, with all that it "
			"started."},
	{"alerts.command_jobs", &reader_number, AT(alerts.command_jobs),
		.initial = "4", .least = 1, .most = 16,
		.help = "How many of them may run at a time."},
	{"alerts.syslog", &config_syslog, AT(alerts.syslog), .initial = "no",
		.help = "no, yes (facility mail) or a facility: a line for "
			"each alert, of priority crit, warning or notice, "
			"wherever the log itself goes."},
	{"alerts.syslog_socket", &config_path, AT(alerts.syslog_socket),
		.initial = "",
		.help = "The socket of the system's log; empty: where this "
			"system has it."},
	{"alerts.webhook", &config_webhook, AT(alerts.webhook), .initial = "",
		.help = "https://...: each alert is posted there as JSON. http "
			"only to this machine."},
	{"alerts.webhook_headers", &config_headers, AT(alerts.webhook_headers),
		.help = "Header fields to send with it: [\"X-Source: mx1\"]."},
	{"alerts.webhook_token_file", &config_secret, AT(alerts.webhook_token),
		.initial = "",
		.help = "A file whose first line is sent as Authorization: "
			"Bearer; root alone may be able to read it."},
	{"alerts.webhook_ca_file", &config_pem, AT(alerts.webhook_ca),
		.initial = "",
		.help = "Certificates (PEM) that may have signed that of the "
			"webhook; empty: those that the system trusts."},
	{"alerts.webhook_proxy", &reader_text, AT(alerts.webhook_proxy),
		.initial = "",
		.help = "http://host:port of a proxy; empty: none, whatever "
			"the environment says."},
	{"alerts.webhook_time", &reader_duration, AT(alerts.webhook_time),
		.initial = "10s", .least = 10, .most = 10 * MINUTE,
		.help = "How long one try may take."},
	{"alerts.webhook_jobs", &reader_number, AT(alerts.webhook_jobs),
		.initial = "4", .least = 1, .most = 16,
		.help = "How many may be under way at a time."},
	{"alerts.webhook_tries", &reader_number, AT(alerts.webhook_tries),
		.initial = "5", .least = 1, .most = 100,
		.help = "How often an alert is tried: the time between two "
			"tries doubles from a second to a minute. What the "
			"other side refuses for good (4xx) is not tried "
			"again."},
	{"alerts.webhook_patience", &reader_duration,
		AT(alerts.webhook_patience), .initial = "10m", .least = 0,
		.most = DAY,
		.help = "After this time since the first none is begun any "
			"more."},

	{"confine.privileges", &reader_bool, AT(confine_privileges),
		.initial = "true",
		.help = "The worker takes no new privileges, whatever it "
			"runs. What of these a system does not have is left "
			"out; the log says what holds."},
	{"confine.capabilities", &reader_bool, AT(confine_capabilities),
		.initial = "true",
		.help = "The worker gives up all capabilities."},
	{"confine.core", &reader_bool, AT(confine_core), .initial = "true",
		.help = "The worker leaves no core file, which would hold "
			"people's addresses."},
	{"confine.seccomp", &reader_bool, AT(confine_seccomp),
		.initial = "true",
		.help = "The worker is refused system calls that it has no "
			"use for: running programs, looking into other "
			"processes, mounting and the like."},
	{"confine.landlock", &reader_bool, AT(confine_landlock),
		.initial = "true",
		.help = "The worker can write to files in state alone, and "
			"read those and the system's (Linux 5.13)."},
};

const struct reader_table config_table = {
	.keys = keys,
	.count = sizeof(keys) / sizeof(*keys),
	.where = "",
	.listed = "`forwarden keys` lists them all",
	.null_is_default = true,
};
