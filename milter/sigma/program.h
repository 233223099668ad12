/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Policies: loaded from files, checked, and compiled into a program, which is
 * immutable and shared by all threads. A program runs over one message and
 * its flows in two phases, because correlations count in a store that the
 * engine knows nothing of:
 *
 *   run = sigma_run_new(program, arena, message)
 *   sigma_run_flow(run, flow)            for every flow: detections, filters
 *   notes = sigma_run_notes(run)         what is to be counted, one batch
 *   ... the caller notes them and fills the answers in ...
 *   hits = sigma_run_finish(run)         correlations decided
 */
#ifndef SIGMA_PROGRAM_H
#define SIGMA_PROGRAM_H

#include "base/arena.h"
#include "base/err.h"
#include "base/note.h"
#include "base/slice.h"
#include "sigma/level.h"
#include "sigma/list.h"
#include "sigma/record.h"
#include "yaml/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sigma_rule_kind {
	SIGMA_DETECTION,
	SIGMA_CORRELATION,
	SIGMA_FILTER
};

/* What a rule says of itself; lives as long as the program. */
struct sigma_rule {
	enum sigma_rule_kind kind;
	struct slice title, id, name, description, author, file;
	unsigned line;
	enum sigma_level level;
	enum sigma_status status;
	const struct slice *tags; /* "attack.t1114.003" */
	size_t tag_count;
	struct slice action; /* x-forwarden-action, or absent */
	struct slice service; /* of its logsource, or absent */
	bool silent; /* only feeds correlations */
	/* Of a correlation that counts: it fires from this count on (0: of
	 * another kind), over this time. */
	uint64_t threshold;
	int64_t timespan_ms;
};

/* Limits have no defaults here: each must be given. */
struct sigma_options {
	const struct sigma_schema *schema;
	struct sigma_list *lists;
	size_t list_count;
	/* Which log sources are ours; NULL accepts all. Others are skipped
	 * with a note. */
	const char *category, *product;
	/* Names a logsource's service may have, at most 8, ended by NULL;
	 * NULL accepts all. Another one is an error. Bit i of a record's
	 * services stands for services[i]. */
	const char *const *services;
	/* What x-forwarden-action may be, ended by NULL; NULL: anything. */
	const char *const *actions;
	/* A filter that narrows its rules to the exception is an error;
	 * true: only a warning, for reading others' files. */
	bool narrowing_filters;
	/* What a rule is whose regex gave up: false no match, true a match;
	 * either way sigma_run_gave_up() tells. */
	bool gave_up_matches;
	int64_t timespan_max_ms;
	size_t value_bytes; /* of one value given to a matcher */
	int64_t regex_budget_us; /* a message's regex work */
	bool adversarial; /* run every regex on hostile subjects */
	bool allow_empty; /* a list that a rule needs may have no entries */
};

struct sigma_program;

/*
 * Loads paths (files, or directories for all *.yml and *.yaml below them but
 * *.test.yaml) and compiles them. NULL if there was any error; diags has all
 * of them, and warnings and notes either way.
 */
struct sigma_program *sigma_program_load(const char *const *paths, size_t count,
	const struct sigma_options *, struct diags *);
/* The same from one text in memory, for tests and fuzzers, which have no
 * files. */
struct sigma_program *sigma_program_parse(const char *file, struct slice text,
	const struct sigma_options *, struct diags *);
void sigma_program_free(struct sigma_program *);

size_t sigma_program_rules(const struct sigma_program *);
const struct sigma_rule *sigma_program_rule(
	const struct sigma_program *, size_t index);
/* What was not loaded and why, for check. */
struct sigma_skipped {
	struct slice file, title;
	unsigned line;
	const char *why; /* "deprecated", "another log source" */
};
size_t sigma_program_skipped(
	const struct sigma_program *, const struct sigma_skipped **);

/* 16 hex digits of all that the policies and their lists say, whatever their
 * files are called: the same on two machines if they have the same set. */
const char *sigma_program_digest(const struct sigma_program *);

/* The lists that rules name, and how many entries each has. */
struct sigma_list_size {
	struct slice name;
	size_t count;
};
size_t sigma_program_lists(
	const struct sigma_program *, const struct sigma_list_size **);

/* The fields that rules name. */
size_t sigma_program_fields(
	const struct sigma_program *, const struct sigma_field *const **);

/* Bits of the services that rules name, and SIGMA_SERVICE_ANY if some rule
 * names none: a record that has none of them need not be run at all. */
#define SIGMA_SERVICE_ANY (1U << 31)
unsigned sigma_program_services(const struct sigma_program *);
/* Must the caller fetch SCOPE_STORE fields (some rule reads one)? */
bool sigma_program_reads_store(const struct sigma_program *);
/* Does what is counted rest on a field that moves (sigma_field)? */
bool sigma_program_counts_moving(const struct sigma_program *);
/* Does this rule test that field, itself or (a correlation) through a rule
 * that it refers to? */
bool sigma_rule_reads(
	const struct sigma_program *, const struct sigma_rule *, int field_id);

struct sigma_run;

/* identity makes event_count idempotent: see message_identity(). */
struct sigma_run *sigma_run_new(const struct sigma_program *, struct arena *,
	const struct sigma_record *message);
/* The run is another one over a message that one was made over already: of its
 * regex work there is only left what that one left. */
void sigma_run_again(struct sigma_run *, const struct sigma_run *before);
/* Evaluates all detections over one flow. The record serves the fields of
 * the message, too. False when the arena is full: nothing of this flow then
 * counts. */
bool sigma_run_flow(struct sigma_run *, const struct sigma_record *flow,
	struct slice identity);
/* What is to be counted for correlations: the group is the values of group-by,
 * joined by '|', escaped. Valid until the run ends; the caller fills the
 * answers in. */
struct note *sigma_run_notes(struct sigma_run *, size_t *count);

struct sigma_hit {
	const struct sigma_rule *rule;
	size_t flow; /* its number, in the order of sigma_run_flow() */
	bool edge; /* a correlation's threshold was crossed by this one */
	uint64_t count; /* a correlation's count, else 0 */
	struct slice group; /* a correlation's group, else absent */
	/* What decided, for explain: "selection: rcpt.domain|expand". */
	struct slice item;
};
/* Rules that matched and speak for themselves, filters taken away. */
const struct sigma_hit *sigma_run_finish(struct sigma_run *, size_t *count);

/* Detections of which it is not known whether they match, since a regex gave
 * up; filters taken away. Those that only feed correlations are among them. */
const struct sigma_hit *sigma_run_unknown(struct sigma_run *, size_t *count);

/* What came of each rule for one flow, for explain; slow, never in the way of
 * mail. Valid after sigma_run_finish(). */
struct sigma_outcome {
	const struct sigma_rule *rule;
	bool applies; /* its log source has a service this flow is of */
	bool matched; /* its detection, before filters */
	bool unknown; /* a regex gave up, and the answer rests on it */
	const struct sigma_rule *filtered_by; /* NULL: no filter took it */
	/* "selection: rcpt.domain|expand": the first item that failed or,
	 * when it matched, the one that hit last; absent if there is none */
	struct slice item;
	struct slice value; /* of the item's field, absent if it was absent */
};
const struct sigma_outcome *sigma_run_explain(
	struct sigma_run *, size_t flow, size_t *count);

/* Did a regex give up, was a value cut (bits for gaps)? */
bool sigma_run_gave_up(const struct sigma_run *);
bool sigma_run_cut(const struct sigma_run *);
/* How often a match did not count because it lacks a group-by field. */
size_t sigma_run_ungrouped(const struct sigma_run *);

#endif
