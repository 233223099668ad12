/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading scenarios. A line is a key, a colon and a value, or begins with
 * '|' (a line of a header), or is a sentence ("the clock advances 1 h").
 * Which keys there are depends on where the line stands: before the first
 * scenario, or in one.
 */
#include "scn.h"

#include "base/amount.h"

#include <stdlib.h>
#include <string.h>

#define SCENARIOS_MAX 256
#define STEPS_MAX 256
#define RCPTS_MAX 64
#define EXPECTS_MAX 16
#define DEFINED_MAX 64
/* Monday, so that a scenario has a weekday to count on. */
#define BEGIN_MS INT64_C(1767603600000) /* 2026-01-05T09:00:00Z */

struct draft { /* a letter, or a step, while its lines come */
	struct slice name;
	struct letter letter;
	struct slice rcpts[RCPTS_MAX];
	bool rcpts_given, header_given;
	struct buf header;
};

struct parser {
	struct arena *arena;
	const char *file;
	struct slice rest;
	unsigned line;
	struct scn *scn;
	struct scenario *scenario; /* NULL before the first */
	struct trial_step *step; /* NULL before a message */
	struct trial_expect *expects; /* the step's */
	struct draft *letter; /* that the lines are of; NULL: none */
	struct draft *defined[DEFINED_MAX];
	size_t defined_count;
	int64_t pending_ms; /* clock before the next message */
	const struct respond *pending_respond;
	struct respond respond; /* as it is now */
	struct err *err;
};

static bool
fail(struct parser *p, const char *what)
{
	return err_set(
		p->err, ERR_INVALID, "%s:%u: %s", p->file, p->line, what);
}

static bool
next_line(struct parser *p, struct slice *line)
{
	if (!slice_next(&p->rest, '\n', line))
		return false;
	p->line++;
	return true;
}

static const char *
kept_text(struct parser *p, struct slice text)
{
	struct slice kept = arena_copy(p->arena, text);

	return kept.p != NULL ? kept.p : "";
}

static struct draft *
draft_new(struct parser *p, struct slice name)
{
	struct draft *draft = arena_alloc(p->arena, sizeof(*draft));

	draft->name = name;
	draft->letter.rcpts = draft->rcpts;
	return draft;
}

/* The header so far goes into the letter. */
static void
close_letter(struct parser *p)
{
	struct draft *draft = p->letter;

	if (draft == NULL)
		return;
	if (draft->header_given) {
		draft->letter.header =
			arena_copy(p->arena, buf_slice(&draft->header));
	}
	buf_fini(&draft->header);
	if (p->step != NULL)
		p->step->letter = draft->letter;
	p->letter = NULL;
}

static bool
set_path(struct parser *p, struct slice value)
{
	const char *top = getenv("TOP_SRCDIR");
	struct slice path = arena_printf(
		p->arena, "%s/%.*s", top != NULL ? top : ".", SLICE_ARG(value));

	if (p->scn->path_count == SCN_PATHS_MAX || path.p == NULL)
		return fail(p, "too many policies");
	p->scn->paths[p->scn->path_count++] = path.p;
	return true;
}

static bool
set_store(struct parser *p, struct slice value)
{
	p->scn->store = kept_text(p, value);
	return true;
}

static bool
each_word(struct parser *p, struct slice value,
	bool (*add)(struct realm *, struct slice, struct err *))
{
	struct slice word;

	while (slice_next(&value, ' ', &word)) {
		if (word.len > 0 && !add(p->scn->realm, word, p->err))
			return err_wrap(p->err, "%s:%u", p->file, p->line);
	}
	return true;
}

static bool
set_local(struct parser *p, struct slice value)
{
	return each_word(p, value, realm_add_domain);
}

static bool
set_networks(struct parser *p, struct slice value)
{
	return each_word(p, value, realm_add_network);
}

static size_t
indentation(struct slice line)
{
	size_t n = 0;

	while (n < line.len && line.p[n] == ' ')
		n++;
	return n;
}

