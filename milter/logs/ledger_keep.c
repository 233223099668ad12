/* SPDX-License-Identifier: BSD-2-Clause */
/* Hashes are kept as hex digits; the seed with them, so that they stay the
 * same. */
#include "logs/ledger_keep.h"

#include "base/json_writer.h"
#include "logs/ledger_state.h"

#include <stdio.h>
#include <stdlib.h>

#define HASH_DIGITS 16
#define HEX 16

static void
put_hash(struct json_writer *json, const char *key, uint64_t hash)
{
	char text[HASH_DIGITS + 1];

	(void)snprintf(text, sizeof(text), "%016llx", (unsigned long long)hash);
	json_writer_text(json, key, slice_of(text));
}

/* Not those that say nothing. */
static void
put_text(struct json_writer *json, const char *key, const char *text)
{
	if (text != NULL && text[0] != '\0')
		json_writer_text(json, key, slice_of(text));
}

static void
begin_line(struct json_writer *json, const char *what)
{
	json->follows = false;
	json_writer_open_map(json, NULL);
	json_writer_open_map(json, what);
}

static void
end_line(struct json_writer *json)
{
	json_writer_close_map(json);
	json_writer_close_map(json);
	buf_add_byte(json->out, '\n');
}

static void
keep_head(const struct ledger *ledger, struct json_writer *json)
{
	begin_line(json, "ledger");
	put_hash(json, "seed", ledger->seed);
	json_writer_open_list(json, "hosts");
	for (size_t i = 0; i < ledger->host_count; i++)
		put_hash(json, NULL, ledger->hosts[i]);
	json_writer_close_list(json);
	end_line(json);
}

static void
keep_word(const struct ledger_word *word, struct json_writer *json)
{
	json_writer_open_map(json, NULL);
	json_writer_number(json, "kind", word->kind);
	json_writer_bool(json, "used", word->used);
	json_writer_number(json, "at", word->at_ms);
	json_writer_text(json, "mailbox", slice_of(word->mailbox));
	json_writer_text(json, "to", slice_of(word->destination));
	json_writer_close_map(json);
}

static void
keep_family(const struct ledger_family *family, struct json_writer *json)
{
	begin_line(json, "family");
	put_hash(json, "message", family->message);
	json_writer_number(json, "spoken", family->spoken_ms);
	json_writer_open_list(json, "words");
	for (const struct ledger_word *word = family->words; word != NULL;
		word = word->next)
		keep_word(word, json);
	json_writer_close_list(json);
	json_writer_open_list(json, "got");
	for (uint32_t i = 0; i < family->got_count; i++) {
		json_writer_open_map(json, NULL);
		json_writer_text(
			json, "mailbox", slice_of(family->got[i].mailbox));
		json_writer_bool(json, "command", family->got[i].command);
		json_writer_close_map(json);
	}
	json_writer_close_list(json);
	end_line(json);
}

enum rcpt_flag {
	RCPT_CHILD = 1,
	RCPT_EXIM = 2,
	RCPT_EXPANDED = 4,
	RCPT_GIVEN = 8,
	RCPT_KEEPS = 16,
	RCPT_JUDGED = 32
};

static unsigned
flags_of(const struct ledger_rcpt *rcpt)
{
	return (rcpt->made_child ? RCPT_CHILD : 0U) |
		(rcpt->exim ? RCPT_EXIM : 0U) |
		(rcpt->expanded ? RCPT_EXPANDED : 0U) |
		(rcpt->as_given ? RCPT_GIVEN : 0U) |
		(rcpt->keeps ? RCPT_KEEPS : 0U) |
		(rcpt->judged ? RCPT_JUDGED : 0U);
}

static void
keep_rcpt(const struct ledger_rcpt *rcpt, struct json_writer *json)
{
	json_writer_open_map(json, NULL);
	put_text(json, "to", rcpt->address);
	put_text(json, "original", rcpt->original);
	put_text(json, "nearest", rcpt->nearest);
	put_text(json, "relay", rcpt->relay);
	put_text(json, "command", rcpt->command);
	put_text(json, "program", rcpt->program);
	put_text(json, "next", rcpt->next_id);
	json_writer_number(json, "at", rcpt->at_ms);
	json_writer_number(json, "status", rcpt->status);
	json_writer_number(json, "way", rcpt->way);
	json_writer_number(json, "flags", flags_of(rcpt));
	json_writer_close_map(json);
}

