/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What lets mail by is guessed from what else is seen: where no mail to a
 * domain passes the listener, a table of transports has it; where none of a
 * sender does, a table by senders.
 */
#include "logs/passed.h"

#include "base/map.h"

#include <stdlib.h>

#define NAMES_MOST 100000U

struct row {
	struct passed_mail is;
	char *texts; /* what is points to */
};

struct passed {
	struct row *rows;
	size_t count, room;
	uint64_t seen, unbegun, left_out;
	struct map *seen_domains, *seen_senders, *seen_programs;
};

struct passed *
passed_new(void)
{
	struct passed *passed = calloc(1, sizeof(*passed));

	if (passed == NULL)
		return NULL;
	passed->seen_domains = map_new();
	passed->seen_senders = map_new();
	passed->seen_programs = map_new();
	return passed;
}

void
passed_free(struct passed *passed)
{
	if (passed == NULL)
		return;
	for (size_t i = 0; i < passed->count; i++)
		free(passed->rows[i].texts);
	free(passed->rows);
	map_free(passed->seen_domains, NULL);
	map_free(passed->seen_senders, NULL);
	map_free(passed->seen_programs, NULL);
	free(passed);
}

static struct slice
domain_of(const char *address)
{
	const char *at = strrchr(address, '@');

	return slice_of(at != NULL ? at + 1 : address);
}

/* "postfix" of "postfix/out/smtp". */
static struct slice
instance_of(const char *program)
{
	return slice_sub(slice_of(program), 0, strcspn(program, "/"));
}

static void
note(struct map *names, struct slice name)
{
	static char there;

	if (map_count(names) < NAMES_MOST && map_find(names, name) == NULL)
		(void)map_put(names, name, &there, NULL);
}

static char *
add_text(char *to, const char *text, const char **at)
{
	size_t len = strlen(text) + 1;

	*at = memcpy(to, text, len);
	return to + len;
}

static bool
keep(struct passed *passed, const struct passed_mail *mail)
{
	struct row *row;
	char *to;

	if (passed->count == passed->room) {
		size_t room = passed->room > 0 ? passed->room * 2 : 64;
		struct row *rows =
			realloc(passed->rows, room * sizeof(*passed->rows));

		if (rows == NULL)
			return false;
		passed->rows = rows;
		passed->room = room;
	}
	row = &passed->rows[passed->count];
	row->is = *mail;
	to = row->texts = malloc(strlen(mail->id) + strlen(mail->sender) +
		strlen(mail->recipient) + strlen(mail->relay) +
		strlen(mail->program) + 5);
	if (to == NULL)
		return false;
	to = add_text(to, mail->id, &row->is.id);
	to = add_text(to, mail->sender, &row->is.sender);
	to = add_text(to, mail->recipient, &row->is.recipient);
	to = add_text(to, mail->relay, &row->is.relay);
	(void)add_text(to, mail->program, &row->is.program);
	passed->count++;
	return true;
}

bool
passed_add(struct passed *passed, const struct passed_mail *mail)
{
	if (mail->seen) {
		passed->seen++;
		note(passed->seen_domains, domain_of(mail->recipient));
		note(passed->seen_senders, slice_of(mail->sender));
		note(passed->seen_programs, instance_of(mail->program));
		if (!mail->held)
			return true;
	}
	if (passed->count >= PASSED_KEPT) {
		passed->left_out += !mail->seen;
		return true;
	}
	return keep(passed, mail);
}

void
passed_note_unbegun(struct passed *passed)
{
	passed->unbegun++;
}

uint64_t
passed_unbegun(const struct passed *passed)
{
	return passed->unbegun;
}

uint64_t
passed_seen(const struct passed *passed)
{
	return passed->seen;
}

static bool
is_outside(const struct row *row, const struct ours *ours)
{
	return !row->is.seen && !ours_has(ours, slice_of(row->is.recipient));
}

uint64_t
passed_unseen(const struct passed *passed, const struct ours *ours)
{
	uint64_t count = passed->left_out;

	for (size_t i = 0; i < passed->count; i++)
		count += is_outside(&passed->rows[i], ours);
	return count;
}

void
passed_each(const struct passed *passed, const struct ours *ours,
	void (*visit)(void *, const struct passed_mail *), void *ctx)
{
	for (size_t i = 0; i < passed->count; i++) {
		if (is_outside(&passed->rows[i], ours))
			visit(ctx, &passed->rows[i].is);
	}
}

void
passed_each_released(const struct passed *passed,
	void (*visit)(void *, const struct passed_mail *), void *ctx)
{
	for (size_t i = 0; i < passed->count; i++) {
		if (passed->rows[i].is.seen)
			visit(ctx, &passed->rows[i].is);
	}
}

static struct passed_group
group_of(const struct passed *passed, const struct passed_mail *mail)
{
	struct passed_group group = {.program = mail->program,
		.relay = mail->relay,
		.domain = domain_of(mail->recipient).p,
		.sender = mail->sender,
		.cause = PASSED_BY_SOME};

	if (map_find(passed->seen_programs, instance_of(mail->program)) ==
		NULL) {
		group.cause = PASSED_BY_INSTANCE;
	} else if (map_find(passed->seen_domains, domain_of(mail->recipient)) ==
		NULL) {
		group.cause = PASSED_BY_DOMAIN;
	} else if (map_find(passed->seen_senders, slice_of(mail->sender)) ==
		NULL) {
		group.cause = PASSED_BY_SENDER;
	}
	return group;
}

static bool
is_same(const struct passed_group *a, const struct passed_group *b)
{
	return a->cause == b->cause && strcmp(a->program, b->program) == 0 &&
		strcmp(a->relay, b->relay) == 0 &&
		(a->cause != PASSED_BY_DOMAIN ||
			strcmp(a->domain, b->domain) == 0) &&
		(a->cause != PASSED_BY_SENDER ||
			strcmp(a->sender, b->sender) == 0);
}

#define GROUPS_MOST 200U

void
passed_each_group(const struct passed *passed, const struct ours *ours,
	void (*visit)(void *, const struct passed_group *), void *ctx)
{
	struct passed_group groups[GROUPS_MOST];
	size_t count = 0;

	for (size_t i = 0; i < passed->count; i++) {
		struct passed_group group;
		size_t at = 0;

		if (!is_outside(&passed->rows[i], ours))
			continue;
		group = group_of(passed, &passed->rows[i].is);
		while (at < count && !is_same(&groups[at], &group))
			at++;
		if (at == GROUPS_MOST)
			continue;
		if (at == count)
			groups[count++] = group;
		groups[at].count++;
	}
	for (size_t i = 0; i < count; i++)
		visit(ctx, &groups[i]);
}
