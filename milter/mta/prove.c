/* SPDX-License-Identifier: BSD-2-Clause */
/* Probes of a real Postfix, and what became of them. */
#include "mta/prove.h"

#include "base/clock.h"
#include "mta/dialogue.h"
#include "mta/postfix_control.h"
#include "mta/probe.h"
#include "mta/queue.h"
#include "mta/route.h"
#include "mta/sink.h"
#include "mta/smtp_client.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define ALIVE_SECONDS 20
#define DIALOGUE_SECONDS 15
#define ARRIVAL_SECONDS 20
#define SEEN_SECONDS 2
#define HEARD_SECONDS 10
#define LOOK_MS 50
#define TEXT_BYTES 1024
#define PROBES_MOST 200

static bool
pause_until(const struct prove *prove, int64_t until_ms)
{
	const struct timespec pause = {0, LOOK_MS * 1000000L};

	(void)nanosleep(&pause, NULL);
	return clock_monotonic_ms() < until_ms &&
		attach_help_goes_on(prove->help, NULL);
}

static int64_t
seconds_from_now(int64_t seconds)
{
	return clock_monotonic_ms() + seconds * 1000;
}

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

/* The listener must be ours, not somebody else's on the same port. */
static bool
egress_greets(const struct prove *prove, struct err *err)
{
	char name[300];
	struct smtp_client *client = smtp_client_open(
		RECIPE_HOST, prove->wish->port, DIALOGUE_SECONDS, err);

	if (client == NULL)
		return false;
	(void)snprintf(name, sizeof(name), "egress.%.*s",
		SLICE_ARG(postfix_value(prove->postfix, "myhostname")));
	bool ours = strstr(smtp_client_reply(client), name) != NULL;
	if (!ours) {
		(void)err_set(err, ERR_INVALID,
			"%s:%u is answered by another: \"%s\"", RECIPE_HOST,
			(unsigned)prove->wish->port, smtp_client_reply(client));
	}
	smtp_client_close(client);
	return ours;
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
	int64_t until = seconds_from_now(ALIVE_SECONDS);

	do {
		if (!postfix_control_is_running(
			    postfix_directory(prove->postfix)))
			return err_set(err, ERR_DOWN,
				"Postfix has ended (its log says why)");
		if (all_greet(prove, err))
			return true;
	} while (pause_until(prove, until));
	return false;
}

