/* SPDX-License-Identifier: BSD-2-Clause */
/* Sendmail: attach, prove, put back, undo. */
#include "mta/attach_sendmail.h"

#include "base/clock.h"
#include "mta/attach_help.h"
#include "mta/cf_file.h"
#include "mta/dialogue.h"
#include "mta/difference.h"
#include "mta/mc_text.h"
#include "mta/port.h"
#include "mta/probe.h"
#include "mta/sendmail_site.h"
#include "mta/smtp_client.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ALIVE_SECONDS 20

/* An attachment under way. */
struct work {
	const struct attach_sendmail *attach;
	struct sendmail_site site;
	uint16_t port;
	struct buf mc, cf, egress; /* the new texts */
};

static void
work_fini(struct work *work)
{
	sendmail_site_close(&work->site);
	buf_fini(&work->mc);
	buf_fini(&work->cf);
	buf_fini(&work->egress);
}

static bool
open_site(struct work *work, const struct attach_sendmail *attach,
	struct err *err)
{
	*work = (struct work){.attach = attach, .port = attach->port};
	return sendmail_site_open(&work->site, attach->mc, attach->cf_directory,
		attach->program, err);
}

/* Hand edits of the .cf would be lost. */
static bool
check_cf(const struct sendmail_site *site, struct err *err)
{
	struct buf cf = {0};
	bool made =
		sendmail_site_make(site, buf_slice(&site->mc), false, &cf, err);
	bool same =
		made && mc_text_same_cf(buf_slice(&cf), buf_slice(&site->cf));

	buf_fini(&cf);
	if (made && !same) {
		return err_set(err, ERR_INVALID,
			"%s is not what m4 makes of %s: what was written into "
			"it by hand would be lost; bring the two together "
			"first",
			site->cf_path, site->mc_path);
	}
	return same;
}

static bool
make_texts(struct work *work, struct err *err)
{
	const struct sendmail_site *site = &work->site;
	const struct mc_wish wish = {work->attach->milter, work->attach->away,
		work->port, site->egress_queue, site->egress_statistics,
		site->egress_pid_file};

	mc_text_add(buf_slice(&site->mc), &wish, &work->mc);
	return sendmail_site_make(
		       site, buf_slice(&work->mc), false, &work->cf, err) &&
		sendmail_site_make(
			site, buf_slice(&work->mc), true, &work->egress, err);
}

static bool
prepare(struct work *work, struct err *err)
{
	const struct sendmail_site *site = &work->site;

	if (mc_text_is_attached(buf_slice(&site->mc))) {
		return err_set(err, ERR_INVALID,
			"it is attached already; --undo takes it off");
	}
	return check_cf(site, err) && sendmail_site_is_running(site, err) &&
		attach_help_is_up(&work->attach->help, err) &&
		port_claim(&work->port, PORT_CLAIMS, NULL, NULL, err) &&
		make_texts(work, err);
}

static uint16_t
port_of(const char *text)
{
	uint64_t number;

	if (slice_to_u64(slice_of(text), &number))
		return (uint16_t)number;
	const struct servent *entry = getservbyname(text, "tcp");
	return entry != NULL ? ntohs((uint16_t)entry->s_port) : 0;
}

/* Each try is a dialogue of its own: a daemon that restarts still answers
 * for a moment as it was. */
static bool
is_heard(const struct work *work, const struct mc_door *door, bool *heard,
	struct err *err)
{
	const struct dialogue dialogue = {
		door->host, port_of(door->port), slice_of(door->name)};

	if (!dialogue_is_heard(&work->attach->help, &dialogue, heard, err))
		return attach_help_is_up(&work->attach->help, err);
	(void)err_set(err, ERR_INVALID,
		"the listener %s answers, and the daemon knows nothing of it "
		"under that name",
		door->name);
	return true;
}

static bool
prove_door(const struct work *work, const struct mc_door *door, struct err *err)
{
	int64_t until = clock_monotonic_ms() + ALIVE_SECONDS * 1000L;
	bool heard = false;

	do {
		if (!is_heard(work, door, &heard, err))
			return false;
	} while (!heard && attach_help_pauses(&work->attach->help, until));
	if (!heard)
		return err_wrap(err, "not proved");
	attach_say(&work->attach->help, "proved: the daemon hears %s (%s:%s)",
		door->name, door->host, door->port);
	return true;
}