/* Everything after "policy:" that is indented, or blank, is the policy, and
 * its first line tells how far. */
static bool
set_policy(struct parser *p, struct slice value)
{
	struct slice line, ahead = p->rest;
	struct buf text = {0};
	size_t indented = 0;

	if (value.len > 0)
		return fail(p, "the policy goes on the next lines, indented");
	while (slice_next(&ahead, '\n', &line)) {
		if (line.len > 0 && line.p[0] != ' ')
			break;
		if (indented == 0)
			indented = indentation(line);
		buf_add(&text, slice_sub(line, indented, line.len));
		buf_add_byte(&text, '\n');
		p->line++;
		p->rest = ahead;
	}
	p->scn->policy = arena_copy(p->arena, buf_slice(&text));
	buf_fini(&text);
	return true;
}

/* A change of mode or ceiling holds from the next message on. */
static bool
respond_changed(struct parser *p)
{
	struct respond *kept;

	if (p->scenario == NULL) {
		p->scn->respond = p->respond;
		return true;
	}
	kept = arena_alloc(p->arena, sizeof(*kept));
	*kept = p->respond;
	p->pending_respond = kept;
	return true;
}

static bool
set_mode(struct parser *p, struct slice value)
{
	if (slice_equal(value, SLICE("enforce"))) {
		p->respond.mode = MODE_ENFORCE;
	} else if (slice_equal(value, SLICE("observe"))) {
		p->respond.mode = MODE_OBSERVE;
	} else {
		return fail(p, "mode is observe or enforce");
	}
	return respond_changed(p);
}

static bool
set_ceiling(struct parser *p, struct slice value)
{
	if (!action_parse(value, &p->respond.ceiling))
		return fail(p, "no such action");
	return respond_changed(p);
}

static bool
set_letter(struct parser *p, struct slice value)
{
	close_letter(p);
	if (p->scenario != NULL || p->defined_count == DEFINED_MAX)
		return fail(p, "letters are defined before the scenarios");
	p->letter = draft_new(p, value);
	p->defined[p->defined_count++] = p->letter;
	return true;
}

static const struct draft *
defined(const struct parser *p, struct slice name)
{
	for (size_t i = 0; i < p->defined_count; i++) {
		if (slice_equal(p->defined[i]->name, name))
			return p->defined[i];
	}
	return NULL;
}

static bool
set_scenario(struct parser *p, struct slice value)
{
	close_letter(p);
	if (p->scn->count == SCENARIOS_MAX)
		return fail(p, "too many scenarios");
	p->scenario = &p->scn->scenarios[p->scn->count++];
	p->scenario->name = value;
	p->scenario->trial.file = p->file;
	p->scenario->trial.steps =
		arena_array(p->arena, STEPS_MAX, sizeof(struct trial_step));
	p->step = NULL;
	p->pending_ms = 0;
	p->pending_respond = NULL;
	p->respond = p->scn->respond;
	return p->scenario->trial.steps != NULL ? true : fail(p, "no memory");
}

static bool
new_step(struct parser *p)
{
	struct trial *trial;

	close_letter(p);
	if (p->scenario == NULL)
		return fail(p, "a message stands in a scenario");
	trial = &p->scenario->trial;
	if (trial->count == STEPS_MAX)
		return fail(p, "too many messages");
	p->step = (struct trial_step *)(uintptr_t)&trial->steps[trial->count++];
	p->expects =
		arena_array(p->arena, EXPECTS_MAX, sizeof(struct trial_expect));
	*p->step = (struct trial_step){
		.line = p->line,
		.at_ms = trial->count == 1 ? BEGIN_MS : 0,
		.after_ms = p->pending_ms,
		.repeat = 1,
		.respond = p->pending_respond,
		.expects = p->expects,
	};
	p->pending_ms = 0;
	p->pending_respond = NULL;
	return true;
}

