/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request on its way through the api's files, and what they have in
 * common. Not for others.
 */
#ifndef DAEMON_EXCHANGE_H
#define DAEMON_EXCHANGE_H

#include "base/json.h"
#include "daemon/api_request.h"
#include "verdict/verdict.h"

#define API_TYPE_TEXT "text/plain; charset=utf-8"
#define API_LIMIT_DEFAULT 50
#define API_LIMIT_MOST 100000
#define API_LIMIT_PAGE 5000 /* what a browser gets at a time */
#define API_ROUTES_DEFAULT 10000

struct exchange {
	struct api *api;
	const struct api_request *request;
	struct slice argument; /* what follows the path in the table */
	struct arena *arena;
	struct api_answer *answer;
	struct slice alone; /* as in store/query.h, of what was asked */
};

void exchange_text(struct exchange *, unsigned status, const char *text);
/* {"error": text} */
void exchange_error(struct exchange *, unsigned status, const char *text);
/* Status 200; frees the JSON. */
void exchange_json_take(struct exchange *, struct json *);

/* A number of the query, at most most; otherwise where there is none. */
uint64_t exchange_number(const struct exchange *, const char *name,
	uint64_t otherwise, uint64_t most);
/* How many rows are wanted: otherwise where that is not said, and no more than
 * who asks may have. */
size_t exchange_limit(const struct exchange *, uint64_t otherwise);
/* An address as people write it, as the store knows it. False after
 * answering that it is not one. */
bool exchange_address(struct exchange *, struct slice text, struct slice *key);
/* Asks the store. False after answering that it cannot tell. */
bool exchange_query(struct exchange *, struct store_query *);

/* Who contained it, why, since and until when, by the first of both orders that
 * is given; NULL: it is not. */
struct json *exchange_contained(struct exchange *, enum contained_what all,
	enum contained_what forwards, struct slice name);
/* The same of a destination, or of the domain that it is in. */
struct json *exchange_contained_to(struct exchange *, struct slice destination);
/* The name of this host, as the configuration has it. */
struct slice exchange_host(const struct exchange *);

/* Rows of the store as JSON. */
struct json *exchange_mailbox(const struct store_mailbox *);
struct json *exchange_routes(struct exchange *, const struct store_routes *);

/* What is known of who follows the mail log. */
void api_follower_write(const struct api *, struct buf *metrics);
struct json *api_follower_json(const struct api *);

/* What the table of paths points at. */
typedef void exchange_fn(struct exchange *);
exchange_fn api_alerts;
exchange_fn api_alerts_test;
exchange_fn api_allow;
exchange_fn api_allowed;
exchange_fn api_contain;
exchange_fn api_counted;
exchange_fn api_contained;
exchange_fn api_destination;
exchange_fn api_disallow;
exchange_fn api_event;
exchange_fn api_events;
exchange_fn api_follower;
exchange_fn api_forget;
exchange_fn api_healthz;
exchange_fn api_held;
exchange_fn api_held_act;
exchange_fn api_held_ask;
exchange_fn api_held_done;
exchange_fn api_held_list;
exchange_fn api_held_part;
exchange_fn api_held_queued;
exchange_fn api_held_seen;
exchange_fn api_logged;
exchange_fn api_mailbox;
exchange_fn api_metrics;
exchange_fn api_one_way;
exchange_fn api_probe;
exchange_fn api_readyz;
exchange_fn api_reload;
exchange_fn api_routes;
exchange_fn api_rule;
exchange_fn api_status;
exchange_fn api_top;
exchange_fn api_uncontain;

#endif
