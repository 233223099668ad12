/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The facts of one message: its envelope, its client and its header, parsed
 * once and immutable from then on. A message lives in its arena.
 *
 * Building goes in the order of the protocol: message_begin() at MAIL, then
 * message_add_recipient(), message_add_field(), and message_finish() at the
 * end. Until message_finish() nothing is parsed: the callbacks only copy.
 *
 * What could not be seen (a field cut short, too many recipients, an arena
 * that is full) is a gap: the message is judged on what is left.
 */
#ifndef MAIL_MESSAGE_H
#define MAIL_MESSAGE_H

#include "base/arena.h"
#include "base/slice.h"
#include "mail/address.h"
#include "mail/field.h"
#include "mail/realm.h"
#include "mail/received.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum direction {
	DIRECTION_INBOUND, /* from outside, to local recipients only */
	DIRECTION_OUTBOUND, /* some recipient is external */
	DIRECTION_INTERNAL, /* from ours, to local recipients only */
};

/* What could not be seen; bits of message.gaps. */
enum gap {
	GAP_FIELDS = 1 << 0, /* more header fields than the limit */
	GAP_FIELD_CUT = 1 << 1, /* a field longer than the limit, or NUL */
	GAP_BYTES = 1 << 2, /* the arena is full */
	GAP_RECIPIENTS = 1 << 3, /* more recipients than are judged */
	GAP_ADDRESSES = 1 << 4, /* an address list cut at its limit */
	GAP_BROKEN_HEADER = 1 << 5, /* a field that could not be read */
	GAP_MACROS = 1 << 6, /* a macro that was asked for did not come */
	GAP_REGEX = 1 << 7, /* a regular expression gave up */
	GAP_STORE_DOWN = 1 << 8, /* answers came from memory, not the store */
	GAP_STORE_LATE = 1 << 9, /* the store's time budget ran out */
	GAP_VALUE_CUT = 1 << 10, /* a value was cut for matching */
};
#define GAP_COUNT 11
/* "fields", "field-cut", ... for bit number 0..GAP_COUNT-1. */
const char *message_gap_name(unsigned bit);

struct message_limits {
	size_t fields; /* header fields kept, at most MESSAGE_FIELDS_MAX;
			* past it, and past the bytes there are, as many
			* again of those whose names are known */
	size_t field_bytes; /* bytes kept of one field */
	size_t recipients; /* recipients judged */
	size_t addresses; /* addresses kept of all fields of one name */
};
/* What fields may be at most: the numbers of twice as many fit in 16 bits. */
#define MESSAGE_FIELDS_MAX 30000

/* The client and the session as the MTA told them; absent where it did not. */
struct client {
	struct slice ip; /* text; absent for mail made on the machine */
	struct slice name; /* as looked up, or absent */
	struct slice helo;
	struct slice auth_user; /* {auth_authen} */
	struct slice auth_method; /* {auth_type} */
	struct slice tls; /* {tls_version} */
	struct slice listener; /* {daemon_name} */
	struct slice mta; /* j, the MTA's own name */
};

struct recipient {
	struct address address;
	struct address original; /* ORCPT, decoded; text absent if none */
	struct slice notify; /* NOTIFY= as given, absent if none */
	bool external;
	bool original_local;
	bool strayed; /* external, since it is met on its way out, though its
		       * domain is one of ours */
};

struct message {
	struct arena *arena;
	const struct realm *realm;
	int64_t at_ms; /* when it was taken in */
	struct slice queue_id;
	struct client client;
	bool client_ours; /* local.networks, authenticated, or no client */
	bool egress; /* by the listener for mail that leaves, from ours */

	struct address mail_from; /* text empty: the null sender */
	bool null_sender;
	struct address
		mail_auth; /* AUTH= of RFC 4954, decoded; may be absent */

	const struct recipient *rcpts;
	size_t rcpt_count; /* judged ones */
	size_t rcpt_total; /* all the MTA named */
	size_t rcpt_external; /* of the judged ones */

	const struct field *fields; /* as they came, newest first */
	size_t field_count;
	size_t tag_count; /* X-Forwarden fields that came, kept or not */

	struct addresses from, reply_to, to, cc;
	struct address sender; /* text absent if there is none */
	struct slice subject; /* decoded; absent if there is none */
	struct slice message_id; /* without angle brackets; absent if none */
	const struct received *hops; /* Received fields, newest first */
	size_t hop_count;

	bool from_local; /* some From address is of a local domain */
	bool list; /* List-Id, List-Post, Precedence: list and their kin */
	bool auto_reply; /* Auto-Submitted: auto-replied and its kin */
	bool bounce; /* null sender or multipart/report */
	bool encrypted; /* S/MIME or PGP by Content-Type */
	enum direction direction;
	unsigned gaps;

	const uint16_t *chains; /* of fields by name; see message.c */
};

const char *message_direction_name(enum direction);
/* All of them, ended by NULL. */
const char *const *message_direction_names(void);

struct message_builder;

/* All memory is taken from arena, which must outlive the message; half of what
 * is left is kept back until it is finished, for whoever judges it. NULL when
 * the arena is full at once. limits may be NULL: as much as there is. */
struct message_builder *message_begin(struct arena *, const struct realm *,
	const struct message_limits *limits);
/* Copied. May be called again (macros come late); absent ones keep what is
 * there. */
void message_set_client(struct message_builder *, const struct client *);
void message_set_queue_id(struct message_builder *, struct slice);
/* The path with its ESMTP parameters ("SIZE=489", "AUTH=<>"), as they came. */
void message_set_sender(struct message_builder *, struct slice path,
	const struct slice *params, size_t count);
void message_add_recipient(struct message_builder *, struct slice path,
	const struct slice *params, size_t count);
/* In the order of the header, the value with its folding (LF + space). A
 * value that a NUL may have cut is reported with message_add_gap(). */
void message_add_field(
	struct message_builder *, struct slice name, struct slice value);
void message_add_gap(struct message_builder *, enum gap);
/* Parses everything; the builder is spent. Never NULL; what failed is in
 * gaps. */
const struct message *message_finish(struct message_builder *, int64_t at_ms);

/* The topmost field of a known name, or of any name in any case; NULL if
 * there is none. NAME_OTHER has none. */
const struct field *message_first(const struct message *, enum name);
const struct field *message_first_named(const struct message *, struct slice);
/* The value of the first, "" where there is none. */
struct slice message_value(const struct message *, enum name);
/* The next field below it of the same name, or NULL. */
const struct field *message_next(const struct field *);

/*
 * A stable identity of a message to a recipient, for idempotent counting: the
 * same for a retry after a 4xx, and when the message passes a second listener
 * of ours. SHA-256 of Message-ID, Subject, envelope sender and this recipient,
 * 16 bytes as 32 hex digits. The client is not part of it, nor is a sender of
 * our own, which masquerading rewrites: both differ between listeners, and a
 * sender who wants another identity chooses another Message-ID. Whoever gives
 * all he sends one Message-ID does not make one message of letters that say
 * something else. Without one it is of Date, From and Subject, and without a
 * Date of the queue id as well.
 */
struct slice message_identity(const struct message *, const struct recipient *);

#endif
