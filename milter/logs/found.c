/* SPDX-License-Identifier: BSD-2-Clause */
/* Maps of what was found, keyed by text. */
#include "logs/found.h"

#include "base/buf.h"
#include "base/map.h"

#include <stdlib.h>

#define LOGINS_MOST 50000U
/* One, two, more messages that were given the same address. */
#define SURE_ONCE 50U
#define SURE_TWICE 75U
#define SURE_OFTEN 88U

struct route {
	struct found_route is;
	char *mailbox, *destination, *via, *members;
};

struct command {
	struct found_command is;
	char *mailbox, *command;
};

struct either {
	char *addresses[FOUND_EITHER_MOST];
	size_t count;
	uint64_t messages, sent, waiting, lost;
	int64_t first_ms, last_ms;
	char id[FOUND_ID_BYTES];
};

struct found {
	struct map *routes, *commands, *eithers;
	uint64_t left_out;
};

const char *
found_kind_name(enum found_kind kind)
{
	static const char *const names[] = {"redirect", "copy", "notify"};

	return names[kind];
}

const char *
found_by_name(enum found_by by)
{
	static const char *const names[] = {"sieve", "alias/.forward",
		"virtual/canonical", "list", "bcc", "program", "command",
		"relay", "transit"};

	return names[by];
}

struct found *
found_new(void)
{
	struct found *found = calloc(1, sizeof(*found));

	if (found == NULL)
		return NULL;
	found->routes = map_new();
	found->commands = map_new();
	found->eithers = map_new();
	if (found->routes != NULL && found->commands != NULL &&
		found->eithers != NULL)
		return found;
	found_free(found);
	return NULL;
}

static void
free_route(void *value)
{
	struct route *route = value;

	free(route->mailbox);
	free(route->destination);
	free(route->via);
	free(route->members);
	free(route);
}

static void
free_command(void *value)
{
	struct command *command = value;

	free(command->mailbox);
	free(command->command);
	free(command);
}

static void
free_either(void *value)
{
	struct either *either = value;

	for (size_t i = 0; i < either->count; i++)
		free(either->addresses[i]);
	free(either);
}

void
found_free(struct found *found)
{
	if (found == NULL)
		return;
	if (found->routes != NULL)
		map_free(found->routes, free_route);
	if (found->commands != NULL)
		map_free(found->commands, free_command);
	if (found->eithers != NULL)
		map_free(found->eithers, free_either);
	free(found);
}

static char *
copy(struct slice text)
{
	return strndup(text.p != NULL ? text.p : "", text.len);
}

/* Texts behind each other with NULs between; none of them has one. */
static struct slice
key_of(struct buf *room, struct slice a, struct slice b, int kind)
{
	buf_reset(room);
	buf_add(room, a);
	buf_add_byte(room, '\0');
	buf_add(room, b);
	buf_add_byte(room, '\0');
	buf_add_byte(room, (char)('0' + kind));
	return buf_slice(room);
}

static void
count_status(enum told_status status, uint64_t *sent, uint64_t *waiting,
	uint64_t *lost)
{
	switch (status) {
	case TOLD_SENT:
		++*sent;
		break;
	case TOLD_DEFERRED:
		++*waiting;
		break;
	case TOLD_BOUNCED:
		++*lost;
		break;
	}
}

static void
widen(int64_t at_ms, int64_t *first_ms, int64_t *last_ms)
{
	if (*first_ms == 0 || at_ms < *first_ms)
		*first_ms = at_ms;
	if (at_ms > *last_ms)
		*last_ms = at_ms;
}

static struct route *
add_route(struct found *found, struct slice key, const struct found_flow *flow)
{
	struct route *route = calloc(1, sizeof(*route));

	if (route == NULL)
		return NULL;
	route->mailbox = copy(flow->mailbox);
	route->destination = copy(flow->destination);
	route->via = copy(flow->via);
	route->members = copy(flow->members);
	if (route->mailbox == NULL || route->destination == NULL ||
		route->via == NULL || route->members == NULL ||
		!map_put(found->routes, key, route, NULL)) {
		free_route(route);
		return NULL;
	}
	route->is = (struct found_route){.mailbox = route->mailbox,
		.destination = route->destination,
		.via = route->via,
		.kind = flow->kind,
		.by = flow->by};
	return route;
}

static void
count_flow(struct route *route, const struct found_flow *flow)
{
	struct found_route *is = &route->is;

	is->is_ours = is->is_ours || flow->of_stranger;
	count_status(flow->status, &is->sent, &is->waiting, &is->lost);
	if (flow->sure > is->sure) {
		is->sure = flow->sure;
		is->by = flow->by;
	}
	if (is->via[0] == '\0' && flow->via.len > 0) {
		char *via = copy(flow->via);

		if (via != NULL) {
			free(route->via);
			is->via = route->via = via;
		}
	}
	if (flow->at_ms >= is->last_ms && flow->id != NULL) {
		strncpy(is->id, flow->id, sizeof(is->id) - 1);
	}
	widen(flow->at_ms, &is->first_ms, &is->last_ms);
}

