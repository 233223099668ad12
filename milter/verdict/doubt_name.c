/* SPDX-License-Identifier: BSD-2-Clause */
/* Doubts about addresses, domains, hosts and logins. */
#include "verdict/doubt_name.h"

#include "base/network.h"
#include "mail/address.h"
#include "sigma/regex.h"
#include "verdict/lookalike.h"

#include <stdio.h>
#include <string.h>

#define ARENA_BYTES 4096
#define NAME_BYTES 255

static bool
has_byte(struct slice text, char byte)
{
	return slice_find_byte(text, byte, 0) != SLICE_NONE;
}

static bool
is_domain(enum shape shape)
{
	return shape == SHAPE_DOMAIN || shape == SHAPE_REGISTERED ||
		shape == SHAPE_HOST;
}

static bool
is_address(enum shape shape)
{
	return shape == SHAPE_ADDRESS || shape == SHAPE_SENDER;
}

/* "rcpt.domain" of "rcpt.address". */
static void
sibling(const struct look *look, const char *last, char out[NAME_BYTES])
{
	struct slice name = look->asked->field->name;
	size_t dot = name.len;

	while (dot > 0 && name.p[dot - 1] != '.')
		dot--;
	(void)snprintf(out, NAME_BYTES, "%.*s%s", (int)dot, name.p, last);
}

bool
doubt_name_null(const struct look *look, struct sigma_doubt *out)
{
	char hint[SIGMA_DOUBT_BYTES];

	if (look->regex || !slice_equal(look->text, SLICE("<>")))
		return false;
	(void)snprintf(hint, sizeof(hint), "write %.*s: ''",
		SLICE_ARG(look->asked->field->name));
	return doubt_say(out, hint,
		"the null sender is the empty text here, not \"<>\"");
}

bool
doubt_name_angle(const struct look *look, struct sigma_doubt *out)
{
	if (!has_byte(look->text, '<') && !has_byte(look->text, '>'))
		return false;
	return doubt_say(out, "leave the angle brackets out",
		"\"%.*s\" never has angle brackets",
		SLICE_ARG(look->asked->field->name));
}

bool
doubt_name_url(const struct look *look, struct sigma_doubt *out)
{
	if (slice_find_fold(look->text, SLICE("mailto:")) != SLICE_NONE) {
		return doubt_say(out, "leave mailto: out",
			"\"%.*s\" has no scheme before it",
			SLICE_ARG(look->asked->field->name));
	}
	if (!is_domain(look->shape) || !has_byte(look->text, '/'))
		return false;
	return doubt_say(out, "write the host alone: evil.example",
		"\"%.*s\" is a name, without scheme, slash or path",
		SLICE_ARG(look->asked->field->name));
}

/* An at sign where none can be: what is behind it is the domain. */
bool
doubt_name_at(const struct look *look, struct sigma_doubt *out)
{
	size_t at = slice_find_byte(look->text, '@', 0);
	char whole[NAME_BYTES], hint[SIGMA_DOUBT_BYTES];
	struct slice rest;

	if (at == SLICE_NONE)
		return false;
	sibling(look, "address", whole);
	rest = look->shape == SHAPE_LOCAL
		? slice_sub(look->text, 0, at)
		: slice_sub(look->text, at + 1, look->text.len);
	if (look->regex || rest.len == 0) {
		(void)snprintf(hint, sizeof(hint),
			"leave the @ out, or compare the whole address");
	} else {
		(void)snprintf(hint, sizeof(hint),
			"write the %s alone: '%.*s'%s%s",
			look->shape == SHAPE_LOCAL ? "local part" : "domain",
			SLICE_ARG(rest),
			look->shape == SHAPE_HOST ? "" : ", or name the field ",
			look->shape == SHAPE_HOST ? "" : whole);
	}
	return doubt_say(out, hint, "\"%.*s\" never has an @",
		SLICE_ARG(look->asked->field->name));
}

/* A domain, or a local part, where the whole address is compared. */
bool
doubt_name_no_at(const struct look *look, struct sigma_doubt *out)
{
	struct slice text = look->text, name = look->asked->field->name;
	char part[NAME_BYTES], hint[SIGMA_DOUBT_BYTES];
	size_t at = slice_find_byte(text, '@', 0);

	if (text.len == 0 || look->regex)
		return false;
	if (at != SLICE_NONE) {
		if ((at > 0 || !look->starts) &&
			(at + 1 < text.len || !look->ends) &&
			slice_find_byte(text, '@', at + 1) == SLICE_NONE)
			return false;
		return doubt_say(out,
			"an address has a local part, an @ and a domain; for "
			"all of a domain use |endswith: '@example.com'",
			"\"%.*s\" never is \"%.*s\"", SLICE_ARG(name),
			SLICE_ARG(look->asked->text));
	}
	if (!look->starts || !look->ends)
		return false;
	sibling(look, has_byte(text, '.') ? "domain" : "local", part);
	(void)snprintf(hint, sizeof(hint),
		has_byte(text, '.') ? "write %s: '%.*s', or %.*s|endswith: "
				      "'@%.*s'"
				    : "write %s: '%.*s', or the whole address "
				      "in %.*s: '%.*s@example.com'",
		part, SLICE_ARG(text), SLICE_ARG(name), SLICE_ARG(text));
	return doubt_say(out, hint,
		"\"%.*s\" is a whole address: \"%.*s\" is none",
		SLICE_ARG(name), SLICE_ARG(text));
}

