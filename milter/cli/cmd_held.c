/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forwarden held: mail that waits for a decision, and the decision. The queue
 * is read by whoever may (root); the daemon tells which event held what, and is
 * told what is done. What no event held is somebody else's hold, and is let
 * alone unless --all is given.
 */
#include "base/clock.h"
#include "base/date.h"
#include "cli/ask.h"
#include "cli/held_join.h"
#include "cli/screen.h"
#include "mta/held.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARENA_BYTES ((size_t)1 << 30)
#define ID_COLUMNS 15
#define MAILBOX_COLUMNS_LEAST 20
#define FIXED_COLUMNS (ID_COLUMNS + 16 + 12)

struct held_options {
	struct ask_options ask;
	struct held_where where;
	const char *mailbox, *why;
	long long older_ms;
	bool all;
};

/* One run of it. */
struct held_run {
	const struct held_options *options;
	struct ask *ask;
	struct held_list list;
	struct held_join *join;
	char **ids; /* as given; none: whatever the options name */
	int64_t now_ms;
	bool failed;
};

static bool
is_named(const struct held_run *run, const struct held *held)
{
	for (char **id = run->ids; *id != NULL; id++) {
		if (strcmp(*id, held->id) == 0)
			return true;
	}
	return run->ids[0] == NULL;
}

static bool
is_of_mailbox(const struct held_run *run, const struct json *event)
{
	struct slice mailbox =
		json_text(json_find(event, "forwarden"), "mailbox");

	return run->options->mailbox == NULL ||
		slice_equal_fold(mailbox, slice_of(run->options->mailbox));
}

static bool
is_wanted(const struct held_run *run, const struct held *held)
{
	const struct json *event = held_join_find(run->join, held);

	return is_named(run, held) && (event != NULL || run->options->all) &&
		is_of_mailbox(run, event) &&
		run->now_ms - held->at_ms >= run->options->older_ms;
}

static void
add_rcpts(struct buf *out, const struct held *held)
{
	for (size_t i = 0; i < held->rcpt_count; i++) {
		buf_puts(out, i > 0 ? ", " : "");
		buf_add_visible(out, held->rcpts[i]);
	}
}

/* What held it, in a few words. */
static void
add_why(struct buf *out, const struct json *event)
{
	const struct json *rules = json_find(event, "rule");

	if (event == NULL) {
		buf_puts(out, "not by Forwarden");
		return;
	}
	for (size_t i = 0; i < json_count(rules); i++) {
		buf_puts(out, i > 0 ? ", " : "");
		buf_add(out, json_text(json_at(rules, i), "name"));
	}
	if (json_count(rules) == 0)
		buf_puts(out, "contained");
}

static void
add_time(struct buf *out, int64_t at_ms)
{
	char at[DATE_TEXT_BYTES];

	date_print(at_ms, at);
	screen_add_time(out, slice_of(at));
}

static void
add_row(struct buf *out, const struct held *held, const struct json *event)
{
	size_t width = (screen_columns() - FIXED_COLUMNS) / 3;
	struct slice mailbox =
		json_text(json_find(event, "forwarden"), "mailbox");
	struct buf rcpts = {0}, why = {0};

	if (width < MAILBOX_COLUMNS_LEAST)
		width = MAILBOX_COLUMNS_LEAST;
	add_rcpts(&rcpts, held);
	add_why(&why, event);
	screen_add_cell(out, slice_of(held->id), ID_COLUMNS);
	buf_add_byte(out, ' ');
	add_time(out, held->at_ms);
	buf_add_byte(out, ' ');
	screen_add_cell(out, mailbox.len > 0 ? mailbox : SLICE("-"), width);
	buf_puts(out, " -> ");
	/* Escaped already: a backslash would be doubled. */
	buf_add(out, buf_slice(&rcpts));
	buf_puts(out, "  ");
	buf_add_visible(out, buf_slice(&why));
	buf_add_byte(out, '\n');
	buf_fini(&rcpts);
	buf_fini(&why);
}

