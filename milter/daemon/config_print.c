/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of keys for people: the manual's section and an example. */
#include "daemon/config.h"
#include "daemon/config_type.h"

#include <string.h>

#define EXAMPLE_COLUMNS 72

/* mdoc(7) takes a line that begins with a dot or quote for a request, and a
 * backslash for an escape. */
static void
print_mdoc(const char *text, struct buf *out)
{
	if (*text == '.' || *text == '\'')
		buf_puts(out, "\\&");
	for (; *text != '\0'; text++) {
		if (*text == '\\') {
			buf_puts(out, "\\e");
		} else {
			buf_add_byte(out, *text);
		}
		/* Each sentence on a line of its own. */
		if (*text == '.' && text[1] == ' ') {
			buf_add_byte(out, '\n');
			text++;
		}
	}
	buf_add_byte(out, '\n');
}

static void
print_manual_row(const struct reader_key *key, struct buf *out)
{
	struct buf range = {0};

	buf_printf(out, ".It Ic %s Pq %s", key->name, key->type->name);
	buf_add_byte(out, '\n');
	print_mdoc(key->help, out);
	reader_print_range(key, &range);
	if (buf_slice(&range).len > 0)
		buf_printf(out, "Range: %s.\n", buf_slice(&range).p);
	buf_fini(&range);
	if (key->initial == NULL) {
		buf_puts(out,
			key->missing == NULL ? "Default: none.\n"
					     : "Must be given.\n");
	} else if (*key->initial == '\0') {
		buf_puts(out, "Default: empty.\n");
	} else {
		buf_printf(out, "Default: %s.\n", key->initial);
	}
}

void
config_print_manual(struct buf *out)
{
	const struct reader_key *keys = config_table.keys;
	size_t count = config_table.count;

	buf_puts(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < count; i++)
		print_manual_row(&keys[i], out);
	buf_puts(out, ".El\n");
}

void
config_print_list(struct buf *out)
{
	const struct reader_key *keys = config_table.keys;
	size_t count = config_table.count;

	for (size_t i = 0; i < count; i++) {
		buf_printf(out, "%-24s %-16s %s\n", keys[i].name,
			keys[i].type->name,
			keys[i].initial != NULL ? keys[i].initial : "");
	}
}

static void
print_comment(const char *text, const char *indent, struct buf *out)
{
	while (*text != '\0') {
		size_t room = EXAMPLE_COLUMNS - strlen(indent), len;

		len = strlen(text);
		if (len > room) {
			for (len = room; len > 0 && text[len] != ' ';)
				len--;
		}
		if (len == 0)
			len = strcspn(text, " ");
		buf_printf(out, "%s# %.*s\n", indent, (int)len, text);
		text += len;
		text += strspn(text, " ");
	}
}

static bool
needs_quotes(const char *text)
{
	return *text == '\0' || strpbrk(text, ":#%'\"[]{},*&!|>@`") != NULL ||
		strstr(text, ": ") != NULL;
}

static void
print_value(const struct reader_key *key, struct buf *out)
{
	struct slice rest, field;
	bool first = true;

	if (!key->type->list) {
		buf_printf(out,
			needs_quotes(key->initial) ? "\"%s\"\n" : "%s\n",
			key->initial);
		return;
	}
	rest = slice_of(key->initial);
	buf_add_byte(out, '[');
	while (slice_next(&rest, ',', &field)) {
		buf_printf(out, "%s\"%.*s\"", first ? "" : ", ",
			SLICE_ARG(slice_trim(field)));
		first = false;
	}
	buf_puts(out, "]\n");
}

/* What the example says itself, of keys whose default is not for a service:
 * it begins by watching, as a user of its own. */
static const struct {
	const char *name;
	const char *value;
} said[] = {
	{"local.domains", "[example.com, .example.com]"},
	{"user", "forwarden"},
	{"mode", "observe"},
};

static const char *
find_said(const char *name)
{
	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++) {
		if (strcmp(said[i].name, name) == 0)
			return said[i].value;
	}
	return NULL;
}

static void
print_example_row(
	const struct reader_key *key, struct slice *section, struct buf *out)
{
	size_t dot = slice_find_byte(slice_of(key->name), '.', 0);
	struct slice own =
		slice_sub(slice_of(key->name), 0, dot == SLICE_NONE ? 0 : dot);
	const char *indent = own.len > 0 ? "  " : "";
	const char *name = key->name + (own.len > 0 ? own.len + 1 : 0);
	const char *value = find_said(key->name);

	if (own.len > 0 && !slice_equal(own, *section)) {
		buf_printf(out, "\n%.*s:\n", SLICE_ARG(own));
	} else if (own.len == 0) {
		buf_add_byte(out, '\n');
	}
	*section = own;
	print_comment(key->help, indent, out);
	if (value != NULL) {
		buf_printf(out, "%s%s: %s\n", indent, name, value);
	} else if (key->initial == NULL && key->type->list) {
		buf_printf(out, "%s#%s: []\n", indent, name);
	} else if (key->initial == NULL) {
		buf_printf(out, "#%s: {}\n", key->name);
	} else {
		buf_printf(out, "%s#%s: ", indent, name);
		print_value(key, out);
	}
}

void
config_print_example(struct buf *out)
{
	const struct reader_key *keys = config_table.keys;
	struct slice section = {"", 0};
	size_t count = config_table.count;

	buf_puts(out,
		"# Forwarden's configuration: local.domains must be yours. "
		"What is\n"
		"# commented out shows the defaults. See forwarden.yaml(5).\n");
	for (size_t i = 0; i < count; i++)
		print_example_row(&keys[i], &section, out);
}
