/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a store is opened. The spellings of its uri:
 *
 *   memory
 *   redis://[[user]:password@][host[:port]][/db]
 *   unix:/run/redis.sock[?db=N]
 *   redis+sentinel://[[user]:password@]host[:port][,host...]/service[/db]
 *   redis+cluster://[[user]:password@]host[:port][,host...]
 *
 * and with rediss in the place of redis: TLS, where hiredis has it. As
 * redis-cli has it, what stands alone before the "@" is the password, and no
 * host is this machine.
 *
 * Users and passwords may be percent-encoded (RFC 3986 section 2.1).
 */
#ifndef STORE_STORE_OPTIONS_H
#define STORE_STORE_OPTIONS_H

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line for the log: below daemon/ nothing logs. From any thread; the store
 * throttles. */
typedef void store_say_fn(void *ctx, enum log_level level, const char *text);

/* Strings are borrowed until store_open returns. Nothing has a default
 * here: each must be given. */
struct store_options {
	const char *uri;
	/* To the nodes, where the uri has none; to the Sentinels. NULL or
	 * empty: none. */
	const char *user, *password, *sentinel_user, *sentinel_password;
	/* PEM texts for rediss://; NULL or empty: what the system trusts, no
	 * certificate of ours. */
	const char *tls_ca, *tls_cert, *tls_key;
	const char *host; /* what it is known by in Redis; NULL: by nothing */
	const char *prefix; /* of all keys in Redis */
	const char *state_dir; /* snapshot and journal; NULL: none */
	bool look_only; /* memory: what is on disk is read, and stays as it is
			 */
	struct slice hash_key; /* absent: addresses are kept as they are */
	struct clock clock;
	bool clock_rules; /* over Redis' own, too: a test's */
	store_say_fn *say; /* or NULL */
	void *say_ctx;

	uint64_t memory_bytes; /* of sets and records kept in memory */
	uint64_t journal_bytes; /* noted while Redis is away */
	uint32_t events; /* kept at most */
	uint32_t routes; /* kept of one mailbox */
	uint32_t trace_members; /* kept of one Message-ID */
	int64_t snapshot_ms; /* between snapshots; 0: only on close */
	int64_t connect_ms; /* to wait for a connection */
	int64_t backoff_ms, backoff_max_ms; /* between tries to connect */
	int64_t mailbox_ttl_ms; /* of a mailbox' record and routes */
	int64_t day_ttl_ms; /* of a day's top */
	int64_t dedup_ttl_ms; /* a retry within it counts once */
};

#endif
