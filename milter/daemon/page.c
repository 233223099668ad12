/* SPDX-License-Identifier: BSD-2-Clause */
/* Who comes in, and what the page itself answers. */
#include "daemon/page.h"

#include "base/digest.h"
#include "daemon/page_file.h"
#include "daemon/page_gate.h"
#include "daemon/page_login.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STREAMS_OF 4 /* one connection of so many may be a stream */
#define STREAM_RETRY_SECONDS 10

static bool
make_etags(struct page *page)
{
	for (size_t i = 0; page_files[i].path != NULL; i++) {
		struct slice text = slice_of(page_files[i].text);
		struct slice digest = digest_text(page->arena, &text, 1, 12);

		if (slice_is_absent(digest) || i == PAGE_FILES_MAX)
			return false;
		page->etags[i] =
			arena_printf(page->arena, "\"%.*s\"", SLICE_ARG(digest))
				.p;
	}
	return true;
}

struct page *
page_new(struct api *api, unsigned connections)
{
	struct page *page = calloc(1, sizeof(*page));

	if (page == NULL)
		return NULL;
	page->api = api;
	page->arena = arena_new(1UL << 20);
	page->seats = page_seats_new();
	page->streams = page_streams_new(api, connections / STREAMS_OF);
	if (page->arena != NULL && page->seats != NULL &&
		page->streams != NULL && make_etags(page))
		return page;
	page_free(page);
	return NULL;
}

void
page_free(struct page *page)
{
	if (page == NULL)
		return;
	page_streams_free(page->streams);
	page_seats_free(page->seats);
	arena_free(page->arena);
	free(page);
}

void
page_end(struct page *page)
{
	if (page != NULL)
		page_streams_end(page->streams);
}

/* Of the session, if there is one; else what everybody may. */
static void
find_right(struct page_visit *visit)
{
	struct api_request *request = visit->request;
	struct slice id = request->cookie(request->ctx, "forwarden");
	struct slice key = request->field(request->ctx, "X-Forwarden-Key");

	request->right = visit->config->page_read == PAGE_READ_EVERYONE
		? API_RIGHT_LOOK
		: API_RIGHT_NONE;
	if (!page_seats_find(
		    visit->page->seats, visit->config, id, key, &visit->seat))
		return;
	request->right = visit->seat.right;
	(void)snprintf(
		request->by, sizeof(request->by), "page: %s", visit->seat.name);
}

/* Who listens, as long as it is open. */
struct listener {
	struct page *page;
	char id[PAGE_SECRET_TEXT], key[PAGE_SECRET_TEXT];
};

static bool
may_listen(void *ctx)
{
	const struct listener *listener = ctx;
	const struct page *page = listener->page;
	const struct generation *generation =
		generation_slot_get(page->api->slot);
	const struct config *config = generation->config;
	struct page_seat seat;
	bool may;

	may = config->page_read == PAGE_READ_EVERYONE ||
		(config->page_read == PAGE_READ_TOKEN &&
			page_seats_find(page->seats, config,
				slice_of(listener->id), slice_of(listener->key),
				&seat));
	generation_unref(generation);
	return may;
}

static void
answer_stream(struct page_visit *visit)
{
	struct listener *listener;

	if (visit->request->right < API_RIGHT_LOOK) {
		page_visit_error(visit, 401, "log in with a token");
		return;
	}
	listener = calloc(1, sizeof(*listener));
	if (listener != NULL) {
		listener->page = visit->page;
		memcpy(listener->id, visit->seat.id, sizeof(listener->id));
		memcpy(listener->key, visit->seat.key, sizeof(listener->key));
		visit->answer->stream = page_stream_open(
			visit->page->streams, may_listen, listener);
	}
	if (visit->answer->stream == NULL) {
		visit->answer->retry_after = STREAM_RETRY_SECONDS;
		page_visit_error(visit, 503,
			"too many listen already: ask again now and then");
		return;
	}
	visit->answer->status = 200;
	visit->answer->type = "text/event-stream";
}

static bool
answer_file(struct page_visit *visit)
{
	const struct api_request *request = visit->request;
	struct slice known = request->field(request->ctx, "If-None-Match");

	for (size_t i = 0; page_files[i].path != NULL; i++) {
		if (!slice_equal(slice_of(page_files[i].path), request->path))
			continue;
		visit->answer->type = page_files[i].type;
		visit->answer->text = page_files[i].text;
		visit->answer->etag = visit->page->etags[i];
		visit->answer->status = 200;
		if (slice_equal(known, slice_of(visit->answer->etag))) {
			visit->answer->status = 304;
			visit->answer->text = "";
		}
		return true;
	}
	return false;
}

static const struct {
	const char *path;
	enum api_method method;
	void (*answer)(struct page_visit *);
} paths[] = {
	{"/page/session", API_GET, page_session},
	{"/page/login", API_POST, page_login},
	{"/page/logout", API_POST, page_logout},
	{"/page/stream", API_GET, answer_stream},
};

static void
answer_path(struct page_visit *visit)
{
	const struct api_request *request = visit->request;

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		if (!slice_equal(slice_of(paths[i].path), request->path))
			continue;
		if (paths[i].method == request->method) {
			paths[i].answer(visit);
		} else {
			page_visit_error(
				visit, 405, "another method is needed");
		}
		return;
	}
	page_visit_error(visit, 404, "there is no such path");
}

static bool
is_of_page(struct slice path)
{
	return slice_starts_fold(path, SLICE("/page/")) ||
		slice_equal(path, SLICE("/"));
}

static bool
answer_visit(struct page_visit *visit)
{
	struct api_request *request = visit->request;
	struct slice host = request->field(request->ctx, "Host");
	bool own = is_of_page(request->path);

	if (!own && !slice_starts_fold(request->path, SLICE("/v1/")))
		return false;
	if (!page_gate_knows_host(visit->config, host)) {
		page_visit_error(visit, 421,
			"the page is not known by that name: page.hosts");
		return true;
	}
	if (own && request->method == API_GET && answer_file(visit))
		return true;
	if (!page_gate_is_own(request)) {
		page_visit_error(visit, 403, "that was not asked by the page");
		return true;
	}
	find_right(visit);
	if (own)
		answer_path(visit);
	return own;
}

bool
page_answer(struct page *page, struct api_request *request,
	struct api_answer *answer)
{
	const struct generation *generation =
		generation_slot_get(page->api->slot);
	struct page_visit visit = {
		.page = page,
		.config = generation->config,
		.request = request,
		.answer = answer,
	};
	bool answered = false;

	*answer = (struct api_answer){0};
	request->on_page = visit.config->page_read != PAGE_READ_OFF;
	if (request->on_page)
		answered = answer_visit(&visit);
	generation_unref(generation);
	return answered;
}
