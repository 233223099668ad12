/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of the fields, and the record that the policies run on. */
#include "verdict/fields.h"

#include "verdict/fetch.h"
#include "yaml/diag.h"

#include <string.h>

#define HEADER_PREFIX SLICE("header.")

struct binding {
	struct field_row row;
	fetch_fn *fetch; /* NULL: the header.<name> family */
};

#define TEXT SIGMA_TEXT
#define NUMBER SIGMA_NUMBER
#define BOOL SIGMA_BOOL
#define ONE false
#define MANY true

static const struct binding bindings[] = {
	{{"email.direction", TEXT, SCOPE_MESSAGE, ONE,
		 "inbound, outbound (some recipient is external) or internal",
		 "outbound"},
		fetch_direction},
	{{"email.from.address", TEXT, SCOPE_MESSAGE, MANY,
		 "addresses of From, lower case", "bob@partner.example"},
		fetch_from_address},
	{{"email.from.local", TEXT, SCOPE_MESSAGE, MANY, "local parts of From",
		 "bob"},
		fetch_from_local},
	{{"email.from.domain", TEXT, SCOPE_MESSAGE, MANY,
		 "domains of From, lower case, A-labels", "partner.example"},
		fetch_from_domain},
	{{"email.from.name", TEXT, SCOPE_MESSAGE, MANY,
		 "display names of From, decoded", "Bob Miller"},
		fetch_from_name},
	{{"email.sender.address", TEXT, SCOPE_MESSAGE, ONE, "address of Sender",
		 "assistant@partner.example"},
		fetch_sender_address},
	{{"email.reply_to.address", TEXT, SCOPE_MESSAGE, MANY,
		 "addresses of Reply-To", "billing@partner.example"},
		fetch_reply_to_address},
	{{"email.reply_to.domain", TEXT, SCOPE_MESSAGE, MANY,
		 "domains of Reply-To", "partner.example"},
		fetch_reply_to_domain},
	{{"email.to.address", TEXT, SCOPE_MESSAGE, MANY, "addresses of To",
		 "alice@example.com"},
		fetch_to_address},
	{{"email.to.domain", TEXT, SCOPE_MESSAGE, MANY, "domains of To",
		 "example.com"},
		fetch_to_domain},
	{{"email.cc.address", TEXT, SCOPE_MESSAGE, MANY, "addresses of Cc",
		 "team@example.com"},
		fetch_cc_address},
	{{"email.cc.domain", TEXT, SCOPE_MESSAGE, MANY, "domains of Cc",
		 "example.com"},
		fetch_cc_domain},
	{{"email.subject", TEXT, SCOPE_MESSAGE, ONE,
		 "Subject, unfolded and decoded", "FW: Invoice 4711"},
		fetch_subject},
	{{"email.message_id", TEXT, SCOPE_MESSAGE, ONE,
		 "Message-ID without angle brackets",
		 "42@mail.partner.example"},
		fetch_message_id},
	{{"email.x_mailer", TEXT, SCOPE_MESSAGE, MANY, "X-Mailer",
		 "Microsoft Outlook 16.0"},
		fetch_x_mailer},
	{{"email.content_type", TEXT, SCOPE_MESSAGE, MANY,
		 "Content-Type of the message, with its parameters",
		 "text/plain; charset=utf-8"},
		fetch_content_type},
	{{"header.<name>", TEXT, SCOPE_MESSAGE, MANY,
		 "any field of the header by its name in lower case, unfolded "
		 "and decoded",
		 "header.x-forwarded-to"},
		NULL},
	{{"smtp.mail_from.address", TEXT, SCOPE_MESSAGE, ONE,
		 "envelope sender; empty for the null sender",
		 "bounces@lists.example"},
		fetch_mail_from_address},
	{{"smtp.mail_from.local", TEXT, SCOPE_MESSAGE, ONE, "its local part",
		 "bounces"},
		fetch_mail_from_local},
	{{"smtp.mail_from.domain", TEXT, SCOPE_MESSAGE, ONE, "its domain",
		 "lists.example"},
		fetch_mail_from_domain},
	{{"smtp.helo", TEXT, SCOPE_MESSAGE, ONE,
		 "the name the client gave in HELO or EHLO",
		 "mail.partner.example"},
		fetch_helo},
	{{"smtp.auth.user", TEXT, SCOPE_MESSAGE, ONE,
		 "the authenticated user; absent without SMTP AUTH", "alice"},
		fetch_auth_user},
	{{"smtp.auth.method", TEXT, SCOPE_MESSAGE, ONE, "the SASL mechanism",
		 "PLAIN"},
		fetch_auth_method},
	{{"smtp.tls", TEXT, SCOPE_MESSAGE, ONE,
		 "the version of TLS; absent without", "TLSv1.3"},
		fetch_tls},
	{{"smtp.listener", TEXT, SCOPE_MESSAGE, ONE,
		 "the MTA's {daemon_name}: which of its listeners took the "
		 "message",
		 "egress"},
		fetch_listener},
	{{"source.ip", SIGMA_IP, SCOPE_MESSAGE, ONE,
		 "the client's address; absent for mail made on the machine",
		 "203.0.113.9"},
		fetch_ip},
	{{"source.name", TEXT, SCOPE_MESSAGE, ONE, "the client's name by DNS",
		 "mail.partner.example"},
		fetch_name},
	{{"source.ours", BOOL, SCOPE_MESSAGE, ONE,
		 "the client is of our networks, authenticated, or the machine "
		 "itself",
		 "true"},
		fetch_ours},
	{{"message.hops", NUMBER, SCOPE_MESSAGE, ONE,
		 "how many Received fields there are", "3"},
		fetch_hops},
	{{"message.recipients", NUMBER, SCOPE_MESSAGE, ONE,
		 "how many envelope recipients there are", "1"},
		fetch_recipients},
	{{"message.list", BOOL, SCOPE_MESSAGE, ONE,
		 "it says of itself that it is a mailing list's", "false"},
		fetch_list},
	{{"message.auto_reply", BOOL, SCOPE_MESSAGE, ONE,
		 "an automatic answer (Auto-Submitted: auto-replied and its "
		 "kin)",
		 "false"},
		fetch_auto_reply},
	{{"message.bounce", BOOL, SCOPE_MESSAGE, ONE,
		 "a null sender or multipart/report", "false"},
		fetch_bounce},
	{{"message.encrypted", BOOL, SCOPE_MESSAGE, ONE,
		 "S/MIME or PGP, by its Content-Type", "false"},
		fetch_encrypted},
	{{"message.keyword", BOOL, SCOPE_MESSAGE, ONE,
		 "the subject holds a word of the keyword list (invoice, "
		 "payment, password, ...)",
		 "true"},
		fetch_keyword},
	{{"time.hour", NUMBER, SCOPE_MESSAGE, ONE,
		 "hour of the day, 0 to 23, in the machine's time zone", "3"},
		fetch_hour},
	{{"time.weekday", TEXT, SCOPE_MESSAGE, ONE,
		 "monday to sunday, in the machine's time zone", "sunday"},
		fetch_weekday},
	{{"mailbox.address", TEXT, SCOPE_FLOW, ONE,
		 "the local mailbox whose mail is moving; absent if none is "
		 "known",
		 "alice@example.com"},
		fetch_mailbox_address},
	{{"mailbox.local", TEXT, SCOPE_FLOW, ONE, "its local part", "alice"},
		fetch_mailbox_local},
	{{"mailbox.domain", TEXT, SCOPE_FLOW, ONE, "its domain", "example.com"},
		fetch_mailbox_domain},
	{{"rcpt.address", TEXT, SCOPE_FLOW, ONE,
		 "the envelope recipient: the destination",
		 "drop@freemail.example"},
		fetch_rcpt_address},
	{{"rcpt.local", TEXT, SCOPE_FLOW, ONE, "its local part", "drop"},
		fetch_rcpt_local},
	{{"rcpt.domain", TEXT, SCOPE_FLOW, ONE, "its domain",
		 "freemail.example"},
		fetch_rcpt_domain},
	{{"rcpt.registered_domain", TEXT, SCOPE_FLOW, ONE,
		 "its domain without hosts, by the public suffix list",
		 "freemail.example"},
		fetch_rcpt_registered},
	{{"rcpt.external", BOOL, SCOPE_FLOW, ONE,
		 "the recipient is of no local domain", "true"},
		fetch_rcpt_external},
	{{"rcpt.lookalike", BOOL, SCOPE_FLOW, ONE,
		 "the eye could take its domain for the mailbox' own", "false"},
		fetch_rcpt_lookalike},
	{{"rcpt.original.address", TEXT, SCOPE_FLOW, ONE,
		 "the recipient before the MTA rewrote it (ORCPT)",
		 "alice@example.com"},
		fetch_rcpt_original_address},
	{{"rcpt.original.domain", TEXT, SCOPE_FLOW, ONE, "its domain",
		 "example.com"},
		fetch_rcpt_original_domain},
	{{"forward.kind", TEXT, SCOPE_FLOW, ONE,
		 "none, redirect, forward, copy or notify", "redirect"},
		fetch_kind},
	{{"forward.platform", TEXT, SCOPE_FLOW, ONE,
		 "the product that forwards, as far as the evidence tells",
		 "postfix"},
		fetch_platform},
	{{"forward.evidence", TEXT, SCOPE_FLOW, MANY,
		 "the names of what was seen", "orcpt"},
		fetch_evidence},
	{{"forward.confidence", NUMBER, SCOPE_FLOW, ONE,
		 "how sure it is that this is a forward, 0 to 100", "97"},
		fetch_confidence},
	{{"forward.delay", NUMBER, SCOPE_FLOW, ONE,
		 "seconds since the mailbox got the message; absent if the "
		 "store did not see it",
		 "0.4"},
		fetch_delay},
	{{"rcpt.new", BOOL, SCOPE_STORE, ONE,
		 "this mailbox never forwarded there before", "true"},
		fetch_rcpt_new},
	{{"rcpt.age", NUMBER, SCOPE_STORE, ONE,
		 "seconds since this mailbox first forwarded there; 0 if "
		 "never",
		 "86400"},
		fetch_rcpt_age},
	{{"rcpt.count", NUMBER, SCOPE_STORE, ONE,
		 "how often this mailbox forwarded there so far", "12"},
		fetch_rcpt_count},
	{{"mailbox.contained", BOOL, SCOPE_STORE, ONE,
		 "an operator has contained this mailbox", "false"},
		fetch_contained},
	{{"mailbox.received_day", NUMBER, SCOPE_STORE, ONE,
		 "messages the mailbox received in the last 24 hours", "40"},
		fetch_received_day},
	{{"mailbox.forwarded_day", NUMBER, SCOPE_STORE, ONE,
		 "messages it forwarded in the last 24 hours, without this "
		 "one",
		 "38"},
		fetch_forwarded_day},
	{{"mailbox.forward_ratio", NUMBER, SCOPE_STORE, ONE,
		 "forwarded / received, last 24 hours", "0.95"},
		fetch_forward_ratio},
	{{"mailbox.burst", NUMBER, SCOPE_STORE, ONE,
		 "forwards of this hour / mean of the other hours of the last "
		 "24",
		 "12.5"},
		fetch_burst},
	{{"mailbox.keyword_skew", NUMBER, SCOPE_STORE, ONE,
		 "share of keyword subjects in its forwarded mail / in its "
		 "received mail, last 24 hours",
		 "8"},
		fetch_keyword_skew},
};

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

