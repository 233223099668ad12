/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of the fields, and the record that the policies run on; what a
 * policy may ask of them is in schema.c. */
#include "verdict/fields.h"

#include "verdict/choice.h"
#include "verdict/fetch.h"
#include "verdict/value.h"

#include <stddef.h>

#define HEADER_PREFIX SLICE("header.")
#define HEADER_ROW SLICE("header.<name>")

/* What a value is read from; a field of a struct that is not there has no
 * value. */
enum source {
	SOURCE_TIME,
	SOURCE_MESSAGE,
	SOURCE_HEADER,
	SOURCE_FLOW,
	SOURCE_RCPT,
	SOURCE_STORE,
};

/* A row says where its value stands, or which function computes it. */
struct binding {
	struct field_row row;
	enum source source;
	enum value_kind kind;
	size_t offset;
	enum name header; /* of SOURCE_HEADER; NAME_OTHER: of any name */
	fetch_fn *compute;
	enum shape shape;
	bool always; /* it is never absent */
	bool moves; /* another one with every message */
	bool basic; /* no event is without it */
	sigma_choice_fn *choice; /* it has no other values; or NULL */
};

#define MESSAGE(what, member)                           \
	.source = SOURCE_MESSAGE, .kind = VALUE_##what, \
	.offset = offsetof(struct message, member)
#define FLOW(what, member)                           \
	.source = SOURCE_FLOW, .kind = VALUE_##what, \
	.offset = offsetof(struct flow, member)
#define RCPT(what, member)                           \
	.source = SOURCE_RCPT, .kind = VALUE_##what, \
	.offset = offsetof(struct recipient, member)
#define STORE(what, member)                           \
	.source = SOURCE_STORE, .kind = VALUE_##what, \
	.offset = offsetof(struct store_facts, member)
#define HEADER(name) .source = SOURCE_HEADER, .header = NAME_##name
#define COMPUTED(from, function) .source = SOURCE_##from, .compute = function

#define TEXT SIGMA_TEXT
#define NUMBER SIGMA_NUMBER
#define BOOL SIGMA_BOOL
#define ONE false
#define MANY true

