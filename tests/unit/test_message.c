/* SPDX-License-Identifier: BSD-2-Clause */
/* The facts of a message: classification, limits and gaps, identity. */
#include "rows.h"

#include "base/arena.h"
#include "base/buf.h"
#include "mail/message.h"

#include <stdio.h>
#include <time.h>

#define ARENA_BYTES (1 << 20)
#define FIELDS_OF_ROW 4
#define STRANGER "203.0.113.9"

/* A message under construction with its realm: example.com is local. */
struct fixture {
	struct arena *arena;
	struct realm *realm;
	struct message_builder *builder;
};

static void
open_with(struct fixture *f, size_t bytes, const struct message_limits *limits)
{
	f->arena = arena_new(bytes);
	f->realm = realm_new();
	assert_true(realm_add_domain(f->realm, SLICE("example.com"), NULL));
	assert_true(realm_add_network(f->realm, SLICE("192.0.2.0/24"), NULL));
	f->builder = message_begin(f->arena, f->realm, limits);
	assert_non_null(f->builder);
}

static void
open_plain(struct fixture *f)
{
	open_with(f, ARENA_BYTES, NULL);
}

static void
close_all(struct fixture *f)
{
	arena_free(f->arena);
	realm_free(f->realm);
}

static void
set_ip(struct fixture *f, const char *ip)
{
	const struct client client = {.ip = slice_of(ip)};

	message_set_client(f->builder, &client);
}

/* "path param param": RCPT's or MAIL's arguments. */
static void
add_path(struct fixture *f, const char *text,
	void (*add)(struct message_builder *, struct slice,
		const struct slice *, size_t))
{
	struct slice rest = slice_of(text), path, params[4];
	size_t count = 0;

	assert_true(slice_next(&rest, ' ', &path));
	while (slice_next(&rest, ' ', &params[count]))
		count++;
	add(f->builder, path, params, count);
}

static void
add_field(struct fixture *f, const char *line)
{
	const char *colon = strchr(line, ':');

	message_add_field(f->builder,
		(struct slice){line, (size_t)(colon - line)},
		slice_of(colon + 1));
}

/* What is to be true of a message, by letter. */
enum flag {
	LIST = 1 << 0,
	AUTO = 1 << 1,
	BOUNCE = 1 << 2,
	ENCRYPTED = 1 << 3,
	NULL_SENDER = 1 << 4,
	OURS = 1 << 5,
	FROM_LOCAL = 1 << 6
};

static unsigned
flags_of(const struct message *message)
{
	return (message->list ? LIST : 0U) | (message->auto_reply ? AUTO : 0U) |
		(message->bounce ? BOUNCE : 0U) |
		(message->encrypted ? ENCRYPTED : 0U) |
		(message->null_sender ? NULL_SENDER : 0U) |
		(message->client_ours ? OURS : 0U) |
		(message->from_local ? FROM_LOCAL : 0U);
}

#define IN "<bob@partner.test>", "<alice@example.com>"
#define OUT "<alice@example.com>", "<bob@partner.test>"
#define WITHIN "<alice@example.com>", "<carol@example.com>"

