/* SPDX-License-Identifier: BSD-2-Clause */
/* Listeners of master.cf(5), postscreen's among them. */
#include "mta/postfix_intake.h"

#include "mta/cf_text.h"
#include "mta/listeners.h"
#include "mta/milter_path.h"
#include "mta/postfix_egress.h"
#include "mta/postfix_milters.h"
#include "mta/postfix_remedy.h"
#include "mta/recipe.h"

#include <stdlib.h>
#include <string.h>

/* The milters that a door asks, as a list. */
static struct slice
milters_of(const struct postfix_check *check, const struct smtp_listener *door)
{
	if (slice_find(postfix_service_value(check->postfix, door->smtpd,
			       "receive_override_options"),
		    SLICE("no_milters")) != SLICE_NONE)
		return SLICE("");
	return postfix_service_value(
		check->postfix, door->smtpd, "smtpd_milters");
}

/* A content filter brings mail back on loopback, where the milters of the
 * intake have seen it already. */
static bool
is_way_back(const struct smtp_listener *door, struct slice milters)
{
	return milters.len == 0 && door->own_milters &&
		(strncmp(door->host, "127.", 4) == 0 ||
			strcmp(door->host, "::1") == 0) &&
		slice_find_byte(door->service->name, ':', 0) != SLICE_NONE;
}

/* Forwarden in a word, for postconf(1) takes no white space here. */
static void
add_us(const struct postfix_check *check, struct buf *out)
{
	const struct postfix *postfix = check->postfix;
	struct slice ours, address;

	if (!slice_is_absent(postfix_given(postfix, "forwarden_milter"))) {
		buf_puts(out, CF_MILTER);
	} else if (postfix_milters_find(check,
			   postfix_value(postfix, "smtpd_milters"), &ours) &&
		postfix_next(&ours, &address)) {
		buf_add(out, address);
	}
}

/* A list of words, but for one. */
static void
add_without(struct slice list, const char *word, struct buf *out)
{
	for (struct slice one; postfix_next(&list, &one);) {
		if (!slice_equal(one, slice_of(word)))
			buf_printf(out, "%s%.*s", out->len > 0 ? "," : "",
				SLICE_ARG(one));
	}
}

/* Its own list with us in it; or main.cf's, which has us; or no longer
 * "no_milters". */
static void
add_remedy(const struct postfix_check *check, const struct smtp_listener *door,
	struct slice milters, struct buf *out)
{
	const struct postfix *postfix = check->postfix;
	struct postfix_remedy_argument change = {
		door->smtpd, "smtpd_milters", {0}};
	struct buf list = {0};

	if (slice_is_absent(postfix_service_override(
		    postfix, door->smtpd, "smtpd_milters"))) {
		change.name = "receive_override_options";
		add_without(postfix_service_value(
				    postfix, door->smtpd, change.name),
			"no_milters", &list);
	} else if (milters.len > 0) {
		add_without(milters, "", &list);
		buf_add_byte(&list, ',');
		add_us(check, &list);
	}
	if (list.len > 0)
		change.value = buf_slice(&list);
	postfix_remedy_argument(check, &change, out);
	buf_fini(&list);
}

static void
add_blind(const struct postfix_check *check, const struct smtp_listener *door,
	struct slice milters)
{
	struct buf command = {0};

	if (is_way_back(door, milters)) {
		checkup_add_fine(check->checkup, "intake",
			"%.*s asks no milter, as is right where a content "
			"filter brings mail back",
			SLICE_ARG(door->service->name));
		return;
	}
	add_remedy(check, door, milters, &command);
	checkup_add(check->checkup,
		&(struct remedy){.level = CHECKUP_NOTE,
			.subject = "intake",
			.command = command.p},
		"%.*s (%.*s) does not ask Forwarden: whose mail comes in "
		"there is not known",
		SLICE_ARG(door->service->name),
		SLICE_ARG(door->service->program));
	buf_fini(&command);
}

static void
add_none(const struct postfix_check *check)
{
	struct buf command = {0};

	postfix_remedy_attach(check, RECIPE_INTAKE, &command);
	checkup_add(check->checkup,
		&(struct remedy){.level = CHECKUP_WRONG,
			.subject = "intake",
			.command = command.p},
		"no smtpd asks Forwarden: what was delivered to a mailbox is "
		"not known, and rules of Exchange, Gmail and mail programs "
		"are not seen");
	buf_fini(&command);
}

static void
check_doors(const struct postfix_check *check)
{
	const struct postfix_service *egress =
		postfix_egress_find(check->postfix);
	struct smtp_listener *doors = calloc(LISTENERS_MAX, sizeof(*doors));
	size_t with = 0,
	       count = doors != NULL ? listeners_find(check->postfix, doors)
				     : 0;

	for (size_t i = 0; i < count; i++) {
		with += doors[i].service != egress &&
			postfix_milters_has(
				check, milters_of(check, &doors[i]));
	}
	if (with == 0) {
		add_none(check);
	} else {
		checkup_add_fine(check->checkup, "intake",
			"%zu smtpd listeners show their mail", with);
	}
	for (size_t i = 0; i < count && with > 0; i++) {
		struct slice milters = milters_of(check, &doors[i]);
		if (doors[i].service != egress &&
			!postfix_milters_has(check, milters))
			add_blind(check, &doors[i], milters);
	}
	free(doors);
}

