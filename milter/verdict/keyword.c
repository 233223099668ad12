/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every message's subject is looked at, so it has to be cheap: a word is
 * tried only where a word begins, and only if some keyword begins with that
 * letter, which one bit of a number tells. Bytes above 0x7f count as letters:
 * the words of other scripts work, without folding.
 */
#include "verdict/keyword.h"

static const struct slice default_words[] = {
	SLICE("ach"),
	SLICE("bank"),
	SLICE("banking"),
	SLICE("check"),
	SLICE("deposit"),
	SLICE("hack"),
	SLICE("hacked"),
	SLICE("iban"),
	SLICE("invoice"),
	SLICE("invoices"),
	SLICE("login code"),
	SLICE("password"),
	SLICE("payment"),
	SLICE("payments"),
	SLICE("payroll"),
	SLICE("phish"),
	SLICE("phishing"),
	SLICE("remittance"),
	SLICE("salary"),
	SLICE("security alert"),
	SLICE("statement"),
	SLICE("swift"),
	SLICE("verification code"),
	SLICE("wire"),
	SLICE("zahlung"),
	SLICE("rechnung"),
	SLICE("facture"),
	SLICE("factura"),
	SLICE("virement"),
	SLICE("lohnabrechnung"),
};

const struct keywords keywords_default = {
	default_words,
	sizeof(default_words) / sizeof(default_words[0]),
};

static bool
is_word_byte(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c >= 0x80;
}

static bool
stands_at(struct slice text, size_t at, struct slice word)
{
	size_t end = at + word.len;

	if (end > text.len ||
		!slice_starts_fold(slice_sub(text, at, end), word))
		return false;
	return end == text.len || !is_word_byte((unsigned char)text.p[end]);
}

static char
fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Bytes that share a bit cost a comparison, and no more. */
static uint64_t
bit_of(char first)
{
	return (uint64_t)1 << ((unsigned char)first & 63);
}

static uint64_t
first_bits(const struct keywords *list)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (list->words[i].len > 0)
			bits |= bit_of(list->words[i].p[0]);
	}
	return bits;
}

static bool
some_stands_at(const struct keywords *list, struct slice text, size_t at)
{
	char first = fold(text.p[at]);

	for (size_t i = 0; i < list->count; i++) {
		struct slice word = list->words[i];

		if (word.len > 0 && word.p[0] == first &&
			stands_at(text, at, word))
			return true;
	}
	return false;
}

bool
keyword_in(const struct keywords *list, struct slice text)
{
	bool inside = false;
	uint64_t firsts;

	if (list == NULL)
		list = &keywords_default;
	firsts = first_bits(list);
	for (size_t i = 0; i < text.len; i++) {
		bool letter = is_word_byte((unsigned char)text.p[i]);

		if (letter && !inside &&
			(firsts & bit_of(fold(text.p[i]))) != 0 &&
			some_stands_at(list, text, i))
			return true;
		inside = letter;
	}
	return false;
}
