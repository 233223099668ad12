/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules at rest, in short: how many, and which are new since the last audit
 * that was kept. */
#include "cli/audit_kept.h"
#include "cli/doctor.h"
#include "mta/rules/audit.h"

static void
note_new(struct doctor *doctor, struct ruleset *set)
{
	struct checkup_names names = {0};
	size_t count;
	const struct rule *rules = ruleset_rules(set, &count);

	for (size_t i = 0; i < count; i++) {
		struct buf text = {0};

		if (rules[i].change != RULE_NEW ||
			rules[i].state != RULE_ACTIVE ||
			!rule_is_external(&rules[i]))
			continue;
		buf_printf(&text, "%.*s to %.*s by ",
			SLICE_ARG(rules[i].mailbox),
			SLICE_ARG(rules[i].destination));
		rule_add_place(&rules[i], &text);
		checkup_names_add(&names, buf_slice(&text));
		buf_fini(&text);
	}
	if (names.count > 0) {
		checkup_add(doctor->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "rules",
				.text = "ask whose they are",
				.command = "forwarden audit "
					   "--compare " AUDIT_KEPT_FILE},
			"new since the last audit: %s", names.text);
	}
}

static void
sum_up(struct doctor *doctor, struct ruleset *set)
{
	size_t count, unread, external = 0;
	const struct rule *rules = ruleset_rules(set, &count);

	(void)ruleset_unread(set, &unread);
	for (size_t i = 0; i < count; i++) {
		external += rules[i].change != RULE_GONE &&
			rules[i].state == RULE_ACTIVE &&
			rule_is_external(&rules[i]);
	}
	checkup_add_fine(doctor->checkup, "rules",
		"%zu rules at rest send mail outside, %zu places were not "
		"read; `forwarden audit` lists them",
		external, unread);
}

void
doctor_rules(struct doctor *doctor, const char *postfix, const char *sendmail)
{
	const struct audit_options options = {
		.realm = doctor->generation->realm,
		.postfix = postfix,
		.sendmail = sendmail};
	struct ruleset *before = NULL;
	struct audit audit;
	struct err err = {0};

	if (!audit_run(&options, &audit, &err)) {
		checkup_add(doctor->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "rules",
				.command = "forwarden audit"},
			"cannot look at rules at rest: %s", err.text);
	} else {
		if (audit_kept_read(AUDIT_KEPT_FILE, &before, NULL, &err) ==
			AUDIT_KEPT) {
			ruleset_compare(audit.set, before);
			note_new(doctor, audit.set);
		}
		sum_up(doctor, audit.set);
	}
	ruleset_free(before);
	audit_fini(&audit);
}