static struct json *
json_of(const struct held *held, const struct json *event)
{
	struct json *json = json_map(), *rcpts = json_list();

	json_set_text(json, "id", slice_of(held->id));
	json_set_time(json, "since", held->at_ms);
	json_set_text(json, "place", slice_of(held->place));
	json_set_text(json, "sender", held->sender);
	for (size_t i = 0; i < held->rcpt_count; i++)
		json_add_text(rcpts, held->rcpts[i]);
	json_set_take(json, "recipients", rcpts);
	json_set_bool(json, "ours", event != NULL);
	if (event != NULL) {
		struct buf text = {0};

		if (json_write(event, &text))
			json_set_take(json, "event",
				json_parse(buf_slice(&text), NULL));
		buf_fini(&text);
	}
	return json;
}

static void
add_line(struct buf *out, const char *label, struct slice value)
{
	if (value.len == 0)
		return;
	buf_printf(out, "  %-12s ", label);
	buf_add_visible(out, value);
	buf_add_byte(out, '\n');
}

static void
add_whole(struct buf *out, const struct held *held, const struct json *event)
{
	const struct json *email = json_find(event, "email");
	const struct json *own = json_find(event, "forwarden");

	add_row(out, held, event);
	add_line(out, "sender",
		held->sender.len > 0 ? held->sender : SLICE("<>"));
	add_line(out, "From",
		json_own_text(json_at(
			json_find(json_find(email, "from"), "address"), 0)));
	add_line(out, "Subject", json_text(email, "subject"));
	add_line(out, "Message-ID", json_text(email, "message_id"));
	add_line(out, "kind", json_text(own, "kind"));
	add_line(out, "in words", json_text(own, "words"));
	add_line(out, "event", json_text(json_find(event, "event"), "id"));
	add_line(out, "queue of", slice_of(held->place));
}

/* Counts what Forwarden holds for the daemon's metrics. */
static void
report(struct held_run *run)
{
	struct buf path = {0};
	size_t count = 0;
	int64_t oldest_ms = 0;
	struct err err = {0};

	for (size_t i = 0; i < run->list.count; i++) {
		const struct held *held = &run->list.at[i];

		if (held_join_find(run->join, held) == NULL)
			continue;
		count++;
		if (oldest_ms == 0 || held->at_ms < oldest_ms)
			oldest_ms = held->at_ms;
	}
	buf_printf(&path, "/v1/held-seen?count=%zu&oldest=%lld", count,
		(long long)oldest_ms);
	json_free(ask_json(run->ask, ASK_POST, buf_slice(&path).p, &err));
	buf_fini(&path);
}

static void
list(struct held_run *run, bool whole)
{
	struct json *rows = json_list();
	struct buf out = {0};
	size_t count = 0, others = 0;

	for (size_t i = 0; i < run->list.count; i++) {
		const struct held *held = &run->list.at[i];
		const struct json *event = held_join_find(run->join, held);

		others += event == NULL;
		if (!is_wanted(run, held))
			continue;
		count++;
		if (run->options->ask.json) {
			json_add_take(rows, json_of(held, event));
		} else if (whole) {
			add_whole(&out, held, event);
		} else {
			add_row(&out, held, event);
		}
	}
	if (run->options->ask.json) {
		screen_print_json(rows);
	} else {
		json_free(rows);
		if (count == 0)
			buf_puts(&out, "nothing is held\n");
		screen_print(&out);
	}
	if (others > 0 && !run->options->all) {
		(void)fprintf(stderr,
			"%zu more are held, not by Forwarden as far as its "
			"events tell (--all shows them)\n",
			others);
	}
	buf_fini(&out);
}

/* For people to find whom to ask. */
static const char *
find_person(void)
{
	const char *before = getuid() == 0 ? getenv("SUDO_USER") : NULL;
	const struct passwd *person = getpwuid(getuid());

	if (before != NULL && before[0] != '\0')
		return before;
	return person != NULL ? person->pw_name : "nobody known";
}

static void
add_parameter(
	struct ask *ask, struct buf *path, const char *name, const char *value)
{
	char *escaped = ask_escape(ask, value);