static void
keep_mail(const struct ledger *ledger, const struct ledger_mail *mail,
	struct json_writer *json)
{
	begin_line(json, "mail");
	put_text(json, "id", mail->id);
	put_hash(json, "host", mail->host);
	if (mail->family != NULL)
		put_hash(json, "family", mail->family->message);
	put_text(json, "sender", mail->sender);
	put_text(json, "client", mail->client);
	put_text(json, "ip", mail->client_ip);
	put_text(json, "login", mail->login);
	put_text(json, "parent", mail->parent);
	put_text(json, "before", mail->before_id);
	json_writer_number(json, "nrcpt", mail->nrcpt);
	json_writer_number(json, "given", mail->given);
	json_writer_number(json, "flags", mail->flags);
	json_writer_number(json, "begun", mail->begun_ms);
	json_writer_number(json, "done", mail->done_ms);
	json_writer_bool(json, "settles", mail->in_done);
	json_writer_bool(
		json, "retired", hashes_find(&ledger->ids, mail->key) != mail);
	json_writer_open_list(json, "rcpts");
	for (const struct ledger_rcpt *rcpt = mail->rcpts; rcpt != NULL;
		rcpt = rcpt->next)
		keep_rcpt(rcpt, json);
	json_writer_close_list(json);
	end_line(json);
}

void
ledger_keep(const struct ledger *ledger, struct buf *out)
{
	struct json_writer json = {.out = out};

	keep_head(ledger, &json);
	for (size_t i = 0; i < ledger->families.room; i++) {
		if (ledger->families.values[i] != NULL)
			keep_family(ledger->families.values[i], &json);
	}
	for (const struct ledger_mail *mail = ledger->oldest; mail != NULL;
		mail = mail->newer)
		keep_mail(ledger, mail, &json);
}

/* 0: it is none. */
static uint64_t
hash_of(struct slice text)
{
	char digits[HASH_DIGITS + 1] = "";

	if (text.len != HASH_DIGITS)
		return 0;
	memcpy(digits, text.p, HASH_DIGITS);
	return strtoull(digits, NULL, HEX);
}

static bool
restore_head(struct ledger *ledger, const struct json *line)
{
	const struct json *hosts = json_find(line, "hosts");

	ledger->seed = hash_of(json_text(line, "seed"));
	for (size_t i = 0;
		i < json_count(hosts) && ledger->host_count < LEDGER_HOSTS_MOST;
		i++) {
		ledger->hosts[ledger->host_count++] =
			hash_of(json_own_text(json_at(hosts, i)));
	}
	return ledger->seed != 0;
}

static bool
restore_word(struct ledger_family *family, const struct json *one)
{
	struct ledger_word *word = calloc(1, sizeof(*word));
	long long kind = json_number(one, "kind");

	if (word == NULL)
		return false;
	word->kind = kind == TOLD_NOTIFY || kind == TOLD_PIPE
		? (enum told_kind)kind
		: TOLD_SIEVE;
	word->used = json_bool(one, "used");
	word->at_ms = json_number(one, "at");
	word->mailbox = ledger_copy(json_text(one, "mailbox"));
	word->destination = ledger_copy(json_text(one, "to"));
	*family->words_end = word;
	family->words_end = &word->next;
	family->word_count++;
	return word->mailbox != NULL && word->destination != NULL;
}

static bool
restore_family(struct ledger *ledger, const struct json *line)
{
	const struct json *words = json_find(line, "words"),
			  *got = json_find(line, "got");
	uint64_t message = hash_of(json_text(line, "message"));
	struct ledger_family *family =
		message != 0 ? ledger_family_by(ledger, message) : NULL;
	bool good = family != NULL;

	if (!good || family->lone)
		return false;
	family->spoken_ms = json_number(line, "spoken");
	/* In a file of ours it stands before its mails. */
	family->lone = family->mails == NULL;
	ledger->lone += family->lone;
	for (size_t i = 0; good && i < json_count(words); i++)
		good = restore_word(family, json_at(words, i));
	for (size_t i = 0; good && i < json_count(got) &&
		family->got_count < LEDGER_GOT_MOST;
		i++) {
		const struct json *one = json_at(got, i);
		char *who = ledger_copy(json_text(one, "mailbox"));

		good = who != NULL;
		if (good)
			family->got[family->got_count++] = (struct ledger_got){
				who, json_bool(one, "command")};
	}
	return good;
}

static bool
restore_rcpt(
	struct ledger *ledger, struct ledger_mail *mail, const struct json *one)
{
	const struct told told = {.recipient = json_text(one, "to"),
		.original = json_text(one, "original"),
		.nearest = json_text(one, "nearest"),
		.relay = json_text(one, "relay"),
		.command = json_text(one, "command")};
	unsigned flags = (unsigned)json_number(one, "flags");
	long long status = json_number(one, "status"),
		  way = json_number(one, "way");
	struct ledger_rcpt *rcpt;

