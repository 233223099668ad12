/* SPDX-License-Identifier: BSD-2-Clause */
/* The daemon itself: reachable, unprivileged, with a store and policies. */
#include "cli/doctor.h"
#include "daemon/listener.h"
#include "daemon/storage.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#ifdef HAVE_ADJTIMEX
#include <sys/timex.h>
#endif
#include <unistd.h>

#define NAMES_SHOWN 6
#define PATH_BYTES 64

/* The MTA's door. An MTA, too, may connect and leave. */
static void
check_milter(struct doctor *doctor)
{
	const char *listen = doctor->generation->config->listen;

	if (listener_answers(&doctor->listen)) {
		checkup_add_fine(
			doctor->checkup, "milter", "%s answers", listen);
		return;
	}
	checkup_add(doctor->checkup,
		&(struct remedy){.level = CHECKUP_WRONG,
			.subject = "milter",
			.text = "forwarden serve -c ... (its log says why it "
				"ended)"},
		"nobody answers on %s: no mail is judged", listen);
}

/* Whoever reaches it tells the daemon of mail that never was. */
static void
check_door(struct doctor *doctor)
{
	const char *listen = doctor->generation->config->listen;
	bool local = socket_name_is_local(&doctor->listen);
	const struct remedy remedy = {
		.level = local ? CHECKUP_NOTE : CHECKUP_WRONG,
		.subject = "milter",
		.text = "take `listen` out of forwarden.yaml and reload, then "
			"`forwarden attach --update`: a unix socket for the "
			"MTA alone"};

	if (doctor->listen.family == SOCKET_NAME_UNIX)
		return;
	checkup_add(doctor->checkup, &remedy, "%s: %s may speak to it", listen,
		local ? "every user of this machine"
		      : "every machine that no firewall keeps away");
}

/* What the daemon itself says is wrong. */
static void
check_troubles(struct doctor *doctor, const struct json *troubles)
{
	for (size_t i = 0; i < json_count(troubles); i++) {
		const struct json *one = json_at(troubles, i);

		checkup_add(doctor->checkup,
			&(struct remedy){.level = CHECKUP_WRONG,
				.subject = "trouble",
				.text = "mail is judged all the same; see to "
					"it, then "
					"reload (systemctl reload forwarden)"},
			"%.*s (since %.*s)", SLICE_ARG(json_text(one, "text")),
			SLICE_ARG(json_text(one, "since")));
	}
}

static void
check_mode(struct doctor *doctor, const struct json *status)
{
	struct slice mode = json_text(status, "mode");

	if (slice_equal(mode, SLICE("observe"))) {
		checkup_add(doctor->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "mode",
				.text = "mode: enforce, once the events say "
					"the right "
					"things"},
			"it only observes");
	} else {
		checkup_add_fine(
			doctor->checkup, "mode", "%.*s", SLICE_ARG(mode));
	}
	if (json_number(status, "messages") == 0) {
		checkup_add(doctor->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "mail",
				.text = "send one; if this stays, the MTA does "
					"not "
					"ask Forwarden"},
			"no message has been judged since %.*s",
			SLICE_ARG(json_text(status, "started")));
	}
}

/* What is in use is not all as it was meant. */
static void
check_warnings(struct doctor *doctor, const struct json *status)
{
	long long count = json_number(status, "warnings");

	if (json_number(status, "policies") == 0) {
		checkup_add(doctor->checkup,
			&(struct remedy){.level = CHECKUP_WRONG,
				.subject = "policies",
				.text = "write policies: and the path of some, "
					"then reload; serve without "
					"--allow-empty refuses to be without"},
			"there is no policy: nothing is found");
	}
	if (count == 0)
		return;
	checkup_add(doctor->checkup,
		&(struct remedy){.level = CHECKUP_NOTE,
			.subject = "policies",
			.text = "`forwarden check` shows each with its place "
				"and what to write instead; the log has them, "
				"too"},
		"there are %lld warnings about what is in use", count);
}

/* The owner of /proc/PID is the process's user (proc(5)). */
static void
check_privileges(struct doctor *doctor, const struct json *status)
{
	char path[PATH_BYTES];
	struct stat info;

	(void)snprintf(
		path, sizeof(path), "/proc/%lld", json_number(status, "pid"));
	if (stat(path, &info) != 0)
		return;
	if (info.st_uid != 0) {
		checkup_add_fine(doctor->checkup, "privileges",
			"it runs as user id %u", (unsigned)info.st_uid);
		return;
	}
	checkup_add(doctor->checkup,
		&(struct remedy){.level = CHECKUP_WRONG,
			.subject = "privileges",
			.text = "useradd -r forwarden; user: forwarden"},
		"mail of strangers is judged as root");
}

