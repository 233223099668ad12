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
	{"/v1/events", API_GET, false, api_events},
	{"/v1/probe/", API_GET, false, api_probe},
	{"/v1/allow/", API_POST, false, api_allow},
	{"/v1/disallow/", API_POST, false, api_disallow},
	{"/v1/allowed", API_GET, false, api_allowed},
	{"/v1/contain/", API_POST, false, api_contain},
	{"/v1/uncontain/", API_POST, false, api_uncontain},
	{"/v1/held", API_GET, false, api_held},
	{"/v1/held/", API_POST, false, api_held_act},
	{"/v1/held-seen", API_POST, false, api_held_seen},
	{"/v1/forget/", API_POST, false, api_forget},
	{"/v1/counted", API_GET, false, api_counted},
	{"/v1/follower", API_POST, false, api_follower},
	{"/v1/logged", API_POST, false, api_logged},
	{"/v1/rule", API_POST, false, api_rule},
	{"/v1/reload", API_POST, false, api_reload},
};

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

static void
dispatch(struct exchange *exchange)
{
	const struct api_request *request = exchange->request;

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		if (!path_matches(
			    paths[i].path, request->path, &exchange->argument))
			continue;
		if (!paths[i].is_public && !request->trusted) {
			exchange_error(
				exchange, 403, "ask on the control socket");
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
