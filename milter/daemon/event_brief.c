/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields of an event that a list shows; few and short, for a browser gets
 * thousands of them. */
#include "daemon/event_brief.h"

#include "sigma/level.h"

#define TEXT_BYTES 300
#define POLICIES_MAX 4
#define OTHERS_MAX 16

static const char *const own_texts[] = {"mailbox", "destination", "kind",
	"platform", "would", "mode", "by", "why", "until", "held_by", "source",
	"contained", "host", "failed"};

static void
copy_text(struct json *row, const char *key, struct slice text)
{
	json_set_text(row, key, slice_sub(text, 0, TEXT_BYTES));
}

static const char *
level_of(const struct json *rules)
{
	int highest = -1;

	for (size_t i = 0; i < json_count(rules); i++) {
		struct slice name = json_text(json_at(rules, i), "level");

		for (int k = highest + 1; k < SIGMA_LEVEL_COUNT; k++) {
			if (slice_equal(name,
				    slice_of(sigma_level_name(
					    (enum sigma_level)k))))
				highest = k;
		}
	}
	return highest < 0 ? NULL : sigma_level_name((enum sigma_level)highest);
}

static void
set_policies(struct json *row, const struct json *rules)
{
	struct json *list = json_list();

	for (size_t i = 0; i < json_count(rules) && i < POLICIES_MAX; i++) {
		struct slice title =
			json_text(json_at(rules, i), "description");

		json_add_text(list, slice_sub(title, 0, TEXT_BYTES));
	}
	json_set_take(row, "policies", list);
	json_set_text(row, "level", slice_of(level_of(rules)));
}

/* The other flows of the message: whose, and to whom. */
static void
set_others(struct json *row, const struct json *flows)
{
	struct json *list;

	if (json_count(flows) == 0)
		return;
	list = json_list();
	for (size_t i = 0; i < json_count(flows) && i < OTHERS_MAX; i++) {
		const struct json *flow = json_at(flows, i);
		struct json *other = json_map();

		copy_text(other, "mailbox", json_text(flow, "mailbox"));
		copy_text(other, "destination", json_text(flow, "destination"));
		json_add_take(list, other);
	}
	json_set_take(row, "others", list);
}

struct json *
event_brief(const struct json *event)
{
	const struct json *own = json_find(event, "forwarden");
	const struct json *about = json_find(event, "event");
	const struct json *email = json_find(event, "email");
	struct json *row = json_map();

	copy_text(row, "at", json_text(event, "@timestamp"));
	copy_text(row, "id", json_text(about, "id"));
	copy_text(row, "action", json_text(about, "action"));
	copy_text(row, "queue_id", json_text(email, "local_id"));
	copy_text(row, "path", json_text(json_find(event, "file"), "path"));
	copy_text(row, "subject", json_text(email, "subject"));
	for (size_t i = 0; i < sizeof(own_texts) / sizeof(*own_texts); i++)
		copy_text(row, own_texts[i], json_text(own, own_texts[i]));
	if (json_is_whole(json_find(own, "confidence"))) {
		json_set_number(
			row, "confidence", json_number(own, "confidence"));
	}
	if (json_count(json_find(own, "excused_by")) > 0)
		json_set_bool(row, "excused", true);
	set_policies(row, json_find(event, "rule"));
	set_others(row, json_find(own, "flows"));
	return row;
}