static void
check_store(struct doctor *doctor, const struct json *store)
{
	struct slice backend = json_text(store, "backend");
	struct slice reason = json_text(store, "reason");
	bool up = json_bool(store, "up");

	if (json_number(store, "lost") > 0) {
		checkup_add(doctor->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "store",
				.text = "the log says why; redis.journal is "
					"what it keeps while Redis is away"},
			"%lld operations are lost for good since the start",
			json_number(store, "lost"));
	}
	if (up) {
		checkup_add_fine(doctor->checkup, "store", "%.*s answers",
			SLICE_ARG(backend));
		return;
	}
	checkup_add(doctor->checkup,
		&(struct remedy){.level = CHECKUP_WRONG,
			.subject = "store",
			.text = "mend it; what is counted meanwhile is kept "
				"and "
				"replayed"},
		"%.*s is down since %.*s: %.*s", SLICE_ARG(backend),
		SLICE_ARG(json_text(store, "since")), SLICE_ARG(reason));
}

static void
add_right(
	void *ctx, enum rights_news news, const char *text, const char *remedy)
{
	struct doctor *doctor = ctx;

	if (news == RIGHTS_FINE) {
		checkup_add_fine(doctor->checkup, "redis", "%s", text);
		return;
	}
	checkup_add(doctor->checkup,
		&(struct remedy){.level = CHECKUP_WRONG,
			.subject = "redis",
			.text = *remedy != '\0' ? remedy
						: "forwarden check --connect"},
		"%s", text);
}

/* Windows and routes are kept in the store's time, which MTAs share. */
static void
check_clock(struct doctor *doctor)
{
#ifdef HAVE_ADJTIMEX
	struct timex now = {.modes = 0};

	if (adjtimex(&now) == TIME_ERROR || (now.status & STA_UNSYNC) != 0) {
		checkup_add(doctor->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "clock",
				.text = "run chrony or systemd-timesyncd"},
			"nothing keeps this machine's clock right");
		return;
	}
	checkup_add_fine(doctor->checkup, "clock", "it is kept right");
#else
	(void)doctor;
#endif
}

/* `forwarden_policy_hits_total{policy="x"} 0` gives x. */
static bool
is_unmatched(struct slice line, struct slice *name)
{
	const struct slice head =
		SLICE("forwarden_policy_hits_total{policy=\"");
	size_t end = slice_find(line, SLICE("\"}"));

	if (!slice_starts_fold(line, head) || end == SLICE_NONE)
		return false;
	*name = slice_sub(line, head.len, end);
	return slice_equal(
		slice_trim(slice_sub(line, end + 2, line.len)), SLICE("0"));
}

static void
check_unmatched(struct doctor *doctor, struct slice metrics)
{
	struct buf names = {0};
	size_t count = 0;

	for (struct slice line, name; slice_next(&metrics, '\n', &line);) {
		if (!is_unmatched(line, &name))
			continue;
		if (count++ < NAMES_SHOWN) {
			buf_printf(&names, "%s%.*s", count > 1 ? ", " : "",
				SLICE_ARG(name));
		}
	}
	if (count > NAMES_SHOWN)
		buf_printf(&names, " and %zu more", count - NAMES_SHOWN);
	if (count > 0 && buf_ok(&names)) {
		checkup_add(doctor->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "policies",
				.text = "forwarden test and forwarden replay "
					"try them "
					"on mail of yours"},
			"%zu never matched since the start: %.*s", count,
			SLICE_ARG(buf_slice(&names)));
	}
	buf_fini(&names);
}

static void
check_policies(
	struct doctor *doctor, const struct json *status, struct ask *ask)
{
	long long policies = json_number(status, "policies");
	struct buf metrics = {0};
	struct err err = {0};

	if (policies == 0) {
		checkup_add(doctor->checkup,
			&(struct remedy){.level = CHECKUP_WRONG,
				.subject = "policies",
				.text = "policies: [" DATADIR "/policies]"},
			"none is loaded: nothing can be found");
		return;
	}
	checkup_add_fine(
		doctor->checkup, "policies", "%lld are loaded", policies);
	if (json_number(status, "messages") > 0 &&
		ask_text(ask, "/metrics", &metrics, &err))
		check_unmatched(doctor, buf_slice(&metrics));
	buf_fini(&metrics);
}

void
doctor_daemon(struct doctor *doctor)
{
	struct ask *ask = doctor->ask;
	struct err err = {0};
	struct json *status = NULL;

	check_milter(doctor);
	check_door(doctor);
	check_clock(doctor);
	if (ask != NULL)
		status = ask_json(ask, ASK_GET, "/v1/status", &err);
	if (status == NULL) {
		checkup_add(doctor->checkup,
			&(struct remedy){.level = CHECKUP_WRONG,
				.subject = "daemon",
				.text = "start it; ask as root or as a member "
					"of "
					"control_group"},
			"%s", err.text);
		return;
	}
	checkup_add_fine(doctor->checkup, "daemon",
		"forwarden %.*s, process %lld",
		SLICE_ARG(json_text(status, "version")),
		json_number(status, "pid"));
	check_troubles(doctor, json_find(status, "troubles"));
	check_mode(doctor, status);
	check_warnings(doctor, status);
	check_privileges(doctor, status);
	doctor_host(doctor, json_number(status, "pid"));
	doctor_alerts(doctor, status);
	check_store(doctor, json_find(status, "store"));
	(void)storage_try(doctor->generation->config, add_right, doctor);
	check_policies(doctor, status, ask);
	doctor_logins(doctor, ask);
	doctor_held(doctor, ask);
	json_free(status);
}
