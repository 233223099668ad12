/* SPDX-License-Identifier: BSD-2-Clause */
/* Tokens to sessions. */
#include "daemon/page_seats.h"

#include "base/clock.h"
#include "base/codec.h"
#include "base/digest.h"
#include "base/random.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SECRET_BYTES 32

struct held {
	struct page_seat seat;
	unsigned char token[DIGEST_BYTES]; /* its digest */
	int64_t heard_ms;
};

struct page_seats {
	pthread_mutex_t lock;
	struct held at[PAGE_SEATS];
};

struct page_seats *
page_seats_new(void)
{
	struct page_seats *seats = calloc(1, sizeof(*seats));

	if (seats != NULL)
		(void)pthread_mutex_init(&seats->lock, NULL);
	return seats;
}

void
page_seats_free(struct page_seats *seats)
{
	if (seats == NULL)
		return;
	(void)pthread_mutex_destroy(&seats->lock);
	free(seats);
}

/* Looks at every byte, so that time does not tell how many were right. */
static bool
is_same(const void *one, const void *two, size_t len)
{
	const volatile unsigned char *a = one, *b = two;
	unsigned difference = 0;

	for (size_t i = 0; i < len; i++)
		difference |= (unsigned)(a[i] ^ b[i]);
	return difference == 0;
}

/* Digests are compared: they are of one length whatever was given. */
static bool
digest_of(struct slice token, unsigned char out[DIGEST_BYTES])
{
	return token.len > 0 && digest_parts(&token, 1, out);
}

static bool
is_token(const char *token, const unsigned char digest[DIGEST_BYTES])
{
	unsigned char own[DIGEST_BYTES];

	return digest_of(slice_of(token), own) &&
		is_same(own, digest, DIGEST_BYTES);
}

static enum api_right
right_of(const struct config *config, const unsigned char digest[DIGEST_BYTES])
{
	bool acts = is_token(config->page_token, digest);
	bool looks = is_token(config->page_view_token, digest);

	if (acts)
		return API_RIGHT_ACT;
	return looks ? API_RIGHT_LOOK : API_RIGHT_NONE;
}

enum api_right
page_token_right(const struct config *config, struct slice token)
{
	unsigned char digest[DIGEST_BYTES];

	if (!digest_of(token, digest))
		return API_RIGHT_NONE;
	return right_of(config, digest);
}

static bool
make_secret(char text[PAGE_SECRET_TEXT])
{
	unsigned char bytes[SECRET_BYTES];

	if (!random_fill(bytes, sizeof(bytes)))
		return false;
	codec_hex(bytes, sizeof(bytes), text);
	return true;
}

/* One that is free or over; else the one that was silent the longest. */
static struct held *
find_room(struct page_seats *seats, int64_t now)
{
	struct held *stalest = &seats->at[0];

	for (size_t i = 0; i < PAGE_SEATS; i++) {
		struct held *held = &seats->at[i];

		if (held->seat.until_ms <= now)
			return held;
		if (held->heard_ms < stalest->heard_ms)
			stalest = held;
	}
	return stalest;
}

bool
page_seats_take(struct page_seats *seats, const struct config *config,
	struct slice token, struct slice name, struct page_seat *out)
{
	int64_t now = clock_monotonic_ms();
	struct held held = {.heard_ms = now};

	if (name.len >= PAGE_NAME_BYTES || !digest_of(token, held.token) ||
		!make_secret(held.seat.id) || !make_secret(held.seat.key))
		return false;
	memcpy(held.seat.name, name.p, name.len);
	held.seat.right = right_of(config, held.token);
	held.seat.until_ms = now + config->page_session_time;
	(void)pthread_mutex_lock(&seats->lock);
	*find_room(seats, now) = held;
	(void)pthread_mutex_unlock(&seats->lock);
	*out = held.seat;
	return true;
}

static bool
is_secret(const char *own, struct slice given)
{
	return given.len == PAGE_SECRET_TEXT - 1 &&
		is_same(own, given.p, given.len);
}

bool
page_seats_find(struct page_seats *seats, const struct config *config,
	struct slice id, struct slice key, struct page_seat *out)
{
	int64_t now = clock_monotonic_ms();
	bool found = false;

	(void)pthread_mutex_lock(&seats->lock);
	for (size_t i = 0; i < PAGE_SEATS; i++) {
		struct held *held = &seats->at[i];

		if (held->seat.until_ms <= now ||
			!is_secret(held->seat.id, id) ||
			!is_secret(held->seat.key, key))
			continue;
		held->heard_ms = now;
		*out = held->seat;
		out->right = right_of(config, held->token);
		found = out->right != API_RIGHT_NONE;
	}
	(void)pthread_mutex_unlock(&seats->lock);
	return found;
}

void
page_seats_leave(struct page_seats *seats, const struct page_seat *seat)
{
	(void)pthread_mutex_lock(&seats->lock);
	for (size_t i = 0; i < PAGE_SEATS; i++) {
		if (strcmp(seats->at[i].seat.id, seat->id) == 0)
			seats->at[i] = (struct held){0};
	}
	(void)pthread_mutex_unlock(&seats->lock);
}

size_t
page_seats_count(struct page_seats *seats)
{
	int64_t now = clock_monotonic_ms();
	size_t count = 0;

	(void)pthread_mutex_lock(&seats->lock);
	for (size_t i = 0; i < PAGE_SEATS; i++)
		count += seats->at[i].seat.until_ms > now;
	(void)pthread_mutex_unlock(&seats->lock);
	return count;
}
