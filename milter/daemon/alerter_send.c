/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What goes out, by a table of ways. A way begins a letter and says at once
 * that it failed, or later how it ended; the rest (tries, counters, what is
 * said in the log) is the same for all.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "daemon/alert_syslog.h"
#include "daemon/alerter_state.h"
#include "daemon/alerts.h"

#define OUTBOX_BYTES (16UL * 1024 * 1024)
#define SAY_AGAIN_MS 60000
#define HTTP_OK 200
#define HTTP_REDIRECT 300
#define HTTP_TIMEOUT 408
#define HTTP_TOO_MANY 429
#define HTTP_SERVER_ERROR 500

enum begun {
	BEGUN, /* how it ended is told later */
	BEGUN_SENT,
	BEGUN_FAILED
};

static enum begun
begin_command(struct alerter *alerter, struct letter *letter, unsigned *why)
{
	const struct config_alerts *config = &alerter->config->alerts;
	const struct alert_command_options options = {
		.words = config->command.at,
		.count = config->command.count,
		.host = alerter->config->host,
		.time_ms = config->command_time,
	};

	return alert_command_begin(&alerter->commands, &options,
		       buf_slice(&letter->notice->json), letter, why)
		? BEGUN
		: BEGUN_FAILED;
}

static enum begun
begin_syslog(struct alerter *alerter, struct letter *letter, unsigned *why)
{
	const struct config_alerts *config = &alerter->config->alerts;
	int facility;

	return alert_syslog_facility(config->syslog, &facility, NULL) &&
			alert_syslog_send(config->syslog_socket, facility,
				letter->notice->weight,
				buf_slice(&letter->notice->line), why)
		? BEGUN_SENT
		: BEGUN_FAILED;
}

static enum begun
begin_webhook(struct alerter *alerter, struct letter *letter, unsigned *why)
{
	const struct config_alerts *config = &alerter->config->alerts;
	const struct webhook_options options = {
		.url = config->webhook,
		.headers = config->webhook_headers.at,
		.header_count = config->webhook_headers.count,
		.token = config->webhook_token,
		.ca = config->webhook_ca,
		.proxy = config->webhook_proxy,
		.time_ms = (long)config->webhook_time,
	};
	struct err err = {0};

	*why = alert_why(ALERT_CAUSE_NO_ROOM, 0);
	if (alerter->webhook == NULL)
		alerter->webhook = webhook_new(&err);
	if (alerter->webhook != NULL &&
		webhook_begin(alerter->webhook, &options,
			buf_slice(&letter->notice->json), letter, &err))
		return BEGUN;
	log_write(LOG_LEVEL_ERROR, "alerts.webhook: %s", err.text);
	return BEGUN_FAILED;
}

static const struct way {
	enum begun (*begin)(struct alerter *, struct letter *, unsigned *why);
	bool again; /* may a failure go away by itself? */
} ways[ALERT_WAY_COUNT] = {
	[ALERT_COMMAND] = {begin_command, false},
	[ALERT_SYSLOG] = {begin_syslog, true},
	[ALERT_WEBHOOK] = {begin_webhook, true},
};

bool
alerter_wants(const struct alerter *alerter, enum alert_way way)
{
	bool wanted[ALERT_WAY_COUNT];

	alerts_ways(&alerter->config->alerts, wanted);
	return wanted[way];
}

void
alerter_send_open(struct alerter *alerter)
{
	const struct config_alerts *config = &alerter->config->alerts;

	for (int i = 0; i < ALERT_WAY_COUNT; i++) {
		const struct outbox_options options = {
			.most = (size_t)config->queue,
			.bytes = OUTBOX_BYTES,
			.at_once = (unsigned)(i == ALERT_COMMAND
					? config->command_jobs
					: config->webhook_jobs),
			.tries = (unsigned)config->webhook_tries,
			.patience_ms = config->webhook_patience,
		};

		if (alerter->boxes[i].tail == NULL) {
			outbox_init(&alerter->boxes[i], &options);
		} else {
			alerter->boxes[i].options = options;
		}
	}
}

static void
tell_test(struct alerter *alerter, enum alert_way way,
	const struct notice *notice, unsigned why)
{
	if (notice->test > 0) {
		alerter->board->ways[way].test_why = why;
		alerter->board->ways[way].tested = notice->test;
	}
}

static void
count(struct alerter *alerter, enum alert_way way, enum alert_result result)
{
	alerter->board->ways[way].results[result]++;
	alerter->board->ways[way].queued = (unsigned)alerter->boxes[way].count;
}

void
alerter_count(struct alerter *alerter, enum alert_result result)
{
	for (int i = 0; i < ALERT_WAY_COUNT; i++) {
		if (alerter_wants(alerter, (enum alert_way)i))
			count(alerter, (enum alert_way)i, result);
	}
}

/* Once a minute a way, with how many it was meanwhile. */
static void
say_loss(struct alerter *alerter, enum alert_way way, unsigned why,
	const char *said)
{
	int64_t now_ms = clock_monotonic_ms();
	char text[ALERT_WHY_BYTES];

	alerter->unsaid[way]++;
	if (alerter->said_ms[way] != 0 &&
		now_ms < alerter->said_ms[way] + SAY_AGAIN_MS)
		return;
	alert_why_text(why, text);
	log_write(LOG_LEVEL_ERROR, "alerts.%s: %llu could not be sent: %s%s%s",
		alert_way_name(way), alerter->unsaid[way], text,
		*said != '\0' ? ": " : "", said);
	alerter->said_ms[way] = now_ms;
	alerter->unsaid[way] = 0;
}

