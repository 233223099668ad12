/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of queue ids and of families. Whatever line comes first makes a
 * queue id: "forwarded as Q2" may come when Q2 was sent and removed. One that
 * was removed and begins again is another.
 */
#include "logs/ledger_state.h"

#include "base/random.h"

#include <stdlib.h>

#define TEXT_MOST 1000U
#define COMMAND_MOST 4000U
#define SEARCH_MOST 256U /* recipients looked at for an earlier word */

struct ledger *
ledger_new(const struct ledger_options *options)
{
	struct ledger *ledger = calloc(1, sizeof(*ledger));

	if (ledger == NULL)
		return NULL;
	ledger->options = *options;
	(void)random_fill(&ledger->seed, sizeof(ledger->seed));
	return ledger;
}

/* A text that says nothing joins nobody. */
static bool
is_no_message_id(struct slice text)
{
	text = slice_trim(text);
	return text.len == 0 || slice_equal(text, SLICE("<>"));
}

static bool
take_message_id(struct ledger *ledger, struct ledger_mail *mail,
	const struct told *told)
{
	struct ledger_family *family;

	if (mail->family != NULL || is_no_message_id(told->message_id))
		return true;
	family = ledger_family_of(ledger, told->message_id);
	if (family == NULL)
		return false;
	ledger_join(ledger, mail, family);
	return true;
}

/* It is one of few. */
const char *
ledger_program(struct ledger *ledger, struct slice program)
{
	uint64_t key = hashes_of(ledger->seed, program);

	for (size_t i = 0; i < ledger->program_count; i++) {
		if (ledger->program_keys[i] == key)
			return ledger->programs[i];
	}
	if (ledger->program_count == LEDGER_PROGRAMS_MOST)
		return "...";
	ledger->programs[ledger->program_count] = ledger_copy(program);
	if (ledger->programs[ledger->program_count] == NULL)
		return "...";
	ledger->program_keys[ledger->program_count] = key;
	return ledger->programs[ledger->program_count++];
}

static bool
says(const char *text, struct slice as)
{
	return strlen(text) == as.len &&
		(as.len == 0 || memcmp(text, as.p, as.len) == 0);
}

/* The earlier word on the same recipient, which the new one replaces. */
static struct ledger_rcpt *
earlier_word(const struct ledger_mail *mail, const struct told *told)
{
	unsigned looked = 0;

	if (mail->rcpt_count > SEARCH_MOST)
		return NULL;
	for (struct ledger_rcpt *rcpt = mail->rcpts;
		rcpt != NULL && looked < SEARCH_MOST;
		rcpt = rcpt->next, looked++) {
		if ((rcpt->way == told->way || rcpt->status != TOLD_SENT) &&
			says(rcpt->address, told->recipient) &&
			says(rcpt->original, told->original) &&
			says(rcpt->command, told->command) &&
			rcpt->made_child == (told->other.len > 0))
			return rcpt;
	}
	return NULL;
}

struct ledger_rcpt *
ledger_add_rcpt(struct ledger *ledger, struct ledger_mail *mail,
	const struct told *told)
{
	struct slice address = slice_sub(told->recipient, 0, TEXT_MOST),
		     original = slice_sub(told->original, 0, TEXT_MOST),
		     nearest = slice_sub(told->nearest, 0, TEXT_MOST),
		     relay = slice_sub(told->relay, 0, TEXT_MOST),
		     command = slice_sub(told->command, 0, COMMAND_MOST);
	size_t bytes = sizeof(struct ledger_rcpt) + address.len + original.len +
		nearest.len + relay.len + command.len + 5;
	struct ledger_rcpt *rcpt = calloc(1, bytes);
	char *to;

	if (rcpt == NULL)
		return NULL;
	to = ledger_copy_to(rcpt->address, address);
	rcpt->original = to;
	to = ledger_copy_to(to, original);
	rcpt->nearest = to;
	to = ledger_copy_to(to, nearest);
	rcpt->relay = to;
	to = ledger_copy_to(to, relay);
	rcpt->command = to;
	ledger_copy_to(to, command);
	*mail->rcpts_end = rcpt;
	mail->rcpts_end = &rcpt->next;
	mail->rcpt_count++;
	ledger_charge(ledger, mail, bytes);
	return rcpt;
}

/* Of a list that Sendmail clones: whose expansion it has told, if it is one
 * alone. */
static struct slice
expanded_alias(const struct ledger_mail *mail)
{
	const char *alias = NULL;

	for (const struct ledger_rcpt *rcpt = mail->rcpts; rcpt != NULL;
		rcpt = rcpt->next) {
		if (rcpt->way != TOLD_EXPANDED)
			continue;
		if (alias != NULL && strcmp(alias, rcpt->original) != 0)
			return (struct slice){0};
		alias = rcpt->original;
	}
	return slice_of(alias);
}

