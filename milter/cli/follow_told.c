/* SPDX-License-Identifier: BSD-2-Clause */
/* Each flow is the query that tells of it. */
#include "cli/follow_told.h"

#include <stdlib.h>
#include <string.h>

#define PATH "/v1/logged?"
#define HOUR_MS ((int64_t)60 * 60 * 1000)

struct flow {
	struct flow *next;
	char query[];
};

struct follow_told {
	struct flow *first, **end;
	struct follow_told_count count;
	int64_t now_ms, hour_ms; /* since when new ones are counted */
	uint64_t fresh;
};

struct follow_told *
follow_told_new(void)
{
	struct follow_told *told = calloc(1, sizeof(*told));

	if (told != NULL)
		told->end = &told->first;
	return told;
}

static void
drop_first(struct follow_told *told)
{
	struct flow *flow = told->first;

	told->first = flow->next;
	if (told->first == NULL)
		told->end = &told->first;
	free(flow);
}

void
follow_told_free(struct follow_told *told)
{
	while (told != NULL && told->first != NULL)
		drop_first(told);
	free(told);
}

static bool
add(struct follow_told *told, struct slice query)
{
	struct flow *flow = calloc(1, sizeof(*flow) + query.len + 1);

	if (flow == NULL)
		return false;
	memcpy(flow->query, query.p, query.len);
	*told->end = flow;
	told->end = &flow->next;
	return true;
}

/* All but what surely means itself (RFC 3986 section 2.3). */
static void
add_escaped(struct buf *out, const char *key, struct slice text)
{
	static const char digits[] = "0123456789ABCDEF", plain[] = "-._~@";

	buf_printf(out, "%s%s=", out->len > 0 ? "&" : "", key);
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			(c >= 'A' && c <= 'Z') ||
			(c != '\0' && strchr(plain, c) != NULL)) {
			buf_add_byte(out, (char)c);
		} else {
			buf_add_byte(out, '%');
			buf_add_byte(out, digits[c >> 4]);
			buf_add_byte(out, digits[c & 15]);
		}
	}
}

/* False: it is one too many. */
static bool
has_room(struct follow_told *told, const struct found_flow *flow)
{
	if (told->now_ms - told->hour_ms > HOUR_MS) {
		told->hour_ms = told->now_ms;
		told->fresh = 0;
	}
	if (!flow->is_new || told->fresh++ < FOLLOW_TOLD_NEW_MOST)
		return true;
	told->count.left_out++;
	return false;
}

void
follow_told_add(void *ctx, const struct found_flow *flow)
{
	struct follow_told *told = ctx;
	struct buf query = {0};

	if (flow->destination.len == 0 || !has_room(told, flow))
		return;
	add_escaped(&query, "mailbox", flow->mailbox);
	add_escaped(&query, "destination", flow->destination);
	add_escaped(&query, "id", slice_of(flow->id));
	add_escaped(&query, "kind", slice_of(found_kind_name(flow->kind)));
	add_escaped(&query, "by", slice_of(found_by_name(flow->by)));
	buf_printf(
		&query, "&sure=%u&at=%lld", flow->sure, (long long)flow->at_ms);
	if (!buf_ok(&query) || !add(told, buf_slice(&query)))
		told->count.refused++;
	buf_fini(&query);
}

void
follow_told_set_time(struct follow_told *told, int64_t now_ms)
{
	told->now_ms = now_ms;
}

bool
follow_told_is_empty(const struct follow_told *told)
{
	return told->first == NULL;
}

static void
count_answer(struct follow_told *told, const struct json *answer)
{
	if (json_bool(answer, "counted")) {
		told->count.told++;
	} else if (json_bool(answer, "known")) {
		told->count.known++;
	} else {
		told->count.foreign++;
	}
}

bool
follow_told_send(struct follow_told *told, struct ask *ask, struct err *refusal,
	struct err *err)
{
	struct buf path = {0};
	bool reached = true;

	while (reached && told->first != NULL) {
		struct err why = {0};
		struct json *answer;

		buf_reset(&path);
		buf_printf(&path, PATH "%s", told->first->query);
		answer = buf_ok(&path) ? ask_json(ask, ASK_POST, path.p, &why)
				       : NULL;
		if (answer != NULL) {
			count_answer(told, answer);
		} else if (why.code == ERR_DOWN) {
			*err = why;
			reached = false;
		} else {
			*refusal = why;
			told->count.refused++;
		}
		json_free(answer);
		if (reached)
			drop_first(told);
	}
	buf_fini(&path);
	return reached;
}

struct follow_told_count
follow_told_count(const struct follow_told *told)
{
	return told->count;
}

void
follow_told_keep(const struct follow_told *told, struct buf *out)
{
	for (const struct flow *flow = told->first; flow != NULL;
		flow = flow->next) {
		struct json *line = json_map();

		json_set_text(line, "flow", slice_of(flow->query));
		(void)json_write(line, out);
		buf_add_byte(out, '\n');
		json_free(line);
	}
}

bool
follow_told_restore(struct follow_told *told, const struct json *line)
{
	struct slice query = json_text(line, "flow");

	return query.len > 0 && add(told, query);
}
