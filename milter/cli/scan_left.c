/* SPDX-License-Identifier: BSD-2-Clause */
/* Departures, by what is wrong with them. */
#include "cli/scan_left.h"

#include "base/date.h"
#include "cli/scan_cause.h"
#include "cli/scan_json.h"
#include "cli/screen.h"

#define SHOWN 20U /* of each list */
#define ID_COLUMNS 16U

struct listing {
	const struct scan_left *left;
	struct buf *out;
	uint64_t shown, wrong, quiet;
};

static void
add_time(struct buf *out, int64_t at_ms)
{
	char text[DATE_TEXT_BYTES];

	date_print(at_ms, text);
	screen_add_time(out, slice_of(at_ms != 0 ? text : ""));
}

static void
add_more(struct listing *list)
{
	if (list->shown > SHOWN)
		buf_printf(list->out, "  and %llu more; --json has them\n",
			(unsigned long long)(list->shown - SHOWN));
	list->shown = 0;
}

static void
add_unseen(void *ctx, const struct passed_mail *mail)
{
	struct listing *list = ctx;
	struct buf *out = list->out;
	struct json_writer json = {.out = out};

	if (list->left->json) {
		scan_json_begin(&json, "forwarden.departure", mail->at_ms);
		json_writer_text(&json, "queue_id", slice_of(mail->id));
		json_writer_text(&json, "sender", slice_of(mail->sender));
		json_writer_text(
			&json, "destination", slice_of(mail->recipient));
		json_writer_text(&json, "relay", slice_of(mail->relay));
		json_writer_text(&json, "transport", slice_of(mail->program));
		json_writer_bool(&json, "seen", mail->seen);
		json_writer_bool(&json, "held", mail->held);
		scan_json_end(&json);
	} else if (list->shown++ < SHOWN) {
		buf_puts(out, "  ");
		add_time(out, mail->at_ms);
		buf_puts(out, "  ");
		screen_add_cell(out, slice_of(mail->id), 16);
		buf_puts(out, " <");
		buf_add_visible(out, slice_of(mail->sender));
		buf_puts(out, "> -> ");
		buf_add_visible(out, slice_of(mail->recipient));
		buf_puts(out, " by ");
		buf_add_visible(out, slice_of(mail->relay));
		buf_add_byte(out, '\n');
	}
}

static void
add_group(void *ctx, const struct passed_group *group)
{
	struct listing *list = ctx;
	struct json_writer json = {.out = list->out};
	struct buf text = {0};

	scan_cause_add(&text, group);
	if (list->left->json) {
		scan_json_begin(&json, "forwarden.unseen",
			scan_sum(list->left->scan).last_ms);
		json_writer_number(&json, "count", (long long)group->count);
		json_writer_text(&json, "transport", slice_of(group->program));
		json_writer_text(&json, "relay", slice_of(group->relay));
		json_writer_text(&json, "cause", buf_slice(&text));
		json_writer_text(&json, "setting",
			slice_of(scan_cause_setting(group->cause)));
		scan_json_end(&json);
	} else {
		buf_printf(
			list->out, "%7llu  ", (unsigned long long)group->count);
		buf_add_visible(list->out, buf_slice(&text));
		buf_printf(
			list->out, ": %s\n", scan_cause_setting(group->cause));
	}
	buf_fini(&text);
}

static void
count_mail(void *ctx, const struct passed_mail *mail)
{
	uint64_t *count = ctx;

	(void)mail;
	++*count;
}

/* What the log alone knows of holds. */
static void
add_released(struct listing *list, const struct passed *passed)
{
	uint64_t count = 0;

	passed_each_released(passed, count_mail, &count);
	if (count > 0 && !list->left->json)
		buf_printf(list->out,
			"%llu were held at the listener, and left all the "
			"same:\n",
			(unsigned long long)count);
	passed_each_released(passed, add_unseen, list);
	add_more(list);
}