	buf_printf(path, "&%s=%s", name, escaped != NULL ? escaped : "");
	free(escaped);
}

/* Tells the daemon: it is an event, and counted. */
static bool
tell(struct held_run *run, const struct held *held, const char *act,
	struct err *err)
{
	const struct json *event = held_join_find(run->join, held);
	struct slice id = json_text(json_find(event, "event"), "id");
	struct buf path = {0};
	struct json *answer;

	buf_printf(&path, "/v1/held/%s?act=%s&event=%.*s", held->id, act,
		SLICE_ARG(id));
	add_parameter(run->ask, &path, "by", find_person());
	if (run->options->why != NULL)
		add_parameter(run->ask, &path, "why", run->options->why);
	answer = ask_json(run->ask, ASK_POST, buf_slice(&path).p, err);
	json_free(answer);
	buf_fini(&path);
	return answer != NULL;
}

static void
do_one(struct held_run *run, const struct held *held, enum held_act act)
{
	const char *word = act == HELD_RELEASE ? "release" : "delete";
	struct err err = {0};

	if (!held_do(held, &run->options->where, act, &err)) {
		(void)fprintf(stderr, "forwarden held: %s is not %sd: %s\n",
			held->id, word, err.text);
		run->failed = true;
		return;
	}
	(void)printf("%s %sd\n", held->id, word);
	if (!tell(run, held, word, &err)) {
		(void)fprintf(stderr,
			"forwarden held: %s is %sd, but no event tells so, and "
			"it is counted as held: %s\n",
			held->id, word, err.text);
		run->failed = true;
	}
}

/* Is each id that was given one that may be acted upon? Nothing is done where
 * one is not. */
static bool
check_ids(struct held_run *run)
{
	bool good = true;

	for (char **id = run->ids; *id != NULL; id++) {
		const struct held *found = NULL;
		struct buf visible = {0};

		for (size_t i = 0; i < run->list.count; i++) {
			if (strcmp(run->list.at[i].id, *id) == 0)
				found = &run->list.at[i];
		}
		buf_add_visible(&visible, slice_of(*id));
		if (found == NULL) {
			(void)fprintf(stderr,
				"forwarden held: %s is not held here: it was "
				"let go, or never was\n",
				visible.p);
		} else if (held_join_find(run->join, found) == NULL &&
			!run->options->all) {
			(void)fprintf(stderr,
				"forwarden held: %s is somebody else's hold, "
				"as far as the events tell: --all, if you mean "
				"it\n",
				visible.p);
			found = NULL;
		}
		buf_fini(&visible);
		good = good && found != NULL;
	}
	return good;
}

static void
act_on(struct held_run *run, enum held_act act)
{
	size_t count = 0;

	for (size_t i = 0; i < run->list.count; i++) {
		if (is_wanted(run, &run->list.at[i])) {
			do_one(run, &run->list.at[i], act);
			count++;
		}
	}
	if (count == 0)
		(void)puts("nothing is held that is meant");
}

enum verb {
	VERB_LIST,
	VERB_SHOW,
	VERB_RELEASE,
	VERB_DELETE,
	VERBS
};

static const char *const verbs[VERBS] = {
	[VERB_LIST] = "list",
	[VERB_SHOW] = "show",
	[VERB_RELEASE] = "release",
	[VERB_DELETE] = "delete",
};

static int
carry_out(struct held_run *run, enum verb verb)
{
	if (!check_ids(run))
		return COMMAND_FAILED;
	if (verb == VERB_LIST || verb == VERB_SHOW) {
		list(run, verb == VERB_SHOW);
	} else {
		act_on(run, verb == VERB_RELEASE ? HELD_RELEASE : HELD_DELETE);
		/* Whatever is held now. */
		run->list.count = 0;
		run->list.at = NULL;
		run->list.room = 0;
		if (!held_read(
			    &run->list, &run->options->where, &(struct err){0}))
			return COMMAND_FAILED;
	}
	report(run);
	return run->failed ? COMMAND_FAILED : COMMAND_OK;
}

