/* SPDX-License-Identifier: BSD-2-Clause */
/* How the daemon is: for probes, Prometheus and people. */
#include "base/clock.h"
#include "daemon/api_alerts.h"
#include "daemon/exchange.h"
#include "daemon/held_seen.h"
#include "daemon/milter.h"
#include "daemon/order.h"
#include "daemon/trouble.h"
#include "verdict/metrics.h"

#include <unistd.h>

#define TYPE_METRICS "text/plain; version=0.0.4; charset=utf-8"

void
api_healthz(struct exchange *exchange)
{
	exchange_text(exchange, 200, "ok\n");
}

static size_t
policies_in_use(const struct api *api)
{
	const struct generation *generation = generation_slot_get(api->slot);
	size_t count = sigma_program_rules(generation->program);

	generation_unref(generation);
	return count;
}

void
api_readyz(struct exchange *exchange)
{
	struct store_health health = {0};

	if (policies_in_use(exchange->api) == 0) {
		exchange_text(exchange, 503, "no policy is loaded\n");
		return;
	}
	store_health(exchange->api->store, &health);
	if (health.up) {
		exchange_text(exchange, 200, "ok\n");
		return;
	}
	/* Mail is judged all the same, by what memory knows. */
	exchange_text(exchange, 503, "store down: ");
	buf_add_visible(&exchange->answer->body, slice_of(health.reason));
	buf_puts(&exchange->answer->body, "\n");
}

/* A family of one that says something by its label. */
static void
write_build(struct buf *out)
{
	buf_puts(out,
		"# HELP forwarden_build_info The version of this worker.\n"
		"# TYPE forwarden_build_info gauge\n"
		"forwarden_build_info{version=\"" PACKAGE_VERSION "\"} 1\n");
}

static void
write_digest(struct buf *out, const struct generation *generation)
{
	buf_printf(out,
		"# HELP forwarden_policies_info The digest of all policies in "
		"use and of their lists.\n"
		"# TYPE forwarden_policies_info gauge\n"
		"forwarden_policies_info{digest=\"%s\"} 1\n",
		sigma_program_digest(generation->program));
}

struct own_metric {
	const char *name, *type, *help;
	unsigned long long value;
};

static void
write_rows(struct buf *out, const struct own_metric *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %llu\n",
			rows[i].name, rows[i].help, rows[i].name, rows[i].type,
			rows[i].name, rows[i].value);
	}
}

static void
write_worker(struct buf *out, const struct api *api)
{
	struct milter_load load = milter_load();
	const struct own_metric rows[] = {
		{"forwarden_sessions", "gauge", "Connections from MTAs.",
			load.sessions},
		{"forwarden_sessions_total", "counter",
			"Connections from MTAs since the start.",
			load.sessions_total},
		{"forwarden_sessions_refused_total", "counter",
			"Connections closed because there were too many.",
			load.refused_total},
		{"forwarden_unjudged_total", "counter",
			"Messages left to the MTA's default action for want "
			"of memory.",
			load.unjudged_total},
		{"forwarden_messages_under_way", "gauge",
			"Messages being taken in.", load.messages},
		{"forwarden_start_time_seconds", "gauge",
			"When this worker began, in seconds since 1970.",
			(unsigned long long)(api->started_ms / 1000)},
		{"forwarden_worker_restarts_total", "counter",
			"Workers in office that died, since the "
			"supervisor began.",
			api->restarts},
		{"forwarden_page_wrong_tokens_total", "counter",
			"Wrong tokens given at the operators' page.",
			api->wrong_tokens},
	};

	write_rows(out, rows, sizeof(rows) / sizeof(*rows));
}

/* No value before somebody looked, nor long after: none held, or as many as
 * then, is not what that means. When it was is told whatever it found. */
