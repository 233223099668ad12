/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside or outside. */
#include "mta/rules/inside.h"

#include "mail/path.h"

#include <stdlib.h>
#include <string.h>

#define HOPS_MAX 8
#define NAMES_SHOWN 12
#define ARENA_BYTES 65536

struct inside {
	const struct realm *given;
	struct realm *learned;
	struct arena *arena;
	struct slice origin;
};

struct inside *
inside_new(const struct realm *given)
{
	/* Networks that no stranger can have. */
	static const char *const inner[] = {"127.0.0.0/8", "::1", "10.0.0.0/8",
		"172.16.0.0/12", "192.168.0.0/16", "fc00::/7"};
	struct inside *inside = calloc(1, sizeof(*inside));

	if (inside == NULL)
		return NULL;
	inside->given = given;
	inside->learned = realm_new();
	inside->arena = arena_new(ARENA_BYTES);
	if (inside->learned == NULL || inside->arena == NULL) {
		inside_free(inside);
		return NULL;
	}
	for (size_t i = 0; i < sizeof(inner) / sizeof(*inner); i++)
		inside_add_network(inside, slice_of(inner[i]));
	return inside;
}

void
inside_free(struct inside *inside)
{
	if (inside == NULL)
		return;
	realm_free(inside->learned);
	arena_free(inside->arena);
	free(inside);
}

/* A name that can be one: no table, no address, no pattern. */
static bool
is_name(struct slice domain)
{
	static const char signs[] = "/:@*$!{}|%\\\"'()<> \t";

	for (size_t i = 0; i < domain.len; i++) {
		if (strchr(signs, domain.p[i]) != NULL)
			return false;
	}
	return domain.len > 0 && domain.p[0] != '[';
}

void
inside_learn(struct inside *inside, struct slice domain)
{
	if (inside->given == NULL && is_name(domain) &&
		!realm_has_domain(inside->learned, domain))
		(void)realm_add_domain(inside->learned, domain, NULL);
}

void
inside_set_origin(struct inside *inside, struct slice domain)
{
	if (inside->origin.len == 0 && is_name(domain))
		inside->origin = address_domain(inside->arena, domain);
}

static const struct realm *
realm_of(const struct inside *inside)
{
	return inside->given != NULL ? inside->given : inside->learned;
}

struct slice
inside_origin(const struct inside *inside)
{
	struct slice names[2] = {SLICE("localhost"), SLICE("localhost")};

	if (inside->origin.len > 0)
		return inside->origin;
	/* The host's name for itself is nobody's address elsewhere. */
	(void)realm_names(realm_of(inside), names, 2);
	return slice_equal(names[0], SLICE("localhost")) ? names[1] : names[0];
}

bool
inside_is_given(const struct inside *inside)
{
	return inside->given != NULL;
}

bool
inside_has_domain(const struct inside *inside, struct slice domain)
{
	return slice_equal(domain, SLICE("localhost")) ||
		slice_equal(domain, SLICE("localhost.localdomain")) ||
		realm_has_domain(realm_of(inside), domain);
}

size_t
inside_domains(const struct inside *inside, struct slice *names, size_t limit)
{
	return realm_names(realm_of(inside), names, limit);
}

void
inside_add_names(const struct inside *inside, struct buf *out)
{
	struct slice names[NAMES_SHOWN];
	size_t count = realm_names(realm_of(inside), names, NAMES_SHOWN);

	for (size_t i = 0; i < count; i++) {
		buf_puts(out, i > 0 ? ", " : "");
		buf_add_visible(out, names[i]);
	}
	if (realm_domains(realm_of(inside)) > count)
		buf_printf(out, " and %zu more",
			realm_domains(realm_of(inside)) - count);
}

void
inside_add_network(struct inside *inside, struct slice network)
{
	(void)realm_add_network(inside->learned, network, NULL);
}

static bool
has_ip(const struct inside *inside, struct slice ip)
{
	return realm_has_ip(inside->learned, ip) ||
		(inside->given != NULL && realm_has_ip(inside->given, ip));
}

bool
inside_has_host(
	const struct inside *inside, struct arena *arena, struct slice nexthop)
{
	struct slice host = nexthop;
	bool bare = host.len > 0 && host.p[0] == '[';
	size_t dot;

	if (bare) {
		host = slice_sub(host, 1, slice_find_byte(host, ']', 0));
		if (slice_starts_fold(host, SLICE("IPv6:")))
			host = slice_sub(host, 5, host.len);
	} else {
		host = slice_sub(host, 0, slice_find_byte(host, ':', 0));
	}
	if (host.len == 0 || has_ip(inside, host))
		return true;
	host = address_domain(arena, host);
	/* A name in one of our domains; one without a dot is completed. */
	if (slice_find_byte(host, '.', 0) == SLICE_NONE)
		return true;
	while (host.len > 0 && !inside_has_domain(inside, host)) {
		dot = slice_find_byte(host, '.', 0);
		if (dot == SLICE_NONE)
			return false;
		host = slice_sub(host, dot + 1, host.len);
	}
	return host.len > 0;
}

static size_t
last_byte(struct slice text, char byte)
{
	size_t at = text.len;

	while (at > 0 && text.p[at - 1] != byte)
		at--;
	return at > 0 ? at - 1 : SLICE_NONE;
}

/* One step of what an MTA of ours does with an address of its own. */
static bool
unfold(struct slice *local, struct slice *domain)
{
	size_t at = last_byte(*local, '%');

	if (at != SLICE_NONE && at > 0 && at + 1 < local->len) {
		*domain = slice_sub(*local, at + 1, local->len);
		*local = slice_sub(*local, 0, at);
		return true;
	}
	at = slice_find_byte(*local, '!', 0);
	if (at != SLICE_NONE && at > 0 && at + 1 < local->len) {
		*domain = slice_sub(*local, 0, at);
		*local = slice_sub(*local, at + 1, local->len);
		return true;
	}
	return false;
}

bool
inside_resolve(const struct inside *inside, struct arena *arena,
	struct slice local, struct slice domain, struct target *target)
{
	*target = (struct target){0};
	for (unsigned hop = 0; hop < HOPS_MAX; hop++) {
		if (domain.len > 0 &&
			!inside_has_domain(
				inside, address_domain(arena, domain)))
			break;
		if (!unfold(&local, &domain))
			break;
		target->rewritten = true;
	}
	if (!address_build(arena, local, domain, &target->address))
		return false;
	target->external = target->address.domain.len > 0 &&
		!inside_has_domain(inside, target->address.domain);
	return true;
}

struct slice
inside_mailbox(
	const struct inside *inside, struct arena *arena, struct slice name)
{
	struct address address;
	size_t at = last_byte(name, '@');

	if (at == 0 || slice_equal(name, SLICE("*")) ||
		slice_starts_fold(name, SLICE("*@"))) {
		struct slice domain = slice_sub(
			name, at == SLICE_NONE ? name.len : at + 1, name.len);
		struct slice form = address_domain(arena, domain);

		return domain.len == 0
			? name
			: arena_printf(arena, "%.*s%.*s",
				  SLICE_ARG(slice_sub(name, 0, at + 1)),
				  SLICE_ARG(form));
	}
	if (at == SLICE_NONE) {
		return address_build(
			       arena, name, inside_origin(inside), &address)
			? address.text
			: slice_of(NULL);
	}
	if (!path_parse(arena, name, &address))
		return slice_of(NULL);
	return address.text;
}