static int
start(struct held_run *run, enum verb verb)
{
	struct err err = {0};
	struct json *answer;
	int status = COMMAND_FAILED;

	answer = ask_json(run->ask, ASK_GET, "/v1/held", &err);
	if (answer == NULL) {
		(void)fprintf(stderr,
			"forwarden held: whose hold it is only the daemon can "
			"tell: %s\n",
			err.text);
		return COMMAND_FAILED;
	}
	run->join = held_join_new(json_find(answer, "events"));
	if (run->join == NULL || run->list.arena == NULL) {
		(void)fputs("forwarden held: out of memory\n", stderr);
	} else if (!held_read(&run->list, &run->options->where, &err)) {
		(void)fprintf(stderr, "forwarden held: %s\n", err.text);
	} else {
		status = carry_out(run, verb);
	}
	held_join_free(run->join);
	json_free(answer);
	return status;
}

static bool
parse_options(int argc, char **argv, struct held_options *options,
	char ***operands, int *status)
{
	const struct options_row rows[] = {
		ASK_OPTIONS(options->ask),
		{"mailbox", 0, "ADDRESS", &options_text, &options->mailbox,
			"mail of that mailbox alone"},
		{"older-than", 0, "AGE", &options_age, &options->older_ms,
			"that came in so long ago (90m, 24h, 7d)"},
		{"all", 0, NULL, &options_flag, &options->all,
			"also what others hold"},
		{"why", 0, "TEXT", &options_text, &options->why,
			"for whoever asks later"},
		{"postfix", 0, "DIRECTORY", &options_text,
			&options->where.postfix, "where main.cf is"},
		{"sendmail", 0, "DIRECTORY", &options_text,
			&options->where.sendmail,
			"it is Sendmail: where sendmail.cf is"},
		{"sendmail-program", 0, "FILE", &options_text,
			&options->where.program, "another sendmail"},
	};
	const struct options table = {
		.about = "Mail that Forwarden holds: who, to whom, since when, "
			 "why; and what becomes of it.\nA message that is "
			 "released is not held again.",
		.example = "held release --why 'he asked for it' 4XyZ1",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows),
		.operands = "[list|show|release|delete [QUEUE-ID...]]",
		.most = -1};

	*options = (struct held_options){
		.ask = ASK_DEFAULTS, .where = {.program = "sendmail"}};
	return options_read(&table, argc, argv, operands, status);
}

static bool
find_verb(char **operands, enum verb *verb)
{
	*verb = VERB_LIST;
	for (int i = 0; operands[0] != NULL && i < VERBS; i++) {
		if (strcmp(operands[0], verbs[i]) == 0) {
			*verb = (enum verb)i;
			return true;
		}
	}
	return operands[0] == NULL;
}

/* What is to be done of all that is held is to be said. */
static bool
names_some(const struct held_options *options, char **ids)
{
	return ids[0] != NULL || options->mailbox != NULL ||
		options->older_ms > 0;
}

int
cmd_held(int argc, char **argv)
{
	struct held_options options;
	struct held_run run = {.options = &options};
	enum verb verb;
	char **operands;
	int status;

	if (!parse_options(argc, argv, &options, &operands, &status))
		return status;
	if (!find_verb(operands, &verb)) {
		return options_refuse(argv[0],
			"after it comes list, show, release or delete");
	}
	run.ids = operands[0] != NULL ? operands + 1 : operands;
	if ((verb == VERB_RELEASE || verb == VERB_DELETE) &&
		!names_some(&options, run.ids)) {
		return options_refuse(argv[0],
			"say which: queue ids, --mailbox or --older-than");
	}
	run.ask = ask_start(&options.ask);
	if (run.ask == NULL)
		return COMMAND_FAILED;
	run.now_ms = clock_now_ms(clock_real());
	run.list.arena = arena_new(ARENA_BYTES);
	status = start(&run, verb);
	arena_free(run.list.arena);
	ask_close(run.ask);
	return status;
}
