/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages written down for tests: lines of the session, an empty line, the
 * header as it would come. Session lines are
 *
 *	client 127.0.0.1     (none: made on the machine, by sendmail(1))
 *	auth alice
 *	mail <bob@example.net> AUTH=<>
 *	rcpt <carol@example.net> ORCPT=rfc822;alice@example.com
 *	listener egress
 *
 * Ours are example.com with its subdomains, 127.0.0.0/8 and 10.0.0.0/8.
 */
#ifndef TESTS_UNIT_LETTER_H
#define TESTS_UNIT_LETTER_H

#include "mail/message.h"

struct letter {
	struct arena *arena;
	struct realm *realm;
	const struct message *message;
};

void letter_open(struct letter *);
/* With no domain that is ours. */
void letter_open_bare(struct letter *);
/* One more domain that is ours. */
void letter_local(struct letter *, const char *domain);
/* Forgets the message before. Taken in at at_ms. */
void letter_read(struct letter *, const char *text, int64_t at_ms);
/* Session lines and a header that stands elsewhere. */
void letter_read_with(struct letter *, const char *session, struct slice header,
	int64_t at_ms);
void letter_close(struct letter *);

#endif
