/* SPDX-License-Identifier: BSD-2-Clause */
/* Rewritten envelope senders, taken apart by one table of schemes. */
#include "forward/rewritten.h"

#define BATV_TAG_MAX 32
#define SRS_HASH_MAX 64
#define SRS_STAMP_MAX 8

static const struct address no_address;

/* Joins a local part and a domain; text absent when that is not a mailbox. */
static struct address
join(struct arena *arena, struct slice local, struct slice domain)
{
	struct address out;

	if (local.len == 0 || domain.len == 0 ||
		!address_build(arena, local, domain, &out) ||
		!address_is_mailbox(&out))
		return no_address;
	return out;
}

/* Cuts one non-empty part of at most max bytes off, up to '='. */
static bool
cut_part(struct slice *rest, size_t max, struct slice *part)
{
	size_t at = slice_find_byte(*rest, '=', 0);

	if (at == SLICE_NONE || at == 0 || at > max)
		return false;
	*part = slice_sub(*rest, 0, at);
	*rest = slice_sub(*rest, at + 1, rest->len);
	return true;
}

/* "hash=tt=domain=local", where the local part may hold '=' itself. */
static bool
parse_srs_tail(struct arena *arena, struct slice rest, struct address *original)
{
	struct slice hash, stamp, domain;

	if (!cut_part(&rest, SRS_HASH_MAX, &hash) ||
		!cut_part(&rest, SRS_STAMP_MAX, &stamp) ||
		!cut_part(&rest, rest.len, &domain))
		return false;
	*original = join(arena, rest, domain);
	return original->text.len > 0;
}

static bool
is_separator(char c)
{
	return c == '=' || c == '+' || c == '-';
}

/* What follows "SRS0" or "SRS1" and one of its three separators. */
static struct slice
after_srs_prefix(struct slice local, struct slice prefix)
{
	if (local.len <= prefix.len + 1 || !slice_starts_fold(local, prefix) ||
		!is_separator(local.p[prefix.len]))
		return (struct slice){NULL, 0};
	return slice_sub(local, prefix.len + 1, local.len);
}

static bool
parse_srs0(struct arena *arena, const struct address *sender,
	struct rewritten *out)
{
	struct slice rest = after_srs_prefix(sender->local, SLICE("SRS0"));

	return rest.p != NULL && parse_srs_tail(arena, rest, &out->original);
}

static bool
parse_srs1(struct arena *arena, const struct address *sender,
	struct rewritten *out)
{
	struct slice rest = after_srs_prefix(sender->local, SLICE("SRS1"));
	struct slice hash, first;

	if (rest.p == NULL || !cut_part(&rest, SRS_HASH_MAX, &hash) ||
		!cut_part(&rest, rest.len, &first) || rest.len < 2 ||
		!is_separator(rest.p[0]))
		return false;
	return parse_srs_tail(
		arena, slice_sub(rest, 1, rest.len), &out->original);
}

/* Splits at "+SRS=" or "+caf_=": what stands before and after it. */
static bool
split_at(struct slice local, struct slice mark, struct slice *before,
	struct slice *after)
{
	size_t at = slice_find_fold(local, mark);

	if (at == SLICE_NONE || at == 0)
		return false;
	*before = slice_sub(local, 0, at);
	*after = slice_sub(local, at + mark.len, local.len);
	return true;
}

static bool
parse_srs_mailbox(struct arena *arena, const struct address *sender,
	struct rewritten *out)
{
	struct slice owner, rest;

	if (!split_at(sender->local, SLICE("+SRS="), &owner, &rest) ||
		!parse_srs_tail(arena, rest, &out->original))
		return false;
	out->mailbox = join(arena, owner, sender->domain);
	return out->mailbox.text.len > 0;
}

static bool
parse_srs_bounces(struct arena *arena, const struct address *sender,
	struct rewritten *out)
{
	struct slice owner, rest, hash;

	(void)arena;
	(void)out;
	return split_at(sender->local, SLICE("+SRS="), &owner, &rest) &&
		cut_part(&rest, SRS_HASH_MAX, &hash) && rest.len > 0 &&
		rest.len <= SRS_STAMP_MAX &&
		slice_find_byte(rest, '=', 0) == SLICE_NONE;
}

