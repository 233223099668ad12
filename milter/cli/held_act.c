/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/held_act.h"

#include "cli/held_untold.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct held_acts {
	struct held_run *run;
	struct held_untold *untold;
};

const char *
held_act_name(enum held_act act)
{
	return act == HELD_RELEASE ? "release" : "delete";
}

const char *
held_person(void)
{
	const char *before = getuid() == 0 ? getenv("SUDO_USER") : NULL;
	const struct passwd *person = getpwuid(getuid());

	if (before != NULL && before[0] != '\0')
		return before;
	return person != NULL ? person->pw_name : "nobody known";
}

void
held_add_parameter(
	struct ask *ask, struct buf *path, const char *name, const char *value)
{
	char *escaped = ask_escape(ask, value);

	buf_printf(path, "&%s=%s", name, escaped != NULL ? escaped : "");
	free(escaped);
}

bool
held_tell(struct held_run *run, const struct held_word *word, struct err *err)
{
	struct buf path = {0};
	struct json *answer;

	buf_printf(&path, "/v1/held/%s?act=%s&event=%.*s", word->id,
		word->action, SLICE_ARG(word->event));
	held_add_parameter(run->ask, &path, "by", word->by);
	if (word->why != NULL)
		held_add_parameter(run->ask, &path, "why", word->why);
	if (word->failed != NULL)
		held_add_parameter(run->ask, &path, "failed", word->failed);
	answer = ask_json(run->ask, ASK_POST, buf_slice(&path).p, err);
	json_free(answer);
	buf_fini(&path);
	return answer != NULL;
}

static const struct held *
find_held(const struct held_run *run, struct slice id, struct slice event)
{
	for (size_t i = 0; i < run->list.count; i++) {
		const struct held *held = &run->list.at[i];

		if (slice_equal(slice_of(held->id), id) &&
			slice_equal(
				held_join_id(held_join_find(run->join, held)),
				event))
			return held;
	}
	return NULL;
}

/* What is held still was not done. */
static bool
settle(void *ctx, const struct json *act)
{
	struct held_acts *acts = ctx;
	struct slice event = json_text(act, "event"), id = json_text(act, "id");
	const struct held_word word = {.id = id.p,
		.action = json_text(act, "act").p,
		.by = json_text(act, "by").p,
		.why = json_text(act, "why").p,
		.event = event};
	struct err err = {0};

	if (word.id == NULL || word.action == NULL || word.by == NULL)
		return true;
	if (event.len > 0 && held_join_is_over(acts->run->join, event))
		return true;
	if (find_held(acts->run, id, event) != NULL)
		return true;
	/* What the daemon will never take is not kept for ever. */
	return held_tell(acts->run, &word, &err) || err.code != ERR_DOWN;
}

struct held_acts *
held_acts_begin(struct held_run *run, struct err *err)
{
	struct held_acts *acts = calloc(1, sizeof(*acts));

	if (acts == NULL) {
		(void)err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	acts->run = run;
	acts->untold = held_untold_open(run->options->state, err);
	if (acts->untold == NULL || !held_read_anew(run, err)) {
		held_acts_end(acts);
		return NULL;
	}
	if (!run->alone)
		held_untold_each(acts->untold, settle, acts);
	return acts;
}

void
held_acts_end(struct held_acts *acts)
{
	held_untold_close(acts->untold);
	free(acts);
}

static struct json *
json_of_deed(const struct held *held, const struct held_deed *deed,
	struct slice event)
{
	struct json *json = json_map();

	json_set_text(json, "id", slice_of(held->id));
	json_set_text(json, "act", slice_of(held_act_name(deed->act)));
	json_set_text(json, "event", event.p != NULL ? event : SLICE(""));
	json_set_text(json, "by", slice_of(deed->by));
	if (deed->why != NULL)
		json_set_text(json, "why", slice_of(deed->why));
	return json;
}

enum held_done
held_acts_do(struct held_acts *acts, const struct held *held,
	const struct held_deed *deed, struct err *err)
{
	struct held_run *run = acts->run;
	struct slice event = held_join_id(held_join_find(run->join, held));
	const struct held_word word = {.id = held->id,
		.action = held_act_name(deed->act),
		.by = deed->by,
		.why = deed->why,
		.event = event};
	struct json *json = json_of_deed(held, deed, event);
	bool kept = held_untold_begin(acts->untold, json, err);

	json_free(json);
	if (!kept)
		return HELD_NOT_DONE;
	if (!held_do(held, &run->options->where, deed->act, err)) {
		held_untold_end(acts->untold);
		return HELD_NOT_DONE;
	}
	if (!held_tell(run, &word, err)) {
		held_untold_keep(acts->untold);
		return HELD_DONE_UNTOLD;
	}
	held_untold_end(acts->untold);
	return HELD_DONE;
}
