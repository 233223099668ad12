/* SPDX-License-Identifier: BSD-2-Clause */
/* Families of queue ids: joined, judged as a whole, forgotten. */
#include "logs/ledger_state.h"

#include <stdlib.h>

#define SETTLE_MS ((int64_t)10 * 60 * 1000)
/* Evidence is written in the seconds before a message leaves, or beside it. */
#define BESIDE_MS ((int64_t)5 * 1000)
#define SWEEP_MS ((int64_t)10 * 1000)
#define FAMILY_KEPT 16U /* of one that is too large */

void
ledger_free_words(struct ledger_family *family)
{
	for (struct ledger_word *word = family->words, *next; word != NULL;
		word = next) {
		next = word->next;
		free(word->mailbox);
		free(word->destination);
		free(word);
	}
	family->words = NULL;
	family->words_end = &family->words;
	family->word_count = 0;
}

void
ledger_free_family(struct ledger_family *family)
{
	ledger_free_words(family);
	for (uint32_t i = 0; i < family->got_count; i++)
		free(family->got[i].mailbox);
	free(family);
}

/* Exim writes it without its brackets. */
static struct slice
bare(struct slice message_id)
{
	message_id = slice_trim(message_id);
	if (message_id.len > 1 && message_id.p[0] == '<' &&
		message_id.p[message_id.len - 1] == '>')
		return slice_sub(message_id, 1, message_id.len - 1);
	return message_id;
}

uint64_t
ledger_message(const struct ledger *ledger, struct slice message_id)
{
	return hashes_of(ledger->seed, bare(message_id));
}

struct ledger_family *
ledger_family_of(struct ledger *ledger, struct slice message_id)
{
	return ledger_family_by(ledger, ledger_message(ledger, message_id));
}

struct ledger_family *
ledger_family_by(struct ledger *ledger, uint64_t message)
{
	struct ledger_family *family = hashes_find(&ledger->families, message);

	if (family != NULL)
		return family;
	family = calloc(1, sizeof(*family));
	if (family == NULL || !hashes_add(&ledger->families, message, family)) {
		free(family);
		return NULL;
	}
	family->message = message;
	family->mails_end = &family->mails;
	family->words_end = &family->words;
	return family;
}

/* Who got it is remembered when the rest is forgotten. */
static void
remember_got(struct ledger_family *family, const struct ledger_rcpt *rcpt)
{
	const char *who =
		rcpt->original[0] != '\0' ? rcpt->original : rcpt->address;

	if (rcpt->status != TOLD_SENT || rcpt->way == TOLD_NOWHERE ||
		rcpt->way == TOLD_EXPANDED ||
		family->got_count == LEDGER_GOT_MOST)
		return;
	for (uint32_t i = 0; i < family->got_count; i++) {
		if (strcmp(family->got[i].mailbox, who) == 0)
			return;
	}
	family->got[family->got_count] =
		(struct ledger_got){.mailbox = ledger_copy(slice_of(who)),
			.command = rcpt->way == TOLD_COMMAND};
	if (family->got[family->got_count].mailbox != NULL)
		family->got_count++;
}

void
ledger_judge(struct ledger *ledger, struct ledger_family *family)
{
	if (family->mails != NULL || family->words != NULL)
		ledger->options.judge(ledger->options.ctx, family);
}

/* Takes the first so many out of the family and forgets them. */
static void
forget(struct ledger *ledger, struct ledger_family *family, uint32_t count)
{
	while (count-- > 0 && family->mails != NULL) {
		struct ledger_mail *mail = family->mails;

		family->mails = mail->next;
		if (family->mails == NULL)
			family->mails_end = &family->mails;
		for (struct ledger_rcpt *rcpt = mail->rcpts;
			rcpt != NULL && !family->last; rcpt = rcpt->next)
			remember_got(family, rcpt);
		ledger_unlink(ledger, mail);
		family->count--;
		family->open -= (mail->flags & LEDGER_DONE) == 0;
		ledger_free_mail(ledger, mail);
	}
}

static void
end_family(struct ledger *ledger, struct ledger_family *family)
{
	family->last = true;
	ledger_judge(ledger, family);
	forget(ledger, family, family->count);
	if (family->message != 0)
		hashes_remove(&ledger->families, family->message);
	ledger_free_family(family);
}