/* "forwarded as Q2": the mailbox that Q2 is mail of. */
static bool
take_child(struct ledger *ledger, const struct frame *frame,
	struct ledger_mail *mail, const struct told *told)
{
	struct ledger_mail *child =
		ledger_find_or_make(ledger, mail->host, frame, told->other);

	if (child == NULL)
		return false;
	if (child == mail)
		return true;
	child->flags |= LEDGER_CHILD | (told->list ? LEDGER_LIST : 0U);
	/* Sendmail writes no Message-ID of it. */
	if (told->list && mail->family != NULL && child->family == NULL)
		ledger_join(ledger, child, mail->family);
	return ledger_set_text(ledger, child, &child->parent,
		slice_is_absent(told->recipient) ? expanded_alias(mail)
						 : told->recipient);
}

static void
take_done(struct ledger *ledger, const struct frame *frame,
	struct ledger_mail *mail)
{
	if ((mail->flags & LEDGER_DONE) != 0)
		return;
	mail->flags |= LEDGER_DONE;
	mail->done_ms = frame->at_ms;
	mail->in_done = true;
	mail->previous_done = ledger->last_done;
	if (ledger->last_done != NULL) {
		ledger->last_done->next_done = mail;
	} else {
		ledger->done = mail;
	}
	ledger->last_done = mail;
	if (ledger->early == NULL)
		ledger->early = mail;
	if (mail->family != NULL) {
		mail->family->open--;
		mail->family->waiting++;
	}
}

/* Sendmail has no word for it: nobody is waited for any more. */
static void
end_if_done(struct ledger *ledger, const struct frame *frame,
	struct ledger_mail *mail)
{
	if (mail->rcpt_count < mail->nrcpt)
		return;
	for (const struct ledger_rcpt *rcpt = mail->rcpts; rcpt != NULL;
		rcpt = rcpt->next) {
		if (rcpt->status == TOLD_DEFERRED)
			return;
	}
	take_done(ledger, frame, mail);
}

static bool
take_delivery(struct ledger *ledger, const struct frame *frame,
	struct ledger_mail *mail, const struct told *told)
{
	struct ledger_rcpt *rcpt = earlier_word(mail, told);

	if (rcpt == NULL && mail->rcpt_count >= LEDGER_RCPTS_MOST) {
		ledger->count.cut++;
		return true;
	}
	if (rcpt == NULL)
		rcpt = ledger_add_rcpt(ledger, mail, told);
	if (rcpt == NULL)
		return false;
	rcpt->program = ledger_program(ledger, frame->program);
	rcpt->at_ms = frame->at_ms;
	rcpt->status = told->status;
	rcpt->way = told->way;
	rcpt->exim = told->exim;
	rcpt->expanded = told->expanded;
	rcpt->as_given = told->as_given;
	rcpt->keeps = told->keeps;
	rcpt->made_child = told->other.len > 0;
	ledger_set_id(rcpt->next_id, told->next);
	if (told->may_end)
		end_if_done(ledger, frame, mail);
	return told->other.len == 0 || take_child(ledger, frame, mail, told);
}

/* "egress" of "postfix/egress/smtpd"; or all of it but the service. */
static bool
is_egress(const struct ledger *ledger, struct slice program)
{
	size_t name_len, at = program.len;

	if (ledger->options.egress == NULL)
		return false;
	while (at > 0 && program.p[at - 1] != '/')
		at--;
	if (at == 0)
		return false;
	program = slice_sub(program, 0, at - 1);
	name_len = strlen(ledger->options.egress);
	return slice_ends_fold(program, slice_of(ledger->options.egress)) &&
		(program.len == name_len ||
			program.p[program.len - name_len - 1] == '/');
}

static struct session *
session_of(struct ledger *ledger, const struct frame *frame, uint64_t *who)
{
	*who = hashes_of(
		ledger->seed ^ ((uint64_t)frame->pid << 20), frame->host);
	return &ledger->sessions[*who % LEDGER_SESSIONS];
}

static void
note_session(struct ledger *ledger, const struct frame *frame, uint64_t key)
{
	uint64_t who;
	struct session *session;

	if (frame->pid == 0)
		return;
	session = session_of(ledger, frame, &who);
	if (session->who != who)
		*session = (struct session){.who = who};
	session->key = key;
	session->mails++;
}

