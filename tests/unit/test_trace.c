/* SPDX-License-Identifier: BSD-2-Clause */
/* What a delivery leaves in the store, and what a departure asks for. */
#include "letter.h"
#include "rows.h"

#include "forward/trace.h"
#include "mail/path.h"

#define LIMIT 16
#define OUT "client 10.0.0.7\nmail <alice@example.com>\nrcpt <x@p.example>\n\n"
#define IN \
	"client 203.0.113.9\nmail <bob@p.example>\nrcpt <alice@example.com>\n"
#define INDEX "Add41XPhHzNfrvGkRJ2TYsozzI9LOQ"
#define LONG \
	"4A1B4A1B4A1B4A1B4A1B4A1B4A1B4A1B4A1B4A1B4A1B4A1B4A1B4A1B4A1B4A1B4A1B"
#define ROOT "thread:01d778d573e11f335faef1a4449d9362ca33cc8f4b39"

static const struct ids_row {
	const char *name, *letter;
	size_t (*ids)(const struct message *, struct trace_question *, size_t);
	const char *expected; /* one a line */
} ids_rows[] = {
	{"own, then those referred to, the surest first",
		OUT "Message-ID: <own@e>\nReferences: <r1@p>\n <r2@p>\n"
		    "In-Reply-To: <irt@p> (bob)\nThread-Index: " INDEX "XuPZA\n"
		    "X-Forwarded-Message-Id: <fwd@p>\n"
		    "X-MS-Exchange-Parent-Message-Id: <parent@p>\n",
		trace_questions,
		"own@e\nfwd@p\nparent@p\nr2@p\nr1@p\nirt@p\n" ROOT "\n"},
	{"each once",
		OUT "Message-ID: <own@e>\nReferences: <a@p> <irt@p>\n"
		    "In-Reply-To: <irt@p>\n",
		trace_questions, "own@e\nirt@p\na@p\n"},
	{"a Message-ID that reads like a subject",
		OUT "From: alice@example.com\nSubject: minutes meeting\n"
		    "Message-ID: <subject:minutesmeeting>\n",
		trace_questions,
		"subject:minutesmeeting\nsubject:minutesmeeting\n"},
	{"no Message-ID", OUT "Subject: x\n", trace_questions, ""},
	{"our own line, by its queue id",
		OUT "Received: by mx.example.com (Postfix, from userid 1000)\n"
		    "\tid 4A1B; Sat, 21 Nov 2026 20:00:00 +0000\n",
		trace_questions, "queue:mx.example.com/4A1B\n"},
	{"... which is no longer than an MTA makes it",
		OUT "Received: by mx.example.com (Postfix, from userid 1000)\n"
		    "\tid " LONG "; Sat, 21 Nov 2026 20:00:00 +0000\n",
		trace_questions, ""},
	{"references that are none",
		OUT "References: none\nIn-Reply-To: <>\n"
		    "X-Forwarded-Message-Id: <open\nThread-Index: AAAA\n",
		trace_questions, ""},
	{"a thread index with a foreign byte",
		OUT "Thread-Index: Add41XPhHzNfrvGk*J2TYsozzI9LOQXuPZA\n",
		trace_questions, ""},
	{"nothing for mail that stays",
		IN "\nMessage-ID: <m@p>\nReferences: <r@p>\n", trace_questions,
		""},
	{"nothing for a client that is not ours",
		"client 203.0.113.9\nmail <a@p.example>\nrcpt <x@p.example>\n\n"
		"Message-ID: <m@p>\n",
		trace_questions, ""},
	{"a delivery is remembered under its own id and its thread",
		IN
		"\nMessage-ID: <m@p>\nReferences: <r@p>\nThread-Index: " INDEX
		"XuPZA\n",
		trace_ids, "m@p\n" ROOT "\n"},
	{"... and its subject, if that says something",
		IN "\nFrom: bob@p.example\nSubject: Re: minutes of May\n",
		trace_ids, "subject:minutesofmay\n"},
	{"... but not a list's",
		IN "\nList-Id: <l.p>\nSubject: minutes of May\n", trace_ids,
		""},
	{"... nor of an invitation",
		IN "\nContent-Type: text/calendar; method=REQUEST\n"
		   "Subject: minutes of May\n",
		trace_ids, ""},
	{"a person's subject is asked for whatever he calls his mail",
		"auth alice\n" OUT "Precedence: bulk\nList-Id: <l.p>\n"
		"Auto-Submitted: auto-replied\nSubject: minutes of May\n",
		trace_questions, "subject:minutesofmay\n"},
	{"... a program's is not",
		OUT "From: alice@example.com\nPrecedence: bulk\n"
		    "Subject: minutes of May\n",
		trace_questions, ""},
	{"... and nobody's behind the queue",
		"listener egress\n" OUT "From: alice@example.com\n"
		"Subject: minutes of May\n",
		trace_questions, ""},
	{"mail that leaves is not remembered", OUT "Message-ID: <m@p>\n",
		trace_ids, ""},
};