static void
add_passed(struct listing *list, const struct passed *passed)
{
	const struct ours *ours = scan_ours(list->left->scan);
	uint64_t count = passed_unseen(passed, ours);

	list->wrong += count;
	if (!list->left->json)
		buf_printf(list->out,
			"\n%llu messages left by the listener \"%s\", %llu "
			"left without passing it%s\n",
			(unsigned long long)passed_seen(passed),
			list->left->egress, (unsigned long long)count,
			count > 0 ? ":" : "");
	passed_each_group(passed, ours, add_group, list);
	passed_each(passed, ours, add_unseen, list);
	list->shown = count;
	if (!list->left->json)
		add_more(list);
	list->shown = 0;
	if (passed_unbegun(passed) > 0 && !list->left->json)
		buf_printf(list->out,
			"Not known: %llu that left had begun before the log "
			"did\n",
			(unsigned long long)passed_unbegun(passed));
	/* Events know better who ended a hold. */
	if (scan_judged(list->left->scan) == NULL)
		add_released(list, passed);
}

const char *
scan_left_how(enum judged_how how)
{
	switch (how) {
	case JUDGED_LET_GO:
		return "somebody ended the hold, and it was not `forwarden "
		       "held`";
	case JUDGED_NOT_HELD:
		return "the MTA's log shows no hold";
	case JUDGED_TAKEN:
		return "the MTA took it all the same";
	case JUDGED_AGAIN:
		return "the same message came to the listener again, and was "
		       "let go";
	case JUDGED_PAST:
		return "the same message took a way that does not pass the "
		       "listener";
	case JUDGED_OTHER:
		break;
	}
	return "the same message left under another queue id";
}

static void
add_judged_json(struct listing *list, const struct judged_left *left)
{
	struct json_writer json = {.out = list->out};

	scan_json_begin(&json, "forwarden.departure", left->mail.at_ms);
	json_writer_text(&json, "queue_id", slice_of(left->mail.id));
	json_writer_text(&json, "sender", slice_of(left->mail.sender));
	json_writer_text(&json, "destination", slice_of(left->mail.recipient));
	json_writer_text(&json, "relay", slice_of(left->mail.relay));
	json_writer_text(&json, "transport", slice_of(left->mail.program));
	json_writer_bool(&json, "seen", left->mail.seen);
	json_writer_bool(&json, "held", !left->refused);
	json_writer_bool(&json, "refused", left->refused);
	json_writer_text(&json, "event", slice_of(left->event_id));
	json_writer_text(&json, "policy", slice_of(left->policy));
	scan_json_time(&json, "judged", left->event_ms);
	json_writer_text(&json, "why", slice_of(scan_left_how(left->how)));
	scan_json_end(&json);
}

static void
add_judged(void *ctx, const struct judged_left *left)
{
	struct listing *list = ctx;
	struct buf *out = list->out;

	if (list->left->json) {
		add_judged_json(list, left);
		return;
	}
	if (list->shown >= SHOWN) {
		list->shown++;
		return;
	}
	add_unseen(list, &left->mail);
	buf_printf(out, "      %s ", left->refused ? "refused" : "held");
	add_time(out, left->event_ms);
	if (left->policy[0] != '\0') {
		buf_puts(out, " by the policy ");
		buf_add_visible(out, slice_of(left->policy));
	}
	buf_puts(out, ", event ");
	buf_add_visible(out, slice_of(left->event_id));
	buf_printf(out, ": %s\n", scan_left_how(left->how));
}

static void
count_judged(void *ctx, const struct judged_left *left)
{
	uint64_t *count = ctx;

	(void)left;
	++*count;
}

bool
scan_left_is_wrong(const struct judged_silent *silent, bool has_listener)
{
	return (has_listener && (silent->by_log || !silent->seen)) ||
		silent->known == JUDGED_NOT_COUNTED;
}

const char *
scan_left_why(const struct judged_silent *silent, bool has_listener)
{
	if (silent->by_log)
		return "a log alone told of it: no listener saw it";
	if (has_listener && !silent->seen)
		return "it did not pass the listener";
	if (silent->known == JUDGED_NOT_COUNTED)
		return "the daemon counted no such forward: it was not asked, "
		       "or took it for none";
	return "no policy spoke of it, or the daemon was not asked";
}

