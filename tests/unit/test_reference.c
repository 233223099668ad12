/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Correlations against brute force: random sequences of messages, each
 * answered by the engine over a real store and by a reference that keeps the
 * whole history and counts it anew each time.
 */
#include "rows.h"

#include "counted.h"

#define START_MS INT64_C(1790000000000)
#define SEQUENCES 10000
#define EVENTS_MAX 24
#define GROUPS 2
#define RULES_MAX 3

enum type {
	COUNT,
	VALUES,
	TEMPORAL_ANY,
	ORDERED,
	SUM,
	MEAN,
	TYPES
};

struct event {
	int64_t at_ms;
	unsigned group, id, value, number;
	bool matches[RULES_MAX];
};

struct plan {
	enum type type;
	char op; /* 'g' gte, 't' gt, 'e' eq */
	unsigned threshold, span_s, rules;
	struct sigma_program *program;
};

/* The same numbers everywhere (xorshift64*). */
static uint64_t seed = 0x9E3779B97F4A7C15U;

static unsigned
draw(unsigned below)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (unsigned)((seed * 0x2545F4914F6CDD1DU) >> 33) % below;
}

static bool
in_window(const struct plan *plan, const struct event *event, int64_t now)
{
	return event->at_ms >= now - (int64_t)plan->span_s * 1000;
}

/* Does it belong to what is counted in the group at now? */
static bool
counts(const struct plan *plan, const struct event *event, unsigned group,
	int64_t now)
{
	bool matches = false;

	for (unsigned i = 0; i < plan->rules; i++)
		matches = matches || event->matches[i];
	return matches && event->group == group && in_window(plan, event, now);
}

/* The last event of each id is what the set holds. */
static bool
is_last_of_id(const struct event *events, size_t count, size_t at)
{
	for (size_t i = at + 1; i < count; i++) {
		if (events[i].id == events[at].id &&
			events[i].group == events[at].group)
			return false;
	}
	return true;
}

static double
count_distinct(const struct plan *plan, const struct event *events,
	size_t count, unsigned group, int64_t now)
{
	bool seen[256] = {false};
	double distinct = 0, sum = 0;

	for (size_t i = 0; i < count; i++) {
		unsigned key =
			plan->type == VALUES ? events[i].value : events[i].id;

		if (!counts(plan, &events[i], group, now))
			continue;
		if (!seen[key])
			distinct++;
		seen[key] = true;
		if (is_last_of_id(events, count, i))
			sum += events[i].number;
	}
	if (plan->type == SUM)
		return sum;
	if (plan->type == MEAN)
		return distinct > 0 ? sum / distinct : -1;
	return distinct;
}

static double
count_rules(const struct plan *plan, const struct event *events, size_t count,
	unsigned group, int64_t now)
{
	double found = 0;
	size_t i;

	for (unsigned rule = 0; rule < plan->rules; rule++) {
		for (i = 0; i < count; i++) {
			if (events[i].matches[rule] &&
				events[i].group == group &&
				in_window(plan, &events[i], now))
				break;
		}
		found += i < count;
	}
	return found;
}

/* The longest beginning of the sequence that some events make, one each. */
static double
count_steps(const struct plan *plan, const struct event *events, size_t count,
	unsigned group, int64_t now)
{
	unsigned best = 0;

	for (size_t begin = 0; begin < count; begin++) {
		unsigned step = 0;

		if (!in_window(plan, &events[begin], now))
			continue;
		for (size_t i = begin; i < count && step < plan->rules; i++) {
			if (events[i].group == group &&
				events[i].matches[step] &&
				(step > 0 || i == begin)) {
				step++;
			} else if (i == begin) {
				break;
			}
		}
		best = step > best ? step : best;
	}
	return best;
}

static double
reference(const struct plan *plan, const struct event *events, size_t count,
	unsigned group, int64_t now)
{
	if (plan->type == TEMPORAL_ANY)
		return count_rules(plan, events, count, group, now);
	if (plan->type == ORDERED)
		return count_steps(plan, events, count, group, now);
	return count_distinct(plan, events, count, group, now);
}

static bool
reached(const struct plan *plan, double value)
{
	if (plan->type == TEMPORAL_ANY || plan->type == ORDERED)
		return value >= plan->rules;
	if (plan->op == 'g')
		return value >= plan->threshold;
	return plan->op == 't' ? value > plan->threshold
			       : value == plan->threshold;
}

static void
write_condition(const struct plan *plan, struct buf *out)
{
	if (plan->type == TEMPORAL_ANY || plan->type == ORDERED)
		return;
	buf_printf(out, "  condition: {%s: %u",
		plan->op == 'g'           ? "gte"
			: plan->op == 't' ? "gt"
					  : "eq",
		plan->threshold);
	if (plan->type != COUNT) {
		buf_printf(out, ", field: %s",
			plan->type == VALUES ? "rcpt" : "bytes");
	}
	buf_puts(out, "}\n");
}

