/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The schema is there to complete names and to underline slips while one
 * writes; what a policy may really say `forwarden check` knows.
 */
#include "cli/fields_schema.h"

#include "base/buf.h"
#include "sigma/threshold.h"
#include "verdict/action.h"
#include "verdict/fields.h"
#include "verdict/policies.h"

#include <stdio.h>
#include <string.h>

static struct json *
of_type(const char *type)
{
	struct json *one = json_map();

	json_set_text(one, "type", slice_of(type));
	return one;
}

static struct json *
reference(const char *name)
{
	struct json *one = json_map();
	struct buf path = {0};

	buf_printf(&path, "#/definitions/%s", name);
	json_set_text(one, "$ref", buf_slice(&path));
	buf_fini(&path);
	return one;
}

/* This, or a list of it. */
static struct json *
one_or_many(struct json *one, struct json *same)
{
	struct json *all = json_map(), *either = json_list();
	struct json *list = of_type("array");

	json_set_take(list, "items", same);
	json_add_take(either, one);
	json_add_take(either, list);
	json_set_take(all, "anyOf", either);
	return all;
}

/* Words, or a text with wildcards. */
static struct json *
of_choice(sigma_choice_fn *choice)
{
	struct json *all = json_map(), *either = json_list();
	struct json *words = json_map(), *list = json_list();
	struct json *open = of_type("string");

	for (size_t i = 0; choice(i) != NULL; i++)
		json_add_text(list, slice_of(choice(i)));
	json_set_take(words, "enum", list);
	json_set_text(open, "pattern", SLICE("[*?A-Z]"));
	json_add_take(either, words);
	json_add_take(either, open);
	json_set_take(all, "anyOf", either);
	return all;
}

static struct json *
value_of(size_t field)
{
	static const char *const types[] = {[SIGMA_TEXT] = "string",
		[SIGMA_NUMBER] = "number",
		[SIGMA_BOOL] = "boolean",
		[SIGMA_IP] = "string",
		[SIGMA_ANY] = "string"};
	sigma_choice_fn *choice = fields_choice(field);

	return choice != NULL ? of_choice(choice)
			      : of_type(types[fields_row(field)->type]);
}

/* Null stands for a field that is absent; a text may look like a number. */
static struct json *
field_of(size_t field)
{
	struct json *all = one_or_many(value_of(field), value_of(field));
	const struct field_row *row = fields_row(field);
	struct json *outer = json_map(), *either = json_list();

	json_add_take(either, all);
	json_add_take(either, of_type("null"));
	if (row->type == SIGMA_TEXT && fields_choice(field) == NULL)
		json_add_take(either, of_type("number"));
	json_set_take(outer, "anyOf", either);
	json_set_text(outer, "description", slice_of(row->meaning));
	return outer;
}

static bool
is_family(const struct field_row *row)
{
	return strchr(row->name, '<') != NULL;
}

/* Any field with modifiers, and header.<name>. */
static struct json *
with_modifiers(void)
{
	struct json *patterns = json_map();
	struct buf names = {0};

	buf_puts(&names, "^(header\\.[^|]+");
	for (size_t i = 0; i < fields_count(); i++) {
		const char *name = fields_row(i)->name;

		if (is_family(fields_row(i)))
			continue;
		buf_add_byte(&names, '|');
		for (; *name != '\0'; name++)
			buf_printf(&names, *name == '.' ? "\\%c" : "%c", *name);
	}
	buf_puts(&names, ")\\|[a-z0-9|]+$");
	json_set_take(patterns, buf_slice(&names).p, json_map());
	json_set_take(patterns, "^header\\.[^|]+$", json_map());
	buf_fini(&names);
	return patterns;
}

static struct json *
fields(void)
{
	struct json *all = of_type("object"), *names = json_map();

	for (size_t i = 0; i < fields_count(); i++) {
		if (!is_family(fields_row(i)))
			json_set_take(names, fields_row(i)->name, field_of(i));
	}
	json_set_take(all, "properties", names);
	json_set_take(all, "patternProperties", with_modifiers());
	json_set_bool(all, "additionalProperties", false);
	return all;
}

