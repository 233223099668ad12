/* SPDX-License-Identifier: BSD-2-Clause */
/* Verdicts made known: the log, the events, the counters. */
#include "daemon/report.h"

#include "base/log.h"
#include "base/whole.h"
#include "daemon/alerts.h"
#include "daemon/trouble.h"
#include "verdict/event.h"
#include "verdict/metrics.h"
#include "verdict/record.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOT_OPEN (-1)

enum place {
	PLACE_NONE,
	PLACE_LOG,
	PLACE_FILE
};

struct report {
	pthread_rwlock_t lock; /* over place and fd */
	enum place place;
	int fd;
	pthread_mutex_t writing; /* one line at a time; over torn */
	bool torn; /* the last line has no end */
	bool failing; /* it could not be written */
	atomic_bool all;
	struct metrics *metrics;
};

static bool
parse_place(const char *events, enum place *place, struct err *err)
{
	if (strcmp(events, "none") == 0) {
		*place = PLACE_NONE;
	} else if (strcmp(events, "log") == 0) {
		*place = PLACE_LOG;
	} else if (strncmp(events, "file:/", 6) == 0) {
		*place = PLACE_FILE;
	} else {
		return err_set(err, ERR_INVALID,
			"\"%s\" is not a place for events; use log, none or "
			"file:/path",
			events);
	}
	return true;
}

bool
report_check(const char *events, struct err *err)
{
	enum place place;

	return parse_place(events, &place, err);
}

bool
report_open(struct report *report, const struct report_options *options,
	struct err *err)
{
	int fd = NOT_OPEN, old = NOT_OPEN;
	enum place place = PLACE_NONE;

	if (!parse_place(options->events, &place, err))
		return err_wrap(err, "log.events");
	if (place == PLACE_FILE && options->fd >= 0) {
		fd = fcntl(options->fd, F_DUPFD_CLOEXEC, 0);
		if (fd < 0)
			return err_system(err, "log.events");
	}
	report->all = options->all;
	pthread_rwlock_wrlock(&report->lock);
	report->place = place;
	if (fd >= 0 || place != PLACE_FILE) {
		old = report->fd;
		report->fd = fd;
		report->torn = false;
	}
	pthread_rwlock_unlock(&report->lock);
	if (old >= 0)
		(void)close(old);
	return true;
}

struct report *
report_new(const struct report_options *options, struct metrics *metrics,
	struct err *err)
{
	struct report *report = calloc(1, sizeof(*report));

