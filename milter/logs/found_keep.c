/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes, and no counts: those are told. */
#include "logs/found_keep.h"

#include "base/json_writer.h"

static void
keep_route(void *ctx, const struct found_route *route)
{
	struct json_writer json = {.out = ctx};

	json_writer_open_map(&json, NULL);
	json_writer_open_map(&json, "route");
	json_writer_text(&json, "mailbox", slice_of(route->mailbox));
	json_writer_text(&json, "to", slice_of(route->destination));
	json_writer_number(&json, "kind", route->kind);
	json_writer_number(&json, "by", route->by);
	json_writer_number(&json, "sure", route->sure);
	json_writer_number(&json, "at", route->last_ms);
	json_writer_close_map(&json);
	json_writer_close_map(&json);
	buf_add_byte(ctx, '\n');
}

void
found_keep(const struct found *found, struct buf *out)
{
	found_each(found, keep_route, out);
}

bool
found_restore(struct found *found, const struct json *line)
{
	const struct json *route = json_find(line, "route");
	long long kind = json_number(route, "kind"),
		  by = json_number(route, "by");
	struct found_flow flow = {.mailbox = json_text(route, "mailbox"),
		.destination = json_text(route, "to"),
		.at_ms = json_number(route, "at"),
		.sure = (unsigned)json_number(route, "sure")};

	if (route == NULL || kind < FOUND_REDIRECT || kind > FOUND_NOTIFY ||
		by < FOUND_BY_SIEVE || by > FOUND_BY_TRANSIT)
		return false;
	flow.kind = (enum found_kind)kind;
	flow.by = (enum found_by)by;
	return found_add(found, &flow);
}
