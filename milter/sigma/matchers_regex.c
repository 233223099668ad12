/* SPDX-License-Identifier: BSD-2-Clause */
/* Regular expressions: compiled, looked through for literals, and tried. */
#include "sigma/matchers_regex.h"

#include "sigma/literal.h"
#include "sigma/redos.h"

#include <string.h>

#define REDOS_HINT                                                            \
	"repetitions that can match the same text make it slow: write "       \
	"[a-z]+[a-z]+[0-9] as [a-z]{2,}[0-9]; or anchor it with ^, bound it " \
	"as in .{0,80}, or use |contains"

static bool
keep_literals(struct build *build, struct slice text, struct matcher *test)
{
	struct literals literals;
	struct slice *copy;

	literals_of(build->arena, text, &literals);
	copy = build_alloc(build, (literals.count + 1) * sizeof(*copy));
	if (copy == NULL)
		return false;
	memcpy(copy, literals.at, literals.count * sizeof(*copy));
	test->regex.literals = copy;
	test->regex.literal_count = literals.count;
	return true;
}

static void
note_inline_flag(
	struct build *build, const struct yaml_node *node, struct slice text)
{
	if (slice_starts_fold(text, SLICE("(?i)")) &&
		build->options->category != NULL) {
		(void)build_note(build, node->mark,
			"write name|re|i and leave (?i) out: other engines "
			"read that, too",
			"(?i) is accepted");
	}
}

static bool
check_redos(struct build *build, const struct yaml_node *node,
	struct slice text, const struct regex *code)
{
	const struct sigma_options *options = build->options;
	struct redos found;

	if (!options->adversarial)
		return true;
	redos_measure(code, text, options->value_bytes, &found);
	if (found.worst_us > REDOS_US_MAX) {
		return build_error(build, node->mark, REDOS_HINT,
			"this expression takes %.0f ms on a value made to hurt "
			"it (%zu bytes of \"%s\"); 20 ms is the most",
			(double)found.worst_us / 1000, options->value_bytes,
			found.unit);
	}
	if (found.at_once) {
		return build_error(build, node->mark, REDOS_HINT,
			"this expression gives up on a value made to hurt it "
			"(%d bytes of \"%s\"): anybody can switch it off",
			REDOS_SHORT_BYTES, found.unit);
	}
	if (found.gave_up) {
		(void)build_warn(build, node->mark, REDOS_HINT,
			"a value made to hurt this expression (%zu bytes of "
			"\"%s\") makes it give up",
			options->value_bytes, found.unit);
	}
	return true;
}

bool
matchers_regex(struct build *build, const struct matchers_regex *from,
	struct matcher *out)
{
	struct regex_fault fault;
	struct regex *code = regex_compile(from->text, from->flags, &fault);

	*out = (struct matcher){.kind = TEST_REGEX};
	if (code == NULL) {
		return build_error(build,
			build_mark_in(from->node, fault.offset, 1), fault.hint,
			"the regular expression is not usable: %s", fault.why);
	}
	if (!pointers_add(&build->regexes, code)) {
		regex_free(code);
		return build_no_memory(build);
	}
	out->regex.code = code;
	note_inline_flag(build, from->node, from->text);
	return keep_literals(build, from->text, out) &&
		check_redos(build, from->node, from->text, code);
}
