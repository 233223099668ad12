/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The operators' page, on the loopback port. Any user of the machine can reach
 * that port, and the page tells who forwards to whom: so there is none unless
 * page.read says so, and then a token is asked for, unless it says that too.
 *
 *	GET  /, /page/NAME      its files, for anybody: they hold no data
 *	GET  /page/session      what whoever asks may
 *	POST /page/login        {"token": ..., "name": ...}: a session
 *	POST /page/logout
 *	GET  /page/stream       server-sent events: there is news
 *
 * and those paths of api.h that a look or an act needs.
 */
#ifndef DAEMON_PAGE_H
#define DAEMON_PAGE_H

#include "daemon/api_request.h"
#include "daemon/page_stream.h"

struct page;

/* connections: how many the port has. NULL when out of memory. */
struct page *page_new(struct api *, unsigned connections);
void page_free(struct page *);
/* Streams end within a moment. */
void page_end(struct page *);

/* Answers what is the page's: true. Otherwise says in the request what who
 * asks may, for api_answer() to answer. Thread-safe. Waits a second where a
 * token is wrong. */
bool page_answer(struct page *, struct api_request *, struct api_answer *);

#endif
