/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One table of families; a family has one counter a value of its label. The
 * counters of policies have names only known at run time and live in a map.
 */
#include "verdict/metrics.h"

#include "base/map.h"
#include "forward/evidence.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#define CELLS_MAX 16
#define US_A_SECOND 1e6

enum family {
	FAMILY_MESSAGES,
	FAMILY_FLOWS,
	FAMILY_VERDICTS,
	FAMILY_WOULD,
	FAMILY_EXCUSED,
	FAMILY_GAPS,
	FAMILY_TAGS,
	FAMILY_ROUND_TRIPS,
	FAMILY_LOGGED,
	METRIC_FAMILIES
};

static const char *
direction_label(unsigned value)
{
	return message_direction_name((enum direction)value);
}

static const char *
kind_label(unsigned value)
{
	return evidence_kind_name((enum kind)value);
}

static const char *
action_label(unsigned value)
{
	return action_name((enum action)value);
}

static const char *
exemption_label(unsigned value)
{
	return flow_exemption_name(value);
}

static const char *
count_label(unsigned value)
{
	static const char *const names[] = {"0", "1", "2"};

	return names[value];
}

enum tags {
	TAGS_GOOD,
	TAGS_FORGED,
	TAGS_TOO_MANY,
	TAGS_FOUND
};

static const char *
tags_label(unsigned value)
{
	static const char *const names[] = {"good", "forged", "too-many"};

	return names[value];
}

static const struct {
	const char *name, *help, *label;
	unsigned cells;
	const char *(*value)(unsigned);
} families[METRIC_FAMILIES] = {
	[FAMILY_MESSAGES] = {"forwarden_messages_total",
		"Messages judged, by direction.", "direction",
		DIRECTION_INTERNAL + 1, direction_label},
	[FAMILY_FLOWS] = {"forwarden_flows_total",
		"Flows (message and recipient), by kind of forwarding.", "kind",
		KIND_COUNT, kind_label},
	[FAMILY_VERDICTS] = {"forwarden_verdicts_total",
		"What was done with messages.", "action", ACTION_COUNT,
		action_label},
	[FAMILY_WOULD] = {"forwarden_verdicts_would_total",
		"What mode enforce would have done.", "action", ACTION_COUNT,
		action_label},
	[FAMILY_EXCUSED] = {"forwarden_excused_total",
		"Flows that would be forwards but for an excuse.", "exemption",
		EXEMPTION_COUNT, exemption_label},
	[FAMILY_GAPS] = {"forwarden_gaps_total",
		"Messages of which something could not be seen.", "gap",
		GAP_COUNT, message_gap_name},
	[FAMILY_TAGS] = {"forwarden_own_tags_total",
		"Messages with a field of ours: written for them at another "
		"listener, not for them, or more than are removed.",
		"found", TAGS_FOUND, tags_label},
	[FAMILY_ROUND_TRIPS] = {"forwarden_message_round_trips_total",
		"Messages by how often they waited for the store.",
		"round_trips", 3, count_label},
	[FAMILY_LOGGED] = {"forwarden_logged_flows_total",
		"Flows of which a log told, by kind of forwarding.", "kind",
		KIND_COUNT, kind_label},
};

/* Upper bounds of all histograms, in microseconds. */
static const int64_t bounds_us[] = {25, 50, 100, 250, 500, 1000, 2500, 5000,
	10000, 25000, 50000, 100000, 250000, 1000000};
#define BOUNDS (sizeof(bounds_us) / sizeof(bounds_us[0]))

enum histogram {
	HISTOGRAM_MESSAGE,
	HISTOGRAM_POLICIES,
	HISTOGRAM_STORE,
	METRIC_HISTOGRAMS
};

