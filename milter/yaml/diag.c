/* SPDX-License-Identifier: BSD-2-Clause */
/* Diagnostics: collected, put in order, and shown with the line itself. */
#include "yaml/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A file full of mistakes tells nothing more after this many. */
#define DIAGS_OF_A_FILE 200
/* Of a source line, in characters; a longer one is cut around the caret. */
#define LINE_SHOWN 100
#define LINE_BEFORE_CARET 60
#define TAB_SHOWN 4
#define WORD_BYTES_MAX 64
/* A longer text is cut: it quotes what is in the file. */
#define WHAT_BYTES_MAX 1024

struct source {
	struct source *next;
	char *file;
	char *text; /* NULL: only the name is known */
	size_t len;
	size_t diags;
};

struct diags {
	struct diag *at;
	size_t count, room;
	size_t of_severity[DIAG_NOTE + 1];
	struct source *sources;
};

struct diags *
diags_new(void)
{
	return calloc(1, sizeof(struct diags));
}

void
diags_free(struct diags *diags)
{
	struct source *next;

	if (diags == NULL)
		return;
	for (size_t i = 0; i < diags->count; i++) {
		free(diags->at[i].what);
		free(diags->at[i].hint);
		free(diags->at[i].line);
	}
	free(diags->at);
	for (struct source *source = diags->sources; source != NULL;
		source = next) {
		next = source->next;
		free(source->file);
		free(source->text);
		free(source);
	}
	free(diags);
}

static char *
copy_of(struct slice s)
{
	char *p = malloc(s.len + 1);

	if (p == NULL)
		return NULL;
	if (s.len > 0)
		memcpy(p, s.p, s.len);
	p[s.len] = '\0';
	return p;
}

/* The source of that name, made when it is not there; NULL: no memory. */
static struct source *
source_of(struct diags *diags, const char *file)
{
	struct source *source;

	for (source = diags->sources; source != NULL; source = source->next) {
		if (strcmp(source->file, file) == 0)
			return source;
	}
	source = calloc(1, sizeof(*source));
	if (source == NULL)
		return NULL;
	source->file = copy_of(slice_of(file));
	if (source->file == NULL) {
		free(source);
		return NULL;
	}
	source->next = diags->sources;
	diags->sources = source;
	return source;
}

void
diags_add_source(struct diags *diags, const char *file, struct slice text)
{
	struct source *source = source_of(diags, file);

	if (source == NULL)
		return;
	free(source->text);
	source->text = copy_of(text);
	source->len = source->text != NULL ? text.len : 0;
}

/* A copy of that line without its end, or NULL. */
static char *
line_of(const struct source *source, unsigned line)
{
	struct slice rest = {source->text, source->len}, text = {NULL, 0};

	if (line == 0 || source->text == NULL)
		return NULL;
	while (line > 0 && slice_next(&rest, '\n', &text))
		line--;
	if (line > 0)
		return NULL;
	if (text.len > 0 && text.p[text.len - 1] == '\r')
		text.len--;
	return copy_of(text);
}

static int
compare(const struct diag *a, const struct diag *b)
{
	int order = strcmp(a->mark.file, b->mark.file);

	if (order != 0)
		return order;
	if (a->mark.line != b->mark.line)
		return a->mark.line < b->mark.line ? -1 : 1;
	if (a->mark.column != b->mark.column)
		return a->mark.column < b->mark.column ? -1 : 1;
	return 0;
}

/* In its place among the others; those that compare equal keep their order. */
static bool
insert(struct diags *diags, const struct diag *diag)
{
	size_t at = diags->count;

	if (diags->count == diags->room) {
		size_t room = diags->room > 0 ? diags->room * 2 : 16;
		struct diag *p = realloc(diags->at, room * sizeof(*p));

		if (p == NULL)
			return false;
		diags->at = p;
		diags->room = room;
	}
	while (at > 0 && compare(diag, &diags->at[at - 1]) < 0)
		at--;
	memmove(&diags->at[at + 1], &diags->at[at],
		(diags->count - at) * sizeof(*diags->at));
	diags->at[at] = *diag;
	diags->count++;
	return true;
}

