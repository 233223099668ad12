/* SPDX-License-Identifier: BSD-2-Clause */
/* Trials: run, compare, say what differs. */
#include "lab/trial.h"

#include "forward/evidence.h"
#include "verdict/allowed.h"
#include "verdict/contained.h"

#include <string.h>

#define MESSAGE_BYTES (4 * 1024 * 1024)
#define DAY_MS INT64_C(86400000)
#define NUMBER SLICE("{n}")

typedef void actual_fn(const struct verdict *, struct buf *);

static void
add_word(struct buf *out, struct slice word)
{
	if (out->len > 0)
		buf_puts(out, ", ");
	buf_add_visible(out, word);
}

static void
add_flow_word(struct buf *out, const struct verdict *v, const char *word)
{
	if (v->flow != NULL)
		add_word(out, slice_of(word));
}

static void
actual_action(const struct verdict *v, struct buf *out)
{
	buf_puts(out, action_name(v->action));
}

static void
actual_would(const struct verdict *v, struct buf *out)
{
	buf_puts(out, action_name(v->would));
}

static void
actual_kind(const struct verdict *v, struct buf *out)
{
	buf_puts(out,
		evidence_kind_name(
			v->flow != NULL ? v->flow->kind : KIND_NONE));
}

static void
actual_mailbox(const struct verdict *v, struct buf *out)
{
	if (v->flow != NULL)
		buf_add_visible(out, v->flow->mailbox.text);
}

static void
actual_destination(const struct verdict *v, struct buf *out)
{
	if (v->flow != NULL)
		buf_add_visible(out, v->flow->rcpt->address.text);
}

static void
actual_platform(const struct verdict *v, struct buf *out)
{
	add_flow_word(out, v, v->flow != NULL ? v->flow->platform : NULL);
}

static void
actual_direction(const struct verdict *v, struct buf *out)
{
	buf_puts(out, message_direction_name(v->message->direction));
}

static void
actual_confidence(const struct verdict *v, struct buf *out)
{
	buf_printf(out, "%u", v->flow != NULL ? v->flow->confidence : 0);
}

static void
actual_evidence(const struct verdict *v, struct buf *out)
{
	for (unsigned i = 0; v->flow != NULL && i < EVIDENCE_COUNT; i++) {
		if (v->flow->evidence & (UINT64_C(1) << i)) {
			add_flow_word(
				out, v, evidence_row((enum evidence)i)->name);
		}
	}
}

static void
add_exemptions(unsigned bits, struct buf *out)
{
	for (unsigned i = 0; i < EXEMPTION_COUNT; i++) {
		if (bits & (1U << i))
			add_word(out, slice_of(flow_exemption_name(i)));
	}
}

static void
actual_exempt(const struct verdict *v, struct buf *out)
{
	if (v->flow_count > 0)
		add_exemptions(v->flows[0].exempt, out);
}

static void
actual_excused_by(const struct verdict *v, struct buf *out)
{
	if (v->flow_count > 0)
		add_exemptions(v->flows[0].excused_by, out);
}

static void
actual_policies(const struct verdict *v, struct buf *out)
{
	const struct matched *matched;
	size_t at = 0;

	while ((matched = verdict_next(v, &at)) != NULL)
		add_word(out, verdict_policy(matched->rule));
}

static void
actual_gave_up(const struct verdict *v, struct buf *out)
{
	const struct matched *unknown;
	size_t at = 0;

	while ((unknown = verdict_next_unknown(v, &at)) != NULL)
		add_word(out, verdict_policy(unknown->rule));
}

static void
actual_gaps(const struct verdict *v, struct buf *out)
{
	for (unsigned i = 0; i < GAP_COUNT; i++) {
		if (v->gaps & (1U << i))
			add_word(out, slice_of(message_gap_name(i)));
	}
}

static void
actual_edges(const struct verdict *v, struct buf *out)
{
	for (size_t i = 0; i < v->matched_count; i++) {
		if (v->matched[i].edge)
			add_word(out, verdict_policy(v->matched[i].rule));
	}
}

