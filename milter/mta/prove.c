/* SPDX-License-Identifier: BSD-2-Clause */
/* Probes of a real Postfix, and what became of them. */
#include "mta/prove.h"

#include "base/clock.h"
#include "mta/dialogue.h"
#include "mta/egress_greeting.h"
#include "mta/postfix_control.h"
#include "mta/prove_mail.h"
#include "mta/prove_route.h"
#include "mta/route.h"
#include "mta/sink.h"
#include "mta/smtp_client.h"

#include <stdio.h>
#include <string.h>

#define ALIVE_MS 20000
#define DIALOGUE_SECONDS 15
#define HEARD_MS 10000
#define PROBES_MOST 200

/* One that takes connections and says 220. */
static bool
greets(const char *host, uint16_t port, unsigned seconds, struct err *err)
{
	struct smtp_client *client = smtp_client_open(host, port, seconds, err);

	smtp_client_close(client);
	return client != NULL;
}

void
prove_prepare(struct prove *prove, struct buf *notes)
{
	struct err err;

	prove->listener_count =
		listeners_find(prove->postfix, prove->listeners);
	for (size_t i = 0; i < prove->listener_count; i++) {
		struct smtp_listener *listener = &prove->listeners[i];
		listener->greeted = listener->dialogue &&
			greets(listener->host, listener->port, DIALOGUE_SECONDS,
				&err);
	}
	if ((prove->wish->parts & RECIPE_EGRESS) == 0)
		return;
	prove->way_count = ways_find(prove->postfix, prove->ways, notes);
	prove->way_count = routes_add(prove->postfix, prove->wish->outside,
		prove->ways, prove->way_count, notes);
}

/* The listener must be ours, not somebody else's on the same port, and that
 * of after the reload. */
static bool
egress_greets(const struct prove *prove, struct err *err)
{
	enum egress_greeting greeting =
		egress_greeting_hear(prove->postfix, prove->wish->port, err);

	if (greeting == EGRESS_NONE)
		return false;
	return greeting == (prove->led ? EGRESS_LED : EGRESS_GREETS) ||
		err_set(err, ERR_INVALID,
			"the listener for mail that leaves is as it was "
			"before the reload");
}

static bool
all_greet(const struct prove *prove, struct err *err)
{
	for (size_t i = 0; i < prove->listener_count; i++) {
		const struct smtp_listener *listener = &prove->listeners[i];
		if (listener->greeted &&
			!greets(listener->host, listener->port,
				DIALOGUE_SECONDS, err))
			return false;
	}
	return (prove->wish->parts & RECIPE_EGRESS) == 0 ||
		egress_greets(prove, err);
}

bool
prove_alive(const struct prove *prove, struct err *err)
{
	int64_t until = clock_monotonic_ms() + ALIVE_MS;

	do {
		if (!postfix_control_is_running(
			    postfix_directory(prove->postfix)))
			return err_set(err, ERR_DOWN,
				"Postfix has ended (its log says why)");
		if (all_greet(prove, err))
			return true;
	} while (attach_help_pauses(prove->help, until));
	return false;
}

/* smtpd_milter_maps may leave out this machine and nobody else. */
static bool
is_left_out(const struct prove *prove)
{
	return postfix_value(prove->postfix, "smtpd_milter_maps").len > 0;
}

/* Right after a reload an smtpd of before may answer once more, so one that
 * is not heard is tried again. */
static bool
prove_one(const struct prove *prove, const struct smtp_listener *listener,
	struct err *err)
{
	const struct dialogue dialogue = {
		listener->host, listener->port, listener->daemon_name};
	int64_t until = clock_monotonic_ms() + HEARD_MS;
	bool seen = false;

	do {
		if (!dialogue_is_heard(prove->help, &dialogue, &seen, err)) {
			attach_say(prove->help, "not proved: %.*s: %s",
				SLICE_ARG(listener->service->name), err->text);
			return attach_help_is_up(prove->help, err);
		}
	} while (!seen && attach_help_pauses(prove->help, until));
	if (seen) {
		attach_say(prove->help, "proved: the daemon hears %.*s",
			SLICE_ARG(listener->service->name));
		return true;
	}
	if (is_left_out(prove)) {
		attach_say(prove->help,
			"not proved: smtpd_milter_maps lets %.*s ask nobody "
			"about clients of this machine",
			SLICE_ARG(listener->service->name));
		return true;
	}
	return err_set(err, ERR_INVALID,
		"the listener %.*s took a connection and the daemon knows "
		"nothing of it under the name %.*s",
		SLICE_ARG(listener->service->name),
		SLICE_ARG(listener->daemon_name));
}

