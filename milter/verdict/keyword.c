/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every message's subject is looked at, so it has to be cheap: words are filed
 * under their first byte, and tried only where a word may begin. Both sides
 * are folded first.
 */
#include "verdict/keyword.h"

#include "base/fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES ((size_t)64 << 20)
#define FIRST_BYTES 256

struct word {
	struct slice text; /* folded, without the asterisk */
	bool open; /* any ending */
	unsigned topic; /* its bit */
};

struct keywords {
	struct arena *arena;
	struct word *words; /* by their first byte */
	size_t from[FIRST_BYTES + 1];
	size_t counts[KEYWORD_TOPICS];
};

static const struct {
	const char *name, *list;
} topics[KEYWORD_TOPICS] = {
	[KEYWORD_MONEY] = {"money", "keyword-money"},
	[KEYWORD_CREDENTIALS] = {"credentials", "keyword-credentials"},
	[KEYWORD_PAYROLL] = {"payroll", "keyword-payroll"},
	[KEYWORD_LEGAL] = {"legal", "keyword-legal"},
	[KEYWORD_INCIDENT] = {"incident", "keyword-incident"},
	[KEYWORD_OWN] = {"own", "keywords"},
};

const char *
keyword_topic_name(enum keyword_topic topic)
{
	return topics[topic].name;
}

const char *
keyword_list_name(enum keyword_topic topic)
{
	return topics[topic].list;
}

/* The topic, or how many there are. */
static size_t
topic_of(struct slice list)
{
	size_t topic = 0;

	while (topic < KEYWORD_TOPICS &&
		!slice_equal(slice_of(topics[topic].list), list))
		topic++;
	return topic;
}

bool
keyword_is_list(struct slice name)
{
	return topic_of(name) < KEYWORD_TOPICS;
}

static int
by_first_byte(const void *a, const void *b)
{
	const struct word *one = a, *two = b;

	return slice_compare(one->text, two->text);
}

static bool
add_list(struct keywords *keywords, const struct sigma_list *list,
	struct word *words, size_t *count)
{
	size_t topic = topic_of(list->name);

	for (size_t i = 0; topic < KEYWORD_TOPICS && i < list->count; i++) {
		struct slice text =
			arena_copy(keywords->arena, list->values[i]);
		struct word *word = &words[*count];
		bool open = text.len > 1 && text.p[text.len - 1] == '*';

		text = fold_text(keywords->arena, text);
		if (slice_is_absent(text))
			return false;
		text.len -= open;
		if (text.len == 0)
			continue;
		*word = (struct word){text, open, 1U << topic};
		keywords->counts[topic]++;
		(*count)++;
	}
	return true;
}

static void
file_words(struct keywords *keywords, size_t count)
{
	size_t at = 0;

	for (unsigned first = 0; first < FIRST_BYTES; first++) {
		keywords->from[first] = at;
		while (at < count &&
			(unsigned char)keywords->words[at].text.p[0] == first)
			at++;
	}
	keywords->from[FIRST_BYTES] = count;
}

static bool
take_words(struct keywords *keywords, const struct sigma_list *lists,
	size_t list_count)
{
	size_t most = 0, count = 0, i;

	for (i = 0; i < list_count; i++)
		most += lists[i].count;
	keywords->words =
		arena_array(keywords->arena, most + 1, sizeof(struct word));
	if (keywords->words == NULL)
		return false;
	for (i = 0; i < list_count; i++) {
		if (!add_list(keywords, &lists[i], keywords->words, &count))
			return false;
	}
	qsort(keywords->words, count, sizeof(struct word), by_first_byte);
	file_words(keywords, count);
	return true;
}

struct keywords *
keywords_new(const struct sigma_list *lists, size_t count)
{
	struct keywords *keywords = calloc(1, sizeof(*keywords));

	if (keywords == NULL)
		return NULL;
	keywords->arena = arena_new(ARENA_BYTES);
	if (keywords->arena != NULL && take_words(keywords, lists, count))
		return keywords;
	keywords_free(keywords);
	return NULL;
}

void
keywords_free(struct keywords *keywords)
{
	if (keywords == NULL)
		return;
	arena_free(keywords->arena);
	free(keywords);
}

size_t
keywords_count(const struct keywords *keywords, enum keyword_topic topic)
{
	return keywords != NULL ? keywords->counts[topic] : 0;
}

/* What a character is to the ends of words. */
enum sort {
	SORT_BETWEEN, /* blanks, punctuation, symbols */
	SORT_LETTER, /* of a script with spaces; digits, too */
	SORT_DENSE /* of one without */
};

