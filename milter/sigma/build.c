/* SPDX-License-Identifier: BSD-2-Clause */
/* A program while it is being built. */
#include "sigma/build.h"

#include <stdio.h>

bool
build_no_memory(struct build *build)
{
	if (!build->no_memory) {
		(void)diags_add(build->diags, DIAG_ERROR,
			(struct mark){"", 0, 0, 1}, NULL, "out of memory");
	}
	build->no_memory = true;
	return false;
}

void *
build_alloc(struct build *build, size_t bytes)
{
	void *p = arena_alloc(build->arena, bytes);

	if (p == NULL)
		(void)build_no_memory(build);
	return p;
}

struct slice
build_copy(struct build *build, struct slice s)
{
	struct slice copy = arena_copy(build->arena, s);

	if (copy.p == NULL && s.p != NULL)
		(void)build_no_memory(build);
	return copy;
}

struct mark
build_mark(const struct build *build, struct mark mark)
{
	mark.file = build->file;
	return mark;
}

static const struct sigma_field *
unknown_field(struct build *build, struct slice name, struct mark mark)
{
	const struct sigma_schema *schema = build->options->schema;
	const char *nearest = NULL;
	char hint[200] = "`forwarden fields` lists them all";

	if (schema->nearest != NULL)
		nearest = schema->nearest(schema->ctx, name);
	if (nearest != NULL) {
		(void)snprintf(hint, sizeof(hint),
			"did you mean \"%s\"? `forwarden fields` lists them "
			"all",
			nearest);
	}
	(void)build_error(build, mark, hint, "no field is called \"%.*s\"",
		SLICE_ARG(name));
	return NULL;
}

const struct sigma_field *
build_field(struct build *build, struct slice name, struct mark mark)
{
	const struct sigma_schema *schema = build->options->schema;
	struct sigma_field *field = map_find(build->field_by_name, name);
	struct sigma_field found = {.name = name};

	if (field != NULL)
		return field;
	if (!schema->resolve(schema->ctx, name, &found))
		return unknown_field(build, name, mark);
	field = build_alloc(build, sizeof(*field));
	if (field == NULL)
		return NULL;
	*field = found;
	if (field->renamed != NULL) {
		(void)build_warn(build, mark,
			"an event has the new name alone, and so has a SIEM",
			"\"%.*s\" is called \"%s\" now", SLICE_ARG(name),
			field->renamed);
	}
	if (field->never != NULL) {
		(void)build_warn(build, mark, field->never,
			"\"%.*s\" never has a value", SLICE_ARG(name));
	}
	field->name = build_copy(build, name);
	field->index = (unsigned)build->fields.count;
	if (field->name.p == NULL || !pointers_add(&build->fields, field) ||
		!map_put(build->field_by_name, name, field, NULL)) {
		(void)build_no_memory(build);
		return NULL;
	}
	return field;
}

struct reader
build_reader(struct build *build)
{
	return (struct reader){.arena = build->arena,
		.file = build->file,
		.diags = build->diags,
		.ctx = build};
}

static unsigned
characters(struct slice s)
{
	unsigned count = 0;

	for (size_t i = 0; i < s.len; i++)
		count += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return count;
}

struct mark
build_mark_in(const struct yaml_node *scalar, size_t offset, size_t bytes)
{
	struct mark mark = scalar->mark;
	unsigned long quotes = scalar->plain ? 0 : 1;

	if (mark.width != characters(scalar->text) + 2 * quotes)
		return mark;
	mark.column += (unsigned)quotes +
		characters(slice_sub(scalar->text, 0, offset));
	mark.width =
		characters(slice_sub(scalar->text, offset, offset + bytes));
	if (mark.width == 0)
		mark.width = 1;
	return mark;
}
