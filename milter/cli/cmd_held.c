/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forwarden held: mail that waits for a decision, and the decision. The queue
 * is read by whoever may (root); the daemon tells which event held what, and is
 * told what is done. What no event held is somebody else's hold, and is let
 * alone unless --all is given.
 */
#include "base/clock.h"
#include "cli/held_act.h"
#include "cli/held_run.h"
#include "cli/held_tend.h"
#include "cli/held_untold.h"

#include <stdio.h>
#include <string.h>

#define ARENA_BYTES ((size_t)1 << 30)

static void
do_one(struct held_run *run, struct held_acts *acts, const struct held *held,
	const struct held_deed *deed)
{
	const char *word = held_act_name(deed->act);
	struct err err = {0};

	switch (held_acts_do(acts, held, deed, &err)) {
	case HELD_NOT_DONE:
		(void)fprintf(stderr, "forwarden held: %s is not %sd: %s\n",
			held->id, word, err.text);
		run->failed = true;
		break;
	case HELD_DONE_UNTOLD:
		(void)printf("%s %sd\n", held->id, word);
		(void)fprintf(stderr,
			"forwarden held: %s is %sd, and no event tells so yet, "
			"until forwarden held finds the daemon: %s\n",
			held->id, word, err.text);
		run->failed = true;
		break;
	case HELD_DONE:
		(void)printf("%s %sd\n", held->id, word);
		break;
	}
}

static const struct held *
find_by_id(const struct held_run *run, const char *id)
{
	for (size_t i = 0; i < run->list.count; i++) {
		if (strcmp(run->list.at[i].id, id) == 0)
			return &run->list.at[i];
	}
	return NULL;
}

/* Is each id that was given one that may be acted upon? Nothing is done where
 * one is not. */
static bool
check_ids(struct held_run *run)
{
	bool good = true;

	for (char **id = run->ids; *id != NULL; id++) {
		const struct held *found = find_by_id(run, *id);
		struct buf visible = {0};

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
act_on_wanted(struct held_run *run, struct held_acts *acts, enum held_act act)
{
	const struct held_deed deed = {
		.act = act, .by = held_person(), .why = run->options->why};
	size_t count = 0;

	for (size_t i = 0; i < run->list.count; i++) {
		if (held_is_wanted(run, &run->list.at[i])) {
			do_one(run, acts, &run->list.at[i], &deed);
			count++;
		}
	}
	if (count == 0)
		(void)puts("nothing is held that is meant");
}

/* The queue may have changed while others acted. */
static bool
act_on(struct held_run *run, enum held_act act)
{
	struct err err = {0};
	struct held_acts *acts = held_acts_begin(run, &err);
	bool good = acts != NULL;

	if (!good) {
		(void)fprintf(stderr, "forwarden held: %s\n", err.text);
		return false;
	}
	good = check_ids(run);
	if (good)
		act_on_wanted(run, acts, act);
	held_acts_end(acts);
	return good && held_read_anew(run, &err);
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

/* What was done while the daemon was away is told now, by whoever looks. */
static void
settle(struct held_run *run)
{
	struct err err = {0};
	struct held_acts *acts = held_untold_is_any(run->options->state)
		? held_acts_begin(run, &err)
		: NULL;

	if (acts != NULL)
		held_acts_end(acts);
}

static int
carry_out(struct held_run *run, enum verb verb)
{
	bool acts = verb == VERB_RELEASE || verb == VERB_DELETE;

	if (!check_ids(run))
		return COMMAND_FAILED;
	if (!acts) {
		held_show_list(run, verb == VERB_SHOW);
		held_show_others(run);
	} else if (!act_on(run,
			   verb == VERB_RELEASE ? HELD_RELEASE : HELD_DELETE)) {
		return COMMAND_FAILED;
	}
	if (!run->alone) {
		settle(run);
		held_report(run);
	}
	return run->failed ? COMMAND_FAILED : COMMAND_OK;
}

static int
start(struct held_run *run, enum verb verb)
{
	int status = COMMAND_FAILED;

	run->list.arena = arena_new(ARENA_BYTES);
	run->join = held_join_new();
	if (run->join == NULL || run->list.arena == NULL) {
		(void)fputs("forwarden held: out of memory\n", stderr);
	} else if (run->options->tend) {
		status = held_tend(run) ? COMMAND_OK : COMMAND_FAILED;
	} else if (held_events_read(run)) {
		status = carry_out(run, verb);
	}
	held_join_free(run->join);
	arena_free(run->list.arena);
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
		{"tend", 0, NULL, &options_flag, &options->tend,
			"a service: looks again and again, does what is asked "
			"for from elsewhere and what held.expire says"},
		{"every", 0, "SECONDS", &options_number, &options->every,
			"with --tend: between two looks (5)"},
		{"state", 0, "FILE", &options_text, &options->state,
			"where it is kept what the daemon was not told of "
			"yet (" HELD_STATE_FILE ")"},
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

	*options = (struct held_options){.ask = ASK_DEFAULTS,
		.where = {.program = "sendmail"},
		.state = HELD_STATE_FILE,
		.every = HELD_TEND_SECONDS};
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

/* Why the options do not go together; NULL: they do. What is to be done of all
 * that is held is to be said. */
static const char *
contradiction(
	const struct held_options *options, char **operands, enum verb verb)
{
	bool acts = verb == VERB_RELEASE || verb == VERB_DELETE;

	if (options->tend &&
		(operands[0] != NULL || options->mailbox != NULL ||
			options->older_ms > 0 || options->all ||
			options->why != NULL || options->ask.json))
		return "with --tend nothing is listed or named: the service "
		       "looks after all that Forwarden holds";
	if (acts && operands[1] == NULL && options->mailbox == NULL &&
		options->older_ms == 0)
		return "say which: queue ids, --mailbox or --older-than";
	return NULL;
}

int
cmd_held(int argc, char **argv)
{
	struct held_options options;
	struct held_run run = {.options = &options};
	const char *why;
	enum verb verb;
	char **operands;
	int status;

	if (!parse_options(argc, argv, &options, &operands, &status))
		return status;
	if (!find_verb(operands, &verb)) {
		return options_refuse(argv[0],
			"after it comes list, show, release or delete");
	}
	/* A service has not the rights that Sendmail's deliveries need. */
	options.where.queues = options.tend;
	why = contradiction(&options, operands, verb);
	if (why != NULL)
		return options_refuse(argv[0], why);
	run.ids = operands[0] != NULL ? operands + 1 : operands;
	run.ask = ask_start(&options.ask);
	if (run.ask == NULL)
		return COMMAND_FAILED;
	status = start(&run, verb);
	ask_close(run.ask);
	return status;
}
