/* SPDX-License-Identifier: BSD-2-Clause */
/* Domains with how much of their mail was delivered here, and how. */
#include "logs/ours.h"

#include "base/arena.h"
#include "base/map.h"
#include "base/network.h"
#include "mail/path.h"

#include <stdlib.h>

#define ARENA_BYTES ((size_t)64 * 1024)
#define DOMAIN_MOST 255U
#define HOSTS_MOST 64U

struct domain {
	uint64_t here; /* delivered by the MTA itself */
	uint64_t service; /* by a program, which may be a filter */
	uint64_t left; /* went on to a host of others, all the same */
};

struct ours {
	const struct realm *realm;
	struct map *domains;
	struct arena *arena; /* for one address */
	struct network networks[16];
	size_t network_count;
	struct network hosts[HOSTS_MOST];
	size_t host_count;
	/* The last domain asked for, which is often the next. */
	char last[DOMAIN_MOST + 1];
	size_t last_len;
	struct domain *last_domain;
};

static const char *const private_networks[] = {"127.0.0.0/8", "10.0.0.0/8",
	"172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10",
	"::1", "fc00::/7", "fe80::/10"};

struct ours *
ours_new(const struct realm *realm)
{
	struct ours *ours = calloc(1, sizeof(*ours));

	if (ours == NULL)
		return NULL;
	ours->realm = realm;
	ours->domains = map_new();
	ours->arena = arena_new(ARENA_BYTES);
	if (ours->domains == NULL || ours->arena == NULL) {
		ours_free(ours);
		return NULL;
	}
	for (size_t i = 0;
		i < sizeof(private_networks) / sizeof(*private_networks); i++)
		(void)network_parse(slice_of(private_networks[i]),
			&ours->networks[ours->network_count++]);
	return ours;
}

void
ours_free(struct ours *ours)
{
	if (ours == NULL)
		return;
	if (ours->domains != NULL)
		map_free(ours->domains, free);
	arena_free(ours->arena);
	free(ours);
}

static struct slice
domain_of(struct slice address)
{
	size_t at = address.len;

	while (at > 0 && address.p[at - 1] != '@')
		at--;
	if (at == 0)
		return (struct slice){0};
	return slice_sub(address, at, address.len);
}

static struct slice
lower(struct slice text, char room[DOMAIN_MOST + 1])
{
	text = slice_sub(text, 0, DOMAIN_MOST);
	if (text.len > 0 && text.p[text.len - 1] == '.')
		text.len--;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];

		room[i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
	}
	return (struct slice){room, text.len};
}

static struct domain *
find(const struct ours *ours, struct slice domain)
{
	char room[DOMAIN_MOST + 1];

	return map_find(ours->domains, lower(domain, room));
}

static struct domain *
find_or_add(struct ours *ours, struct slice name)
{
	char room[DOMAIN_MOST + 1];
	struct domain *domain;

	name = lower(name, room);
	if (name.len == ours->last_len && ours->last_domain != NULL &&
		memcmp(name.p, ours->last, name.len) == 0)
		return ours->last_domain;
	domain = map_find(ours->domains, name);
	if (domain == NULL && map_count(ours->domains) < OURS_DOMAINS_MOST) {
		domain = calloc(1, sizeof(*domain));
		if (domain == NULL ||
			!map_put(ours->domains, name, domain, NULL)) {
			free(domain);
			return NULL;
		}
	}
	memcpy(ours->last, name.p, name.len);
	ours->last_len = name.len;
	ours->last_domain = domain;
	return domain;
}

void
ours_learn_domain(struct ours *ours, struct slice address)
{
	struct slice name = domain_of(address);
	struct domain *domain = name.len > 0 ? find_or_add(ours, name) : NULL;

	if (domain != NULL)
		domain->here++;
}

void
ours_learn(struct ours *ours, const struct told *told)
{
	struct slice name = domain_of(told->recipient);
	struct domain *domain;

	if (told->status != TOLD_SENT || name.len == 0)
		return;
	if (told->way == TOLD_OUT || told->next.len > 0) {
		domain = find(ours, name);
		if (domain != NULL && domain->service > 0 &&
			!ours_has_network(ours, told->relay_ip))
			domain->left++;
		return;
	}
	/* Nothing but an address of ours is looked up among aliases. */
	if (told->way == TOLD_EXPANDED)
		ours_learn_domain(ours, told->original);
	if (told->way == TOLD_NOWHERE || told->way == TOLD_EXPANDED)
		return;
	domain = find_or_add(ours, name);
	if (domain == NULL)
		return;
	if (told->way == TOLD_SERVICE) {
		domain->service++;
		return;
	}
	domain->here++;
	/* What became an address of ours was one, too. */
	ours_learn_domain(ours, told->original);
}