static bool
parse_caf(struct arena *arena, const struct address *sender,
	struct rewritten *out)
{
	struct slice owner, rest;
	size_t at;

	if (!split_at(sender->local, SLICE("+caf_="), &owner, &rest))
		return false;
	for (at = rest.len; at > 0 && rest.p[at - 1] != '='; at--)
		;
	if (at < 2)
		return false;
	out->mailbox = join(arena, owner, sender->domain);
	out->destination = join(arena, slice_sub(rest, 0, at - 1),
		slice_sub(rest, at, rest.len));
	return out->mailbox.text.len > 0 && out->destination.text.len > 0;
}

static bool
is_tag(struct slice tag)
{
	for (size_t i = 0; i < tag.len; i++) {
		char c = tag.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			    (c >= 'A' && c <= 'Z')))
			return false;
	}
	return tag.len > 0;
}

/* "prvs=tag=local"; older senders wrote "prvs=local/tag". */
static bool
parse_prvs(struct arena *arena, const struct address *sender,
	struct rewritten *out)
{
	struct slice rest, tag;
	size_t slash;

	if (!slice_starts_fold(sender->local, SLICE("prvs=")))
		return false;
	rest = slice_sub(sender->local, 5, sender->local.len);
	if (cut_part(&rest, BATV_TAG_MAX, &tag)) {
		if (!is_tag(tag))
			return false;
	} else {
		slash = slice_find_byte(rest, '/', 0);
		if (slash == SLICE_NONE ||
			!is_tag(slice_sub(rest, slash + 1, rest.len)))
			return false;
		rest = slice_sub(rest, 0, slash);
	}
	out->mailbox = join(arena, rest, sender->domain);
	return out->mailbox.text.len > 0;
}

static bool
parse_btv1(struct arena *arena, const struct address *sender,
	struct rewritten *out)
{
	struct slice rest, tag;

	if (!slice_starts_fold(sender->local, SLICE("btv1==")))
		return false;
	rest = slice_sub(sender->local, 6, sender->local.len);
	if (!cut_part(&rest, BATV_TAG_MAX, &tag) || !is_tag(tag) ||
		rest.len < 2 || rest.p[0] != '=')
		return false;
	out->mailbox =
		join(arena, slice_sub(rest, 1, rest.len), sender->domain);
	return out->mailbox.text.len > 0;
}

static const struct {
	enum rewritten_scheme scheme;
	bool (*parse)(struct arena *, const struct address *sender,
		struct rewritten *out);
} schemes[] = {
	{REWRITTEN_SRS0, parse_srs0},
	{REWRITTEN_SRS1, parse_srs1},
	{REWRITTEN_SRS_MAILBOX, parse_srs_mailbox},
	{REWRITTEN_SRS_BOUNCES, parse_srs_bounces},
	{REWRITTEN_CAF, parse_caf},
	{REWRITTEN_BATV, parse_prvs},
	{REWRITTEN_BATV, parse_btv1},
};

struct rewritten
rewritten_parse(struct arena *arena, const struct address *sender)
{
	const struct rewritten none = {.scheme = REWRITTEN_NONE};
	struct rewritten out;

	/* Every scheme has a '=' in the local part; most senders have none. */
	if (sender->broken || sender->domain.len == 0 ||
		slice_find_byte(sender->local, '=', 0) == SLICE_NONE)
		return none;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		out = none;
		if (schemes[i].parse(arena, sender, &out)) {
			out.scheme = schemes[i].scheme;
			return out;
		}
	}
	return none;
}

bool
rewritten_mailbox(
	struct arena *arena, const struct address *address, struct address *out)
{
	struct rewritten parts = rewritten_parse(arena, address);

	if (parts.scheme != REWRITTEN_NONE && parts.scheme != REWRITTEN_BATV)
		return false;
	*out = parts.scheme == REWRITTEN_BATV ? parts.mailbox : *address;
	return address_is_mailbox(out);
}
