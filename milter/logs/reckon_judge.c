/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order in which a departure is judged, the surest first:
 *
 * 1. What a Sieve rule says that it did.
 * 2. A departure is followed back, over filters and listeners of ours, to the
 *    queue id in which its recipient came up. A second pass through the MTA
 *    is no forwarding.
 * 3. Notifications go away: backscatter is no forwarding, wherever it goes.
 * 4. Its queue id was made of another, for a mailbox: .forward, alias, list.
 * 5. Its recipient was another before: virtual alias, canonical.
 * 6. A stranger's message has a recipient for which he could not ask: bcc.
 * 7. A program of this host, or another host of ours, sends what a mailbox got
 *    under an earlier queue id. Delivery must precede departure.
 * 8. It comes from nobody and goes to nobody here: transit.
 *
 * Whose domains are ours is asked as late as can be; found_add() is given what
 * may be none, and who prints leaves it out.
 */
#include "logs/reckon_parts.h"

#include <stdlib.h>

#define MEMBERS_MOST 8U
#define SPANS_MOST 8U

/* At once, to who wants to know. */
static void
reckon_tell(struct judging *j, struct found_flow *flow)
{
	struct slice member;

	if (j->reckon->tell == NULL)
		return;
	member = found_member(j->reckon->found, flow);
	if (member.len > 0)
		flow->mailbox = member;
	j->reckon->tell(j->reckon->tell_ctx, flow);
}

/* The queue id under which it left, and those of the hops before. */
static size_t
span_hops(const struct spot *left, struct judged_span spans[SPANS_MOST])
{
	size_t count = 0;

	for (const struct ledger_mail *mail = left->mail;
		mail != NULL && count < SPANS_MOST; mail = mail->before)
		spans[count++] = (struct judged_span){.id = mail->id,
			.begun_ms = mail->begun_ms,
			.left_ms = left->rcpt->at_ms};
	return count;
}

/* What a guess takes for a forward need not be one; and of lists of ours the
 * listener tells nothing. */
static bool
is_to_be_told(const struct found_flow *flow)
{
	return flow->sure >= FOUND_SURE &&
		!(flow->by == FOUND_BY_LIST && flow->seen);
}

/* What the daemon told of it, if that is asked. */
static void
hear_forward(struct judging *j, const struct spot *left,
	const struct found_flow *flow)
{
	struct judged_span spans[SPANS_MOST];

	if (j->reckon->judged != NULL && left->rcpt->status == TOLD_SENT &&
		left->mail->id[0] != '\0' && is_to_be_told(flow) &&
		!judged_forward(
			j->reckon->judged, flow, spans, span_hops(left, spans)))
		j->reckon->failed = true;
}

void
reckon_add(struct judging *j, const struct spot *left, struct found_flow flow)
{
	size_t known = found_routes(j->reckon->found) +
		found_left_out(j->reckon->found);
	struct buf destination = {0};

	flow.status = left->rcpt->status;
	flow.at_ms = left->rcpt->at_ms;
	flow.id = left->mail->id;
	flow.seen = (left->mail->flags & LEDGER_EGRESS) != 0;
	ours_address(j->reckon->ours,
		flow.destination.p != NULL ? flow.destination
					   : slice_of(left->rcpt->address),
		&destination);
	flow.destination = buf_slice(&destination);
	if (!ours_has(j->reckon->ours, flow.destination)) {
		if (!found_add(j->reckon->found, &flow))
			j->reckon->failed = true;
		hear_forward(j, left, &flow);
		flow.is_new = found_routes(j->reckon->found) +
				found_left_out(j->reckon->found) >
			known;
		reckon_tell(j, &flow);
	}
	buf_fini(&destination);
}

/* With the mailbox in its one form. */
void
reckon_add_of(struct judging *j, const struct spot *left, const char *mailbox,
	struct found_flow flow)
{
	struct buf name = {0}, via = {0};

