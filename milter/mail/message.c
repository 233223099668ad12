/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Building a message. The callbacks copy into the arena; message_finish()
 * reads the envelope, then every field once: unfolded, decoded, entered under
 * its name and handed to the facts that are read from it.
 *
 * Half of the arena is kept back until the message is finished, for whoever
 * judges it: what a sender makes large must not be judged the less. Of the
 * other half a quarter is kept for what parsing needs. Fields arrive newest
 * first, so that From and To come last: when the room for fields is used up,
 * those whose names are known still enter, or a sender could hide them behind
 * a heap of others.
 */
#include "mail/message.h"

#include "base/codec.h"
#include "base/digest.h"
#include "mail/facts.h"
#include "mail/param.h"
#include "mail/path.h"

#include <string.h>

#define FIRST_FIELDS 48
#define LATE_FIELDS_MAX 32 /* of one name, past the limit */
#define FIRST_RECIPIENTS 4
#define OTHER_HEADS 32
#define IDENTITY_BYTES 16
/* {daemon_name} of the listener that mail meets on its way out
 * (docs/attach.md).
 */
#define EGRESS SLICE("egress")

/* As much as there is. */
static const struct message_limits no_limits = {
	.fields = MESSAGE_FIELDS_MAX,
	.field_bytes = SIZE_MAX,
	.recipients = SIZE_MAX,
	.addresses = SIZE_MAX,
};

struct raw_recipient {
	struct slice path, orcpt, notify;
};

struct message_builder {
	struct message message;
	struct message_limits limits;
	size_t reserve; /* bytes of the arena kept for parsing */

	bool has_sender;
	struct slice sender_path, sender_auth;
	struct raw_recipient *rcpts;
	struct recipient *parsed; /* those of the message */
	size_t rcpt_size;
	struct field *fields; /* value raw until message_finish() */
	size_t field_size;
	unsigned late[NAME_COUNT]; /* fields of each name past the limit */
};

struct message_builder *
message_begin(struct arena *arena, const struct realm *realm,
	const struct message_limits *limits)
{
	struct message_builder *builder = arena_alloc(arena, sizeof(*builder));

	if (builder == NULL)
		return NULL;
	builder->message.arena = arena;
	builder->message.realm = realm;
	builder->limits = limits != NULL ? *limits : no_limits;
	if (builder->limits.fields > MESSAGE_FIELDS_MAX)
		builder->limits.fields = MESSAGE_FIELDS_MAX;
	builder->rcpt_size = FIRST_RECIPIENTS;
	builder->field_size = FIRST_FIELDS;
	arena_hold(arena, arena_left(arena) / 2);
	builder->reserve = arena_left(arena) / 4;
	return builder;
}

void
message_add_gap(struct message_builder *builder, enum gap gap)
{
	builder->message.gaps |= gap;
}

/* A copy; the old one stays where there is nothing new. */
static void
keep(struct message_builder *builder, struct slice *slot, struct slice value)
{
	struct slice copy;

	if (slice_is_absent(value) || slice_equal(*slot, value))
		return;
	copy = arena_copy(builder->message.arena, value);
	if (slice_is_absent(copy)) {
		message_add_gap(builder, GAP_BYTES);
	} else {
		*slot = copy;
	}
}

void
message_set_client(struct message_builder *builder, const struct client *from)
{
	struct client *to = &builder->message.client;

	keep(builder, &to->ip, from->ip);
	keep(builder, &to->name, from->name);
	keep(builder, &to->helo, from->helo);
	keep(builder, &to->auth_user, from->auth_user);
	keep(builder, &to->auth_method, from->auth_method);
	keep(builder, &to->tls, from->tls);
	keep(builder, &to->listener, from->listener);
	keep(builder, &to->mta, from->mta);
}

void
message_set_queue_id(struct message_builder *builder, struct slice id)
{
	keep(builder, &builder->message.queue_id, id);
}

void
message_set_sender(struct message_builder *builder, struct slice path,
	const struct slice *params, size_t count)
{
	builder->has_sender = true;
	keep(builder, &builder->sender_path, path);
	keep(builder, &builder->sender_auth,
		param_find(params, count, SLICE("AUTH")));
}

