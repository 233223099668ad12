/* SPDX-License-Identifier: BSD-2-Clause */
/* Queue ids: made, found by their names, and let go. */
#include "logs/ledger_state.h"

#include <stdlib.h>

#define TEXT_MOST 1000U

/* A NUL in it would hide the rest. */
char *
ledger_copy_to(char *to, struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		to[i] = text.p[i] != '\0' ? text.p[i] : '?';
	to[text.len] = '\0';
	return to + text.len + 1;
}

char *
ledger_copy(struct slice text)
{
	char *out;

	text = slice_sub(text, 0, TEXT_MOST);
	out = malloc(text.len + 1);
	if (out != NULL)
		ledger_copy_to(out, text);
	return out;
}

void
ledger_set_id(char to[LEDGER_ID_BYTES], struct slice id)
{
	ledger_copy_to(to, slice_sub(id, 0, LEDGER_ID_BYTES - 1));
}

void
ledger_charge(struct ledger *ledger, struct ledger_mail *mail, size_t bytes)
{
	mail->bytes += bytes;
	ledger->bytes += bytes;
}

/* Replaces what *at says. */
bool
ledger_set_text(struct ledger *ledger, struct ledger_mail *mail, char **at,
	struct slice text)
{
	char *out;

	if (slice_is_absent(text))
		return true;
	out = ledger_copy(text);
	if (out == NULL)
		return false;
	free(*at);
	*at = out;
	ledger_charge(ledger, mail, text.len + 1);
	return true;
}

void
ledger_free_mail(struct ledger *ledger, struct ledger_mail *mail)
{
	ledger->bytes -= mail->bytes;
	ledger->mails--;
	for (struct ledger_rcpt *rcpt = mail->rcpts, *next; rcpt != NULL;
		rcpt = next) {
		next = rcpt->next;
		free(rcpt);
	}
	free(mail->sender);
	free(mail->client);
	free(mail->client_ip);
	free(mail->login);
	free(mail->parent);
	free(mail);
}

/* Out of the tables and lists, but not out of its family. */
void
ledger_retire(struct ledger *ledger, struct ledger_mail *mail)
{
	if (hashes_find(&ledger->ids, mail->key) == mail)
		hashes_remove(&ledger->ids, mail->key);
}

void
ledger_unlink_done(struct ledger *ledger, struct ledger_mail *mail)
{
	if (!mail->in_done)
		return;
	mail->in_done = false;
	if (ledger->early == mail)
		ledger->early = mail->next_done;
	if (mail->previous_done != NULL) {
		mail->previous_done->next_done = mail->next_done;
	} else {
		ledger->done = mail->next_done;
	}
	if (mail->next_done != NULL) {
		mail->next_done->previous_done = mail->previous_done;
	} else {
		ledger->last_done = mail->previous_done;
	}
	if (mail->family != NULL)
		mail->family->waiting--;
}

void
ledger_unlink(struct ledger *ledger, struct ledger_mail *mail)
{
	ledger_retire(ledger, mail);
	ledger_unlink_done(ledger, mail);
	if (mail->older != NULL) {
		mail->older->newer = mail->newer;
	} else {
		ledger->oldest = mail->newer;
	}
	if (mail->newer != NULL) {
		mail->newer->older = mail->older;
	} else {
		ledger->newest = mail->older;
	}
}

uint64_t
ledger_host_of(struct ledger *ledger, const struct frame *frame)
{
	uint64_t host = hashes_of(ledger->seed, frame->host);

	for (size_t i = 0; i < ledger->host_count; i++) {
		if (ledger->hosts[i] == host)
			return host;
	}
	if (ledger->host_count < LEDGER_HOSTS_MOST)
		ledger->hosts[ledger->host_count++] = host;
	return host;
}

struct ledger_mail *
ledger_find_on(const struct ledger *ledger, uint64_t host, struct slice id)
{
	return hashes_find(&ledger->ids, hashes_of(host, id));
}

static bool
is_open(const struct ledger_mail *mail)
{
	return mail != NULL && (mail->flags & LEDGER_DONE) == 0;
}

struct ledger_mail *
ledger_find_id(const struct ledger *ledger, uint64_t host, struct slice id)
{
	struct ledger_mail *mail = ledger_find_on(ledger, host, id);

	if (is_open(mail))
		return mail;
	for (size_t i = 0; i < ledger->host_count; i++) {
		struct ledger_mail *other =
			ledger_find_on(ledger, ledger->hosts[i], id);

		if (is_open(other))
			return other;
	}
	return mail;
}

struct ledger_mail *
ledger_make(struct ledger *ledger, uint64_t host, const struct frame *frame,
	struct slice id)
{
	struct ledger_mail *mail = calloc(1, sizeof(*mail));

	if (mail == NULL)
		return NULL;
	mail->key = hashes_of(host, id);
	mail->host = host;
	if (!hashes_add(&ledger->ids, mail->key, mail)) {
		free(mail);
		return NULL;
	}
	ledger_set_id(mail->id, id);
	mail->begun_ms = frame->at_ms;
	mail->number = (uint32_t)++ledger->count.ids;
	mail->rcpts_end = &mail->rcpts;
	mail->older = ledger->newest;
	if (ledger->newest != NULL) {
		ledger->newest->newer = mail;
	} else {
		ledger->oldest = mail;
	}
	ledger->newest = mail;
	ledger->mails++;
	ledger_charge(ledger, mail, sizeof(*mail));
	return mail;
}

struct ledger_mail *
ledger_find_or_make(struct ledger *ledger, uint64_t host,
	const struct frame *frame, struct slice id)
{
	struct ledger_mail *mail = ledger_find_id(ledger, host, id);

	return mail != NULL ? mail : ledger_make(ledger, host, frame, id);
}