static const struct class_row {
	const char *name;
	const char *ip; /* NULL: none */
	const char *auth_user; /* NULL: none */
	const char *sender, *recipient;
	const char *fields[FIELDS_OF_ROW];
	enum direction direction;
	unsigned flags;
} class_rows[] = {
	{"from outside", STRANGER, NULL, IN, {"From: bob@partner.test"},
		DIRECTION_INBOUND, 0},
	{"from outside, claiming to be ours", STRANGER, NULL, WITHIN,
		{"From: alice@example.com"}, DIRECTION_INBOUND, FROM_LOCAL},
	{"from our network to the outside", "192.0.2.1", NULL, OUT,
		{"From: Alice <alice@EXAMPLE.com>"}, DIRECTION_OUTBOUND,
		OURS | FROM_LOCAL},
	{"authenticated from anywhere", STRANGER, "alice", OUT,
		{"From: alice@example.com"}, DIRECTION_OUTBOUND,
		OURS | FROM_LOCAL},
	{"within", "192.0.2.1", NULL, WITHIN, {"From: alice@example.com"},
		DIRECTION_INTERNAL, OURS | FROM_LOCAL},
	{"within, authenticated", STRANGER, "alice", WITHIN, {NULL},
		DIRECTION_INTERNAL, OURS},
	{"made on the machine", NULL, NULL, WITHIN, {NULL}, DIRECTION_INTERNAL,
		OURS},
	{"made on the machine, no domain", NULL, NULL, "root",
		"alice@example.com", {NULL}, DIRECTION_INTERNAL, OURS},
	{"a stranger's mail through our relay", "192.0.2.1", NULL, IN,
		{"From: bob@partner.test"}, DIRECTION_INBOUND, OURS},
	{"our own bounce", NULL, NULL, "<>", "<alice@example.com>",
		{"From: MAILER-DAEMON@example.com"}, DIRECTION_INTERNAL,
		OURS | FROM_LOCAL | NULL_SENDER | BOUNCE},
	{"a stranger's bounce", STRANGER, NULL, "<>", "<alice@example.com>",
		{"From: MAILER-DAEMON@partner.test",
			"Content-Type: multipart/report; report-type=x"},
		DIRECTION_INBOUND, NULL_SENDER | BOUNCE},
	{"a report with a sender", STRANGER, NULL, IN,
		{"Content-Type: Multipart/Report (x); report-type=\n feedback"},
		DIRECTION_INBOUND, BOUNCE},
	{"the second Content-Type counts for nothing", STRANGER, NULL, IN,
		{"Content-Type: text/plain", "Content-Type: multipart/report"},
		DIRECTION_INBOUND, 0},

	{"List-Id", STRANGER, NULL, IN, {"List-Id: <l.partner.test>"},
		DIRECTION_INBOUND, LIST},
	{"List-Post", STRANGER, NULL, IN, {"LIST-POST: NO"}, DIRECTION_INBOUND,
		LIST},
	{"Precedence: list", STRANGER, NULL, IN, {"Precedence: List"},
		DIRECTION_INBOUND, LIST},
	{"Precedence: bulk", STRANGER, NULL, IN, {"Precedence: bulk"},
		DIRECTION_INBOUND, 0},
	{"X-BeenThere", STRANGER, NULL, IN, {"X-BeenThere: l@partner.test"},
		DIRECTION_INBOUND, LIST},
	{"Mailing-List", STRANGER, NULL, IN,
		{"Mailing-List: contact x@partner.test"}, DIRECTION_INBOUND,
		LIST},
	{"X-Mailing-List", STRANGER, NULL, IN, {"X-Mailing-List: l@x.test"},
		DIRECTION_INBOUND, LIST},
	{"an empty List-Id", STRANGER, NULL, IN, {"List-Id: "},
		DIRECTION_INBOUND, 0},
	{"a newsletter", STRANGER, NULL, IN,
		{"List-Unsubscribe: <https://x.test/>"}, DIRECTION_INBOUND, 0},

	{"auto-replied", STRANGER, NULL, IN, {"Auto-Submitted: auto-replied"},
		DIRECTION_INBOUND, AUTO},
	{"auto-replied with more", STRANGER, NULL, IN,
		{"Auto-Submitted: Auto-Replied (vacation); x=y"},
		DIRECTION_INBOUND, AUTO},
	{"auto-generated", STRANGER, NULL, IN,
		{"Auto-Submitted: auto-generated"}, DIRECTION_INBOUND, 0},
	{"Auto-Submitted: no", STRANGER, NULL, IN, {"Auto-Submitted: no"},
		DIRECTION_INBOUND, 0},
	{"X-Autoreply", STRANGER, NULL, IN, {"X-Autoreply: yes"},
		DIRECTION_INBOUND, AUTO},
	{"X-Autoreply: no", STRANGER, NULL, IN, {"X-Autoreply: no"},
		DIRECTION_INBOUND, 0},
	{"X-Autorespond", STRANGER, NULL, IN, {"X-Autorespond: Hello"},
		DIRECTION_INBOUND, AUTO},
	{"X-Autogenerated: Reply", STRANGER, NULL, IN,
		{"X-Autogenerated: Reply"}, DIRECTION_INBOUND, AUTO},
	{"X-Autogenerated: Forward", STRANGER, NULL, IN,
		{"X-Autogenerated: Forward"}, DIRECTION_INBOUND, 0},
	{"Precedence: auto_reply", STRANGER, NULL, IN,
		{"Precedence: auto_reply"}, DIRECTION_INBOUND, AUTO},
	{"suppressed answers and a null sender", STRANGER, NULL, "<>",
		"<alice@example.com>", {"X-Auto-Response-Suppress: All"},
		DIRECTION_INBOUND, AUTO | NULL_SENDER | BOUNCE},
	{"suppressed answers alone", STRANGER, NULL, IN,
		{"X-Auto-Response-Suppress: DR, OOF"}, DIRECTION_INBOUND, 0},

	{"PGP/MIME", STRANGER, NULL, IN,
		{"Content-Type: multipart/encrypted; "
		 "protocol=\"application/pgp-encrypted\""},
		DIRECTION_INBOUND, ENCRYPTED},
	{"S/MIME", STRANGER, NULL, IN,
		{"Content-Type: application/pkcs7-mime;\n\t"
		 "smime-type=enveloped-data; name=smime.p7m"},
		DIRECTION_INBOUND, ENCRYPTED},
	{"S/MIME, authenticated", STRANGER, NULL, IN,
		{"Content-Type: application/pkcs7-mime; "
		 "smime-type=authEnveloped-data"},
		DIRECTION_INBOUND, ENCRYPTED},
	{"S/MIME without its type", STRANGER, NULL, IN,
		{"Content-Type: application/x-pkcs7-mime; name=smime.p7m"},
		DIRECTION_INBOUND, ENCRYPTED},
	{"S/MIME, signed alone", STRANGER, NULL, IN,
		{"Content-Type: application/pkcs7-mime; "
		 "smime-type=signed-data"},
		DIRECTION_INBOUND, 0},
	{"signed in the clear", STRANGER, NULL, IN,
		{"Content-Type: multipart/signed; micalg=sha-256"},
		DIRECTION_INBOUND, 0},
};