	ours_mailbox(j->reckon->ours, slice_of(mailbox), &name);
	flow.mailbox = buf_slice(&name);
	if (flow.via.len > 0) {
		ours_mailbox(j->reckon->ours, flow.via, &via);
		flow.via = slice_equal(buf_slice(&via), flow.mailbox)
			? SLICE("")
			: buf_slice(&via);
	}
	reckon_add(j, left, flow);
	buf_fini(&name);
	buf_fini(&via);
}

/* A departure that a rule's word is about. */
static struct spot *
find_departure(const struct judging *j, const char *address, bool *taken)
{
	for (size_t i = 0; i < j->spot_count; i++) {
		struct spot *at = &j->spots[i];

		if (!taken[i] && at->rcpt->way == TOLD_OUT &&
			reckon_is_same(at->rcpt->address, address) &&
			reckon_is_departure(j, at) &&
			reckon_is_program(j, reckon_origin(j, *at).mail)) {
			taken[i] = true;
			return at;
		}
	}
	return NULL;
}

/* What Sieve says. Without a departure it is believed all the same: the log
 * of the MTA may be elsewhere. */
static void
judge_words(struct judging *j, bool *taken)
{
	for (struct ledger_word *word = j->family->words; word != NULL;
		word = word->next) {
		struct ledger_rcpt rcpt = {.at_ms = word->at_ms};
		struct ledger_mail mail = {0};
		struct spot said = {&mail, &rcpt};
		const struct spot *at;

		if (word->kind == TOLD_PIPE || word->used)
			continue;
		at = word->kind == TOLD_SIEVE
			? find_departure(j, word->destination, taken)
			: NULL;
		if (at == NULL && word->kind == TOLD_SIEVE && !j->family->last)
			continue;
		word->used = true;
		if (at != NULL && at->rcpt->judged)
			continue;
		reckon_add_of(j, at != NULL ? at : &said, word->mailbox,
			(struct found_flow){
				.destination = slice_of(word->destination),
				.kind = word->kind == TOLD_NOTIFY
					? FOUND_NOTIFY
					: FOUND_REDIRECT,
				.by = FOUND_BY_SIEVE,
				.sure = word->kind == TOLD_NOTIFY
					? SURE_NOTIFY
					: SURE_SIEVE});
	}
}

bool
reckon_is_mailbox(const struct judging *j, const char *a, const char *b)
{
	struct buf x = {0}, y = {0};
	bool same;

	ours_mailbox(j->reckon->ours, slice_of(a), &x);
	ours_mailbox(j->reckon->ours, slice_of(b), &y);
	same = slice_equal(buf_slice(&x), buf_slice(&y));
	buf_fini(&x);
	buf_fini(&y);
	return same;
}

/* The mailboxes of ours to which a stranger's message was. */
static size_t
own_recipients(const struct judging *j, const struct ledger_mail *mail,
	const char **first, struct buf *all)
{
	size_t count = 0;

	for (const struct ledger_rcpt *rcpt = mail->rcpts; rcpt != NULL;
		rcpt = rcpt->next) {
		const char *who = rcpt->original[0] != '\0' ? rcpt->original
							    : rcpt->address;

		if (!reckon_is_ours(j, who) ||
			(count > 0 && reckon_is_mailbox(j, who, *first)))
			continue;
		if (count++ == 0)
			*first = who;
		if (count <= LEDGER_GOT_MOST)
			buf_printf(all, " %s", who);
	}
	return count;
}

/* A stranger cannot ask for a recipient outside. */
static void
judge_added(
	struct judging *j, const struct spot *left, const struct spot *origin)
{
	const struct ledger_mail *mail = origin->mail;
	struct found_flow flow = {
		.kind = FOUND_COPY, .by = FOUND_BY_BCC, .sure = SURE_ADDED};
	struct buf all = {0};
	const char *first = NULL;
	size_t count;

