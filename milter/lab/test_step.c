/* SPDX-License-Identifier: BSD-2-Clause */
/* A step of a test: its message, its time, what is expected. */
#include "lab/test_step.h"

#include "base/date.h"
#include "lab/eml.h"
#include "lab/envelope.h"
#include "lab/input.h"
#include "lab/test_case.h"

#include <string.h>

#define REPEAT_MAX 100000

static bool
message_from(struct reader *r, const struct yaml_node *node, void *target)
{
	struct letter *letter = target;

	return reader_scalar(r, node, &letter->mail_from);
}

static bool
message_to(struct reader *r, const struct yaml_node *node, void *target)
{
	struct letter *letter = target;

	return reader_texts(r, node, &letter->rcpts, &letter->rcpt_count);
}

static bool
message_client(struct reader *r, const struct yaml_node *node, void *target)
{
	struct letter *letter = target;
	struct slice text;

	if (!reader_scalar(r, node, &text))
		return false;
	envelope_set_client(&letter->client, text);
	return true;
}

static bool
message_helo(struct reader *r, const struct yaml_node *node, void *target)
{
	struct letter *letter = target;

	return reader_scalar(r, node, &letter->client.helo);
}

static bool
message_user(struct reader *r, const struct yaml_node *node, void *target)
{
	struct letter *letter = target;

	return reader_scalar(r, node, &letter->client.auth_user);
}

static bool
message_listener(struct reader *r, const struct yaml_node *node, void *target)
{
	struct letter *letter = target;

	return reader_scalar(r, node, &letter->client.listener);
}

static bool
message_header(struct reader *r, const struct yaml_node *node, void *target)
{
	struct letter *letter = target;

	return reader_scalar(r, node, &letter->header);
}

/* A path beside the test file. */
static bool
message_file(struct reader *r, const struct yaml_node *node, void *target)
{
	struct letter *letter = target;
	const char *slash = strrchr(r->file, '/');
	int folder = slash != NULL ? (int)(slash - r->file) + 1 : 0;
	struct err err = {0};
	struct slice path;
	struct buf text = {0};

	if (!reader_scalar(r, node, &path))
		return false;
	path = arena_printf(
		r->arena, "%.*s%.*s", folder, r->file, SLICE_ARG(path));
	if (path.p == NULL || !input_read(path.p, &text, &err)) {
		buf_fini(&text);
		return reader_refuse(r, node->mark,
			"paths are relative to this file", err.text);
	}
	letter->header = eml_header(arena_copy(r->arena, buf_slice(&text)));
	buf_fini(&text);
	return true;
}

/* Taken before all other keys, wherever it stands. */
static bool
message_letter(struct reader *r, const struct yaml_node *node, void *target)
{
	(void)r, (void)node, (void)target;
	return true;
}

const struct reader_key test_step_message_keys[] = {
	{"letter", message_letter,
		"a letter of the file; the other keys take the place of its "
		"own"},
	{"from", message_from, "the envelope sender; \"<>\" is the null one"},
	{"to", message_to,
		"the recipient, or a list; ESMTP parameters may follow"},
	{"client", message_client,
		"address and name of the client, or none (made here); "
		"127.0.0.1"},
	{"helo", message_helo, "what it says in HELO"},
	{"user", message_user, "the authenticated user"},
	{"listener", message_listener, "the MTA's {daemon_name}"},
	{"header", message_header, "the header as a block (|)"},
	{"file", message_file, "the same out of a file beside this one"},
};

const size_t test_step_message_key_count =
	sizeof(test_step_message_keys) / sizeof(*test_step_message_keys);

static bool
take_letter(struct reader *r, const struct yaml_node *node, struct letter *out)
{
	const struct test_file *file = r->out;
	const struct test_letter *letter = file->letters;
	struct slice name;

	if (!reader_scalar(r, node, &name))
		return false;
	while (letter != NULL && !slice_equal(letter->name, name))
		letter = letter->next;
	if (letter == NULL) {
		return reader_refuse(r, node->mark,
			"letters: stand at the top of the file",
			"there is no letter of that name");
	}
	*out = letter->letter;
	return true;
}

bool
test_step_message(
	struct reader *r, const struct yaml_node *node, struct letter *out)
{
	const struct yaml_node *letter = yaml_find(node, "letter");

	*out = (struct letter){0};
	if (node->kind == YAML_SCALAR)
		return take_letter(r, node, out);
	out->client.ip = SLICE("127.0.0.1");
	out->client.name = SLICE("localhost");
	if (letter != NULL && !take_letter(r, letter, out))
		return false;
	return reader_map(r, node, test_step_message_keys,
		test_step_message_key_count, out);
}

static bool
step_message(struct reader *r, const struct yaml_node *node, void *target)
{
	struct trial_step *step = target;

	step->repeat = step->repeat > 0 ? step->repeat : 1;
	return test_step_message(r, node, &step->letter);
}

static bool
step_again(struct reader *r, const struct yaml_node *node, void *target)
{
	struct trial_step *step = target;

	return yaml_to_bool(node, &step->again) ||
		reader_refuse(r, node->mark, NULL, "true or false");
}

bool
test_step_mode(struct reader *r, const struct yaml_node *node, enum mode *out)
{
	struct slice text;

	if (!reader_scalar(r, node, &text))
		return false;
	*out = slice_equal(text, SLICE("observe")) ? MODE_OBSERVE
						   : MODE_ENFORCE;
	return *out == MODE_OBSERVE || slice_equal(text, SLICE("enforce")) ||
		reader_refuse(r, node->mark, NULL, "observe or enforce");
}

bool
test_step_action(
	struct reader *r, const struct yaml_node *node, enum action *out)
{
	struct slice text;