static const struct {
	const char *name, *help;
} histograms[METRIC_HISTOGRAMS] = {
	[HISTOGRAM_MESSAGE] = {"forwarden_message_judging_seconds",
		"Time from the end of a message to its verdict."},
	[HISTOGRAM_POLICIES] = {"forwarden_policies_seconds",
		"Time of it that the policies took, without the store."},
	[HISTOGRAM_STORE] = {"forwarden_store_wait_seconds",
		"Time messages waited for the store."},
};

struct policy_counts {
	uint64_t hits, gave_up;
};

struct metrics {
	_Atomic uint64_t cells[METRIC_FAMILIES][CELLS_MAX];
	struct {
		_Atomic uint64_t buckets[BOUNDS + 1];
		_Atomic uint64_t sum_us;
	} times[METRIC_HISTOGRAMS];
	_Atomic uint64_t ungrouped;
	pthread_mutex_t lock; /* guards policies */
	struct map *policies; /* name -> struct policy_counts */
};

struct metrics *
metrics_new(void)
{
	struct metrics *metrics = calloc(1, sizeof(*metrics));

	if (metrics == NULL)
		return NULL;
	metrics->policies = map_new();
	if (metrics->policies == NULL) {
		free(metrics);
		return NULL;
	}
	pthread_mutex_init(&metrics->lock, NULL);
	return metrics;
}

void
metrics_free(struct metrics *metrics)
{
	if (metrics == NULL)
		return;
	map_free(metrics->policies, free);
	pthread_mutex_destroy(&metrics->lock);
	free(metrics);
}

/* Under the lock. NULL when out of memory. */
static struct policy_counts *
policy_counter(struct metrics *metrics, struct slice name)
{
	struct policy_counts *counter = map_find(metrics->policies, name);

	if (counter != NULL)
		return counter;
	counter = calloc(1, sizeof(*counter));
	if (counter != NULL &&
		!map_put(metrics->policies, name, counter, NULL)) {
		free(counter);
		return NULL;
	}
	return counter;
}

bool
metrics_bind(struct metrics *metrics, const struct sigma_program *program)
{
	size_t count = program != NULL ? sigma_program_rules(program) : 0;
	bool done = true;

	pthread_mutex_lock(&metrics->lock);
	for (size_t i = 0; i < count; i++) {
		const struct sigma_rule *rule = sigma_program_rule(program, i);

		if (rule->kind == SIGMA_FILTER || rule->silent)
			continue;
		if (policy_counter(metrics, verdict_policy(rule)) == NULL)
			done = false;
	}
	pthread_mutex_unlock(&metrics->lock);
	return done;
}

static void
count(struct metrics *metrics, enum family family, unsigned cell)
{
	if (cell < families[family].cells) {
		atomic_fetch_add_explicit(
			&metrics->cells[family][cell], 1, memory_order_relaxed);
	}
}