static const struct binding bindings[] = {
	{{"email.direction", TEXT, SCOPE_MESSAGE, ONE,
		 "inbound, outbound (some recipient is external) or internal",
		 "outbound"},
		.shape = SHAPE_WORD, COMPUTED(MESSAGE, fetch_direction),
		.choice = choice_direction, .basic = true},
	{{"email.from.address", TEXT, SCOPE_MESSAGE, MANY,
		 "addresses of From, lower case", "bob@partner.example"},
		.shape = SHAPE_ADDRESS, MESSAGE(ADDRESSES, from),
		.basic = true},
	{{"email.from.local", TEXT, SCOPE_MESSAGE, MANY, "local parts of From",
		 "bob"},
		.shape = SHAPE_LOCAL, MESSAGE(LOCALS, from)},
	{{"email.from.domain", TEXT, SCOPE_MESSAGE, MANY,
		 "domains of From, lower case, A-labels", "partner.example"},
		.shape = SHAPE_DOMAIN, MESSAGE(DOMAINS, from)},
	{{"email.from.name", TEXT, SCOPE_MESSAGE, MANY,
		 "display names of From, decoded", "Bob Miller"},
		.shape = SHAPE_PERSON, MESSAGE(NAMES, from)},
	{{"email.sender.address", TEXT, SCOPE_MESSAGE, ONE, "address of Sender",
		 "assistant@partner.example"},
		.shape = SHAPE_ADDRESS, MESSAGE(ADDRESS, sender)},
	{{"email.reply_to.address", TEXT, SCOPE_MESSAGE, MANY,
		 "addresses of Reply-To", "billing@partner.example"},
		.shape = SHAPE_ADDRESS, MESSAGE(ADDRESSES, reply_to),
		.basic = true},
	{{"email.reply_to.domain", TEXT, SCOPE_MESSAGE, MANY,
		 "domains of Reply-To", "partner.example"},
		.shape = SHAPE_DOMAIN, MESSAGE(DOMAINS, reply_to)},
	{{"email.to.address", TEXT, SCOPE_MESSAGE, MANY, "addresses of To",
		 "alice@example.com"},
		.shape = SHAPE_ADDRESS, MESSAGE(ADDRESSES, to), .basic = true},
	{{"email.to.domain", TEXT, SCOPE_MESSAGE, MANY, "domains of To",
		 "example.com"},
		.shape = SHAPE_DOMAIN, MESSAGE(DOMAINS, to)},
	{{"email.cc.address", TEXT, SCOPE_MESSAGE, MANY, "addresses of Cc",
		 "team@example.com"},
		.shape = SHAPE_ADDRESS, MESSAGE(ADDRESSES, cc)},
	{{"email.cc.domain", TEXT, SCOPE_MESSAGE, MANY, "domains of Cc",
		 "example.com"},
		.shape = SHAPE_DOMAIN, MESSAGE(DOMAINS, cc)},
	{{"email.subject", TEXT, SCOPE_MESSAGE, ONE,
		 "Subject, unfolded and decoded", "FW: Invoice 4711"},
		.shape = SHAPE_SUBJECT, MESSAGE(TEXT, subject), .basic = true},
	{{"email.message_id", TEXT, SCOPE_MESSAGE, ONE,
		 "Message-ID without angle brackets",
		 "42@mail.partner.example"},
		.shape = SHAPE_MESSAGE_ID, MESSAGE(TEXT, message_id),
		.basic = true},
	{{"email.local_id", TEXT, SCOPE_MESSAGE, ONE, "the MTA's queue id",
		 "4Xy1Zk2mQ7z3T"},
		MESSAGE(TEXT, queue_id), .basic = true},
	{{"email.x_mailer", TEXT, SCOPE_MESSAGE, MANY, "X-Mailer",
		 "Microsoft Outlook 16.0"},
		.shape = SHAPE_HEADER, HEADER(X_MAILER)},
	{{"email.content_type", TEXT, SCOPE_MESSAGE, MANY,
		 "Content-Type of the message, with its parameters",
		 "text/plain; charset=utf-8"},
		.shape = SHAPE_MEDIA_TYPE, HEADER(CONTENT_TYPE)},
	{{"header.<name>", TEXT, SCOPE_MESSAGE, MANY,
		 "any field of the header by its name in lower case, unfolded "
		 "and decoded",
		 "header.x-forwarded-to"},
		.shape = SHAPE_HEADER, HEADER(OTHER)},
	{{"smtp.mail_from.address", TEXT, SCOPE_MESSAGE, ONE,
		 "envelope sender; empty for the null sender",
		 "bounces@lists.example"},
		.shape = SHAPE_SENDER, MESSAGE(ADDRESS, mail_from),
		.always = true, .basic = true},
	{{"smtp.mail_from.local", TEXT, SCOPE_MESSAGE, ONE, "its local part",
		 "bounces"},
		.shape = SHAPE_LOCAL, MESSAGE(LOCAL, mail_from)},
	{{"smtp.mail_from.domain", TEXT, SCOPE_MESSAGE, ONE, "its domain",
		 "lists.example"},
		.shape = SHAPE_DOMAIN, MESSAGE(DOMAIN, mail_from)},
	{{"smtp.helo", TEXT, SCOPE_MESSAGE, ONE,
		 "the name the client gave in HELO or EHLO",
		 "mail.partner.example"},
		MESSAGE(TEXT, client.helo), .basic = true},
	{{"smtp.auth.user", TEXT, SCOPE_MESSAGE, ONE,
		 "the authenticated user; absent without SMTP AUTH", "alice"},
		.shape = SHAPE_LOGIN, MESSAGE(TEXT, client.auth_user),
		.basic = true},
	{{"smtp.auth.method", TEXT, SCOPE_MESSAGE, ONE, "the SASL mechanism",
		 "PLAIN"},
		.shape = SHAPE_MECHANISM, MESSAGE(TEXT, client.auth_method)},
	{{"smtp.tls", TEXT, SCOPE_MESSAGE, ONE,
		 "the version of TLS; absent without", "TLSv1.3"},
		.shape = SHAPE_MECHANISM, MESSAGE(TEXT, client.tls),
		.choice = choice_tls},
	{{"smtp.listener", TEXT, SCOPE_MESSAGE, ONE,
		 "the MTA's {daemon_name}: which of its listeners took the "
		 "message",
		 "egress"},
		MESSAGE(TEXT, client.listener), .basic = true},
	{{"source.ip", SIGMA_IP, SCOPE_MESSAGE, ONE,
		 "the client's address; absent for mail made on the machine",
		 "203.0.113.9"},
		MESSAGE(TEXT, client.ip), .basic = true},
	{{"source.name", TEXT, SCOPE_MESSAGE, ONE, "the client's name by DNS",
		 "mail.partner.example"},
		.shape = SHAPE_HOST, MESSAGE(TEXT, client.name), .basic = true},
	{{"source.ours", BOOL, SCOPE_MESSAGE, ONE,
		 "the client is of our networks, authenticated, or the machine "
		 "itself",
		 "true"},
		MESSAGE(TRUTH, client_ours)},
	{{"message.hops", NUMBER, SCOPE_MESSAGE, ONE,
		 "how many Received fields there are", "3"},
		MESSAGE(SIZE, hop_count)},
	{{"message.recipients", NUMBER, SCOPE_MESSAGE, ONE,
		 "how many envelope recipients there are", "1"},
		.shape = SHAPE_TIMES, MESSAGE(SIZE, rcpt_total), .basic = true},
	{{"message.list", BOOL, SCOPE_MESSAGE, ONE,
		 "it says of itself that it is a mailing list's", "false"},
		MESSAGE(TRUTH, list)},
	{{"message.auto_reply", BOOL, SCOPE_MESSAGE, ONE,
		 "an automatic answer (Auto-Submitted: auto-replied and its "
		 "kin)",
		 "false"},
		MESSAGE(TRUTH, auto_reply)},
	{{"message.bounce", BOOL, SCOPE_MESSAGE, ONE,
		 "a null sender or multipart/report", "false"},
		MESSAGE(TRUTH, bounce)},
	{{"message.encrypted", BOOL, SCOPE_MESSAGE, ONE,
		 "S/MIME or PGP, by its Content-Type", "false"},
		MESSAGE(TRUTH, encrypted)},
	{{"message.keyword.any", BOOL, SCOPE_MESSAGE, ONE,
		 "the subject holds a word of some list keyword-*", "true"},
		COMPUTED(MESSAGE, fetch_keyword)},
	{{"message.keyword.money", BOOL, SCOPE_MESSAGE, ONE,
		 "the subject holds a word of the list keyword-money: "
		 "invoices, payments, bank details",
		 "true"},
		COMPUTED(MESSAGE, fetch_keyword_money)},
	{{"message.keyword.credentials", BOOL, SCOPE_MESSAGE, ONE,
		 "the subject holds a word of the list keyword-credentials: "
		 "passwords, login codes, access",
		 "true"},
		COMPUTED(MESSAGE, fetch_keyword_credentials)},
	{{"message.keyword.payroll", BOOL, SCOPE_MESSAGE, ONE,
		 "the subject holds a word of the list keyword-payroll: "
		 "salaries and staff",
		 "true"},
		COMPUTED(MESSAGE, fetch_keyword_payroll)},
	{{"message.keyword.legal", BOOL, SCOPE_MESSAGE, ONE,
		 "the subject holds a word of the list keyword-legal: "
		 "contracts, courts, secrets",
		 "true"},
		COMPUTED(MESSAGE, fetch_keyword_legal)},
	{{"message.keyword.incident", BOOL, SCOPE_MESSAGE, ONE,
		 "the subject holds a word of the list keyword-incident: "
		 "warnings that a mailbox is watched",
		 "true"},
		COMPUTED(MESSAGE, fetch_keyword_incident)},
	{{"time.hour", NUMBER, SCOPE_MESSAGE, ONE,
		 "hour of the day, 0 to 23, in the machine's time zone", "3"},
		.shape = SHAPE_HOUR, COMPUTED(TIME, fetch_hour)},
	{{"time.date", TEXT, SCOPE_MESSAGE, ONE,
		 "the day, in the machine's time zone; for counting days",
		 "2026-01-05"},
		.shape = SHAPE_DATE, COMPUTED(TIME, fetch_date)},
	{{"time.weekday", TEXT, SCOPE_MESSAGE, ONE,
		 "monday to sunday, in the machine's time zone", "sunday"},
		.shape = SHAPE_WORD, COMPUTED(TIME, fetch_weekday),
		.choice = choice_weekday},
	{{"mailbox.address", TEXT, SCOPE_FLOW, ONE,
		 "the local mailbox whose mail is moving; absent if none is "
		 "known",
		 "alice@example.com"},
		.shape = SHAPE_ADDRESS, FLOW(ADDRESS, mailbox)},
	{{"mailbox.local", TEXT, SCOPE_FLOW, ONE, "its local part", "alice"},
		.shape = SHAPE_LOCAL, FLOW(LOCAL, mailbox)},
	{{"mailbox.domain", TEXT, SCOPE_FLOW, ONE, "its domain", "example.com"},
		.shape = SHAPE_DOMAIN, FLOW(DOMAIN, mailbox)},
	{{"mailbox.original", TEXT, SCOPE_FLOW, ONE,
		 "the mailbox as it was written, where that is not its one "
		 "form (an alias' detail, another of our domains)",
		 "alice+news@example.com"},
		.shape = SHAPE_ADDRESS, FLOW(ADDRESS, original)},
	{{"mailbox.since", NUMBER, SCOPE_STORE, ONE,
		 "seconds, in whole days, since who sends this first wrote to "
		 "anybody outside; absent as rcpt.silent is",
		 "7776000"},
		.shape = SHAPE_AGE, COMPUTED(STORE, fetch_mailbox_since)},
	{{"mailbox.person", BOOL, SCOPE_STORE, ONE,
		 "the mailbox has logged in, or written mail", "true"},
		STORE(TRUTH, person)},
	{{"mailbox.contained", BOOL, SCOPE_STORE, ONE,
		 "an operator has contained this mailbox", "false"},
		COMPUTED(STORE, fetch_contained)},
	{{"mailbox.received_day", NUMBER, SCOPE_STORE, ONE,
		 "messages the mailbox received in the last 24 hours", "40"},
		STORE(COUNT, received_day), .moves = true},
	{{"mailbox.forwarded_day", NUMBER, SCOPE_STORE, ONE,
		 "messages it forwarded in the last 24 hours, without this "
		 "one",
		 "38"},
		STORE(COUNT, forwarded_day), .moves = true},
	{{"mailbox.forward_ratio", NUMBER, SCOPE_STORE, ONE,
		 "forwarded / received, last 24 hours", "0.95"},
		.shape = SHAPE_RATIO, COMPUTED(STORE, fetch_forward_ratio),
		.moves = true},
	{{"mailbox.burst", NUMBER, SCOPE_STORE, ONE,
		 "forwards of this hour / mean of the other hours of the last "
		 "24",
		 "12.5"},
		COMPUTED(STORE, fetch_burst), .moves = true},
	{{"mailbox.keyword_skew", NUMBER, SCOPE_STORE, ONE,
		 "share of keyword subjects in its forwarded mail / in its "
		 "received mail, last 24 hours",
		 "8"},
		COMPUTED(STORE, fetch_keyword_skew), .moves = true},
	{{"rcpt.address", TEXT, SCOPE_FLOW, ONE,
		 "the envelope recipient: the destination",
		 "drop@freemail.example"},
		.shape = SHAPE_ADDRESS, RCPT(ADDRESS, address)},
	{{"rcpt.local", TEXT, SCOPE_FLOW, ONE, "its local part", "drop"},
		.shape = SHAPE_LOCAL, RCPT(LOCAL, address)},
	{{"rcpt.domain", TEXT, SCOPE_FLOW, ONE, "its domain",
		 "freemail.example"},
		.shape = SHAPE_DOMAIN, RCPT(DOMAIN, address)},
	{{"rcpt.registered_domain", TEXT, SCOPE_FLOW, ONE,
		 "its domain without hosts, by the public suffix list",
		 "freemail.example"},
		.shape = SHAPE_REGISTERED,
		COMPUTED(FLOW, fetch_rcpt_registered)},
	{{"rcpt.external", BOOL, SCOPE_FLOW, ONE,
		 "the recipient is of no local domain", "true"},
		RCPT(TRUTH, external)},
	{{"rcpt.lookalike", BOOL, SCOPE_FLOW, ONE,
		 "the eye could take its domain for the mailbox' own", "false"},
		COMPUTED(FLOW, fetch_rcpt_lookalike)},
	{{"rcpt.original.address", TEXT, SCOPE_FLOW, ONE,
		 "the recipient before the MTA rewrote it (ORCPT)",
		 "alice@example.com"},
		.shape = SHAPE_ADDRESS, RCPT(ADDRESS, original)},
	{{"rcpt.original.domain", TEXT, SCOPE_FLOW, ONE, "its domain",
		 "example.com"},
		.shape = SHAPE_DOMAIN, RCPT(DOMAIN, original)},
	{{"rcpt.new", BOOL, SCOPE_STORE, ONE,
		 "this mailbox never forwarded there before", "true"},
		COMPUTED(STORE, fetch_rcpt_new)},
	{{"rcpt.age", NUMBER, SCOPE_STORE, ONE,
		 "seconds since this mailbox first forwarded there; 0 if "
		 "never",
		 "86400"},
		.shape = SHAPE_AGE, COMPUTED(STORE, fetch_rcpt_age)},
	{{"rcpt.count", NUMBER, SCOPE_STORE, ONE,
		 "how often this mailbox forwarded there so far", "12"},
		STORE(COUNT, route_count), .moves = true},
	{{"rcpt.silent", BOOL, SCOPE_STORE, ONE,
		 "the recipient wrote to who sends this at most once, and "
		 "once more for ten messages, in some 90 days; absent behind "
		 "the queue, and where the sender is not known",
		 "true"},
		COMPUTED(STORE, fetch_rcpt_silent)},
	{{"rcpt.prompt", NUMBER, SCOPE_STORE, ONE,
		 "how many of the last 5 messages there, each to it alone, "
		 "left sooner after one came in than is likely by chance; "
		 "absent as rcpt.silent is",
		 "5"},
		COMPUTED(STORE, fetch_rcpt_prompt)},
	{{"rcpt.pace", NUMBER, SCOPE_STORE, ONE,
		 "on how many of the last 7 days 10 messages or more went "
		 "there, each to it alone, and about as many as came in; "
		 "absent as rcpt.silent is",
		 "3"},
		COMPUTED(STORE, fetch_rcpt_pace)},
	{{"rcpt.since", NUMBER, SCOPE_STORE, ONE,
		 "seconds, in whole days, since who sends this first wrote "
		 "there; absent as rcpt.silent is",
		 "172800"},
		.shape = SHAPE_AGE, COMPUTED(STORE, fetch_rcpt_since)},
	{{"forward.kind", TEXT, SCOPE_FLOW, ONE, "how the mail moves on",
		 "redirect"},
		.shape = SHAPE_WORD, COMPUTED(FLOW, fetch_kind),
		.choice = choice_kind},
	{{"forward.platform", TEXT, SCOPE_FLOW, ONE,
		 "the product that forwards, as far as the evidence tells",
		 "postfix"},
		.shape = SHAPE_WORD, FLOW(WORD, platform),
		.choice = choice_platform},
	{{"forward.evidence", TEXT, SCOPE_FLOW, MANY,
		 "the names of what was seen", "orcpt"},
		.shape = SHAPE_WORD, COMPUTED(FLOW, fetch_evidence),
		.choice = choice_evidence},
	{{"forward.confidence", NUMBER, SCOPE_FLOW, ONE,
		 "how sure it is that this is a forward, 0 to 100", "97"},
		.shape = SHAPE_PERCENT, FLOW(UNSIGNED, confidence)},
	{{"forward.confirmed", TEXT, SCOPE_FLOW, ONE,
		 "does a better witness than the client say that the message "
		 "came for the mailbox: yes, no (it names others) or unknown; "
		 "absent if no mailbox is known",
		 "yes"},
		.shape = SHAPE_WORD, COMPUTED(FLOW, fetch_confirmed),
		.choice = choice_confirmed},
	{{"forward.excused_by", TEXT, SCOPE_FLOW, MANY,
		 "the exemptions without which it would be taken for a "
		 "forward",
		 "reply"},
		.shape = SHAPE_WORD, COMPUTED(FLOW, fetch_excused_by),
		.choice = choice_exemption},
	{{"forward.delay", NUMBER, SCOPE_FLOW, ONE,
		 "seconds since the mailbox got the message; absent if the "
		 "store did not see it",
		 "0.4"},
		.shape = SHAPE_SECONDS, COMPUTED(FLOW, fetch_delay)},
	{{"route.age", NUMBER, SCOPE_STORE, ONE,
		 "seconds since this mailbox first forwarded there; absent if "
		 "it never did",
		 "604800"},
		.shape = SHAPE_AGE, COMPUTED(STORE, fetch_route_age)},
	{{"route.messages", NUMBER, SCOPE_STORE, ONE,
		 "how often this mailbox forwarded there so far; absent if it "
		 "never did",
		 "12"},
		.shape = SHAPE_TIMES, COMPUTED(STORE, fetch_route_messages),
		.moves = true},
};