	if ((mail->flags & LEDGER_CLIENT) == 0 || mail->login != NULL ||
		mail->sender == NULL ||
		(mail->sender[0] != '\0' && reckon_is_ours(j, mail->sender)) ||
		(mail->given > 0 && mail->given >= mail->nrcpt) ||
		reckon_is_own_client(j, mail))
		return;
	buf_puts(&all, "one of");
	count = own_recipients(j, mail, &first, &all);
	if (count == 1) {
		reckon_add_of(j, left, first, flow);
	} else if (count > 1) {
		flow.via = buf_slice(&all);
		flow.sure = SURE_EITHER;
		reckon_add(j, left, flow);
	}
	buf_fini(&all);
}

/* What the log says of an expansion: who became that recipient. */
static const char *
expanded_from(const struct ledger_mail *mail, const char *address)
{
	for (const struct ledger_rcpt *rcpt = mail->rcpts; rcpt != NULL;
		rcpt = rcpt->next) {
		if (rcpt->way == TOLD_EXPANDED &&
			reckon_is_same(rcpt->address, address))
			return rcpt->original;
	}
	return NULL;
}

/* Whose list has its members in a file, if there is one alone: they themselves
 * are not told of. */
static const char *
included_from(const struct ledger_mail *mail)
{
	const char *from = NULL;

	for (const struct ledger_rcpt *rcpt = mail->rcpts; rcpt != NULL;
		rcpt = rcpt->next) {
		if (rcpt->way != TOLD_EXPANDED ||
			strncmp(rcpt->address, ":include:", 9) != 0)
			continue;
		if (from != NULL && !reckon_is_same(from, rcpt->original))
			return NULL;
		from = rcpt->original;
	}
	return from;
}

/* The one that keeps a copy of what it sends on, if there is one alone. */
static const char *
the_one_that_keeps(const struct ledger_mail *mail)
{
	const char *keeps = NULL;

	for (const struct ledger_rcpt *rcpt = mail->rcpts; rcpt != NULL;
		rcpt = rcpt->next) {
		if (rcpt->keeps && keeps != NULL)
			return NULL;
		if (rcpt->keeps)
			keeps = rcpt->address;
	}
	return keeps;
}

/* Its recipient is not what was given. Sendmail says whose it was only when
 * asked to. */
static void
judge_expanded(
	struct judging *j, const struct spot *left, const struct spot *origin)
{
	const char *from = expanded_from(origin->mail, origin->rcpt->address),
		   *keeps = the_one_that_keeps(origin->mail);
	bool list = (origin->mail->flags & LEDGER_LIST) != 0;
	struct found_flow flow = {.by = list ? FOUND_BY_LIST : FOUND_BY_RULE,
		.sure = SURE_EXPANDED};

	if (from != NULL) {
		const char *before = expanded_from(origin->mail, from);

		flow.sure = SURE_ORIGINAL;
		flow.via = slice_of(before != NULL ? before : "");
		reckon_add_of(j, left, from, flow);
	} else if (included_from(origin->mail) != NULL) {
		reckon_add_of(j, left, included_from(origin->mail), flow);
	} else if (keeps != NULL) {
		flow.sure = SURE_KEPT;
		reckon_add_of(j, left, keeps, flow);
	} else {
		reckon_add(j, left, flow);
	}
}

/* Went it out, though it is ours, or a stranger asked for it, it went as
 * another. */
static bool
is_unresolved(const struct judging *j, const struct spot *origin)
{
	return !reckon_is_own_relay(j, origin->rcpt) &&
		reckon_is_given(j, origin->mail, origin->rcpt);
}

/* The new address is in the words of a host that refused it; else there is
 * where it went. */
