/* SPDX-License-Identifier: BSD-2-Clause */
/* What a Postfix shows to the filter, and what it keeps from it. */
#include "mta/postfix_check.h"

#include <stdio.h>
#include <string.h>

#define DESTINATION_BYTES 300

/* The same place, however each spells it? */
static bool
is_same_inet(const struct socket_name *a, const struct socket_name *b)
{
	if (a->port != b->port)
		return false;
	/* An empty host is every address. */
	return a->host[0] == '\0' || b->host[0] == '\0' ||
		strcmp(a->host, b->host) == 0 ||
		(socket_name_is_local(a) && socket_name_is_local(b));
}

/* A chrooted client finds /run/x under the queue directory. */
static bool
is_same_path(const char *seen, const char *ours, struct slice queue)
{
	size_t len = strlen(ours);

	if (strcmp(seen, ours) == 0)
		return true;
	return len > queue.len && memcmp(ours, queue.p, queue.len) == 0 &&
		strcmp(ours + queue.len, seen) == 0;
}

/* A path that is relative is so to the queue directory. */
static bool
parse_address(const struct postfix_check *check, struct slice address,
	struct socket_name *seen)
{
	const struct slice head = SLICE("unix:");
	struct buf whole = {0};
	struct err err;

	buf_add(&whole, address);
	if (slice_starts_fold(address, head) && address.len > head.len &&
		address.p[head.len] != '/') {
		buf_reset(&whole);
		buf_printf(&whole, "unix:%.*s/%.*s",
			SLICE_ARG(postfix_value(
				check->postfix, "queue_directory")),
			SLICE_ARG(slice_sub(address, head.len, address.len)));
	}
	bool good = buf_ok(&whole) &&
		socket_name_parse(buf_slice(&whole), seen, &err);
	buf_fini(&whole);
	return good;
}

/* Is an element of smtpd_milters us? "inet:h:p, default_action=accept". */
static bool
is_us(const struct postfix_check *check, struct slice element)
{
	struct socket_name seen;
	struct slice address;

	if (!postfix_next(&element, &address) ||
		!parse_address(check, address, &seen))
		return false;
	if (seen.family == SOCKET_NAME_UNIX) {
		return check->listen->family == SOCKET_NAME_UNIX &&
			is_same_path(seen.path, check->listen->path,
				postfix_value(
					check->postfix, "queue_directory"));
	}
	return check->listen->family != SOCKET_NAME_UNIX &&
		is_same_inet(&seen, check->listen);
}

/* Our element of a list of milters; false if it has none. */
static bool
find_us(const struct postfix_check *check, struct slice list,
	struct slice *ours)
{
	while (postfix_next(&list, ours)) {
		if (is_us(check, *ours))
			return true;
	}
	return false;
}

static bool
has_us(const struct postfix_check *check, struct slice list)
{
	struct slice ours;

	return find_us(check, list, &ours);
}

/* "[127.0.0.1]:10026" as a service is named: "127.0.0.1:10026". */
static void
without_brackets(struct slice text, char out[DESTINATION_BYTES])
{
	size_t n = 0;

	for (size_t i = 0; i < text.len && n + 1 < DESTINATION_BYTES; i++) {
		if (text.p[i] != '[' && text.p[i] != ']')
			out[n++] = text.p[i];
	}
	out[n] = '\0';
}

/* Where all mail for the outside goes first: transport and next hop. */
static struct slice
way_out(const struct postfix *postfix, struct slice *transport)
{
	/* Routing is decided by one service, which may know better. */
	const struct postfix_service *rewrite =
		postfix_find_service(postfix, "rewrite", "unix");
	struct slice value = rewrite != NULL
		? postfix_service_value(postfix, rewrite, "default_transport")
		: postfix_value(postfix, "default_transport");
	size_t colon = slice_find_byte(value, ':', 0);

	*transport = slice_sub(value, 0, colon);
	if (colon != SLICE_NONE && colon + 1 < value.len)
		return slice_sub(value, colon + 1, value.len);
	return postfix_value(postfix, "relayhost");
}