	if (report == NULL) {
		(void)err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	pthread_rwlock_init(&report->lock, NULL);
	pthread_mutex_init(&report->writing, NULL);
	report->fd = NOT_OPEN;
	report->metrics = metrics;
	if (!report_open(report, options, err)) {
		report_free(report);
		return NULL;
	}
	return report;
}

void
report_free(struct report *report)
{
	if (report == NULL)
		return;
	if (report->fd >= 0)
		(void)close(report->fd);
	pthread_rwlock_destroy(&report->lock);
	pthread_mutex_destroy(&report->writing);
	free(report);
}

static void
write_line(struct report *report, struct slice line)
{
	pthread_mutex_lock(&report->writing);
	if (!whole_line(report->fd, line, &report->torn)) {
		trouble_set(TROUBLE_EVENTS, "log.events: cannot be written: %s",
			strerror(errno));
		report->failing = true;
	} else if (report->failing) {
		trouble_set(TROUBLE_EVENTS, "%s", "");
		report->failing = false;
	}
	pthread_mutex_unlock(&report->writing);
}

void
report_event(struct report *report, struct slice json)
{
	struct buf line = {0};

	pthread_rwlock_rdlock(&report->lock);
	if (report->place == PLACE_LOG) {
		log_write_ascii(LOG_LEVEL_INFO, json);
	} else if (report->place == PLACE_FILE && report->fd >= 0) {
		buf_add(&line, json);
		buf_add_byte(&line, '\n');
		if (buf_ok(&line))
			write_line(report, buf_slice(&line));
	}
	pthread_rwlock_unlock(&report->lock);
	buf_fini(&line);
}

static void
add_pair(struct buf *out, const char *name, struct slice value)
{
	if (slice_is_absent(value))
		return;
	buf_printf(out, ", %s=", name);
	buf_add(out, value);
}

static void
add_address(struct buf *out, const char *name, const struct address *address)
{
	if (slice_is_absent(address->text))
		return;
	buf_printf(out, ", %s=<", name);
	buf_add(out, address->text);
	buf_add_byte(out, '>');
}

/* ", gaps=one+two"; nothing where there are none. */
static void
add_bits(struct buf *out, const char *key, unsigned bits,
	const char *(*name)(unsigned))
{
	const char *separator = "=";

	if (bits == 0)
		return;
	buf_printf(out, ", %s", key);
	for (unsigned bit = 0; bits >> bit != 0; bit++) {
		if (bits & (1U << bit)) {
			buf_printf(out, "%s%s", separator, name(bit));
			separator = "+";
		}
	}
}

static void
add_flow(struct buf *out, const struct flow *flow)
{
	buf_printf(out, ", kind=%s", evidence_kind_name(flow->kind));
	add_address(out, "mailbox", &flow->mailbox);
	add_address(out, "destination", &flow->rcpt->address);
	if (flow->confidence > 0)
		buf_printf(out, ", confidence=%u", flow->confidence);
	add_bits(out, "excused-by", flow->excused_by, flow_exemption_name);
}

static void
add_policies(struct buf *out, const struct verdict *verdict)
{
	const struct matched *matched;
	bool some = false;
	size_t at = 0;

	if (verdict->matched_count == 0)
		return;
	buf_puts(out, ", policy=");
	while ((matched = verdict_next(verdict, &at)) != NULL) {
		if (some)
			buf_add_byte(out, '+');
		some = true;
		buf_add(out, verdict_policy(matched->rule));
	}
}

/* The sink escapes what senders chose: no entry can forge another. */
/* key=value in the manner of Postfix:
 * "4Xy1: action=quarantine, kind=redirect, mailbox=<a@b>, ..." */
static void
add_line(const struct verdict *verdict, enum action taken, struct buf *out)
{
	struct slice queue_id = verdict->message->queue_id;

	buf_add(out, slice_is_absent(queue_id) ? SLICE("NOQUEUE") : queue_id);
	buf_printf(out, ": action=%s", action_name(taken));
	if (verdict->would != taken)
		buf_printf(out, ", would=%s", action_name(verdict->would));
	if (verdict->flow != NULL)
		add_flow(out, verdict->flow);
	add_policies(out, verdict);
	if (verdict->logged)
		buf_puts(out, ", source=log");
	add_pair(out, "event", verdict->id);
	if (verdict->contained.flow != NULL)
		add_pair(out, "contained", verdict->contained.name);
	if (verdict->forged) {
		buf_printf(
			out, ", forged-tags=%zu", verdict->message->tag_count);
	}
	add_bits(out, "gaps", verdict->gaps, message_gap_name);
}

/* Is it for people and for the stream, whatever is asked for? */
static bool
is_notable(const struct verdict *verdict, enum action taken)
{
	return taken != ACTION_NONE || verdict->would != ACTION_NONE;
}

static void
tell(struct report *report, struct store *store, const struct verdict *verdict,
	enum action taken)
{
	struct buf json = {0}, line = {0};
	struct slice event = slice_of(NULL);

	add_line(verdict, taken, &line);
	if (buf_ok(&line))
		log_write(LOG_LEVEL_INFO, "%.*s", SLICE_ARG(buf_slice(&line)));
	if (event_write(verdict, taken, &json) && buf_ok(&json)) {
		event = buf_slice(&json);
		report_event(report, event);
		alerts_verdict(verdict, taken, event);
	}
	record_verdict(store, verdict, taken,
		is_notable(verdict, taken) ? event : slice_of(NULL));
	buf_fini(&line);
	buf_fini(&json);
}

/* A flow that is excused is let alone, and so may be what could not be looked
 * at, but never in silence. */
static enum action
told_as(const struct verdict *verdict, enum action taken)
{
	bool tells = verdict->excused != NULL || verdict->unseen;

	return taken == ACTION_NONE && tells ? ACTION_LOG : taken;
}

void
report_verdict(struct report *report, struct store *store,
	const struct verdict *verdict, enum action taken)
{
	taken = told_as(verdict, taken);
	if (report->metrics != NULL)
		metrics_count(report->metrics, verdict, taken);
	if (is_notable(verdict, taken) || report->all) {
		tell(report, store, verdict, taken);
	} else {
		record_verdict(store, verdict, taken, slice_of(NULL));
	}
}
