/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden fields: the fields a policy can name. */
#include "base/json.h"
#include "cli/command.h"
#include "cli/fields_schema.h"
#include "cli/fields_siem.h"
#include "cli/options.h"
#include "cli/screen.h"
#include "verdict/fields.h"

#include <stdio.h>
#include <string.h>

static bool
is_wanted(const struct field_row *row, const char *word)
{
	return word == NULL || strstr(row->name, word) != NULL ||
		strstr(row->meaning, word) != NULL;
}

/* What it can be, where that is not any text: its few values, or how it
 * looks. Empty for the rest. */
static void
add_values(struct buf *out, size_t index)
{
	const struct shape_row *shape = fields_shape(index);
	sigma_choice_fn *choice = fields_choice(index);

	if (choice == NULL) {
		if (shape != shape_row(SHAPE_ANY))
			buf_puts(out, shape->looks);
		return;
	}
	for (size_t i = 0; choice(i) != NULL; i++)
		buf_printf(out, "%s%s", i > 0 ? ", " : "", choice(i));
}

static void
print_text(size_t index)
{
	const struct field_row *row = fields_row(index);
	struct buf values = {0};

	add_values(&values, index);
	buf_add(&values, SLICE(""));
	printf("%-26s %-7s %-8s %s%s (%s)%s%s\n", row->name,
		fields_type_name(row->type), fields_scope_name(row->scope),
		row->meaning, row->multi ? "; several values" : "",
		row->example, values.len > 0 ? ": " : "", values.p);
	buf_fini(&values);
}

static struct json *
json_of(size_t index)
{
	const struct field_row *row = fields_row(index);
	sigma_choice_fn *choice = fields_choice(index);
	struct json *one = json_map(), *values;

	json_set_text(one, "name", slice_of(row->name));
	json_set_text(one, "type", slice_of(fields_type_name(row->type)));
	json_set_text(one, "scope", slice_of(fields_scope_name(row->scope)));
	json_set_bool(one, "multi", row->multi);
	json_set_text(one, "shape", slice_of(fields_shape(index)->name));
	json_set_text(one, "looks", slice_of(fields_shape(index)->looks));
	json_set_text(one, "meaning", slice_of(row->meaning));
	json_set_text(one, "example", slice_of(row->example));
	if (choice == NULL)
		return one;
	values = json_list();
	for (size_t i = 0; choice(i) != NULL; i++)
		json_add_text(values, slice_of(choice(i)));
	json_set_take(one, "values", values);
	return one;
}

static void
print_mdoc(size_t index)
{
	const struct field_row *row = fields_row(index);
	struct buf values = {0};

	add_values(&values, index);
	buf_add(&values, SLICE(""));
	printf(".It Cm %s Pq %s , %s%s\n%s.\n", row->name,
		fields_type_name(row->type), fields_scope_name(row->scope),
		row->multi ? " , several values" : "", row->meaning);
	if (values.len > 0)
		printf("Values: %s.\n", values.p);
	printf("Example: %s\n", row->example);
	buf_fini(&values);
}

static void
print_json(const char *word)
{
	struct json *all = json_list();

	for (size_t i = 0; i < fields_count(); i++) {
		if (is_wanted(fields_row(i), word))
			json_add_take(all, json_of(i));
	}
	screen_print_json(all);
}

static void
print_all(void (*print)(size_t), const char *word)
{
	for (size_t i = 0; i < fields_count(); i++) {
		if (is_wanted(fields_row(i), word))
			print(i);
	}
}

/* False: there is none of that name. */
static bool
print_siem(const char *name)
{
	struct buf text = {0};

	if (strcmp(name, "elastic") == 0) {
		screen_print_json(fields_siem_elastic());
		return true;
	}
	if (strcmp(name, "splunk") == 0)
		fields_siem_splunk(&text);
	if (strcmp(name, "markdown") == 0)
		fields_siem_markdown(&text);
	screen_print(&text);
	buf_fini(&text);
	return strcmp(name, "splunk") == 0 || strcmp(name, "markdown") == 0;
}

int
cmd_fields(int argc, char **argv)
{
	bool json = false, mdoc = false, schema = false;
	const char *siem = NULL;
	const struct options_row rows[] = {
		{"json", 'j', NULL, &options_flag, &json, "as JSON"},
		{"schema", 0, NULL, &options_flag, &schema,
			"a JSON schema of policies, for editors"},
		{"siem", 0, "NAME", &options_text, &siem,
			"for a SIEM: elastic (an index template), splunk "
			"(props.conf), markdown (a table)"},
		{"mdoc", 0, NULL, &options_flag, &mdoc, "for the manual page"},
	};
	const struct options options = {
		.about = "Lists the fields that a policy can name, or those "
			 "whose name or meaning has WORD.",
		.example = "fields mailbox",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows),
		.operands = "[WORD]",
		.most = 1};
	char **words;
	int status;

	if (!options_read(&options, argc, argv, &words, &status))
		return status;
	if (json + mdoc + schema + (siem != NULL) > 1) {
		return options_refuse(
			argv[0], "one of --json, --schema, --siem and --mdoc");
	}
	if (siem != NULL) {
		return print_siem(siem) ? COMMAND_OK
					: options_refuse(argv[0],
						  "--siem is elastic, splunk "
						  "or markdown");
	}
	if (schema) {
		screen_print_json(fields_schema_json());
	} else if (json) {
		print_json(words[0]);
	} else {
		print_all(mdoc ? print_mdoc : print_text, words[0]);
	}
	return COMMAND_OK;
}
