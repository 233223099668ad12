/* SPDX-License-Identifier: BSD-2-Clause */
/* The shapes. */
#include "verdict/shape.h"

#include <math.h>

#define HOURS_LAST 23
#define PERCENT_MOST 100
static const struct shape_row rows[SHAPE_COUNT] = {
	[SHAPE_ANY] = {"text", "any text", 0, 0},
	[SHAPE_ADDRESS] = {"address",
		"local@domain, lower case, the domain by A-labels", 0, 0},
	[SHAPE_SENDER] = {"sender", "an address, or empty", 0, 0},
	[SHAPE_LOCAL] = {"local", "what is before the @", 0, 0},
	[SHAPE_DOMAIN] = {"domain", "lower case, A-labels, no last dot", 0, 0},
	[SHAPE_REGISTERED] = {"registered",
		"a domain as it was registered, without hosts", 0, 0},
	[SHAPE_HOST] = {"host", "a host's name", 0, 0},
	[SHAPE_LOGIN] = {"login", "as it was given: with a domain or without",
		0, 0},
	[SHAPE_MESSAGE_ID] = {"message-id", "without angle brackets", 0, 0},
	[SHAPE_MEDIA_TYPE] = {"media-type", "with its parameters", 0, 0},
	[SHAPE_HEADER] = {"header", "unfolded and decoded", 0, 0},
	[SHAPE_SUBJECT] = {"subject", "unfolded and decoded", 0, 0},
	[SHAPE_PERSON] = {"person", "decoded, without quotes", 0, 0},
	[SHAPE_MECHANISM] = {"mechanism", "a name; absent without", 0, 0},
	[SHAPE_WORD] = {"word", "one of a few", 0, 0},
	[SHAPE_HOUR] = {"hour", "0 to 23", 0, HOURS_LAST},
	[SHAPE_PERCENT] = {"percent", "0 to 100", 0, PERCENT_MOST},
	[SHAPE_RATIO] = {"ratio", "1 is as much", 0, INFINITY},
	[SHAPE_SECONDS] = {"seconds", "0 or more", 0, INFINITY},
	[SHAPE_DATE] = {"date", "YYYY-MM-DD", 0, 0},
	[SHAPE_AGE] = {"age", "seconds, 0 or more", 0, INFINITY},
	[SHAPE_TIMES] = {"times", "1 or more", 1, INFINITY},
	[SHAPE_COUNT_OF] = {"count", "0 or more", 0, INFINITY},
};

const struct shape_row *
shape_row(enum shape shape)
{
	return &rows[shape];
}
