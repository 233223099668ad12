/* SPDX-License-Identifier: BSD-2-Clause */
/* What a policy may ask of the fields of the table. */
#include "verdict/schema.h"

#include "sigma/modifier.h"
#include "verdict/choice.h"
#include "verdict/doubts.h"
#include "verdict/fields.h"
#include "verdict/service.h"
#include "yaml/diag.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define HEADER_ROW SLICE("header.<name>")
#define HEADER_PREFIX SLICE("header.")
#define NAMES_MAX 128

/* A number of header.<name> is none of a row. */
static bool
is_of_header(int id)
{
	return id >= (int)fields_count();
}

/* What stands before a colon has no space, and no colon. */
static const char *
bad_header_name(struct slice name)
{
	for (size_t i = HEADER_PREFIX.len; i < name.len; i++) {
		if (name.p[i] <= ' ' || name.p[i] == ':' ||
			(unsigned char)name.p[i] >= 0x7F) {
			return "the name of a header field has no space and "
			       "no colon: header.x-forwarded-to";
		}
	}
	return NULL;
}

/* A field that is an object of others, too, has no name in an event. */
static const struct {
	const char *once, *now;
} renamed[] = {
	{"message.keyword", "message.keyword.any"},
};

/* What a field is called that had this name once; else NULL. */
static const char *
name_now(struct slice name)
{
	for (size_t i = 0; i < sizeof(renamed) / sizeof(renamed[0]); i++) {
		if (slice_equal(name, slice_of(renamed[i].once)))
			return renamed[i].now;
	}
	return NULL;
}

static bool
resolve(const void *ctx, struct slice name, struct sigma_field *out)
{
	const struct field_row *row;
	const char *now = name_now(name);
	int id = fields_find(now != NULL ? slice_of(now) : name);
	size_t index;

	(void)ctx;
	out->renamed = now;
	if (id < 0 || slice_equal(name, HEADER_ROW))
		return false;
	index = fields_index(id);
	row = fields_row(index);
	out->id = id;
	out->type = row->type;
	out->scope = row->scope;
	out->single = !row->multi;
	out->always = fields_always(index);
	out->moves = fields_moves(index);
	out->choice = fields_choice(index);
	out->least = fields_shape(index)->least;
	out->most = fields_shape(index)->most;
	if (is_of_header(id))
		out->never = bad_header_name(name);
	return true;
}

static const char *
nearest(const void *ctx, struct slice name)
{
	const char *names[NAMES_MAX];
	size_t count = fields_count();

	(void)ctx;
	assert(count <= NAMES_MAX);
	for (size_t i = 0; i < count; i++)
		names[i] = fields_row(i)->name;
	return diag_nearest(name, names, count);
}

/* Modifiers made for process command lines and event logs. */
static const struct {
	const char *name, *why;
} refused[] = {
	{"base64",
		"header fields are decoded before policies see them: write "
		"the text itself"},
	{"base64offset",
		"header fields are decoded before policies see them: write "
		"the text itself"},
	{"wide", "text here is UTF-8: write the text itself"},
	{"utf16", "text here is UTF-8: write the text itself"},
	{"utf16le", "text here is UTF-8: write the text itself"},
	{"utf16be", "text here is UTF-8: write the text itself"},
	{"windash", "mail has no command lines: use |contains or |re"},
	{"minute", "use time.hour"},
	{"hour", "use time.hour"},
	{"day", "use time.weekday"},
	{"week", "use time.weekday"},
	{"month", "use time.weekday, or a correlation's timespan"},
	{"year", "use time.weekday, or a correlation's timespan"},
};

static const char *
refuse_modifier(const void *ctx, const char *modifier)
{
	(void)ctx;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (strcmp(modifier, refused[i].name) == 0)
			return refused[i].why;
	}
	return NULL;
}

static enum shape
shape_of(struct slice name)
{
	int id = fields_find(name);

	if (is_of_header(id))
		return SHAPE_HEADER;
	return id < 0 ? SHAPE_ANY : fields_shape_id((size_t)id);
}

static bool
doubt(const void *ctx, const struct sigma_asked *asked, struct sigma_doubt *out)
{
	enum shape other = SHAPE_ANY;

	(void)ctx;
	if (asked->modifiers->op == OP_FIELDREF)
		other = shape_of(asked->text);
	if (asked->field->type != SIGMA_TEXT &&
		asked->field->type != SIGMA_NUMBER)
		return false;
	return doubts_about(shape_of(asked->field->name), other, asked, out);
}

/* What a forward is by its definition: see flow_is_forward(). */
static sigma_choice_fn *
choice_in(const void *ctx, const struct sigma_field *field, unsigned services)
{
	bool outside = (services & (SERVICE_FORWARD | SERVICE_OUTBOUND)) != 0;

	(void)ctx;
	if (services == SERVICE_LOG &&
		(field->id < 0 || !fields_logged(fields_index(field->id))))
		return choice_nothing;
	if (outside && slice_equal(field->name, SLICE("rcpt.external")))
		return choice_true;
	if (outside && slice_equal(field->name, SLICE("email.direction")))
		return choice_outbound;
	if (services == SERVICE_FORWARD &&
		slice_equal(field->name, SLICE("forward.kind")))
		return choice_forward;
	return NULL;
}

static double
least_in(const void *ctx, const struct sigma_field *field, unsigned services)
{
	(void)ctx;
	return services == SERVICE_FORWARD &&
			slice_equal(field->name, SLICE("forward.confidence"))
		? FLOW_CONFIDENCE_LIKELY
		: field->least;
}

/* A destination that is new has no past. */
static bool
most_with(const void *ctx, const struct sigma_field *one,
	const struct sigma_field *other, double *most)
{
	(void)ctx;
	if (!slice_equal(one->name, SLICE("rcpt.new")))
		return false;
	*most = slice_starts_fold(other->name, SLICE("route.")) ? -INFINITY : 0;
	return isinf(*most) || slice_equal(other->name, SLICE("rcpt.age")) ||
		slice_equal(other->name, SLICE("rcpt.count"));
}

const struct sigma_schema *
schema_of_mail(void)
{
	static const struct sigma_schema schema = {
		.resolve = resolve,
		.nearest = nearest,
		.refuse_modifier = refuse_modifier,
		.doubt = doubt,
		.choice_in = choice_in,
		.least_in = least_in,
		.most_with = most_with,
		.keywords = false,
	};

	return &schema;
}
