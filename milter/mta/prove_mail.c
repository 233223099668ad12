/* SPDX-License-Identifier: BSD-2-Clause */
/* Probes in the queue of a real Postfix. */
#include "mta/prove_mail.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

#define ARRIVAL_MS 20000
#define SEEN_MS 2000

bool
prove_mail_init(struct prove_mail *mail, const char *to, struct err *err)
{
	bool is_address = strchr(to, '@') != NULL;

	if (!probe_new_word(mail->word))
		return err_set(err, ERR_SYSTEM, "no random numbers");
	(void)snprintf(mail->sender, sizeof(mail->sender), "%s@" PROBE_DOMAIN,
		mail->word);
	(void)snprintf(mail->recipient, sizeof(mail->recipient), "%s%s%s",
		is_address ? "" : mail->word, is_address ? "" : "@", to);
	mail->key = is_address ? mail->sender : mail->recipient;
	(void)snprintf(mail->text, sizeof(mail->text),
		"From: MAILER-DAEMON\nTo: %s\nSubject: probe\n"
		"Message-ID: <%s@" PROBE_DOMAIN ">\n"
		"Auto-Submitted: auto-generated\n\n"
		"A probe of `forwarden attach`. It may be deleted.\n",
		mail->recipient, mail->word);
	return true;
}

bool
prove_mail_is_held(const struct prove *prove, const struct prove_mail *mail,
	struct queued *found, struct err *err)
{
	const char *directory = postfix_directory(prove->postfix);
	int64_t until = clock_monotonic_ms() + ARRIVAL_MS;
	bool is_there = false;

	do {
		*found = (struct queued){0};
		is_there = queue_find(directory, mail->key, found);
		if (is_there && strcmp(found->queue, "hold") == 0)
			return true;
	} while (strcmp(found->queue, "deferred") != 0 &&
		attach_help_pauses(prove->help, until));
	if (!is_there) {
		return err_set(err, ERR_INVALID,
			"the probe is not in the queue: it met no listener "
			"that holds it");
	}
	return err_set(err, ERR_INVALID, "the probe is stuck in %s: %s",
		found->queue,
		found->reason[0] != '\0' ? found->reason
					 : "it waits, and nothing is said");
}

static bool
check_filter(const struct prove *prove, const struct queued *found,
	const struct way *way, struct err *err)
{
	struct buf filter = {0};
	bool good = false;

	if (!queue_content_filter(
		    postfix_directory(prove->postfix), found->id, &filter)) {
		(void)err_set(err, ERR_INVALID,
			"the probe has no way on: it would come round again "
			"and again");
	} else if (!slice_equal(buf_slice(&filter), slice_of(way->filter))) {
		(void)err_set(err, ERR_INVALID,
			"the probe %s <%s> would leave by \"%.*s\", and "
			"without Forwarden by \"%s\"",
			way_is_routed(way) ? "for" : "of",
			way_is_routed(way) ? way->to : way->sender,
			SLICE_ARG(buf_slice(&filter)), way->filter);
	} else {
		good = true;
	}
	buf_fini(&filter);
	return good;
}

bool
prove_mail_await_seen(const struct prove *prove, const char *word,
	struct slice listener, bool *seen, struct err *err)
{
	const struct attach_help *help = prove->help;
	int64_t until = clock_monotonic_ms() + SEEN_MS;

	do {
		if (!help->ask(help->ctx, word, listener, seen, err))
			return false;
	} while (!*seen && attach_help_pauses(help, until));
	return true;
}

bool
prove_mail_is_seen(const struct prove *prove, const struct prove_mail *mail,
	struct slice listener, struct err *err)
{
	bool seen = false;

	if (!prove_mail_await_seen(prove, mail->word, listener, &seen, err))
		return false;
	return seen ||
		err_set(err, ERR_INVALID,
			"the probe came through and the daemon has not seen "
			"it under the name %.*s",
			SLICE_ARG(listener));
}

bool
prove_mail_went(const struct prove *prove, const struct prove_mail *mail,
	const struct way *way, struct err *err)
{
	const char *directory = postfix_directory(prove->postfix);
	struct queued found;

	if (!prove_mail_is_held(prove, mail, &found, err))
		return false;
	bool good = check_filter(prove, &found, way, err) &&
		prove_mail_is_seen(prove, mail, SLICE(RECIPE_DAEMON), err);
	queue_delete(directory, found.id);
	return good;
}