static void
judge_unresolved(struct judging *j, const struct spot *left)
{
	struct found_flow flow = {.by = FOUND_BY_MAP,
		.sure = SURE_UNRESOLVED,
		.of_stranger = true};
	struct buf where = {0};

	if (left->rcpt->nearest[0] != '\0') {
		buf_puts(&where, left->rcpt->nearest);
	} else {
		size_t len = strcspn(left->rcpt->relay, " [");

		buf_puts(&where, "?@");
		while (len > 0 && left->rcpt->relay[len - 1] == '.')
			len--;
		buf_add(&where, (struct slice){left->rcpt->relay, len});
	}
	flow.destination = buf_slice(&where);
	reckon_add_of(j, left, left->rcpt->address, flow);
	buf_fini(&where);
}

/* The mailboxes to which mail for an alias was delivered here. */
static void
add_members(const struct judging *j, const char *alias, struct buf *members)
{
	unsigned count = 0;

	for (size_t i = 0; i < j->spot_count; i++) {
		const struct ledger_rcpt *rcpt = j->spots[i].rcpt;

		if ((rcpt->way != TOLD_MAILBOX && rcpt->way != TOLD_LMTP) ||
			!reckon_is_same(rcpt->original, alias) ||
			reckon_is_mailbox(j, rcpt->address, alias) ||
			count++ == MEMBERS_MOST)
			continue;
		ours_mailbox(j->reckon->ours, slice_of(rcpt->address), members);
		buf_add_byte(members, '\n');
	}
}

static void
judge_departure(struct judging *j, const struct spot *left)
{
	struct spot origin = reckon_origin(j, *left);
	const struct ledger_rcpt *rcpt = origin.rcpt;
	const struct ledger_mail *mail = origin.mail;
	struct found_flow flow = {.by = FOUND_BY_RULE,
		.via = slice_of(rcpt->original),
		.sure = SURE_ORIGINAL};
	const char *handed = reckon_handed(j, mail);
	struct buf members = {0};

	if ((mail->flags & LEDGER_NOTICE) != 0 && rcpt->original[0] == '\0')
		return;
	if (mail->parent != NULL) {
		if (rcpt->original[0] == '\0' ||
			(mail->flags & LEDGER_LIST) != 0) {
			flow.by = FOUND_BY_LIST;
			flow.sure = SURE_LIST;
		}
		add_members(j, mail->parent, &members);
		flow.members = buf_slice(&members);
		reckon_add_of(j, left, mail->parent, flow);
	} else if (rcpt->original[0] != '\0') {
		if (!rcpt->exim)
			flow.by = FOUND_BY_MAP;
		add_members(j, rcpt->original, &members);
		flow.members = buf_slice(&members);
		reckon_add_of(j, left,
			rcpt->nearest[0] != '\0' ? rcpt->nearest
						 : rcpt->original,
			flow);
	} else if (rcpt->expanded && (mail->flags & LEDGER_PICKUP) == 0) {
		judge_expanded(j, left, &origin);
	} else if (handed != NULL) {
		/* Its log has the address that was given, the next hop's the
		 * new one. */
		flow.by = FOUND_BY_MAP;
		flow.sure = SURE_EXPANDED;
		flow.of_stranger = true;
		reckon_add_of(j, left, handed, flow);
	} else if (is_unresolved(j, &origin)) {
		judge_unresolved(j, left);
	} else if (reckon_is_program(j, mail)) {
		reckon_program(j, left, &origin);
	} else {
		judge_added(j, left, &origin);
	}
	buf_fini(&members);
}

/* Which of its recipients was added to what the login gave, if that is known
 * by now. */
static void
tell_added(struct judging *j, const struct found_either *either)
{
	struct found_flow flow;

	if (j->reckon->tell != NULL &&
		found_one_of(j->reckon->found, either, &flow) &&
		!ours_has(j->reckon->ours, flow.destination))
		j->reckon->tell(j->reckon->tell_ctx, &flow);
}