static char *
format(const char *fmt, va_list ap)
{
	va_list again;
	int len;
	char *text;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (len > WHAT_BYTES_MAX)
		len = WHAT_BYTES_MAX;
	text = len >= 0 ? malloc((size_t)len + 1) : NULL;
	if (text != NULL)
		(void)vsnprintf(text, (size_t)len + 1, fmt, ap);
	return text;
}

bool
diags_add(struct diags *diags, enum diag_severity severity, struct mark mark,
	const char *hint, const char *fmt, ...)
{
	struct diag diag = {.severity = severity, .mark = mark};
	struct source *source;
	va_list ap;

	diags->of_severity[severity]++;
	source = source_of(diags, mark.file != NULL ? mark.file : "");
	if (source == NULL || source->diags >= DIAGS_OF_A_FILE)
		return false;
	source->diags++;
	diag.mark.file = source->file;
	va_start(ap, fmt);
	diag.what = format(fmt, ap);
	va_end(ap);
	diag.hint = hint != NULL ? copy_of(slice_of(hint)) : NULL;
	diag.line = line_of(source, mark.line);
	if (diag.what == NULL || !insert(diags, &diag)) {
		free(diag.what);
		free(diag.hint);
		free(diag.line);
	}
	return false;
}

size_t
diags_count(const struct diags *diags, enum diag_severity severity)
{
	return diags->of_severity[severity];
}

size_t
diags_total(const struct diags *diags)
{
	return diags->count;
}

const struct diag *
diags_at(const struct diags *diags, size_t index)
{
	return &diags->at[index];
}

static const char *const severity_names[] = {
	[DIAG_ERROR] = "error",
	[DIAG_WARNING] = "warning",
	[DIAG_NOTE] = "note",
};

/* As buf_add_visible, but a backslash is itself: it is what a regular
 * expression is made of, and a policy's author is not an enemy. */
static void
add_visible(struct buf *out, struct slice text)
{
	struct slice part;
	bool first = true;

	while (slice_next(&text, '\\', &part)) {
		if (!first)
			buf_add_byte(out, '\\');
		first = false;
		buf_add_visible(out, part);
	}
}

/* Offset after the character at at. */
static size_t
next_character(struct slice s, size_t at)
{
	at++;
	while (at < s.len && ((unsigned char)s.p[at] & 0xC0) == 0x80)
		at++;
	return at;
}

/* What is seen of the line: a window of characters around the caret, and
 * where in it the caret stands. */
struct view {
	struct buf text;
	size_t caret, width;
};

static void
view_make(struct view *view, struct slice line, const struct mark *mark)
{
	size_t column = mark->column > 0 ? mark->column : 1;
	size_t from = column > LINE_SHOWN ? column - LINE_BEFORE_CARET : 1;
	size_t at = 0, shown = 0, number;

	if (from > 1)
		buf_puts(&view->text, "...");
	view->caret = from > 1 ? 3 : 0;
	for (number = 1; at < line.len && shown < LINE_SHOWN; number++) {
		size_t next = next_character(line, at);
		size_t cells = line.p[at] == '\t' ? TAB_SHOWN : 1;

		if (number >= from && line.p[at] == '\t') {
			buf_printf(&view->text, "%*s", TAB_SHOWN, "");
		} else if (number >= from) {
			add_visible(&view->text, slice_sub(line, at, next));
		}
		if (number >= from && number < column)
			view->caret += cells;
		shown += number >= from;
		at = next;
	}
	if (number < column)
		view->caret += column - number;
	if (at < line.len)
		buf_puts(&view->text, "...");
	view->width = mark->width > 0 ? mark->width : 1;
	if (column - from + view->width > LINE_SHOWN)
		view->width = LINE_SHOWN - (column - from);
}

