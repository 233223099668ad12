/* SPDX-License-Identifier: BSD-2-Clause */
/* Filters, doors, mailers and classes of two .cf. */
#include "mta/sendmail_check.h"

#include "mail/address.h"
#include "mta/mc_text.h"
#include "mta/sendmail_class.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES 8192
#define USUAL_DIRECTORY "/etc/mail"

/* "forwarden attach --sendmail ...", once or after --undo. */
static void
add_attach(
	const struct sendmail_check *check, const char *more, struct buf *out)
{
	buf_printf(out, "forwarden attach --sendmail%s", more);
	if (strcmp(check->directory, USUAL_DIRECTORY) != 0) {
		buf_printf(
			out, " --sendmail-mc %s/sendmail.mc", check->directory);
	}
	if (check->file != NULL)
		buf_printf(out, " -c %s", check->file);
}

/* The egress's .cf is made anew from the .mc with it. */
static void
add_again(const struct sendmail_check *check, const char *more, struct buf *out)
{
	add_attach(check, " --undo", out);
	buf_puts(out, " && ");
	add_attach(check, more, out);
}

/* A fault that attaching mends; again: what is there is taken off first. */
struct fault {
	enum checkup_level level;
	const char *subject, *text;
	bool again;
	const char *options; /* of attaching */
};

static void
add_fault(const struct sendmail_check *check, const struct fault *fault)
{
	struct buf command = {0};

	if (fault->again) {
		add_again(check, fault->options, &command);
	} else {
		add_attach(check, fault->options, &command);
	}
	checkup_add(check->checkup,
		&(struct remedy){.level = fault->level,
			.subject = fault->subject,
			.command = command.p},
		"%s", fault->text);
	buf_fini(&command);
}

/* "Xname, S=inet:8894@127.0.0.1, F=T, T=..." */
struct filter {
	struct slice name, where, flags;
};

static void
read_filter(struct slice line, struct filter *filter)
{
	struct slice part;

	*filter = (struct filter){0};
	(void)slice_next(&line, ',', &part);
	filter->name = slice_trim(slice_sub(part, 1, part.len));
	while (slice_next(&line, ',', &part)) {
		part = slice_trim(part);
		if (slice_starts_fold(part, SLICE("S="))) {
			filter->where = slice_sub(part, 2, part.len);
		} else if (slice_starts_fold(part, SLICE("F="))) {
			filter->flags = slice_sub(part, 2, part.len);
		}
	}
}

static bool
is_us(const struct sendmail_check *check, const struct filter *filter)
{
	const struct socket_name *ours = check->listen;
	struct socket_name seen;
	struct err err;

	if (!socket_name_parse(filter->where, &seen, &err))
		return false;
	if (seen.family == SOCKET_NAME_UNIX || ours->family == SOCKET_NAME_UNIX)
		return seen.family == ours->family &&
			strcmp(seen.path, ours->path) == 0;
	return seen.port == ours->port;
}

/* Our filter in a .cf; false when there is none. */
static bool
find_filter(const struct sendmail_check *check, struct slice cf,
	struct filter *filter)
{
	for (struct slice line; slice_next(&cf, '\n', &line);) {
		if (line.len == 0 || line.p[0] != 'X')
			continue;
		read_filter(line, filter);
		if (is_us(check, filter))
			return true;
	}
	return false;
}

static bool
has_name(struct slice list, struct slice name)
{
	for (struct slice one; slice_next(&list, ',', &one);) {
		if (slice_equal(slice_trim(one), name))
			return true;
	}
	return false;
}

/* Is it there, and is it asked where no listener has a list of its own? */
static bool
asks(const struct sendmail_check *check, struct slice cf, struct filter *filter)
{
	return find_filter(check, cf, filter) &&
		has_name(mc_text_option(cf, "InputMailFilters"), filter->name);
}

