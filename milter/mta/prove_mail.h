/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message that is a probe, and what became of it: held at the listener,
 * shown to the daemon, with the way on that it must take.
 */
#ifndef MTA_PROVE_MAIL_H
#define MTA_PROVE_MAIL_H

#include "mta/probe.h"
#include "mta/proof.h"
#include "mta/queue.h"

struct prove_mail {
	char word[PROBE_WORD_BYTES];
	char sender[80]; /* with the word; unless it must be another */
	char recipient[320];
	/* That of the two which has the word: it is known by that in the
	 * queue, where mail of others to the same recipient may be, too. */
	const char *key;
	char text[1024];
};

/* Each is false with err. */
/* to: an address, which is taken as it is, or a domain. */
bool prove_mail_init(struct prove_mail *, const char *to, struct err *err);
/* Until it is held; err says where it is instead. */
bool prove_mail_is_held(const struct prove *, const struct prove_mail *,
	struct queued *found, struct err *err);
/* Until the daemon has it under the listener's name, or 2 s. */
bool prove_mail_await_seen(const struct prove *, const char *word,
	struct slice listener, bool *seen, struct err *err);
bool prove_mail_is_seen(const struct prove *, const struct prove_mail *,
	struct slice listener, struct err *err);
/* Held, on its way, seen by the listener for mail that leaves; then it is
 * deleted. */
bool prove_mail_went(const struct prove *, const struct prove_mail *,
	const struct way *, struct err *err);

#endif
