/* SPDX-License-Identifier: BSD-2-Clause */
/* Words by which probes are known. */
#include "mta/probe.h"

#include "base/random.h"

#include <stdio.h>

#define WORD_RANDOM_BYTES 16

bool
probe_new_word(char word[PROBE_WORD_BYTES])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[WORD_RANDOM_BYTES];
	bool random = random_fill(bytes, sizeof(bytes));

	for (size_t i = 0; i < sizeof(bytes); i++) {
		word[2 * i] = digits[bytes[i] >> 4];
		word[2 * i + 1] = digits[bytes[i] & 15];
	}
	word[PROBE_WORD_BYTES - 1] = '\0';
	return random;
}

bool
probe_new_place(char place[PROBE_PLACE_BYTES])
{
	char word[PROBE_WORD_BYTES];
	bool random = probe_new_word(word);

	(void)snprintf(place, PROBE_PLACE_BYTES, "%s." PROBE_DOMAIN, word);
	return random;
}

bool
probe_find_word(struct slice text, struct slice *word)
{
	const struct slice domain = SLICE(PROBE_DOMAIN);
	size_t len = PROBE_WORD_BYTES - 1;

	if (text.len != len + 1 + domain.len ||
		!slice_ends_fold(text, domain) ||
		(text.p[len] != '.' && text.p[len] != '@'))
		return false;
	*word = slice_sub(text, 0, len);
	return true;
}
