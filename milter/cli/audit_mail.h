/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules at rest beside the mail that was seen to leave, by mailbox and
 * destination, else by destination alone: a rule without mail lies still or
 * waits for its condition; mail without a rule has one that is gone, elsewhere
 * or a program's.
 */
#ifndef CLI_AUDIT_MAIL_H
#define CLI_AUDIT_MAIL_H

#include "base/err.h"
#include "base/json.h"
#include "mta/rules/ruleset.h"

#include <stdbool.h>

struct audit_mail;

struct audit_mail *audit_mail_new(void);
void audit_mail_free(struct audit_mail *);

/* A list of routes as the daemon gives it. */
void audit_mail_add(struct audit_mail *, const struct json *routes);
/* Lines of JSON, as `forwarden scan --json` and `forwarden routes --json`
 * write them. False with err, which names file and line. */
bool audit_mail_read(struct audit_mail *, const char *path, struct err *err);
/* Tells each rule what mail it has. */
void audit_mail_join(struct audit_mail *, struct ruleset *);

/* Mail that none of the rules explains; mail whose destination is that of
 * another mailbox's rule. In lines for people. */
void audit_mail_add_text(const struct audit_mail *, struct buf *);
void audit_mail_add_json(const struct audit_mail *, struct buf *);

#endif
