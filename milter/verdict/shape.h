/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the values of a field look like: an address in its one form, a domain
 * by A-labels, an hour. A policy that compares a field with what it never
 * looks like is dead without anybody knowing, so it is doubted, with what to
 * write instead.
 */
#ifndef VERDICT_SHAPE_H
#define VERDICT_SHAPE_H

enum shape {
	SHAPE_ANY, /* of a number: a count */
	SHAPE_ADDRESS,
	SHAPE_SENDER, /* an address, or empty */
	SHAPE_LOCAL,
	SHAPE_DOMAIN,
	SHAPE_REGISTERED,
	SHAPE_HOST,
	SHAPE_LOGIN,
	SHAPE_MESSAGE_ID,
	SHAPE_MEDIA_TYPE,
	SHAPE_HEADER, /* the text of a header field */
	SHAPE_SUBJECT,
	SHAPE_PERSON, /* a display name */
	SHAPE_MECHANISM, /* absent without */
	SHAPE_WORD, /* one of those of the field's choice */
	SHAPE_HOUR,
	SHAPE_PERCENT,
	SHAPE_RATIO,
	SHAPE_DATE,
	SHAPE_SECONDS,
	SHAPE_AGE, /* of days and more, in seconds */
	SHAPE_TIMES, /* how often, where it is there at all */
	SHAPE_COUNT_OF, /* whole, from 0 on */
	SHAPE_COUNT
};

struct shape_row {
	const char *name; /* "address" */
	const char *looks; /* "local@domain, lower case, A-labels" */
	double least, most; /* of numbers */
};

const struct shape_row *shape_row(enum shape);

#endif