void
message_add_recipient(struct message_builder *builder, struct slice path,
	const struct slice *params, size_t count)
{
	struct message *message = &builder->message;
	struct raw_recipient *rcpts, *rcpt;

	message->rcpt_total++;
	if (message->rcpt_count >= builder->limits.recipients) {
		message_add_gap(builder, GAP_RECIPIENTS);
		return;
	}
	rcpts = arena_grow(message->arena, builder->rcpts, message->rcpt_count,
		&builder->rcpt_size, sizeof(*rcpts));
	if (rcpts == NULL) {
		message_add_gap(builder, GAP_RECIPIENTS);
		message_add_gap(builder, GAP_BYTES);
		return;
	}
	builder->rcpts = rcpts;
	rcpt = &rcpts[message->rcpt_count++];
	*rcpt = (struct raw_recipient){0};
	keep(builder, &rcpt->path, path);
	keep(builder, &rcpt->orcpt, param_find(params, count, SLICE("ORCPT")));
	keep(builder, &rcpt->notify,
		param_find(params, count, SLICE("NOTIFY")));
}

/* May a field of that name still enter? Past the limit those of known names
 * do, but few of each: thousands of one name push out no other. */
static bool
admits(struct message_builder *builder, enum name id, size_t bytes)
{
	size_t left = arena_left(builder->message.arena);
	size_t count = builder->message.field_count;
	size_t limit = builder->limits.fields, reserve = builder->reserve;
	enum gap gap = count >= limit ? GAP_FIELDS : GAP_BYTES;

	if (count < limit && left >= bytes && left - bytes >= reserve)
		return true;
	message_add_gap(builder, gap);
	return id != NAME_OTHER && count < 2 * limit && left >= bytes &&
		left - bytes >= reserve / 2 &&
		builder->late[id]++ < LATE_FIELDS_MAX;
}

/* What a NUL or the limit leaves of the value. */
static struct slice
cut_value(struct message_builder *builder, struct slice value)
{
	size_t nul = slice_find_byte(value, '\0', 0);

	if (nul == SLICE_NONE && value.len <= builder->limits.field_bytes)
		return value;
	message_add_gap(builder, GAP_FIELD_CUT);
	value = slice_sub(value, 0, nul);
	return slice_sub(value, 0, builder->limits.field_bytes);
}

/* RFC 5322 section 2.2: printable ASCII but the colon. */
static bool
is_name(struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (c - 0x21U > 0x7E - 0x21U || c == ':')
			return false;
	}
	return name.len > 0;
}

void
message_add_field(
	struct message_builder *builder, struct slice name, struct slice value)
{
	struct message *message = &builder->message;
	struct field *fields;
	enum name id;
	char *p;

	name = slice_trim(name);
	id = name_find(name);
	if (id == NAME_OTHER && !is_name(name))
		message_add_gap(builder, GAP_BROKEN_HEADER);
	if (id == NAME_X_FORWARDEN)
		message->tag_count++;
	value = cut_value(builder, value);
	if (!admits(builder, id, name.len + value.len))
		return;
	fields = arena_grow(message->arena, builder->fields,
		message->field_count, &builder->field_size, sizeof(*fields));
	p = arena_bytes(message->arena, name.len + value.len);
	if (fields == NULL || p == NULL) {
		message_add_gap(builder, GAP_BYTES);
		return;
	}
	if (name.len > 0)
		memcpy(p, name.p, name.len);
	if (value.len > 0)
		memcpy(p + name.len, value.p, value.len);
	builder->fields = fields;
	fields[message->field_count] = (struct field){
		.name = {p, name.len},
		.value = {p + name.len, value.len},
		.index = message->field_count,
		.id = id,
	};
	message->field_count++;
}

static void
parse_sender(struct message_builder *builder)
{
	struct message *message = &builder->message;
	struct slice text = builder->sender_auth;

	if (builder->has_sender &&
		!path_parse(message->arena, builder->sender_path,
			&message->mail_from))
		message_add_gap(builder, GAP_BYTES);
	message->null_sender = message->mail_from.text.p != NULL &&
		message->mail_from.text.len == 0;
	if (slice_is_absent(text))
		return;
	(void)codec_xtext(message->arena, text, &text);
	if (!path_parse(message->arena, text, &message->mail_auth))
		message_add_gap(builder, GAP_BYTES);
}

static bool
is_local(const struct message *message, const struct address *address)
{
	return realm_has_domain(message->realm, address->domain);
}

/* An address without a domain is completed with one of ours by the MTA. */
static void
parse_recipient(struct message_builder *builder,
	const struct raw_recipient *raw, struct recipient *out)
{
	struct message *message = &builder->message;
	struct arena *arena = message->arena;

	if (!path_parse(arena, raw->path, &out->address))
		message_add_gap(builder, GAP_BYTES);
	out->notify = raw->notify;
	out->external = out->address.domain.len > 0 &&
		!is_local(message, &out->address);
	if (!slice_is_absent(raw->orcpt) &&
		!param_parse_orcpt(arena, raw->orcpt, &out->original))
		out->original = (struct address){0};
	out->original_local = is_local(message, &out->original);
}

