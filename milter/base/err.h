/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Errors as values. A function that may fail returns false and fills a
 * struct err; each caller on the way up adds what it was doing, so that the
 * text reads from the outside in: "policies: p.yaml: cannot open: ...".
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

#define ERR_TEXT_BYTES 512

enum err_code {
	ERR_NONE,
	ERR_INVALID, /* what was given is wrong */
	ERR_LIMIT, /* a configured or built-in bound was reached */
	ERR_MEMORY,
	ERR_SYSTEM, /* the operating system refused */
	ERR_DOWN, /* a peer cannot be reached or does not answer */
};

struct err {
	enum err_code code;
	char text[ERR_TEXT_BYTES];
};

/* Sets code and text; longer text is cut. Always returns false. err may be
 * NULL. */
bool err_set(struct err *err, enum err_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* As err_set with ERR_SYSTEM, and appends ": " and strerror(errno). */
bool err_system(struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Puts "what: " before the text that is there. Always returns false. */
bool err_wrap(struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