static void
check_class(void **state)
{
	const struct class_row *row = *state;
	const struct client client = {
		.ip = slice_of(row->ip),
		.auth_user = slice_of(row->auth_user),
	};
	struct fixture f;
	const struct message *message;

	open_plain(&f);
	message_set_client(f.builder, &client);
	add_path(&f, row->sender, message_set_sender);
	add_path(&f, row->recipient, message_add_recipient);
	for (size_t i = 0; i < FIELDS_OF_ROW && row->fields[i] != NULL; i++)
		add_field(&f, row->fields[i]);
	message = message_finish(f.builder, 1);
	assert_int_equal(message->direction, row->direction);
	assert_int_equal(flags_of(message), row->flags);
	assert_int_equal(message->gaps, 0);
	close_all(&f);
}

static const struct rcpt_row {
	const char *name, *rcpt;
	const char *expected; /* address|original|notify|external|local */
} rcpt_rows[] = {
	{"plain", "<bob@partner.test>", "bob@partner.test|||1|0"},
	{"local", "<alice@example.com>", "alice@example.com|||0|0"},
	{"no domain is local", "alice", "alice|||0|0"},
	{"ORCPT of a local mailbox",
		"<drop@free.test> ORCPT=rfc822;alice@example.com",
		"drop@free.test|alice@example.com||1|1"},
	{"ORCPT of a stranger",
		"<drop@free.test> ORCPT=rfc822;bob@partner.test",
		"drop@free.test|bob@partner.test||1|0"},
	{"ORCPT and NOTIFY",
		"<drop@free.test> NOTIFY=NEVER "
		"orcpt=rfc822;a+2Bb@example.com",
		"drop@free.test|a+b@example.com|NEVER|1|1"},
	{"broken ORCPT", "<drop@free.test> ORCPT=rfc822;",
		"drop@free.test|||1|0"},
	{"broken recipient", "<\"drop@free.test>", "\"drop@free.test|||1|0"},
	{"IDN",
		"<x@B\xC3\xBC"
		"cher.example>",
		"x@xn--bcher-kva.example|||1|0"},
};

static void
check_rcpt(void **state)
{
	const struct rcpt_row *row = *state;
	const struct recipient *rcpt;
	const struct message *message;
	struct buf got = {0};
	struct fixture f;

	open_plain(&f);
	add_path(&f, row->rcpt, message_add_recipient);
	message = message_finish(f.builder, 1);
	assert_int_equal(message->rcpt_count, 1);
	rcpt = message->rcpts;
	buf_printf(&got, "%.*s|%.*s|%.*s|%d|%d", SLICE_ARG(rcpt->address.text),
		SLICE_ARG(rcpt->original.text), SLICE_ARG(rcpt->notify),
		rcpt->external, rcpt->original_local);
	assert_string_equal(buf_slice(&got).p, row->expected);
	assert_int_equal(message->rcpt_external, rcpt->external);
	buf_fini(&got);
	close_all(&f);
}

static const struct auth_row {
	const char *name, *sender;
	const char *expected; /* NULL: absent */
} auth_rows[] = {
	{"none", "<a@example.com>", NULL},
	{"of somebody", "<a@example.com> AUTH=alice@example.com",
		"alice@example.com"},
	{"in xtext", "<a@example.com> SIZE=1 AUTH=a+2Bb@example.com",
		"a+b@example.com"},
	{"of nobody", "<a@example.com> AUTH=<>", ""},
};

