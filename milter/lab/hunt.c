/* SPDX-License-Identifier: BSD-2-Clause */
/* Policies over events. */
#include "lab/hunt.h"

#include "verdict/event_record.h"
#include "verdict/verdict.h"

bool
hunt_has(const struct hunt_names *names, struct slice name)
{
	for (size_t i = 0; i < names->count; i++) {
		if (slice_equal(names->at[i], name))
			return true;
	}
	return false;
}

static bool
names_new(struct hunt_names *names, struct arena *arena, size_t room)
{
	names->count = 0;
	names->at = arena_array(arena, room > 0 ? room : 1, sizeof(*names->at));
	return names->at != NULL;
}

static void
add(struct hunt_names *names, struct slice name)
{
	if (!slice_is_absent(name) && !hunt_has(names, name))
		names->at[names->count++] = name;
}

/* One run over all flows, as the judge has it. */
static struct sigma_run *
run_flows(const struct sigma_program *program, struct arena *arena,
	const struct json *event)
{
	size_t count = event_record_flows(event);
	struct event_source *sources =
		arena_array(arena, count, sizeof(*sources));
	struct sigma_record record;
	struct sigma_run *run;

	if (sources == NULL)
		return NULL;
	sources[0] = event_record_source(event, 0);
	record = event_record(&sources[0]);
	run = sigma_run_new(program, arena, &record);
	for (size_t i = 0; run != NULL && i < count; i++) {
		sources[i] = event_record_source(event, i);
		record = event_record(&sources[i]);
		if (!sigma_run_flow(run, &record, SLICE("")))
			return NULL;
	}
	return run;
}

bool
hunt_event(const struct sigma_program *program, struct arena *arena,
	const struct json *event, struct hunt_names *out)
{
	struct sigma_run *run = run_flows(program, arena, event);
	const struct sigma_hit *hits;
	size_t count;

	if (run == NULL)
		return false;
	hits = sigma_run_finish(run, &count);
	if (hits == NULL || !names_new(out, arena, count))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (hits[i].rule->kind == SIGMA_DETECTION)
			add(out, verdict_policy(hits[i].rule));
	}
	return true;
}

bool
hunt_told(struct arena *arena, const struct json *event, struct hunt_names *out)
{
	const struct json *rules = json_find(event, "rule");

	if (!names_new(out, arena, json_count(rules)))
		return false;
	for (size_t i = 0; i < json_count(rules); i++) {
		const struct json *rule = json_at(rules, i);

		if (json_find(rule, "count") == NULL)
			add(out, json_text(rule, "name"));
	}
	return true;
}

const char *
hunt_excuse(const struct json *event)
{
	const struct json *own = json_find(event, "forwarden");

	if (json_bool(own, "private"))
		return "addresses are hidden";
	if (json_find(own, "cut") != NULL)
		return "values are cut";
	if (json_find(own, "allowed") != NULL)
		return "an operator allows it, and no policy was asked";
	if (json_find(own, "gave_up") != NULL)
		return "an expression gave up";
	return NULL;
}
