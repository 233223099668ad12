/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Elastic wants a type for each field, or the first event decides. A text is
 * a keyword, folded, since policies do not look at case. Splunk finds the
 * fields by itself, but calls a list "name{}".
 */
#include "cli/fields_siem.h"

#include "verdict/fields.h"

#include <string.h>

#define PART_BYTES 64

static bool
is_family(size_t index)
{
	return index == fields_header();
}

static const char *
elastic_type(enum sigma_type type)
{
	static const char *const types[] = {[SIGMA_TEXT] = "keyword",
		[SIGMA_NUMBER] = "double",
		[SIGMA_BOOL] = "boolean",
		[SIGMA_IP] = "ip",
		[SIGMA_ANY] = "keyword"};

	return types[type];
}

static struct json *
of_type(const char *type)
{
	struct json *one = json_map();

	json_set_text(one, "type", slice_of(type));
	return one;
}

static struct json *
folded(void)
{
	struct json *one = of_type("keyword");

	json_set_text(one, "normalizer", SLICE("lowercase"));
	return one;
}

/* The properties of that object; they are made where they are not. */
static struct json *
object_in(struct json *properties, const char *name)
{
	struct json *object = json_find(properties, name);
	struct json *inner;

	if (object != NULL)
		return json_find(object, "properties");
	object = json_map();
	inner = json_map();
	json_set_take(object, "properties", inner);
	json_set_take(properties, name, object);
	return inner;
}

static void
add_field(struct json *properties, const struct field_row *row)
{
	const char *name = row->name, *dot;
	char part[PART_BYTES];

	while ((dot = strchr(name, '.')) != NULL) {
		size_t len = (size_t)(dot - name);

		if (len >= sizeof(part))
			return;
		memcpy(part, name, len);
		part[len] = '\0';
		properties = object_in(properties, part);
		name = dot + 1;
	}
	json_set_take(properties, name,
		row->type == SIGMA_TEXT ? folded()
					: of_type(elastic_type(row->type)));
}

static struct json *
all_properties(void)
{
	struct json *all = json_map();

	json_set_take(all, "@timestamp", of_type("date"));
	for (size_t i = 0; i < fields_count(); i++) {
		if (!is_family(i))
			add_field(all, fields_row(i));
	}
	json_set_take(object_in(all, "forwarden"), "flows", of_type("nested"));
	return all;
}

/* What is not in the table: texts that no policy asks for, and the header. */
static struct json *
texts(void)
{
	struct json *list = json_list(), *named = json_map();
	struct json *rule = json_map();

	json_set_text(rule, "match_mapping_type", SLICE("string"));
	json_set_take(rule, "mapping", folded());
	json_set_take(named, "texts", rule);
	json_add_take(list, named);
	return list;
}

static struct json *
mappings(void)
{
	struct json *all = json_map();

	json_set_bool(all, "date_detection", false);
	json_set_take(all, "dynamic_templates", texts());
	json_set_take(all, "properties", all_properties());
	return all;
}

static struct json *
settings(void)
{
	struct json *all = json_map();

	json_set_text(all, "index.default_pipeline", SLICE("forwarden"));
	return all;
}

struct json *
fields_siem_elastic(void)
{
	struct json *all = json_map(), *patterns = json_list();
	struct json *template = json_map();

	json_add_text(patterns, SLICE("logs-forwarden.events-*"));
	json_set_take(all, "index_patterns", patterns);
	json_set_take(all, "data_stream", json_map());
	json_set_number(all, "priority", 500);
	json_set_take(template, "settings", settings());
	json_set_take(template, "mappings", mappings());
	json_set_take(all, "template", template);
	return all;
}

void
fields_siem_splunk(struct buf *out)
{
	buf_puts(out,
		"# Made by `forwarden fields --siem splunk`.\n"
		"[forwarden:event]\n"
		"SHOULD_LINEMERGE = false\n"
		"LINE_BREAKER = ([\\r\\n]+)\n"
		"TRUNCATE = 70000\n"
		"SEDCMD-head = s/^[^{]+//\n"
		"KV_MODE = json\n"
		"TIME_PREFIX = \"@timestamp\":\"\n"
		"TIME_FORMAT = %Y-%m-%dT%H:%M:%S.%3NZ\n"
		"TZ = UTC\n"
		"MAX_TIMESTAMP_LOOKAHEAD = 24\n");
	for (size_t i = 0; i < fields_count(); i++) {
		const struct field_row *row = fields_row(i);

		if (row->multi && !is_family(i)) {
			buf_printf(out,
				"FIELDALIAS-%zu = \"%s{}\" ASNEW \"%s\"\n", i,
				row->name, row->name);
		}
	}
	buf_puts(out,
		"FIELDALIAS-service = \"forwarden.service{}\" ASNEW "
		"\"forwarden.service\"\n"
		"FIELDALIAS-policies = \"forwarden.policies{}\" ASNEW "
		"\"forwarden.policies\"\n");
}

void
fields_siem_markdown(struct buf *out)
{
	buf_puts(out,
		"| field | Elastic | of | what |\n"
		"| --- | --- | --- | --- |\n");
	for (size_t i = 0; i < fields_count(); i++) {
		const struct field_row *row = fields_row(i);

		buf_printf(out, "| `%s` | %s%s | %s | %s |\n", row->name,
			elastic_type(row->type), row->multi ? ", a list" : "",
			fields_scope_name(row->scope), row->meaning);
	}
}
