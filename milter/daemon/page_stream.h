/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Server-sent events: the page hears that there are new events, and asks for
 * them. A stream holds a thread as long as it is open, so there are few; who
 * gets none asks now and then. All of them share one look at the store.
 */
#ifndef DAEMON_PAGE_STREAM_H
#define DAEMON_PAGE_STREAM_H

#include "daemon/api_request.h"

#include <sys/types.h>

struct page_streams;

/* May whoever opened it still listen? */
typedef bool page_stream_may_fn(void *ctx);

struct page_streams *page_streams_new(struct api *, unsigned most);
void page_streams_free(struct page_streams *);
/* All that are open end within a moment; none is opened any more. */
void page_streams_end(struct page_streams *);
/* How many are open, and how many there can be. */
unsigned page_streams_count(const struct page_streams *);
unsigned page_streams_most(const struct page_streams *);

/* NULL when there are as many as there can be. ctx, of malloc(), is freed with
 * the stream, and here if there is none. */
struct page_stream *page_stream_open(
	struct page_streams *, page_stream_may_fn *may, void *ctx);
/* Waits for something to say, some seconds at most; how many bytes, -1: that
 * was all. */
ssize_t page_stream_read(struct page_stream *, char *into, size_t size);
void page_stream_close(struct page_stream *);

#endif
