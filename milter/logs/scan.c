/* SPDX-License-Identifier: BSD-2-Clause */
/* From a line to what it changes. */
#include "logs/scan.h"

#include "logs/dovecot_line.h"
#include "logs/exim_line.h"
#include "logs/found_keep.h"
#include "logs/frame.h"
#include "logs/ledger_keep.h"
#include "logs/postfix_line.h"
#include "logs/reckon.h"
#include "logs/sendmail_line.h"

#include <stdlib.h>

/* Who follows a log knows of a forward so long after it was done. */
#define EARLY_MS ((int64_t)30 * 1000)
/* A line's own time may be ahead by so much. */

#define AHEAD_MS ((int64_t)60 * 1000)
#define HOUR_MS ((int64_t)60 * 60 * 1000)
/* As long as a log is as short as that it is judged when all of it is known,
 * with it which domains are ours. */
#define SETTLE_LEAST 4096U

struct scan {
	struct scan_options options;
	struct frames frames;
	struct ledger *ledger;
	struct reckon reckon;
	struct ours *ours;
	struct scan_sum sum;
	int64_t now_ms, begun_ms; /* of who follows */
};

typedef bool read_fn(const struct frame *, struct told *);

static void
judge(void *ctx, struct ledger_family *family)
{
	reckon_family(ctx, family);
}

static void
tell(void *ctx, const struct found_flow *flow)
{
	const struct scan *scan = ctx;

	if (!flow->seen &&
		(flow->mailbox.len == 0 || flow->of_stranger ||
			ours_has(scan->ours, flow->mailbox)))
		scan->options.tell(scan->options.ctx, flow);
}

