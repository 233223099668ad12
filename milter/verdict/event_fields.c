/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of the fields is walked from top to bottom. What begins alike
 * stands together there, so each object is opened once: where the next name
 * leaves it, it is closed.
 *
 * Who may read an event may not know what the store does not: with
 * privacy.hash an address is the store's name for it, a field of the header
 * that holds one, too, and local parts and display names are left out.
 */
#include "verdict/event_fields.h"

#include "base/fold.h"
#include "verdict/event_value.h"
#include "verdict/fields.h"
#include "verdict/recollect.h"

#include <string.h>

#define ARENA_BYTES ((size_t)1024 * 1024)
#define NAME_BYTES 64
#define DEPTH_MAX 4
#define HEADER_PREFIX SLICE("header.")
#define ADDRESS_SIGN SLICE("@")

/* The objects that are open, from the outside in. */
struct path {
	struct slice open[DEPTH_MAX];
	size_t depth;
};

struct walk {
	struct event_fields *to;
	struct sigma_record record;
	struct path path;
};

void
event_fields_note_cut(struct event_fields *fields, struct slice name)
{
	for (size_t i = 0; i < fields->cut_count; i++) {
		if (slice_equal(fields->cut[i], name))
			return;
	}
	if (fields->cut_count < EVENT_CUT_MAX)
		fields->cut[fields->cut_count++] = name;
}

static void
want_named(struct event_fields *fields)
{
	const struct sigma_program *program = fields->verdict->options->program;
	const struct sigma_field *const *named;
	size_t count;

	if (program == NULL)
		return;
	count = sigma_program_fields(program, &named);
	for (size_t i = 0; i < count; i++) {
		if (named[i]->id >= 0)
			fields->wanted[fields_index(named[i]->id)] = true;
	}
}

static void
choose(struct event_fields *fields)
{
	enum told_fields told = fields->verdict->options->told;

	for (size_t i = 0; i < fields_count(); i++)
		fields->wanted[i] = told == TOLD_ALL || fields_basic(i);
	if (told == TOLD_POLICY)
		want_named(fields);
}

static bool
hides(struct event_fields *fields)
{
	struct store *store = fields->verdict->store;
	struct slice sign = ADDRESS_SIGN;

	return store != NULL &&
		!slice_equal(store_name(store, fields->arena, sign), sign);
}

bool
event_fields_begin(struct event_fields *fields, const struct verdict *verdict,
	struct json_writer *json)
{
	*fields = (struct event_fields){.json = json,
		.verdict = verdict,
		.arena = arena_new(ARENA_BYTES)};
	if (fields->arena == NULL)
		return false;
	fields->wanted = arena_array(
		fields->arena, fields_count(), sizeof(*fields->wanted));
	if (fields->wanted == NULL)
		return false;
	choose(fields);
	fields->hidden = hides(fields);
	return true;
}

void
event_fields_end(struct event_fields *fields)
{
	arena_free(fields->arena);
}

static void
copy_name(struct slice name, char text[NAME_BYTES])
{
	size_t len = name.len < NAME_BYTES ? name.len : NAME_BYTES - 1;

	memcpy(text, name.p, len);
	text[len] = '\0';
}

static void
leave(struct walk *walk, size_t depth)
{
	while (walk->path.depth > depth) {
		json_writer_close_map(walk->to->json);
		walk->path.depth--;
	}
}

static void
enter(struct walk *walk, size_t depth, struct slice part)
{
	struct path *path = &walk->path;
	char key[NAME_BYTES];

	if (depth < path->depth && slice_equal(path->open[depth], part))
		return;
	leave(walk, depth);
	copy_name(part, key);
	json_writer_open_map(walk->to->json, key);
	path->open[path->depth++] = part;
}

/* Opens what "a.b.c" is in; what is left of the name is its key there. */
static struct slice
enter_all(struct walk *walk, struct slice name)
{
	size_t depth = 0, dot;

	while (depth < DEPTH_MAX &&
		(dot = slice_find_byte(name, '.', 0)) != SLICE_NONE) {
		enter(walk, depth++, slice_sub(name, 0, dot));
		name = slice_sub(name, dot + 1, name.len);
	}
	leave(walk, depth);
	return name;
}

/* What a value is for those who may not see addresses. */
static struct slice
hide(const struct event_fields *fields, enum shape shape, struct slice text)
{
	if (!fields->hidden || shape == SHAPE_MESSAGE_ID ||
		shape == SHAPE_SUBJECT)
		return text;
	return store_name(fields->verdict->store, fields->arena, text);
}