bool
prove_intake(const struct prove *prove, struct err *err)
{
	if ((prove->wish->parts & RECIPE_INTAKE) == 0)
		return true;
	for (size_t i = 0; i < prove->listener_count; i++) {
		const struct smtp_listener *listener = &prove->listeners[i];
		if (listener->own_milters)
			continue;
		if (!listener->greeted) {
			attach_say(prove->help,
				"not proved: %.*s speaks no plain SMTP",
				SLICE_ARG(listener->service->name));
		} else if (!prove_one(prove, listener, err)) {
			return false;
		}
	}
	return true;
}

static bool
hand_in(const struct prove *prove, const struct prove_mail *mail,
	const struct way *way, struct err *err)
{
	const struct smtp_letter letter = {
		way_is_routed(way) ? mail->sender : way->sender,
		mail->recipient, slice_of(mail->text)};
	char line[sizeof("EHLO ") + PROBE_PLACE_BYTES];
	struct smtp_client *client = smtp_client_open(
		RECIPE_HOST, prove->wish->port, DIALOGUE_SECONDS, err);

	if (client == NULL)
		return false;
	(void)snprintf(line, sizeof(line), "EHLO %s", prove->wish->probes);
	bool done = smtp_client_say(client, line, 250, err) &&
		smtp_client_send(client, &letter, err);
	smtp_client_close(client);
	return done ? true : err_wrap(err, "the listener");
}

bool
prove_listener(const struct prove *prove, struct err *err)
{
	struct prove_mail mail;

	for (size_t i = 0; i < prove->way_count; i++) {
		const struct way *way = &prove->ways[i];
		bool routed = way_is_routed(way);
		if (!prove_mail_init(&mail,
			    routed ? way->to : prove->wish->probes, err) ||
			!hand_in(prove, &mail, way, err) ||
			!prove_mail_went(prove, &mail, way, err))
			return false;
		attach_say(prove->help,
			"proved: mail %s <%s> is seen and leaves by %s",
			routed ? "for" : "of", routed ? way->to : way->sender,
			way->filter);
	}
	return true;
}

/* Right after a reload a cleanup of before may take it once more. */
static bool
submit_until_seen(const struct prove *prove, const char *recipient, bool *seen,
	struct err *err)
{
	struct slice listener =
		postfix_value(prove->postfix, "milter_macro_daemon_name");
	int64_t until = clock_monotonic_ms() + HEARD_MS;
	struct prove_mail mail;

	do {
		if (!prove_mail_init(&mail, PROBE_DOMAIN, err))
			return false;
		const struct postfix_letter letter = {
			"", recipient, slice_of(mail.text)};
		if (!postfix_control_submit(
			    postfix_directory(prove->postfix), &letter, err) ||
			!prove_mail_await_seen(
				prove, mail.word, listener, seen, err))
			return false;
	} while (!*seen && attach_help_pauses(prove->help, until));
	return true;
}

/* Without the listener that holds a probe, Postfix itself discards it. */
static bool
prove_submission(const struct prove *prove, struct err *err)
{
	struct buf address = {0};
	bool seen = false;

	if ((prove->wish->parts & RECIPE_NON_SMTPD) == 0)
		return true;
	if (!sink_find(prove->postfix, &address)) {
		buf_fini(&address);
		attach_say(prove->help,
			"not proved: mail of sendmail(1); without --egress a "
			"copy of a probe of it would leave this machine");
		return true;
	}
	bool done = submit_until_seen(prove, buf_slice(&address).p, &seen, err);
	buf_fini(&address);
	if (done && !seen) {
		return err_set(err, ERR_INVALID,
			"mail of sendmail(1) was taken and the daemon has not "
			"seen it");
	}
	if (done)
		attach_say(prove->help, "proved: mail of sendmail(1) is seen");
	return done;
}

bool
prove_routing(const struct prove *prove, struct err *err)
{
	const char *directory = postfix_directory(prove->postfix);
	const struct way *way = &prove->ways[0];
	struct prove_mail mail;

	if ((prove->wish->parts & RECIPE_EGRESS) == 0)
		return prove_submission(prove, err);
	if (!prove_routes(prove, err) ||
		!prove_mail_init(&mail, prove->wish->probes, err))
		return false;
	const struct postfix_letter letter = {
		way->sender, mail.recipient, slice_of(mail.text)};
	if (!postfix_control_submit(directory, &letter, err) ||
		!prove_mail_went(prove, &mail, way, err))
		return false;
	attach_say(prove->help, "proved: what leaves is led to the listener");
	if ((prove->wish->parts & RECIPE_NON_SMTPD) == 0)
		return true;
	if (!prove_mail_is_seen(prove, &mail,
		    postfix_value(prove->postfix, "milter_macro_daemon_name"),
		    err))
		return err_wrap(err, "mail of sendmail(1)");
	attach_say(prove->help, "proved: mail of sendmail(1) is seen");
	return true;
}

void
prove_clean(const char *directory)
{
	struct queued found;

	for (size_t i = 0; i < PROBES_MOST; i++) {
		if (!queue_find(directory, PROBE_DOMAIN, &found))
			break;
		queue_delete(directory, found.id);
	}
}
