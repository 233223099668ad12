/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The matcher. The input is a modifier's letter, a pattern up to the end of
 * the line, and a value. A rule and its opposite are run over the value: the
 * opposite needs no candidate, so that exactly one of them must match
 * whatever the prefilter thinks.
 */
#include "fuzz.h"

#include "../unit/policy.h"

static const char *const modifiers[] = {"", "|contains", "|startswith",
	"|endswith", "|re", "|re|i", "|cased", "|contains|cased", "|neq",
	"|contains|windash", "|base64offset|contains", "|cidr", "|hour",
	"|re|s"};

static void
write_quoted(struct buf *out, struct slice text)
{
	buf_add_byte(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == '\'')
			buf_add_byte(out, '\'');
		buf_add_byte(out, text.p[i]);
	}
	buf_puts(out, "'");
}

/* The pattern alone, or as one of many, which are looked for at once. */
static void
write_selection(
	struct buf *out, const char *modifier, struct slice pattern, int many)
{
	buf_printf(out, "  s:\n    text%s:\n      - ", modifier);
	write_quoted(out, pattern);
	for (int i = 0; i < many; i++)
		buf_printf(out, "\n      - 'never %d there'", i);
	buf_puts(out, "\n");
}

static struct sigma_program *
load(const char *modifier, struct slice pattern, int many)
{
	static const char *const conditions[] = {"s", "not s"};
	struct diags *diags = diags_new();
	struct sigma_options options;
	struct sigma_program *program;
	struct buf text = {0};

	for (int i = 0; i < 2; i++) {
		buf_printf(&text,
			"---\ntitle: t%d\nlogsource: {category: x}\n"
			"detection:\n",
			i);
		write_selection(&text, modifier, pattern, many);
		buf_printf(&text, "  condition: %s\n", conditions[i]);
	}
	policy_options(&options);
	options.value_bytes = 512;
	program = sigma_program_parse("f", buf_slice(&text), &options, diags);
	buf_fini(&text);
	diags_free(diags);
	return program;
}

static void
check(const struct sigma_program *program, const char *value)
{
	const char *pairs[2] = {value, NULL};
	struct arena *arena = arena_new((size_t)4 << 20);
	struct sigma_record record = policy_record(pairs);
	struct sigma_run *run = sigma_run_new(program, arena, &record);
	size_t count;

	FUZZ_ASSERT(run != NULL);
	FUZZ_ASSERT(sigma_run_flow(run, &record, SLICE("id")));
	(void)sigma_run_finish(run, &count);
	FUZZ_ASSERT(count == 1 || sigma_run_gave_up(run));
	arena_free(arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = fuzz_slice(data, size), pattern;
	struct sigma_program *program;
	struct buf value = {0};
	unsigned choice;

	if (size < 2)
		return 0;
	choice = (unsigned)data[0] - '0';
	rest = slice_sub(rest, 1, rest.len);
	if (!slice_next(&rest, '\n', &pattern) || rest.p == NULL)
		return 0;
	buf_puts(&value, "text=");
	buf_add(&value, rest);
	program = load(modifiers[choice / 2 % 14], pattern, choice % 2 ? 9 : 0);
	if (program != NULL)
		check(program, value.p);
	sigma_program_free(program);
	buf_fini(&value);
	return 0;
}