struct scan *
scan_new(const struct scan_options *options, struct err *err)
{
	struct scan *scan = calloc(1, sizeof(*scan));
	bool follow = options->tell != NULL,
	     reconcile = options->egress != NULL && !follow;

	if (scan == NULL) {
		(void)err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	scan->options = *options;
	scan->ours = ours_new(options->realm);
	scan->ledger = ledger_new(&(struct ledger_options){.judge = judge,
		.ctx = &scan->reckon,
		.egress = options->egress,
		.mails_least = follow ? 0 : SETTLE_LEAST,
		.early_ms = follow ? EARLY_MS : 0});
	scan->reckon = (struct reckon){.ours = scan->ours,
		.found = found_new(),
		.passed = reconcile ? passed_new() : NULL,
		.judged = options->judged ? judged_new(reconcile) : NULL,
		.tell = follow ? tell : NULL,
		.tell_ctx = scan};
	if (scan->ours != NULL && scan->ledger != NULL &&
		scan->reckon.found != NULL &&
		(!reconcile || scan->reckon.passed != NULL) &&
		(!options->judged || scan->reckon.judged != NULL))
		return scan;
	scan_free(scan);
	err_set(err, ERR_MEMORY, "out of memory");
	return NULL;
}

void
scan_free(struct scan *scan)
{
	if (scan == NULL)
		return;
	ledger_free(scan->ledger);
	found_free(scan->reckon.found);
	passed_free(scan->reckon.passed);
	judged_free(scan->reckon.judged);
	ours_free(scan->ours);
	free(scan);
}

bool
scan_hear(struct scan *scan, const struct judged_event *event)
{
	judged_set_since(scan->reckon.judged, event->at_ms);
	if (scan->options.since_ms > event->at_ms)
		return true;
	return judged_add(scan->reckon.judged, event,
		ledger_message(scan->ledger, event->message_id));
}

void
scan_begin_file(struct scan *scan, int64_t written_ms, int year)
{
	scan->begun_ms = written_ms;
	stamp_begin(&scan->frames.stamps, written_ms, year);
}

static const struct {
	struct slice begin;
	read_fn *read;
} readers[] = {
	{{"postfix", 7}, postfix_line_read},
	{{"dovecot", 7}, dovecot_line_read},
	{{"exim", 4}, exim_line_read},
	{{"sendmail", 8}, sendmail_line_read},
	{{"sm-", 3}, sendmail_line_read},
};

/* Who can read what a program wrote; NULL: it is none of mail. Postfix may have
 * any name, but for what follows it. */
static read_fn *
reader_of(const struct frame *frame)
{
	for (size_t i = 0; i < sizeof(readers) / sizeof(*readers); i++) {
		if (slice_starts_fold(frame->program, readers[i].begin))
			return readers[i].read;
	}
	return slice_find_byte(frame->program, '/', 0) != SLICE_NONE
		? postfix_line_read
		: NULL;
}

/*
 * A stranger can ask only for what is ours. It shows where his message was
 * expanded, and where it went to a host of our own network; but not in every
 * recipient, for some are added.
 */
static void
learn_of_stranger(struct scan *scan, const struct ledger_mail *mail,
	const struct told *told)
{
	if (mail == NULL || told->kind != TOLD_DELIVERY ||
		told->way != TOLD_OUT || told->status != TOLD_SENT ||
		mail->parent != NULL || mail->login != NULL ||
		mail->client_ip == NULL ||
		ours_has_host(scan->ours, slice_of(mail->client_ip),
			slice_of(mail->client)))
		return;
	if (told->original.len > 0) {
		ours_learn_domain(scan->ours, told->original);
	} else if (told->next.len == 0 && mail->nrcpt == 1 &&
		ours_has_network(scan->ours, told->relay_ip)) {
		ours_learn_domain(scan->ours, told->recipient);
	}
}

/* "[127.0.0.1]:25 [192.0.2.25]:25" */
static void
learn_hosts(struct ours *ours, struct slice list)
{
	struct slice one;

	while (slice_next(&list, ']', &one)) {
		size_t open = slice_find_byte(one, '[', 0);

		if (open != SLICE_NONE)
			ours_learn_host(
				ours, slice_sub(one, open + 1, one.len));
	}
}

static bool
take(struct scan *scan, const struct frame *frame, const struct told *told)
{
	bool learns = scan->options.tell == NULL;
	struct ledger_mail *mail;

	if (told->kind == TOLD_GAP) {
		scan->sum.unclear++;
		return true;
	}
	if (told->kind == TOLD_OWN_HOST) {
		if (learns)
			learn_hosts(scan->ours, told->client_ip);
		return true;
	}
	if (told->kind == TOLD_DELIVERY && learns)
		ours_learn(scan->ours, told);
	if (!ledger_take(scan->ledger, frame, told, &mail))
		return false;
	if (learns)
		learn_of_stranger(scan, mail, told);
	return !scan->reckon.failed;
}

static void
widen(struct scan_sum *sum, int64_t at_ms)
{
	if (sum->first_ms == 0 || at_ms < sum->first_ms)
		sum->first_ms = at_ms;
	if (at_ms > sum->last_ms)
		sum->last_ms = at_ms;
}

bool
scan_line(struct scan *scan, struct slice line)
{
	struct frame frame;
	struct told told;
	read_fn *read;

	scan->sum.lines++;
	switch (frame_read(&scan->frames, line, &frame)) {
	case FRAME_NONE:
		return true;
	case FRAME_REPEATED:
		scan->sum.repeated++;
		return true;
	case FRAME_READ:
		break;
	}
	read = reader_of(&frame);
	if (read == NULL || frame.at_ms < scan->options.since_ms)
		return true;
	if (scan->options.tell != NULL && frame.of_person) {
		scan->sum.of_persons++;
		return true;
	}
	if (scan->now_ms > 0 && frame.at_ms > scan->now_ms + AHEAD_MS)
		frame.at_ms = scan->now_ms;
	scan->sum.mail_lines++;
	widen(&scan->sum, frame.at_ms);
	if (!read(&frame, &told))
		return true;
	do {
		if (!take(scan, &frame, &told))
			return false;
	} while (sendmail_line_next(&told));
	return true;
}

bool
scan_pass(struct scan *scan, int64_t now_ms)
{
	scan->now_ms = now_ms;
	/* Years are counted back from now, not from when it began. */
	if (now_ms - scan->begun_ms > HOUR_MS)
		scan_begin_file(scan, now_ms, 0);
	ledger_pass(scan->ledger, now_ms);
	return !scan->reckon.failed;
}

void
scan_keep(const struct scan *scan, struct buf *out)
{
	ledger_keep(scan->ledger, out);
	found_keep(scan->reckon.found, out);
}

bool
scan_restore(struct scan *scan, const struct json *line)
{
	return ledger_restore(scan->ledger, line) ||
		found_restore(scan->reckon.found, line);
}

void
scan_note_cut(struct scan *scan, uint64_t lines)
{
	scan->sum.cut += lines;
}

bool
scan_finish(struct scan *scan)
{
	ledger_finish(scan->ledger);
	return found_settle(scan->reckon.found) && !scan->reckon.failed;
}

struct scan_sum
scan_sum(const struct scan *scan)
{
	struct ledger_count count = ledger_count(scan->ledger);
	struct scan_sum sum = scan->sum;

	sum.ids = count.ids;
	sum.evicted = count.evicted;
	sum.rcpts_cut = count.cut;
	sum.egress = count.egress;
	sum.left_out = found_left_out(scan->reckon.found);
	return sum;
}

const struct found *
scan_found(const struct scan *scan)
{
	return scan->reckon.found;
}

const struct ours *
scan_ours(const struct scan *scan)
{
	return scan->ours;
}

const struct passed *
scan_passed(const struct scan *scan)
{
	return scan->reckon.passed;
}

struct judged *
scan_judged(const struct scan *scan)
{
	return scan->reckon.judged;
}

bool
scan_shows(const struct scan *scan, const struct found_route *route)
{
	return (route->mailbox[0] == '\0' || route->is_ours ||
		       ours_has(scan->ours, slice_of(route->mailbox))) &&
		(route->destination[0] == '\0' ||
			!ours_has(scan->ours, slice_of(route->destination)));
}