/* The ranges in which characters are not letters of a script with spaces, by
 * the blocks of Unicode 15; what is in none is a letter. */
static const struct {
	uint32_t first, last;
	enum sort sort;
} ranges[] = {
	{0x0000, 0x002F, SORT_BETWEEN},
	{0x003A, 0x0040, SORT_BETWEEN},
	{0x005B, 0x0060, SORT_BETWEEN},
	{0x007B, 0x00A9, SORT_BETWEEN},
	{0x00AB, 0x00B4, SORT_BETWEEN},
	{0x00B6, 0x00B9, SORT_BETWEEN},
	{0x00BB, 0x00BF, SORT_BETWEEN},
	{0x0E00, 0x0EFF, SORT_DENSE}, /* Thai, Lao */
	{0x1000, 0x109F, SORT_DENSE}, /* Myanmar */
	{0x1780, 0x17FF, SORT_DENSE}, /* Khmer */
	{0x2000, 0x2BFF, SORT_BETWEEN}, /* punctuation, symbols */
	{0x2E80, 0x2FFF, SORT_DENSE},
	{0x3000, 0x3004, SORT_BETWEEN},
	{0x3005, 0x3007, SORT_DENSE},
	{0x3008, 0x3020, SORT_BETWEEN},
	{0x3021, 0x9FFF, SORT_DENSE}, /* Kana, Han */
	{0xF900, 0xFAFF, SORT_DENSE},
	{0xFE30, 0xFE6F, SORT_BETWEEN},
	{0xFF00, 0xFF0F, SORT_BETWEEN},
	{0xFF1A, 0xFF20, SORT_BETWEEN},
	{0xFF3B, 0xFF40, SORT_BETWEEN},
	{0xFF5B, 0xFF65, SORT_BETWEEN},
	{0xFF66, 0xFF9F, SORT_DENSE},
	{0x1F000, 0x1FAFF, SORT_BETWEEN}, /* pictures */
	{0x20000, 0x3FFFF, SORT_DENSE},
};

static enum sort
sort_of(uint32_t code)
{
	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		if (code <= ranges[i].last)
			return code >= ranges[i].first ? ranges[i].sort
						       : SORT_LETTER;
	}
	return SORT_LETTER;
}

static bool
is_blank(uint32_t code)
{
	return code == ' ' || code == '\t' || code == 0xA0 || code == 0x3000;
}

/* Behind all blanks at the place. */
static size_t
skip_blanks(struct slice text, size_t at)
{
	size_t next;

	while (at < text.len && is_blank(fold_decode(text, at, &next)))
		at = next;
	return at;
}

/* Where the word ends that begins at the place, or SLICE_NONE. A blank in it
 * stands for any number of them. */
static size_t
end_of(struct slice text, size_t at, struct slice word)
{
	for (size_t i = 0; i < word.len; i++) {
		if (word.p[i] == ' ') {
			size_t next = skip_blanks(text, at);

			if (next == at)
				return SLICE_NONE;
			at = next;
		} else if (at < text.len && text.p[at] == word.p[i]) {
			at++;
		} else {
			return SLICE_NONE;
		}
	}
	return at;
}

static bool
ends_word(struct slice text, size_t at, struct slice word)
{
	size_t last = word.len - 1, next;

	while (last > 0 && ((unsigned char)word.p[last] & 0xC0) == 0x80)
		last--;
	return at == text.len ||
		sort_of(fold_decode(word, last, &next)) != SORT_LETTER ||
		sort_of(fold_decode(text, at, &next)) != SORT_LETTER;
}

static unsigned
topics_at(const struct keywords *keywords, struct slice text, size_t at)
{
	unsigned char first = (unsigned char)text.p[at];
	unsigned found = 0;

	for (size_t i = keywords->from[first]; i < keywords->from[first + 1];
		i++) {
		const struct word *word = &keywords->words[i];
		size_t end = end_of(text, at, word->text);

		if (end != SLICE_NONE &&
			(word->open || ends_word(text, end, word->text)))
			found |= word->topic;
	}
	return found;
}

unsigned
keyword_topics(
	const struct keywords *keywords, struct slice text, struct arena *arena)
{
	enum sort before = SORT_BETWEEN, sort;
	unsigned found = 0;
	size_t next;

	if (keywords == NULL || text.len == 0)
		return 0;
	text = fold_text(arena, text);
	for (size_t at = 0; at < text.len; at = next) {
		sort = sort_of(fold_decode(text, at, &next));
		if (sort == SORT_DENSE ||
			(sort == SORT_LETTER && before != SORT_LETTER))
			found |= topics_at(keywords, text, at);
		before = sort;
	}
	return found;
}