/* One that has no Message-ID is a family of its own. */
void
ledger_end_mail(struct ledger *ledger, struct ledger_mail *mail)
{
	struct ledger_family *family = mail->family;

	if (family == NULL) {
		family = calloc(1, sizeof(*family));
		if (family == NULL) {
			/* Nobody can judge it; it goes all the same. */
			ledger_unlink(ledger, mail);
			ledger_free_mail(ledger, mail);
			return;
		}
		family->mails = mail;
		family->mails_end = &mail->next;
		family->words_end = &family->words;
		family->count = 1;
		family->open = (mail->flags & LEDGER_DONE) == 0;
		family->waiting = mail->in_done;
		mail->family = family;
	}
	end_family(ledger, family);
}

/* The oldest of a family that is too large are judged without the rest. */
static void
judge_part(struct ledger *ledger, struct ledger_family *family)
{
	struct ledger_mail *rest, *last = family->mails;
	struct ledger_mail **end = family->mails_end;
	uint32_t part = family->count - FAMILY_KEPT;

	for (uint32_t i = 1; i < part; i++)
		last = last->next;
	rest = last->next;
	last->next = NULL;
	family->mails_end = &last->next;
	ledger_judge(ledger, family);
	last->next = rest;
	family->mails_end = end;
	forget(ledger, family, part);
}

void
ledger_join(struct ledger *ledger, struct ledger_mail *mail,
	struct ledger_family *family)
{
	mail->family = family;
	mail->next = NULL;
	ledger->lone -= family->lone;
	family->lone = false;
	*family->mails_end = mail;
	family->mails_end = &mail->next;
	family->count++;
	family->open += (mail->flags & LEDGER_DONE) == 0;
	family->waiting += mail->in_done;
	if (family->count > LEDGER_FAMILY_MOST)
		judge_part(ledger, family);
}

/* Those that have been done for long enough. */
void
ledger_settle(struct ledger *ledger, int64_t now_ms)
{
	struct ledger_mail *mail;

	while ((mail = ledger->done) != NULL &&
		ledger->mails >= ledger->options.mails_least &&
		now_ms - mail->done_ms > SETTLE_MS) {
		ledger_unlink_done(ledger, mail);
		if (mail->family == NULL ||
			(mail->family->waiting == 0 && mail->family->open == 0))
			ledger_end_mail(ledger, mail);
	}
}

/* What left a moment ago waits for who says more of it. */
static void
judge_early(struct ledger *ledger, int64_t now_ms)
{
	struct ledger_mail *mail;

	while ((mail = ledger->early) != NULL &&
		now_ms - mail->done_ms > ledger->options.early_ms) {
		ledger->early = mail->next_done;
		if (mail->family == NULL)
			continue;
		mail->family->until_ms = now_ms - BESIDE_MS;
		ledger_judge(ledger, mail->family);
		mail->family->until_ms = 0;
	}
}

void
ledger_sweep(struct ledger *ledger, int64_t until_ms)
{
	struct hashes *families = &ledger->families;

	for (size_t i = 0; i < families->room && ledger->lone > 0;) {
		struct ledger_family *family = families->values[i];

		if (family == NULL || !family->lone ||
			family->spoken_ms > until_ms) {
			i++;
			continue;
		}
		family->last = true;
		ledger_judge(ledger, family);
		/* Another may come to lie in its place. */
		hashes_remove(families, family->message);
		ledger->lone--;
		ledger_free_family(family);
	}
}

void
ledger_pass(struct ledger *ledger, int64_t now_ms)
{
	ledger_settle(ledger, now_ms);
	if (ledger->options.early_ms == 0)
		return;
	judge_early(ledger, now_ms);
	if (now_ms - ledger->swept_ms > SWEEP_MS) {
		ledger->swept_ms = now_ms;
		ledger_sweep(ledger, now_ms - SETTLE_MS);
	}
}

void
ledger_evict(struct ledger *ledger)
{
	while (ledger->oldest != NULL &&
		(ledger->mails > LEDGER_MAILS_MOST ||
			ledger->bytes > LEDGER_BYTES_MOST)) {
		ledger->count.evicted++;
		ledger_end_mail(ledger, ledger->oldest);
	}
}