static void
parse_recipients(struct message_builder *builder)
{
	struct message *message = &builder->message;
	struct recipient *rcpts = arena_array(
		message->arena, message->rcpt_count, sizeof(*rcpts));

	if (rcpts == NULL) {
		message_add_gap(builder, GAP_BYTES);
		message_add_gap(builder, GAP_RECIPIENTS);
		message->rcpt_count = 0;
		return;
	}
	for (size_t i = 0; i < message->rcpt_count; i++) {
		parse_recipient(builder, &builder->rcpts[i], &rcpts[i]);
		message->rcpt_external += rcpts[i].external;
	}
	builder->parsed = rcpts;
	message->rcpts = rcpts;
}

/* Fields of one known name make a chain, and so do others whose names hash
 * alike, both in the order of the header. */
static size_t
find_chain(enum name id, struct slice name)
{
	size_t hash = name.len;

	if (id != NAME_OTHER)
		return id;
	if (name.len > 0) {
		const unsigned char *p = (const unsigned char *)name.p;

		hash = hash * 5 + (p[0] | 0x20U) * 3 +
			(p[name.len - 1] | 0x20U) +
			(p[name.len / 2] | 0x20U) * 7;
	}
	return NAME_COUNT + hash % OTHER_HEADS;
}

/* The head of a chain; a number of 0 is none. */
static const struct field *
chained(const struct message *message, uint16_t number)
{
	return number > 0 ? &message->fields[number - 1] : NULL;
}

static void
chain_fields(struct message_builder *builder)
{
	struct message *message = &builder->message;
	uint16_t *chains = arena_array(
		message->arena, NAME_COUNT + OTHER_HEADS, sizeof(*chains));

	if (chains == NULL) {
		message_add_gap(builder, GAP_BYTES);
		return;
	}
	for (size_t i = message->field_count; i > 0; i--) {
		struct field *field = &builder->fields[i - 1];
		size_t chain = find_chain(field->id, field->name);

		field->next = chained(message, chains[chain]);
		chains[chain] = (uint16_t)i;
	}
	message->chains = chains;
}

static void
parse_fields(struct message_builder *builder, struct facts *facts)
{
	struct message *message = &builder->message;
	struct arena *arena = message->arena;

	for (size_t i = 0; i < message->field_count; i++) {
		struct field *field = &builder->fields[i];
		struct slice value = field_unfold(arena, field->value);

		if (slice_is_absent(value)) {
			message_add_gap(builder, GAP_BYTES);
			value = field->value;
		}
		field->value = value;
		facts_take(facts, field);
	}
	message->fields = builder->fields;
	chain_fields(builder);
}

static struct addresses
addresses_of(const struct address_list *list)
{
	return (struct addresses){list->at, list->count};
}

static void
take_facts(struct message_builder *builder, const struct facts *facts)
{
	struct message *message = &builder->message;

	message->from = addresses_of(&facts->from);
	message->reply_to = addresses_of(&facts->reply_to);
	message->to = addresses_of(&facts->to);
	message->cc = addresses_of(&facts->cc);
	message->sender = facts->sender;
	message->subject = facts->subject;
	message->message_id = facts->message_id;
	message->hops = facts->hops;
	message->hop_count = facts->hop_count;
	message->list = facts->list;
	message->encrypted = facts->encrypted;
	message->bounce = facts->report || message->null_sender;
	/* A notice with a sender may suppress answers and yet be none. */
	message->auto_reply =
		facts->auto_reply || (facts->suppress && message->null_sender);
	if (facts->broken)
		message_add_gap(builder, GAP_BROKEN_HEADER);
	if (facts->cut)
		message_add_gap(builder, GAP_ADDRESSES);
	if (facts->full)
		message_add_gap(builder, GAP_BYTES);
}

/*
 * Whose mail it is. A relay or content filter of ours brings strangers' mail
 * as well, so that to be internal the author must be ours too; a stranger's
 * client that claims to be one of us stays outside.
 */
