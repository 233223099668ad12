/* SPDX-License-Identifier: BSD-2-Clause */
/* A client of SMTP (RFC 5321) that speaks line by line, to probe a server. */
#ifndef MTA_SMTP_CLIENT_H
#define MTA_SMTP_CLIENT_H

#include "base/err.h"
#include "base/slice.h"

#include <stdint.h>

#define SMTP_REPLY_BYTES 512

struct smtp_client;

/* Connects to a numeric address and reads the greeting; all of the dialogue
 * must be done within so many seconds. NULL with err unless it was a 220. */
struct smtp_client *smtp_client_open(
	const char *host, uint16_t port, unsigned seconds, struct err *err);
/* Says a line (without its end) and reads the reply. False with err, which
 * has the server's words, unless its first digit is that of wanted. */
bool smtp_client_say(struct smtp_client *, const char *line, unsigned wanted,
	struct err *err);
/* A whole message: MAIL, RCPT, DATA. text: lines that end with LF, none of
 * them beginning with a dot. */
struct smtp_letter {
	const char *sender; /* empty: the null sender */
	const char *recipient;
	struct slice text;
};
bool smtp_client_send(
	struct smtp_client *, const struct smtp_letter *, struct err *err);
/* The newest reply's last line, its code included. */
const char *smtp_client_reply(const struct smtp_client *);
/* QUIT, without waiting for its answer. */
void smtp_client_close(struct smtp_client *);

#endif
