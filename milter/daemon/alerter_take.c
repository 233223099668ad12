/* SPDX-License-Identifier: BSD-2-Clause */
/* Events taken in, throttled, and made into notices. */
#include "base/clock.h"
#include "base/log.h"
#include "daemon/alerter_state.h"
#include "verdict/event.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define PACKETS_AT_ONCE 256
/* Whoever asks for tests is no reason to call somebody all the time. */
#define TEST_PAUSE_MS 1000

static struct notice *
make_notice(const struct alert *alert, struct slice json)
{
	struct notice *notice = notice_new();

	if (notice == NULL)
		return NULL;
	notice->test = alert_test_number(alert);
	notice->weight = alert->weight;
	buf_add(&notice->json, json);
	buf_add_byte(&notice->json, '\n');
	alert_line(alert, &notice->line);
	if (buf_ok(&notice->json) && buf_ok(&notice->line))
		return notice;
	notice_unref(notice);
	return NULL;
}

static void
send_json(struct alerter *alerter, const struct alert *alert, struct slice json)
{
	struct notice *notice = make_notice(alert, json);

	if (notice != NULL) {
		alerter_send(alerter, notice);
	} else {
		alerter_count(alerter, ALERT_DROPPED);
	}
	notice_unref(notice);
}

static void
refuse_test(struct alerter *alerter, unsigned number)
{
	for (int i = 0; i < ALERT_WAY_COUNT; i++) {
		struct alert_board_way *way = &alerter->board->ways[i];

		way->test_why = alert_why(ALERT_CAUSE_SOON, 0);
		way->tested = number;
	}
}

static bool
may_test(struct alerter *alerter, int64_t now_ms, unsigned number)
{
	if (alerter->tested_ms == 0 ||
		now_ms >= alerter->tested_ms + TEST_PAUSE_MS) {
		alerter->tested_ms = now_ms;
		return true;
	}
	refuse_test(alerter, number);
	return false;
}

static void
take_alert(
	struct alerter *alerter, const struct alert *alert, struct slice json)
{
	int64_t now_ms = clock_monotonic_ms();
	struct throttle_subject subject =
		alert_subject(alert, clock_now_ms(clock_real()));

	if (alert->test) {
		if (may_test(alerter, now_ms, alert_test_number(alert)))
			send_json(alerter, alert, json);
		return;
	}
	alerter_take_summaries(alerter, now_ms);
	if (throttle_pass(alerter->throttle, now_ms, &subject)) {
		send_json(alerter, alert, json);
	} else {
		alerter_count(alerter, ALERT_HELD_BACK);
	}
}

static void
take_packet(struct alerter *alerter, struct slice json)
{
	struct alert alert;
	struct err err = {0};

	if (!alert_read(json, &alert, &err)) {
		log_write(LOG_LEVEL_ERROR, "alerts: %s", err.text);
		alerter_count(alerter, ALERT_DROPPED);
		return;
	}
	take_alert(alerter, &alert, json);
	alert_fini(&alert);
}

/* False: there is none now. */
static bool
receive(struct alerter *alerter)
{
	static char packet[EVENT_BYTES_MAX + 1];
	ssize_t got;

	do {
		got = recv(
			alerter->alerts, packet, sizeof(packet), MSG_DONTWAIT);
	} while (got < 0 && errno == EINTR);
	if (got > 0 && (size_t)got <= EVENT_BYTES_MAX) {
		take_packet(alerter, (struct slice){packet, (size_t)got});
	} else if (got > 0) {
		alerter_count(alerter, ALERT_DROPPED);
	} else if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) {
		/* Nobody is left who could put one there. */
		(void)close(alerter->alerts);
		alerter->alerts = -1;
	}
	return got > 0;
}

void
alerter_take(struct alerter *alerter)
{
	size_t count = 0;

	while (alerter->alerts >= 0 &&
		(alerter->ending || count++ < PACKETS_AT_ONCE)) {
		if (!receive(alerter))
			return;
	}
}

static void
send_summary(struct alerter *alerter, const struct throttle_summary *summary)
{
	struct buf json = {0};
	struct err err = {0};
	struct alert alert;

	if (alert_write_summary(summary, alerter->config->host,
		    clock_now_ms(clock_real()), &json) &&
		alert_read(buf_slice(&json), &alert, &err)) {
		send_json(alerter, &alert, buf_slice(&json));
		alert_fini(&alert);
	} else {
		alerter_count(alerter, ALERT_DROPPED);
	}
	buf_fini(&json);
}

void
alerter_take_summaries(struct alerter *alerter, int64_t now_ms)
{
	struct throttle_summary summary;

	while (throttle_due(alerter->throttle, now_ms, &summary))
		send_summary(alerter, &summary);
	if (alerter->ending && throttle_flush(alerter->throttle, &summary))
		send_summary(alerter, &summary);
}