static void
write_held(struct buf *out, const struct api *api)
{
	struct held_look look = held_seen_get(api->held);
	int64_t age_ms = clock_now_ms(api->clock) - look.at_ms;
	const struct own_metric rows[] = {
		{"forwarden_held", "gauge",
			"Messages held by Forwarden, as `forwarden held` last "
			"saw them; none where that is over 15 minutes ago.",
			look.count},
		{"forwarden_held_oldest_timestamp_seconds", "gauge",
			"When the oldest of them came in; 0: none is held.",
			(unsigned long long)look.oldest_ms / 1000},
		{"forwarden_held_seen_timestamp_seconds", "gauge",
			"When `forwarden held` looked last.",
			(unsigned long long)look.at_ms / 1000},
		{"forwarden_held_look_age_seconds", "gauge",
			"How long ago that was.",
			(unsigned long long)(age_ms > 0 ? age_ms / 1000 : 0)},
	};
	size_t first = age_ms <= HELD_LOOK_MS ? 0 : 2;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", rows[i].name,
			rows[i].help, rows[i].name, rows[i].type);
		if (look.at_ms > 0 && i >= first) {
			buf_printf(
				out, "%s %llu\n", rows[i].name, rows[i].value);
		}
	}
}

/* As this process has heard of them: also while the store is down. */
static void
write_orders(struct buf *out, struct exchange *exchange)
{
	struct order_counts counts;
	struct own_metric allowed = {"forwarden_allowed", "gauge",
		"Pairs of mailbox and destination that an operator allows.", 0};

	order_count(exchange, &counts);
	buf_puts(out,
		"# HELP forwarden_contained What an operator contained, as "
		"this daemon has heard.\n"
		"# TYPE forwarden_contained gauge\n");
	for (size_t kind = 0; kind < ORDER_KINDS; kind++) {
		buf_printf(out, "forwarden_contained{what=\"%s\"} %llu\n",
			order_kind_name(kind), counts.contained[kind]);
	}
	allowed.value = counts.allowed;
	write_rows(out, &allowed, 1);
}

static void
write_generation(struct buf *out, const struct api *api,
	const struct generation *generation)
{
	const struct own_metric rows[] = {
		{"forwarden_enforces", "gauge",
			"1 in mode enforce, 0 in mode observe.",
			generation->judge.respond.mode == MODE_ENFORCE},
		{"forwarden_reloads_total", "counter", "Reloads carried out.",
			api->reloads},
		{"forwarden_reloads_refused_total", "counter",
			"Reloads refused for errors in files.",
			api->reloads_refused},
		{"forwarden_policies", "gauge",
			"Policies in use; without any nothing is found.",
			sigma_program_rules(generation->program)},
		{"forwarden_warnings", "gauge",
			"Warnings about the configuration and the policies in "
			"use.",
			generation->warnings},
	};

	write_rows(out, rows, sizeof(rows) / sizeof(*rows));
}

static void
write_troubles(struct buf *out)
{
	char text[TROUBLE_TEXT_BYTES];
	int64_t since_ms;

	buf_puts(out,
		"# HELP forwarden_trouble Is there something wrong that "
		"mail is judged in spite of?\n"
		"# TYPE forwarden_trouble gauge\n");
	for (size_t i = 0; i < TROUBLE_COUNT; i++) {
		buf_printf(out, "forwarden_trouble{what=\"%s\"} %d\n",
			trouble_name((enum trouble)i),
			trouble_get((enum trouble)i, &since_ms, text));
	}
}

void
api_metrics(struct exchange *exchange)
{
	struct store_health health = {0};
	struct buf *out = &exchange->answer->body;
	const struct generation *generation =
		generation_slot_get(exchange->api->slot);

	store_health(exchange->api->store, &health);
	exchange->answer->status = 200;
	exchange->answer->type = TYPE_METRICS;
	metrics_write(exchange->api->metrics, &health, out);
	write_build(out);
	write_digest(out, generation);
	write_worker(out, exchange->api);
	write_held(out, exchange->api);
	api_follower_write(exchange->api, out);
	write_orders(out, exchange);
	write_generation(out, exchange->api, generation);
	generation_unref(generation);
	write_troubles(out);
	api_alerts_metrics(out);
}

