/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The daemon's own alerts: every trouble that `forwarden status` shows, a store
 * that is down, and a worker that died. Each is told when it comes and when
 * it goes. Whether it was told before is known here, so that a look costs
 * nothing while all is well.
 */
#include "daemon/worker_alerts.h"

#include "base/log.h"
#include "daemon/alerts.h"
#include "daemon/trouble.h"

#include <stdio.h>
#include <string.h>

/* Written by the one thread that looks. */
static struct {
	bool troubles[TROUBLE_COUNT], store, restart;
} told;

static void
tell(const struct alert_trouble *trouble, bool *was_told, const char *host)
{
	if (trouble->over == !*was_told)
		return;
	*was_told = !trouble->over;
	alerts_trouble(trouble, host);
}

static void
look_at_troubles(const char *host)
{
	char text[TROUBLE_TEXT_BYTES];
	int64_t since_ms;

	for (int i = 0; i < TROUBLE_COUNT; i++) {
		bool there = trouble_get((enum trouble)i, &since_ms, text);
		const struct alert_trouble trouble = {
			trouble_name((enum trouble)i),
			there ? slice_of(text) : SLICE("it is over"), !there};

		tell(&trouble, &told.troubles[i], host);
	}
}

static void
look_at_store(struct worker *worker, const char *host)
{
	struct store_health health = {0};
	struct buf text = {0};

	store_health(worker->store, &health);
	if (health.up) {
		buf_puts(&text, "the store answers again");
	} else {
		buf_puts(&text, "the store is down: ");
		buf_add_visible(&text, slice_of(health.reason));
	}
	tell(&(struct alert_trouble){"store-down", buf_slice(&text), health.up},
		&told.store, host);
	buf_fini(&text);
}

/* Whoever takes office after one that died says so, once. */
static void
look_at_restarts(struct worker *worker, const char *host)
{
	char text[80];

	if (worker->api.restarts == 0 || told.restart)
		return;
	(void)snprintf(text, sizeof(text),
		"a worker died and was replaced; %u since the start",
		worker->api.restarts);
	tell(&(struct alert_trouble){"worker-died", slice_of(text), false},
		&told.restart, host);
}

/* Counted all along; said at a look. */
static void
look_at_dropped(void)
{
	unsigned long long count = alerts_dropped();

	if (count > 0) {
		log_write(LOG_LEVEL_ERROR,
			"alerts: %llu found no room on their way to the "
			"alerter, and are lost",
			count);
	}
}

/* Somebody is not told: that is to be seen elsewhere. */
static void
look_at_alerts(const struct config_alerts *alerts)
{
	const struct alert_board *board = alerts_board();
	bool wanted[ALERT_WAY_COUNT];
	char why[ALERT_WHY_BYTES];
	struct buf text = {0};

	alerts_ways(alerts, wanted);
	for (int i = 0; board != NULL && i < ALERT_WAY_COUNT; i++) {
		unsigned number = board->ways[i].why;

		if (!wanted[i] || number == 0)
			continue;
		alert_why_text(number, why);
		buf_printf(&text, "%salerts.%s: %s", text.len > 0 ? "; " : "",
			alert_way_name((enum alert_way)i), why);
	}
	trouble_set(TROUBLE_ALERTS, "%s", text.len > 0 ? text.p : "");
	buf_fini(&text);
}

void
worker_alerts_look(struct worker *worker)
{
	const struct generation *generation = generation_slot_get(worker->slot);
	const char *host = generation->config->host;

	look_at_dropped();
	look_at_alerts(&generation->config->alerts);
	look_at_troubles(host);
	look_at_store(worker, host);
	look_at_restarts(worker, host);
	generation_unref(generation);
}
