/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one line of a mail log tells, whoever wrote it: what the readers
 * (postfix_line.h and its like) make of a line and the ledger takes. All
 * slices are borrowed from the line; what it does not say is absent.
 */
#ifndef LOGS_TOLD_H
#define LOGS_TOLD_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum told_kind {
	TOLD_NOTHING,
	TOLD_ARRIVAL, /* all of the next four in one: pickup says which */
	TOLD_CLIENT, /* id was begun by client, or by login */
	TOLD_PICKUP, /* id was begun by a program on this host */
	TOLD_MESSAGE_ID, /* id carries that Message-ID */
	TOLD_SENDER, /* id is from sender, for nrcpt recipients */
	TOLD_DELIVERY, /* id to recipient: what became of it */
	TOLD_CHILD, /* other was made of id, for recipient if there is one */
	TOLD_BOUNCE, /* other is a notification about id */
	TOLD_HELD, /* id waits for somebody to release it */
	TOLD_EXPIRED, /* what still waited of id was given up */
	TOLD_REMOVED, /* id is done */
	TOLD_SESSION, /* a client's session ended: messages, recipients */
	TOLD_SIEVE, /* mailbox's rule sent message_id to recipients */
	TOLD_NOTIFY, /* mailbox's rule told recipients of message_id */
	TOLD_PIPE, /* mailbox's rule gave message_id to a program */
	TOLD_OWN_HOST, /* client's address is one of this host's */
	TOLD_GAP, /* lines are missing here */
};

enum told_status {
	TOLD_SENT,
	TOLD_DEFERRED,
	TOLD_BOUNCED
};

/* Where a delivery went. */
enum told_way {
	TOLD_OUT, /* to another host: relay, relay_ip */
	TOLD_MAILBOX, /* a mailbox or a program of the site took it */
	TOLD_LMTP, /* the same, or a filter that queues it again */
	TOLD_SERVICE, /* a program of master.cf, which may be a filter */
	TOLD_COMMAND, /* recipient's own command: command */
	TOLD_FILE, /* a file of recipient's, or nothing at all */
	TOLD_NOWHERE, /* it was not tried */
	TOLD_EXPANDED, /* it was not sent yet: original became recipient */
};

struct told {
	enum told_kind kind;
	struct slice id, other; /* queue ids */
	struct slice sender; /* empty: the null sender */
	struct slice recipient;
	struct slice original; /* what recipient was before; absent: itself */
	struct slice nearest; /* of a chain, the last before recipient */
	struct slice mailbox; /* whose rule it is */
	struct slice relay, relay_ip;
	struct slice client, client_ip, login; /* of TOLD_OWN_HOST: all */
	struct slice message_id;
	struct slice command;
	struct slice next; /* the id that the next hop gave it */
	enum told_status status;
	enum told_way way;
	uint32_t nrcpt; /* 0: not said */
	uint32_t messages, given; /* of a session */
	struct slice others; /* more recipients: sendmail_line_next() */
	bool pickup;
	bool exim;
	bool list; /* the child belongs to the owner of a list */
	bool expanded; /* recipient is not what was given; whose is unsaid */
	bool as_given; /* recipient is what was given, and may have left as
			* another */
	bool keeps; /* recipient had a rule, and keeps a copy */
	bool may_end; /* the MTA has no word for "done": this may be it */
};

#endif