/* What begins alike stands together: an event is written in this order, and
 * each of its objects once. */
#define BINDING_COUNT (sizeof(bindings) / sizeof(bindings[0]))

size_t
fields_count(void)
{
	return BINDING_COUNT;
}

const struct field_row *
fields_row(size_t index)
{
	return &bindings[index].row;
}

enum shape
fields_shape_id(size_t index)
{
	return bindings[index].shape;
}

const struct shape_row *
fields_shape(size_t index)
{
	const struct binding *binding = &bindings[index];

	if (binding->shape == SHAPE_ANY && binding->row.type == SIGMA_NUMBER)
		return shape_row(SHAPE_COUNT_OF);
	return shape_row(binding->shape);
}

sigma_choice_fn *
fields_choice(size_t index)
{
	return bindings[index].choice;
}

bool
fields_always(size_t index)
{
	return bindings[index].always;
}

bool
fields_moves(size_t index)
{
	return bindings[index].moves;
}

bool
fields_logged(size_t index)
{
	enum source source = bindings[index].source;

	return source != SOURCE_MESSAGE && source != SOURCE_HEADER;
}

static bool
is_header_name(struct slice name)
{
	return slice_starts_fold(name, HEADER_PREFIX) &&
		name.len > HEADER_PREFIX.len && name.p[7] != '<';
}