static void
load(struct plan *plan)
{
	static const char *const names[] = {"event_count", "value_count",
		"temporal", "temporal_ordered", "value_sum", "value_avg"};
	struct sigma_options options;
	struct diags *diags = diags_new();
	struct buf text = {0};

	for (unsigned i = 0; i < plan->rules; i++) {
		buf_printf(&text,
			"title: r%u\nname: r%u\nlogsource: {category: "
			"email}\n"
			"detection: {s: {many: m%u}, condition: s}\n---\n",
			i, i, i);
	}
	buf_printf(&text,
		"title: c\nid: 00000000-0000-4000-8000-%012x\ncorrelation:\n"
		"  type: %s\n  rules: [r0%s%s]\n  group-by: [box]\n"
		"  timespan: %us\n",
		draw(1u << 31), names[plan->type],
		plan->rules > 1 ? ", r1" : "", plan->rules > 2 ? ", r2" : "",
		plan->span_s);
	write_condition(plan, &text);
	policy_options(&options);
	plan->program =
		sigma_program_parse("p", buf_slice(&text), &options, diags);
	if (plan->program == NULL)
		fail_msg("%s", diags_at(diags, 0)->what);
	buf_fini(&text);
	diags_free(diags);
}

static void
draw_plan(struct plan *plan, unsigned number)
{
	static const char ops[] = "gte";

	plan->type = (enum type)(number % TYPES);
	plan->op = ops[draw(3)];
	plan->span_s = 1 + draw(20);
	plan->rules = plan->type == TEMPORAL_ANY || plan->type == ORDERED
		? 2 + draw(2)
		: 1 + draw(2);
	plan->threshold = 1 + draw(plan->type >= SUM ? 60 : 5);
	load(plan);
}

static void
draw_event(struct event *event, const struct event *before, size_t count,
	const struct plan *plan)
{
	event->at_ms = (count > 0 ? before->at_ms : START_MS) + draw(6) * 1000;
	event->group = draw(GROUPS);
	event->id = (unsigned)count;
	event->value = draw(5);
	event->number = draw(40);
	for (unsigned i = 0; i < RULES_MAX; i++)
		event->matches[i] = i < plan->rules && draw(3) > 0;
	/* Now and then the message before is tried again. */
	if (count > 0 && draw(5) == 0) {
		int64_t at_ms = event->at_ms;

		*event = *before;
		event->at_ms = at_ms;
	}
}

/* The engine's answer: "" or "c<count>" with "*" on an edge. */
static void
ask_engine(const struct plan *plan, struct store *store,
	const struct event *event, unsigned sequence, struct buf *out)
{
	char text[RULES_MAX + 4][32];
	const char *pairs[RULES_MAX + 5];
	size_t count = 0;
	char id[24];

	(void)snprintf(text[count], 32, "box=s%u-%u", sequence, event->group);
	count++;
	(void)snprintf(text[count++], 32, "rcpt=v%u", event->value);
	(void)snprintf(text[count++], 32, "bytes=%u", event->number);
	for (unsigned i = 0; i < RULES_MAX; i++) {
		if (event->matches[i])
			(void)snprintf(text[count++], 32, "many=m%u", i);
	}
	for (unsigned i = 0; i < count; i++)
		pairs[i] = text[i];
	pairs[count] = NULL;
	(void)snprintf(id, sizeof(id), "%u/%u", sequence, event->id);
	counted_message(plan->program, store, event->at_ms, pairs, id, out);
}

static void
check_event(const struct plan *plan, struct store *store,
	const struct event *events, size_t count, unsigned sequence)
{
	const struct event *last = &events[count - 1];
	struct buf out = {0};
	bool matches = false, now, before, said, edge;

	for (unsigned i = 0; i < plan->rules; i++)
		matches = matches || last->matches[i];
	now = matches &&
		reached(plan,
			reference(
				plan, events, count, last->group, last->at_ms));
	before = reached(plan,
		reference(plan, events, count - 1, last->group, last->at_ms));
	ask_engine(plan, store, last, sequence, &out);
	said = out.p != NULL && strstr(out.p, "c") != NULL;
	edge = said && strchr(out.p, '*') != NULL;
	if (said != now || (now && edge != !before)) {
		fail_msg("sequence %u (type %d, op %c, threshold %u, %u s), "
			 "event %zu: got \"%s\", not %s%s",
			sequence, (int)plan->type, plan->op, plan->threshold,
			plan->span_s, count, out.p, now ? "a hit" : "nothing",
			now && !before ? " with an edge" : "");
	}
	buf_fini(&out);
}

static void
test_ten_thousand_sequences(void **state)
{
	struct store *store = counted_store();
	struct plan plans[60];
	struct event events[EVENTS_MAX];
	size_t length;

	(void)state;
	for (unsigned i = 0; i < 60; i++)
		draw_plan(&plans[i], i);
	for (unsigned sequence = 0; sequence < SEQUENCES; sequence++) {
		const struct plan *plan = &plans[sequence % 60];

		length = 4 + draw(EVENTS_MAX - 4);
		for (size_t count = 0; count < length; count++) {
			draw_event(&events[count], &events[count - (count > 0)],
				count, plan);
			check_event(plan, store, events, count + 1, sequence);
		}
	}
	for (unsigned i = 0; i < 60; i++)
		sigma_program_free(plans[i].program);
	store_close(store);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ten_thousand_sequences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
