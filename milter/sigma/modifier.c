/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of modifiers. Each belongs to a class, and each says after which
 * classes it may stand; the order of the table is the order to write them in,
 * so that a wrong order can be answered with the right one.
 */
#include "sigma/modifier.h"

#include "base/buf.h"
#include "sigma/record.h"
#include "sigma/regex.h"
#include "yaml/diag.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

enum {
	RE = 1U << 0,
	RE_FLAG = 1U << 1,
	CIDR = 1U << 2,
	EXISTS = 1U << 3,
	FIELDREF = 1U << 4,
	PART = 1U << 5,
	COMPARE = 1U << 6,
	EXPAND = 1U << 7,
	WIDE = 1U << 8,
	BASE64 = 1U << 9,
	WINDASH = 1U << 10,
	STRING = 1U << 11,
	CASED = 1U << 12,
	NEQ = 1U << 13,
	ALL = 1U << 14,
	TEXT = EXPAND | WIDE | BASE64 | WINDASH | STRING | CASED
};

struct row;
typedef void apply_fn(struct modifiers *, const struct row *);

struct row {
	const char *name;
	unsigned class, after;
	apply_fn *apply;
	unsigned value;
	transform_fn *transform;
	const char *hint; /* why it stands alone, or NULL */
};

static void
apply_op(struct modifiers *out, const struct row *row)
{
	if (out->op == OP_FIELDREF) {
		out->how = (enum modifier_op)row->value;
	} else {
		out->op = (enum modifier_op)row->value;
	}
}

static void
apply_flag(struct modifiers *out, const struct row *row)
{
	out->regex_flags |= row->value;
}

static void
apply_comparison(struct modifiers *out, const struct row *row)
{
	out->op = OP_COMPARE;
	out->comparison = (enum comparison)row->value;
}

static void
apply_part(struct modifiers *out, const struct row *row)
{
	out->op = OP_COMPARE;
	out->part = (enum time_part)row->value;
}

static void
apply_transform(struct modifiers *out, const struct row *row)
{
	out->transforms[out->transform_count++] = row->transform;
}

/* value is where the flag is. */
static void
apply_bool(struct modifiers *out, const struct row *row)
{
	*(bool *)((char *)out + row->value) = true;
}

#define RE_HINT                                                                \
	"a regular expression searches the whole value and is case-sensitive " \
	"by itself: leave the other modifier out, or write |re|i"
#define FLAG(member) offsetof(struct modifiers, member)
#define EXISTS_HINT "exists stands alone: name|exists: true"

static const struct row rows[] = {
	{"re", RE, 0, apply_op, OP_RE, NULL, RE_HINT},
	{"i", RE_FLAG, RE | RE_FLAG, apply_flag, REGEX_CASELESS, NULL, NULL},
	{"m", RE_FLAG, RE | RE_FLAG, apply_flag, REGEX_MULTILINE, NULL, NULL},
	{"s", RE_FLAG, RE | RE_FLAG, apply_flag, REGEX_DOTALL, NULL, NULL},
	{"exists", EXISTS, 0, apply_op, OP_EXISTS, NULL, EXISTS_HINT},
	{"fieldref", FIELDREF, 0, apply_op, OP_FIELDREF, NULL, NULL},
	{"minute", PART, 0, apply_part, PART_MINUTE, NULL, NULL},
	{"hour", PART, 0, apply_part, PART_HOUR, NULL, NULL},
	{"day", PART, 0, apply_part, PART_DAY, NULL, NULL},
	{"week", PART, 0, apply_part, PART_WEEK, NULL, NULL},
	{"month", PART, 0, apply_part, PART_MONTH, NULL, NULL},
	{"year", PART, 0, apply_part, PART_YEAR, NULL, NULL},
	{"lt", COMPARE, PART, apply_comparison, COMPARE_LT, NULL, NULL},
	{"lte", COMPARE, PART, apply_comparison, COMPARE_LTE, NULL, NULL},
	{"gt", COMPARE, PART, apply_comparison, COMPARE_GT, NULL, NULL},
	{"gte", COMPARE, PART, apply_comparison, COMPARE_GTE, NULL, NULL},
	{"expand", EXPAND, STRING | CASED | CIDR | WINDASH, apply_bool,
		FLAG(expand), NULL, NULL},
	{"cidr", CIDR, EXPAND, apply_op, OP_CIDR, NULL, NULL},
	{"utf16le", WIDE, EXPAND, apply_transform, 0, transform_utf16le, NULL},
	{"utf16be", WIDE, EXPAND, apply_transform, 0, transform_utf16be, NULL},
	{"utf16", WIDE, EXPAND, apply_transform, 0, transform_utf16, NULL},
	{"wide", WIDE, EXPAND, apply_transform, 0, transform_utf16le, NULL},
	{"base64", BASE64, EXPAND | WIDE, apply_transform, 0, transform_base64,
		NULL},
	{"base64offset", BASE64, EXPAND | WIDE, apply_transform, 0,
		transform_base64offset, NULL},
	{"windash", WINDASH, EXPAND | STRING | CASED, apply_transform, 0,
		transform_windash, NULL},
	{"contains", STRING,
		EXPAND | WIDE | BASE64 | WINDASH | CASED | FIELDREF, apply_op,
		OP_CONTAINS, NULL, NULL},
	{"startswith", STRING,
		EXPAND | WIDE | BASE64 | WINDASH | CASED | FIELDREF, apply_op,
		OP_STARTSWITH, NULL, NULL},
	{"endswith", STRING,
		EXPAND | WIDE | BASE64 | WINDASH | CASED | FIELDREF, apply_op,
		OP_ENDSWITH, NULL, NULL},
	{"cased", CASED, TEXT | FIELDREF, apply_bool, FLAG(cased), NULL, NULL},
	{"neq", NEQ, TEXT | RE | RE_FLAG | CIDR | FIELDREF | PART | ALL,
		apply_bool, FLAG(neq), NULL, NULL},
	{"all", ALL, TEXT | RE | RE_FLAG | CIDR | FIELDREF | NEQ, apply_bool,
		FLAG(all), NULL, NULL},
};
#define ROW_COUNT (sizeof(rows) / sizeof(*rows))