bool
doubt_name_dots(const struct look *look, struct sigma_doubt *out)
{
	struct slice text = look->text;
	char hint[SIGMA_DOUBT_BYTES];

	if (look->regex || text.len < 2)
		return false;
	if (look->ends && text.p[text.len - 1] == '.') {
		return doubt_say(out, "leave the last dot out",
			"\"%.*s\" never ends with a dot",
			SLICE_ARG(look->asked->field->name));
	}
	if (!is_domain(look->shape) || !look->starts || text.p[0] != '.')
		return false;
	(void)snprintf(hint, sizeof(hint),
		"write '%.*s' for the domain itself, |endswith: '%.*s' for "
		"what is below it",
		(int)(text.len - 1), text.p + 1, SLICE_ARG(text));
	return doubt_say(out, hint, "\"%.*s\" never begins with a dot",
		SLICE_ARG(look->asked->field->name));
}

static bool
is_ascii(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.p[i] >= 0x80)
			return false;
	}
	return true;
}

/* Domains are compared by their A-labels. */
bool
doubt_name_script(const struct look *look, struct sigma_doubt *out)
{
	struct slice domain = look->text, ascii;
	size_t at = slice_find_byte(domain, '@', 0);
	char hint[SIGMA_DOUBT_BYTES];
	struct arena *arena;

	if (is_address(look->shape)) {
		if (at == SLICE_NONE)
			return false;
		domain = slice_sub(domain, at + 1, domain.len);
	}
	if (is_ascii(domain))
		return false;
	arena = arena_new(ARENA_BYTES);
	ascii = arena != NULL ? address_domain(arena, domain) : domain;
	if (is_ascii(ascii) && !look->regex) {
		(void)snprintf(hint, sizeof(hint), "write %.*s%.*s",
			is_address(look->shape) ? (int)at + 1 : 0, look->text.p,
			SLICE_ARG(ascii));
	} else {
		(void)snprintf(hint, sizeof(hint),
			"write its labels as xn--...: `idn2` turns them");
	}
	arena_free(arena);
	return doubt_say(out, hint,
		"a domain is compared by its A-labels: \"%.*s\" never is one",
		SLICE_ARG(look->asked->text));
}

/* Is it registered by somebody, or a suffix that many share? */
static bool
is_registrable(struct slice domain)
{
	char below[NAME_BYTES + 2];
	int len = snprintf(below, sizeof(below), "a.%.*s", SLICE_ARG(domain));

	return len > 0 && (size_t)len < sizeof(below) &&
		slice_equal(lookalike_registered(slice_of(below)), domain);
}

bool
doubt_name_registered(const struct look *look, struct sigma_doubt *out)
{
	struct slice text = look->text, registered;
	char hint[SIGMA_DOUBT_BYTES];
	bool below = text.len > 2 && !look->regex && look->ends &&
		(memcmp(text.p, "*.", 2) == 0 || text.p[0] == '.');

	if (below) {
		text = slice_sub(text, text.p[0] == '*' ? 2 : 1, text.len);
	} else if (!look->starts || !look->ends) {
		return false;
	}
	registered = lookalike_registered(text);
	if (has_byte(text, '*') || has_byte(text, '?') || text.len == 0 ||
		!is_ascii(text) ||
		(below ? !is_registrable(text) : slice_equal(registered, text)))
		return false;
	(void)snprintf(hint, sizeof(hint),
		"write '%.*s', or compare rcpt.domain, which has its hosts",
		SLICE_ARG(registered));
	return doubt_say(out, hint,
		"\"%.*s\" is a registered domain, without hosts: never "
		"\"%.*s\"",
		SLICE_ARG(look->asked->field->name),
		SLICE_ARG(look->asked->text));
}

bool
doubt_name_ip(const struct look *look, struct sigma_doubt *out)
{
	struct network network;
	char name[NAME_BYTES], hint[SIGMA_DOUBT_BYTES];

	if (look->regex || !look->starts || !look->ends ||
		!network_parse_address(look->text, &network))
		return false;
	sibling(look, "ip", name);
	(void)snprintf(hint, sizeof(hint), "write %s: '%.*s'", name,
		SLICE_ARG(look->text));
	return doubt_say(out, hint,
		"\"%.*s\" is a name, not an address of the network",
		SLICE_ARG(look->asked->field->name));
}