/* I= replaces the list for one listener; its filters have ; between them. */
static bool
is_left_out(struct slice door, struct slice filter)
{
	for (struct slice part; slice_next(&door, ',', &part);) {
		part = slice_trim(part);
		if (!slice_starts_fold(part, SLICE("I")))
			continue;
		size_t sign = slice_find_byte(part, '=', 0);
		struct slice list = slice_sub(part, sign + 1, part.len);
		for (struct slice one; slice_next(&list, ';', &one);) {
			if (slice_equal(slice_trim(one), filter))
				return false;
		}
		return true;
	}
	return false;
}

static void
check_doors(const struct sendmail_check *check, struct slice cf,
	struct slice filter)
{
	const struct slice head = SLICE("O DaemonPortOptions=");

	for (struct slice line; slice_next(&cf, '\n', &line);) {
		if (!slice_starts_fold(line, head) ||
			!is_left_out(
				slice_sub(line, head.len, line.len), filter))
			continue;
		checkup_add(check->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "intake",
				.text = "in sendmail.mc take I= out of that "
					"DAEMON_OPTIONS, or name forwarden in "
					"it, and make both .cf"},
			"a listener has a list of filters of its own: %.*s",
			SLICE_ARG(slice_sub(line, head.len, line.len)));
	}
}

/* F=R refuses for good, F=T for now, neither lets pass. */
static void
check_away(const struct sendmail_check *check, const struct filter *filter)
{
	bool refuses = slice_find_byte(filter->flags, 'R', 0) != SLICE_NONE;
	bool waits = slice_find_byte(filter->flags, 'T', 0) != SLICE_NONE;

	if (!refuses && (waits || !check->enforces)) {
		checkup_add_fine(check->checkup, "away",
			"while Forwarden is away: %s",
			waits ? "tempfail" : "accept");
		return;
	}
	add_fault(check,
		&(struct fault){refuses ? CHECKUP_WRONG : CHECKUP_NOTE, "away",
			refuses ? "while Forwarden is away mail is refused "
				  "for good"
				: "while Forwarden is away mail passes unseen",
			true, " --away tempfail"});
}

static void
check_intake(const struct sendmail_check *check)
{
	struct filter filter;

	if (!asks(check, check->cf, &filter)) {
		add_fault(check,
			&(struct fault){CHECKUP_WRONG, "intake",
				"Sendmail does not ask Forwarden: what was "
				"delivered to a mailbox is not known",
				!slice_is_absent(check->egress), ""});
		return;
	}
	checkup_add_fine(
		check->checkup, "intake", "Sendmail shows what comes in");
	check_doors(check, check->cf, filter.name);
	check_away(check, &filter);
}

static void
check_strays(const struct sendmail_check *check, uint16_t port)
{
	struct slice cf = check->cf;

	for (struct slice mailer; mc_text_next_stray(&cf, port, &mailer);) {
		checkup_add(check->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "egress",
				.text = "unless it stays inside, give it A=TCP "
					"[127.0.0.1] and the egress's port, in "
					"ifdef(`FORWARDEN_EGRESS', ...)"},
			"mail by the mailer %.*s goes past the egress",
			SLICE_ARG(mailer));
	}
}

/* Without k two daemons of one name do not speak to each other. */
static void
check_mailers(const struct sendmail_check *check, uint16_t port)
{
	struct slice cf = check->cf;
	size_t ours = 0, without = 0;

	for (struct mc_mailer mailer; mc_text_next_mailer(&cf, &mailer);) {
		if (!mc_text_is_ours(&mailer, port))
			continue;
		ours++;
		without += slice_find_byte(mailer.flags, 'k', 0) == SLICE_NONE;
	}
	if (ours == 0) {
		add_fault(check,
			&(struct fault){CHECKUP_WRONG, "egress",
				"no mailer of sendmail.cf leads to the egress: "
				"`.forward`, aliases and virtusertable are "
				"invisible here",
				true, ""});
	}
	if (without > 0) {
		add_fault(check,
			&(struct fault){CHECKUP_WRONG, "egress",
				"mailers that lead to the egress lack the flag "
				"k: their mail bounces (\"mail loops back to "
				"me\")",
				true, ""});
	}
	check_strays(check, port);
}

