/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside or outside. */
#include "mta/rules/ours.h"

#include "mail/path.h"

#include <stdlib.h>
#include <string.h>

#define HOPS_MAX 8
#define NAMES_SHOWN 12
#define ARENA_BYTES 65536

struct ours {
	const struct realm *given;
	struct realm *learned;
	struct arena *arena;
	struct slice origin;
};

struct ours *
ours_new(const struct realm *given)
{
	/* Networks that no stranger can have. */
	static const char *const inner[] = {"127.0.0.0/8", "::1", "10.0.0.0/8",
		"172.16.0.0/12", "192.168.0.0/16", "fc00::/7"};
	struct ours *ours = calloc(1, sizeof(*ours));

	if (ours == NULL)
		return NULL;
	ours->given = given;
	ours->learned = realm_new();
	ours->arena = arena_new(ARENA_BYTES);
	if (ours->learned == NULL || ours->arena == NULL) {
		ours_free(ours);
		return NULL;
	}
	for (size_t i = 0; i < sizeof(inner) / sizeof(*inner); i++)
		ours_add_network(ours, slice_of(inner[i]));
	return ours;
}

void
ours_free(struct ours *ours)
{
	if (ours == NULL)
		return;
	realm_free(ours->learned);
	arena_free(ours->arena);
	free(ours);
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
ours_learn(struct ours *ours, struct slice domain)
{
	if (ours->given == NULL && is_name(domain) &&
		!realm_has_domain(ours->learned, domain))
		(void)realm_add_domain(ours->learned, domain, NULL);
}

void
ours_set_origin(struct ours *ours, struct slice domain)
{
	if (ours->origin.len == 0 && is_name(domain))
		ours->origin = address_domain(ours->arena, domain);
}

static const struct realm *
realm_of(const struct ours *ours)
{
	return ours->given != NULL ? ours->given : ours->learned;
}

struct slice
ours_origin(const struct ours *ours)
{
	struct slice first = SLICE("localhost");

	if (ours->origin.len == 0)
		(void)realm_names(realm_of(ours), &first, 1);
	return ours->origin.len > 0 ? ours->origin : first;
}

bool
ours_are_given(const struct ours *ours)
{
	return ours->given != NULL;
}

bool
ours_has_domain(const struct ours *ours, struct slice domain)
{
	return slice_equal(domain, SLICE("localhost")) ||
		slice_equal(domain, SLICE("localhost.localdomain")) ||
		realm_has_domain(realm_of(ours), domain);
}

size_t
ours_domains(const struct ours *ours, struct slice *names, size_t limit)
{
	return realm_names(realm_of(ours), names, limit);
}

void
ours_add_names(const struct ours *ours, struct buf *out)
{
	struct slice names[NAMES_SHOWN];
	size_t count = realm_names(realm_of(ours), names, NAMES_SHOWN);

	for (size_t i = 0; i < count; i++) {
		buf_puts(out, i > 0 ? ", " : "");
		buf_add_visible(out, names[i]);
	}
	if (realm_domains(realm_of(ours)) > count)
		buf_printf(out, " and %zu more",
			realm_domains(realm_of(ours)) - count);
}

void
ours_add_network(struct ours *ours, struct slice network)
{
	(void)realm_add_network(ours->learned, network, NULL);
}

static bool
has_ip(const struct ours *ours, struct slice ip)
{
	return realm_has_ip(ours->learned, ip) ||
		(ours->given != NULL && realm_has_ip(ours->given, ip));
}

bool
ours_has_host(
	const struct ours *ours, struct arena *arena, struct slice nexthop)
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
	if (host.len == 0 || has_ip(ours, host))
		return true;
	host = address_domain(arena, host);
	/* A name in one of our domains; one without a dot is completed. */
	if (slice_find_byte(host, '.', 0) == SLICE_NONE)
		return true;
	while (host.len > 0 && !ours_has_domain(ours, host)) {
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
ours_resolve(const struct ours *ours, struct arena *arena, struct slice local,
	struct slice domain, struct target *target)
{
	*target = (struct target){0};
	for (unsigned hop = 0; hop < HOPS_MAX; hop++) {
		if (domain.len > 0 &&
			!ours_has_domain(ours, address_domain(arena, domain)))
			break;
		if (!unfold(&local, &domain))
			break;
		target->rewritten = true;
	}
	if (!address_build(arena, local, domain, &target->address))
		return false;
	target->external = target->address.domain.len > 0 &&
		!ours_has_domain(ours, target->address.domain);
	return true;
}

struct slice
ours_mailbox(const struct ours *ours, struct arena *arena, struct slice name)
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
		return address_build(arena, name, ours_origin(ours), &address)
			? address.text
			: slice_of(NULL);
	}
	if (!path_parse(arena, name, &address))
		return slice_of(NULL);
	return address.text;
}
