/* SPDX-License-Identifier: BSD-2-Clause */
/* Are alerts configured, can the command be run, and do they arrive? */
#include "cli/doctor.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* As who asks; the daemon's user may still not: a test tells. */
static void
check_command(struct doctor *doctor)
{
	const struct config_alerts *alerts =
		&doctor->generation->config->alerts;
	const char *path;

	if (alerts->command.count == 0)
		return;
	path = alerts->command.at[0].p;
	if (access(path, X_OK) == 0)
		return;
	checkup_add(doctor->checkup,
		&(struct remedy){.level = CHECKUP_WRONG,
			.subject = "alerts",
			.text = "write the path of a program into "
				"alerts.command, then `forwarden alert "
				"--test`"},
		"alerts.command: %s: %s", path, strerror(errno));
}

static void
check_way(struct doctor *doctor, const struct json *way)
{
	struct slice by = json_text(way, "by"), why = json_text(way, "why");
	long long lost =
		json_number(way, "failed") + json_number(way, "dropped");

	/* That it fails is among the troubles. */
	if (why.len == 0)
		checkup_add_fine(doctor->checkup, "alerts",
			"%.*s: %lld sent, %lld held back", SLICE_ARG(by),
			json_number(way, "sent"),
			json_number(way, "held_back"));
	if (lost > 0)
		checkup_add(doctor->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "alerts",
				.text = "the log says why; `forwarden alert "
					"--test` tries it"},
			"%lld by %.*s never arrived, since the start", lost,
			SLICE_ARG(by));
}

void
doctor_alerts(struct doctor *doctor, const struct json *status)
{
	const struct json *ways = json_find(status, "alerts");

	check_command(doctor);
	for (size_t i = 0; i < json_count(ways); i++)
		check_way(doctor, json_at(ways, i));
	if (json_count(ways) == 0)
		checkup_add_fine(doctor->checkup, "alerts",
			"none are configured: nobody is told when mail is held "
			"(forwarden.yaml(5), alerts)");
}
