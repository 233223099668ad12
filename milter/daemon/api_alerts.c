/* SPDX-License-Identifier: BSD-2-Clause */
/* What becomes of alerts, and one that is sent to see whether it arrives. */
#include "daemon/api_alerts.h"

#include "daemon/alerts.h"
#include "daemon/exchange.h"
#include "daemon/webhook.h"

static const struct config_alerts *
settings(const struct generation *generation)
{
	return &generation->config->alerts;
}

static bool
is_wanted(const struct config_alerts *alerts, enum alert_way way)
{
	bool wanted[ALERT_WAY_COUNT];

	alerts_ways(alerts, wanted);
	return wanted[way];
}

/* Where it goes, without what may be secret. */
static void
add_target(struct json *json, const struct config_alerts *alerts,
	enum alert_way way)
{
	struct buf text = {0};

	if (way == ALERT_WEBHOOK) {
		webhook_mask(alerts->webhook, &text);
	} else if (way == ALERT_COMMAND) {
		buf_add(&text, alerts->command.at[0]);
	} else {
		buf_puts(&text, alerts->syslog);
	}
	if (buf_ok(&text))
		json_set_text(json, "to", buf_slice(&text));
	buf_fini(&text);
}

static void
add_why(struct json *json, const char *key, unsigned why)
{
	char text[ALERT_WHY_BYTES];

	alert_why_text(why, text);
	if (text[0] != '\0')
		json_set_text(json, key, slice_of(text));
}

static struct json *
json_of_way(const struct alert_board_way *way)
{
	struct json *json = json_map();

	for (int i = 0; i < ALERT_RESULT_COUNT; i++) {
		json_set_number(json, alert_result_name((enum alert_result)i),
			(long long)way->results[i]);
	}
	json_set_number(json, "queued", way->queued);
	json_set_time(json, "failing_since", way->failing_ms);
	add_why(json, "why", way->why);
	json_set_number(json, "tested", way->tested);
	add_why(json, "test_why", way->test_why);
	return json;
}

struct json *
api_alerts_json(const struct generation *generation)
{
	const struct alert_board *board = alerts_board();
	const struct config_alerts *alerts = settings(generation);
	struct json *all = json_list();

	for (int i = 0; board != NULL && i < ALERT_WAY_COUNT; i++) {
		enum alert_way way = (enum alert_way)i;
		struct json *json;

		if (!is_wanted(alerts, way))
			continue;
		json = json_of_way(&board->ways[i]);
		json_set_text(json, "by", slice_of(alert_way_name(way)));
		add_target(json, alerts, way);
		json_add_take(all, json);
	}
	return all;
}

void
api_alerts(struct exchange *exchange)
{
	const struct generation *generation =
		generation_slot_get(exchange->api->slot);
	const struct alert_board *board = alerts_board();
	struct json *json = json_map();

	json_set_take(json, "alerts", api_alerts_json(generation));
	json_set_number(
		json, "alerter", board != NULL ? (long long)board->pid : 0);
	/* As long as one of each way may take. */
	json_set_number(json, "patience_ms",
		settings(generation)->webhook_time +
			settings(generation)->command_time);
	generation_unref(generation);
	exchange_json_take(exchange, json);
}

void
api_alerts_test(struct exchange *exchange)
{
	const struct generation *generation =
		generation_slot_get(exchange->api->slot);
	bool on = alerts_are_on(settings(generation));
	unsigned number = on ? alerts_test(generation->config->host) : 0;
	struct json *json;

	generation_unref(generation);
	if (number == 0) {
		exchange_error(exchange, on ? 503 : 409,
			on ? "nobody is there to send it: alerts need a "
			     "supervisor that knows them (restart)"
			   : "no alerts are configured: give alerts.command, "
			     "alerts.syslog or alerts.webhook");
		return;
	}
	json = json_map();
	json_set_number(json, "test", number);
	exchange_json_take(exchange, json);
}

void
api_alerts_metrics(struct buf *out)
{
	static const struct alert_board none;
	const struct alert_board *board = alerts_board();

	if (board == NULL)
		board = &none;
	buf_puts(out,
		"# HELP forwarden_alerts_total Alerts, by the way they went "
		"and what became of them.\n"
		"# TYPE forwarden_alerts_total counter\n");
	for (int i = 0; i < ALERT_WAY_COUNT; i++) {
		for (int k = 0; k < ALERT_RESULT_COUNT; k++) {
			buf_printf(out,
				"forwarden_alerts_total{by=\"%s\",result="
				"\"%s\"} %llu\n",
				alert_way_name((enum alert_way)i),
				alert_result_name((enum alert_result)k),
				board->ways[i].results[k]);
		}
	}
	buf_puts(out,
		"# HELP forwarden_alerts_queued Alerts that wait to be sent.\n"
		"# TYPE forwarden_alerts_queued gauge\n");
	for (int i = 0; i < ALERT_WAY_COUNT; i++) {
		buf_printf(out, "forwarden_alerts_queued{by=\"%s\"} %u\n",
			alert_way_name((enum alert_way)i),
			board->ways[i].queued);
	}
}