static struct json *
of_words(const char *(*word)(int))
{
	struct json *all = json_map(), *list = json_list();

	for (int i = 0; word(i) != NULL; i++)
		json_add_text(list, slice_of(word(i)));
	json_set_take(all, "enum", list);
	return all;
}

static const char *
level(int i)
{
	return i < SIGMA_LEVEL_COUNT ? sigma_level_name((enum sigma_level)i)
				     : NULL;
}

static const char *
status(int i)
{
	return i <= SIGMA_UNSUPPORTED ? sigma_status_name((enum sigma_status)i)
				      : NULL;
}

static const char *
action(int i)
{
	return action_names()[i];
}

static const char *
service(int i)
{
	struct sigma_options options;

	policies_options(&options);
	return options.services[i];
}

static struct json *
logsource(void)
{
	struct json *all = of_type("object"), *keys = json_map();

	json_set_take(keys, "category", of_type("string"));
	json_set_take(keys, "product", of_type("string"));
	json_set_take(keys, "service", of_words(service));
	json_set_take(all, "properties", keys);
	return all;
}

/* Selections beside a condition; a filter's rules, too. */
static struct json *
selections(void)
{
	struct json *all = of_type("object"), *keys = json_map();

	json_set_take(keys, "condition",
		one_or_many(of_type("string"), of_type("string")));
	json_set_take(keys, "rules",
		one_or_many(of_type("string"), of_type("string")));
	json_set_take(all, "properties", keys);
	json_set_take(all, "additionalProperties",
		one_or_many(reference("fields"), reference("fields")));
	return all;
}

static struct json *
of_pattern(const char *pattern)
{
	struct json *one = of_type("string");

	json_set_text(one, "pattern", slice_of(pattern));
	return one;
}

/* A field's name, for what a correlation counts by. */
static struct json *
field_name(void)
{
	struct json *all = json_map(), *either = json_list();
	struct json *names = json_map(), *list = json_list();

	for (size_t i = 0; i < fields_count(); i++) {
		if (!is_family(fields_row(i)))
			json_add_text(list, slice_of(fields_row(i)->name));
	}
	json_set_take(names, "enum", list);
	json_add_take(either, names);
	json_add_take(either, of_pattern("^header\\."));
	json_set_take(all, "anyOf", either);
	return all;
}

static const char *
correlation_type(int i)
{
	return i <= VALUE_AVG ? threshold_type_name((enum correlation_type)i)
			      : NULL;
}

static struct json *
correlation(void)
{
	struct json *all = of_type("object"), *keys = json_map();

	json_set_take(keys, "type", of_words(correlation_type));
	json_set_take(keys, "rules",
		one_or_many(of_type("string"), of_type("string")));
	json_set_take(
		keys, "group-by", one_or_many(field_name(), field_name()));
	json_set_take(keys, "timespan", of_pattern("^[1-9][0-9]*[smhd]$"));
	json_set_take(keys, "condition", of_type("object"));
	json_set_take(keys, "generate", of_type("boolean"));
	json_set_take(keys, "aliases", of_type("object"));
	json_set_take(all, "properties", keys);
	return all;
}

/* What a policy says of itself. */
static void
add_words(struct json *keys)
{
	static const char *const texts[] = {"title", "id", "name",
		"description", "author", "license", "taxonomy"};
	static const char *const lists[] = {
		"tags", "references", "falsepositives", "fields"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		json_set_take(keys, texts[i], of_type("string"));
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		json_set_take(keys, lists[i], of_type("array"));
}

struct json *
fields_schema_json(void)
{
	struct json *all = of_type("object"), *keys = json_map();
	struct json *definitions = json_map();

	json_set_text(all, "$schema",
		SLICE("http://json-schema.org/draft-07/schema#"));
	json_set_text(all, "title", SLICE("A policy of Forwarden"));
	add_words(keys);
	json_set_take(keys, "level", of_words(level));
	json_set_take(keys, "status", of_words(status));
	json_set_take(keys, "x-forwarden-action", of_words(action));
	json_set_take(keys, "logsource", logsource());
	json_set_take(keys, "detection", selections());
	json_set_take(keys, "filter", selections());
	json_set_take(keys, "correlation", correlation());
	json_set_take(all, "properties", keys);
	json_set_take(definitions, "fields", fields());
	json_set_take(all, "definitions", definitions);
	return all;
}
