/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A running Postfix, by its own commands. None waits longer than half a
 * minute. directory: of main.cf.
 */
#ifndef MTA_POSTFIX_CONTROL_H
#define MTA_POSTFIX_CONTROL_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

bool postfix_control_is_running(const char *directory);
bool postfix_control_reload(const char *directory, struct err *err);
/* Of one that has died. */
bool postfix_control_start(const char *directory, struct err *err);
/* Does it accept its files? err has what it says. */
bool postfix_control_check(const char *directory, struct err *err);
/* The value of a key in a table; false when it has none. */
bool postfix_control_look_up(const char *directory, struct slice table,
	const char *key, struct buf *value);
/* The rows of a table, "key<TAB>value" a line; false if it has no list. */
bool postfix_control_list(
	const char *directory, struct slice table, struct buf *rows);

/* By sendmail(1). */
struct postfix_letter {
	const char *sender, *recipient;
	struct slice text;
};
bool postfix_control_submit(
	const char *directory, const struct postfix_letter *, struct err *err);
/* Has Postfix ask the server of a recipient whether it takes him, and report
 * to the sender; no mail is sent there. */
bool postfix_control_verify(const char *directory, const char *sender,
	const char *recipient, struct err *err);

#endif