/* A session of one message says for how many recipients it was. */
static void
end_session(struct ledger *ledger, const struct frame *frame,
	const struct told *told)
{
	struct ledger_mail *mail;
	struct session *session;
	uint64_t who;

	if (frame->pid == 0)
		return;
	session = session_of(ledger, frame, &who);
	if (session->who != who)
		return;
	mail = hashes_find(&ledger->ids, session->key);
	if (mail != NULL && session->mails == 1 && told->messages == 1)
		mail->given = told->given;
	*session = (struct session){0};
}

static bool
take_client(struct ledger *ledger, const struct frame *frame,
	struct ledger_mail *mail, const struct told *told)
{
	mail->flags |= LEDGER_CLIENT;
	if (is_egress(ledger, frame->program)) {
		mail->flags |= LEDGER_EGRESS;
		ledger->count.egress++;
	}
	ledger_set_id(mail->before_id, told->other);
	note_session(ledger, frame, mail->key);
	return ledger_set_text(ledger, mail, &mail->client, told->client) &&
		ledger_set_text(
			ledger, mail, &mail->client_ip, told->client_ip) &&
		ledger_set_text(ledger, mail, &mail->login, told->login);
}

/* The null sender is a word, too. */
static bool
take_sender(struct ledger *ledger, struct ledger_mail *mail,
	const struct told *told)
{
	if ((mail->flags & LEDGER_SENDER) != 0)
		return true;
	mail->flags |= LEDGER_SENDER;
	if (told->nrcpt > 0)
		mail->nrcpt = told->nrcpt;
	return ledger_set_text(ledger, mail, &mail->sender, told->sender);
}

static void
expire(struct ledger_mail *mail)
{
	for (struct ledger_rcpt *rcpt = mail->rcpts; rcpt != NULL;
		rcpt = rcpt->next) {
		if (rcpt->status == TOLD_DEFERRED)
			rcpt->status = TOLD_BOUNCED;
	}
}

static bool
take_bounce(struct ledger *ledger, const struct frame *frame,
	struct ledger_mail *mail, const struct told *told)
{
	struct ledger_mail *notice =
		ledger_find_or_make(ledger, mail->host, frame, told->other);

	if (notice != NULL && notice != mail)
		notice->flags |= LEDGER_NOTICE;
	return notice != NULL;
}

static bool
take_arrival(struct ledger *ledger, const struct frame *frame,
	struct ledger_mail *mail, const struct told *told)
{
	mail->flags |= told->pickup ? LEDGER_PICKUP : 0U;
	/* Exim says of what a bounce is. */
	if (told->other.len > 0 && told->sender.len == 0)
		mail->flags |= LEDGER_NOTICE;
	return (told->pickup || take_client(ledger, frame, mail, told)) &&
		take_sender(ledger, mail, told) &&
		(slice_is_absent(told->message_id) ||
			take_message_id(ledger, mail, told));
}

/* A queue id that begins and is known is another with the same name. */
static struct ledger_mail *
mail_for(struct ledger *ledger, const struct frame *frame,
	const struct told *told)
{
	uint64_t host = ledger_host_of(ledger, frame);
	bool begins = told->kind == TOLD_CLIENT || told->kind == TOLD_PICKUP ||
		told->kind == TOLD_ARRIVAL;
	struct ledger_mail *mail = begins
		? ledger_find_on(ledger, host, told->id)
		: ledger_find_id(ledger, host, told->id);

	if (mail != NULL &&
		((begins && (mail->flags & (LEDGER_CLIENT | LEDGER_PICKUP))) ||
			(told->kind == TOLD_MESSAGE_ID &&
				mail->family != NULL &&
				(mail->flags & LEDGER_DONE) != 0))) {
		ledger_retire(ledger, mail);
		mail = NULL;
	}
	if (mail == NULL && told->kind != TOLD_REMOVED &&
		told->kind != TOLD_HELD && told->kind != TOLD_EXPIRED)
		mail = ledger_make(ledger, host, frame, told->id);
	return mail;
}