static void
check_receipts(const struct sendmail_check *check)
{
	if (slice_find(mc_text_option(check->egress, "PrivacyOptions"),
		    SLICE("noreceipts")) == SLICE_NONE)
		return;
	add_fault(check,
		&(struct fault){CHECKUP_WRONG, "dsn",
			"PrivacyOptions of the egress has noreceipts: ORCPT "
			"is lost there",
			true, ""});
}

static void
check_egress(const struct sendmail_check *check)
{
	struct slice rest = check->egress;
	struct filter filter;
	struct mc_door door;

	if (slice_is_absent(check->egress) ||
		!asks(check, check->egress, &filter) ||
		!mc_text_next_door(&rest, &door)) {
		add_fault(check,
			&(struct fault){CHECKUP_WRONG, "egress",
				"no egress: `.forward`, aliases and "
				"virtusertable are invisible here",
				!slice_is_absent(check->egress), ""});
		return;
	}
	checkup_add_fine(check->checkup, "egress",
		"mail that leaves passes %s:%s", door.host, door.port);
	check_mailers(check, (uint16_t)strtoul(door.port, NULL, 10));
	check_receipts(check);
}

/* Names that one class has and another place has not. */
struct missing {
	const struct sendmail_check *check;
	struct slice other; /* a .cf whose class w is looked into */
	struct slice wanted;
	bool found;
	struct checkup_names names;
};

static void
look_at_domain(void *ctx, struct slice name)
{
	struct missing *missing = ctx;
	struct arena *arena;

	if (slice_find_byte(name, '.', 0) == SLICE_NONE || name.p[0] == '[' ||
		slice_starts_fold(name, SLICE("localhost.")))
		return;
	arena = arena_new(ARENA_BYTES);
	if (arena == NULL ||
		!realm_has_domain(
			missing->check->realm, address_domain(arena, name)))
		checkup_names_add(&missing->names, name);
	arena_free(arena);
}

static void
compare_name(void *ctx, struct slice name)
{
	struct missing *missing = ctx;

	missing->found =
		missing->found || slice_equal_fold(name, missing->wanted);
}

static void
look_for_name(void *ctx, struct slice name)
{
	struct missing *missing = ctx;

	missing->wanted = name;
	missing->found = false;
	sendmail_class_read(missing->other, "w", compare_name, missing);
	if (!missing->found)
		checkup_names_add(&missing->names, name);
}

static void
check_domains(const struct sendmail_check *check)
{
	struct missing missing = {.check = check};

	sendmail_class_read(check->cf, "w", look_at_domain, &missing);
	sendmail_class_read(check->cf, "VirtHost", look_at_domain, &missing);
	if (missing.names.count == 0) {
		checkup_add_fine(check->checkup, "domains",
			"Sendmail's own domains are local here too");
		return;
	}
	checkup_add(check->checkup,
		&(struct remedy){.level = CHECKUP_WRONG,
			.subject = "domains",
			.text = "add them to local.domains"},
		"Sendmail takes these for its own and Forwarden does not, so "
		"that their mailboxes are strangers: %s",
		missing.names.text);
}

/* Mail for a name that one of the two daemons alone has goes in circles. */
static void
check_classes(const struct sendmail_check *check)
{
	struct missing missing = {.check = check, .other = check->egress};
	struct buf text = {0};

	if (slice_is_absent(check->egress))
		return;
	sendmail_class_read(check->cf, "w", look_for_name, &missing);
	missing.other = check->cf;
	sendmail_class_read(check->egress, "w", look_for_name, &missing);
	if (missing.names.count > 0) {
		buf_printf(&text,
			"sendmail.cf and egress.cf differ in class w (%s): "
			"mail for these goes in circles, and bounces",
			missing.names.text);
		add_fault(check,
			&(struct fault){CHECKUP_WRONG, "domains",
				buf_ok(&text) ? text.p : "", true, ""});
	}
	buf_fini(&text);
}

void
sendmail_check(const struct sendmail_check *check)
{
	check_intake(check);
	check_egress(check);
	check_domains(check);
	check_classes(check);
}
