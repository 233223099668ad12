/* SPDX-License-Identifier: BSD-2-Clause */
/* Every key of the configuration: one row each. */
#include "daemon/config.h"
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

static const char *
word_action(int number)
{
	return number < ACTION_COUNT ? action_name((enum action)number) : NULL;
}

static const char *
word_mode(int number)
{
	static const char *const modes[] = {
		[MODE_OBSERVE] = "observe",
		[MODE_ENFORCE] = "enforce",
	};
	const int count = (int)(sizeof(modes) / sizeof(*modes));

	return number < count ? modes[number] : NULL;
}

static const char *
word_level(int number)
{
	return number <= LOG_LEVEL_DEBUG
		? log_level_name((enum log_level)number)
		: NULL;
}

static const struct config_key keys[] = {
	{"local.domains", CONFIG_TEXTS, AT(domains), NULL, 0, 0, NULL,
		"The domains whose mailboxes are ours: a name alone, its "
		"subdomains with a leading dot, or file:/path with one such "
		"entry a line. Mail of these mailboxes that moves to other "
		"domains is what Forwarden looks for."},
	{"local.networks", CONFIG_TEXTS, AT(networks), "127.0.0.0/8, ::1", 0, 0,
		NULL,
		"Clients that are our own side: addresses or networks. What "
		"the header of their mail says is believed."},
	{"listen", CONFIG_LISTENER, AT(listen), "inet:8894@127.0.0.1", 0, 0,
		NULL,
		"Where the MTA connects: inet:port@host, inet:host:port, "
		"inet6:port@host, unix:/path or local:/path."},
	{"socket.mode", CONFIG_MODE, AT(socket_mode), "0660", 0, 0777, NULL,
		"Permissions of a unix socket in listen."},
	{"socket.owner", CONFIG_TEXT, AT(socket_owner), "", 0, 0, NULL,
		"Owner of a unix socket in listen; empty: the user that "
		"starts the program."},
	{"socket.group", CONFIG_TEXT, AT(socket_group), "", 0, 0, NULL,
		"Group of a unix socket in listen: one that the MTA is in, "
		"such as postfix."},
	{"user", CONFIG_TEXT, AT(user), "", 0, 0, NULL,
		"Whom the worker runs as after the sockets are open; empty: "
		"whoever starts the program."},
	{"group", CONFIG_TEXT, AT(group), "", 0, 0, NULL,
		"The worker's group; empty: that of user."},
	{"host", CONFIG_TEXT, AT(host), "", 0, 0, NULL,
		"The name in the X-Forwarden field (the authserv-id of RFC "
		"8601); empty: this machine's name."},

	{"store", CONFIG_TEXT, AT(store), "memory", 0, 0, NULL,
		"Where counters live: memory, redis://host:6379/0, "
		"unix:/run/redis.sock, redis+sentinel://h1,h2/name, "
		"redis+cluster://h1,h2 or rediss://host."},
	{"redis.password_file", CONFIG_FILE, AT(store_password_file), "", 0, 0,
		NULL,
		"A file whose first line is the password of Redis; the "
		"worker's user must be able to read it."},
	{"redis.prefix", CONFIG_TEXT, AT(store_prefix), "fw1", 0, 0, NULL,
		"What every key in Redis begins with."},
	{"redis.connect_time", CONFIG_DURATION, AT(store_connect), "2s", 10,
		MINUTE, NULL, "How long a connection may take to come about."},
	{"redis.retry_time", CONFIG_DURATION, AT(store_retry), "1s", 10,
		10 * MINUTE, NULL,
		"Time to the first new try when Redis is away; it doubles up "
		"to redis.retry_max."},
	{"redis.retry_max", CONFIG_DURATION, AT(store_retry_max), "30s", 10,
		HOUR, NULL, "Longest time between two tries."},
	{"redis.journal", CONFIG_SIZE, AT(store_journal), "64M", MIB, 4 * GIB,
		NULL,
		"What is kept for Redis while it is away, to be replayed "
		"when it is back."},
	{"keep.memory", CONFIG_SIZE, AT(store_bytes), "256M", MIB, 1024 * GIB,
		NULL,
		"What the embedded store may hold. Past it the stalest "
		"records go first."},
	{"keep.snapshot_time", CONFIG_DURATION, AT(store_snapshot), "1m",
		SECOND, DAY, NULL,
		"How often the embedded store is written to its file, so "
		"that a crash forgets no more than that."},
	{"keep.events", CONFIG_NUMBER, AT(keep_events), "10000", 0, 10000000,
		NULL, "How many events the stream keeps."},
	{"keep.routes", CONFIG_NUMBER, AT(keep_routes), "64", 1, 100000, NULL,
		"How many destinations are remembered of one mailbox."},
	{"keep.mailbox_time", CONFIG_DURATION, AT(keep_box), "90d", DAY,
		4000 * DAY, NULL,
		"How long a mailbox and its routes are remembered after the "
		"last flow."},
	{"keep.day_time", CONFIG_DURATION, AT(keep_day), "8d", DAY, 400 * DAY,
		NULL, "How long a day's list of mailboxes is kept."},
	{"keep.retry_time", CONFIG_DURATION, AT(keep_once), "1d", MINUTE,
		30 * DAY, NULL,
		"Within this time the same message, sent again after a "
		"deferral, counts once."},
	{"keep.trace_time", CONFIG_DURATION, AT(trace_ttl), "7d", MINUTE,
		90 * DAY, NULL,
		"How long the trace of a delivery (hashes of who received a "
		"message) is kept."},
	{"keep.trace_members", CONFIG_NUMBER, AT(trace_members), "64", 2, 1024,
		NULL, "How many members one message's trace has at most."},
	{"state", CONFIG_TEXT, AT(state), LOCALSTATEDIR "/lib/forwarden", 0, 0,
		NULL,
		"The folder of the embedded store's snapshot and of the "
		"journal."},

	{"policies", CONFIG_TEXTS, AT(policies), DATADIR "/policies", 0, 0,
		NULL,
		"Files of policies, or folders for all *.yml and *.yaml "
		"files below them."},
	{"lists", CONFIG_LISTS, AT(lists), NULL, 0, 0, NULL,
		"Lists for the %name% placeholders of policies, by name. "
		"Entries are texts, or file:/path with one a line; # begins "
		"a comment there. A list that is not given here is read from "
		"lists/name.txt in a folder of policies, where there is one."},
	{"timespan_max", CONFIG_DURATION, AT(timespan_max), "31d", MINUTE,
		400 * DAY, NULL,
		"The longest timespan a correlation may have."},

	{"mode", CONFIG_WORD, AT(mode), "observe", 0, 0, word_mode,
		"observe: judge and report, but leave all mail alone. "
		"enforce: act."},
	{"respond.informational", CONFIG_WORD, AT(respond[SIGMA_INFORMATIONAL]),
		"log", 0, 0, word_action,
		"The action for policies of this level."},
	{"respond.low", CONFIG_WORD, AT(respond[SIGMA_LOW]), "log", 0, 0,
		word_action, "The action for policies of this level."},
	{"respond.medium", CONFIG_WORD, AT(respond[SIGMA_MEDIUM]), "tag", 0, 0,
		word_action, "The action for policies of this level."},
	{"respond.high", CONFIG_WORD, AT(respond[SIGMA_HIGH]), "quarantine", 0,
		0, word_action, "The action for policies of this level."},
	{"respond.critical", CONFIG_WORD, AT(respond[SIGMA_CRITICAL]),
		"quarantine", 0, 0, word_action,
		"The action for policies of this level."},
	{"respond.ceiling", CONFIG_WORD, AT(ceiling), "quarantine", 0, 0,
		word_action,
		"No policy's action is stronger than this, whatever it asks "
		"for."},
	{"respond.test", CONFIG_WORD, AT(test_cap), "log", 0, 0, word_action,
		"No action of a policy with status test is stronger than "
		"this."},
	{"respond.unable", CONFIG_WORD, AT(unable), "tag", 0, 0, word_action,
		"What to do where the MTA offers no quarantine: none, log, "
		"tag, tempfail, reject or discard."},
	{"reply.reject", CONFIG_REPLY, AT(reject_text),
		"Access denied, automatic forwarding to this recipient is not "
		"allowed",
		0, 0, NULL, "The text of a refusal, after 550 5.7.520."},
	{"reply.tempfail", CONFIG_REPLY, AT(tempfail_text),
		"Automatic forwarding is being looked at, try again later", 0,
		0, NULL, "The text of a deferral, after 451 4.7.1."},

	{"control", CONFIG_UNIX, AT(control),
		"unix:" RUNSTATEDIR "/forwarden/control.sock", 0, 0, NULL,
		"The unix socket on which the daemon answers the other "
		"subcommands."},
	{"control_mode", CONFIG_MODE, AT(control_mode), "0660", 0, 0777, NULL,
		"Permissions of the control socket. Who may write to it sees "
		"who forwards to whom."},
	{"control_group", CONFIG_TEXT, AT(control_group), "", 0, 0, NULL,
		"Group of the control socket; empty: the worker's."},
	{"http", CONFIG_ADDRESS, AT(http), "", 0, 0, NULL,
		"host:port for Prometheus (/metrics) and probes (/healthz, "
		"/readyz), on loopback; empty: none."},

	{"log.target", CONFIG_TEXT, AT(log_target), "stderr", 0, 0, NULL,
		"stderr, syslog, syslog:facility or file:/path."},
	{"log.level", CONFIG_WORD, AT(log_level), "info", 0, 0, word_level,
		"Entries above this are dropped."},
	{"log.events", CONFIG_TEXT, AT(events), "log", 0, 0, NULL,
		"Where the JSON of each verdict above none goes beside the "
		"store's stream: log, none, or file:/path."},

	{"log.all", CONFIG_BOOL, AT(log_all), "false", 0, 0, NULL,
		"Report every message, not only those with a verdict above "
		"none. The store's stream keeps to the latter."},

	{"privacy.hash", CONFIG_BOOL, AT(privacy_hash), "false", 0, 0, NULL,
		"Keep keyed hashes (HMAC-SHA-256) instead of addresses in "
		"the store."},
	{"privacy.key_file", CONFIG_SECRET, AT(privacy_key), "", 0, 0, NULL,
		"A file that holds the key for privacy.hash: one line of at "
		"least 32 characters."},

	{"limits.fields", CONFIG_NUMBER, AT(limit_fields), "1000", 10, 100000,
		NULL, "Header fields kept of a message."},
	{"limits.field_bytes", CONFIG_SIZE, AT(limit_field_bytes), "64k", KIB,
		MIB, NULL, "Bytes kept of one header field."},
	{"limits.message_bytes", CONFIG_SIZE, AT(limit_message_bytes), "4M",
		64 * KIB, 256 * MIB, NULL,
		"Memory for one message: its header and all that is made of "
		"it."},
	{"limits.recipients", CONFIG_NUMBER, AT(limit_recipients), "1000", 1,
		100000, NULL, "Recipients of a message that are judged."},
	{"limits.addresses", CONFIG_NUMBER, AT(limit_addresses), "1000", 1,
		100000, NULL, "Addresses kept of one header field."},
	{"limits.value_bytes", CONFIG_SIZE, AT(limit_value_bytes), "4k", 256,
		64 * KIB, NULL, "Bytes of one value that policies see."},
	{"limits.regex_time", CONFIG_DURATION, AT(limit_regex_time), "50ms", 1,
		10 * SECOND, NULL,
		"Time for all regular expressions over one message."},
	{"limits.store_time", CONFIG_DURATION, AT(store_time), "250ms", 1,
		10 * SECOND, NULL,
		"Time a message waits for the store, all calls together."},
	{"limits.connections", CONFIG_NUMBER, AT(limit_connections), "32", 1,
		1024, NULL, "Connections to the control socket and to http."},
	{"limits.drain_time", CONFIG_DURATION, AT(drain_time), "30s", 0, HOUR,
		NULL,
		"How long a worker that ends waits for idle connections to "
		"close. A transaction is always finished."},
};

const struct config_key *
config_keys(size_t *count)
{
	*count = sizeof(keys) / sizeof(*keys);
	return keys;
}
