/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who logs in, by the events: a bare login that the store knows no mailbox for
 * is taken for a program that speaks for many, and one whose domain is another
 * than that of the address he writes from may be two mailboxes for one person.
 * Both are to be configured, since what a login says binds it.
 */
#include "cli/doctor.h"

#include <stdlib.h>

#define EVENTS_PATH "/v1/events?limit=1000"
#define SEEN_MAX 64
#define NAMED_MAX 6

struct logins {
	struct doctor *doctor;
	struct ask *ask;
	struct slice seen[SEEN_MAX];
	size_t count, named;
	bool more; /* than are looked at, or named */
};

/* The first time it is met, as long as there is room. */
static bool
is_new(struct logins *logins, struct slice name)
{
	for (size_t i = 0; i < logins->count; i++) {
		if (slice_equal(logins->seen[i], name))
			return false;
	}
	if (logins->count == SEEN_MAX) {
		logins->more = true;
		return false;
	}
	logins->seen[logins->count++] = name;
	return true;
}

/* One more sentence, if there is room. */
static bool
is_named(struct logins *logins)
{
	if (logins->named == NAMED_MAX) {
		logins->more = true;
		return false;
	}
	logins->named++;
	return true;
}

/* Has the store ever heard of LOGIN@DOMAIN? Unknown: yes. */
static bool
is_mailbox(struct logins *logins, struct slice login, struct slice domain)
{
	struct buf address = {0}, path = {0};
	struct json *answer = NULL;
	struct err err = {0};
	char *escaped = NULL;
	bool known = true;

	buf_printf(&address, "%.*s@%.*s", SLICE_ARG(login), SLICE_ARG(domain));
	if (buf_ok(&address))
		escaped = ask_escape(logins->ask, address.p);
	if (escaped != NULL)
		buf_printf(&path, "/v1/mailbox/%s", escaped);
	if (escaped != NULL && buf_ok(&path))
		answer = ask_json(logins->ask, ASK_GET, path.p, &err);
	if (answer != NULL)
		known = json_bool(answer, "known");
	json_free(answer);
	free(escaped);
	buf_fini(&path);
	buf_fini(&address);
	return known;
}

static struct slice
domain_of(struct slice address)
{
	size_t at = slice_find_byte(address, '@', 0);

	return at == SLICE_NONE ? SLICE("")
				: slice_sub(address, at + 1, address.len);
}

static struct slice
local_of(struct slice address)
{
	return slice_sub(address, 0, slice_find_byte(address, '@', 0));
}

static void
look_at_bare(struct logins *logins, struct slice login, struct slice mailbox)
{
	struct slice domain = domain_of(mailbox);

	if (domain.len == 0 || !is_new(logins, login) ||
		is_mailbox(logins, login, domain) || !is_named(logins))
		return;
	checkup_add(logins->doctor->checkup,
		&(struct remedy){.level = CHECKUP_NOTE,
			.subject = "logins",
			.text = "a program (Exchange, tickets): put it into "
				"local.relays; a person gets known by the "
				"first mail that comes for him"},
		"%.*s is no mailbox that the store knows: it is taken for a "
		"program that speaks for many",
		SLICE_ARG(login));
}

/* "alice@mx.example.com" who writes as alice@example.com. */
static void
look_at_domain(struct logins *logins, struct slice login, struct slice from)
{
	const struct realm *realm = logins->doctor->generation->realm;
	struct slice one = domain_of(login), other = domain_of(from);

	if (slice_equal_fold(one, other) || !realm_has_domain(realm, other) ||
		!slice_equal_fold(local_of(login), local_of(from)) ||
		slice_equal(realm_same_as(realm, one),
			realm_same_as(realm, other)) ||
		!is_new(logins, one) || !is_named(logins))
		return;
	checkup_add(logins->doctor->checkup,
		&(struct remedy){.level = CHECKUP_NOTE,
			.subject = "logins",
			.text = "if both domains mean the same, write into "
				"local.same_as the one, = and the other"},
		"%.*s logs in and writes as %.*s: they are counted as two "
		"(local.same_as: [\"%.*s = %.*s\"])",
		SLICE_ARG(login), SLICE_ARG(from), SLICE_ARG(one),
		SLICE_ARG(other));
}

static void
look_at(struct logins *logins, const struct json *event)
{
	const struct json *from = json_find(json_find(event, "email"), "from");
	struct slice login =
		json_text(json_find(json_find(event, "smtp"), "auth"), "user");

	if (login.len == 0)
		return;
	if (slice_find_byte(login, '@', 0) == SLICE_NONE) {
		look_at_bare(logins, login,
			json_text(json_find(event, "forwarden"), "mailbox"));
		return;
	}
	look_at_domain(logins, login,
		json_own_text(json_at(json_find(from, "address"), 0)));
}

void
doctor_logins(struct doctor *doctor, struct ask *ask)
{
	struct logins logins = {.doctor = doctor, .ask = ask};
	const struct config *config = doctor->generation->config;
	const struct json *list;
	struct json *answer;
	struct err err = {0};

	/* Where addresses are hidden, so are logins. */
	if (config->privacy_hash)
		return;
	answer = ask_json(ask, ASK_GET, EVENTS_PATH, &err);
	list = json_find(answer, "events");
	for (size_t i = 0; i < json_count(list); i++)
		look_at(&logins, json_at(list, i));
	if (logins.more) {
		checkup_add(doctor->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "logins",
				.text = "configure those, then ask again"},
			"there are more logins than are named here");
	}
	json_free(answer);
}