static bool
set_message(struct parser *p, struct slice value)
{
	const struct draft *from = NULL;

	if (value.len > 0 && (from = defined(p, value)) == NULL)
		return fail(p, "no letter of that name was defined");
	if (!new_step(p))
		return false;
	p->letter = draft_new(p, value);
	if (from != NULL)
		p->letter->letter = from->letter;
	return true;
}

static bool
set_from(struct parser *p, struct slice value)
{
	p->letter->letter.mail_from = value;
	return true;
}

static bool
set_to(struct parser *p, struct slice value)
{
	struct letter *letter = &p->letter->letter;

	if (!p->letter->rcpts_given) {
		p->letter->rcpts_given = true;
		letter->rcpts = p->letter->rcpts;
		letter->rcpt_count = 0;
	}
	if (letter->rcpt_count == RCPTS_MAX)
		return fail(p, "too many recipients");
	p->letter->rcpts[letter->rcpt_count++] = value;
	return true;
}

/* "203.0.113.9 mx.partner.example", or "none": made on the machine. */
static bool
set_client(struct parser *p, struct slice value)
{
	struct client *client = &p->letter->letter.client;
	struct slice ip;

	client->ip = client->name = (struct slice){0};
	if (slice_equal(value, SLICE("none")) || !slice_next(&value, ' ', &ip))
		return true;
	client->ip = ip;
	if (value.len > 0)
		client->name = slice_trim(value);
	return true;
}

static bool
set_user(struct parser *p, struct slice value)
{
	p->letter->letter.client.auth_user = value;
	return true;
}

static bool
set_listener(struct parser *p, struct slice value)
{
	p->letter->letter.client.listener = value;
	return true;
}

static bool
set_queue_id(struct parser *p, struct slice value)
{
	p->letter->letter.queue_id = value;
	return true;
}

static bool
set_times(struct parser *p, struct slice value)
{
	uint64_t count;

	if (p->step == NULL || !slice_to_u64(value, &count) || count > 100000)
		return fail(p, "times is a number, of a message");
	p->step->repeat = (unsigned)count;
	return true;
}

static bool
set_every(struct parser *p, struct slice value)
{
	if (p->step == NULL || !amount_seconds_parse(value, &p->step->every_ms))
		return fail(p, "every is a duration, of a message");
	return true;
}

enum place {
	PLACE_FILE, /* before the scenarios */
	PLACE_LETTER, /* of a letter or a message */
	PLACE_ANY
};

static const struct {
	struct slice name;
	enum place place;
	bool (*set)(struct parser *, struct slice value);
} keys[] = {
	{SLICE("policies"), PLACE_FILE, set_path},
	{SLICE("policy"), PLACE_FILE, set_policy},
	{SLICE("local"), PLACE_FILE, set_local},
	{SLICE("networks"), PLACE_FILE, set_networks},
	{SLICE("store"), PLACE_FILE, set_store},
	{SLICE("letter"), PLACE_FILE, set_letter},
	{SLICE("mode"), PLACE_ANY, set_mode},
	{SLICE("ceiling"), PLACE_ANY, set_ceiling},
	{SLICE("scenario"), PLACE_ANY, set_scenario},
	{SLICE("message"), PLACE_ANY, set_message},
	{SLICE("from"), PLACE_LETTER, set_from},
	{SLICE("to"), PLACE_LETTER, set_to},
	{SLICE("client"), PLACE_LETTER, set_client},
	{SLICE("user"), PLACE_LETTER, set_user},
	{SLICE("listener"), PLACE_LETTER, set_listener},
	{SLICE("queue id"), PLACE_LETTER, set_queue_id},
	{SLICE("times"), PLACE_LETTER, set_times},
	{SLICE("every"), PLACE_LETTER, set_every},
};

static bool
is_in_place(const struct parser *p, enum place place)
{
	switch (place) {
	case PLACE_FILE:
		return p->scenario == NULL;
	case PLACE_LETTER:
		return p->letter != NULL;
	case PLACE_ANY:
		break;
	}
	return true;
}

