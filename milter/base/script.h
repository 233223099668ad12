/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a character is in a text that people wrote, as far as comparing two
 * texts takes: not the properties of Unicode, but which blocks hold signs,
 * and which scripts put no blanks between words.
 */
#ifndef BASE_SCRIPT_H
#define BASE_SCRIPT_H

#include <stdint.h>

enum script {
	SCRIPT_SIGN, /* a blank, a sign, a picture, or no character at all */
	SCRIPT_LETTER, /* a letter, a mark on one, or a digit */
	SCRIPT_UNSPACED, /* a letter of a script that has no blanks: Thai,
			  * Lao, Burmese, Khmer, kana */
	SCRIPT_IDEOGRAPH, /* says as much as two or three letters */
};

/* Of a code point as fold_decode() gives it. */
enum script script_of(uint32_t code);

#endif
