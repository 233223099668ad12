/* SPDX-License-Identifier: BSD-2-Clause */
/* A step of a test: its message, its time, what is expected. */
#include "lab/test_step.h"

#include "base/date.h"
#include "lab/eml.h"
#include "lab/input.h"
#include "lab/trial.h"

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
	struct slice text, ip;

	if (!reader_scalar(r, node, &text))
		return false;
	letter->client.ip = letter->client.name = (struct slice){0};
	if (slice_equal(text, SLICE("none")) || !slice_next(&text, ' ', &ip))
		return true;
	letter->client.ip = ip;
	if (text.len > 0)
		letter->client.name = slice_trim(text);
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

const struct reader_key message_keys[] = {
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

const size_t message_key_count = sizeof(message_keys) / sizeof(message_keys[0]);

static bool
step_message(struct reader *r, const struct yaml_node *node, void *target)
{
	struct trial_step *step = target;

	step->repeat = step->repeat > 0 ? step->repeat : 1;
	step->letter.client.ip = SLICE("127.0.0.1");
	step->letter.client.name = SLICE("localhost");
	return reader_map(
		r, node, message_keys, message_key_count, &step->letter);
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

const struct reader_key step_keys[] = {
	{"time", step_time, "when, RFC 3339; else a Monday, 09:00 UTC"},
	{"after", step_after, "how long after the step before (5m, 1h, 7d)"},
	{"contain", step_contain, "a mailbox that an operator contains then"},
	{"repeat", step_repeat, "how many such messages; {n} is the number"},
	{"every", step_every, "the time between them"},
	{"message", step_message, "the message"},
	{"expect", step_expect, "what is expected of the last of them"},
};
const size_t step_key_count = sizeof(step_keys) / sizeof(step_keys[0]);