/* The listener on this machine that mail for the outside passes. */
static const struct postfix_service *
find_egress(const struct postfix *postfix)
{
	char destination[DESTINATION_BYTES];
	struct slice transport;
	size_t count;
	const struct postfix_service *services =
		postfix_services(postfix, &count);

	without_brackets(way_out(postfix, &transport), destination);
	for (size_t i = 0; i < count; i++) {
		if (postfix_service_is(&services[i], "inet", "smtpd") &&
			slice_equal(services[i].name, slice_of(destination)))
			return &services[i];
	}
	return NULL;
}

static bool
has_keyword(struct slice list, const char *keyword)
{
	struct slice element;

	while (postfix_next(&list, &element)) {
		if (slice_equal_fold(element, slice_of(keyword)))
			return true;
	}
	return false;
}

/* Without DSN on the hop the recipient's ORCPT does not arrive. */
static void
check_dsn(
	const struct postfix_check *check, const struct postfix_service *egress)
{
	struct slice transport;
	size_t count;
	const struct postfix_service *services =
		postfix_services(check->postfix, &count);

	(void)way_out(check->postfix, &transport);
	bool lost = has_keyword(postfix_service_value(check->postfix, egress,
					"smtpd_discard_ehlo_keywords"),
		"dsn");
	for (size_t i = 0; i < count; i++) {
		if (slice_equal(services[i].name, transport) &&
			slice_equal(services[i].type, SLICE("unix"))) {
			lost = lost ||
				has_keyword(
					postfix_service_value(check->postfix,
						&services[i],
						"smtp_discard_ehlo_keywords"),
					"dsn");
		}
	}
	if (!lost) {
		checkup_add_fine(check->checkup, "dsn",
			"the hop to the egress carries ORCPT");
		return;
	}
	checkup_add(check->checkup,
		&(struct remedy){CHECKUP_WRONG, "dsn",
			"give the egress listener -o "
			"smtpd_discard_ehlo_keywords= and the hop -o "
			"smtp_discard_ehlo_keywords="},
		"DSN is discarded on the way to the egress: ORCPT, the surest "
		"evidence, is lost");
}

static void
check_egress(const struct postfix_check *check)
{
	const struct postfix_service *egress = find_egress(check->postfix);
	const struct remedy remedy = {
		CHECKUP_WRONG, "egress", "forwarden attach --egress"};

	if (egress == NULL) {
		checkup_add(check->checkup, &remedy,
			"no egress listener: `.forward`, aliases and virtual "
			"aliases are invisible here");
		return;
	}
	if (!has_us(check,
		    postfix_service_value(
			    check->postfix, egress, "smtpd_milters"))) {
		checkup_add(check->checkup, &remedy,
			"mail that leaves passes %.*s, which does not ask "
			"Forwarden: `.forward`, aliases and virtual aliases "
			"are invisible here",
			SLICE_ARG(egress->name));
		return;
	}
	checkup_add_fine(check->checkup, "egress",
		"mail that leaves passes %.*s", SLICE_ARG(egress->name));
	check_dsn(check, egress);
	if (postfix_value(check->postfix, "transport_maps").len > 0) {
		checkup_add(check->checkup,
			&(struct remedy){
				CHECKUP_NOTE, "egress", "see docs/attach.md"},
			"foreign destinations in transport_maps go past the "
			"egress");
	}
}

static void
check_intake(const struct postfix_check *check)
{
	const struct postfix_service *egress = find_egress(check->postfix);
	size_t count, with = 0;
	const struct postfix_service *services =
		postfix_services(check->postfix, &count);

	for (size_t i = 0; i < count; i++) {
		if (&services[i] != egress &&
			(postfix_service_is(&services[i], "inet", "smtpd") ||
				postfix_service_is(
					&services[i], "pass", "smtpd")) &&
			has_us(check,
				postfix_service_value(check->postfix,
					&services[i], "smtpd_milters")))
			with++;
	}
	if (with > 0) {
		checkup_add_fine(check->checkup, "intake",
			"%zu smtpd listeners show their mail", with);
		return;
	}
	checkup_add(check->checkup,
		&(struct remedy){
			CHECKUP_WRONG, "intake", "forwarden attach --intake"},
		"no smtpd asks Forwarden: what was delivered to a mailbox is "
		"not known, and rules of Exchange, Gmail and mail programs "
		"are not seen");
}

