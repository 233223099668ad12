/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words in subjects that thieves of mail look for, by what they are about.
 * The words are the site's: lists named keyword-TOPIC, one word or phrase a
 * line, whole words in any case; a final asterisk stands for any ending.
 * Scripts without spaces (Han, Kana, Thai ...) have no ends of words. Where
 * the words have been read the rest is pure.
 */
#ifndef VERDICT_KEYWORD_H
#define VERDICT_KEYWORD_H

#include "base/arena.h"
#include "base/slice.h"
#include "sigma/list.h"

#include <stdbool.h>

enum keyword_topic {
	KEYWORD_MONEY,
	KEYWORD_CREDENTIALS,
	KEYWORD_PAYROLL,
	KEYWORD_LEGAL,
	KEYWORD_INCIDENT,
	KEYWORD_OWN, /* the list "keywords" of a configuration */
	KEYWORD_TOPICS
};
/* "money", ...; "own". */
const char *keyword_topic_name(enum keyword_topic);
/* The list of a topic: "keyword-money", ...; "keywords" for its own. */
const char *keyword_list_name(enum keyword_topic);
/* Is a list of that name one of them? */
bool keyword_is_list(struct slice name);

struct keywords;

/* Of those of the lists that are of topics. NULL when out of memory. */
struct keywords *keywords_new(const struct sigma_list *lists, size_t count);
void keywords_free(struct keywords *);
/* How many words a topic has. */
size_t keywords_count(const struct keywords *, enum keyword_topic);

/* Bits of the topics of which a word is in text. keywords may be NULL. The
 * arena is for the text's folded form; none of them when it is full. */
unsigned keyword_topics(
	const struct keywords *, struct slice text, struct arena *);

#endif
