/* SPDX-License-Identifier: BSD-2-Clause */
/* A run, for the files that carry it out. */
#ifndef SIGMA_RUN_H
#define SIGMA_RUN_H

#include "sigma/eval.h"
#include "sigma/shortlist.h"

struct match {
	const struct rule *rule;
	size_t flow;
	struct slice item;
};

/* A correlation that is fed, by which of its references. */
struct work {
	const struct rule *rule;
	size_t reference;
	int parent; /* note whose count must be reached; -1: none */
	unsigned depth;
};

/* What a note is for; note i belongs to pending i. */
struct pending {
	const struct rule *rule; /* the correlation */
	size_t flow;
};

struct sigma_run {
	const struct sigma_program *program;
	struct eval eval;
	struct shortlist *shortlist;
	struct sigma_record message;
	struct sigma_record *flows; /* for explain */
	size_t flow_count, flow_room;
	struct match *matches; /* of detections that speak */
	size_t match_count, match_room;
	struct match *unknown; /* of detections whose answer is not known */
	size_t unknown_count, unknown_room;
	struct note *notes;
	struct pending *pending;
	size_t note_count, note_room;
	struct work *work; /* of the flow being counted */
	size_t work_count, work_room;
	size_t ungrouped;
};

/* The services whose rules run on it. */
unsigned run_services(const struct sigma_record *);
/* A flow begins; a rule matched it; and its notes are made. False when the
 * arena is full. */
void counting_begin(struct sigma_run *);
bool counting_feed(struct sigma_run *, const struct rule *, int parent);
bool counting_notes(struct sigma_run *, size_t flow, struct slice identity);
/* The correlations that were reached, after the detections' hits. */
size_t counting_hits(const struct sigma_run *, struct sigma_hit *hits);

#endif
