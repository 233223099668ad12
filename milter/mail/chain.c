/* SPDX-License-Identifier: BSD-2-Clause */
/* Words one behind another. */
#include "mail/chain.h"

bool
chain_takes(const struct chain *chain, struct token token)
{
	return chain->words == 0 || chain->to == token.raw.p ||
		chain->to[-1] == '.' || token.raw.p[0] == '.';
}

void
chain_add(struct chain *chain, struct token token)
{
	if (chain->words++ == 0) {
		chain->from = token.raw.p;
		chain->first = token;
	}
	chain->to = token.raw.p + token.raw.len;
}

struct slice
chain_text(struct arena *arena, const struct chain *chain)
{
	struct slice raw = {chain->from, (size_t)(chain->to - chain->from)};

	if (chain->words == 1)
		return token_text(arena, chain->first);
	return token_join(arena, raw, TOKEN_JOIN_CHAIN);
}