static void
add_silent(void *ctx, struct judged_silent *silent)
{
	struct listing *list = ctx;
	bool has_listener = list->left->egress != NULL;
	const char *why = scan_left_why(silent, has_listener);
	struct json_writer json = {.out = list->out};

	if (silent->known == JUDGED_COUNTED ||
		!scan_left_is_wrong(silent, has_listener))
		return;
	if (list->left->json) {
		scan_json_begin(&json, "forwarden.departure", silent->at_ms);
		json_writer_text(&json, "queue_id", slice_of(silent->id));
		json_writer_text(&json, "mailbox",
			slice_of(silent->mailbox[0] != '\0' ? silent->mailbox
							    : "?"));
		json_writer_text(
			&json, "destination", slice_of(silent->destination));
		json_writer_bool(&json, "seen", silent->seen);
		json_writer_text(&json, "why", slice_of(why));
		scan_json_end(&json);
	} else if (list->shown++ < SHOWN) {
		buf_puts(list->out, "  ");
		add_time(list->out, silent->at_ms);
		buf_puts(list->out, "  ");
		screen_add_cell(list->out, slice_of(silent->id), ID_COLUMNS);
		buf_add_byte(list->out, ' ');
		buf_add_visible(list->out,
			slice_of(silent->mailbox[0] != '\0' ? silent->mailbox
							    : "?"));
		buf_puts(list->out, " -> ");
		buf_add_visible(list->out, slice_of(silent->destination));
		buf_printf(list->out, ": %s\n", why);
	}
}

static void
count_silent(void *ctx, struct judged_silent *silent)
{
	struct listing *list = ctx;

	if (silent->known == JUDGED_COUNTED)
		return;
	if (scan_left_is_wrong(silent, list->left->egress != NULL))
		list->shown++;
	else
		list->quiet++;
}

static void
add_silents(struct listing *list, struct judged *judged)
{
	const struct ours *ours = scan_ours(list->left->scan);

	judged_each_silent(judged, ours, count_silent, list);
	list->wrong += list->shown;
	if (!list->left->json && list->shown > 0)
		buf_printf(list->out,
			"%llu forwards left of which no listener told:\n",
			(unsigned long long)list->shown);
	list->shown = 0;
	judged_each_silent(judged, ours, add_silent, list);
	if (list->left->json)
		return;
	add_more(list);
	if (list->quiet > 0)
		buf_printf(list->out,
			"%llu more have no event: no policy spoke of them, or "
			"the daemon was not asked\n",
			(unsigned long long)list->quiet);
	if (judged_before(judged) > 0)
		buf_printf(list->out,
			"Not known: %llu forwards from before the first "
			"event\n",
			(unsigned long long)judged_before(judged));
	if (judged_left_out(judged) > 0)
		buf_printf(list->out,
			"Not known: %llu events and departures past the "
			"limit\n",
			(unsigned long long)judged_left_out(judged));
}

static void
add_events(struct listing *list, struct judged *judged)
{
	uint64_t count = 0;

	judged_each_left(judged, count_judged, &count);
	list->wrong += count;
	if (!list->left->json) {
		buf_printf(list->out, "\nCompared with %llu events",
			(unsigned long long)judged_events(judged));
		if (judged_since_ms(judged) != 0) {
			buf_puts(list->out, " since ");
			add_time(list->out, judged_since_ms(judged));
		}
		buf_printf(list->out,
			": %llu messages left all the same that had been "
			"held or refused%s\n",
			(unsigned long long)count, count > 0 ? ":" : "");
	}
	judged_each_left(judged, add_judged, list);
	if (!list->left->json)
		add_more(list);
	list->shown = 0;
	add_silents(list, judged);
}

uint64_t
scan_left_add(const struct scan_left *left, struct buf *out)
{
	struct listing list = {.left = left, .out = out};

	if (scan_passed(left->scan) != NULL)
		add_passed(&list, scan_passed(left->scan));
	if (scan_judged(left->scan) != NULL)
		add_events(&list, scan_judged(left->scan));
	return list.wrong;
}
