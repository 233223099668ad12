/* SPDX-License-Identifier: BSD-2-Clause */
/* What all that a scan writes as JSON has in common. */
#include "cli/scan_json.h"

#include "base/date.h"

/* JSON: one object a route, with the names that events have. */
void
scan_json_begin(struct json_writer *json, const char *dataset, int64_t at_ms)
{
	char at[DATE_TEXT_BYTES];

	date_print(at_ms, at);
	json_writer_open_map(json, NULL);
	json_writer_text(json, "@timestamp", slice_of(at));
	json_writer_open_map(json, "event");
	json_writer_text(json, "kind", SLICE("event"));
	json_writer_open_list(json, "category");
	json_writer_text(json, NULL, SLICE("email"));
	json_writer_close_list(json);
	json_writer_text(json, "module", SLICE("forwarden"));
	json_writer_text(json, "dataset", slice_of(dataset));
	json_writer_close_map(json);
	json_writer_open_map(json, "forwarden");
	json_writer_text(json, "source", SLICE("log"));
}

void
scan_json_end(struct json_writer *json)
{
	json_writer_close_map(json);
	json_writer_close_map(json);
	buf_add_byte(json->out, '\n');
	json->follows = false;
}

void
scan_json_time(struct json_writer *json, const char *key, int64_t at_ms)
{
	char text[DATE_TEXT_BYTES];

	date_print(at_ms, text);
	json_writer_text(json, key, slice_of(text));
}
