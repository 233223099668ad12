/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The realm. Names and suffixes lie in two maps in the form of
 * address_domain(); a lookup asks for the name itself and then for each
 * suffix of it. Networks are a short array of 16-byte prefixes: an IPv4 one
 * is kept in its IPv4-mapped form, and one that is IPv6 never covers it.
 */
#include "mail/realm.h"

#include "base/arena.h"
#include "base/map.h"
#include "mail/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#define ENTRY_ARENA_BYTES 16384
#define ENTRY_BYTES_MAX 1024
#define DOMAIN_BYTES_MAX 253
#define LABEL_BYTES_MAX 63
#define MAPPED_BITS 96

struct network {
	unsigned char prefix[16];
	unsigned bits;
	bool v4;
};

struct realm {
	struct map *names, *suffixes;
	struct network *networks;
	size_t network_count;
};

struct realm *
realm_new(void)
{
	struct realm *realm = calloc(1, sizeof(*realm));

	if (realm == NULL)
		return NULL;
	realm->names = map_new();
	realm->suffixes = map_new();
	if (realm->names == NULL || realm->suffixes == NULL) {
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
	free(realm->networks);
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

/* The address as 16 bytes; *v4 tells which kind it is. Sendmail and domain
 * literals put "IPv6:" before it. */
static bool
parse_ip(struct slice text, unsigned char ip[16], bool *v4)
{
	static const unsigned char mapped[12] = {
		[10] = 0xFF,
		[11] = 0xFF,
	};
	char copy[INET6_ADDRSTRLEN];

	if (slice_starts_fold(text, SLICE("IPv6:")))
		text = slice_sub(text, 5, text.len);
	if (text.len == 0 || text.len >= sizeof(copy))
		return false;
	for (size_t i = 0; i < text.len; i++)
		copy[i] = text.p[i];
	copy[text.len] = '\0';
	if (strlen(copy) != text.len)
		return false;
	if (inet_pton(AF_INET, copy, ip + sizeof(mapped)) == 1) {
		memcpy(ip, mapped, sizeof(mapped));
	} else if (inet_pton(AF_INET6, copy, ip) != 1) {
		return false;
	}
	*v4 = memcmp(ip, mapped, sizeof(mapped)) == 0;
	return true;
}

/* "[192.0.2.1]", "[ipv6:2001:db8::1]" (RFC 5321 section 4.1.3) */
static bool
is_literal(struct slice domain)
{
	unsigned char ip[16];
	bool v4;

	if (domain.len < 2 || domain.p[0] != '[' ||
		domain.p[domain.len - 1] != ']')
		return false;
	return parse_ip(slice_sub(domain, 1, domain.len - 1), ip, &v4);
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
	return err_set(err, ERR_INVALID, "\"%.*s\" is no domain name%s",
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

/* A line without its comment and white space. */
static struct slice
bare_line(const char *line, ssize_t len)
{
	struct slice s = {line, (size_t)len};

	return slice_trim(slice_sub(s, 0, slice_find_byte(s, '#', 0)));
}

static bool
add_lines(struct realm *realm, FILE *file, const char *path, struct err *err)
{
	char *line = NULL;
	size_t size = 0, number = 0;
	bool ok = true;
	ssize_t len;

	while (ok && (len = getline(&line, &size, file)) >= 0) {
		struct slice entry = bare_line(line, len);

		number++;
		if (entry.len == 0)
			continue;
		ok = add_name(realm, entry, err) ||
			err_wrap(err, "%s:%zu", path, number);
	}
	if (ok && ferror(file))
		ok = err_system(err, "%s: cannot read", path);
	free(line);
	return ok;
}

static bool
add_file(struct realm *realm, struct slice name, struct err *err)
{
	char path[ENTRY_BYTES_MAX + 1];
	struct stat st;
	FILE *file;
	bool ok;

	if (name.len > ENTRY_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "file: the path is too long");
	memcpy(path, name.p, name.len);
	path[name.len] = '\0';
	file = fopen(path, "re");
	if (file == NULL)
		return err_system(err, "%s: cannot open", path);
	if (fstat(fileno(file), &st) == 0 && S_ISDIR(st.st_mode)) {
		ok = err_set(err, ERR_INVALID, "%s: is a directory", path);
	} else {
		ok = add_lines(realm, file, path, err);
	}
	(void)fclose(file);
	return ok;
}

bool
realm_add_domain(struct realm *realm, struct slice entry, struct err *err)
{
	entry = slice_trim(entry);
	if (slice_starts_fold(entry, SLICE("file:")))
		return add_file(realm, slice_sub(entry, 5, entry.len), err);
	return add_name(realm, entry, err);
}

static unsigned char
byte_mask(unsigned bits, size_t byte)
{
	if (bits >= 8 * (byte + 1))
		return 0xFF;
	if (bits <= 8 * byte)
		return 0;
	return (unsigned char)(0xFF00U >> bits % 8);
}

static bool
has_host_bits(const struct network *network)
{
	for (size_t i = 0; i < sizeof(network->prefix); i++) {
		if (network->prefix[i] & ~byte_mask(network->bits, i))
			return true;
	}
	return false;
}

/* The length behind the '/', in bits of the 16 bytes. */
static bool
parse_bits(struct slice text, bool dotted, struct network *network)
{
	unsigned width = dotted ? 32 : 128;
	uint64_t bits = width;

	if (!slice_is_absent(text) &&
		(!slice_to_u64(text, &bits) || bits > width || text.len > 3))
		return false;
	network->bits = (unsigned)bits + (dotted ? MAPPED_BITS : 0);
	/* "::ffff:0:0/90" is not only IPv4. */
	if (network->bits < MAPPED_BITS)
		network->v4 = false;
	return true;
}

static bool
network_parse(struct slice entry, struct network *out, struct err *err)
{
	struct slice rest = entry, ip, bits = {NULL, 0};

	*out = (struct network){0};
	(void)slice_next(&rest, '/', &ip);
	if (!slice_is_absent(rest))
		bits = rest;
	if (!parse_ip(ip, out->prefix, &out->v4) ||
		!parse_bits(
			bits, slice_find_byte(ip, ':', 0) == SLICE_NONE, out)) {
		return err_set(err, ERR_INVALID,
			"\"%.*s\" is no network; write 10.0.0.0/8, "
			"2001:db8::/32 or an address",
			SLICE_ARG(slice_sub(entry, 0, ENTRY_BYTES_MAX / 4)));
	}
	if (has_host_bits(out)) {
		return err_set(err, ERR_INVALID,
			"\"%.*s\" has bits set behind its prefix length",
			SLICE_ARG(entry));
	}
	return true;
}

bool
realm_add_network(struct realm *realm, struct slice entry, struct err *err)
{
	struct network network, *networks;

	if (!network_parse(slice_trim(entry), &network, err))
		return false;
	networks = realloc(realm->networks,
		(realm->network_count + 1) * sizeof(*networks));
	if (networks == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	networks[realm->network_count++] = network;
	realm->networks = networks;
	return true;
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

static bool
network_covers(
	const struct network *network, const unsigned char ip[16], bool v4)
{
	if (network->v4 != v4)
		return false;
	for (size_t i = 0; i < sizeof(network->prefix); i++) {
		if ((ip[i] & byte_mask(network->bits, i)) != network->prefix[i])
			return false;
	}
	return true;
}

bool
realm_has_ip(const struct realm *realm, struct slice ip)
{
	unsigned char binary[16];
	bool v4;

	if (!parse_ip(ip, binary, &v4))
		return false;
	for (size_t i = 0; i < realm->network_count; i++) {
		if (network_covers(&realm->networks[i], binary, v4))
			return true;
	}
	return false;
}

size_t
realm_domains(const struct realm *realm)
{
	return map_count(realm->names) + map_count(realm->suffixes);
}