	if (!reader_scalar(r, node, &text))
		return false;
	if (action_parse(text, out))
		return true;
	const char *nearest = action_nearest(text);
	return reader_refuse(r, node->mark,
		nearest != NULL ? arena_printf(r->arena, "did you mean \"%s\"?",
					  nearest)
					  .p
				: NULL,
		"no action of that name");
}

static bool
step_mode(struct reader *r, const struct yaml_node *node, void *target)
{
	struct trial_step *step = target;

	step->mode_given = true;
	return test_step_mode(r, node, &step->mode);
}

static bool
step_ceiling(struct reader *r, const struct yaml_node *node, void *target)
{
	struct trial_step *step = target;

	step->ceiling_given = true;
	return test_step_action(r, node, &step->ceiling);
}

static bool
step_repeat(struct reader *r, const struct yaml_node *node, void *target)
{
	struct trial_step *step = target;
	long long count;

	if (!yaml_to_int(node, &count) || count < 1 || count > REPEAT_MAX) {
		return reader_refuse(
			r, node->mark, NULL, "a number from 1 to 100000");
	}
	step->repeat = (unsigned)count;
	return true;
}

static bool
step_every(struct reader *r, const struct yaml_node *node, void *target)
{
	struct trial_step *step = target;

	return reader_duration(r, node, &step->every_ms);
}

static bool
step_after(struct reader *r, const struct yaml_node *node, void *target)
{
	struct trial_step *step = target;

	return reader_duration(r, node, &step->after_ms);
}

static bool
step_contain(struct reader *r, const struct yaml_node *node, void *target)
{
	struct trial_step *step = target;

	return reader_scalar(r, node, &step->contain);
}

static bool
step_time(struct reader *r, const struct yaml_node *node, void *target)
{
	struct trial_step *step = target;

	if (node->kind != YAML_SCALAR ||
		!date_parse_stamp(node->text, &step->at_ms)) {
		return reader_refuse(r, node->mark,
			"write it in quotes: \"2026-01-05T09:00:00Z\"",
			"a time belongs here");
	}
	return true;
}

static struct slice
joined(struct reader *r, const struct slice *words, size_t count)
{
	struct buf buf = {0};
	struct slice out;

	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_puts(&buf, ", ");
		buf_add(&buf, words[i]);
	}
	buf_add(&buf, SLICE(""));
	out = arena_copy(r->arena, buf_slice(&buf));
	buf_fini(&buf);
	return out;
}

/* hit: true and false speak of the file's policy. */
static bool
expect_hit(struct reader *r, const struct yaml_node *node, bool hit,
	struct trial_expect *out)
{
	if (slice_is_absent(r->subject)) {
		return reader_refuse(r, node->mark,
			"put \"policy: NAME\" at the top of the file",
			"which policy is to hit or to miss?");
	}
	*out = (struct trial_expect){
		.key = hit ? SLICE("matches") : SLICE("misses"),
		.value = r->subject,
		.line = node->mark.line};
	return true;
}

static bool
expect_pair(struct reader *r, const struct yaml_node *node,
	struct trial_expect *out)
{
	const struct slice *words;
	size_t count;
	bool hit;

	if (slice_equal(node->key, SLICE("hit"))) {
		if (!yaml_to_bool(node, &hit)) {
			return reader_refuse(
				r, node->mark, NULL, "true or false");
		}
		return expect_hit(r, node, hit, out);
	}
	if (!trial_key_is(node->key)) {
		return diags_add(r->diags, DIAG_ERROR, node->key_mark,
			"`forwarden test --help` lists them",
			"nothing called \"%.*s\" can be expected",
			SLICE_ARG(node->key));
	}
	if (!reader_texts(r, node, &words, &count))
		return false;
	*out = (struct trial_expect){.key = node->key,
		.value = joined(r, words, count),
		.line = node->mark.line};
	return true;
}

/* "hit", "miss", or a map. */
static bool
step_expect(struct reader *r, const struct yaml_node *node, void *target)
{
	struct trial_step *step = target;
	struct trial_expect *expects =
		arena_array(r->arena, node->count + 1, sizeof(*expects));
	bool good = true;

	if (expects == NULL) {
		return reader_refuse(
			r, node->mark, NULL, "too much is expected");
	}
	step->expects = expects;
	if (node->kind == YAML_SCALAR &&
		(slice_equal(node->text, SLICE("hit")) ||
			slice_equal(node->text, SLICE("miss")))) {
		step->expect_count = 1;
		return expect_hit(r, node, node->text.p[0] == 'h', &expects[0]);
	}
	if (node->kind != YAML_MAP) {
		return reader_refuse(r, node->mark, NULL,
			"hit, miss, or a map of what is expected");
	}
	for (const struct yaml_node *pair = node->children; pair != NULL;
		pair = pair->next)
		good &= expect_pair(r, pair, &expects[step->expect_count++]);
	return good;
}

const struct reader_key test_step_keys[] = {
	{"time", step_time, "when, RFC 3339; else a Monday, 09:00 UTC"},
	{"after", step_after, "how long after the step before (5m, 1h, 7d)"},
	{"contain", step_contain, "a mailbox that an operator contains then"},
	{"mode", step_mode, "observe or enforce, from this step on"},
	{"ceiling", step_ceiling, "the strongest action, from this step on"},
	{"repeat", step_repeat, "how many such messages; {n} is the number"},
	{"every", step_every, "the time between them"},
	{"message", step_message, "the message, or the name of a letter"},
	{"again", step_again, "true: the message before, as it was (a retry)"},
	{"expect", step_expect, "what is expected of the last of them"},
};
const size_t test_step_key_count =
	sizeof(test_step_keys) / sizeof(*test_step_keys);