bool
found_add(struct found *found, const struct found_flow *flow)
{
	struct buf room = {0};
	struct slice key = key_of(
		&room, flow->mailbox, flow->destination, (int)flow->kind);
	struct route *route = map_find(found->routes, key);
	bool full = map_count(found->routes) >= FOUND_ROUTES_MOST;

	if (route == NULL && full) {
		found->left_out++;
	} else if (route == NULL) {
		route = add_route(found, key, flow);
	}
	buf_fini(&room);
	if (route != NULL)
		count_flow(route, flow);
	return route != NULL || full;
}

bool
found_add_command(struct found *found, struct slice mailbox, struct slice text,
	int64_t at_ms)
{
	struct buf room = {0};
	struct slice key = key_of(&room, mailbox, text, 0);
	struct command *command = map_find(found->commands, key);

	if (command == NULL &&
		map_count(found->commands) >= FOUND_COMMANDS_MOST) {
		buf_fini(&room);
		found->left_out++;
		return true;
	}
	if (command == NULL) {
		command = calloc(1, sizeof(*command));
		if (command != NULL) {
			command->is.mailbox = command->mailbox = copy(mailbox);
			command->is.command = command->command = copy(text);
			if (!map_put(found->commands, key, command, NULL)) {
				free_command(command);
				command = NULL;
			}
		}
	}
	buf_fini(&room);
	if (command == NULL)
		return false;
	command->is.count++;
	widen(at_ms, &command->is.first_ms, &command->is.last_ms);
	return true;
}

/* What is in both. */
static void
intersect(struct either *either, const struct found_either *with)
{
	size_t kept = 0;

	for (size_t i = 0; i < either->count; i++) {
		bool in = false;

		for (size_t j = 0; j < with->count && !in; j++)
			in = slice_equal_fold(slice_of(either->addresses[i]),
				with->addresses[j]);
		if (in) {
			either->addresses[kept++] = either->addresses[i];
		} else {
			free(either->addresses[i]);
		}
	}
	either->count = kept;
}

static struct either *
add_either(struct found *found, const struct found_either *with)
{
	struct either *either = calloc(1, sizeof(*either));

	if (either == NULL ||
		!map_put(found->eithers, with->login, either, NULL)) {
		free(either);
		return NULL;
	}
	for (size_t i = 0; i < with->count; i++) {
		either->addresses[either->count] = copy(with->addresses[i]);
		if (either->addresses[either->count] != NULL)
			either->count++;
	}
	return either;
}

bool
found_add_either(struct found *found, const struct found_either *with)
{
	struct either *either = map_find(found->eithers, with->login);

	if (either == NULL && map_count(found->eithers) >= LOGINS_MOST) {
		found->left_out++;
		return true;
	}
	if (either != NULL) {
		intersect(either, with);
	} else {
		either = add_either(found, with);
	}
	if (either == NULL)
		return false;
	either->messages++;
	count_status(
		with->status, &either->sent, &either->waiting, &either->lost);
	widen(with->at_ms, &either->first_ms, &either->last_ms);
	strncpy(either->id, with->id, sizeof(either->id) - 1);
	return true;
}

static unsigned
sure_of(const struct either *either)
{
	if (either->messages == 1)
		return SURE_ONCE;
	return either->messages == 2 ? SURE_TWICE : SURE_OFTEN;
}

bool
found_one_of(const struct found *found, const struct found_either *of,
	struct found_flow *flow)
{
	const struct either *either = map_find(found->eithers, of->login);

	if (either == NULL || either->count != 1 || either->messages < 2)
		return false;
	*flow = (struct found_flow){.mailbox = of->login,
		.destination = slice_of(either->addresses[0]),
		.id = of->id,
		.at_ms = of->at_ms,
		.kind = FOUND_COPY,
		.by = FOUND_BY_BCC,
		.status = of->status,
		.sure = sure_of(either)};
	return true;
}

struct settling {
	struct found *found;
	bool good;
};

