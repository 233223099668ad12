/* SPDX-License-Identifier: BSD-2-Clause */
/* Causes in words. */
#include "cli/scan_cause.h"

void
scan_cause_add(struct buf *out, const struct passed_group *group)
{
	buf_printf(out, "%s to %s: ", group->program, group->relay);
	switch (group->cause) {
	case PASSED_BY_DOMAIN:
		buf_printf(out, "no mail to %s passes the listener",
			group->domain);
		break;
	case PASSED_BY_SENDER:
		buf_printf(out, "no mail of <%s> passes the listener",
			group->sender);
		break;
	case PASSED_BY_INSTANCE:
		buf_puts(out, "by a Postfix of another name");
		break;
	case PASSED_BY_SOME:
		buf_puts(out, "other mail like it passes the listener");
		break;
	}
}

const char *
scan_cause_setting(enum passed_cause cause)
{
	switch (cause) {
	case PASSED_BY_DOMAIN:
		return "look at transport_maps";
	case PASSED_BY_SENDER:
		return "look at sender_dependent_default_transport_maps and "
		       "sender_dependent_relayhost_maps";
	case PASSED_BY_INSTANCE:
		return "look at postmulti -l, and at syslog_name";
	case PASSED_BY_SOME:
		break;
	}
	return "was the setting changed in between? Copies by always_bcc and "
	       "sender_bcc_maps pass it, too";
}
