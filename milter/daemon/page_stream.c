/* SPDX-License-Identifier: BSD-2-Clause */
/* Streams of the page, by looking at the store's last event id. */
#include "daemon/page_stream.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ID_BYTES 96
#define LOOK_MS 1000 /* at the store, all streams together */
#define PAUSE_MS 200
#define SILENCE_MS 5000 /* then something is said, or a dead peer stays */
#define ARENA_BYTES (1UL << 20)

struct page_streams {
	struct api *api;
	unsigned most;
	atomic_uint open;
	atomic_bool ending;
	pthread_mutex_t lock;
	char last[ID_BYTES]; /* the newest event's id */
	int64_t looked_ms;
};

struct page_stream {
	struct page_streams *streams;
	page_stream_may_fn *may;
	void *ctx;
	char last[ID_BYTES]; /* what its reader was told */
};

struct page_streams *
page_streams_new(struct api *api, unsigned most)
{
	struct page_streams *streams = calloc(1, sizeof(*streams));

	if (streams == NULL)
		return NULL;
	streams->api = api;
	streams->most = most;
	(void)pthread_mutex_init(&streams->lock, NULL);
	return streams;
}

void
page_streams_free(struct page_streams *streams)
{
	if (streams == NULL)
		return;
	(void)pthread_mutex_destroy(&streams->lock);
	free(streams);
}

void
page_streams_end(struct page_streams *streams)
{
	if (streams != NULL)
		streams->ending = true;
}

unsigned
page_streams_count(const struct page_streams *streams)
{
	return streams->open;
}

unsigned
page_streams_most(const struct page_streams *streams)
{
	return streams->most;
}

struct page_stream *
page_stream_open(
	struct page_streams *streams, page_stream_may_fn *may, void *ctx)
{
	struct page_stream *stream = NULL;

	if (atomic_fetch_add(&streams->open, 1) < streams->most &&
		!streams->ending)
		stream = calloc(1, sizeof(*stream));
	if (stream == NULL) {
		atomic_fetch_sub(&streams->open, 1);
		free(ctx);
		return NULL;
	}
	*stream = (struct page_stream){
		.streams = streams, .may = may, .ctx = ctx};
	return stream;
}

void
page_stream_close(struct page_stream *stream)
{
	if (stream == NULL)
		return;
	atomic_fetch_sub(&stream->streams->open, 1);
	free(stream->ctx);
	free(stream);
}

/* Is it this one's turn to look? */
static bool
take_turn(struct page_streams *streams)
{
	int64_t now = clock_monotonic_ms();
	bool turn;

	(void)pthread_mutex_lock(&streams->lock);
	turn = streams->looked_ms == 0 || now - streams->looked_ms >= LOOK_MS;
	if (turn)
		streams->looked_ms = now;
	(void)pthread_mutex_unlock(&streams->lock);
	return turn;
}

/* Only the id is asked for; while the store does not answer, the last one
 * stands. */
static void
look(struct page_streams *streams)
{
	struct store_query query = {.kind = STORE_EVENTS, .limit = 1};
	struct arena *arena;

	if (!take_turn(streams))
		return;
	arena = arena_new(ARENA_BYTES);
	if (arena != NULL &&
		store_query(streams->api->store, arena, &query, NULL)) {
		(void)pthread_mutex_lock(&streams->lock);
		(void)snprintf(streams->last, sizeof(streams->last), "%.*s",
			SLICE_ARG(query.answer.events.last_id));
		(void)pthread_mutex_unlock(&streams->lock);
	}
	arena_free(arena);
}

static bool
has_news(struct page_stream *stream)
{
	struct page_streams *streams = stream->streams;
	bool news;

	look(streams);
	(void)pthread_mutex_lock(&streams->lock);
	news = strcmp(stream->last, streams->last) != 0;
	memcpy(stream->last, streams->last, sizeof(stream->last));
	(void)pthread_mutex_unlock(&streams->lock);
	return news;
}

static ssize_t
say_news(const struct page_stream *stream, char *into, size_t size)
{
	struct json *json = json_map();
	struct buf text = {0};
	int len = -1;

	json_set_text(json, "last", slice_of(stream->last));
	if (json_write(json, &text) && buf_ok(&text)) {
		len = snprintf(into, size, "event: news\ndata: %s\n\n", text.p);
	}
	json_free(json);
	buf_fini(&text);
	return len > 0 && (size_t)len < size ? len : -1;
}

ssize_t
page_stream_read(struct page_stream *stream, char *into, size_t size)
{
	static const char alive[] = ": still here\n\n";
	const struct timespec pause = {0, PAUSE_MS * 1000000L};
	const struct page_streams *streams = stream->streams;
	int64_t until = clock_monotonic_ms() + SILENCE_MS;

	while (clock_monotonic_ms() < until) {
		if (streams->ending || streams->api->ending ||
			!stream->may(stream->ctx))
			return -1;
		if (has_news(stream))
			return say_news(stream, into, size);
		(void)nanosleep(&pause, NULL);
	}
	if (size < sizeof(alive))
		return -1;
	memcpy(into, alive, sizeof(alive) - 1);
	return (ssize_t)sizeof(alive) - 1;
}
