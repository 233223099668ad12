/* SPDX-License-Identifier: BSD-2-Clause */
/* One request at the page, on its way through the page's files. Not for
 * others. */
#ifndef DAEMON_PAGE_VISIT_H
#define DAEMON_PAGE_VISIT_H

#include "base/json.h"
#include "daemon/page_seats.h"
#include "daemon/page_stream.h"

#define PAGE_FILES_MAX 32

struct page {
	struct api *api;
	struct page_seats *seats;
	struct page_streams *streams;
	struct arena *arena;
	const char *etags[PAGE_FILES_MAX];
	atomic_uint waiting; /* wrong tokens */
	atomic_llong told_ms;
};

/* One request at the page. */
struct page_visit {
	struct page *page;
	const struct config *config;
	struct api_request *request;
	struct api_answer *answer;
	struct page_seat seat; /* id "": nobody is logged in */
};

/* Frees the JSON. */
void page_visit_json_take(struct page_visit *, unsigned status, struct json *);
/* {"error": text} */
void page_visit_error(struct page_visit *, unsigned status, const char *text);
bool page_visit_is_logged_in(const struct page_visit *);

#endif
