/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every message's subject is looked at, so it has to be cheap: a word is
 * tried only where a word begins, and only if some keyword begins with that
 * letter. Bytes above 0x7f count as letters: the words of other scripts
 * work, without folding.
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

static bool
some_stands_at(const struct keywords *list, struct slice text, size_t at)
{
	char first = text.p[at];

	if (first >= 'A' && first <= 'Z')
		first = (char)(first - 'A' + 'a');
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

	if (list == NULL)
		list = &keywords_default;
	for (size_t i = 0; i < text.len; i++) {
		bool letter = is_word_byte((unsigned char)text.p[i]);

		if (letter && !inside && some_stands_at(list, text, i))
			return true;
		inside = letter;
	}
	return false;
}
