/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How it goes with who follows the mail log: it tells here every few seconds,
 * and status and metrics say it. A follower that is gone is one of whom
 * nothing was heard for a while.
 */
#include "base/clock.h"
#include "daemon/exchange.h"

#define MS_A_SECOND 1000U

static const struct {
	const char *name; /* in the query and in status */
	const char *metric, *type, *help;
	unsigned divisor; /* of milliseconds to seconds, or 1 */
} numbers[FOLLOWER_NUMBERS] = {
	[FOLLOWER_LINE] = {"line", "forwarden_follower_line_timestamp_seconds",
		"gauge",
		"The time of the newest line of a mail server that `forwarden "
		"scan --follow` read.",
		MS_A_SECOND},
	[FOLLOWER_BEHIND] = {"behind", "forwarden_follower_behind_seconds",
		"gauge",
		"How old that line is, if there are more to read; 0: there "
		"are none.",
		MS_A_SECOND},
	[FOLLOWER_LINES] = {"lines", "forwarden_follower_lines_total",
		"counter", "Lines of mail servers that it read.", 1},
	[FOLLOWER_TOLD] = {"told", "forwarden_follower_told_total", "counter",
		"Forwards that it told.", 1},
	[FOLLOWER_GAPS] = {"gaps", "forwarden_follower_gaps_total", "counter",
		"Lines, queue ids and routes that it could not see.", 1},
	[FOLLOWER_LOST] = {"lost", "forwarden_follower_lost_total", "counter",
		"How often a part of the log was gone before it was read.", 1},
};

void
api_follower(struct exchange *exchange)
{
	struct api *api = exchange->api;

	for (size_t i = 0; i < FOLLOWER_NUMBERS; i++)
		api->follower[i] = exchange_number(
			exchange, numbers[i].name, 0, INT64_MAX);
	api->follower_seen_ms = (uint64_t)clock_now_ms(api->clock);
	exchange_json_take(exchange, json_map());
}

static void
write_row(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* No value before it was heard of: that it does not run is no zero. */
void
api_follower_write(const struct api *api, struct buf *out)
{
	static const char seen[] = "forwarden_follower_seen_timestamp_seconds";

	write_row(out, seen, "gauge",
		"When `forwarden scan --follow` was last heard of.");
	if (api->follower_seen_ms > 0)
		buf_printf(out, "%s %llu\n", seen,
			(unsigned long long)api->follower_seen_ms /
				MS_A_SECOND);
	for (size_t i = 0; i < FOLLOWER_NUMBERS; i++) {
		write_row(out, numbers[i].metric, numbers[i].type,
			numbers[i].help);
		if (api->follower_seen_ms > 0)
			buf_printf(out, "%s %llu\n", numbers[i].metric,
				(unsigned long long)api->follower[i] /
					numbers[i].divisor);
	}
}

struct json *
api_follower_json(const struct api *api)
{
	struct json *json = json_map();

	json_set_time(json, "seen", (int64_t)api->follower_seen_ms);
	if (api->follower[FOLLOWER_LINE] > 0)
		json_set_time(
			json, "line", (int64_t)api->follower[FOLLOWER_LINE]);
	json_set_number(
		json, "behind_ms", (long long)api->follower[FOLLOWER_BEHIND]);
	for (size_t i = FOLLOWER_LINES; i < FOLLOWER_NUMBERS; i++)
		json_set_number(
			json, numbers[i].name, (long long)api->follower[i]);
	return json;
}