static void
check_auth(void **state)
{
	const struct auth_row *row = *state;
	const struct message *message;
	struct fixture f;

	open_plain(&f);
	add_path(&f, row->sender, message_set_sender);
	message = message_finish(f.builder, 1);
	assert_int_equal(slice_is_absent(message->mail_auth.text),
		row->expected == NULL);
	assert_true(
		slice_equal(message->mail_auth.text, slice_of(row->expected)));
	close_all(&f);
}

static const struct id_row {
	const char *name, *field;
	const char *expected; /* NULL: absent */
} id_rows[] = {
	{"plain", "Message-ID: <1@x.test>", "1@x.test"},
	{"another case", "MESSAGE-ID: <1@x.test>", "1@x.test"},
	{"folded", "Message-ID:\n <1@x.test>", "1@x.test"},
	{"comment", "Message-ID: (x) <1@x.test> (y)", "1@x.test"},
	{"no brackets", "Message-ID: 1@x.test", "1@x.test"},
	{"bracket not closed", "Message-ID: <1@x.test", "1@x.test"},
	{"empty", "Message-ID: <>", NULL},
	{"nothing", "Message-ID: ", NULL},
	{"another field", "X-Message-ID: <1@x.test>", NULL},
};

static void
check_id(void **state)
{
	const struct id_row *row = *state;
	const struct message *message;
	struct fixture f;

	open_plain(&f);
	add_field(&f, row->field);
	message = message_finish(f.builder, 1);
	assert_int_equal(
		slice_is_absent(message->message_id), row->expected == NULL);
	assert_true(slice_equal(message->message_id, slice_of(row->expected)));
	close_all(&f);
}

static void
reads_the_header(void **state)
{
	const struct message *message;
	struct fixture f;

	(void)state;
	open_plain(&f);
	add_field(&f, "Received: by b.test with LMTP id 2");
	add_field(&f, "Received: by a.test with ESMTP id 1");
	add_field(&f, "From: A <a@x.test>");
	add_field(&f, "Sender: s@x.test, t@x.test");
	add_field(&f, "Reply-To: r@x.test");
	add_field(&f, "To: b@x.test,\n\tc@x.test");
	add_field(&f, "Cc: d@x.test");
	add_field(&f, "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=");
	add_field(&f, "Subject: another");
	message = message_finish(f.builder, 42);
	assert_int_equal(message->at_ms, 42);
	assert_int_equal(message->hop_count, 2);
	assert_true(slice_equal(message->hops[0].by, SLICE("b.test")));
	assert_int_equal(message->hops[1].field_index, 1);
	assert_int_equal(message->from.count, 1);
	assert_true(slice_equal(message->from.at[0].name, SLICE("A")));
	assert_true(slice_equal(message->sender.text, SLICE("s@x.test")));
	assert_int_equal(message->reply_to.count, 1);
	assert_int_equal(message->to.count, 2);
	assert_true(slice_equal(message->to.at[1].text, SLICE("c@x.test")));
	assert_int_equal(message->cc.count, 1);
	assert_true(slice_equal(message->subject,
		SLICE("Gr\xC3\xBC\xC3\x9F"
		      "e")));
	assert_int_equal(message->gaps, 0);
	close_all(&f);
}

static void
joins_fields_of_one_name(void **state)
{
	const struct message *message;
	struct fixture f;

	(void)state;
	open_plain(&f);
	add_field(&f, "From: a@x.test");
	add_field(&f, "Subject: x");
	add_field(&f, "From: alice@example.com, b@x.test");
	message = message_finish(f.builder, 1);
	assert_int_equal(message->from.count, 3);
	assert_true(slice_equal(
		message->from.at[1].text, SLICE("alice@example.com")));
	assert_true(message->from_local);
	close_all(&f);
}

static void
finds_fields(void **state)
{
	const struct message *message;
	const struct field *field;
	struct fixture f;

	(void)state;
	open_plain(&f);
	for (size_t i = 0; i < 200; i++) {
		char line[32];

		(void)snprintf(line, sizeof(line), "X-%zu: %zu", i % 50, i);
		add_field(&f, line);
	}
	message = message_finish(f.builder, 1);
	field = message_first_named(message, SLICE("x-7"));
	assert_int_equal(field->index, 7);
	field = message_next(field);
	assert_int_equal(field->index, 57);
	assert_true(slice_equal(field->value, SLICE("57")));
	assert_null(message_next(message_next(message_next(field))));
	assert_null(message_first_named(message, SLICE("X-77")));
	assert_null(message_first_named(message, SLICE("")));
	close_all(&f);
}