static bool
prove_doors(const struct work *work, struct slice cf, struct err *err)
{
	for (struct mc_door door; mc_text_next_door(&cf, &door);) {
		if (!prove_door(work, &door, err))
			return false;
	}
	return true;
}

static void
note_strays(const struct work *work, struct slice cf)
{
	for (struct slice mailer;
		mc_text_next_stray(&cf, work->port, &mailer);) {
		attach_say(&work->attach->help,
			"note: the mailer %.*s goes its own way: its mail is "
			"not seen",
			SLICE_ARG(mailer));
	}
}

/* The egress first: no mail is led to it yet. */
static bool
bring_up_egress(struct work *work, struct err *err)
{
	const struct sendmail_site *site = &work->site;

	return cf_file_write(
		       site->egress_path, buf_slice(&work->egress), err) &&
		sendmail_site_start_egress(site, err) &&
		prove_doors(work, buf_slice(&work->egress), err) &&
		attach_help_goes_on(&work->attach->help, err);
}

static bool
restart(const struct work *work, struct err *err)
{
	if (!sendmail_site_await_pause(&work->site)) {
		attach_say(&work->attach->help,
			"note: Sendmail runs its queue without a pause, or "
			"ps(1) does not tell: what it delivers while it "
			"restarts may come twice");
	}
	return sendmail_site_restart(&work->site, err);
}

static bool
lead_there(struct work *work, struct err *err)
{
	const struct sendmail_site *site = &work->site;

	return cf_file_write(site->mc_path, buf_slice(&work->mc), err) &&
		cf_file_write(site->cf_path, buf_slice(&work->cf), err) &&
		restart(work, err) &&
		prove_doors(work, buf_slice(&work->cf), err) &&
		attach_help_goes_on(&work->attach->help, err);
}

static void
put_back(struct work *work)
{
	const struct sendmail_site *site = &work->site;
	struct err err = {0};
	bool whole = cf_file_write(site->mc_path, buf_slice(&site->mc), &err) &&
		cf_file_write(site->cf_path, buf_slice(&site->cf), &err) &&
		restart(work, &err);

	if (whole && sendmail_site_is_drained(site)) {
		sendmail_site_stop_egress(site);
		cf_journal_end(site->directory);
		attach_say(&work->attach->help,
			"the old files are back, and Sendmail reads them");
	} else if (whole) {
		attach_say(&work->attach->help,
			"the old files are back; mail is still in %s, so the "
			"egress stays up: run `forwarden attach --undo` later",
			site->egress_queue);
	} else {
		attach_say(&work->attach->help,
			"the old files are not back whole: %s; run `forwarden "
			"attach --undo`",
			err.text);
	}
}

static bool
attach(struct work *work, struct err *err)
{
	const struct sendmail_site *site = &work->site;

	if (!sendmail_site_lock(&work->site, err) || !prepare(work, err) ||
		!cf_journal_begin(site->directory, slice_of(NULL), err))
		return false;
	note_strays(work, buf_slice(&work->cf));
	if (bring_up_egress(work, err) && lead_there(work, err)) {
		cf_journal_end(site->directory);
		attach_say(&work->attach->help,
			"attached to %s; have your system start the egress "
			"before Sendmail: %s -C %s -L sm-egress -bd -q10m",
			site->directory, site->program, site->egress_path);
		return true;
	}
	/* Whatever was seen fail then: this is why. */
	(void)attach_help_goes_on(&work->attach->help, err);
	put_back(work);
	return err_wrap(err, "not attached");
}

typedef bool deed_fn(struct work *, struct err *);