static void
check_non_smtpd(const struct postfix_check *check)
{
	if (has_us(check, postfix_value(check->postfix, "non_smtpd_milters"))) {
		checkup_add_fine(check->checkup, "sendmail(1)",
			"its mail is shown as well");
		return;
	}
	checkup_add(check->checkup,
		&(struct remedy){CHECKUP_NOTE, "sendmail(1)",
			"forwarden attach --non-smtpd"},
		"mail of sendmail(1) (Sieve, procmail, cron) is seen at the "
		"egress at best");
}

/* What the MTA does while the filter is away: a setting of our element in
 * braces, or the general one. */
static struct slice
action_while_away(const struct postfix_check *check)
{
	static const char key[] = "default_action=";
	struct slice ours, part;

	if (find_us(check, postfix_value(check->postfix, "smtpd_milters"),
		    &ours)) {
		while (postfix_next(&ours, &part)) {
			if (slice_starts_fold(part, slice_of(key))) {
				return slice_sub(
					part, sizeof(key) - 1, part.len);
			}
		}
	}
	return postfix_value(check->postfix, "milter_default_action");
}

static void
check_away(const struct postfix_check *check)
{
	struct slice action = action_while_away(check);
	bool enforces = check->enforces;

	if (slice_equal_fold(action, SLICE("reject"))) {
		checkup_add(check->checkup,
			&(struct remedy){CHECKUP_WRONG, "away",
				"postconf -e milter_default_action=tempfail"},
			"while Forwarden is away mail is refused for good");
		return;
	}
	if (enforces && slice_equal_fold(action, SLICE("accept"))) {
		checkup_add(check->checkup,
			&(struct remedy){CHECKUP_NOTE, "away",
				"default_action=tempfail, where nothing may "
				"leave unseen"},
			"while Forwarden is away mail passes unseen");
		return;
	}
	checkup_add_fine(check->checkup, "away",
		"while Forwarden is away: %.*s", SLICE_ARG(action));
}

/* Whoever reaches the socket may tell of mail that never was. */
static void
check_reach(const struct postfix_check *check)
{
	bool local = socket_name_is_local(check->listen);

	checkup_add(check->checkup,
		&(struct remedy){local ? CHECKUP_NOTE : CHECKUP_WRONG, "socket",
			"listen: on a unix socket for the MTA's group "
			"(docs/attach.md)"},
		local ? "every user of this machine may speak to it as an MTA"
		      : "the network may speak to it as an MTA");
}

/* A unix socket that a chrooted smtpd cannot find. */
static void
check_chroot(const struct postfix_check *check)
{
	struct slice queue = postfix_value(check->postfix, "queue_directory");
	size_t count;
	const struct postfix_service *services =
		postfix_services(check->postfix, &count);
	const char *path = check->listen->path;
	bool inside = strlen(path) > queue.len &&
		memcmp(path, queue.p, queue.len) == 0;

	if (check->listen->family != SOCKET_NAME_UNIX) {
		check_reach(check);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (!services[i].chroot || inside ||
			!postfix_service_is(&services[i], "inet", "smtpd"))
			continue;
		checkup_add(check->checkup,
			&(struct remedy){CHECKUP_WRONG, "socket",
				"listen: on a path below the queue directory "
				"(forwarden attach names one)"},
			"the smtpd of %.*s is chrooted to %.*s and cannot "
			"reach %s",
			SLICE_ARG(services[i].name), SLICE_ARG(queue), path);
		return;
	}
	checkup_add_fine(
		check->checkup, "socket", "%s can be reached from smtpd", path);
}

void
postfix_check(const struct postfix_check *check)
{
	check_intake(check);
	check_non_smtpd(check);
	check_egress(check);
	check_away(check);
	check_chroot(check);
}