/* One more recipient than the login gave. */
static void
judge_login(struct judging *j, struct ledger_mail *mail)
{
	struct found_either either = {
		.id = mail->id, .at_ms = mail->begun_ms, .status = TOLD_SENT};
	struct buf who = {0};

	if (mail->login == NULL || mail->given == 0 ||
		mail->nrcpt != mail->given + 1 ||
		(mail->flags & LEDGER_COUNTED) != 0)
		return;
	for (const struct ledger_rcpt *rcpt = mail->rcpts; rcpt != NULL;
		rcpt = rcpt->next) {
		if (rcpt->original[0] != '\0')
			continue;
		if (either.count == FOUND_EITHER_MOST)
			return;
		either.addresses[either.count++] = slice_of(rcpt->address);
		if (rcpt->status != TOLD_SENT)
			either.status = rcpt->status;
	}
	if (either.count != mail->nrcpt)
		return;
	ours_mailbox(j->reckon->ours,
		slice_of(mail->sender != NULL && mail->sender[0] != '\0' &&
					reckon_is_ours(j, mail->sender)
				? mail->sender
				: mail->login),
		&who);
	either.login = buf_slice(&who);
	mail->flags |= LEDGER_COUNTED;
	if (!found_add_either(j->reckon->found, &either))
		j->reckon->failed = true;
	tell_added(j, &either);
	buf_fini(&who);
}

static void
hear_departure(struct judging *j, const struct spot *left,
	const struct passed_mail *passed)
{
	struct judged_span spans[SPANS_MOST];

	if (j->reckon->judged != NULL &&
		!judged_leave(j->reckon->judged, passed, spans,
			span_hops(left, spans), j->family->message))
		j->reckon->failed = true;
}

static void
note_passed(struct judging *j, const struct spot *left)
{
	const struct ledger_mail *mail = left->mail;
	const struct passed_mail passed = {.at_ms = left->rcpt->at_ms,
		.id = mail->id,
		.sender = mail->sender != NULL ? mail->sender : "",
		.recipient = left->rcpt->address,
		.relay = left->rcpt->relay,
		.program = left->rcpt->program,
		.seen = (mail->flags & LEDGER_EGRESS) != 0,
		.held = (mail->flags & LEDGER_HELD) != 0};

	if (left->rcpt->status != TOLD_SENT)
		return;
	hear_departure(j, left, &passed);
	if (j->reckon->passed == NULL)
		return;
	if ((mail->flags & LEDGER_BEGUN) == 0) {
		passed_note_unbegun(j->reckon->passed);
		return;
	}
	if (!passed_add(j->reckon->passed, &passed))
		j->reckon->failed = true;
}

/* More may be said of it. */
static bool
is_too_young(const struct judging *j, const struct spot *at)
{
	return j->family->until_ms != 0 &&
		at->rcpt->at_ms > j->family->until_ms;
}

static void
judge_all(struct judging *j, bool *taken)
{
	judge_words(j, taken);
	for (size_t i = 0; i < j->spot_count; i++) {
		const struct spot *at = &j->spots[i];

		if (at->rcpt->judged || is_too_young(j, at))
			continue;
		if (at->rcpt->way == TOLD_COMMAND &&
			at->rcpt->status == TOLD_SENT) {
			reckon_command(j, at);
			at->rcpt->judged = true;
		}
		if (!reckon_is_departure(j, at))
			continue;
		note_passed(j, at);
		if (!taken[i])
			judge_departure(j, at);
		at->rcpt->judged = true;
	}
	for (struct ledger_mail *mail = j->family->mails; mail != NULL;
		mail = mail->next)
		judge_login(j, mail);
}

void
reckon_family(struct reckon *reckon, struct ledger_family *family)
{
	struct judging j = {.reckon = reckon, .family = family};
	bool *taken = NULL;

	if (reckon_collect(&j))
		taken = calloc(j.spot_count + 1, sizeof(*taken));
	if (taken != NULL) {
		reckon_link_hops(&j);
		judge_all(&j, taken);
	} else {
		reckon->failed = true;
	}
	free(taken);
	free(j.spots);
	hashes_fini(&j.first);
}
