/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a header says in all, one mark of it (a row of the table in marks.c),
 * and the readers of the fields that forwarders and deliveries write. A reader
 * adds an observation, or keeps what the field says for exempt.c and
 * findings.c.
 */
#ifndef FORWARD_MARK_H
#define FORWARD_MARK_H

#include "forward/custody.h"
#include "forward/flow.h"
#include "mail/message.h"

#include <stdbool.h>
#include <stddef.h>

/* Kept of one message, and of one kind of evidence. */
#define MARKS_MAX 32
#define MARKS_PER_EVIDENCE_MAX 6

struct marks {
	size_t count;
	/* Fields that say something only together, or with the envelope. */
	struct slice forwarded_to, forwarded_for; /* Google's */
	size_t forwarded_index;
	bool sieve_redirect; /* X-Sieve-Action: redirect */
	size_t sieve_index;
	bool mailru; /* X-MailRu-Forward */
	struct address resent_from; /* Mail.ru's X-ResentFrom */

	/* What is not a forward. */
	bool list_local; /* List-* of a local domain */
	struct address list_address; /* its List-Post; text absent */
	bool auto_replied, auto_generated;
	bool suppress; /* X-Auto-Response-Suppress */
	bool calendar, report;
	bool bulk; /* Precedence: bulk or list */
	bool loop; /* X-Loop and its kin, naming one of ours */
	bool rules_agent, journal; /* Exchange's */

	/* Last, because only the first count of them are filled in. */
	struct observation at[MARKS_MAX];
};

/* A vendor's field that lies below our own lines may be the stranger's work:
 * Exchange does not keep its fields in order of time. */
#define MARKS_OUTSIDE_CONFIDENCE_MAX 85

struct mark_row;

/* What a reader is given: one field, and where to put what it says. */
struct mark_reader {
	const struct message *message;
	const struct custody *custody;
	struct marks *marks;
	const struct field *field;
	const struct mark_row *mark;
};

/* Where a product puts its field. */
enum mark_place {
	MARK_TOP, /* above all that is there: believed inside only */
	MARK_ANYWHERE /* wherever its own order of fields wants it */
};

/* The row of a field; none has no reader. */
struct mark_row {
	void (*read)(struct mark_reader *);
	enum evidence evidence;
	enum mark_place place;
	bool bare; /* what it adds says only that a product touched it */
	unsigned char confidence; /* 0: what the evidence's row says */
	const char *platform; /* NULL: what the evidence's row says */
	const char *wants; /* words, one of which it must hold: "a|b" */
};

/* Adds an observation of the mark's evidence; mailbox may be NULL. Left out
 * when it repeats another or there is no room. */
void mark_add(struct mark_reader *, struct slice value,
	const struct address *mailbox);
/* The first mailbox that a value names; the first local one if there is
 * any. */
bool mark_names(struct mark_reader *, struct slice value, struct address *out);
bool mark_is_local(const struct mark_reader *, const struct address *);

/* Fields of those who forward. */
void mark_read_address(struct mark_reader *);
void mark_read_loop(struct mark_reader *);
void mark_read_from_to(struct mark_reader *);
void mark_read_present(struct mark_reader *);
void mark_read_from_rewrite(struct mark_reader *);
void mark_read_operation(struct mark_reader *);
void mark_read_word(struct mark_reader *);
void mark_read_rules_agent(struct mark_reader *);
void mark_read_resent_from(struct mark_reader *);
void mark_read_forwarded_to(struct mark_reader *);
void mark_read_forwarded_for(struct mark_reader *);
void mark_read_sieve_action(struct mark_reader *);
void mark_read_mailru(struct mark_reader *);

#endif