static void
count_time(struct metrics *metrics, enum histogram histogram, int64_t us)
{
	size_t i = 0;

	while (i < BOUNDS && us > bounds_us[i])
		i++;
	atomic_fetch_add_explicit(
		&metrics->times[histogram].buckets[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&metrics->times[histogram].sum_us,
		(uint64_t)us, memory_order_relaxed);
}

static void
count_policies(struct metrics *metrics, const struct verdict *verdict)
{
	const struct matched *matched;
	size_t at = 0;

	pthread_mutex_lock(&metrics->lock);
	while ((matched = verdict_next(verdict, &at)) != NULL) {
		struct policy_counts *counter =
			policy_counter(metrics, verdict_policy(matched->rule));

		if (counter != NULL)
			counter->hits++;
	}
	at = 0;
	while ((matched = verdict_next_unknown(verdict, &at)) != NULL) {
		struct policy_counts *counter =
			policy_counter(metrics, verdict_policy(matched->rule));

		if (counter != NULL)
			counter->gave_up++;
	}
	pthread_mutex_unlock(&metrics->lock);
}

static void
count_flow(struct metrics *metrics, const struct flow *flow)
{
	count(metrics, FAMILY_FLOWS, flow->kind);
	for (unsigned bit = 0; flow->excused_by >> bit != 0; bit++) {
		if (flow->excused_by & (1U << bit))
			count(metrics, FAMILY_EXCUSED, bit);
	}
}

static void
count_tags(struct metrics *metrics, const struct verdict *verdict)
{
	if (verdict->again)
		count(metrics, FAMILY_TAGS, TAGS_GOOD);
	if (verdict->misfit)
		count(metrics, FAMILY_TAGS, TAGS_FORGED);
	if (verdict->forged)
		count(metrics, FAMILY_TAGS, TAGS_TOO_MANY);
}

void
metrics_count(struct metrics *metrics, const struct verdict *verdict,
	enum action taken)
{
	if (verdict->logged) {
		count(metrics, FAMILY_LOGGED, verdict->flows[0].kind);
		count_policies(metrics, verdict);
		return;
	}
	count(metrics, FAMILY_VERDICTS, taken);
	count(metrics, FAMILY_WOULD, verdict->would);
	count(metrics, FAMILY_ROUND_TRIPS, verdict->round_trips);
	if (verdict->message != NULL)
		count(metrics, FAMILY_MESSAGES, verdict->message->direction);
	for (size_t i = 0; i < verdict->flow_count; i++)
		count_flow(metrics, &verdict->flows[i]);
	for (unsigned bit = 0; verdict->gaps != 0 && bit < GAP_COUNT; bit++) {
		if (verdict->gaps & (1U << bit))
			count(metrics, FAMILY_GAPS, bit);
	}
	count_tags(metrics, verdict);
	if (verdict->ungrouped > 0) {
		atomic_fetch_add_explicit(&metrics->ungrouped,
			verdict->ungrouped, memory_order_relaxed);
	}
	count_time(metrics, HISTOGRAM_MESSAGE, verdict->total_us);
	count_time(metrics, HISTOGRAM_POLICIES, verdict->policies_us);
	if (verdict->round_trips > 0)
		count_time(metrics, HISTOGRAM_STORE, verdict->store_us);
	if (verdict->matched_count > 0 || verdict->unknown_count > 0)
		count_policies(metrics, verdict);
}

static void
write_head(
	struct buf *out, const char *name, const char *help, const char *type)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
write_family(struct metrics *metrics, unsigned family, struct buf *out)
{
	write_head(
		out, families[family].name, families[family].help, "counter");
	for (unsigned i = 0; i < families[family].cells; i++) {
		buf_printf(out, "%s{%s=\"%s\"} %llu\n", families[family].name,
			families[family].label, families[family].value(i),
			(unsigned long long)atomic_load_explicit(
				&metrics->cells[family][i],
				memory_order_relaxed));
	}
}

static void
write_times(struct metrics *metrics, unsigned histogram, struct buf *out)
{
	const char *name = histograms[histogram].name;
	unsigned long long sum = 0;

	write_head(out, name, histograms[histogram].help, "histogram");
	for (size_t i = 0; i <= BOUNDS; i++) {
		sum += atomic_load_explicit(
			&metrics->times[histogram].buckets[i],
			memory_order_relaxed);
		if (i < BOUNDS) {
			buf_printf(out, "%s_bucket{le=\"%g\"} %llu\n", name,
				(double)bounds_us[i] / US_A_SECOND, sum);
		}
	}
	buf_printf(out, "%s_bucket{le=\"+Inf\"} %llu\n", name, sum);
	buf_printf(out, "%s_sum %.6f\n%s_count %llu\n", name,
		(double)atomic_load_explicit(&metrics->times[histogram].sum_us,
			memory_order_relaxed) /
			US_A_SECOND,
		name, sum);
}

/* A label's value: backslash, quote and newline are escaped by the format;
 * anything else that is not printable ASCII becomes '?'. */
static void
write_label(struct buf *out, struct slice value)
{
	for (size_t i = 0; i < value.len; i++) {
		char c = value.p[i];

		if (c == '\\' || c == '"')
			buf_add_byte(out, '\\');
		buf_add_byte(out, c >= 0x20 && c < 0x7f ? c : '?');
	}
}

/* One of the counters of every policy. */
struct policy_family {
	const char *name;
	size_t offset; /* in struct policy_counts */
	struct buf *out;
};

static bool
write_policy(struct slice name, void *value, void *ctx)
{
	const struct policy_family *family = ctx;
	const uint64_t *counter =
		(const void *)((const char *)value + family->offset);

	buf_printf(family->out, "%s{policy=\"", family->name);
	write_label(family->out, name);
	buf_printf(family->out, "\"} %llu\n", (unsigned long long)*counter);
	return true;
}

static void
write_policies(struct metrics *metrics, struct buf *out)
{
	struct policy_family hits = {"forwarden_policy_hits_total",
		offsetof(struct policy_counts, hits), out};
	struct policy_family gave_up = {"forwarden_policy_gave_up_total",
		offsetof(struct policy_counts, gave_up), out};

	pthread_mutex_lock(&metrics->lock);
	write_head(out, hits.name, "Matches, by policy.", "counter");
	map_each(metrics->policies, write_policy, &hits);
	write_head(out, gave_up.name,
		"Messages of which a regular expression could not say whether "
		"the policy matches.",
		"counter");
	map_each(metrics->policies, write_policy, &gave_up);
	pthread_mutex_unlock(&metrics->lock);
}

static void
write_health(const struct store_health *health, struct buf *out)
{
	const struct {
		const char *name, *help, *type;
		uint64_t value;
	} rows[] = {
		{"forwarden_store_up", "1 while the store answers.", "gauge",
			health->up},
		{"forwarden_store_nodes",
			"Nodes of Redis: masters, in a cluster.", "gauge",
			health->nodes},
		{"forwarden_store_nodes_down", "... that take nothing now.",
			"gauge", health->nodes_down},
		{"forwarden_store_round_trips_total",
			"Round trips to the store.", "counter",
			health->round_trips},
		{"forwarden_store_operations_total", "Operations carried out.",
			"counter", health->ops},
		{"forwarden_store_failures_total", "Batches that failed.",
			"counter", health->failures},
		{"forwarden_store_late_total",
			"Batches whose time budget ran out.", "counter",
			health->late},
		{"forwarden_store_journal_entries",
			"Operations waiting for the store to come back.",
			"gauge", health->journal},
		{"forwarden_store_lost_total",
			"Operations lost for good: the journal had no room "
			"for them, or the store refused them.",
			"counter", health->lost},
		{"forwarden_store_replayed_total",
			"Operations told to the store once it was back.",
			"counter", health->replayed},
		{"forwarden_store_evicted_total",
			"Sets and records that went because memory was full.",
			"counter", health->evicted},
		{"forwarden_store_memory_bytes", "Memory the store holds.",
			"gauge", health->bytes},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		write_head(out, rows[i].name, rows[i].help, rows[i].type);
		buf_printf(out, "%s %llu\n", rows[i].name,
			(unsigned long long)rows[i].value);
	}
}

void
metrics_write(struct metrics *metrics, const struct store_health *health,
	struct buf *out)
{
	for (unsigned i = 0; i < METRIC_FAMILIES; i++)
		write_family(metrics, i, out);
	for (unsigned i = 0; i < METRIC_HISTOGRAMS; i++)
		write_times(metrics, i, out);
	write_head(out, "forwarden_ungrouped_total",
		"Matches not counted, for want of a field to group by.",
		"counter");
	buf_printf(out, "forwarden_ungrouped_total %llu\n",
		(unsigned long long)atomic_load_explicit(
			&metrics->ungrouped, memory_order_relaxed));
	write_policies(metrics, out);
	if (health != NULL)
		write_health(health, out);
}
