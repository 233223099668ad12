/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is logged in on the page. A session is two secrets: an id, which the
 * browser keeps as a cookie, and a key, which the page keeps and sends in a
 * header field. A browser gives a cookie to every port of a host, so to
 * another user's server, too, and a script can be made to send it; the key
 * stays with the page's own origin. Neither is worth anything alone.
 *
 * A session ends with its time, with the token that it began with, and with
 * the process. There are few, and the one that was silent the longest makes
 * room. Thread-safe.
 */
#ifndef DAEMON_PAGE_SEATS_H
#define DAEMON_PAGE_SEATS_H

#include "base/slice.h"
#include "daemon/api_request.h"
#include "daemon/config.h"

#define PAGE_SECRET_TEXT 65 /* hex digits and a NUL */
#define PAGE_NAME_BYTES 48 /* with its NUL */
#define PAGE_SEATS 32

struct page_seats;

/* What its holder knows of a session. */
struct page_seat {
	char id[PAGE_SECRET_TEXT], key[PAGE_SECRET_TEXT];
	char name[PAGE_NAME_BYTES];
	enum api_right right;
	int64_t until_ms; /* of clock_monotonic_ms() */
};

struct page_seats *page_seats_new(void);
void page_seats_free(struct page_seats *);

/* What a token is good for: API_RIGHT_NONE for a wrong one. In constant time
 * for tokens of one length. */
enum api_right page_token_right(const struct config *, struct slice token);
/* A new session of whoever gave that token; name is at most
 * PAGE_NAME_BYTES - 1 long. False without chance. */
bool page_seats_take(struct page_seats *, const struct config *,
	struct slice token, struct slice name, struct page_seat *out);
/* The session that has this id and this key, if its token is still good. */
bool page_seats_find(struct page_seats *, const struct config *,
	struct slice id, struct slice key, struct page_seat *out);
/* It is over. */
void page_seats_leave(struct page_seats *, const struct page_seat *);
size_t page_seats_count(struct page_seats *);

#endif