static bool
header_line(struct parser *p, struct slice line)
{
	struct slice text = slice_sub(line, 1, line.len);

	if (p->letter == NULL)
		return fail(p, "a header's line without a letter");
	if (text.len > 0 && text.p[0] == ' ')
		text = slice_sub(text, 1, text.len);
	p->letter->header_given = true;
	buf_add(&p->letter->header, text);
	buf_add_byte(&p->letter->header, '\n');
	return true;
}

static bool
expectation(struct parser *p, struct slice line)
{
	size_t colon = slice_find_byte(line, ':', 0);
	struct slice key =
		slice_trim(slice_sub(line, strlen("expect "), colon));

	close_letter(p);
	if (p->step == NULL || colon == SLICE_NONE)
		return fail(p, "\"expect KEY: VALUE\" follows a message");
	if (!trial_key_is(key))
		return fail(p, "nothing of that name can be expected");
	if (p->step->expect_count == EXPECTS_MAX)
		return fail(p, "too many expectations");
	p->expects[p->step->expect_count++] = (struct trial_expect){.key = key,
		.value = slice_trim(slice_sub(line, colon + 1, line.len)),
		.line = p->line};
	return true;
}

static bool
clock_line(struct parser *p, struct slice line)
{
	struct slice text = slice_trim(
		slice_sub(line, strlen("the clock advances "), line.len));
	int64_t ms;

	close_letter(p);
	if (!amount_seconds_parse(text, &ms))
		return fail(p, "how far? \"the clock advances 1 h\"");
	p->pending_ms += ms;
	return true;
}

/* The message before, as it was: a retry. */
static bool
again_line(struct parser *p)
{
	struct letter letter;

	close_letter(p);
	if (p->step == NULL)
		return fail(p, "no message to be sent again");
	letter = p->step->letter;
	if (!new_step(p))
		return false;
	p->step->letter = letter;
	return true;
}

static bool
key_line(struct parser *p, struct slice line)
{
	size_t colon = slice_find_byte(line, ':', 0);
	struct slice key = slice_trim(slice_sub(line, 0, colon));

	if (colon == SLICE_NONE)
		return fail(p, "neither \"key: value\" nor a known sentence");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!slice_equal(keys[i].name, key))
			continue;
		if (!is_in_place(p, keys[i].place))
			return fail(p, "this key has no place here");
		return keys[i].set(
			p, slice_trim(slice_sub(line, colon + 1, line.len)));
	}
	return fail(p, "no key of that name");
}

static bool
parse_line(struct parser *p, struct slice line)
{
	line = slice_trim(line);
	if (line.len == 0 || line.p[0] == '#')
		return true;
	if (line.p[0] == '|')
		return header_line(p, line);
	if (slice_equal(line, SLICE("again")))
		return again_line(p);
	if (slice_starts_fold(line, SLICE("expect ")))
		return expectation(p, line);
	if (slice_starts_fold(line, SLICE("the clock advances ")))
		return clock_line(p, line);
	return key_line(p, line);
}

struct scn *
scn_parse(struct arena *arena, const char *file, struct slice text,
	struct err *err)
{
	struct parser p = {
		.arena = arena, .file = file, .rest = text, .err = err};
	struct slice line;
	bool good = true;

	p.scn = arena_alloc(arena, sizeof(*p.scn));
	p.scn->scenarios =
		arena_array(arena, SCENARIOS_MAX, sizeof(*p.scn->scenarios));
	p.scn->realm = realm_new();
	respond_init(&p.respond);
	p.respond.mode = MODE_ENFORCE;
	p.scn->respond = p.respond;
	while (good && next_line(&p, &line))
		good = parse_line(&p, line);
	close_letter(&p);
	if (good)
		return p.scn;
	realm_free(p.scn->realm);
	return NULL;
}
