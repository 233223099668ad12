/* SPDX-License-Identifier: BSD-2-Clause */
/* jansson behind names of our own. struct json is json_t. */
#include "base/json.h"

#include "base/date.h"

#include <jansson.h>
#include <stdlib.h>

static json_t *
inner(const struct json *json)
{
	return (json_t *)(uintptr_t)json;
}

static struct json *
outer(json_t *json)
{
	return (struct json *)json;
}

struct json *
json_map(void)
{
	return outer(json_object());
}

struct json *
json_list(void)
{
	return outer(json_array());
}

void
json_free(struct json *json)
{
	json_decref(inner(json));
}

static json_t *
text_new(struct slice text)
{
	struct buf visible = {0};
	json_t *json;

	if (slice_is_utf8(text))
		return json_stringn(text.p, text.len);
	buf_add_visible(&visible, text);
	json = buf_ok(&visible) ? json_stringn(visible.p, visible.len) : NULL;
	buf_fini(&visible);
	return json;
}

void
json_set_text(struct json *map, const char *key, struct slice text)
{
	if (!slice_is_absent(text))
		(void)json_object_set_new(inner(map), key, text_new(text));
}

void
json_set_number(struct json *map, const char *key, long long number)
{
	(void)json_object_set_new(inner(map), key, json_integer(number));
}

void
json_set_bool(struct json *map, const char *key, bool yes)
{
	(void)json_object_set_new(inner(map), key, json_boolean(yes));
}

void
json_set_time(struct json *map, const char *key, long long at_ms)
{
	char text[DATE_TEXT_BYTES];

	if (at_ms == 0)
		return;
	date_print(at_ms, text);
	json_set_text(map, key, slice_of(text));
}

void
json_set_take(struct json *map, const char *key, struct json *child)
{
	(void)json_object_set_new(inner(map), key, inner(child));
}

void
json_add_text(struct json *list, struct slice text)
{
	(void)json_array_append_new(inner(list), text_new(text));
}

void
json_add_number(struct json *list, long long number)
{
	(void)json_array_append_new(inner(list), json_integer(number));
}

void
json_add_take(struct json *list, struct json *child)
{
	(void)json_array_append_new(inner(list), inner(child));
}

struct json *
json_duplicate(const struct json *json)
{
	return outer(json_deep_copy(inner(json)));
}

bool
json_write(const struct json *json, struct buf *out)
{
	char *text = json_dumps(inner(json),
		JSON_COMPACT | JSON_ENSURE_ASCII | JSON_PRESERVE_ORDER);

	if (text == NULL)
		return false;
	buf_puts(out, text);
	free(text);
	return buf_ok(out);
}

struct json *
json_parse(struct slice text, struct err *err)
{
	json_error_t error;
	json_t *json = json_loadb(text.p != NULL ? text.p : "", text.len,
		JSON_REJECT_DUPLICATES, &error);

	if (json == NULL) {
		(void)err_set(err, ERR_INVALID, "not JSON: line %d: %s",
			error.line, error.text);
	}
	return outer(json);
}

struct json *
json_find(const struct json *map, const char *key)
{
	return outer(json_object_get(inner(map), key));
}

struct slice
json_own_text(const struct json *json)
{
	const char *text = json_string_value(inner(json));

	return text != NULL
		? (struct slice){text, json_string_length(inner(json))}
		: slice_of(NULL);
}

struct slice
json_text(const struct json *map, const char *key)
{
	return json_own_text(json_find(map, key));
}

long long
json_number(const struct json *map, const char *key)
{
	return json_integer_value(inner(json_find(map, key)));
}

bool
json_bool(const struct json *map, const char *key)
{
	return json_is_true(inner(json_find(map, key)));
}

bool
json_is_list(const struct json *value)
{
	return json_is_array(inner(value));
}

bool
json_is_numeric(const struct json *value)
{
	return json_is_number(inner(value));
}

double
json_own_real(const struct json *value)
{
	return json_number_value(inner(value));
}

bool
json_is_truth(const struct json *value)
{
	return json_is_boolean(inner(value));
}

bool
json_truth(const struct json *value)
{
	return json_is_true(inner(value));
}

bool
json_is_whole(const struct json *value)
{
	return json_is_integer(inner(value));
}

size_t
json_count(const struct json *list)
{
	return json_array_size(inner(list));
}

struct json *
json_at(const struct json *list, size_t index)
{
	return outer(json_array_get(inner(list), index));
}

long long
json_number_at(const struct json *list, size_t index)
{
	return json_integer_value(inner(json_at(list, index)));
}
