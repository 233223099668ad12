/* SPDX-License-Identifier: BSD-2-Clause */
/* Where recipients came up, and where they left. */
#include "logs/reckon_parts.h"

#include <stdlib.h>

#define HOPS_MOST 8
#define MANY 32U /* recipients, from which on they are looked up */

static struct slice
text(const char *maybe)
{
	return maybe != NULL ? slice_of(maybe) : SLICE("");
}

bool
reckon_is_ours(const struct judging *j, const char *address)
{
	return ours_has(j->reckon->ours, slice_of(address));
}

bool
reckon_is_own_client(const struct judging *j, const struct ledger_mail *mail)
{
	return (mail->flags & LEDGER_PICKUP) != 0 ||
		((mail->flags & LEDGER_CLIENT) != 0 &&
			ours_has_host(j->reckon->ours, text(mail->client_ip),
				text(mail->client)));
}

/* One of ours that needed no login: a program, not a person. */
bool
reckon_is_program(const struct judging *j, const struct ledger_mail *mail)
{
	return (mail->login == NULL || (mail->flags & LEDGER_PICKUP) != 0) &&
		reckon_is_own_client(j, mail);
}

bool
reckon_is_same(const char *a, const char *b)
{
	return slice_equal_fold(slice_of(a), slice_of(b));
}

static uint64_t
address_key(const char *address)
{
	char room[256];
	size_t len = strnlen(address, sizeof(room));

	for (size_t i = 0; i < len; i++) {
		room[i] = address[i] >= 'A' && address[i] <= 'Z'
			? (char)(address[i] | 0x20)
			: address[i];
	}
	return hashes_of(0, (struct slice){room, len});
}

bool
reckon_collect(struct judging *j)
{
	size_t count = 0;

	for (struct ledger_mail *mail = j->family->mails; mail != NULL;
		mail = mail->next)
		count += mail->rcpt_count;
	j->spots = calloc(count + 1, sizeof(*j->spots));
	if (j->spots == NULL)
		return false;
	j->many = count > MANY;
	for (struct ledger_mail *mail = j->family->mails; mail != NULL;
		mail = mail->next) {
		for (struct ledger_rcpt *rcpt = mail->rcpts; rcpt != NULL;
			rcpt = rcpt->next) {
			struct spot *spot = &j->spots[j->spot_count];
			uint64_t key;

			/* What it became left as another recipient. */
			if (rcpt->way == TOLD_EXPANDED)
				continue;
			j->spot_count++;
			*spot = (struct spot){mail, rcpt};
			if (!j->many)
				continue;
			key = address_key(rcpt->address);
			if (hashes_find(&j->first, key) == NULL &&
				!hashes_add(&j->first, key, spot))
				return false;
		}
	}
	return true;
}

/* The first queue id that had that recipient; NULL: none. */
const struct spot *
reckon_first_with(const struct judging *j, const char *address)
{
	if (j->many)
		return hashes_find(&j->first, address_key(address));
	for (size_t i = 0; i < j->spot_count; i++) {
		if (reckon_is_same(j->spots[i].rcpt->address, address))
			return &j->spots[i];
	}
	return NULL;
}

/* Does the relay lie with us, so that its word on its queue id counts? */
bool
reckon_is_own_relay(const struct judging *j, const struct ledger_rcpt *rcpt)
{
	const char *open = strchr(rcpt->relay, '['),
		   *close = open != NULL ? strchr(open, ']') : NULL;

	if (close == NULL)
		return rcpt->way == TOLD_LMTP || rcpt->way == TOLD_SERVICE;
	if (memchr(open, '/', (size_t)(close - open)) != NULL)
		return true;
	return ours_has_host(j->reckon->ours,
		(struct slice){open + 1, (size_t)(close - open) - 1},
		slice_trim((struct slice){
			rcpt->relay, (size_t)(open - rcpt->relay)}));
}

/* The queue id of that name that began next, or last before. */
static struct ledger_mail *
find_next(const struct ledger_mail *mail, const char *id)
{
	struct ledger_mail *next = mail->next;

	while (next != NULL && strcmp(next->id, id) != 0)
		next = next->next;
	return next;
}

