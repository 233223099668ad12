/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs one scenario, and shows all that was seen when it fails. */
#include "flowcase.h"
#include "letter.h"
#include "mail/path.h"
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMORIES_MAX 8
#define MEMBERS_MAX 16

struct told {
	struct memory memories[MEMORIES_MAX];
	struct trace_member members[MEMORIES_MAX][MEMBERS_MAX];
	size_t count;
	struct acquaintance known[MEMORIES_MAX];
	size_t known_count;
	bool forged;
};

static struct memory *
memory_of(struct told *all, struct slice id)
{
	struct memory *memory;

	for (size_t i = 0; i < all->count; i++) {
		if (slice_equal(all->memories[i].id, id))
			return &all->memories[i];
	}
	assert_in_range(all->count, 0, MEMORIES_MAX - 1);
	memory = &all->memories[all->count];
	*memory = (struct memory){
		id, MEMORY_REFERENCE, all->members[all->count], 0};
	all->count++;
	return memory;
}

static void
remember_line(
	struct told *all, const struct message *message, struct slice line)
{
	static const char roles[TRACE_ROLES] = "mpacilx";
	const char *letter;
	struct slice id, role, who, ago;
	struct trace_member *member;
	struct memory *memory;
	struct address address;
	uint64_t ms;
	bool own;

	assert_true(slice_next(&line, ' ', &id));
	assert_true(slice_next(&line, ' ', &role));
	assert_true(slice_next(&line, ' ', &who));
	assert_true(slice_next(&line, ' ', &ago) && slice_to_u64(ago, &ms));
	own = slice_equal(id, SLICE("own"));
	memory = memory_of(all, own ? message->message_id : id);
	if (own) {
		memory->of = MEMORY_OWN;
	} else if (slice_starts_fold(id, SLICE("thread:"))) {
		memory->of = MEMORY_THREAD;
	} else if (slice_starts_fold(id, SLICE("queue:"))) {
		memory->of = MEMORY_QUEUE;
	} else if (slice_starts_fold(id, SLICE("subject:"))) {
		memory->of = MEMORY_SUBJECT;
	}
	assert_in_range(memory->count, 0, MEMBERS_MAX - 1);
	member = &all->members[memory - all->memories][memory->count++];
	letter = memchr(roles, role.p[0], TRACE_ROLES);
	assert_non_null(letter);
	*member = (struct trace_member){(enum trace_role)(letter - roles), who,
		FLOWCASE_AT_MS - (int64_t)ms};
	assert_true(path_parse(message->arena, who, &address));
	if (member->role == TRACE_PARTICIPANT || member->role == TRACE_AUTHOR) {
		member->who = trace_hash(message->arena, &address);
	} else if (member->role == TRACE_MAILBOX) {
		member->who = address.text;
	}
}

/* "known alice@example.com person": a mailbox; "known alice@example.com
 * drop@freemail.example": its route. */
static void
know_line(struct told *all, struct slice line)
{
	struct acquaintance *one = &all->known[all->known_count++];
	struct slice word;

	assert_in_range(all->known_count, 1, MEMORIES_MAX);
	*one = (struct acquaintance){.known = true};
	assert_true(slice_next(&line, ' ', &word));
	assert_true(slice_next(&line, ' ', &one->who));
	while (slice_next(&line, ' ', &word)) {
		if (slice_equal(word, SLICE("person"))) {
			one->person = true;
		} else if (!slice_equal(word, SLICE("nobody"))) {
			one->destination = word;
			one->messages = 3;
		}
	}
}

static void
remember(struct told *all, const struct message *message, const char *memory)
{
	struct slice rest = slice_of(memory), line;

	all->count = 0;
	all->known_count = 0;
	all->forged = false;
	while (slice_next(&rest, '\n', &line) && line.len > 0) {
		if (slice_equal(line, SLICE("forged"))) {
			all->forged = true;
		} else if (slice_starts_fold(line, SLICE("known "))) {
			know_line(all, line);
		} else {
			remember_line(all, message, line);
		}
	}
}

static void
print_flow(const struct flow *flow)
{
	print_message("# %s mailbox=%.*s platform=%s confidence=%u exempt=%x\n",
		evidence_kind_name(flow->kind), SLICE_ARG(flow->mailbox.text),
		flow->platform, flow->confidence, flow->exempt);
	for (size_t i = 0; i < flow->seen_count; i++) {
		print_message("#   %s standing=%d %u %.*s (%.*s)\n",
			evidence_row(flow->seen[i].evidence)->name,
			(int)flow->seen[i].standing, flow->seen[i].confidence,
			SLICE_ARG(flow->seen[i].mailbox.text),
			SLICE_ARG(flow->seen[i].value));
	}
}

/* "orcpt received-for", in the table's order. */
const char *
flowcase_evidence(struct letter *letter, uint64_t set)
{
	struct slice text = SLICE("");

	for (size_t i = 0; i < EVIDENCE_COUNT; i++) {
		if ((set >> i & 1) != 0) {
			text = arena_printf(letter->arena, "%.*s%s%s",
				SLICE_ARG(text), text.len > 0 ? " " : "",
				evidence_row((enum evidence)i)->name);
		}
	}
	return text.p;
}

static bool
is_expected(const struct flowcase *row, const struct flow *flow,
	const char *evidence)
{
	return slice_equal(flow->mailbox.text,
		       slice_of(row->mailbox != NULL ? row->mailbox : "")) &&
		flow->kind == row->kind && flow->confidence >= row->least &&
		flow->confidence <= row->most && flow->exempt == row->exempt &&
		strcmp(evidence, row->evidence) == 0 &&
		(row->platform == NULL ||
			strcmp(flow->platform, row->platform) == 0);
}

static const struct flow *
first_external(const struct message *message, const struct flow *flows)
{
	for (size_t i = 0; i < message->rcpt_count; i++) {
		if (message->rcpts[i].external)
			return &flows[i];
	}
	return &flows[0];
}

const struct flow *
flowcase_infer(const struct flowcase *row, struct letter *letter)
{
	struct told *all = malloc(sizeof(*all));
	struct remembered remembered = {.down = false};
	struct context context;
	const struct flow *flows;

	assert_non_null(all);
	letter_read(letter, row->letter, FLOWCASE_AT_MS);
	remember(all, letter->message, row->memory != NULL ? row->memory : "");
	infer_begin(&context, letter->message);
	remembered.memories = all->memories;
	remembered.memory_count = all->count;
	remembered.known = all->known;
	remembered.known_count = all->known_count;
	if (all->forged)
		remembered.forged_tag =
			message_first(letter->message, NAME_X_FORWARDEN);
	flows = infer_flows(&context, &remembered);
	assert_non_null(flows);
	free(all);
	return first_external(letter->message, flows);
}

void
flowcase_check(void **state)
{
	const struct flowcase *row = *state;
	const struct flow *flow;
	const char *evidence;
	struct letter letter;

	letter_open(&letter);
	flow = flowcase_infer(row, &letter);
	evidence = flowcase_evidence(&letter, flow->evidence);
	if (!is_expected(row, flow, evidence)) {
		print_flow(flow);
		print_message("# expected %s mailbox=%s %u..%u exempt=%x: %s\n",
			evidence_kind_name(row->kind),
			row->mailbox != NULL ? row->mailbox : "", row->least,
			row->most, row->exempt, row->evidence);
		letter_close(&letter);
		fail();
	}
	letter_close(&letter);
}
