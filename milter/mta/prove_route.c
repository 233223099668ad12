/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports of sendmail -bv. */
#include "mta/prove_route.h"

#include "mta/postfix_control.h"
#include "mta/prove_mail.h"

#include <stdio.h>
#include <string.h>

/* A paragraph of a report is folded where it has blanks. */
static void
unfold(struct slice text, struct buf *out)
{
	bool blank = false;

	for (size_t i = 0; i < text.len; i++) {
		if (strchr(" \t\n", text.p[i]) != NULL) {
			blank = true;
			continue;
		}
		if (blank)
			buf_add_byte(out, ' ');
		blank = false;
		buf_add_byte(out, text.p[i]);
	}
}

/* "<x@third.example>: delivery via 127.0.0.1[127.0.0.1]:10026: 250 2.1.5 Ok" */
static bool
check_report(const struct prove *prove, const char *recipient,
	struct slice report, struct err *err)
{
	struct buf words = {0}, head = {0}, good = {0};

	unfold(report, &words);
	buf_printf(&head, "<%s>: ", recipient);
	buf_printf(&good,
		"%sdelivery via " RECIPE_HOST "[" RECIPE_HOST "]:%u: 250 ",
		buf_slice(&head).p, (unsigned)prove->wish->port);
	size_t at = slice_find_fold(buf_slice(&words), buf_slice(&head));
	bool led = buf_ok(&words) && buf_ok(&good) &&
		slice_find_fold(buf_slice(&words), buf_slice(&good)) !=
			SLICE_NONE;
	if (!led) {
		struct slice said = at != SLICE_NONE
			? slice_sub(buf_slice(&words), at, at + 200)
			: SLICE("nothing");
		(void)err_set(err, ERR_INVALID,
			"it is not led to the listener; verifying an address "
			"there, Postfix reports: %.*s",
			SLICE_ARG(said));
	}
	buf_fini(&words);
	buf_fini(&head);
	buf_fini(&good);
	return led;
}

/* to: an address, or a domain. */
static bool
prove_route(const struct prove *prove, const char *to, struct err *err)
{
	const char *directory = postfix_directory(prove->postfix);
	struct prove_mail report;
	struct queued found;
	struct buf text = {0};
	char recipient[340];

	(void)snprintf(recipient, sizeof(recipient), "%s%s",
		strchr(to, '@') != NULL ? "" : "forwarden-probe@", to);
	if (!prove_mail_init(&report, prove->wish->probes, err))
		return false;
	bool held = postfix_control_verify(
			    directory, report.recipient, recipient, err) &&
		prove_mail_is_held(prove, &report, &found, err);
	if (held) {
		queue_text(directory, found.id, &text);
		queue_delete(directory, found.id);
		held = check_report(prove, recipient, buf_slice(&text), err);
	}
	buf_fini(&text);
	return held || err_wrap(err, "mail for %s", to);
}

/* Of mail for anybody as well, before any is sent: by a wildcard it would
 * leave. */
bool
prove_routes(const struct prove *prove, struct err *err)
{
	if (prove->wish->outside != NULL &&
		!prove_route(prove, PROBE_DOMAIN, err))
		return false;
	for (size_t i = 0; i < prove->way_count; i++) {
		const struct way *way = &prove->ways[i];
		if (!way_is_routed(way))
			continue;
		if (!prove_route(prove, way->to, err))
			return false;
		attach_say(prove->help,
			"proved: mail for <%s> is led to the listener",
			way->to);
	}
	return true;
}