static void
a_message_of_nothing(void **state)
{
	const struct message *message;
	struct fixture f;

	(void)state;
	open_plain(&f);
	message = message_finish(f.builder, 1);
	assert_false(message->null_sender);
	assert_false(message->bounce);
	assert_int_equal(message->field_count, 0);
	assert_null(message_first(message, NAME_FROM));
	assert_null(message_first_named(message, SLICE("From")));
	assert_int_equal(message->gaps, 0);
	close_all(&f);
}

static void
late_macros_are_kept(void **state)
{
	const struct client late = {.auth_user = SLICE("alice")};
	const struct message *message;
	struct fixture f;

	(void)state;
	open_plain(&f);
	set_ip(&f, STRANGER);
	message_set_client(f.builder, &late);
	message_set_queue_id(f.builder, SLICE("4Qk2"));
	message_set_queue_id(f.builder, (struct slice){NULL, 0});
	message = message_finish(f.builder, 1);
	assert_true(slice_equal(message->client.ip, SLICE(STRANGER)));
	assert_true(slice_equal(message->client.auth_user, SLICE("alice")));
	assert_true(slice_equal(message->queue_id, SLICE("4Qk2")));
	close_all(&f);
}

static const struct message_limits small = {
	.fields = 4,
	.field_bytes = 16,
	.recipients = 2,
	.addresses = 2,
};

/* Junk on top must not push From out of sight. */
static void
fields_past_the_limit(void **state)
{
	const struct message *message;
	struct fixture f;

	(void)state;
	open_with(&f, ARENA_BYTES, &small);
	for (size_t i = 0; i < 10; i++)
		add_field(&f, "X-Junk: x");
	add_field(&f, "Delivered-To: c@x.test");
	add_field(&f, "From: a@x.test");
	for (size_t i = 0; i < 10; i++)
		add_field(&f, "To: b@x.test");
	message = message_finish(f.builder, 1);
	assert_int_equal(message->field_count, 2 * small.fields);
	assert_int_equal(message->from.count, 1);
	assert_non_null(message_first(message, NAME_DELIVERED_TO));
	assert_true(message->gaps & GAP_FIELDS);
	close_all(&f);
}

/* Nor may thousands of one known name. */
static void
one_name_past_the_limit(void **state)
{
	static const struct message_limits limits = {.fields = 100,
		.field_bytes = 1000,
		.recipients = 10,
		.addresses = 10};
	const struct message *message;
	struct fixture f;

	(void)state;
	open_with(&f, ARENA_BYTES, &limits);
	for (size_t i = 0; i < 1000; i++)
		add_field(&f, "X-Forwarden: x");
	add_field(&f, "From: a@x.test");
	message = message_finish(f.builder, 1);
	assert_int_equal(message->from.count, 1);
	assert_int_equal(message->tag_count, 1000);
	assert_true(message->gaps & GAP_FIELDS);
	close_all(&f);
}

static void
values_past_the_limit(void **state)
{
	const struct message *message;
	struct fixture f;

	(void)state;
	open_with(&f, ARENA_BYTES, &small);
	add_field(&f, "X-A:0123456789abcdef");
	message = message_finish(f.builder, 1);
	assert_int_equal(message->gaps, 0);
	close_all(&f);
	open_with(&f, ARENA_BYTES, &small);
	add_field(&f, "X-A:0123456789abcdefg");
	message = message_finish(f.builder, 1);
	assert_int_equal(message->fields[0].value.len, small.field_bytes);
	assert_int_equal(message->gaps, GAP_FIELD_CUT);
	close_all(&f);
}

static void
nul_cuts_a_value(void **state)
{
	const struct message *message;
	struct fixture f;

	(void)state;
	open_plain(&f);
	message_add_field(f.builder, SLICE("Subject"), SLICE("a\0b"));
	message = message_finish(f.builder, 1);
	assert_true(slice_equal(message->subject, SLICE("a")));
	assert_int_equal(message->gaps, GAP_FIELD_CUT);
	close_all(&f);
}

static void
recipients_past_the_limit(void **state)
{
	const struct message *message;
	struct fixture f;

	(void)state;
	open_with(&f, ARENA_BYTES, &small);
	for (size_t i = 0; i < 5; i++)
		add_path(&f, "<a@x.test>", message_add_recipient);
	message = message_finish(f.builder, 1);
	assert_int_equal(message->rcpt_count, small.recipients);
	assert_int_equal(message->rcpt_total, 5);
	assert_int_equal(message->gaps, GAP_RECIPIENTS);
	close_all(&f);
}

