/* SPDX-License-Identifier: BSD-2-Clause */
/* A token and a name in, a session out. */
#include "daemon/page_login.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>
#include <time.h>

#define WRONG_SECONDS 1
#define WRONG_WAITING 4 /* threads that a wrong token may hold */
#define TELL_MS 10000

static const char *
right_name(enum api_right right)
{
	static const char *const names[] = {"none", "look", "act", "own"};

	return names[right];
}

void
page_session(struct page_visit *visit)
{
	const struct config *config = visit->config;
	struct json *json = json_map();

	json_set_text(
		json, "right", slice_of(right_name(visit->request->right)));
	json_set_bool(json, "logged_in", page_visit_is_logged_in(visit));
	json_set_bool(json, "acts", config->page_token[0] != '\0');
	json_set_text(json, "name", slice_of(visit->seat.name));
	json_set_text(json, "host", slice_of(config->host));
	json_set_text(json, "version", slice_of(PACKAGE_VERSION));
	page_visit_json_take(visit, 200, json);
}

/* The right token is never kept waiting, so that nobody can lock the operator
 * out; the wrong one waits, and of those that wait there are few. No word of
 * it is said. */
static void
refuse_token(struct page_visit *visit)
{
	const struct timespec pause = {WRONG_SECONDS, 0};
	struct page *page = visit->page;
	unsigned long long wrong =
		atomic_fetch_add(&page->api->wrong_tokens, 1) + 1;
	long long now = clock_monotonic_ms(), told = page->told_ms;

	if ((told == 0 || now - told > TELL_MS) &&
		atomic_compare_exchange_strong(&page->told_ms, &told, now)) {
		log_write(LOG_LEVEL_WARNING,
			"page: a wrong token was given, %llu since the start",
			wrong);
	}
	if (atomic_fetch_add(&page->waiting, 1) < WRONG_WAITING) {
		(void)nanosleep(&pause, NULL);
		page_visit_error(visit, 403, "that is not the token");
	} else {
		visit->answer->retry_after = WRONG_SECONDS;
		page_visit_error(visit, 429, "that is not the token");
	}
	atomic_fetch_sub(&page->waiting, 1);
}

static bool
is_name(struct slice name)
{
	return name.len > 0 && name.len < PAGE_NAME_BYTES &&
		!slice_has_control(name) && slice_is_utf8(name);
}

static void
let_in(struct page_visit *visit, struct slice token, struct slice name)
{
	struct page *page = visit->page;
	struct json *json;

	if (!is_name(name)) {
		page_visit_error(
			visit, 400, "say who you are, in 1 to 47 bytes");
		return;
	}
	if (!page_seats_take(
		    page->seats, visit->config, token, name, &visit->seat)) {
		page_visit_error(visit, 500, "there is no chance to be had");
		return;
	}
	(void)snprintf(visit->answer->cookie, sizeof(visit->answer->cookie),
		"forwarden=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld",
		visit->seat.id, visit->config->page_session_time / 1000);
	log_write(LOG_LEVEL_NOTICE, "page: %s is logged in, and may %s",
		visit->seat.name, right_name(visit->seat.right));
	json = json_map();
	json_set_text(json, "key", slice_of(visit->seat.key));
	json_set_text(json, "right", slice_of(right_name(visit->seat.right)));
	page_visit_json_take(visit, 200, json);
}

void
page_login(struct page_visit *visit)
{
	struct json *json = json_parse(visit->request->body, NULL);
	struct slice token = slice_trim(json_text(json, "token"));
	struct slice name = slice_trim(json_text(json, "name"));

	if (page_token_right(visit->config, token) == API_RIGHT_NONE) {
		refuse_token(visit);
	} else {
		let_in(visit, token, name);
	}
	json_free(json);
}

void
page_logout(struct page_visit *visit)
{
	if (page_visit_is_logged_in(visit))
		page_seats_leave(visit->page->seats, &visit->seat);
	(void)snprintf(visit->answer->cookie, sizeof(visit->answer->cookie),
		"forwarden=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
	page_visit_json_take(visit, 200, json_map());
}
