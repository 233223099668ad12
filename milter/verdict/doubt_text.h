/* SPDX-License-Identifier: BSD-2-Clause */
/* Slips of the keyboard, and words of other languages. Private to verdict/. */
#ifndef VERDICT_DOUBT_TEXT_H
#define VERDICT_DOUBT_TEXT_H

#include "verdict/doubt.h"

doubt_fn doubt_text_line, doubt_text_space, doubt_text_date, doubt_text_quotes,
	doubt_text_dash, doubt_text_slashes, doubt_text_expression,
	doubt_text_defanged, doubt_text_truth, doubt_text_several,
	doubt_text_encoded, doubt_text_named, doubt_text_media_type;

#endif