void
alerter_send(struct alerter *alerter, struct notice *notice)
{
	int64_t now_ms = clock_monotonic_ms();
	unsigned why = alert_why(ALERT_CAUSE_NO_ROOM, 0);

	for (int i = 0; i < ALERT_WAY_COUNT; i++) {
		enum alert_way way = (enum alert_way)i;

		if (!alerter_wants(alerter, way))
			continue;
		if (outbox_put(&alerter->boxes[i], notice, now_ms)) {
			alerter->board->ways[i].queued =
				(unsigned)alerter->boxes[i].count;
			continue;
		}
		count(alerter, way, ALERT_DROPPED);
		tell_test(alerter, way, notice, why);
		say_loss(alerter, way, why, "");
	}
}

static bool
is_passing(unsigned why)
{
	unsigned status = why & ((1U << ALERT_CAUSE_BITS) - 1);

	return why >> ALERT_CAUSE_BITS != ALERT_CAUSE_HTTP ||
		status == HTTP_TIMEOUT || status == HTTP_TOO_MANY ||
		status >= HTTP_SERVER_ERROR;
}

static void
note_failing(struct alert_board_way *way, unsigned why)
{
	if (why == 0)
		way->failing_ms = 0;
	else if (way->why == 0)
		way->failing_ms = clock_now_ms(clock_real());
	way->why = why;
}

/* said: what a command wrote, or "". */
static void
finish(struct alerter *alerter, enum alert_way way, struct letter *letter,
	unsigned why, const char *said)
{
	struct outbox *box = &alerter->boxes[way];
	unsigned chance = 0;

	note_failing(&alerter->board->ways[way], why);
	(void)random_fill(&chance, sizeof(chance));
	if (why != 0 && ways[way].again && is_passing(why) &&
		outbox_again(box, letter, clock_monotonic_ms(), chance))
		return;
	tell_test(alerter, way, letter->notice, why);
	outbox_end(box, letter);
	count(alerter, way, why == 0 ? ALERT_SENT : ALERT_FAILED);
	if (why != 0)
		say_loss(alerter, way, why, said);
}

static void
begin_due(struct alerter *alerter, enum alert_way way, int64_t now_ms)
{
	struct letter *letter;
	unsigned why = 0;

	while ((letter = outbox_begin(&alerter->boxes[way], now_ms)) != NULL) {
		switch (ways[way].begin(alerter, letter, &why)) {
		case BEGUN:
			break;
		case BEGUN_SENT:
			finish(alerter, way, letter, 0, "");
			break;
		case BEGUN_FAILED:
			finish(alerter, way, letter, why, "");
			break;
		}
	}
}

static void
end_commands(struct alerter *alerter, int64_t now_ms)
{
	char said[ALERT_SAID_BYTES];
	struct letter *letter;
	unsigned why = 0;

	alert_command_step(&alerter->commands, now_ms);
	while ((letter = alert_command_ended(&alerter->commands, &why, said)) !=
		NULL)
		finish(alerter, ALERT_COMMAND, letter, why, said);
}

static unsigned
why_of(const struct webhook_outcome *outcome)
{
	if (outcome->status >= HTTP_OK && outcome->status < HTTP_REDIRECT)
		return 0;
	return outcome->status > 0
		? alert_why(ALERT_CAUSE_HTTP, outcome->status)
		: alert_why(ALERT_CAUSE_CURL, outcome->error);
}

static void
end_posts(struct alerter *alerter)
{
	struct webhook_outcome outcome;
	struct letter *letter;

	while (alerter->webhook != NULL &&
		(letter = webhook_ended(alerter->webhook, &outcome)) != NULL)
		finish(alerter, ALERT_WEBHOOK, letter, why_of(&outcome), "");
}

/* A way that is not wanted any more lets go of what waits. */
static void
drop_unwanted(struct alerter *alerter, enum alert_way way)
{
	struct outbox *box = &alerter->boxes[way];
	struct letter *next;

	if (alerter_wants(alerter, way) || box->count == 0)
		return;
	for (struct letter *letter = box->head; letter != NULL; letter = next) {
		next = letter->next;
		if (letter->under_way)
			continue;
		outbox_end(box, letter);
		count(alerter, way, ALERT_DROPPED);
	}
}

void
alerter_send_step(struct alerter *alerter, int64_t now_ms)
{
	end_commands(alerter, now_ms);
	end_posts(alerter);
	for (int i = 0; i < ALERT_WAY_COUNT; i++) {
		drop_unwanted(alerter, (enum alert_way)i);
		begin_due(alerter, (enum alert_way)i, now_ms);
	}
}

int64_t
alerter_send_next_ms(const struct alerter *alerter)
{
	int64_t next = alert_command_next_ms(&alerter->commands);

	for (int i = 0; i < ALERT_WAY_COUNT; i++) {
		int64_t due = outbox_next_ms(&alerter->boxes[i]);

		if (due < next)
			next = due;
	}
	return next;
}

size_t
alerter_send_left(const struct alerter *alerter)
{
	size_t left = 0;

	for (int i = 0; i < ALERT_WAY_COUNT; i++)
		left += alerter->boxes[i].count;
	return left;
}

void
alerter_send_close(struct alerter *alerter)
{
	size_t left = alerter_send_left(alerter);

	alert_command_kill(&alerter->commands);
	for (int i = 0; i < ALERT_WAY_COUNT; i++) {
		while (alerter->boxes[i].head != NULL) {
			outbox_end(&alerter->boxes[i], alerter->boxes[i].head);
			count(alerter, (enum alert_way)i, ALERT_DROPPED);
		}
	}
	if (left > 0) {
		log_write(LOG_LEVEL_ERROR,
			"alerts: %zu could not be sent before the end, and "
			"are lost",
			left);
	}
}
