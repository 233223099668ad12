/* SPDX-License-Identifier: BSD-2-Clause */
/* Events that are alerts and no verdicts: troubles, summaries, tests. */
#include "verdict/alert.h"

#include "base/date.h"
#include "base/json_writer.h"
#include "verdict/event_value.h"

static void
put_words(struct json_writer *json, const char *key, const char *words)
{
	json_writer_text(json, key, slice_of(words));
}

static void
put_time(struct json_writer *json, const char *key, int64_t at_ms)
{
	char text[DATE_TEXT_BYTES];

	date_print(at_ms, text);
	put_words(json, key, text);
}

/* The head of each, up to what it is about. */
static void
begin(struct json_writer *json, const char *action, const char *host,
	int64_t now_ms)
{
	json_writer_open_map(json, NULL);
	put_time(json, "@timestamp", now_ms);
	json_writer_open_map(json, "event");
	put_words(json, "kind", "alert");
	json_writer_open_list(json, "category");
	put_words(json, NULL, "email");
	json_writer_close_list(json);
	put_words(json, "action", action);
	put_words(json, "module", "forwarden");
	put_words(json, "dataset", "forwarden.alert");
	json_writer_close_map(json);
	json_writer_open_map(json, "host");
	put_words(json, "name", host);
	json_writer_close_map(json);
}

static bool
end(struct json_writer *json)
{
	json_writer_close_map(json);
	json_writer_close_map(json);
	json_writer_close_map(json);
	return buf_ok(json->out);
}

/* Words where verdicts have theirs: "message" is a map of an event. */
static void
open_own(struct json_writer *json, struct slice words)
{
	json_writer_open_map(json, "forwarden");
	json_writer_text(json, "words", words);
	json_writer_open_map(json, "alert");
}

bool
alert_write_trouble(const struct alert_trouble *trouble, const char *host,
	int64_t now_ms, struct buf *out)
{
	struct json_writer json = {.out = out};
	struct buf visible = {0};

	begin(&json, "trouble", host, now_ms);
	buf_add_visible(&visible, trouble->text);
	open_own(&json, buf_slice(&visible));
	buf_fini(&visible);
	put_words(&json, "what", trouble->what);
	json_writer_bool(&json, "over", trouble->over);
	return end(&json);
}

bool
alert_write_test(
	unsigned number, const char *host, int64_t now_ms, struct buf *out)
{
	struct json_writer json = {.out = out};

	begin(&json, "test", host, now_ms);
	open_own(&json,
		SLICE("a test: somebody asked with `forwarden alert --test`"));
	json_writer_number(&json, "test", number);
	return end(&json);
}

static void
add_names(struct buf *out, const char *what, const char *many,
	const struct throttle_names *names)
{
	if (names->count == 0)
		return;
	buf_printf(out, ", %zu %s (", names->count,
		names->count == 1 ? what : many);
	for (size_t i = 0; i < names->count && i < THROTTLE_NAMES; i++)
		buf_printf(out, "%s%s", i > 0 ? ", " : "", names->first[i]);
	buf_puts(out, names->count > THROTTLE_NAMES ? ", ...)" : ")");
}

/* In words, and bounded: a few names of a bounded length each. */
static void
write_message(const struct throttle_summary *summary, struct buf *out)
{
	char first[DATE_TEXT_BYTES], last[DATE_TEXT_BYTES];

	date_print(summary->first_ms, first);
	date_print(summary->last_ms, last);
	buf_printf(out, "%llu %s held back from %s to %s%s",
		(unsigned long long)summary->count,
		summary->count == 1 ? "alert was" : "alerts were", first, last,
		summary->more ? "; at least" : "");
	add_names(out, "policy", "policies", &summary->policies);
	add_names(out, "mailbox", "mailboxes", &summary->mailboxes);
	add_names(out, "destination", "destinations", &summary->destinations);
}

static void
put_names(struct json_writer *json, const char *key,
	const struct throttle_names *names)
{
	json_writer_open_map(json, key);
	json_writer_number(json, "count", (long long)names->count);
	json_writer_open_list(json, "first");
	for (size_t i = 0; i < names->count && i < THROTTLE_NAMES; i++)
		(void)event_value_write(json, NULL, slice_of(names->first[i]));
	json_writer_close_list(json);
	json_writer_close_map(json);
}

bool
alert_write_summary(const struct throttle_summary *summary, const char *host,
	int64_t now_ms, struct buf *out)
{
	struct json_writer json = {.out = out};
	struct buf words = {0}, visible = {0};

	write_message(summary, &words);
	buf_add_visible(&visible, buf_slice(&words));
	begin(&json, "summary", host, now_ms);
	open_own(&json, buf_slice(&visible));
	json_writer_number(&json, "held_back", (long long)summary->count);
	json_writer_bool(&json, "campaign", summary->campaign);
	put_time(&json, "first", summary->first_ms);
	put_time(&json, "last", summary->last_ms);
	put_names(&json, "policies", &summary->policies);
	put_names(&json, "mailboxes", &summary->mailboxes);
	put_names(&json, "destinations", &summary->destinations);
	json_writer_bool(&json, "more", summary->more);
	buf_fini(&words);
	buf_fini(&visible);
	return end(&json);
}