static void
check_non_smtpd(const struct postfix_check *check)
{
	struct buf command = {0};

	if (postfix_milters_has(check,
		    postfix_value(check->postfix, "non_smtpd_milters"))) {
		checkup_add_fine(check->checkup, "sendmail(1)",
			"its mail is shown as well");
		return;
	}
	postfix_remedy_attach(check, RECIPE_NON_SMTPD, &command);
	checkup_add(check->checkup,
		&(struct remedy){.level = CHECKUP_NOTE,
			.subject = "sendmail(1)",
			.command = command.p},
		"mail of sendmail(1) (Sieve, procmail, cron) is seen at the "
		"egress at best");
	buf_fini(&command);
}

/* Some clients' mail is shown to nobody. */
static void
check_milter_maps(const struct postfix_check *check)
{
	struct slice maps = postfix_value(check->postfix, "smtpd_milter_maps");
	struct buf command = {0};

	if (maps.len == 0)
		return;
	postfix_remedy_parameter(check, "smtpd_milter_maps", NULL, &command);
	checkup_add(check->checkup,
		&(struct remedy){.level = CHECKUP_NOTE,
			.subject = "intake",
			.text = "if all are to be asked about",
			.command = command.p},
		"smtpd_milter_maps (%.*s) chooses for some clients whether "
		"anybody is asked",
		SLICE_ARG(maps));
	buf_fini(&command);
}

/* What the MTA does while the filter is away: a setting of our element in
 * braces, or the general one. */
static struct slice
action_while_away(const struct postfix_check *check)
{
	static const char key[] = "default_action=";
	struct slice ours, part;

	if (postfix_milters_find(check,
		    postfix_value(check->postfix, "smtpd_milters"), &ours)) {
		while (postfix_next(&ours, &part)) {
			if (slice_starts_fold(part, slice_of(key))) {
				return slice_sub(
					part, sizeof(key) - 1, part.len);
			}
		}
	}
	return postfix_value(check->postfix, "milter_default_action");
}

/* The element as it stands, with another default_action; where it is
 * attached, that of the recipe is the one. */
static void
add_away_remedy(const struct postfix_check *check, struct buf *out)
{
	struct slice given = postfix_given(check->postfix, "forwarden_milter");
	const struct slice accept = SLICE("default_action=");
	struct buf value = {0};
	size_t at = slice_find(given, accept), end;

	if (slice_is_absent(given) || at == SLICE_NONE) {
		postfix_remedy_parameter(
			check, "milter_default_action", "tempfail", out);
		return;
	}
	for (end = at; end < given.len; end++) {
		if (strchr(", }", given.p[end]) != NULL)
			break;
	}
	buf_printf(&value, "%.*sdefault_action=tempfail%.*s",
		SLICE_ARG(slice_sub(given, 0, at)),
		SLICE_ARG(slice_sub(given, end, given.len)));
	postfix_remedy_parameter(
		check, "forwarden_milter", buf_ok(&value) ? value.p : "", out);
	buf_fini(&value);
}

static void
check_away(const struct postfix_check *check)
{
	struct slice action = action_while_away(check);
	bool refuses = slice_equal_fold(action, SLICE("reject"));
	struct buf command = {0};

	if (!refuses &&
		(!check->enforces ||
			!slice_equal_fold(action, SLICE("accept")))) {
		checkup_add_fine(check->checkup, "away",
			"while Forwarden is away: %.*s", SLICE_ARG(action));
		return;
	}
	add_away_remedy(check, &command);
	checkup_add(check->checkup,
		&(struct remedy){
			.level = refuses ? CHECKUP_WRONG : CHECKUP_NOTE,
			.subject = "away",
			.text = refuses ? NULL
					: "where nothing may leave unseen",
			.command = command.p},
		refuses ? "while Forwarden is away mail is refused for good"
			: "while Forwarden is away mail passes unseen");
	buf_fini(&command);
}

/* A unix socket that a chrooted daemon cannot find. */
static void
check_socket(const struct postfix_check *check)
{
	const char *path = check->listen->path;
	struct buf command = {0};

	if (check->listen->family != SOCKET_NAME_UNIX)
		return;
	const struct postfix_service *barrier =
		milter_path_barrier(check->postfix, path);
	if (barrier == NULL) {
		checkup_add_fine(check->checkup, "socket",
			"%s can be reached from smtpd", path);
		return;
	}
	postfix_remedy_program(check, "postconf", &command);
	buf_puts(&command, " -F ");
	struct buf word = {0};
	buf_printf(&word, "%.*s/%.*s/chroot=n", SLICE_ARG(barrier->name),
		SLICE_ARG(barrier->type));
	checkup_add_word(&command, buf_slice(&word));
	buf_fini(&word);
	postfix_remedy_reload(check, &command);
	checkup_add(check->checkup,
		&(struct remedy){.level = CHECKUP_WRONG,
			.subject = "socket",
			.text = "listen: on a path below the queue directory "
				"(docs/attach.md), or",
			.command = command.p},
		"the %.*s of %.*s is chrooted to %.*s and cannot reach %s",
		SLICE_ARG(barrier->program), SLICE_ARG(barrier->name),
		SLICE_ARG(postfix_value(check->postfix, "queue_directory")),
		path);
	buf_fini(&command);
}

void
postfix_intake_check(const struct postfix_check *check)
{
	check_doors(check);
	check_milter_maps(check);
	check_non_smtpd(check);
	check_away(check);
	check_socket(check);
}