static void
check_ids(void **state)
{
	const struct ids_row *row = *state;
	struct slice want = slice_of(row->expected), line;
	struct trace_question ids[LIMIT];
	struct letter letter;
	size_t count, i = 0;

	letter_open(&letter);
	letter_read(&letter, row->letter, 1);
	count = row->ids(letter.message, ids, LIMIT);
	while (slice_next(&want, '\n', &line) && line.len > 0) {
		assert_in_range(i, 0, count - 1);
		if (!slice_equal(ids[i].id, line)) {
			fail_msg("%.*s, not %.*s", SLICE_ARG(ids[i].id),
				SLICE_ARG(line));
		}
		i++;
	}
	assert_int_equal(i, count);
	letter_close(&letter);
}

static const struct members_row {
	const char *name, *letter;
	const char *mailboxes, *participants; /* one a line */
} members_rows[] = {
	{"one who wrote to one",
		IN "\nFrom: Bob <bob@p.example>\nTo: alice@example.com\n",
		"alice@example.com\n", "bob@p.example\n"},
	{"everybody in the header, each once, ours left out",
		IN
		"\nFrom: bob@p.example\nReply-To: BOB@P.example, r@p.example\n"
		"To: alice@example.com, carl@third.example\n"
		"Cc: carol@example.com, dave@third.example\n",
		"alice@example.com\n",
		"bob@p.example\nr@p.example\ncarl@third.example\n"
		"dave@third.example\n"},
	{"blind copies outside took part, too",
		"auth alice\nclient 10.0.0.7\nmail <alice@example.com>\n"
		"rcpt <carol@example.com>\nrcpt <bcc@third.example>\n\n"
		"From: alice@example.com\nTo: carol@example.com\n",
		"carol@example.com\n", "bcc@third.example\n"},
	{"a sender behind SRS",
		"client 203.0.113.9\n"
		"mail <SRS0=aB=Z4=p.example=bob@relay.example>\n"
		"rcpt <alice@example.com>\n\nFrom: x@third.example\n",
		"alice@example.com\n", "bob@p.example\nx@third.example\n"},
	{"a mailbox behind BATV, the null sender",
		"client 203.0.113.9\nmail <>\n"
		"rcpt <prvs=3123abcdef=alice@example.com>\n\n"
		"From: mailer-daemon@p.example\n",
		"alice@example.com\n", "mailer-daemon@p.example\n"},
	{"a bounce to an SRS address of ours is not delivery",
		"client 203.0.113.9\nmail <>\n"
		"rcpt <SRS0=aB=Z4=p.example=bob@example.com>\n\n"
		"From: mailer-daemon@p.example\n",
		"", "mailer-daemon@p.example\n"},
	{"broken addresses are nobody",
		IN "\nFrom: <<<\nTo: a@b@c, \"open\nCc: ;;\n",
		"alice@example.com\n", "bob@p.example\n"},
	{"nothing for mail that leaves", OUT "From: alice@example.com\n", "",
		""},
};

static bool
holds(struct letter *letter, const struct trace_member *members, size_t count,
	enum trace_role role, struct slice who)
{
	struct address address;

	assert_true(path_parse(letter->arena, who, &address));
	for (size_t i = 0; i < count; i++) {
		if (members[i].role == role &&
			slice_equal(members[i].who,
				role == TRACE_MAILBOX
					? address.text
					: trace_hash(letter->arena, &address)))
			return true;
	}
	return false;
}

static size_t
check_role(struct letter *letter, const struct trace_member *members,
	size_t count, enum trace_role role, const char *expected)
{
	struct slice want = slice_of(expected), who;
	size_t found = 0;

	while (slice_next(&want, '\n', &who) && who.len > 0) {
		if (!holds(letter, members, count, role, who))
			fail_msg("%.*s is missing", SLICE_ARG(who));
		found++;
	}
	return found;
}

static void
check_members(void **state)
{
	const struct members_row *row = *state;
	struct trace_member members[LIMIT];
	struct letter letter;
	size_t count, found;

	letter_open(&letter);
	letter_read(&letter, row->letter, 77);
	count = trace_members(letter.message, letter.arena, members, LIMIT);
	found = check_role(
		&letter, members, count, TRACE_MAILBOX, row->mailboxes);
	found += check_role(
		&letter, members, count, TRACE_PARTICIPANT, row->participants);
	for (size_t i = 0; i < count; i++)
		found += members[i].role > TRACE_PARTICIPANT;
	assert_int_equal(found, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(members[i].at_ms, 77);
	letter_close(&letter);
}

/* However many take part, there are no more members than asked for, and the
 * mailbox is among them. */
static void
check_limit(void **state)
{
	struct trace_member members[2];
	struct letter letter;

	(void)state;
	letter_open(&letter);
	letter_read(&letter,
		IN "\nFrom: a@p.example\nTo: b@p.example, c@p.example\n", 1);
	for (size_t limit = 0; limit <= 2; limit++) {
		assert_int_equal(trace_members(letter.message, letter.arena,
					 members, limit),
			limit);
	}
	assert_int_equal(members[0].role, TRACE_MAILBOX);
	letter_close(&letter);
}

int
main(void)
{
	static const struct {
		const char *name;
	} limit[] = {{"the limit holds, mailboxes first"}};
	struct rows tests = {NULL, 0};

	ROWS_ADD(&tests, ids_rows, check_ids);
	ROWS_ADD(&tests, members_rows, check_members);
	ROWS_ADD(&tests, limit, check_limit);
	return rows_run(&tests, "trace");
}