static void
a_thousand_recipients(void **state)
{
	const struct message *message;
	struct fixture f;

	(void)state;
	open_plain(&f);
	for (size_t i = 0; i < 1000; i++) {
		add_path(&f, "<a@x.test> ORCPT=rfc822;b@example.com",
			message_add_recipient);
	}
	message = message_finish(f.builder, 1);
	assert_int_equal(message->rcpt_count, 1000);
	assert_int_equal(message->rcpt_external, 1000);
	assert_true(message->rcpts[999].original_local);
	assert_int_equal(message->gaps, 0);
	close_all(&f);
}

static void
addresses_past_the_limit(void **state)
{
	const struct message *message;
	struct fixture f;

	(void)state;
	open_with(&f, ARENA_BYTES, &small);
	add_field(&f, "To: a@b,c@d,e@f");
	message = message_finish(f.builder, 1);
	assert_int_equal(message->to.count, small.addresses);
	assert_int_equal(message->gaps, GAP_ADDRESSES);
	close_all(&f);
	open_with(&f, ARENA_BYTES, &small);
	add_field(&f, "To: a@b,c@d");
	add_field(&f, "To: e@f");
	message = message_finish(f.builder, 1);
	assert_int_equal(message->to.count, small.addresses);
	assert_int_equal(message->gaps, GAP_ADDRESSES);
	close_all(&f);
}

static const struct broken_row {
	const char *name, *field;
} broken_rows[] = {
	{"an author that cannot be read", "From: two words"},
	{"a recipient that cannot be read", "To: a@b, c@d@e"},
	{"a name with a space", "X Y: z"},
	{"a name of nothing", ": z"},
	{"a name of eight bits", "X-\xC3\xA4: z"},
};

static void
check_broken(void **state)
{
	const struct broken_row *row = *state;
	const struct message *message;
	struct fixture f;

	open_plain(&f);
	add_field(&f, row->field);
	message = message_finish(f.builder, 1);
	assert_int_equal(message->field_count, 1);
	assert_int_equal(message->gaps, GAP_BROKEN_HEADER);
	close_all(&f);
}

/* However small the arena, a message comes out of it. */
static void
any_arena_will_do(void **state)
{
	(void)state;
	for (size_t bytes = 2048; bytes < 20000; bytes += 16) {
		const struct message *message;
		struct fixture f;
		size_t i;

		open_with(&f, bytes, NULL);
		add_path(&f, "<a@x.test> AUTH=b@x.test", message_set_sender);
		add_path(&f, "<c@x.test> ORCPT=rfc822;d@x.test",
			message_add_recipient);
		for (i = 0; i < 40; i++)
			add_field(&f, "X-Junk: =?utf-8?Q?x?=\n y");
		add_field(&f, "Received: by a.test for <a@b.test>");
		add_field(&f, "From: A\\B \"x\" <a@x.test>");
		message = message_finish(f.builder, 1);
		assert_non_null(message);
		if (message->from.count == 0)
			assert_true(message->gaps != 0);
		assert_true(arena_used(f.arena) <= bytes);
		close_all(&f);
	}
}

/* Parsing has its share whatever the header took. */
static void
from_survives_a_full_arena(void **state)
{
	static char junk[1000];
	const struct message *message;
	struct fixture f;

	(void)state;
	memset(junk, 'x', sizeof(junk));
	open_with(&f, 65536, NULL);
	add_path(&f, "<drop@free.test> ORCPT=rfc822;alice@example.com",
		message_add_recipient);
	for (size_t i = 0; i < 100; i++) {
		message_add_field(f.builder, SLICE("X-Junk"),
			(struct slice){junk, sizeof(junk)});
	}
	add_field(&f, "From: alice@example.com");
	message = message_finish(f.builder, 1);
	assert_int_equal(message->gaps, GAP_BYTES);
	assert_true(message->from_local);
	assert_true(message->rcpts[0].original_local);
	close_all(&f);
}

/* What a hostile sender repeats, in the hope that reading it takes the square
 * of its length. */