static int
find_row(struct slice name)
{
	for (size_t i = 0; i < BINDING_COUNT; i++) {
		if (slice_equal(name, slice_of(bindings[i].row.name)))
			return (int)i;
	}
	return -1;
}

/* The number is the row's; header.<name> has one for each known name, behind
 * those of the rows, and one for all others. */
int
fields_find(struct slice name)
{
	if (!is_header_name(name))
		return find_row(name);
	name = slice_sub(name, HEADER_PREFIX.len, name.len);
	return (int)(BINDING_COUNT + name_find(name));
}

size_t
fields_index(int id)
{
	return (size_t)(id < (int)BINDING_COUNT ? id : find_row(HEADER_ROW));
}

size_t
fields_header(void)
{
	return (size_t)find_row(HEADER_ROW);
}

bool
fields_basic(size_t index)
{
	return bindings[index].basic;
}

const char *
fields_type_name(enum sigma_type type)
{
	static const char *const names[] = {[SIGMA_TEXT] = "text",
		[SIGMA_NUMBER] = "number",
		[SIGMA_BOOL] = "bool",
		[SIGMA_IP] = "ip"};

	return names[type];
}

const char *
fields_scope_name(enum sigma_scope scope)
{
	static const char *const names[] = {[SCOPE_MESSAGE] = "message",
		[SCOPE_FLOW] = "flow",
		[SCOPE_STORE] = "store"};

	return names[scope];
}

