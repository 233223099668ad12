/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden fields: the fields a policy can name. */
#include "cli/command.h"
#include "cli/options.h"
#include "verdict/fields.h"

#include <stdio.h>
#include <string.h>

enum format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_MDOC
};

static bool
is_wanted(const struct field_row *row, const char *word)
{
	return word == NULL || strstr(row->name, word) != NULL ||
		strstr(row->meaning, word) != NULL;
}

static void
print_text(const struct field_row *row)
{
	printf("%-26s %-7s %-8s %s%s (%s)\n", row->name,
		fields_type_name(row->type), fields_scope_name(row->scope),
		row->meaning, row->multi ? "; several values" : "",
		row->example);
}

/* The table's texts are our own: no quote, backslash or control byte. */
static void
print_json(const struct field_row *row, bool first)
{
	printf("%s\n  {\"name\": \"%s\", \"type\": \"%s\", \"scope\": \"%s\", "
	       "\"multi\": %s, \"meaning\": \"%s\", \"example\": \"%s\"}",
		first ? "" : ",", row->name, fields_type_name(row->type),
		fields_scope_name(row->scope), row->multi ? "true" : "false",
		row->meaning, row->example);
}

static void
print_mdoc(const struct field_row *row)
{
	printf(".It Cm %s Pq %s , %s%s\n%s.\n", row->name,
		fields_type_name(row->type), fields_scope_name(row->scope),
		row->multi ? " , several values" : "", row->meaning);
	printf("Example: %s\n", row->example);
}

static void
print_all(enum format format, const char *word)
{
	bool first = true;

	if (format == FORMAT_JSON)
		printf("[");
	for (size_t i = 0; i < fields_count(); i++) {
		const struct field_row *row = fields_row(i);

		if (!is_wanted(row, word))
			continue;
		if (format == FORMAT_TEXT) {
			print_text(row);
		} else if (format == FORMAT_JSON) {
			print_json(row, first);
		} else {
			print_mdoc(row);
		}
		first = false;
	}
	if (format == FORMAT_JSON)
		printf("\n]\n");
}

int
cmd_fields(int argc, char **argv)
{
	bool json = false, mdoc = false;
	const struct options_row rows[] = {
		{"json", 'j', NULL, &options_flag, &json, "as JSON"},
		{"mdoc", 0, NULL, &options_flag, &mdoc, "for the manual page"},
	};
	const struct options options = {
		.about = "Lists the fields that a policy can name, or those "
			 "whose name or meaning has WORD.",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows),
		.operands = "[WORD]",
		.most = 1};
	char **words;
	int status;

	if (!options_read(&options, argc, argv, &words, &status))
		return status;
	if (json && mdoc)
		return options_refuse(argv[0], "either --json or --mdoc");
	print_all(json         ? FORMAT_JSON
			: mdoc ? FORMAT_MDOC
			       : FORMAT_TEXT,
		words[0]);
	return COMMAND_OK;
}