static bool
with_site(const struct attach_sendmail *wanted, deed_fn *deed, struct err *err)
{
	struct work *work = calloc(1, sizeof(*work));

	if (work == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	bool done = open_site(work, wanted, err) && deed(work, err);
	work_fini(work);
	free(work);
	return done;
}

static bool
show(struct work *work, struct err *err)
{
	const struct attach_help *help = &work->attach->help;

	if (!prepare(work, err))
		return false;
	difference_show(help,
		&(struct difference){work->site.mc_path,
			buf_slice(&work->site.mc), buf_slice(&work->mc)});
	note_strays(work, buf_slice(&work->cf));
	struct slice rest = buf_slice(&work->egress);
	for (struct mc_door door; mc_text_next_door(&rest, &door);)
		attach_say(
			help, "to be proved: the daemon hears %s", door.name);
	rest = buf_slice(&work->cf);
	for (struct mc_door door; mc_text_next_door(&rest, &door);)
		attach_say(
			help, "to be proved: the daemon hears %s", door.name);
	return true;
}

bool
attach_sendmail_show(const struct attach_sendmail *wanted, struct err *err)
{
	return with_site(wanted, show, err);
}

static bool
is_attached(const struct work *work, struct err *err)
{
	return mc_text_is_attached(buf_slice(&work->site.mc)) ||
		err_set(err, ERR_INVALID, "nothing of Forwarden is in %s",
			work->site.mc_path);
}

static bool
probe(struct work *work, struct err *err)
{
	struct sendmail_site *site = &work->site;

	return is_attached(work, err) &&
		attach_help_is_up(&work->attach->help, err) &&
		cf_file_read(site->egress_path, &work->egress, err) &&
		prove_doors(work, buf_slice(&work->egress), err) &&
		prove_doors(work, buf_slice(&site->cf), err);
}

bool
attach_sendmail_probe(const struct attach_sendmail *wanted, struct err *err)
{
	return with_site(wanted, probe, err);
}

/* The .mc without our lines, and what m4 makes of that. */
static bool
take_off_intake(struct work *work, struct err *err)
{
	const struct sendmail_site *site = &work->site;

	mc_text_remove(buf_slice(&site->mc), &work->mc);
	return sendmail_site_make(
		       site, buf_slice(&work->mc), false, &work->cf, err) &&
		cf_file_write(site->mc_path, buf_slice(&work->mc), err) &&
		cf_file_write(site->cf_path, buf_slice(&work->cf), err) &&
		restart(work, err);
}

static bool
take_off_egress(struct work *work, struct err *err)
{
	const struct sendmail_site *site = &work->site;

	if (access(site->egress_path, F_OK) != 0)
		return true;
	if (!sendmail_site_is_drained(site)) {
		return err_set(err, ERR_LIMIT,
			"mail leaves past the egress again, but some is in %s "
			"still (mailq -C %s, and -qQ for what is held); the "
			"egress stays up: run `forwarden attach --undo` again "
			"later",
			site->egress_queue, site->egress_path);
	}
	sendmail_site_stop_egress(site);
	return true;
}

static bool
undo(struct work *work, struct err *err)
{
	struct sendmail_site *site = &work->site;

	if (!sendmail_site_lock(site, err))
		return false;
	/* A run that was cut short may have changed one file of the two. */
	bool there = mc_text_is_attached(buf_slice(&site->mc)) ||
		cf_journal_is_there(site->directory);
	if (!there && access(site->egress_path, F_OK) != 0)
		return is_attached(work, err);
	if (!cf_journal_begin(site->directory, slice_of(NULL), err) ||
		(there && !take_off_intake(work, err)) ||
		!take_off_egress(work, err))
		return false;
	cf_journal_end(site->directory);
	attach_say(&work->attach->help, "taken off: %s is without Forwarden",
		site->directory);
	return true;
}

static bool
mend(struct work *work, struct err *err)
{
	if (!cf_journal_is_there(work->site.directory))
		return true;
	attach_say(&work->attach->help,
		"an earlier `forwarden attach` was cut short: what it put "
		"into %s is taken out first",
		work->site.directory);
	return undo(work, err);
}

bool
attach_sendmail(const struct attach_sendmail *wanted, struct err *err)
{
	return with_site(wanted, mend, err) && with_site(wanted, attach, err);
}

bool
attach_sendmail_undo(const struct attach_sendmail *wanted, struct err *err)
{
	return with_site(wanted, undo, err);
}