static void
put_value(struct walk *walk, const struct sigma_field *field, const char *key,
	const struct sigma_value *value)
{
	struct event_fields *to = walk->to;
	struct slice text = value->text;

	if (field->type == SIGMA_NUMBER) {
		json_writer_real(to->json, key, value->number);
	} else if (field->type == SIGMA_BOOL) {
		json_writer_bool(to->json, key, value->number != 0);
	} else {
		text = hide(to, fields_shape_id(fields_index(field->id)), text);
		if (!event_value_write(to->json, key, text))
			event_fields_note_cut(to, field->name);
	}
}

/* key: of a field of the header, which is no path; absent: of any other. */
static void
put_field(struct walk *walk, const struct sigma_field *field, struct slice key)
{
	struct event_fields *to = walk->to;
	struct sigma_values values =
		walk->record.values(walk->record.ctx, field, to->arena);
	char text[NAME_BYTES];

	if (values.count == 0)
		return;
	if (slice_is_absent(key)) {
		key = enter_all(walk, field->name);
	} else {
		enter(walk, 0, SLICE("header"));
		leave(walk, 1);
	}
	copy_name(key, text);
	if (field->single) {
		put_value(walk, field, text, &values.at[0]);
		return;
	}
	json_writer_open_list(to->json, text);
	for (size_t i = 0; i < values.count && i < EVENT_LIST_MAX; i++)
		put_value(walk, field, NULL, &values.at[i]);
	json_writer_close_list(to->json);
	if (values.count > EVENT_LIST_MAX)
		event_fields_note_cut(to, field->name);
}

static bool
is_shown(const struct event_fields *fields, size_t index)
{
	return fields->wanted[index] &&
		(!fields->hidden ||
			(fields_shape_id(index) != SHAPE_LOCAL &&
				fields_shape_id(index) != SHAPE_PERSON));
}

static void
put_row(struct walk *walk, size_t index)
{
	const struct field_row *row = fields_row(index);
	struct sigma_field field = {.name = slice_of(row->name),
		.id = (int)index,
		.type = row->type,
		.single = !row->multi};

	put_field(walk, &field, slice_of(NULL));
}

/* Of the endless family those that the policies name, each once, whatever
 * case they write it in. */
static bool
is_first(const struct sigma_field *const *fields, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (slice_equal_fold(fields[i]->name, fields[index]->name))
			return false;
	}
	return true;
}

static void
put_headers(struct walk *walk)
{
	const struct verdict *verdict = walk->to->verdict;
	const struct sigma_program *program = verdict->options->program;
	const struct sigma_field *const *fields;
	size_t count;

	if (program == NULL || verdict->options->told == TOLD_FEW)
		return;
	count = sigma_program_fields(program, &fields);
	for (size_t i = 0; i < count; i++) {
		struct slice name = fields[i]->name;

		if (fields[i]->id < (int)fields_count() ||
			fields[i]->never != NULL ||
			name.len - HEADER_PREFIX.len >= NAME_BYTES ||
			!is_first(fields, i))
			continue;
		put_field(walk, fields[i],
			fold_text(walk->to->arena,
				slice_sub(name, HEADER_PREFIX.len, name.len)));
	}
}

static void
write_fields(struct event_fields *fields, const struct flow *flow,
	enum sigma_scope least)
{
	const struct verdict *verdict = fields->verdict;
	struct keyword_memo memo = {.known = false};
	const struct fields_source source = {
		.store = verdict->store,
		.at_ms = verdict->message->at_ms,
		.message = verdict->logged ? NULL : verdict->message,
		.flow = flow,
		.facts = flow == NULL ? NULL
				      : recollect_facts(verdict->facts,
						verdict->fact_count, flow),
		.keywords = verdict->options->keywords,
		.memo = &memo,
	};
	struct walk walk = {.to = fields, .record = fields_record(&source)};
	size_t family = fields_header();

	for (size_t i = 0; i < fields_count(); i++) {
		if (fields_row(i)->scope < least)
			continue;
		if (i == family) {
			put_headers(&walk);
		} else if (is_shown(fields, i)) {
			put_row(&walk, i);
		}
	}
	leave(&walk, 0);
}

void
event_fields_all(struct event_fields *fields, const struct flow *flow)
{
	write_fields(fields, flow, SCOPE_MESSAGE);
}

void
event_fields_of_flow(struct event_fields *fields, const struct flow *flow)
{
	write_fields(fields, flow, SCOPE_FLOW);
}