static void
print_line(const struct diag *diag, struct buf *out)
{
	struct view view = {{0}, 0, 0};

	view_make(&view, slice_of(diag->line), &diag->mark);
	buf_printf(out, "%5u | ", diag->mark.line);
	buf_add(out, buf_slice(&view.text));
	buf_printf(out, "\n      | %*s^", (int)view.caret, "");
	for (size_t i = 1; i < view.width; i++)
		buf_add_byte(out, '~');
	buf_add_byte(out, '\n');
	buf_fini(&view.text);
}

/* Each line of the hint is indented, so that an example in it stands out. */
static void
print_hint(const char *hint, struct buf *out)
{
	struct slice rest = slice_of(hint), line;

	while (slice_next(&rest, '\n', &line)) {
		buf_puts(out, "   ");
		add_visible(out, line);
		buf_add_byte(out, '\n');
	}
}

void
diag_print(const struct diag *diag, struct buf *out)
{
	add_visible(out, slice_of(diag->mark.file));
	if (diag->mark.line > 0)
		buf_printf(out, ":%u:%u", diag->mark.line, diag->mark.column);
	if (diag->mark.file[0] != '\0')
		buf_puts(out, ": ");
	buf_printf(out, "%s: ", severity_names[diag->severity]);
	add_visible(out, slice_of(diag->what));
	buf_add_byte(out, '\n');
	if (diag->line != NULL)
		print_line(diag, out);
	if (diag->hint != NULL)
		print_hint(diag->hint, out);
}

static void
print_total(const struct diags *diags, struct buf *out)
{
	const char *gap = "";

	for (int severity = DIAG_ERROR; severity <= DIAG_NOTE; severity++) {
		size_t count = diags->of_severity[severity];

		if (count == 0)
			continue;
		buf_printf(out, "%s%zu %s%s", gap, count,
			severity_names[severity], count == 1 ? "" : "s");
		gap = ", ";
	}
	if (*gap != '\0')
		buf_add_byte(out, '\n');
}

void
diags_print(const struct diags *diags, struct buf *out)
{
	size_t i, total = 0;

	for (i = 0; i < diags->count; i++)
		diag_print(&diags->at[i], out);
	for (int severity = DIAG_ERROR; severity <= DIAG_NOTE; severity++)
		total += diags->of_severity[severity];
	if (total > diags->count) {
		buf_printf(out, "... and %zu more that are not shown\n",
			total - diags->count);
	}
	print_total(diags, out);
}

static unsigned char
lower(char c)
{
	unsigned char byte = (unsigned char)c;

	return byte >= 'A' && byte <= 'Z' ? (unsigned char)(byte | 0x20) : byte;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Damerau-Levenshtein with neighbours swapped (optimal string alignment),
 * case ignored; three rows of the table are kept. */
static size_t
distance(struct slice a, struct slice b)
{
	size_t rows[3][WORD_BYTES_MAX + 1];

	for (size_t j = 0; j <= b.len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i + 2) % 3];
		const size_t *above2 = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			bool same = lower(a.p[i - 1]) == lower(b.p[j - 1]);

			row[j] = least(above[j], row[j - 1]) + 1;
			row[j] = least(row[j], above[j - 1] + !same);
			if (i > 1 && j > 1 &&
				lower(a.p[i - 1]) == lower(b.p[j - 2]) &&
				lower(a.p[i - 2]) == lower(b.p[j - 1]))
				row[j] = least(row[j], above2[j - 2] + 1);
		}
	}
	return rows[a.len % 3][b.len];
}

const char *
diag_nearest(struct slice word, const char *const *names, size_t count)
{
	const char *best = NULL;
	size_t best_distance = word.len / 3 + 1, i;

	if (word.len == 0 || word.len > WORD_BYTES_MAX)
		return NULL;
	if (word.len < 3)
		best_distance = 2;
	for (i = 0; i < count; i++) {
		struct slice name = slice_of(names[i]);
		size_t d;

		if (name.len > WORD_BYTES_MAX)
			continue;
		d = distance(word, name);
		if (d < best_distance && d < name.len) {
			best = names[i];
			best_distance = d;
		}
	}
	return best;
}
