/* SPDX-License-Identifier: BSD-2-Clause */
/* What a plain scalar means, and what others would take it for. */
#include "yaml/yaml_scalar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool
is_one_of(const struct yaml_node *node, const char *const names[3])
{
	for (size_t i = 0; i < 3; i++) {
		if (slice_equal(node->text, slice_of(names[i])))
			return true;
	}
	return false;
}

bool
yaml_scalar_bool(const struct yaml_node *node, bool *out)
{
	static const char *const yes[] = {"true", "True", "TRUE"};
	static const char *const no[] = {"false", "False", "FALSE"};

	if (node->kind != YAML_SCALAR || !node->plain)
		return false;
	*out = is_one_of(node, yes);
	return *out || is_one_of(node, no);
}

/* strtoll and strtod read more than YAML does: spaces, "inf", "0x1p3". */
static bool
only(struct slice text, const char *allowed)
{
	if (text.len == 0 || text.len > 64)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == '\0' || strchr(allowed, text.p[i]) == NULL)
			return false;
	}
	return true;
}

bool
yaml_scalar_number(const struct yaml_node *node, double *out)
{
	char *end;

	if (node->kind != YAML_SCALAR || !node->plain ||
		!only(node->text, "+-.0123456789eE"))
		return false;
	*out = strtod(node->text.p, &end);
	return end == node->text.p + node->text.len && isfinite(*out);
}

static bool
is_word_of(struct slice text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (slice_equal_fold(text, slice_of(words[i])))
			return true;
	}
	return false;
}

static size_t
count_of(struct slice text, const char *set)
{
	size_t i, count = 0;

	for (i = 0; i < text.len; i++)
		count += text.p[i] != '\0' && strchr(set, text.p[i]) != NULL;
	return count;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_based(struct slice text, const char *prefix, const char *digits)
{
	return slice_starts_fold(text, slice_of(prefix)) &&
		only(slice_sub(text, 2, text.len), digits);
}

/* 2026-11-21, with or without a time after it. */
static bool
is_date(struct slice text)
{
	static const char shape[] = "dddd-dd-dd";
	size_t i;

	if (text.len < sizeof(shape) - 1)
		return false;
	for (i = 0; i < sizeof(shape) - 1; i++) {
		if (shape[i] == 'd' ? !is_digit(text.p[i])
				    : text.p[i] != shape[i])
			return false;
	}
	return text.len == i || text.p[i] == 'T' || text.p[i] == 't' ||
		text.p[i] == ' ';
}

const char *
yaml_scalar_ambiguity(const struct yaml_node *node)
{
	static const char *const words[] = {"yes", "no", "on", "off", "y", "n"};
	const struct slice text = node->text;

	if (node->kind != YAML_SCALAR || !node->plain || text.len == 0)
		return NULL;
	if (is_word_of(text, words, sizeof(words) / sizeof(*words)))
		return "YAML 1.1 reads it as true or false";
	if (is_date(text))
		return "YAML 1.1 reads it as a date";
	if (!is_digit(text.p[text.p[0] == '-' || text.p[0] == '+']))
		return NULL;
	if (only(text, "+-0123456789:") && count_of(text, ":") > 0)
		return "YAML 1.1 reads it as a number of base 60";
	if (text.len > 1 && text.p[0] == '0' && only(text, "01234567_"))
		return "YAML 1.1 reads it as an octal number";
	if (is_based(text, "0x", "0123456789abcdefABCDEF_") ||
		is_based(text, "0o", "01234567_") ||
		is_based(text, "0b", "01_"))
		return "YAML reads it as a number of another base";
	if (only(text, "+-0123456789_.") && count_of(text, "_") > 0)
		return "YAML 1.1 reads it as a number without the _";
	return NULL;
}