static bool
settle_one(struct slice login, void *value, void *ctx)
{
	struct either *either = value;
	struct settling *settling = ctx;
	struct buf key = {0}, via = {0};
	struct found_flow flow = {.mailbox = login,
		.kind = FOUND_COPY,
		.by = FOUND_BY_BCC,
		.sure = sure_of(either)};
	struct route *route;

	if (either->count == 0)
		return true;
	if (either->count == 1) {
		flow.destination = slice_of(either->addresses[0]);
	} else {
		buf_puts(&via, "one of");
		for (size_t i = 0; i < either->count; i++)
			buf_printf(&via, " %s", either->addresses[i]);
		flow.via = buf_slice(&via);
		flow.sure = SURE_ONCE;
	}
	route = map_find(settling->found->routes,
		key_of(&key, login, flow.destination, FOUND_COPY));
	if (route == NULL)
		route = add_route(settling->found, buf_slice(&key), &flow);
	if (route != NULL) {
		route->is.sent += either->sent;
		route->is.waiting += either->waiting;
		route->is.lost += either->lost;
		if (flow.sure > route->is.sure)
			route->is.sure = flow.sure;
		widen(either->first_ms, &route->is.first_ms,
			&route->is.last_ms);
		widen(either->last_ms, &route->is.first_ms, &route->is.last_ms);
		memcpy(route->is.id, either->id, sizeof(route->is.id));
	}
	settling->good = settling->good && route != NULL;
	buf_fini(&key);
	buf_fini(&via);
	return true;
}

/* The one of some members, a line each, of whom a route there is known. */
static struct route *
route_of_member(const struct found *found, struct slice members,
	struct slice destination, enum found_kind kind)
{
	struct route *only = NULL;
	struct buf key = {0};
	struct slice member;

	while (slice_next(&members, '\n', &member)) {
		struct route *other = map_find(found->routes,
			key_of(&key, member, destination, (int)kind));

		if (other == NULL)
			continue;
		if (only != NULL && only != other) {
			only = NULL;
			break;
		}
		only = other;
	}
	buf_fini(&key);
	return only;
}

struct slice
found_member(const struct found *found, const struct found_flow *flow)
{
	const struct route *route = route_of_member(
		found, flow->members, flow->destination, flow->kind);

	return slice_of(route != NULL ? route->mailbox : NULL);
}

static void
give(struct route *to, struct route *from)
{
	to->is.sent += from->is.sent;
	to->is.waiting += from->is.waiting;
	to->is.lost += from->is.lost;
	widen(from->is.first_ms, &to->is.first_ms, &to->is.last_ms);
	widen(from->is.last_ms, &to->is.first_ms, &to->is.last_ms);
	if (to->via[0] == '\0') {
		free(to->via);
		to->is.via = to->via = from->mailbox;
		from->mailbox = NULL;
	}
}

struct giving {
	struct found *found;
	struct buf gone; /* the keys, each behind its length */
};

static bool
give_to_member(struct slice key, void *value, void *ctx)
{
	struct route *route = value, *member;
	struct giving *giving = ctx;

	if (route->members[0] == '\0')
		return true;
	member = route_of_member(giving->found, slice_of(route->members),
		slice_of(route->destination), route->is.kind);
	if (member != NULL && member != route) {
		give(member, route);
		buf_add(&giving->gone,
			(struct slice){
				(const char *)&key.len, sizeof(key.len)});
		buf_add(&giving->gone, key);
	}
	return true;
}

static bool
give_to_members(struct found *found)
{
	struct giving giving = {.found = found};
	struct slice rest;
	size_t len;

	map_each(found->routes, give_to_member, &giving);
	for (rest = buf_slice(&giving.gone); rest.len > 0;
		rest = slice_sub(rest, sizeof(len) + len, rest.len)) {
		memcpy(&len, rest.p, sizeof(len));
		free_route(map_remove(found->routes,
			slice_sub(rest, sizeof(len), sizeof(len) + len)));
	}
	len = buf_ok(&giving.gone);
	buf_fini(&giving.gone);
	return len > 0;
}

bool
found_settle(struct found *found)
{
	struct settling settling = {found, true};

	map_each(found->eithers, settle_one, &settling);
	return give_to_members(found) && settling.good;
}

size_t
found_routes(const struct found *found)
{
	return map_count(found->routes);
}

struct visiting {
	void (*route)(void *, const struct found_route *);
	void (*command)(void *, const struct found_command *);
	void *ctx;
};

static bool
visit_route(struct slice key, void *value, void *ctx)
{
	const struct visiting *visiting = ctx;
	const struct route *route = value;

	(void)key;
	visiting->route(visiting->ctx, &route->is);
	return true;
}

static bool
visit_command(struct slice key, void *value, void *ctx)
{
	const struct visiting *visiting = ctx;
	const struct command *command = value;

	(void)key;
	visiting->command(visiting->ctx, &command->is);
	return true;
}

void
found_each(const struct found *found,
	void (*visit)(void *, const struct found_route *), void *ctx)
{
	map_each(found->routes, visit_route,
		&(struct visiting){visit, NULL, ctx});
}

void
found_each_command(const struct found *found,
	void (*visit)(void *, const struct found_command *), void *ctx)
{
	map_each(found->commands, visit_command,
		&(struct visiting){NULL, visit, ctx});
}

uint64_t
found_left_out(const struct found *found)
{
	return found->left_out;
}
