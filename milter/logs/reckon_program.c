/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose mail a program of this host, or another host of ours, sends on. */
#include "logs/reckon_parts.h"

/* A mailbox among those that got the message. */
struct candidate {
	const char *mailbox;
	bool command;
};

struct candidates {
	struct candidate at[LEDGER_GOT_MOST];
	size_t count, commands;
};

static void
add_candidate(struct candidates *all, const char *mailbox, bool command)
{
	for (size_t i = 0; i < all->count; i++) {
		if (reckon_is_same(all->at[i].mailbox, mailbox)) {
			all->commands += command && !all->at[i].command;
			all->at[i].command = all->at[i].command || command;
			return;
		}
	}
	if (all->count == LEDGER_GOT_MOST)
		return;
	all->at[all->count++] = (struct candidate){mailbox, command};
	all->commands += command;
}

/* Did the same client hand in both? Then the one is not made of the other. */
static bool
is_same_client(const struct ledger_mail *a, const struct ledger_mail *b)
{
	return a->client_ip != NULL && b->client_ip != NULL &&
		strcmp(a->client_ip, b->client_ip) == 0;
}

/* Who got the message under an earlier queue id. */
static struct candidates
candidates_for(const struct judging *j, const struct ledger_mail *mail)
{
	struct candidates all = {0};

	for (size_t i = 0; i < j->spot_count; i++) {
		const struct ledger_rcpt *rcpt = j->spots[i].rcpt;
		const struct ledger_mail *got = j->spots[i].mail;

		if (got->number >= mail->number || rcpt->status != TOLD_SENT ||
			rcpt->way == TOLD_NOWHERE ||
			rcpt->way == TOLD_EXPANDED || rcpt->made_child ||
			is_same_client(got, mail) ||
			!reckon_is_ours(j, rcpt->address))
			continue;
		add_candidate(&all, rcpt->address, rcpt->way == TOLD_COMMAND);
	}
	for (uint32_t i = 0; i < j->family->got_count; i++)
		add_candidate(&all, j->family->got[i].mailbox,
			j->family->got[i].command);
	for (struct ledger_word *word = j->family->words; word != NULL;
		word = word->next) {
		if (word->kind == TOLD_PIPE)
			add_candidate(&all, word->mailbox, true);
	}
	return all;
}

/* Programs first, then the one that is the sender, then the only one. */
static const char *
choose(const struct judging *j, const struct candidates *all,
	const struct ledger_mail *mail)
{
	const char *only = NULL;
	size_t count = 0;

	for (size_t i = 0; i < all->count; i++) {
		if (all->commands > 0 && !all->at[i].command)
			continue;
		if (mail->sender != NULL && mail->sender[0] != '\0' &&
			reckon_is_mailbox(j, all->at[i].mailbox, mail->sender))
			return all->at[i].mailbox;
		only = all->at[i].mailbox;
		count++;
	}
	return count == 1 ? only : NULL;
}

/* A program or a host of ours sends it. */
void
reckon_program(
	struct judging *j, const struct spot *left, const struct spot *origin)
{
	const struct ledger_mail *mail = origin->mail;
	struct candidates all = candidates_for(j, mail);
	bool pickup = (mail->flags & LEDGER_PICKUP) != 0;
	struct found_flow flow = {.by = pickup || all.commands > 0
			? FOUND_BY_PROGRAM
			: FOUND_BY_RELAY,
		.sure = all.commands > 0 ? SURE_PROGRAM
			: pickup         ? SURE_PICKUP
					 : SURE_RELAY};
	const char *mailbox = choose(j, &all, mail);

	if (mailbox != NULL) {
		reckon_add_of(j, left, mailbox, flow);
	} else if (all.count > 0) {
		flow.sure = SURE_EITHER;
		reckon_add(j, left, flow);
	} else if (mail->sender != NULL && mail->sender[0] != '\0' &&
		!reckon_is_ours(j, mail->sender)) {
		reckon_add(j, left,
			(struct found_flow){
				.by = FOUND_BY_TRANSIT, .sure = SURE_TRANSIT});
	}
}