static void
actual_round_trips(const struct verdict *v, struct buf *out)
{
	buf_printf(out, "%u", v->round_trips);
}

enum compare {
	COMPARE_EQUAL,
	COMPARE_SET, /* the same words in any order */
	COMPARE_INCLUDES, /* all these, and maybe others */
	COMPARE_EXCLUDES, /* none of these */
	COMPARE_LEAST, /* a number, at least this */
	COMPARE_MOST,
};

static const struct {
	const char *name, *meaning;
	actual_fn *actual;
	enum compare compare;
} keys[] = {
	{"action", "what is done under the mode", actual_action, COMPARE_EQUAL},
	{"would", "what enforce would do", actual_would, COMPARE_EQUAL},
	{"kind", "kind of the deciding flow", actual_kind, COMPARE_EQUAL},
	{"mailbox", "whose mail is moving", actual_mailbox, COMPARE_EQUAL},
	{"destination", "where it goes", actual_destination, COMPARE_EQUAL},
	{"platform", "what forwards it", actual_platform, COMPARE_EQUAL},
	{"direction", "direction of the message", actual_direction,
		COMPARE_EQUAL},
	{"confidence", "at least this", actual_confidence, COMPARE_LEAST},
	{"evidence", "these are seen (and maybe others)", actual_evidence,
		COMPARE_INCLUDES},
	{"exempt", "exemptions of the first recipient", actual_exempt,
		COMPARE_SET},
	{"excused by", "those without which it would be a forward",
		actual_excused_by, COMPARE_SET},
	{"policies", "exactly these match", actual_policies, COMPARE_SET},
	{"matches", "these match (and maybe others)", actual_policies,
		COMPARE_INCLUDES},
	{"gave_up", "of these nobody knows: a regex gave up", actual_gave_up,
		COMPARE_SET},
	{"misses", "none of these matches", actual_policies, COMPARE_EXCLUDES},
	{"edges", "correlations that just crossed their threshold",
		actual_edges, COMPARE_SET},
	{"gaps", "what could not be seen", actual_gaps, COMPARE_SET},
	{"round trips", "at most this often it waited for the store",
		actual_round_trips, COMPARE_MOST},
};

#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))

size_t
trial_key_count(void)
{
	return KEY_COUNT;
}

const char *
trial_key(size_t index)
{
	return keys[index].name;
}

const char *
trial_key_meaning(size_t index)
{
	return keys[index].meaning;
}

enum trial_names
trial_key_names(struct slice key)
{
	for (size_t i = 0; i < KEY_COUNT; i++) {
		actual_fn *actual = keys[i].actual;

		if (!slice_equal(slice_of(keys[i].name), key))
			continue;
		if (keys[i].compare == COMPARE_EXCLUDES)
			return TRIAL_NAMES_MISSES;
		return actual == actual_policies || actual == actual_edges ||
				actual == actual_gave_up
			? TRIAL_NAMES_HITS
			: TRIAL_NAMES_NONE;
	}
	return TRIAL_NAMES_NONE;
}

bool
trial_key_is(struct slice key)
{
	for (size_t i = 0; i < KEY_COUNT; i++) {
		if (slice_equal(key, slice_of(keys[i].name)))
			return true;
	}
	return false;
}

static bool
next_word(struct slice *list, struct slice *word)
{
	while (slice_next(list, ',', word)) {
		*word = slice_trim(*word);
		if (word->len > 0 && !slice_equal(*word, SLICE("none")))
			return true;
	}
	return false;
}

static bool
holds(struct slice list, struct slice wanted)
{
	struct slice word;

	while (next_word(&list, &word)) {
		if (slice_equal(word, wanted))
			return true;
	}
	return false;
}

/* How many words of list are (or are not) in the other one. */
static size_t
shared(struct slice list, struct slice other, size_t *total)
{
	struct slice word;
	size_t count = 0;

	*total = 0;
	while (next_word(&list, &word)) {
		++*total;
		count += holds(other, word) ? 1 : 0;
	}
	return count;
}