static bool
is_header_name(struct slice name)
{
	return slice_starts_fold(name, HEADER_PREFIX) &&
		name.len > HEADER_PREFIX.len && name.p[7] != '<';
}

int
fields_find(struct slice name)
{
	bool header = is_header_name(name);

	for (size_t i = 0; i < BINDING_COUNT; i++) {
		const struct binding *binding = &bindings[i];

		if (header ? binding->fetch == NULL
			   : slice_equal(name, slice_of(binding->row.name)))
			return (int)i;
	}
	return -1;
}

static const char *const directions[] = {
	"inbound", "outbound", "internal", NULL};
static const char *const kinds[] = {
	"none", "redirect", "forward", "copy", "notify", NULL};
static const char *const weekdays[] = {"monday", "tuesday", "wednesday",
	"thursday", "friday", "saturday", "sunday", NULL};

/* Fields that can have no other values than these. */
static const struct {
	fetch_fn *fetch;
	const char *const *choices;
} closed[] = {
	{fetch_direction, directions},
	{fetch_kind, kinds},
	{fetch_weekday, weekdays},
};

static const char *const *
choices_of(const struct binding *binding)
{
	for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++) {
		if (closed[i].fetch == binding->fetch)
			return closed[i].choices;
	}
	return NULL;
}