static const struct pattern_row {
	const char *name, *pattern;
} pattern_rows[] = {
	{"64 KiB of (", "("},
	{"64 KiB of )", ")"},
	{"64 KiB of quotes", "\""},
	{"64 KiB of <", "<"},
	{"64 KiB of [", "["},
	{"64 KiB of @", "@"},
	{"64 KiB of a@", "a@"},
	{"64 KiB of addresses", "a@b,"},
	{"64 KiB of groups", "a:"},
	{"64 KiB of dots", ". "},
	{"64 KiB of words", "a "},
	{"64 KiB of backslashes", "\\"},
	{"64 KiB of comments", "(a)"},
	{"64 KiB of opened comments and words", "(a(b "},
	{"64 KiB of quoted words", "\"a\"."},
	{"64 KiB of line ends", "\n "},
	{"64 KiB of beginnings of words", "=?x?Q?,"},
	{"64 KiB of unknown charsets", "=?x-n?Q?a?= "},
	{"64 KiB of broken words", "=?utf-8?B?!?= "},
	{"64 KiB of bad bytes", "=?iso-8859-9?Q?=FF?= "},
	{"64 KiB of parameters", ";a="},
	{"64 KiB of pieces", ";smime-type*0="},
	{"64 KiB of dates", "; 1 Jan 2024 "},
	{"64 KiB of semicolons and comments", "; (((x"},
	{"64 KiB of clauses", "from [192.0.2.1] "},
	{"64 KiB of routes", "<@a,"},
};

#define PATTERN_BYTES 65536

static void
add_pattern(
	struct fixture *f, const char *name, const char *pattern, size_t bytes)
{
	struct buf value = {0};

	if (strcmp(name, "Content-Type") == 0)
		buf_puts(&value, "application/pkcs7-mime");
	while (value.len < bytes)
		buf_puts(&value, pattern);
	message_add_field(f->builder, slice_of(name),
		slice_sub(buf_slice(&value), 0, bytes));
	buf_fini(&value);
}

/* Seconds of CPU for a header of such fields. */
static double
seconds_for(const char *pattern, size_t bytes)
{
	static const char *const names[] = {
		"Received", "From", "To", "Subject", "Content-Type"};
	struct fixture f;
	clock_t start;
	double seconds;
	size_t i;

	open_with(&f, 64 << 20, NULL);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		add_pattern(&f, names[i], pattern, bytes);
	start = clock();
	assert_int_equal(message_finish(f.builder, 1)->field_count, i);
	seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
	close_all(&f);
	return seconds;
}

/* A quarter of the text takes more than an eighth of the time: with the
 * square it would be a sixteenth. Too little time to be sure is fine. */
static void
check_pattern(void **state)
{
	const struct pattern_row *row = *state;
	double whole = seconds_for(row->pattern, PATTERN_BYTES);

	if (whole > 0.25) {
		assert_true(whole <
			8 * seconds_for(row->pattern, PATTERN_BYTES / 4));
	}
}

/* The identity of a message with that Message-ID field, sender, recipient,
 * client and queue id. */
static void
identify(const char *const parts[5], char hex[33])
{
	const struct message *message;
	struct slice identity;
	struct fixture f;

	open_plain(&f);
	set_ip(&f, parts[3]);
	message_set_queue_id(f.builder, slice_of(parts[4]));
	add_path(&f, parts[1], message_set_sender);
	add_path(&f, parts[2], message_add_recipient);
	add_field(&f, parts[0]);
	message = message_finish(f.builder, 1);
	identity = message_identity(message, message->rcpts);
	assert_int_equal(identity.len, 32);
	memcpy(hex, identity.p, 32);
	hex[32] = '\0';
	close_all(&f);
}

/* Message-ID field, sender, recipient, client, queue id. */
static const char *const arrival[] = {
	"Message-ID: <1@x.test>", "<a@x.test>", "<b@y.test>", STRANGER, "Q1"};

static void
identity_survives_a_retry(void **state)
{
	const char *other[5];
	char first[33], second[33];

	(void)state;
	identify(arrival, first);
	memcpy(other, arrival, sizeof(other));
	other[4] = "Q2";
	identify(other, second);
	assert_string_equal(first, second);
}

static void
identity_is_one_at_intake_and_egress(void **state)
{
	const char *egress[5];
	char first[33], second[33];

	(void)state;
	identify(arrival, first);
	memcpy(egress, arrival, sizeof(egress));
	egress[3] = "127.0.0.1";
	egress[4] = "Q2";
	identify(egress, second);
	assert_string_equal(first, second);
}