static const struct row *
row_of(struct slice name)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (slice_equal(name, slice_of(rows[i].name)))
			return &rows[i];
	}
	return NULL;
}

struct list {
	const struct row *at[MODIFIERS_MAX];
	size_t count;
};

static bool refuse(struct modifier_fault *, size_t part, const char *hint,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static bool
refuse(struct modifier_fault *fault, size_t part, const char *hint,
	const char *fmt, ...)
{
	va_list ap;

	fault->part = part;
	(void)snprintf(fault->hint, sizeof(fault->hint), "%s",
		hint != NULL ? hint : "");
	va_start(ap, fmt);
	(void)vsnprintf(fault->why, sizeof(fault->why), fmt, ap);
	va_end(ap);
	return false;
}

/* Words other engines use, and a common slip. */
static const struct {
	const char *theirs, *ours;
} synonyms[] = {
	{"regex", "re"},
	{"regexp", "re"},
	{"not", "neq"},
	{"ne", "neq"},
	{"in", "leave it out: a list of values means any of them"},
	{"any", "leave it out: a list of values means any of them"},
	{"or", "leave it out: a list of values means any of them"},
	{"and", "all"},
	{"ge", "gte"},
	{"le", "lte"},
	{"prefix", "startswith"},
	{"suffix", "endswith"},
	{"case", "cased"},
	{"placeholder", "expand"},
};

/* "there are re, i, m, ..." */
static void
list_names(char *out, size_t size)
{
	size_t len = (size_t)snprintf(out, size, "there are ");

	for (size_t i = 0; i < ROW_COUNT && len < size; i++) {
		len += (size_t)snprintf(out + len, size - len, "%s%s",
			i > 0 ? ", " : "", rows[i].name);
	}
}

static bool
refuse_unknown(struct modifier_fault *fault, size_t part, struct slice name)
{
	const char *names[ROW_COUNT], *nearest = NULL;
	char hint[sizeof(fault->hint)];

	for (size_t i = 0; i < sizeof(synonyms) / sizeof(*synonyms); i++) {
		if (slice_equal_fold(name, slice_of(synonyms[i].theirs)))
			nearest = synonyms[i].ours;
	}
	for (size_t i = 0; i < ROW_COUNT; i++)
		names[i] = rows[i].name;
	if (nearest == NULL)
		nearest = diag_nearest(name, names, ROW_COUNT);
	if (nearest != NULL &&
		slice_starts_fold(slice_of(nearest), SLICE("leave"))) {
		(void)snprintf(hint, sizeof(hint), "%s", nearest);
	} else if (nearest != NULL) {
		(void)snprintf(
			hint, sizeof(hint), "did you mean \"%s\"?", nearest);
	} else {
		list_names(hint, sizeof(hint));
	}
	return refuse(fault, part, hint, "there is no modifier \"%.*s\"",
		SLICE_ARG(name));
}

static bool
is_legal(const struct list *list, size_t *bad)
{
	unsigned seen = 0;

	for (size_t i = 0; i < list->count; i++) {
		*bad = i;
		if ((seen & ~list->at[i]->after) != 0 ||
			(list->at[i]->class == RE_FLAG && (seen & RE) == 0))
			return false;
		seen |= list->at[i]->class;
	}
	return true;
}

/* The same in the table's order, if that is legal. */
static bool
is_legal_sorted(const struct list *list, struct buf *text)
{
	struct list sorted = *list;
	size_t bad;

	for (size_t i = 1; i < sorted.count; i++) {
		for (size_t j = i; j > 0 && sorted.at[j] < sorted.at[j - 1];
			j--) {
			const struct row *row = sorted.at[j];

			sorted.at[j] = sorted.at[j - 1];
			sorted.at[j - 1] = row;
		}
	}
	for (size_t i = 0; i < sorted.count; i++)
		buf_printf(text, "|%s", sorted.at[i]->name);
	return is_legal(&sorted, &bad);
}

/* The first one before bad that it may not follow. */
static const struct row *
obstacle(const struct list *list, size_t bad)
{
	size_t i = 0;

	while (i < bad && (list->at[i]->class & ~list->at[bad]->after) == 0)
		i++;
	return list->at[i < bad || bad + 1 == list->count ? i : bad + 1];
}

static const char *
hint_of(const struct row *first, const struct row *second)
{
	if (first == second)
		return "once is enough";
	if (first->hint != NULL)
		return first->hint;
	if (second->hint != NULL)
		return second->hint;
	if (second->class == RE_FLAG)
		return "i, m and s are flags of re: name|re|i";
	if (first->class == STRING && second->class == STRING) {
		return "choose one of contains, startswith and endswith; for "
		       "both use two lines, or wildcards: 'begin*end'";
	}
	if ((first->class | second->class) & BASE64) {
		return "encode first, then compare: "
		       "name|wide|base64offset|contains";
	}
	if ((first->class | second->class) & COMPARE)
		return "numbers are compared with one of gt, gte, lt, lte";
	return "they contradict each other: leave one out";
}

static bool
refuse_pair(struct modifier_fault *fault, const struct list *list, size_t bad)
{
	const struct row *first = obstacle(list, bad);
	const struct row *second = list->at[bad];
	struct buf hint = {0};
	bool sortable;

	buf_puts(&hint, "the right order is name");
	sortable = is_legal_sorted(list, &hint);
	(void)refuse(fault, bad,
		sortable && buf_ok(&hint) ? hint.p : hint_of(first, second),
		sortable ? "\"%s\" and \"%s\" are in the wrong order"
			 : "\"%s\" cannot follow \"%s\"",
		sortable ? first->name : second->name,
		sortable ? second->name : first->name);
	buf_fini(&hint);
	return false;
}

static bool
refuse_order(struct modifier_fault *fault, const struct list *list, size_t bad)
{
	if (list->at[bad]->class == RE_FLAG && bad == 0 && list->count == 1) {
		return refuse(fault, bad,
			"i, m and s are flags of re: name|re|i",
			"\"%s\" stands without \"re\"", list->at[bad]->name);
	}
	return refuse_pair(fault, list, bad);
}

static bool
add(struct list *list, struct slice name, const struct sigma_schema *schema,
	struct modifier_fault *fault)
{
	const struct row *row = row_of(name);
	const char *why = NULL;

	if (row == NULL)
		return refuse_unknown(fault, list->count, name);
	if (schema->refuse_modifier != NULL)
		why = schema->refuse_modifier(schema->ctx, row->name);
	if (why != NULL) {
		return refuse(fault, list->count, why,
			"the modifier \"%s\" is of no use here", row->name);
	}
	if (list->count == MODIFIERS_MAX) {
		return refuse(fault, list->count, NULL,
			"there are more than %d modifiers", MODIFIERS_MAX);
	}
	list->at[list->count++] = row;
	return true;
}

bool
modifiers_parse(struct slice text, const struct sigma_schema *schema,
	struct modifiers *out, struct modifier_fault *fault)
{
	struct list list = {.count = 0};
	struct slice name;
	size_t bad;

	*out = (struct modifiers){.op = OP_EQUAL, .how = OP_EQUAL};
	while (slice_next(&text, '|', &name)) {
		if (!add(&list, name, schema, fault))
			return false;
	}
	if (!is_legal(&list, &bad))
		return refuse_order(fault, &list, bad);
	for (size_t i = 0; i < list.count; i++)
		list.at[i]->apply(out, list.at[i]);
	return true;
}