static bool
take_of_mail(struct ledger *ledger, const struct frame *frame,
	struct ledger_mail *mail, const struct told *told)
{
	switch (told->kind) {
	case TOLD_ARRIVAL:
		return take_arrival(ledger, frame, mail, told);
	case TOLD_CLIENT:
		return take_client(ledger, frame, mail, told);
	case TOLD_PICKUP:
		mail->flags |= LEDGER_PICKUP;
		return ledger_set_text(ledger, mail, &mail->login, told->login);
	case TOLD_MESSAGE_ID:
		return take_message_id(ledger, mail, told);
	case TOLD_SENDER:
		return take_sender(ledger, mail, told);
	case TOLD_DELIVERY:
		return take_delivery(ledger, frame, mail, told);
	case TOLD_CHILD:
		return take_child(ledger, frame, mail, told);
	case TOLD_BOUNCE:
		return take_bounce(ledger, frame, mail, told);
	case TOLD_HELD:
		mail->flags |= LEDGER_HELD;
		return true;
	case TOLD_EXPIRED:
		expire(mail);
		return true;
	case TOLD_REMOVED:
		take_done(ledger, frame, mail);
		return true;
	case TOLD_NOTHING:
	case TOLD_SESSION:
	case TOLD_SIEVE:
	case TOLD_NOTIFY:
	case TOLD_PIPE:
	case TOLD_OWN_HOST:
	case TOLD_GAP:
		break;
	}
	return true;
}

static bool
add_word(struct ledger_family *family, const struct frame *frame,
	const struct told *told, struct slice destination)
{
	struct ledger_word *word = calloc(1, sizeof(*word));

	if (word == NULL)
		return false;
	word->kind = told->kind;
	word->at_ms = frame->at_ms;
	word->mailbox = ledger_copy(told->mailbox);
	word->destination = ledger_copy(destination);
	*family->words_end = word;
	family->words_end = &word->next;
	family->word_count++;
	return word->mailbox != NULL && word->destination != NULL;
}

/* "<a>[, <b>]" */
static bool
take_words(struct ledger *ledger, const struct frame *frame,
	const struct told *told)
{
	struct ledger_family *family;
	struct slice rest = told->recipient, one;

	if (is_no_message_id(told->message_id))
		return true;
	if (ledger->lone >= LEDGER_LONE_MOST)
		ledger_sweep(ledger, INT64_MAX);
	family = ledger_family_of(ledger, told->message_id);
	if (family == NULL)
		return false;
	if (family->mails == NULL && !family->lone) {
		family->lone = true;
		ledger->lone++;
	}
	family->spoken_ms = frame->at_ms;
	if (family->word_count >= LEDGER_WORDS_MOST) {
		ledger_judge(ledger, family);
		ledger_free_words(family);
	}
	if (told->kind == TOLD_PIPE)
		return add_word(family, frame, told, told->recipient);
	while (slice_next(&rest, ',', &one)) {
		one = slice_trim(one);
		if (one.len < 3 || one.p[0] != '<' || one.p[one.len - 1] != '>')
			continue;
		if (!add_word(family, frame, told,
			    slice_sub(one, 1, one.len - 1)))
			return false;
	}
	return true;
}

bool
ledger_take(struct ledger *ledger, const struct frame *frame,
	const struct told *told, struct ledger_mail **about)
{
	struct ledger_mail *mail;

	*about = NULL;
	if (told->kind == TOLD_SIEVE || told->kind == TOLD_NOTIFY ||
		told->kind == TOLD_PIPE)
		return take_words(ledger, frame, told);
	if (told->kind == TOLD_SESSION) {
		end_session(ledger, frame, told);
		return true;
	}
	ledger_pass(ledger, frame->at_ms);
	ledger_evict(ledger);
	mail = mail_for(ledger, frame, told);
	*about = mail;
	if (mail == NULL)
		return told->kind == TOLD_REMOVED || told->kind == TOLD_HELD ||
			told->kind == TOLD_EXPIRED;
	return take_of_mail(ledger, frame, mail, told);
}

void
ledger_free(struct ledger *ledger)
{
	if (ledger == NULL)
		return;
	while (ledger->oldest != NULL) {
		struct ledger_mail *mail = ledger->oldest;

		ledger_unlink(ledger, mail);
		ledger_free_mail(ledger, mail);
	}
	for (size_t i = 0; i < ledger->families.room; i++) {
		if (ledger->families.values[i] != NULL)
			ledger_free_family(ledger->families.values[i]);
	}
	for (size_t i = 0; i < ledger->program_count; i++)
		free(ledger->programs[i]);
	hashes_fini(&ledger->families);
	hashes_fini(&ledger->ids);
	free(ledger);
}

void
ledger_finish(struct ledger *ledger)
{
	while (ledger->oldest != NULL)
		ledger_end_mail(ledger, ledger->oldest);
	/* Rules' words on messages of which nothing else was said. */
	for (size_t i = 0; i < ledger->families.room; i++) {
		struct ledger_family *family = ledger->families.values[i];

		if (family != NULL) {
			family->last = true;
			ledger_judge(ledger, family);
			ledger_free_family(family);
			ledger->families.values[i] = NULL;
		}
	}
	hashes_fini(&ledger->families);
}

struct ledger_count
ledger_count(const struct ledger *ledger)
{
	return ledger->count;
}
