/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields of policies, from an event. */
#include "verdict/event_record.h"

#include "base/fold.h"
#include "verdict/fields.h"
#include "verdict/service.h"
#include "verdict/value.h"

#include <math.h>
#include <string.h>

#define PART_BYTES 128

static const struct json *
own(const struct json *event)
{
	return json_find(event, "forwarden");
}

bool
event_record_is(const struct json *event)
{
	return json_find(own(event), "service") != NULL;
}

size_t
event_record_flows(const struct json *event)
{
	return 1 + json_count(json_find(own(event), "flows"));
}

struct event_source
event_record_source(const struct json *event, size_t number)
{
	struct event_source source = {.event = event};

	if (number > 0) {
		source.flow =
			json_at(json_find(own(event), "flows"), number - 1);
	}
	return source;
}

static const struct json *
find_part(const struct json *from, struct slice part)
{
	char key[PART_BYTES];

	if (part.len >= sizeof(key))
		return NULL;
	memcpy(key, part.p, part.len);
	key[part.len] = '\0';
	return json_find(from, key);
}

/* "a.b.c" of nested objects. */
static const struct json *
find_path(const struct json *from, struct slice path)
{
	struct slice part;

	while (slice_next(&path, '.', &part))
		from = find_part(from, part);
	return from;
}

static const struct json *
find_field(const struct event_source *source, const struct sigma_field *field,
	struct arena *arena)
{
	const struct field_row *row = fields_row(fields_index(field->id));
	const struct json *from = source->event;

	if (row->scope != SCOPE_MESSAGE && source->flow != NULL)
		from = json_find(source->flow, "fields");
	if (fields_index(field->id) != fields_header())
		return find_path(from, slice_of(row->name));
	return find_part(json_find(from, "header"),
		fold_text(arena,
			slice_sub(field->name, strlen("header."),
				field->name.len)));
}

static struct sigma_values
value_of(const struct json *json, struct arena *arena)
{
	if (json_is_numeric(json))
		return value_number(arena, json_own_real(json));
	if (json_is_truth(json))
		return value_truth(json_truth(json));
	return value_text(arena, json_own_text(json));
}

static struct sigma_values
values_of_list(const struct json *list, struct arena *arena)
{
	size_t count = json_count(list), kept = 0;
	struct sigma_value *values = arena_array(arena, count, sizeof(*values));

	for (size_t i = 0; values != NULL && i < count; i++) {
		struct sigma_values one = value_of(json_at(list, i), arena);

		if (one.count > 0)
			values[kept++] = one.at[0];
	}
	return (struct sigma_values){values, kept};
}

static struct sigma_values
values_of(const void *ctx, const struct sigma_field *field, struct arena *arena)
{
	const struct json *json;

	if (field->id < 0)
		return (struct sigma_values){0};
	json = find_field(ctx, field, arena);
	return json_is_list(json) ? values_of_list(json, arena)
				  : value_of(json, arena);
}

static unsigned
services_of(const struct event_source *source)
{
	const struct json *list = json_find(
		source->flow != NULL ? source->flow : own(source->event),
		"service");
	unsigned services = SERVICE_MESSAGE;

	for (size_t i = 0; i < json_count(list); i++) {
		struct slice name = json_own_text(json_at(list, i));

		for (unsigned bit = 0; service_names()[bit] != NULL; bit++) {
			if (slice_equal(name, slice_of(service_names()[bit])))
				services |= 1U << bit;
		}
	}
	return services;
}

struct sigma_record
event_record(const struct event_source *source)
{
	return (struct sigma_record){.ctx = source,
		.values = values_of,
		.services = services_of(source)};
}
