/* SPDX-License-Identifier: BSD-2-Clause */
/* forwarden replay: what the policies would have done with old mail. */
#include "base/json.h"
#include "cli/command.h"
#include "cli/engine.h"
#include "cli/screen.h"
#include "lab/replay.h"

#include <stdio.h>
#include <unistd.h>

#define PERCENT 100

struct replay_command {
	struct engine_options engine_options;
	struct options_words compare;
	bool json, events;
	char **paths;
	struct engine engine;
	int percent; /* shown last */
	unsigned changed;
	struct json *changes; /* with --json */
};

static void
show_progress(void *ctx, const char *doing, int64_t done, int64_t total)
{
	struct replay_command *command = ctx;
	int percent = total > 0 ? (int)(done * PERCENT / total) : 0;

	if (!isatty(STDERR_FILENO) || percent == command->percent)
		return;
	command->percent = percent;
	fprintf(stderr, "\r%s: %d %%", doing,
		percent > PERCENT ? PERCENT : percent);
	fflush(stderr);
}

static void
end_progress(struct replay_command *command)
{
	command->percent = -1;
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

/* Does another policy match, or is another thing done? */
static bool
differs(const struct verdict *a, const struct verdict *b)
{
	const struct matched *one, *two;
	size_t at = 0, other = 0;

	if (a->would != b->would)
		return true;
	do {
		one = verdict_next(a, &at);
		two = verdict_next(b, &other);
		if ((one == NULL) != (two == NULL))
			return true;
	} while (one != NULL &&
		slice_equal(
			verdict_policy(one->rule), verdict_policy(two->rule)));
	return one != NULL;
}

static bool
has_policy(const struct verdict *verdict, struct slice name)
{
	const struct matched *matched;
	size_t at = 0;

	while ((matched = verdict_next(verdict, &at)) != NULL) {
		if (slice_equal(verdict_policy(matched->rule), name))
			return true;
	}
	return false;
}

/* Those of one that the other does not have. */
static void
add_policies(const struct verdict *of, const struct verdict *other,
	const char *sign, struct buf *out)
{
	const struct matched *matched;
	size_t at = 0;

	while ((matched = verdict_next(of, &at)) != NULL) {
		if (!has_policy(other, verdict_policy(matched->rule))) {
			buf_printf(out, " %s%.*s", sign,
				SLICE_ARG(verdict_policy(matched->rule)));
		}
	}
}

static void
print_change(const struct verdict *a, const struct verdict *b)
{
	struct buf line = {0};

	buf_printf(&line, "%s -> %s  ", action_name(a->would),
		action_name(b->would));
	buf_add_visible(&line, a->message->message_id);
	buf_puts(&line, "  ");
	buf_add_visible(&line, a->message->subject);
	buf_puts(&line, " ");
	add_policies(b, a, "+", &line);
	add_policies(a, b, "-", &line);
	puts(line.p);
	buf_fini(&line);
}

static void
keep_change(struct replay_command *command, const struct verdict *a,
	const struct verdict *b)
{
	struct json *one = json_map();
	struct buf policies = {0};

	if (command->changes == NULL)
		command->changes = json_list();
	add_policies(b, a, "+", &policies);
	add_policies(a, b, "-", &policies);
	json_set_text(one, "before", slice_of(action_name(a->would)));
	json_set_text(one, "after", slice_of(action_name(b->would)));
	json_set_text(one, "message_id", a->message->message_id);
	json_set_text(one, "subject", a->message->subject);
	json_set_text(one, "policies", slice_trim(buf_slice(&policies)));
	json_add_take(command->changes, one);
	buf_fini(&policies);
}

static void
show_message(
	void *ctx, const struct verdict *verdict, const struct verdict *other)
{
	struct replay_command *command = ctx;

	if (verdict == NULL)
		return;
	if (command->compare.count == 0) {
		if (command->events && verdict->would > ACTION_NONE)
			screen_print_event(verdict);
	} else if (other != NULL && differs(verdict, other)) {
		command->changed++;
		if (command->json) {
			keep_change(command, verdict, other);
		} else {
			print_change(verdict, other);
		}
	}
}

static struct json *
json_of_comparison(struct replay_command *command, const struct replay *replay)
{
	struct json *all = outcome_compare_json(
		replay_outcome(replay, false), replay_outcome(replay, true));

	json_set_take(all, "messages",
		command->changes != NULL ? command->changes : json_list());
	return all;
}

static void
print_text(const struct replay_command *command, const struct replay *replay)
{
	struct buf text = {0};

	if (command->compare.count > 0) {
		outcome_compare(replay_outcome(replay, false),
			replay_outcome(replay, true), &text);
	} else {
		outcome_print(replay_outcome(replay, false), &text);
	}
	if (command->changed > 0) {
		buf_printf(&text, "%u messages differ: see above\n",
			command->changed);
	}
	screen_print(&text);
	buf_fini(&text);
}

static void
print_result(struct replay_command *command, const struct replay *replay)
{
	if (command->events)
		return;
	if (!command->json) {
		print_text(command, replay);
		return;
	}
	screen_print_json(command->compare.count > 0
			? json_of_comparison(command, replay)
			: outcome_json(replay_outcome(replay, false)));
}

static bool
read_and_judge(
	struct replay_command *command, struct replay *replay, struct err *err)
{
	unsigned odd = 0;
	bool good = true;

	for (char **path = command->paths; good && *path != NULL; path++)
		good = replay_read(replay, *path, &odd, err);
	end_progress(command);
	if (good && odd > 0)
		fprintf(stderr, "%u files hold no message\n", odd);
	good = good && replay_run(replay, err);
	end_progress(command);
	return good;
}

static int
run(struct replay_command *command, const struct engine_policies *other)
{
	const struct replay_options options = {
		.sandbox = engine_sandbox(&command->engine),
		.other = other->program,
		.other_keywords = other->keywords,
		.foreign = &engine_queue_files,
		.visit = show_message,
		.progress = show_progress,
		.ctx = command,
	};
	struct err err = {0};
	struct replay *replay = replay_new(&options, &err);
	bool good = replay != NULL && read_and_judge(command, replay, &err);

	if (good) {
		print_result(command, replay);
	} else {
		fprintf(stderr, "forwarden replay: %s\n", err.text);
	}
	replay_free(replay);
	return good ? COMMAND_OK : COMMAND_FAILED;
}

static bool
parse_options(
	int argc, char **argv, struct replay_command *command, int *status)
{
	const struct options_row rows[] = {
		ENGINE_OPTIONS(command->engine_options),
		{"compare", 0, "PATH", &options_words, &command->compare,
			"other policies: what would differ"},
		{"json", 'j', NULL, &options_flag, &command->json,
			"the counts as JSON"},
		{"events", 0, NULL, &options_flag, &command->events,
			"the events, one line of JSON each"},
	};
	const struct options table = {
		.about = "Judges old mail in the order of its time, with a "
			 "clock of its own and an empty\nstore, and counts "
			 "what mode enforce would have done, by policy, "
			 "mailbox and day.\nA path is an mbox, a Maildir, a "
			 "directory of messages, a message, or a queue file\n"
			 "of Postfix, each plain or compressed by gzip.\n\n"
			 "An archive has lost the envelopes; they are guessed "
			 "from the headers.\nX-Envelope-From, -To, -Client "
			 "and -User on top of a message say what is known.",
		.example = "replay -p policies --events mail.mbox",
		.rows = rows,
		.count = sizeof(rows) / sizeof(*rows),
		.operands = "PATH...",
		.least = 1,
		.most = -1};

	*command = (struct replay_command){.percent = -1};
	return options_read(&table, argc, argv, &command->paths, status);
}

int
cmd_replay(int argc, char **argv)
{
	struct replay_command command;
	struct engine_policies other = {0};
	int status;

	if (!parse_options(argc, argv, &command, &status))
		return status;
	if (!engine_open(&command.engine, &command.engine_options))
		return COMMAND_FAILED;
	if (command.compare.count > 0) {
		(void)engine_load(&command.engine, command.compare.at,
			command.compare.count, &other);
	}
	status = command.compare.count > 0 && other.program == NULL
		? COMMAND_FAILED
		: run(&command, &other);
	engine_policies_free(&other);
	engine_close(&command.engine);
	return status;
}
