/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The realm. Names and suffixes lie in two maps in the form of
 * address_domain(); a lookup asks for the name itself and then for each
 * suffix of it. Networks are a short array.
 */
#include "mail/realm.h"

#include "base/arena.h"
#include "base/list_file.h"
#include "base/map.h"
#include "base/network.h"
#include "mail/address.h"
#include "mail/path.h"

#include <stdlib.h>
#include <string.h>

#define ENTRY_ARENA_BYTES 16384
#define ENTRY_BYTES_MAX 1024
#define DOMAIN_BYTES_MAX 253
#define LABEL_BYTES_MAX 63
#define DELIMITERS_MAX 4

struct realm {
	struct map *names, *suffixes;
	struct network *networks;
	size_t network_count;
	struct map *same_as; /* of domains, owned */
	struct map *lists, *relay_logins; /* sets */
	struct network *relays;
	size_t relay_count;
	char delimiters[DELIMITERS_MAX + 1];
};

struct realm *
realm_new(void)
{
	struct realm *realm = calloc(1, sizeof(*realm));

	if (realm == NULL)
		return NULL;
	realm->names = map_new();
	realm->suffixes = map_new();
	realm->same_as = map_new();
	realm->lists = map_new();
	realm->relay_logins = map_new();
	realm->delimiters[0] = '+';
	if (realm->names == NULL || realm->suffixes == NULL ||
		realm->same_as == NULL || realm->lists == NULL ||
		realm->relay_logins == NULL) {
		realm_free(realm);
		return NULL;
	}
	return realm;
}

void
realm_free(struct realm *realm)
{
	if (realm == NULL)
		return;
	map_free(realm->names, NULL);
	map_free(realm->suffixes, NULL);
	map_free(realm->same_as, free);
	map_free(realm->lists, NULL);
	map_free(realm->relay_logins, NULL);
	free(realm->networks);
	free(realm->relays);
	free(realm);
}

static bool
is_label_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
		c == '_';
}

/* RFC 1035 section 2.3.4, in the form of address_domain(). */
static bool
is_name(struct slice domain)
{
	struct slice rest = domain, label;

	if (domain.len == 0 || domain.len > DOMAIN_BYTES_MAX)
		return false;
	while (slice_next(&rest, '.', &label)) {
		if (label.len == 0 || label.len > LABEL_BYTES_MAX)
			return false;
		for (size_t i = 0; i < label.len; i++) {
			if (!is_label_byte(label.p[i]))
				return false;
		}
	}
	return true;
}

/* "[192.0.2.1]", "[ipv6:2001:db8::1]" (RFC 5321 section 4.1.3) */
static bool
is_literal(struct slice domain)
{
	struct network one;

	if (domain.len < 2 || domain.p[0] != '[' ||
		domain.p[domain.len - 1] != ']')
		return false;
	return network_parse_address(
		slice_sub(domain, 1, domain.len - 1), &one);
}

static bool
refuse(struct slice entry, struct err *err)
{
	const char *hint = "";

	if (entry.len > 0 && entry.p[0] == '*') {
		hint = "; subdomains are written \".example.com\"";
	} else if (slice_find_byte(entry, '@', 0) != SLICE_NONE) {
		hint = "; only the part after the '@' belongs here";
	}
	return err_set(err, ERR_INVALID, "\"%.*s\" is not a domain name%s",
		SLICE_ARG(slice_sub(entry, 0, DOMAIN_BYTES_MAX)), hint);
}

/* Any value but NULL: the maps are sets. */
static bool
put(struct map *map, struct slice domain, struct err *err)
{
	if (map_put(map, domain, map, NULL))
		return true;
	return err_set(err, ERR_MEMORY, "out of memory");
}

