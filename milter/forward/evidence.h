/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Evidence: one observation that a flow is a forward. Every kind of evidence
 * is one row of one table: its name, what it reads, how strong it is alone,
 * of which family, for which platform, and a sentence for explain.
 */
#ifndef FORWARD_EVIDENCE_H
#define FORWARD_EVIDENCE_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

/* In the order of the table in evidence.c; a flow keeps them as a bit set. */
enum evidence {
	EVIDENCE_ORCPT,
	EVIDENCE_BCC_MAP,
	EVIDENCE_SIEVE_REDIRECTED_FROM,
	EVIDENCE_SIEVE_ACTION,
	EVIDENCE_ZIMBRA_FORWARDED,
	EVIDENCE_INBOX_RULES_LOOP,
	EVIDENCE_FORWARDING_LOOP,
	EVIDENCE_EXT_FWD,
	EVIDENCE_TRANSPORT_RULES_LOOP,
	EVIDENCE_MAILBOX_RULES_AGENT,
	EVIDENCE_AUTO_FORWARDED,
	EVIDENCE_RESENT_FROM,
	EVIDENCE_GMAIL_FORWARDED,
	EVIDENCE_CAF_SENDER,
	EVIDENCE_SRS_SENDER,
	EVIDENCE_POWER_AUTOMATE,
	EVIDENCE_JOURNAL_REPORT,
	EVIDENCE_OTHER_VENDOR,
	EVIDENCE_AUTO_NOTIFIED,
	EVIDENCE_TRANSIT,
	EVIDENCE_DELIVERED_TO,
	EVIDENCE_ORIGINAL_TO,
	EVIDENCE_RECEIVED_FOR,
	EVIDENCE_OWN_RESULTS,
	EVIDENCE_TO_MISMATCH,
	EVIDENCE_INTERNAL_FOR,
	EVIDENCE_LOCAL_DOMAIN_LEAVES,
	EVIDENCE_USERID_SENDER,
	EVIDENCE_FOREIGN_HOP,
	EVIDENCE_FORGED_TAG,
	EVIDENCE_SAME_QUEUE_ID,
	EVIDENCE_SAME_MESSAGE_ID,
	EVIDENCE_CHANGED_AUTHOR,
	EVIDENCE_SAME_SUBJECT,
	EVIDENCE_FORWARDED_MESSAGE_ID,
	EVIDENCE_MACHINE_SPEED,
	EVIDENCE_THREAD_INDEX,
	EVIDENCE_FORWARD_SUBJECT,
	EVIDENCE_MTA_LOG,
	EVIDENCE_COUNT
};

enum kind {
	KIND_NONE,
	KIND_REDIRECT, /* the same message sent again */
	KIND_FORWARD, /* a new message that carries the old one on */
	KIND_COPY, /* bcc maps, journals */
	KIND_NOTIFY, /* a sieve notification */
	KIND_FOLLOW, /* a message of its own that follows one that came: what is
		      * in it is not known */
	KIND_COUNT
};

/* Families are independent ways of knowing; rows of one family say the same
 * thing twice, rows of two families confirm one another. */
enum evidence_family {
	FAMILY_ENVELOPE, /* the MTA's own words: ORCPT, rewritten senders */
	FAMILY_VENDOR, /* a field some product adds when it forwards */
	FAMILY_TRACE, /* Delivered-To, Received, Authentication-Results */
	FAMILY_ROUTE, /* who sends to whom: transit, To mismatch */
	FAMILY_STORE, /* what the store remembers of the message */
	FAMILY_CONTENT, /* subject and thread */
	FAMILY_COUNT
};

/*
 * What binds a flow to a mailbox, the nearest to the act first: the least
 * wins. The essay is in bind.c.
 */
enum bind_rank {
	BIND_DELIVERED,
	BIND_ORCPT,
	BIND_VENDOR,
	BIND_SENDER,
	BIND_AUTHOR_LOGIN,
	BIND_TRACE,
	BIND_STORE,
	BIND_LOGIN,
	BIND_AUTHOR,
	BIND_ENVELOPE,
	BIND_OUTSIDE,
	BIND_ADDRESSEE,
	BIND_NONE
};

struct evidence_row {
	const char *name; /* "orcpt": as policies and events spell it */
	const char *reads; /* "RCPT ORCPT=" */
	enum evidence_family family;
	enum kind kind; /* what it says of the kind; KIND_NONE: nothing */
	const char *platform; /* "postfix", "exchange", ... or NULL */
	unsigned char confidence; /* 0..100, of this row alone */
	bool names_mailbox;
	enum bind_rank rank; /* of the mailbox it names */
	const char *sentence; /* for explain: "the MTA says that ..." */
};

const struct evidence_row *evidence_row(enum evidence);
const char *evidence_kind_name(enum kind);
/* All of them, ended by NULL. */
const char *const *evidence_kind_names(void);
const char *evidence_family_name(enum evidence_family);

#endif
