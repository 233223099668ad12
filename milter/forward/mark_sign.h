/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Readers of the signs of lists, auto-replies and calendars, and of the
 * results of our own checks. Private to the marks.
 */
#ifndef FORWARD_MARK_SIGN_H
#define FORWARD_MARK_SIGN_H

#include "forward/mark.h"

void mark_sign_auto_submitted(struct mark_reader *);
void mark_sign_auto_reply(struct mark_reader *);
void mark_sign_precedence(struct mark_reader *);
void mark_sign_loop(struct mark_reader *);
void mark_sign_suppress(struct mark_reader *);
void mark_sign_calendar(struct mark_reader *);
void mark_sign_content_type(struct mark_reader *);
void mark_sign_list_id(struct mark_reader *);
void mark_sign_list_mailto(struct mark_reader *);
void mark_sign_results(struct mark_reader *);
void mark_sign_arc_results(struct mark_reader *);

#endif