/* The struct that the source stands for; NULL where there is none. */
static const void *
find_struct(const struct fields_source *from, enum source source)
{
	switch (source) {
	case SOURCE_TIME:
		return from;
	case SOURCE_MESSAGE:
	case SOURCE_HEADER:
		return from->message;
	case SOURCE_FLOW:
		return from->flow;
	case SOURCE_RCPT:
		return from->flow != NULL ? from->flow->rcpt : NULL;
	case SOURCE_STORE:
		return from->facts;
	}
	return NULL;
}

/* Of header.<name>: the topmost field of that name. */
static const struct field *
first_of(const struct message *message, const struct sigma_field *field)
{
	enum name name = (enum name)(field->id - (int)BINDING_COUNT);

	if (name != NAME_OTHER)
		return message_first(message, name);
	return message_first_named(message,
		slice_sub(field->name, HEADER_PREFIX.len, field->name.len));
}

static struct sigma_values
values_of(const void *ctx, const struct sigma_field *field, struct arena *arena)
{
	const struct fields_source *from = ctx;
	const struct binding *binding;
	const void *base;

	if (field->id < 0)
		return (struct sigma_values){0};
	if (field->id >= (int)BINDING_COUNT) {
		if (from->message == NULL)
			return (struct sigma_values){0};
		return value_fields(arena, first_of(from->message, field));
	}
	binding = &bindings[field->id];
	base = find_struct(from, binding->source);
	if (base == NULL)
		return (struct sigma_values){0};
	if (binding->compute != NULL)
		return binding->compute(from, arena);
	if (binding->source == SOURCE_HEADER) {
		return value_fields(
			arena, message_first(from->message, binding->header));
	}
	return value_read(
		arena, binding->kind, (const char *)base + binding->offset);
}

struct sigma_record
fields_record(const struct fields_source *source)
{
	return (struct sigma_record){.ctx = source, .values = values_of};
}