static struct ledger_mail *
find_before(const struct judging *j, const struct ledger_mail *mail)
{
	struct ledger_mail *found = NULL;

	for (struct ledger_mail *before = j->family->mails; before != mail;
		before = before->next) {
		if (strcmp(before->id, mail->before_id) == 0)
			found = before;
	}
	return found;
}

/* By what a hop of ours said of the next, or the next of the one before. */
void
reckon_link_hops(struct judging *j)
{
	for (struct ledger_mail *mail = j->family->mails; mail != NULL;
		mail = mail->next)
		mail->before = mail->before_id[0] != '\0' ? find_before(j, mail)
							  : NULL;
	for (size_t i = 0; i < j->spot_count; i++) {
		struct ledger_rcpt *rcpt = j->spots[i].rcpt;

		rcpt->hop =
			rcpt->next_id[0] != '\0' && reckon_is_own_relay(j, rcpt)
			? find_next(j->spots[i].mail, rcpt->next_id)
			: NULL;
		if (rcpt->hop != NULL)
			rcpt->hop->before = j->spots[i].mail;
	}
}

static struct ledger_rcpt *
rcpt_of(struct ledger_mail *mail, const char *address)
{
	for (struct ledger_rcpt *rcpt = mail->rcpts; rcpt != NULL;
		rcpt = rcpt->next) {
		if (rcpt->way != TOLD_EXPANDED &&
			reckon_is_same(rcpt->address, address))
			return rcpt;
	}
	return NULL;
}

/* Over the hops of ours, to where the recipient came up. */
struct spot
reckon_origin(const struct judging *j, struct spot at)
{
	for (int i = 0; i < HOPS_MOST; i++) {
		struct ledger_rcpt *rcpt;
		const struct spot *first;

		if (at.rcpt->original[0] != '\0' || at.mail->parent != NULL)
			break;
		rcpt = at.mail->before != NULL
			? rcpt_of(at.mail->before, at.rcpt->address)
			: NULL;
		if (rcpt != NULL) {
			at = (struct spot){at.mail->before, rcpt};
			continue;
		}
		if (!reckon_is_program(j, at.mail))
			break;
		first = reckon_first_with(j, at.rcpt->address);
		if (first == NULL || first->mail == at.mail ||
			first->mail->number > at.mail->number)
			break;
		at = *first;
	}
	return at;
}

bool
reckon_is_given(const struct judging *j, const struct ledger_mail *mail,
	const struct ledger_rcpt *rcpt)
{
	return rcpt->as_given && (mail->flags & LEDGER_CLIENT) != 0 &&
		(reckon_is_ours(j, rcpt->address) ||
			(mail->sender != NULL && mail->sender[0] != '\0' &&
				!reckon_is_ours(j, mail->sender) &&
				!reckon_is_own_client(j, mail)));
}

const char *
reckon_handed(const struct judging *j, const struct ledger_mail *mail)
{
	const char *given = NULL;

	if (mail->before == NULL)
		return NULL;
	for (const struct ledger_rcpt *rcpt = mail->before->rcpts; rcpt != NULL;
		rcpt = rcpt->next) {
		if (rcpt->hop != mail)
			continue;
		if (given != NULL || !reckon_is_given(j, mail->before, rcpt))
			return NULL;
		given = rcpt->address;
	}
	return given;
}

/* It went to a filter of ours, from which it came back. */
static bool
comes_back(const struct judging *j, const struct spot *at)
{
	if (at->rcpt->hop != NULL)
		return true;
	if (!reckon_is_own_relay(j, at->rcpt))
		return false;
	for (size_t i = 0; i < j->spot_count; i++) {
		if (j->spots[i].mail->number > at->mail->number &&
			reckon_is_same(
				j->spots[i].rcpt->address, at->rcpt->address))
			return true;
	}
	return false;
}

bool
reckon_is_departure(const struct judging *j, const struct spot *at)
{
	return at->rcpt->way == TOLD_OUT && !comes_back(j, at);
}
