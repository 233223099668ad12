/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests to answers, by a table of paths. */
#include "daemon/api.h"

#include "daemon/exchange.h"

#include <string.h>

#define ANSWER_BYTES (512UL * 1024 * 1024)

static const struct {
	const char *path; /* one that ends in '/' takes an argument */
	enum api_method method;
	bool is_public;
	void (*answer)(struct exchange *);
} paths[] = {
	{"/healthz", API_GET, true, api_healthz},
	{"/readyz", API_GET, true, api_readyz},
	{"/metrics", API_GET, true, api_metrics},
	{"/v1/status", API_GET, false, api_status},
	{"/v1/top", API_GET, false, api_top},
	{"/v1/mailbox/", API_GET, false, api_mailbox},
	{"/v1/routes", API_GET, false, api_routes},
	{"/v1/one-way", API_GET, false, api_one_way},
	{"/v1/destination/", API_GET, false, api_destination},
	{"/v1/event/", API_GET, false, api_event},
	{"/v1/events", API_GET, false, api_events},
	{"/v1/probe/", API_GET, false, api_probe},
	{"/v1/allow/", API_POST, false, api_allow},
	{"/v1/disallow/", API_POST, false, api_disallow},
	{"/v1/allowed", API_GET, false, api_allowed},
	{"/v1/contained", API_GET, false, api_contained},
	{"/v1/contain/", API_POST, false, api_contain},
	{"/v1/uncontain/", API_POST, false, api_uncontain},
	{"/v1/held", API_GET, false, api_held},
	{"/v1/held/", API_POST, false, api_held_act},
	{"/v1/held-queued/", API_POST, false, api_held_queued},
	{"/v1/held-seen", API_POST, false, api_held_seen},
	{"/v1/held-part", API_POST, false, api_held_part},
	{"/v1/held-list", API_GET, false, api_held_list},
	{"/v1/held-ask/", API_POST, false, api_held_ask},
	{"/v1/held-done/", API_POST, false, api_held_done},
	{"/v1/forget/", API_POST, false, api_forget},
	{"/v1/counted", API_GET, false, api_counted},
	{"/v1/follower", API_POST, false, api_follower},
	{"/v1/logged", API_POST, false, api_logged},
	{"/v1/rule", API_POST, false, api_rule},
	{"/v1/alerts", API_GET, false, api_alerts},
	{"/v1/alerts-test", API_POST, false, api_alerts_test},
	{"/v1/reload", API_POST, false, api_reload},
};

/* What the page asks, and for whom: all else that is not public is for the
 * control socket alone, so that a new path cannot be seen by oversight. */
static const struct {
	const char *path;
	enum api_right right;
} on_page[] = {
	{"/v1/status", API_RIGHT_LOOK},
	{"/v1/top", API_RIGHT_LOOK},
	{"/v1/mailbox/", API_RIGHT_LOOK},
	{"/v1/routes", API_RIGHT_LOOK},
	{"/v1/event/", API_RIGHT_LOOK},
	{"/v1/events", API_RIGHT_LOOK},
	{"/v1/allowed", API_RIGHT_LOOK},
	{"/v1/contained", API_RIGHT_LOOK},
	{"/v1/held-list", API_RIGHT_LOOK},
	{"/v1/allow/", API_RIGHT_ACT},
	{"/v1/disallow/", API_RIGHT_ACT},
	{"/v1/contain/", API_RIGHT_ACT},
	{"/v1/uncontain/", API_RIGHT_ACT},
	{"/v1/held-ask/", API_RIGHT_ACT},
};

static enum api_right
needed_for(const char *path, bool is_public)
{
	if (is_public)
		return API_RIGHT_NONE;
	for (size_t i = 0; i < sizeof(on_page) / sizeof(*on_page); i++) {
		if (strcmp(path, on_page[i].path) == 0)
			return on_page[i].right;
	}
	return API_RIGHT_OWN;
}

static bool
path_matches(const char *path, struct slice given, struct slice *argument)
{
	size_t len = strlen(path);

	if (path[len - 1] != '/')
		return slice_equal(given, slice_of(path));
	if (given.len <= len || memcmp(given.p, path, len) != 0)
		return false;
	*argument = slice_sub(given, len, given.len);
	return true;
}

/* On the page there is something that who asks can do. */
static void
refuse(struct exchange *exchange, enum api_right needed)
{
	const struct api_request *request = exchange->request;

	if (!request->on_page || needed == API_RIGHT_OWN) {
		exchange_error(exchange, 403, "ask on the control socket");
	} else if (request->right == API_RIGHT_NONE || request->by[0] == '\0') {
		exchange_error(exchange, 401, "log in with a token");
	} else {
		exchange_error(exchange, 403, "this token may only look");
	}
}

static void
dispatch(struct exchange *exchange)
{
	const struct api_request *request = exchange->request;
	enum api_right needed;

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		if (!path_matches(
			    paths[i].path, request->path, &exchange->argument))
			continue;
		needed = needed_for(paths[i].path, paths[i].is_public);
		if (needed > request->right) {
			refuse(exchange, needed);
		} else if (paths[i].method != request->method) {
			exchange_error(
				exchange, 405, "another method is needed");
		} else {
			paths[i].answer(exchange);
		}
		return;
	}
	exchange_error(exchange, 404, "there is no such path");
}

void
api_answer(struct api *api, const struct api_request *request,
	struct api_answer *answer)
{
	struct exchange exchange = {
		.api = api,
		.request = request,
		.answer = answer,
		.arena = arena_new(ANSWER_BYTES),
	};

	*answer = (struct api_answer){0};
	if (exchange.arena == NULL) {
		exchange_error(&exchange, 500, "out of memory");
	} else {
		dispatch(&exchange);
	}
	arena_free(exchange.arena);
}
