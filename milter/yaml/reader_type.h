/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Types of values that any table may use: how each is read and what it is
 * called. Those of one file only are that file's (config_type.h).
 */
#ifndef YAML_READER_TYPE_H
#define YAML_READER_TYPE_H

#include "yaml/reader.h"

/* Texts with their places, for errors that show only when they are used. */
struct reader_text_list {
	const struct slice *at; /* each with a NUL after it */
	const struct mark *marks;
	size_t count;
};

/* Anything: others read it. */
extern const struct reader_type reader_any;
/* const char *: no control characters. */
extern const struct reader_type reader_text;
/* struct slice: any text. */
extern const struct reader_type reader_slice;
/* struct reader_text_list: a list of texts, or a single one. */
extern const struct reader_type reader_texts;
/* bool. */
extern const struct reader_type reader_bool;
/* long long, within least and most: digits; bytes (64k, 16M); milliseconds
 * (250ms, 30s, 7d); octal permissions. */
extern const struct reader_type reader_number;
extern const struct reader_type reader_size;
extern const struct reader_type reader_duration;
extern const struct reader_type reader_mode;
/* long long: the number of the row's word. */
extern const struct reader_type reader_word;

/* int64_t: milliseconds, and digits alone are seconds. */
extern const struct reader_type reader_span;

/* For rows that have a function of their own. */
bool reader_no_memory(struct reader *, const struct yaml_node *);
/* Keeps a text in the member, for as long as the arena lives. */
bool reader_keep_text(struct reader *, const struct yaml_node *, void *target);
/* A scalar's text, borrowed from the file. */
bool reader_scalar(
	struct reader *, const struct yaml_node *, struct slice *out);
/* The same as reader_texts and the whole numbers into variables. */
bool reader_text_list(struct reader *, const struct yaml_node *,
	struct reader_text_list *out);
bool reader_integer(struct reader *, const struct yaml_node *, long long *out);
/* The number of the scalar's text among the words, or -1 after an error with
 * the nearest; called is what the key is called. */
int reader_word_number(struct reader *, const struct yaml_node *,
	const char *called, reader_word_fn *word);
/* The same, of words ended by NULL. */
int reader_word_of(struct reader *, const struct yaml_node *,
	const char *called, const char *const *words);

#endif
