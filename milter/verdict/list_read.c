/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries of lists, as they are meant. */
#include "verdict/list_read.h"

#include "base/list_file.h"
#include "mail/address.h"

#include <string.h>

/* An entry on its way to what is meant. */
struct reading {
	struct arena *arena;
	struct diags *diags;
	struct mark mark;
	struct slice text;
};

/* Two of the same are often on a line; the rest is as it was. */
static void
replace(struct reading *r, const char *from, const char *to)
{
	const struct slice part = slice_of(from);
	size_t at;

	while ((at = slice_find_fold(r->text, part)) != SLICE_NONE) {
		struct slice changed =
			arena_printf(r->arena, "%.*s%s%.*s", (int)at, r->text.p,
				to, (int)(r->text.len - at - part.len),
				r->text.p + at + part.len);

		if (slice_is_absent(changed))
			return;
		r->text = changed;
	}
}

/* A domain, or an address: no phrase. */
static bool
is_name(struct slice text)
{
	return text.len > 0 && slice_find_byte(text, ' ', 0) == SLICE_NONE &&
		(slice_find_byte(text, '.', 0) != SLICE_NONE ||
			slice_find_byte(text, '@', 0) != SLICE_NONE);
}

static void
say(struct reading *r, enum diag_severity severity, struct slice before,
	const char *why)
{
	(void)diags_add(r->diags, severity, r->mark, why,
		"\"%.*s\" is taken as \"%.*s\"", SLICE_ARG(before),
		SLICE_ARG(r->text));
}

/* "- one" of YAML, "one", of JSON. */
static void
take_out_of_quotes(struct reading *r)
{
	const struct slice before = r->text;
	struct slice text = before;

	if (text.len > 2 && memcmp(text.p, "- ", 2) == 0)
		text = slice_trim(slice_sub(text, 2, text.len));
	if (text.len > 3 && text.p[text.len - 1] == ',' &&
		(text.p[0] == '"' || text.p[0] == '\''))
		text.len--;
	if (text.len > 2 && (text.p[0] == '"' || text.p[0] == '\'') &&
		text.p[text.len - 1] == text.p[0])
		text = slice_sub(text, 1, text.len - 1);
	r->text = text;
	if (text.len != before.len) {
		say(r, DIAG_NOTE, before,
			"a list has one entry a line, without dashes and "
			"quotes");
	}
}

/* A line of a spreadsheet: the first column, where that is a name. */
static void
take_first_column(struct reading *r)
{
	const struct slice before = r->text;
	size_t end = 0;

	while (end < before.len && strchr(",;\t", before.p[end]) == NULL)
		end++;
	if (end + 1 >= before.len ||
		!is_name(slice_trim(slice_sub(before, 0, end))))
		return;
	r->text = slice_trim(slice_sub(before, 0, end));
	take_out_of_quotes(r);
	say(r, DIAG_WARNING, before,
		"a list has one entry a line: keep the first column alone");
}

static void
refang(struct reading *r)
{
	static const struct {
		const char *from, *to;
	} marks[] = {
		{"[.]", "."},
		{"(.)", "."},
		{"{.}", "."},
		{"[dot]", "."},
		{"(dot)", "."},
		{"[@]", "@"},
		{"[at]", "@"},
		{"[:]", ":"},
		{"hxxp", "http"},
	};
	const struct slice before = r->text;

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		replace(r, marks[i].from, marks[i].to);
	if (!slice_equal(before, r->text))
		say(r, DIAG_NOTE, before, "mail has the name itself");
}

/* The host of a URL. */
static void
take_host(struct reading *r)
{
	const struct slice before = r->text;
	size_t at = slice_find(before, SLICE("://"));

	if (at == SLICE_NONE)
		return;
	r->text = slice_sub(before, at + 3, before.len);
	r->text = slice_sub(r->text, 0, slice_find_byte(r->text, '/', 0));
	r->text = slice_sub(r->text, 0, slice_find_byte(r->text, ':', 0));
	say(r, DIAG_NOTE, before, "mail has hosts, not URLs");
}

static bool
is_ascii(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.p[i] >= 0x80)
			return false;
	}
	return true;
}

/* Domains are compared by their A-labels. */
static void
take_a_labels(struct reading *r)
{
	const struct slice before = r->text;
	size_t at = slice_find_byte(before, '@', 0);
	size_t start = at == SLICE_NONE ? 0 : at + 1;
	struct slice domain = slice_sub(before, start, before.len), ascii;

	if (!is_name(before) || is_ascii(domain))
		return;
	ascii = address_domain(r->arena, domain);
	if (!is_ascii(ascii))
		return;
	r->text = arena_printf(
		r->arena, "%.*s%.*s", (int)start, before.p, SLICE_ARG(ascii));
	if (slice_is_absent(r->text))
		r->text = before;
	say(r, DIAG_NOTE, before, "domains are compared by their A-labels");
}

static bool
is_anything(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] != '*' && text.p[i] != '?')
			return false;
	}
	return true;
}

bool
list_read_entry(struct arena *arena, struct slice raw, struct mark mark,
	struct diags *diags, struct slice *out)
{
	struct reading r = {arena, diags, mark, raw};

	take_first_column(&r);
	take_out_of_quotes(&r);
	refang(&r);
	take_host(&r);
	take_a_labels(&r);
	*out = r.text;
	if (r.text.len > 0 && !is_anything(r.text))
		return true;
	return diags_add(diags, DIAG_ERROR, mark,
		"take the line out: with it the list is no list",
		"\"%.*s\" is everything", SLICE_ARG(raw));
}

static bool
fail(struct mark mark, struct diags *diags, const char *why)
{
	return diags_add(diags, DIAG_ERROR, mark,
		"one entry a line, in UTF-8, at most 16 MiB",
		"cannot read the list: %s", why);
}

static size_t
lines_of(struct slice text)
{
	size_t lines = 1;

	for (size_t at = slice_find_byte(text, '\n', 0); at != SLICE_NONE;
		at = slice_find_byte(text, '\n', at + 1))
		lines++;
	return lines;
}

static bool
read_entries(struct arena *arena, struct list_file *file, const char *path,
	struct sigma_list *out, struct diags *diags)
{
	const struct slice kept = arena_copy(arena, file->rest);
	const struct slice name = arena_copy(arena, slice_of(path));
	size_t most = lines_of(kept);
	struct slice *values = arena_array(arena, most, sizeof(*values));
	struct mark *marks = arena_array(arena, most, sizeof(*marks));
	struct slice entry;
	bool good = true;

	out->told = arena_array(arena, most, sizeof(*out->told));
	out->values = values;
	out->marks = marks;
	out->count = 0;
	if (slice_is_absent(kept) || slice_is_absent(name) || values == NULL ||
		marks == NULL || out->told == NULL)
		return fail(
			(struct mark){path, 0, 0, 1}, diags, "out of memory");
	file->rest = kept;
	while (list_file_next(file, &entry)) {
		struct mark *mark = &marks[out->count];

		*mark = (struct mark){name.p, (unsigned)file->line, 1, 1};
		good &= list_read_entry(
			arena, entry, *mark, diags, &values[out->count++]);
	}
	return good;
}

bool
list_read_file(struct arena *arena, const char *path, struct mark mark,
	struct diags *diags, struct sigma_list *out)
{
	struct list_file file;
	struct err err;
	bool good;

	if (!list_file_open(&file, path, &err))
		return fail(mark, diags, err.text);
	good = read_entries(arena, &file, path, out, diags);
	list_file_close(&file);
	return good;
}
