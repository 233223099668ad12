/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages as text: a header block split into fields, as an MTA would hand
 * them over one by one. For tests, explanations and replays.
 */
#ifndef LAB_EML_H
#define LAB_EML_H

#include "mail/message.h"

/* The header of a message: up to the empty line, or all of it. */
struct slice eml_header(struct slice text);

/* The next field off *rest: name, and the value with LF + white space for
 * its folding (the CR of CRLF is dropped by the unfolding later). Lines that
 * are not fields are skipped. False at the end. */
bool eml_next(struct slice *rest, struct slice *name, struct slice *value);
/* Adds all fields of a header. */
void eml_add_fields(struct message_builder *, struct slice header);
/* The first value of a field, trimmed, not decoded; absent if none. */
struct slice eml_find(struct slice header, struct slice name);

#endif