static bool
resolve(const void *ctx, struct slice name, struct sigma_field *out)
{
	int id = fields_find(name);

	(void)ctx;
	if (id < 0 || slice_equal(name, SLICE("header.<name>")))
		return false;
	out->id = id;
	out->type = bindings[id].row.type;
	out->scope = bindings[id].row.scope;
	out->single = !bindings[id].row.multi;
	out->choices = choices_of(&bindings[id]);
	return true;
}

static const char *
nearest(const void *ctx, struct slice name)
{
	const char *names[BINDING_COUNT];

	(void)ctx;
	for (size_t i = 0; i < BINDING_COUNT; i++)
		names[i] = bindings[i].row.name;
	return diag_nearest(name, names, BINDING_COUNT);
}

/* Modifiers made for process command lines and event logs. */
static const struct {
	const char *name, *why;
} refused[] = {
	{"base64",
		"header fields are decoded before policies see them: write "
		"the text itself"},
	{"base64offset",
		"header fields are decoded before policies see them: write "
		"the text itself"},
	{"wide", "text here is UTF-8: write the text itself"},
	{"utf16", "text here is UTF-8: write the text itself"},
	{"utf16le", "text here is UTF-8: write the text itself"},
	{"utf16be", "text here is UTF-8: write the text itself"},
	{"windash", "mail has no command lines: use |contains or |re"},
	{"minute", "use time.hour"},
	{"hour", "use time.hour"},
	{"day", "use time.weekday"},
	{"week", "use time.weekday"},
	{"month", "use time.weekday, or a correlation's timespan"},
	{"year", "use time.weekday, or a correlation's timespan"},
};

static const char *
refuse_modifier(const void *ctx, const char *modifier)
{
	(void)ctx;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (strcmp(modifier, refused[i].name) == 0)
			return refused[i].why;
	}
	return NULL;
}

const struct sigma_schema *
fields_schema(void)
{
	static const struct sigma_schema schema = {
		.resolve = resolve,
		.nearest = nearest,
		.refuse_modifier = refuse_modifier,
		.keywords = false,
	};

	return &schema;
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

static struct sigma_values
values_of(const void *ctx, const struct sigma_field *field, struct arena *arena)
{
	const struct binding *binding = &bindings[field->id];

	if (binding->fetch != NULL)
		return binding->fetch(ctx, arena);
	return fetch_header(ctx,
		slice_sub(field->name, HEADER_PREFIX.len, field->name.len),
		arena);
}

struct sigma_record
fields_record(const struct fields_source *source)
{
	return (struct sigma_record){.ctx = source, .values = values_of};
}

struct sigma_values
fields_values(const struct fields_source *source, struct slice name,
	struct arena *arena)
{
	struct sigma_field field = {.name = name, .id = fields_find(name)};

	if (field.id < 0)
		return (struct sigma_values){0};
	return values_of(source, &field, arena);
}