static bool
add_name(struct realm *realm, struct slice entry, struct err *err)
{
	struct arena *arena = arena_new(ENTRY_ARENA_BYTES);
	bool suffix = entry.len > 0 && entry.p[0] == '.';
	struct slice domain;
	bool ok;

	if (arena == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	domain = address_domain(arena, slice_sub(entry, suffix, entry.len));
	if (is_name(domain) || (!suffix && is_literal(domain))) {
		ok = put(suffix ? realm->suffixes : realm->names, domain, err);
	} else {
		ok = refuse(entry, err);
	}
	arena_free(arena);
	return ok;
}

static bool
add_file(struct realm *realm, struct slice name,
	bool (*add)(struct realm *, struct slice, struct err *),
	struct err *err)
{
	char path[ENTRY_BYTES_MAX + 1];
	struct list_file list;
	struct slice entry;
	bool ok = true;

	if (name.len > ENTRY_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "file: the path is too long");
	memcpy(path, name.p, name.len);
	path[name.len] = '\0';
	if (!list_file_open(&list, path, err))
		return false;
	while (ok && list_file_next(&list, &entry)) {
		ok = add(realm, entry, err) ||
			err_wrap(err, "%s:%zu", path, list.line);
	}
	list_file_close(&list);
	return ok;
}

bool
realm_add_domain(struct realm *realm, struct slice entry, struct err *err)
{
	entry = slice_trim(entry);
	if (slice_starts_fold(entry, SLICE("file:")))
		return add_file(
			realm, slice_sub(entry, 5, entry.len), add_name, err);
	return add_name(realm, entry, err);
}

static bool
parse_network(struct slice entry, struct network *out, struct err *err)
{
	char right[NETWORK_TEXT_BYTES];

	switch (network_parse(entry, out)) {
	case NETWORK_OK:
		return true;
	case NETWORK_HOST_BITS:
		network_print(out, right);
		return err_set(err, ERR_INVALID,
			"\"%.*s\" has bits set behind its prefix length; the "
			"network is %s",
			SLICE_ARG(entry), right);
	case NETWORK_LENGTH:
	case NETWORK_INVALID:
		break;
	}
	return err_set(err, ERR_INVALID,
		"\"%.*s\" is not a network; write 10.0.0.0/8, 2001:db8::/32 or "
		"an address",
		SLICE_ARG(slice_sub(entry, 0, ENTRY_BYTES_MAX / 4)));
}

static bool
keep_network(struct network **networks, size_t *count,
	const struct network *network, struct err *err)
{
	struct network *more = realloc(*networks, (*count + 1) * sizeof(*more));

	if (more == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	more[(*count)++] = *network;
	*networks = more;
	return true;
}

bool
realm_add_network(struct realm *realm, struct slice entry, struct err *err)
{
	struct network network;

	return parse_network(slice_trim(entry), &network, err) &&
		keep_network(
			&realm->networks, &realm->network_count, &network, err);
}

bool
realm_set_delimiters(struct realm *realm, struct slice signs, struct err *err)
{
	if (signs.len > DELIMITERS_MAX ||
		slice_find_byte(signs, '@', 0) != SLICE_NONE ||
		slice_has_control(signs))
		return err_set(err, ERR_INVALID,
			"\"%.*s\" is not a delimiter; write the signs that "
			"begin a detail, such as \"+\" or \"+-\"",
			SLICE_ARG(slice_sub(signs, 0, ENTRY_BYTES_MAX / 4)));
	memset(realm->delimiters, 0, sizeof(realm->delimiters));
	if (signs.len > 0)
		memcpy(realm->delimiters, signs.p, signs.len);
	return true;
}

struct slice
realm_delimiters(const struct realm *realm)
{
	return slice_of(realm->delimiters);
}

static bool
add_alias(struct realm *realm, struct arena *arena, struct slice entry,
	struct err *err)
{
	size_t sign = slice_find_byte(entry, '=', 0);
	struct slice from, to;
	char *copy;

	if (sign == SLICE_NONE)
		return err_set(err, ERR_INVALID,
			"\"%.*s\" names one domain; write "
			"\"mx.example.com = example.com\"",
			SLICE_ARG(slice_sub(entry, 0, DOMAIN_BYTES_MAX)));
	from = address_domain(arena, slice_trim(slice_sub(entry, 0, sign)));
	to = address_domain(
		arena, slice_trim(slice_sub(entry, sign + 1, entry.len)));
	if (!is_name(from))
		return refuse(from, err);
	if (!is_name(to))
		return refuse(to, err);
	if (!realm_has_domain(realm, from) || !realm_has_domain(realm, to))
		return err_set(err, ERR_INVALID,
			"\"%.*s\" is not in local.domains",
			SLICE_ARG(realm_has_domain(realm, from) ? to : from));
	copy = malloc(to.len + 1);
	if (copy == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	memcpy(copy, to.p, to.len);
	copy[to.len] = '\0';
	free(map_find(realm->same_as, from));
	if (map_put(realm->same_as, from, copy, NULL))
		return true;
	free(copy);
	return err_set(err, ERR_MEMORY, "out of memory");
}

bool
realm_add_same_as(struct realm *realm, struct slice entry, struct err *err)
{
	struct arena *arena = arena_new(ENTRY_ARENA_BYTES);
	bool ok;

	if (arena == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	ok = add_alias(realm, arena, slice_trim(entry), err);
	arena_free(arena);
	return ok;
}

struct slice
realm_same_as(const struct realm *realm, struct slice domain)
{
	const char *means;

	if (map_count(realm->same_as) == 0)
		return domain;
	means = map_find(realm->same_as, domain);
	return means != NULL ? slice_of(means) : domain;
}

/* An address or a bare word as a key, "@domain" as it is. */
static bool
put_address(struct map *map, struct slice entry, struct err *err)
{
	struct arena *arena = arena_new(ENTRY_ARENA_BYTES);
	struct address address;
	bool ok;

	if (arena == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (entry.len > 1 && entry.p[0] == '@') {
		address.text =
			address_domain(arena, slice_sub(entry, 1, entry.len));
		ok = is_name(address.text);
	} else {
		ok = path_parse(arena, entry, &address) && !address.broken &&
			address.text.len > 0;
	}
	ok = ok ? put(map, address.text, err)
		: err_set(err, ERR_INVALID,
			  "\"%.*s\" is not an address; write "
			  "\"name@example.com\"",
			  SLICE_ARG(slice_sub(entry, 0, DOMAIN_BYTES_MAX)));
	arena_free(arena);
	return ok;
}

bool
realm_add_relay(struct realm *realm, struct slice entry, struct err *err)
{
	struct network network;

	entry = slice_trim(entry);
	if (network_parse(entry, &network) == NETWORK_OK)
		return keep_network(
			&realm->relays, &realm->relay_count, &network, err);
	if (slice_find_byte(entry, '/', 0) != SLICE_NONE)
		return parse_network(entry, &network, err);
	return put_address(realm->relay_logins, entry, err);
}

bool
realm_has_relay(const struct realm *realm, struct slice login, struct slice ip)
{
	struct network one;

	if (login.len > 0 && map_find(realm->relay_logins, login) != NULL)
		return true;
	if (realm->relay_count == 0 || !network_parse_address(ip, &one))
		return false;
	for (size_t i = 0; i < realm->relay_count; i++) {
		if (network_covers(&realm->relays[i], &one))
			return true;
	}
	return false;
}

static bool
add_list_entry(struct realm *realm, struct slice entry, struct err *err)
{
	return put_address(realm->lists, entry, err);
}

bool
realm_add_list(struct realm *realm, struct slice entry, struct err *err)
{
	entry = slice_trim(entry);
	if (slice_starts_fold(entry, SLICE("file:")))
		return add_file(realm, slice_sub(entry, 5, entry.len),
			add_list_entry, err);
	return add_list_entry(realm, entry, err);
}

bool
realm_has_list(const struct realm *realm, struct slice key, struct slice domain)
{
	if (map_count(realm->lists) == 0)
		return false;
	return map_find(realm->lists, key) != NULL ||
		map_find(realm->lists, domain) != NULL;
}

bool
realm_has_domain(const struct realm *realm, struct slice domain)
{
	if (domain.len == 0 || domain.len > DOMAIN_BYTES_MAX)
		return false;
	if (map_find(realm->names, domain) != NULL)
		return true;
	if (map_count(realm->suffixes) == 0)
		return false;
	for (size_t dot = slice_find_byte(domain, '.', 0); dot != SLICE_NONE;
		dot = slice_find_byte(domain, '.', dot + 1)) {
		if (map_find(realm->suffixes,
			    slice_sub(domain, dot + 1, domain.len)) != NULL)
			return true;
	}
	return false;
}

bool
realm_covers(const struct realm *realm, const struct network *network)
{
	for (size_t i = 0; i < realm->network_count; i++) {
		if (network_covers(&realm->networks[i], network))
			return true;
	}
	return false;
}

bool
realm_has_ip(const struct realm *realm, struct slice ip)
{
	struct network one;

	return network_parse_address(ip, &one) && realm_covers(realm, &one);
}

size_t
realm_domains(const struct realm *realm)
{
	return map_count(realm->names) + map_count(realm->suffixes);
}

struct name_list {
	struct slice *at;
	size_t count, limit;
};

static bool
take_name(struct slice key, void *value, void *ctx)
{
	struct name_list *list = ctx;

	(void)value;
	if (list->count == list->limit)
		return false;
	list->at[list->count++] = key;
	return true;
}

size_t
realm_names(const struct realm *realm, struct slice *names, size_t limit)
{
	struct name_list list = {names, 0, limit};

	map_each(realm->names, take_name, &list);
	return list.count;
}
