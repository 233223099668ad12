/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one form of an address. Nearly every address is a dot-atom at a
 * domain of letters: one pass copies both into the key in lower case, and the
 * domain is the end of the key. All others take the slow way.
 */
#include "mail/address.h"

#include "base/buf.h"
#include "base/fold.h"
#include "mail/token.h"

#include <idn2.h>
#include <stdlib.h>
#include <string.h>

/* RFC 1035: 253 octets of text; U-labels may take four bytes a character. */
#define DOMAIN_BYTES_MAX 1024

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool
is_graphic_ascii(char c)
{
	return c > 0x20 && c < 0x7F;
}

/* Copies in lower case; false where s is not a dot-atom of ASCII. */
static bool
copy_dot_atom(char *to, struct slice s)
{
	char before = '.';

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!token_is_atom_byte(c) || !is_graphic_ascii(c) ||
			(c == '.' && before == '.'))
			return false;
		before = c;
		to[i] = lower(c);
	}
	return before != '.';
}

static struct slice
without_final_dot(struct slice s)
{
	if (s.len > 1 && s.p[s.len - 1] == '.')
		s.len--;
	return s;
}

enum outcome {
	BUILT,
	NOT_PLAIN,
	ARENA_FULL
};

static enum outcome
build_plain(struct arena *arena, struct slice local, struct slice domain,
	struct address *out)
{
	size_t len = local.len + (domain.len > 0 ? 1 + domain.len : 0);
	char *key = arena_bytes(arena, len);

	if (key == NULL)
		return ARENA_FULL;
	if (!copy_dot_atom(key, local))
		return NOT_PLAIN;
	out->domain = SLICE("");
	if (domain.len > 0) {
		char *at = key + local.len;

		*at++ = '@';
		if (!copy_dot_atom(at, domain))
			return NOT_PLAIN;
		out->domain = (struct slice){at, domain.len};
	}
	out->text = (struct slice){key, len};
	return BUILT;
}

/* An atom but for its dots, in ASCII or UTF-8. */
static bool
is_dot_atom(struct slice s)
{
	char before = '.';

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!token_is_atom_byte(c) || (c == '.' && before == '.'))
			return false;
		before = c;
	}
	return before != '.' && !slice_has_control(s) && slice_is_utf8(s);
}

static void
add_quoted(struct buf *key, struct slice local)
{
	buf_add_byte(key, '"');
	for (size_t i = 0; i < local.len; i++) {
		if (local.p[i] == '"' || local.p[i] == '\\')
			buf_add_byte(key, '\\');
		buf_add_byte(key, local.p[i]);
	}
	buf_add_byte(key, '"');
}

/* Without regard to case and fit for eyes, logs and keys. */
static struct slice
key_of(struct arena *arena, struct slice raw)
{
	struct buf buf = {0};
	struct slice key = {NULL, 0};

	if (slice_has_control(raw) || !slice_is_utf8(raw)) {
		buf_add_visible(&buf, raw);
	} else {
		buf_add(&buf, raw);
	}
	if (buf_ok(&buf))
		key = fold_text(arena, buf_slice(&buf));
	/* Nothing to fold: it still lies in the buffer. */
	if (key.p == buf.p)
		key = arena_copy(arena, key);
	buf_fini(&buf);
	return key;
}

/* RFC 5322 section 3.4.1, without white space. */
static bool
is_literal(struct slice domain)
{
	if (domain.len < 3 || domain.p[0] != '[' ||
		domain.p[domain.len - 1] != ']')
		return false;
	for (size_t i = 1; i + 1 < domain.len; i++) {
		if (!is_graphic_ascii(domain.p[i]) || domain.p[i] == '[' ||
			domain.p[i] == '\\' || domain.p[i] == ']')
			return false;
	}
	return true;
}

/* Can it stand after an '@'? domain has its one form. */
static bool
is_domain(struct slice domain)
{
	return is_literal(domain) || is_dot_atom(domain);
}

static bool
build_any(struct arena *arena, struct slice local, struct slice domain,
	struct address *out)
{
	struct buf key = {0};

