/* SPDX-License-Identifier: BSD-2-Clause */
/* Coming to the page, and leaving it. */
#ifndef DAEMON_PAGE_LOGIN_H
#define DAEMON_PAGE_LOGIN_H

#include "daemon/page_visit.h"

/* What whoever asks may. */
void page_session(struct page_visit *);
/* Gives a session for the right token; waits a second for a wrong one. */
void page_login(struct page_visit *);
void page_logout(struct page_visit *);

#endif