static struct json *
json_of_health(struct store *store)
{
	struct store_health health = {0};
	struct json *json = json_map();

	store_health(store, &health);
	if (health.backend != NULL)
		json_set_text(json, "backend", slice_of(health.backend));
	json_set_bool(json, "up", health.up);
	json_set_time(json, "since", health.since_ms);
	if (health.reason[0] != '\0')
		json_set_text(json, "reason", slice_of(health.reason));
	json_set_number(json, "round_trips", (long long)health.round_trips);
	json_set_number(json, "failures", (long long)health.failures);
	json_set_number(json, "journal", (long long)health.journal);
	json_set_number(json, "replayed", (long long)health.replayed);
	json_set_number(json, "lost", (long long)health.lost);
	json_set_number(json, "evicted", (long long)health.evicted);
	json_set_number(json, "late", (long long)health.late);
	json_set_number(json, "wiping", (long long)health.wiping);
	json_set_number(json, "clock_ahead_ms", (long long)health.ahead_ms);
	json_set_number(json, "bytes", (long long)health.bytes);
	return json;
}

static struct json *
json_of_troubles(void)
{
	struct json *all = json_list();
	char text[TROUBLE_TEXT_BYTES];
	int64_t since_ms;

	for (size_t i = 0; i < TROUBLE_COUNT; i++) {
		struct json *one;

		if (!trouble_get((enum trouble)i, &since_ms, text))
			continue;
		one = json_map();
		json_set_text(
			one, "what", slice_of(trouble_name((enum trouble)i)));
		json_set_time(one, "since", since_ms);
		json_set_text(one, "text", slice_of(text));
		json_add_take(all, one);
	}
	return all;
}

static void
set_orders(struct exchange *exchange, struct json *json)
{
	struct order_counts counts;
	unsigned long long contained = 0;

	order_count(exchange, &counts);
	for (size_t kind = 0; kind < ORDER_KINDS; kind++)
		contained += counts.contained[kind];
	json_set_number(json, "contained", (long long)contained);
	json_set_number(json, "allowed", (long long)counts.allowed);
}

void
api_status(struct exchange *exchange)
{
	const struct generation *generation =
		generation_slot_get(exchange->api->slot);
	struct milter_load load = milter_load();
	struct json *json = json_map();

	json_set_text(json, "version", slice_of(PACKAGE_VERSION));
	json_set_number(json, "pid", getpid());
	json_set_time(json, "started", exchange->api->started_ms);
	json_set_text(json, "config", slice_of(generation->config->file));
	json_set_text(json, "listen", slice_of(generation->config->listen));
	json_set_text(json, "mode",
		slice_of(respond_mode_name(generation->judge.respond.mode)));
	json_set_number(json, "policies",
		(long long)sigma_program_rules(generation->program));
	json_set_text(json, "policies_digest",
		slice_of(sigma_program_digest(generation->program)));
	json_set_number(json, "warnings", (long long)generation->warnings);
	json_set_number(json, "local_domains",
		(long long)realm_domains(generation->realm));
	json_set_number(json, "sessions", (long long)load.sessions);
	json_set_number(json, "messages", (long long)load.messages_total);
	json_set_number(json, "reloads", (long long)exchange->api->reloads);
	json_set_take(json, "alerts", api_alerts_json(generation));
	set_orders(exchange, json);
	json_set_take(json, "troubles", json_of_troubles());
	if (exchange->api->follower_seen_ms > 0)
		json_set_take(
			json, "follower", api_follower_json(exchange->api));
	json_set_take(json, "store", json_of_health(exchange->api->store));
	generation_unref(generation);
	exchange_json_take(exchange, json);
}
