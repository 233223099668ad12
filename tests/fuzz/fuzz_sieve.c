/* SPDX-License-Identifier: BSD-2-Clause */
/* Sieve scripts: every byte belongs to one token, in the order of lines, and
 * no rule is made of a comment. */
#include "survey.h"

#include "mta/rules/sieve_rules.h"
#include "mta/rules/sieve_token.h"

static void
check_tokens(struct arena *arena, struct slice input)
{
	struct sieve_lexer lexer = sieve_token_lexer(arena, input);
	size_t at = 0;
	unsigned line = 1;

	for (;;) {
		struct sieve_token token = sieve_token_next(&lexer);

		FUZZ_ASSERT(token.from >= at && token.to >= token.from &&
			token.to <= input.len && token.line >= line);
		if (token.kind == SIEVE_END)
			break;
		FUZZ_ASSERT(token.to > token.from);
		FUZZ_ASSERT((token.kind == SIEVE_SIGN) == (token.sign != 0) ||
			token.kind == SIEVE_SIGN);
		at = token.to;
		line = token.line;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct sieve_place place = {SLICE("/sieve"), SLICE("/global")};
	struct slice input = fuzz_slice(data, size);
	struct survey survey = survey_begin();
	struct source source = survey_source(input);

	check_tokens(survey.arena, input);
	sieve_rules_read(&survey, &source, SLICE("alice@example.com"), &place);
	survey_end(&survey, input);
	return 0;
}