void
ours_learn_host(struct ours *ours, struct slice ip)
{
	struct network host;

	if (ours->host_count == HOSTS_MOST || !network_parse_address(ip, &host))
		return;
	for (size_t i = 0; i < ours->host_count; i++) {
		if (network_covers(&ours->hosts[i], &host))
			return;
	}
	ours->hosts[ours->host_count++] = host;
}

static bool
is_ours(const struct domain *domain)
{
	return domain != NULL &&
		(domain->here > 0 ||
			(domain->service > 0 && domain->left == 0));
}

static bool
has_domain(const struct ours *ours, struct slice name)
{
	char room[DOMAIN_MOST + 1];

	return is_ours(find(ours, name)) ||
		(ours->realm != NULL &&
			realm_has_domain(ours->realm, lower(name, room)));
}

bool
ours_has(const struct ours *ours, struct slice address)
{
	struct slice name = domain_of(address);

	return slice_is_absent(name) || has_domain(ours, name);
}

bool
ours_has_network(const struct ours *ours, struct slice ip)
{
	struct network address;

	if (!network_parse_address(ip, &address))
		return false;
	for (size_t i = 0; i < ours->network_count; i++) {
		if (network_covers(&ours->networks[i], &address))
			return true;
	}
	for (size_t i = 0; i < ours->host_count; i++) {
		if (network_covers(&ours->hosts[i], &address))
			return true;
	}
	return ours->realm != NULL && realm_has_ip(ours->realm, ip);
}

bool
ours_has_host(const struct ours *ours, struct slice ip, struct slice name)
{
	if (ours_has_network(ours, ip))
		return true;
	while (name.len > 0) {
		size_t dot = slice_find_byte(name, '.', 0);

		if (dot == SLICE_NONE)
			return false;
		if (has_domain(ours, name))
			return true;
		name = slice_sub(name, dot + 1, name.len);
	}
	return false;
}

struct most {
	struct slice name;
	uint64_t count;
};

static bool
find_most(struct slice key, void *value, void *ctx)
{
	const struct domain *domain = value;
	struct most *most = ctx;

	if (is_ours(domain) && domain->here + domain->service > most->count)
		*most = (struct most){key, domain->here + domain->service};
	return true;
}

static struct slice
main_domain(const struct ours *ours)
{
	struct most most = {0};

	map_each(ours->domains, find_most, &most);
	if (most.count == 0 && ours->realm != NULL)
		(void)realm_names(ours->realm, &most.name, 1);
	return most.name;
}

/* Not where nothing else stands before it. */
static size_t
detail_at(const struct ours *ours, struct slice local)
{
	struct slice signs = ours->realm != NULL ? realm_delimiters(ours->realm)
						 : SLICE("+");

	for (size_t i = 1; i < local.len; i++) {
		if (slice_find_byte(signs, local.p[i], 0) != SLICE_NONE)
			return i;
	}
	return local.len;
}

void
ours_address(const struct ours *ours, struct slice text, struct buf *out)
{
	struct address address;

	arena_reset(ours->arena);
	if (path_parse(ours->arena, text, &address)) {
		buf_add(out, address.text);
	} else {
		buf_add(out, text);
	}
}

void
ours_mailbox(const struct ours *ours, struct slice text, struct buf *out)
{
	struct address address, mailbox;
	struct slice local;

	arena_reset(ours->arena);
	/* Sendmail's way to say that a local user is not to be expanded. */
	while (text.len > 1 && text.p[0] == '\\')
		text = slice_sub(text, 1, text.len);
	if (!path_parse(ours->arena, text, &address) ||
		slice_is_absent(address.local)) {
		buf_add(out, text);
		return;
	}
	local = slice_sub(address.local, 0, detail_at(ours, address.local));
	if (address_build(ours->arena, local,
		    address.domain.len > 0 ? address.domain : main_domain(ours),
		    &mailbox))
		buf_add(out, mailbox.text);
}

struct listing {
	struct most *at;
	size_t count, room;
};

static bool
list_domain(struct slice key, void *value, void *ctx)
{
	const struct domain *domain = value;
	struct listing *listing = ctx;

	if (is_ours(domain) && listing->count < listing->room)
		listing->at[listing->count++] =
			(struct most){key, domain->here + domain->service};
	return true;
}

static int
by_count(const void *a, const void *b)
{
	const struct most *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return slice_compare(x->name, y->name);
}

size_t
ours_print(const struct ours *ours, struct buf *out, size_t most)
{
	size_t all = map_count(ours->domains);
	struct listing listing = {calloc(all + 1, sizeof(*listing.at)), 0, all};

	if (listing.at == NULL)
		return 0;
	map_each(ours->domains, list_domain, &listing);
	qsort(listing.at, listing.count, sizeof(*listing.at), by_count);
	for (size_t i = 0; i < listing.count && i < most; i++) {
		buf_puts(out, i > 0 ? ", " : "");
		buf_add_visible(out, listing.at[i].name);
	}
	if (listing.count > most)
		buf_printf(out, " and %zu more", listing.count - most);
	free(listing.at);
	return listing.count;
}