/* Waits for the daemon to have it. */
static bool
await_seen(const struct prove *prove, const char *word, struct slice listener,
	bool *seen, struct err *err)
{
	int64_t until = seconds_from_now(SEEN_SECONDS);

	do {
		if (!prove->help->ask(
			    prove->help->ctx, word, listener, seen, err))
			return false;
	} while (!*seen && pause_until(prove, until));
	return true;
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
	int64_t until = seconds_from_now(HEARD_SECONDS);
	bool seen = false;

	do {
		if (!dialogue_is_heard(prove->help, &dialogue, &seen, err)) {
			attach_say(prove->help, "not proved: %.*s: %s",
				SLICE_ARG(listener->service->name), err->text);
			return attach_help_is_up(prove->help, err);
		}
	} while (!seen && pause_until(prove, until));
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

struct probe {
	char word[PROBE_WORD_BYTES];
	char recipient[300];
	char text[TEXT_BYTES];
};

static bool
probe_init(struct probe *probe, const char *domain, struct err *err)
{
	if (!probe_new_word(probe->word))
		return err_set(err, ERR_SYSTEM, "no random numbers");
	(void)snprintf(probe->recipient, sizeof(probe->recipient), "%s@%s",
		probe->word, domain);
	(void)snprintf(probe->text, sizeof(probe->text),
		"From: MAILER-DAEMON\nTo: %s\nSubject: probe\n"
		"Message-ID: <%s@" PROBE_DOMAIN ">\n"
		"Auto-Submitted: auto-generated\n\n"
		"A probe of `forwarden attach`. It may be deleted.\n",
		probe->recipient, probe->word);
	return true;
}

/* Until it is held. err: where it is instead. */
static bool
await_held(const struct prove *prove, const struct probe *probe,
	struct queued *found, struct err *err)
{
	const char *directory = postfix_directory(prove->postfix);
	int64_t until = seconds_from_now(ARRIVAL_SECONDS);
	bool is_there = false;

	do {
		*found = (struct queued){0};
		is_there = queue_find(directory, probe->recipient, found);
		if (is_there && strcmp(found->queue, "hold") == 0)
			return true;
	} while (strcmp(found->queue, "deferred") != 0 &&
		pause_until(prove, until));
	if (!is_there) {
		return err_set(err, ERR_INVALID,
			"the probe is not in the queue: it met no listener "
			"that holds it");
	}
	return err_set(err, ERR_INVALID, "the probe is stuck in %s: %s",
		found->queue,
		found->reason[0] != '\0' ? found->reason
					 : "it waits, and nothing is said");
}

static bool
check_filter(const struct prove *prove, const struct queued *found,
	const struct way *way, struct err *err)
{
	struct buf filter = {0};
	bool good = false;

	if (!queue_content_filter(
		    postfix_directory(prove->postfix), found->id, &filter)) {
		(void)err_set(err, ERR_INVALID,
			"the probe has no way on: it would come round again "
			"and again");
	} else if (!slice_equal(buf_slice(&filter), slice_of(way->filter))) {
		(void)err_set(err, ERR_INVALID,
			"the probe of <%s> would leave by \"%.*s\", and "
			"without Forwarden by \"%s\"",
			way->sender, SLICE_ARG(buf_slice(&filter)),
			way->filter);
	} else {
		good = true;
	}
	buf_fini(&filter);
	return good;
}

static bool
check_seen(const struct prove *prove, const struct probe *probe,
	struct slice listener, struct err *err)
{
	bool seen = false;

	if (!await_seen(prove, probe->word, listener, &seen, err))
		return false;
	return seen ||
		err_set(err, ERR_INVALID,
			"the probe came through and the daemon has not seen "
			"it under the name %.*s",
			SLICE_ARG(listener));
}

static bool
check_probe(const struct prove *prove, const struct probe *probe,
	const struct way *way, struct err *err)
{
	struct queued found;

	if (!await_held(prove, probe, &found, err))
		return false;
	bool good = check_filter(prove, &found, way, err) &&
		check_seen(prove, probe, SLICE(RECIPE_DAEMON), err);
	queue_delete(postfix_directory(prove->postfix), found.id);
	return good;
}

/* By an entry of transport_maps. */
static bool
is_routed(const struct way *way)
{
	return way->domain[0] != '\0';
}

static bool
hand_in(const struct prove *prove, const struct probe *probe,
	const struct way *way, struct err *err)
{
	/* Known by the sender where the recipient is a stranger's. */
	const struct smtp_letter letter = {
		is_routed(way) ? "forwarden-probe@" PROBE_DOMAIN : way->sender,
		probe->recipient, slice_of(probe->text)};
	struct smtp_client *client = smtp_client_open(
		RECIPE_HOST, prove->wish->port, DIALOGUE_SECONDS, err);

	if (client == NULL)
		return false;
	bool done = smtp_client_say(client, "EHLO " PROBE_DOMAIN, 250, err) &&
		smtp_client_send(client, &letter, err);
	smtp_client_close(client);
	return done ? true : err_wrap(err, "the listener");
}

bool
prove_listener(const struct prove *prove, struct err *err)
{
	struct probe probe;

	for (size_t i = 0; i < prove->way_count; i++) {
		const struct way *way = &prove->ways[i];
		bool routed = is_routed(way);
		if (!probe_init(
			    &probe, routed ? way->domain : PROBE_DOMAIN, err) ||
			!hand_in(prove, &probe, way, err) ||
			!check_probe(prove, &probe, way, err))
			return false;
		attach_say(prove->help,
			"proved: mail %s <%s> is seen and leaves by %s",
			routed ? "for" : "of",
			routed ? way->domain : way->sender, way->filter);
	}
	return true;
}

/* Until the daemon has heard of it from the listener. */
static bool
await_asked(
	const struct prove *prove, const struct probe *probe, struct err *err)
{
	int64_t until = seconds_from_now(ARRIVAL_SECONDS);
	bool seen = false;

	do {
		if (!await_seen(prove, probe->word, SLICE(RECIPE_DAEMON), &seen,
			    err))
			return false;
	} while (!seen && pause_until(prove, until));
	return check_seen(prove, probe, SLICE(RECIPE_DAEMON), err);
}

/*
 * Postfix is told to verify an address there (sendmail -bv): its client asks
 * for it and goes, and no mail is sent. Who comes to the listener for that is
 * known by the sender. The report goes to him, and so is held.
 */
static bool
prove_route(const struct prove *prove, const char *domain, struct err *err)
{
	const char *directory = postfix_directory(prove->postfix);
	struct probe report;
	char recipient[300];

	if (!probe_init(&report, PROBE_DOMAIN, err))
		return false;
	(void)snprintf(
		recipient, sizeof(recipient), "forwarden-probe@%s", domain);
	if (!postfix_control_verify(
		    directory, report.recipient, recipient, err) ||
		!await_asked(prove, &report, err) ||
		!check_probe(prove, &report, &prove->ways[0], err))
		return err_wrap(err, "mail for %s", domain);
	return true;
}

/* Of mail for anybody as well, before any is sent: by a wildcard it would
 * leave. */
static bool
prove_routes(const struct prove *prove, struct err *err)
{
	if (prove->wish->outside != NULL &&
		!prove_route(prove, PROBE_DOMAIN, err))
		return false;
	for (size_t i = 0; i < prove->way_count; i++) {
		const struct way *way = &prove->ways[i];
		if (!is_routed(way))
			continue;
		if (!prove_route(prove, way->domain, err))
			return false;
		attach_say(prove->help,
			"proved: mail for <%s> is led to the listener",
			way->domain);
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
	int64_t until = seconds_from_now(HEARD_SECONDS);
	struct probe probe;

	do {
		if (!probe_init(&probe, PROBE_DOMAIN, err))
			return false;
		const struct postfix_letter letter = {
			"", recipient, slice_of(probe.text)};
		if (!postfix_control_submit(
			    postfix_directory(prove->postfix), &letter, err) ||
			!await_seen(prove, probe.word, listener, seen, err))
			return false;
	} while (!*seen && pause_until(prove, until));
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
	struct probe probe;

	if ((prove->wish->parts & RECIPE_EGRESS) == 0)
		return prove_submission(prove, err);
	if (!prove_routes(prove, err) || !probe_init(&probe, PROBE_DOMAIN, err))
		return false;
	const struct postfix_letter letter = {
		way->sender, probe.recipient, slice_of(probe.text)};
	if (!postfix_control_submit(directory, &letter, err) ||
		!check_probe(prove, &probe, way, err))
		return false;
	attach_say(prove->help, "proved: what leaves is led to the listener");
	if ((prove->wish->parts & RECIPE_NON_SMTPD) == 0)
		return true;
	if (!check_seen(prove, &probe,
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
		if (!queue_find(directory, "@" PROBE_DOMAIN, &found))
			break;
		queue_delete(directory, found.id);
	}
}
