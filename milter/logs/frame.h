/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frame of a log line: when, where and by which program it was written,
 * and what it says. Every form is read line by line, never decided for a file:
 * traditional syslog and Postfix's own file, RFC 3339 stamps, RFC 5424,
 * journald's JSON, Exim's own log.
 */
#ifndef LOGS_FRAME_H
#define LOGS_FRAME_H

#include "base/slice.h"
#include "logs/stamp.h"

#include <stdbool.h>
#include <stdint.h>

#define FRAME_TEXT_BYTES ((size_t)64 * 1024)

struct frame {
	int64_t at_ms;
	struct slice host; /* empty: this one */
	struct slice program; /* "postfix/smtpd", "dovecot", "exim" */
	uint32_t pid; /* 0: not said */
	bool of_person; /* the journal knows that no service wrote it */
	struct slice text;
};

/* Reads what one file has; room for what JSON escapes. */
struct frames {
	struct stamps stamps;
	char text[FRAME_TEXT_BYTES], program[256], host[256];
};

enum frame_result {
	FRAME_READ,
	FRAME_REPEATED, /* "last message repeated N times" */
	FRAME_NONE /* no line of a log */
};

/* What is read lives until the next call, or as the line does. */
enum frame_result frame_read(
	struct frames *, struct slice line, struct frame *out);

/* For frame.c: a line of JSON. */
bool frame_json_read(struct frames *, struct slice line, struct frame *out);

#endif