	if (domain.len > 0) {
		domain = address_domain(arena, domain);
		if (slice_is_absent(domain))
			return false;
	}
	if (is_dot_atom(local)) {
		buf_add(&key, local);
	} else {
		add_quoted(&key, local);
	}
	if (domain.len > 0) {
		buf_add_byte(&key, '@');
		buf_add(&key, domain);
	}
	out->domain = domain.len > 0 ? domain : SLICE("");
	out->broken = local.len == 0 ||
		(domain.len > 0 && !is_domain(domain)) || !buf_ok(&key);
	out->text = key_of(arena, buf_slice(&key));
	buf_fini(&key);
	return !slice_is_absent(out->text);
}

bool
address_build(struct arena *arena, struct slice local, struct slice domain,
	struct address *out)
{
	*out = (struct address){.local = local};
	if (slice_is_absent(local))
		return false;
	domain = without_final_dot(domain);
	switch (build_plain(arena, local, domain, out)) {
	case BUILT:
		return true;
	case NOT_PLAIN:
		return build_any(arena, local, domain, out);
	case ARENA_FULL:
		break;
	}
	return false;
}

/* Of a name or a literal. */
static bool
may_be_of_domain(char c)
{
	return token_is_atom_byte(c) || c == '[' || c == ']' || c == ':';
}

/* The guess is what surrounds the last '@'. */
static void
guess_parts(struct arena *arena, struct slice raw, struct address *out)
{
	size_t at = raw.len, end;

	while (at > 0 && raw.p[at - 1] != '@')
		at--;
	if (at == 0)
		return;
	for (end = at; end < raw.len && may_be_of_domain(raw.p[end]); end++)
		;
	out->local = slice_sub(raw, 0, at - 1);
	if (end > at)
		out->domain = address_domain(arena, slice_sub(raw, at, end));
}

bool
address_build_broken(struct arena *arena, struct slice raw, struct address *out)
{
	raw = slice_trim(raw);
	*out = (struct address){.broken = true, .text = key_of(arena, raw)};
	guess_parts(arena, raw, out);
	return !slice_is_absent(out->text);
}

bool
address_equal(const struct address *a, const struct address *b)
{
	return !a->broken && !b->broken && slice_equal(a->text, b->text);
}

bool
address_is_mailbox(const struct address *address)
{
	return !address->broken && address->domain.len > 0 &&
		address->local.len > 0;
}

/* By libidn2; absent when it refuses. */
static struct slice
to_ascii(struct arena *arena, struct slice domain)
{
	char text[DOMAIN_BYTES_MAX + 1];
	struct slice result = {NULL, 0};
	char *ascii = NULL;

	if (domain.len > DOMAIN_BYTES_MAX)
		return result;
	memcpy(text, domain.p, domain.len);
	text[domain.len] = '\0';
	if (idn2_to_ascii_8z(text, &ascii, IDN2_NONTRANSITIONAL) == IDN2_OK)
		result = arena_copy(arena, without_final_dot(slice_of(ascii)));
	idn2_free(ascii);
	return result;
}

struct slice
address_domain(struct arena *arena, struct slice domain)
{
	char *p;

	domain = without_final_dot(domain);
	p = arena_bytes(arena, domain.len);
	if (p == NULL)
		return (struct slice){NULL, 0};
	if (copy_dot_atom(p, domain))
		return (struct slice){p, domain.len};
	if (slice_is_utf8(domain) && !slice_has_control(domain)) {
		struct slice ascii = to_ascii(arena, domain);

		if (!slice_is_absent(ascii))
			return ascii;
	}
	return key_of(arena, domain);
}

struct slice
address_domain_shown(struct slice domain, char *out, size_t out_size)
{
	char text[DOMAIN_BYTES_MAX + 1];
	struct slice shown = domain;
	char *found = NULL;
	size_t len;

	if (domain.len > DOMAIN_BYTES_MAX)
		return domain;
	memcpy(text, domain.p, domain.len);
	text[domain.len] = '\0';
	if (idn2_to_unicode_8z8z(text, &found, 0) == IDN2_OK) {
		len = strlen(found);
		if (len <= out_size) {
			memcpy(out, found, len);
			shown = (struct slice){out, len};
		}
	}
	idn2_free(found);
	return shown;
}