static bool
number_holds(struct slice expected, struct slice actual, bool least)
{
	uint64_t a, b;

	if (!slice_to_u64(expected, &a) || !slice_to_u64(actual, &b))
		return false;
	return least ? b >= a : b <= a;
}

static bool
agrees(enum compare compare, struct slice expected, struct slice actual)
{
	size_t total, other;

	switch (compare) {
	case COMPARE_EQUAL:
		return slice_equal(expected, actual) ||
			(actual.len == 0 &&
				slice_equal(expected, SLICE("none")));
	case COMPARE_SET:
		return shared(expected, actual, &total) == total &&
			shared(actual, expected, &other) == other;
	case COMPARE_INCLUDES:
		return shared(expected, actual, &total) == total;
	case COMPARE_EXCLUDES:
		return shared(expected, actual, &total) == 0;
	case COMPARE_LEAST:
		return number_holds(expected, actual, true);
	case COMPARE_MOST:
		break;
	}
	return number_holds(expected, actual, false);
}

static const char *
words_of(enum compare compare)
{
	static const char *const words[] = {
		[COMPARE_EQUAL] = "",
		[COMPARE_SET] = "exactly ",
		[COMPARE_INCLUDES] = "",
		[COMPARE_EXCLUDES] = "none of ",
		[COMPARE_LEAST] = "at least ",
		[COMPARE_MOST] = "at most ",
	};

	return words[compare];
}

/* A difference in the manner of a patch: what was expected, what came. */
static bool
check_key(size_t key, const struct trial_expect *expect,
	const struct verdict *verdict, struct buf *failures, const char *file)
{
	struct buf actual = {0};
	bool same;

	keys[key].actual(verdict, &actual);
	same = agrees(keys[key].compare, expect->value, buf_slice(&actual));
	if (!same) {
		buf_printf(failures, "%s:%u: %s differs\n  - expected %s", file,
			expect->line, keys[key].name,
			words_of(keys[key].compare));
		buf_add_visible(failures,
			expect->value.len > 0 ? expect->value : SLICE("none"));
		buf_puts(failures, "\n  + got      ");
		buf_add(failures,
			actual.len > 0 ? buf_slice(&actual) : SLICE("none"));
		buf_add_byte(failures, '\n');
	}
	buf_fini(&actual);
	return same;
}

static bool
check(const struct trial_expect *expect, const struct verdict *verdict,
	struct buf *failures, const char *file)
{
	for (size_t i = 0; i < KEY_COUNT; i++) {
		if (slice_equal(expect->key, slice_of(keys[i].name)))
			return check_key(i, expect, verdict, failures, file);
	}
	buf_printf(failures, "%s:%u: nothing is called \"%.*s\"\n", file,
		expect->line, SLICE_ARG(expect->key));
	return false;
}

/* "{n}" replaced; absent stays absent. */
static struct slice
numbered(struct arena *arena, struct slice text, unsigned n)
{
	struct buf buf = {0};
	struct slice out;
	size_t at;

	if (slice_is_absent(text) || slice_find(text, NUMBER) == SLICE_NONE)
		return text;
	while ((at = slice_find(text, NUMBER)) != SLICE_NONE) {
		buf_add(&buf, slice_sub(text, 0, at));
		buf_printf(&buf, "%u", n);
		text = slice_sub(text, at + NUMBER.len, text.len);
	}
	buf_add(&buf, text);
	out = arena_copy(arena, buf_slice(&buf));
	buf_fini(&buf);
	return out;
}