	if (status < TOLD_SENT || status > TOLD_BOUNCED || way < TOLD_OUT ||
		way > TOLD_EXPANDED)
		return false;
	rcpt = ledger_add_rcpt(ledger, mail, &told);
	if (rcpt == NULL)
		return false;
	rcpt->program = ledger_program(ledger, json_text(one, "program"));
	ledger_set_id(rcpt->next_id, json_text(one, "next"));
	rcpt->at_ms = json_number(one, "at");
	rcpt->status = (enum told_status)status;
	rcpt->way = (enum told_way)way;
	rcpt->made_child = (flags & RCPT_CHILD) != 0;
	rcpt->exim = (flags & RCPT_EXIM) != 0;
	rcpt->expanded = (flags & RCPT_EXPANDED) != 0;
	rcpt->as_given = (flags & RCPT_GIVEN) != 0;
	rcpt->keeps = (flags & RCPT_KEEPS) != 0;
	rcpt->judged = (flags & RCPT_JUDGED) != 0;
	return true;
}

/* Before those that were done later. */
static void
link_done(struct ledger *ledger, struct ledger_mail *mail)
{
	struct ledger_mail *before = ledger->last_done, *after = NULL;

	while (before != NULL && before->done_ms > mail->done_ms) {
		after = before;
		before = before->previous_done;
	}
	mail->in_done = true;
	mail->previous_done = before;
	mail->next_done = after;
	*(before != NULL ? &before->next_done : &ledger->done) = mail;
	*(after != NULL ? &after->previous_done : &ledger->last_done) = mail;
	ledger->early = ledger->done;
}

static bool
restore_texts(struct ledger *ledger, struct ledger_mail *mail,
	const struct json *line)
{
	/* The null sender is said by a flag. */
	struct slice sender = json_text(line, "sender");

	if (slice_is_absent(sender) && (mail->flags & LEDGER_SENDER) != 0)
		sender = SLICE("");
	ledger_set_id(mail->before_id, json_text(line, "before"));
	return ledger_set_text(ledger, mail, &mail->sender, sender) &&
		ledger_set_text(ledger, mail, &mail->client,
			json_text(line, "client")) &&
		ledger_set_text(ledger, mail, &mail->client_ip,
			json_text(line, "ip")) &&
		ledger_set_text(
			ledger, mail, &mail->login, json_text(line, "login")) &&
		ledger_set_text(
			ledger, mail, &mail->parent, json_text(line, "parent"));
}

static bool
restore_mail(struct ledger *ledger, const struct json *line)
{
	const struct frame frame = {.at_ms = json_number(line, "begun")};
	const struct json *rcpts = json_find(line, "rcpts");
	uint64_t host = hash_of(json_text(line, "host")),
		 message = hash_of(json_text(line, "family"));
	struct slice id = json_text(line, "id");
	struct ledger_family *family = NULL;
	struct ledger_mail *mail;

	if (id.len == 0 || host == 0 || ledger_find_on(ledger, host, id))
		return false;
	mail = ledger_make(ledger, host, &frame, id);
	if (mail == NULL)
		return false;
	mail->nrcpt = (uint32_t)json_number(line, "nrcpt");
	mail->given = (uint32_t)json_number(line, "given");
	mail->flags = (unsigned)json_number(line, "flags");
	mail->done_ms = json_number(line, "done");
	if (!restore_texts(ledger, mail, line))
		return false;
	for (size_t i = 0; i < json_count(rcpts); i++) {
		if (!restore_rcpt(ledger, mail, json_at(rcpts, i)))
			return false;
	}
	if (json_bool(line, "settles"))
		link_done(ledger, mail);
	if (json_bool(line, "retired"))
		ledger_retire(ledger, mail);
	if (message != 0) {
		family = ledger_family_by(ledger, message);
		if (family == NULL)
			return false;
		ledger_join(ledger, mail, family);
	}
	return true;
}

bool
ledger_restore(struct ledger *ledger, const struct json *line)
{
	static const struct {
		const char *what;
		bool (*restore)(struct ledger *, const struct json *);
	} kinds[] = {{"mail", restore_mail}, {"family", restore_family},
		{"ledger", restore_head}};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const struct json *inner = json_find(line, kinds[i].what);

		if (inner != NULL)
			return kinds[i].restore(ledger, inner);
	}
	return false;
}