/* Case counts, and the field has lower case only. */
bool
doubt_name_case(const struct look *look, struct sigma_doubt *out)
{
	const struct modifiers *modifiers = look->asked->modifiers;
	bool counts = look->regex
		? (modifiers->regex_flags & REGEX_CASELESS) == 0
		: modifiers->cased;
	size_t i = 0;

	while (i < look->text.len &&
		!(look->text.p[i] >= 'A' && look->text.p[i] <= 'Z'))
		i++;
	if (!counts || i == look->text.len)
		return false;
	return doubt_say(out,
		look->regex ? "write |re|i, or lower case"
			    : "leave |cased out, or write lower case",
		"\"%.*s\" is lower case here: a capital letter is never in it",
		SLICE_ARG(look->asked->field->name));
}

/* Of a host's name, or an address of the network in brackets. */
static bool
is_of_domain(char c)
{
	return (unsigned char)c >= 0x80 || (c >= 'a' && c <= 'z') ||
		(c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		(c != '\0' && strchr(".-_[]:*?%", c) != NULL);
}

bool
doubt_name_character(const struct look *look, struct sigma_doubt *out)
{
	struct slice text = look->text;
	size_t i = 0;

	if (is_address(look->shape)) {
		i = slice_find_byte(text, '@', 0);
		i = i == SLICE_NONE ? text.len : i + 1;
	}
	if (look->regex)
		return false;
	while (i < text.len && is_of_domain(text.p[i]))
		i++;
	if (i == text.len)
		return false;
	return doubt_say(out,
		"a domain has letters, digits, dots and hyphens alone",
		"\"%.*s\" never has \"%c\" in its domain: \"%.*s\"",
		SLICE_ARG(look->asked->field->name), text.p[i],
		SLICE_ARG(look->asked->text));
}

bool
doubt_name_network(const struct look *look, struct sigma_doubt *out)
{
	char name[NAME_BYTES], hint[SIGMA_DOUBT_BYTES];

	if (look->asked->modifiers->op != OP_CIDR ||
		look->shape == SHAPE_HEADER)
		return false;
	sibling(look, "ip", name);
	(void)snprintf(hint, sizeof(hint), "write %s|cidr: '%.*s'",
		look->shape == SHAPE_HOST ? name : "source.ip",
		SLICE_ARG(look->asked->text));
	return doubt_say(out, hint,
		"\"%.*s\" is a text, not an address of the network: it is in "
		"no network",
		SLICE_ARG(look->asked->field->name));
}

/* What can be equal to what: those of one class; 0 to all. */
enum class {
	CLASS_FREE,
	CLASS_ADDRESS,
	CLASS_LOCAL,
	CLASS_DOMAIN,
	CLASS_LOGIN,
	CLASS_MESSAGE_ID
};

static const enum class class_of[SHAPE_COUNT] = {
	[SHAPE_ADDRESS] = CLASS_ADDRESS,
	[SHAPE_SENDER] = CLASS_ADDRESS,
	[SHAPE_LOCAL] = CLASS_LOCAL,
	[SHAPE_DOMAIN] = CLASS_DOMAIN,
	[SHAPE_REGISTERED] = CLASS_DOMAIN,
	[SHAPE_HOST] = CLASS_DOMAIN,
	[SHAPE_LOGIN] = CLASS_LOGIN,
	[SHAPE_MESSAGE_ID] = CLASS_MESSAGE_ID,
};

bool
doubt_name_other(const struct look *look, struct sigma_doubt *out)
{
	enum class one = class_of[look->shape], two = class_of[look->other];
	bool login = one == CLASS_LOGIN || two == CLASS_LOGIN;
	bool address = one == CLASS_ADDRESS || two == CLASS_ADDRESS;

	if (look->asked->modifiers->op != OP_FIELDREF ||
		look->asked->modifiers->how != OP_EQUAL || one == two ||
		one == CLASS_FREE || two == CLASS_FREE || (login && !address))
		return false;
	if (login) {
		return doubt_say(out,
			"a login may have no domain: compare it with the local "
			"part, too, in a selection of its own, joined by "
			"\"or\"",
			"a login without a domain is never equal to \"%.*s\"",
			SLICE_ARG(one == CLASS_LOGIN
					? look->asked->text
					: look->asked->field->name));
	}
	return doubt_say(out,
		"compare fields of one shape: `forwarden fields` shows it",
		"\"%.*s\" is never equal to \"%.*s\"",
		SLICE_ARG(look->asked->field->name),
		SLICE_ARG(look->asked->text));
}