static struct letter
numbered_letter(struct arena *arena, const struct letter *from, unsigned n)
{
	struct slice *rcpts =
		arena_array(arena, from->rcpt_count + 1, sizeof(*rcpts));
	struct letter letter = *from;

	letter.mail_from = numbered(arena, from->mail_from, n);
	letter.client.auth_user = numbered(arena, from->client.auth_user, n);
	letter.header = numbered(arena, from->header, n);
	for (size_t i = 0; rcpts != NULL && i < from->rcpt_count; i++)
		rcpts[i] = numbered(arena, from->rcpts[i], n);
	letter.rcpts = rcpts;
	letter.rcpt_count = rcpts != NULL ? from->rcpt_count : 0;
	return letter;
}

static void
move_clock(struct sandbox *sandbox, const struct trial_step *step)
{
	if (step->at_ms != 0)
		sandbox_set_time(sandbox, step->at_ms);
	sandbox_set_time(sandbox, sandbox_time(sandbox) + step->after_ms);
}

static void
change_respond(struct sandbox *sandbox, const struct trial_step *step)
{
	struct respond respond = sandbox_options(sandbox)->respond;

	if (step->mode_given)
		respond.mode = step->mode;
	if (step->ceiling_given)
		respond.ceiling = step->ceiling;
	sandbox_set_respond(sandbox, &respond);
}

static bool
give(struct sandbox *sandbox, struct arena *arena, struct slice about)
{
	struct store_query order = {
		.kind = STORE_ORDER,
		.about = about,
		.containment = {.by = SLICE("a test"),
			.why = SLICE("a test"),
			.at_ms = sandbox_time(sandbox),
			.until_ms = sandbox_time(sandbox) + DAY_MS},
	};
	struct err err;

	return about.p != NULL &&
		store_query(sandbox_store(sandbox), arena, &order, &err);
}

/* What an operator orders before the message. */
static bool
give_orders(struct sandbox *sandbox, struct arena *arena,
	const struct trial_step *step)
{
	const struct trial_allow *allow = &step->allow;
	bool ok = true;

	for (int i = 0; i < CONTAINED_WHATS; i++) {
		if (!slice_is_absent(step->contain[i])) {
			ok = ok &&
				give(sandbox, arena,
					contained_about(arena,
						(enum contained_what)i,
						step->contain[i]));
		}
	}
	if (!slice_is_absent(allow->mailbox)) {
		ok = ok &&
			give(sandbox, arena,
				allowed_about(arena, allow->mailbox,
					allow->destination));
	}
	return ok;
}

static bool
check_all(const struct trial_step *step, const struct verdict *verdict,
	struct buf *failures, const char *file)
{
	bool good = true;

	for (size_t i = 0; i < step->expect_count; i++)
		good &= check(&step->expects[i], verdict, failures, file);
	return good;
}

static bool
run_step(struct sandbox *sandbox, const struct trial_step *step,
	struct buf *failures, const char *file)
{
	struct arena *arena = arena_new(MESSAGE_BYTES);
	const struct verdict *verdict = NULL;
	bool good = arena != NULL;

	move_clock(sandbox, step);
	good = good && give_orders(sandbox, arena, step);
	change_respond(sandbox, step);
	for (unsigned n = 1; good && n <= step->repeat; n++) {
		struct letter letter;

		if (n > 1) {
			sandbox_set_time(sandbox,
				sandbox_time(sandbox) + step->every_ms);
		}
		arena_reset(arena);
		letter = numbered_letter(arena, &step->letter, n);
		verdict = sandbox_judge(sandbox, arena, &letter);
		good = verdict != NULL && verdict->message != NULL;
	}
	if (!good) {
		buf_printf(failures, "%s:%u: %s\n", file, step->line,
			slice_is_absent(step->letter.logged)
				? "out of memory"
				: "log: goes with one recipient outside, and "
				  "a mailbox inside");
	} else if (verdict != NULL) {
		good = check_all(step, verdict, failures, file);
	}
	arena_free(arena);
	return good;
}

bool
trial_run(struct sandbox *sandbox, const struct trial *trial,
	struct buf *failures)
{
	bool good = true;

	for (size_t i = 0; i < trial->count; i++) {
		good &= run_step(
			sandbox, &trial->steps[i], failures, trial->file);
	}
	return good;
}
