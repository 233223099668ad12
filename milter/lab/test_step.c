/* SPDX-License-Identifier: BSD-2-Clause */
/* A step of a test: its message, its time, what is expected. */
#include "lab/test_step.h"

#include "base/date.h"
#include "base/input.h"
#include "lab/eml.h"
#include "lab/envelope.h"
#include "lab/test_case.h"
#include "yaml/reader_type.h"
#include "yaml/yaml_scalar.h"

#include <string.h>

#define REPEAT_MAX 100000

static bool
message_to(struct reader *r, const struct yaml_node *node, void *target)
{
	struct letter *letter = target;
	struct reader_text_list texts;

	if (!reader_text_list(r, node, &texts))
		return false;
	letter->rcpts = texts.at;
	letter->rcpt_count = texts.count;
	return true;
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

/* A path beside the test file. */
static bool
message_file(struct reader *r, const struct yaml_node *node, void *target)
{
	struct letter *letter = target;
	const char *slash = strrchr(r->file, '/');
	int directory = slash != NULL ? (int)(slash - r->file) + 1 : 0;
	struct err err = {0};
	struct slice path;
	struct buf text = {0};

	if (!reader_scalar(r, node, &path))
		return false;
	path = arena_printf(
		r->arena, "%.*s%.*s", directory, r->file, SLICE_ARG(path));
	if (path.p == NULL || !input_read(path.p, &text, &err)) {
		buf_fini(&text);
		return reader_refuse(r, node->mark,
			"paths are relative to this file", err.text);
	}
	letter->header = eml_header(arena_copy(r->arena, buf_slice(&text)));
	buf_fini(&text);
	return true;
}

/* "?" as scan has it: nobody knows whose it is. */
static bool
message_log(struct reader *r, const struct yaml_node *node, void *target)
{
	struct letter *letter = target;

	if (!reader_scalar(r, node, &letter->logged))
		return false;
	if (slice_equal(letter->logged, SLICE("?")))
		letter->logged = SLICE("");
	if (letter->kind == KIND_NONE)
		letter->kind = KIND_REDIRECT;
	return true;
}

static const char *
word_kind(int number)
{
	return evidence_kind_names()[number];
}

static bool
message_kind(struct reader *r, const struct yaml_node *node, void *target)
{
	struct letter *letter = target;
	int number = reader_word_number(r, node, r->key->name, word_kind);

	if (number >= 0)
		letter->kind = (enum kind)number;
	return number >= 0;
}

/* Taken before all other keys, wherever it stands. */
static bool
message_letter(struct reader *r, const struct yaml_node *node, void *target)
{
	(void)r, (void)node, (void)target;
	return true;
}

#define AT(member) offsetof(struct letter, member)

static const struct reader_key message_keys[] = {
	{"letter", .read = message_letter,
		.help = "a letter of the file; the other keys take the place "
			"of its own"},
	{"from", &reader_slice, AT(mail_from),
		.help = "the envelope sender; \"<>\" is the null one"},
	{"to", .read = message_to,
		.help = "the recipient, or a list; ESMTP parameters may "
			"follow"},
	{"client", .read = message_client,
		.help = "address and name of the client, or none (made here); "
			"127.0.0.1"},
	{"helo", &reader_slice, AT(client.helo),
		.help = "what it says in HELO"},
	{"user", &reader_slice, AT(client.auth_user),
		.help = "the authenticated user"},
	{"listener", &reader_slice, AT(client.listener),
		.help = "the MTA's {daemon_name}"},
	{"header", &reader_slice, AT(header),
		.help = "the header as a block (|)"},
	{"file", .read = message_file,
		.help = "the same out of a file beside this one"},
	{"log", .read = message_log,
		.help = "no message: the mail log tells that this mailbox's "
			"mail went there; \"?\" is unknown"},
	{"kind", .read = message_kind,
		.help = "what the log shows it to be (redirect)"},
};
#undef AT

const struct reader_table test_step_message_table = {
	.keys = message_keys,
	.count = sizeof(message_keys) / sizeof(*message_keys),
	.where = " in a message",
	.listed = "`forwarden test --help` lists the keys",
};

static bool
take_letter(struct reader *r, const struct yaml_node *node, struct letter *out)
{
	const struct test_file *file = r->ctx;
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
	return reader_map(r, &test_step_message_table, node, out);
}

static bool
step_message(struct reader *r, const struct yaml_node *node, void *target)
{
	struct trial_step *step = target;

	step->repeat = step->repeat > 0 ? step->repeat : 1;
	return test_step_message(r, node, &step->letter);
}

static const char *
word_mode(int number)
{
	return number <= MODE_ENFORCE ? respond_mode_name((enum mode)number)
				      : NULL;
}

static const char *
word_action(int number)
{
	return action_names()[number];
}

bool
test_step_mode(struct reader *r, const struct yaml_node *node, enum mode *out)
{
	int number = reader_word_number(r, node, r->key->name, word_mode);

	if (number >= 0)
		*out = (enum mode)number;
	return number >= 0;
}

bool
test_step_action(
	struct reader *r, const struct yaml_node *node, enum action *out)
{
	int number = reader_word_number(r, node, r->key->name, word_action);

	if (number >= 0)
		*out = (enum action)number;
	return number >= 0;
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
step_allow(struct reader *r, const struct yaml_node *node, void *target)
{
	struct trial_step *step = target;
	struct slice text = node->text;

	if (node->kind != YAML_SCALAR ||
		!slice_next(&text, ' ', &step->allow.mailbox) ||
		!slice_next(&text, ' ', &step->allow.destination)) {
		return reader_refuse(r, node->mark,
			"allow: alice@example.com bob@partner.example",
			"a mailbox and a destination belong here");
	}
	return true;
}

static bool
step_repeat(struct reader *r, const struct yaml_node *node, void *target)
{
	struct trial_step *step = target;
	long long count;

	if (!reader_integer(r, node, &count))
		return false;
	step->repeat = (unsigned)count;
	return true;
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
joined(struct reader *r, const struct reader_text_list *words)
{
	struct buf buf = {0};
	struct slice out;

	for (size_t i = 0; i < words->count; i++) {
		if (i > 0)
			buf_puts(&buf, ", ");
		buf_add(&buf, words->at[i]);
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
	const struct test_file *file = r->ctx;

	if (slice_is_absent(file->policy)) {
		return reader_refuse(r, node->mark,
			"put \"policy: NAME\" at the top of the file",
			"which policy is to hit or to miss?");
	}
	*out = (struct trial_expect){
		.key = hit ? SLICE("matches") : SLICE("misses"),
		.value = file->policy,
		.line = node->mark.line};
	return true;
}

static bool
expect_pair(struct reader *r, const struct yaml_node *node,
	struct trial_expect *out)
{
	struct reader_text_list words;
	bool hit;

	if (slice_equal(node->key, SLICE("hit"))) {
		if (!yaml_scalar_bool(node, &hit)) {
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
	if (!reader_text_list(r, node, &words))
		return false;
	*out = (struct trial_expect){.key = node->key,
		.value = joined(r, &words),
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

#define AT(member) offsetof(struct trial_step, member)

static const struct reader_key step_keys[] = {
	{"time", .read = step_time,
		.help = "when, RFC 3339; else a Monday, 09:00 UTC"},
	{"after", &reader_span, AT(after_ms),
		.help = "how long after the step before (5m, 1h, 7d)"},
	{"contain", &reader_slice, AT(contain[CONTAINED_MAILBOX]),
		.help = "a mailbox that an operator contains then"},
	{"contain-all", &reader_slice, AT(contain[CONTAINED_WRITER]),
		.help = "... with what it writes to the outside"},
	{"contain-to", &reader_slice, AT(contain[CONTAINED_TO]),
		.help = "a destination, or a domain, that he contains"},
	{"contain-all-to", &reader_slice, AT(contain[CONTAINED_ALL_TO]),
		.help = "... with what people write there"},
	{"allow", .read = step_allow,
		.help = "a mailbox (or *) and a destination that he allows"},
	{"mode", .read = step_mode,
		.help = "observe or enforce, from this step on"},
	{"ceiling", .read = step_ceiling,
		.help = "the strongest action, from this step on"},
	{"repeat", &reader_number, .least = 1, .most = REPEAT_MAX,
		.help = "how many such messages; {n} is the number",
		.read = step_repeat},
	{"every", &reader_span, AT(every_ms), .help = "the time between them"},
	{"message", .read = step_message,
		.help = "the message, or the name of a letter"},
	{"again", &reader_bool, AT(again),
		.help = "true: the message before, as it was (a retry)"},
	{"expect", .read = step_expect,
		.help = "what is expected of the last of them"},
};

const struct reader_table test_step_table = {
	.keys = step_keys,
	.count = sizeof(step_keys) / sizeof(*step_keys),
	.where = " in a test",
	.listed = "`forwarden test --help` lists the keys",
};