/* As masquerading does between two listeners; a stranger's is a part of it. */
static void
identity_leaves_a_sender_of_ours_out(void **state)
{
	const char *one[5], *other[5];
	char first[33], second[33];

	(void)state;
	memcpy(one, arrival, sizeof(one));
	memcpy(other, arrival, sizeof(other));
	one[1] = "<alice@example.com>";
	other[1] = "<a.smith@example.com>";
	identify(one, first);
	identify(other, second);
	assert_string_equal(first, second);
	other[1] = "<c@x.test>";
	identify(other, second);
	assert_string_not_equal(first, second);
	identify(arrival, first);
	assert_string_not_equal(first, second);
}

static void
identity_tells_messages_apart(void **state)
{
	static const char *const changed[] = {
		"Message-ID: <2@x.test>", "<c@x.test>", "<c@y.test>"};
	char first[33], second[33];

	(void)state;
	identify(arrival, first);
	for (size_t i = 0; i < sizeof(changed) / sizeof(*changed); i++) {
		const char *other[5];

		memcpy(other, arrival, sizeof(other));
		other[i] = changed[i];
		identify(other, second);
		assert_string_not_equal(first, second);
	}
}

/* One Message-ID for all that he sends does not make it one message. */
static void
identity_of_another_subject(void **state)
{
	static const char *const subjects[] = {
		"Subject: the roof", "Subject: the roof", "Subject: the sea"};
	char hex[3][33] = {"", "", ""};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct message *message;
		struct fixture f;

		open_plain(&f);
		add_path(&f, "<b@y.test>", message_add_recipient);
		add_field(&f, "Message-ID: <1@x.test>");
		add_field(&f, subjects[i]);
		message = message_finish(f.builder, 1);
		memcpy(hex[i], message_identity(message, message->rcpts).p, 32);
		close_all(&f);
	}
	assert_string_equal(hex[0], hex[1]);
	assert_string_not_equal(hex[0], hex[2]);
}

static void
identity_without_a_message_id(void **state)
{
	const char *dated[] = {
		"Date: now", "<a@x.test>", "<b@y.test>", STRANGER, "Q1"};
	const char *bare[] = {
		"X-A: b", "<a@x.test>", "<b@y.test>", STRANGER, "Q1"};
	char first[33], second[33];

	(void)state;
	identify(dated, first);
	dated[4] = "Q2";
	identify(dated, second);
	assert_string_equal(first, second);
	dated[0] = "Date: later";
	identify(dated, second);
	assert_string_not_equal(first, second);
	identify(bare, first);
	bare[4] = "Q2";
	identify(bare, second);
	assert_string_not_equal(first, second);
}

static void
gaps_have_names(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < GAP_COUNT; bit++) {
		assert_true(strlen(message_gap_name(bit)) > 0);
		for (unsigned other = 0; other < bit; other++)
			assert_string_not_equal(
				message_gap_name(bit), message_gap_name(other));
	}
	assert_string_equal(message_gap_name(1), "field-cut");
	assert_string_equal(message_gap_name(GAP_COUNT), "");
	assert_string_equal(
		message_direction_name(DIRECTION_INTERNAL), "internal");
}

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(reads_the_header),
		cmocka_unit_test(joins_fields_of_one_name),
		cmocka_unit_test(finds_fields),
		cmocka_unit_test(a_message_of_nothing),
		cmocka_unit_test(late_macros_are_kept),
		cmocka_unit_test(fields_past_the_limit),
		cmocka_unit_test(one_name_past_the_limit),
		cmocka_unit_test(values_past_the_limit),
		cmocka_unit_test(nul_cuts_a_value),
		cmocka_unit_test(recipients_past_the_limit),
		cmocka_unit_test(a_thousand_recipients),
		cmocka_unit_test(addresses_past_the_limit),
		cmocka_unit_test(any_arena_will_do),
		cmocka_unit_test(from_survives_a_full_arena),
		cmocka_unit_test(identity_survives_a_retry),
		cmocka_unit_test(identity_is_one_at_intake_and_egress),
		cmocka_unit_test(identity_leaves_a_sender_of_ours_out),
		cmocka_unit_test(identity_tells_messages_apart),
		cmocka_unit_test(identity_of_another_subject),
		cmocka_unit_test(identity_without_a_message_id),
		cmocka_unit_test(gaps_have_names),
	};
	struct rows all = {0};

	ROWS_ADD(&all, class_rows, check_class);
	ROWS_ADD(&all, rcpt_rows, check_rcpt);
	ROWS_ADD(&all, auth_rows, check_auth);
	ROWS_ADD(&all, id_rows, check_id);
	ROWS_ADD(&all, broken_rows, check_broken);
	ROWS_TESTS(&all, others);
	ROWS_ADD(&all, pattern_rows, check_pattern);
	return rows_run(&all, "message");
}
