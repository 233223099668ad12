/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/held_order.h"

#include "store/key.h"

#define WHAT_HELD "held"
#define WHAT_TENDER "tender"
#define FIELDS 4

bool
held_order_is_name(struct slice text, size_t most)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];

		if ((c < '0' || c > '9') && (c < 'A' || c > 'Z') &&
			(c < 'a' || c > 'z') && c != '.' && c != '-' &&
			c != '_')
			return false;
	}
	return text.len > 0 && text.len <= most;
}

static bool
begins(struct slice about, struct slice what)
{
	return about.len > what.len &&
		slice_equal(slice_sub(about, 0, what.len), what) &&
		about.p[what.len] == STORE_GROUP_SEPARATOR;
}

bool
held_order_is(struct slice about)
{
	return begins(about, SLICE(WHAT_HELD)) ||
		begins(about, SLICE(WHAT_TENDER));
}

struct slice
held_order_about(struct arena *arena, const struct held_order *order)
{
	return arena_printf(arena, WHAT_HELD "%c%.*s%c%.*s%c%.*s%c%.*s",
		STORE_GROUP_SEPARATOR, SLICE_ARG(order->host),
		STORE_GROUP_SEPARATOR, SLICE_ARG(order->id),
		STORE_GROUP_SEPARATOR, SLICE_ARG(order->event),
		STORE_GROUP_SEPARATOR, SLICE_ARG(order->act));
}

struct slice
held_order_tender(struct arena *arena, struct slice host)
{
	return arena_printf(arena, WHAT_TENDER "%c%.*s", STORE_GROUP_SEPARATOR,
		SLICE_ARG(host));
}

bool
held_order_parse(const struct store_order *order, struct held_order *out)
{
	struct slice fields[FIELDS], about = order->about;
	size_t at = sizeof(WHAT_HELD);

	if (!begins(about, SLICE(WHAT_HELD)))
		return false;
	for (size_t i = 0; i < FIELDS; i++) {
		size_t end =
			at < about.len ? key_field_end(about, at) : about.len;

		fields[i] = slice_sub(about, at, end);
		if (!held_order_is_name(fields[i], HELD_HOST_BYTES_MAX))
			return false;
		at = end + 1;
	}
	*out = (struct held_order){.host = fields[0],
		.id = fields[1],
		.event = fields[2],
		.act = fields[3],
		.word = order->word};
	return true;
}

bool
held_order_parse_tender(const struct store_order *order, struct slice *host)
{
	if (!begins(order->about, SLICE(WHAT_TENDER)))
		return false;
	*host = slice_sub(order->about, sizeof(WHAT_TENDER), order->about.len);
	return true;
}

struct json *
held_order_json(const struct held_order *order)
{
	struct json *row = json_map();

	json_set_text(row, "host", order->host);
	json_set_text(row, "id", order->id);
	json_set_text(row, "event", order->event);
	json_set_text(row, "act", order->act);
	json_set_text(row, "by", order->word.by);
	json_set_text(row, "why", order->word.why);
	json_set_time(row, "at", order->word.at_ms);
	json_set_time(row, "until", order->word.at_ms + HELD_ASK_MS);
	return row;
}
