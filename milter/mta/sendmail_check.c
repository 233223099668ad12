/* SPDX-License-Identifier: BSD-2-Clause */
/* Filters and mailers of a .cf. */
#include "mta/sendmail_check.h"

#include "mta/mc_text.h"

#include <stdlib.h>

#define REMEDY "forwarden attach --sendmail"

static bool
has_filter(struct slice cf)
{
	return slice_find(cf, SLICE("\nXforwarden,")) != SLICE_NONE &&
		slice_find(mc_text_option(cf, "InputMailFilters"),
			SLICE("forwarden")) != SLICE_NONE;
}

/* I= replaces the list for one listener. */
static void
check_doors(struct slice cf, struct checkup *checkup)
{
	const struct slice head = SLICE("O DaemonPortOptions=");

	for (struct slice line; slice_next(&cf, '\n', &line);) {
		if (!slice_starts_fold(line, head) ||
			(slice_find(line, SLICE("I=")) == SLICE_NONE &&
				slice_find(line, SLICE("InputMailFilters=")) ==
					SLICE_NONE))
			continue;
		checkup_add(checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "intake",
				.text = "take I= out, or name forwarden in it"},
			"a listener has a list of filters of its own: %.*s",
			SLICE_ARG(slice_sub(line, head.len, line.len)));
	}
}

static void
check_mailers(struct slice cf, uint16_t port, struct checkup *checkup)
{
	for (struct slice mailer; mc_text_next_stray(&cf, port, &mailer);) {
		checkup_add(checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "egress",
				.text = "see docs/attach.md"},
			"mail by the mailer %.*s goes past the egress",
			SLICE_ARG(mailer));
	}
}

static void
check_egress(struct slice cf, struct slice egress, struct checkup *checkup)
{
	struct slice rest = egress;
	struct mc_door door;

	if (slice_is_absent(egress) || !has_filter(egress) ||
		!mc_text_next_door(&rest, &door)) {
		checkup_add(checkup,
			&(struct remedy){.level = CHECKUP_WRONG,
				.subject = "egress",
				.command = REMEDY},
			"no egress: `.forward`, aliases and virtusertable are "
			"invisible here");
		return;
	}
	checkup_add_fine(checkup, "egress", "mail that leaves passes %s:%s",
		door.host, door.port);
	check_mailers(cf, (uint16_t)strtoul(door.port, NULL, 10), checkup);
}

void
sendmail_check(struct slice cf, struct slice egress, struct checkup *checkup)
{
	if (has_filter(cf)) {
		checkup_add_fine(
			checkup, "intake", "Sendmail shows what comes in");
		check_doors(cf, checkup);
	} else {
		checkup_add(checkup,
			&(struct remedy){.level = CHECKUP_WRONG,
				.subject = "intake",
				.command = REMEDY},
			"Sendmail does not ask Forwarden: what was delivered "
			"to a mailbox is not known");
	}
	check_egress(cf, egress, checkup);
}