static enum direction
find_direction(const struct message *message)
{
	if (message->rcpt_external > 0)
		return DIRECTION_OUTBOUND;
	if (!message->client_ours)
		return DIRECTION_INBOUND;
	if (message->client.auth_user.len > 0 ||
		is_local(message, &message->mail_from) ||
		(message->null_sender && message->from_local))
		return DIRECTION_INTERNAL;
	/* A sender without a domain is a user of this machine. */
	return message->mail_from.text.len > 0 &&
			message->mail_from.domain.len == 0
		? DIRECTION_INTERNAL
		: DIRECTION_INBOUND;
}

/*
 * A domain of ours that is met at the egress leaves all the same: by a suffix
 * the operator has said more than he meant, or a host of ours is somebody
 * else's. But a gateway sends what came for one of us on to a host inside,
 * perhaps under that host's name: that is no way out, so that what came for
 * the same name, in whatever domain of ours, does not count, nor what came for
 * this very domain. Original recipients are Postfix's; of Sendmail the newest
 * line tells.
 */
static bool
strays(const struct message *message, const struct recipient *rcpt)
{
	const struct realm *realm = message->realm;
	const struct address *came = &rcpt->original;

	if (rcpt->external || rcpt->address.domain.len == 0)
		return false;
	if (!rcpt->original_local && message->hop_count > 0)
		came = &message->hops[0].for_address;
	return is_local(message, came) &&
		!slice_equal(realm_same_as(realm, came->domain),
			realm_same_as(realm, rcpt->address.domain)) &&
		!slice_equal_fold(came->local, rcpt->address.local);
}

static void
find_strayed(struct message_builder *builder)
{
	struct message *message = &builder->message;

	for (size_t i = 0; i < message->rcpt_count; i++) {
		struct recipient *rcpt = &builder->parsed[i];

		if (!strays(message, rcpt))
			continue;
		rcpt->strayed = rcpt->external = true;
		message->rcpt_external++;
	}
}

static void
classify(struct message_builder *builder)
{
	struct message *message = &builder->message;
	const struct client *client = &message->client;

	for (size_t i = 0; i < message->from.count; i++) {
		if (is_local(message, &message->from.at[i]))
			message->from_local = true;
	}
	message->client_ours = client->auth_user.len > 0 ||
		client->ip.len == 0 || realm_has_ip(message->realm, client->ip);
	message->egress =
		message->client_ours && slice_equal(client->listener, EGRESS);
	if (message->egress)
		find_strayed(builder);
	message->direction = find_direction(message);
}

const struct message *
message_finish(struct message_builder *builder, int64_t at_ms)
{
	struct message *message = &builder->message;
	struct facts facts = {
		.arena = message->arena,
		.address_limit = builder->limits.addresses,
	};

	message->at_ms = at_ms;
	parse_sender(builder);
	parse_recipients(builder);
	parse_fields(builder, &facts);
	take_facts(builder, &facts);
	classify(builder);
	arena_hold(message->arena, 0);
	return message;
}

const struct field *
message_first(const struct message *message, enum name id)
{
	return message->chains != NULL ? chained(message, message->chains[id])
				       : NULL;
}

/* The field itself, or the first behind it, that has this name. */
static const struct field *
skip_others(const struct field *field, struct slice name)
{
	while (field != NULL && field->id == NAME_OTHER &&
		!slice_equal_fold(field->name, name))
		field = field->next;
	return field;
}

const struct field *
message_first_named(const struct message *message, struct slice name)
{
	if (message->chains == NULL)
		return NULL;
	return skip_others(
		chained(message,
			message->chains[find_chain(name_find(name), name)]),
		name);
}

const struct field *
message_next(const struct field *field)
{
	return skip_others(field->next, field->name);
}

struct slice
message_value(const struct message *message, enum name id)
{
	const struct field *field = message_first(message, id);

	return field != NULL ? field->value : SLICE("");
}

/* Without a Message-ID, seven parts, of which no list of four can be one. */
struct slice
message_identity(const struct message *message, const struct recipient *rcpt)
{
	bool has_date = message_first(message, NAME_DATE) != NULL;
	bool ours = is_local(message, &message->mail_from);
	struct slice parts[7] = {ours ? SLICE("") : message->mail_from.text,
		rcpt->address.text, message->message_id, message->subject};
	size_t count = 4;

	if (slice_is_absent(message->message_id)) {
		parts[3] = message_value(message, NAME_DATE);
		parts[4] = message_value(message, NAME_FROM);
		parts[5] = message_value(message, NAME_SUBJECT);
		parts[6] = has_date ? SLICE("") : message->queue_id;
		count = 7;
	}
	return digest_text(message->arena, parts, count, IDENTITY_BYTES);
}
