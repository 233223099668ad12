/* SPDX-License-Identifier: BSD-2-Clause */
/* Judgements over a case. None of them is a verdict: each says what it rests
 * on, and the analyst decides. */
#include "cli/incident_view.h"

#include "base/date.h"

#include <stdarg.h>
#include <stdio.h>

#define WEEK_MS (7LL * 24 * 3600 * 1000)
#define CAMPAIGN 3 /* mailboxes to one destination, as the policy counts */

unsigned long
incident_view_held(const struct incident *incident)
{
	unsigned long held = 0;

	for (size_t i = 0; i < incident->message_count; i++)
		held += incident_is_held(incident->messages[i].action);
	return held;
}

unsigned long
incident_view_would_hold(const struct incident *incident)
{
	unsigned long held = 0;

	for (size_t i = 0; i < incident->message_count; i++) {
		const struct incident_message *message = &incident->messages[i];

		held += incident_is_held(message->would) &&
			!incident_is_held(message->action);
	}
	return held;
}

struct slice
incident_view_fate(const struct incident_message *message)
{
	static const struct {
		const char *action;
		struct slice fate;
	} fates[] = {{"none", {"went on", 7}}, {"log", {"went on", 7}},
		{"tag", {"went on, tagged", 15}}, {"quarantine", {"held", 4}},
		{"tempfail", {"put off", 7}}, {"reject", {"refused", 7}},
		{"discard", {"thrown away", 11}}};

	if (incident_is_held(message->would) &&
		!incident_is_held(message->action))
		return SLICE("went on; enforce would hold");
	for (size_t i = 0; i < sizeof(fates) / sizeof(*fates); i++) {
		if (slice_equal(message->action, slice_of(fates[i].action)))
			return fates[i].fate;
	}
	return message->action;
}

struct saying {
	void (*say)(void *ctx, const char *side, struct slice words);
	void *ctx;
};

static void __attribute__((format(printf, 3, 4)))
say(const struct saying *saying, const char *side, const char *fmt, ...)
{
	struct buf words = {0};
	char text[512];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	buf_puts(&words, text);
	saying->say(saying->ctx, side, buf_slice(&words));
	buf_fini(&words);
}

static void
say_age(const struct incident *incident, const struct saying *saying)
{
	struct slice first = incident_first(incident);
	int64_t first_ms, made_ms;

	if (!date_parse_stamp(first, &first_ms) ||
		!date_parse_stamp(incident->made, &made_ms)) {
		say(saying, "unknown", "no forward was seen, so it has no age");
	} else if (made_ms - first_ms >= WEEK_MS) {
		say(saying, "for",
			"first seen %lld days ago: an old route is more "
			"often wanted (nobody said that it is)",
			(long long)(made_ms - first_ms) * 7 / WEEK_MS);
	} else {
		say(saying, "against", "first seen %lld hours ago: a new route",
			(long long)(made_ms - first_ms) / 3600000);
	}
}

static size_t
mailboxes(const struct incident *incident)
{
	return incident->as_mailbox ? incident->others.count + 1
				    : incident->routes.count;
}

static void
say_campaign(const struct incident *incident, const struct saying *saying)
{
	size_t count = mailboxes(incident);

	if (count >= CAMPAIGN) {
		say(saying, "against",
			"%zu mailboxes send to the same places: a campaign, or "
			"a service that many use",
			count);
	} else if (count > 1) {
		say(saying, "unknown", "%zu mailboxes send to the same places",
			count);
	} else {
		say(saying, "unknown", "no other mailbox sends there");
	}
}

static void
say_excused(const struct incident *incident, const struct saying *saying)
{
	unsigned long excused = 0;

	for (size_t i = 0; i < incident->message_count; i++)
		excused += incident->messages[i].excused;
	if (excused > 0) {
		say(saying, "for", "%lu of %zu messages are excused: %s",
			excused, incident->message_count,
			"replies, notices and lists of one's own");
	}
	if (incident->aspects[INCIDENT_POLICY].count > 0) {
		say(saying, "against", "%zu policies matched",
			incident->aspects[INCIDENT_POLICY].count);
	} else if (incident->message_count > 0) {
		say(saying, "for",
			"no policy matched, or a filter took it away");
	}
}

/* What operators let it do: the daemon's word, or that of old events. */
static void
say_allowed(const struct incident *incident, const struct saying *saying)
{
	const struct json *list = json_find(incident->mailbox, "allowed");
	const struct incident_counts *told =
		&incident->aspects[INCIDENT_ALLOWED];

	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *row = json_at(list, i);

		say(saying, "for",
			"allowed to forward to %.*s until %.*s by %.*s: %.*s",
			SLICE_ARG(json_text(row, "destination")),
			SLICE_ARG(json_text(row, "until")),
			SLICE_ARG(json_text(row, "by")),
			SLICE_ARG(json_text(row, "why")));
	}
	for (size_t i = 0; i < told->count; i++) {
		say(saying, "for", "%lu messages were allowed by order of %.*s",
			told->at[i].count, SLICE_ARG(told->at[i].text));
	}
	if (incident->mailbox == NULL) {
		say(saying, "unknown",
			"no daemon was asked whether it is allowed now");
	} else if (incident->as_mailbox && json_count(list) == 0) {
		say(saying, "against", "no operator has allowed it");
	}
}

void
incident_view_expected(const struct incident *incident,
	void (*hear)(void *ctx, const char *side, struct slice words),
	void *ctx)
{
	const struct saying saying = {hear, ctx};

	say_allowed(incident, &saying);
	say_age(incident, &saying);
	say_campaign(incident, &saying);
	say_excused(incident, &saying);
	if (incident->aspects[INCIDENT_LOGIN].count > 1) {
		say(&saying, "against", "%zu logins handed it in",
			incident->aspects[INCIDENT_LOGIN].count);
	}
	say(&saying, "unknown",
		"whether the owner wants it, only the owner can say: ask by "
		"another way than this mailbox");
}

void
incident_view_gaps(const struct incident *incident,
	void (*hear)(void *ctx, struct slice words), void *ctx)
{
	struct buf words = {0};

	for (size_t i = 0; i < incident->gaps.count; i++)
		hear(ctx, incident->gaps.at[i].text);
	if (incident->cut) {
		hear(ctx,
			SLICE("there is more than was kept: not all events "
			      "are in here"));
	}
	if (incident->hidden) {
		hear(ctx,
			SLICE("addresses are hashed (privacy.hash): "
			      "destinations cannot be read here, and who "
			      "else sends there is of the events alone"));
	}
	if (slice_is_absent(incident->oldest)) {
		buf_puts(&words, "no event was read at all");
	} else {
		buf_puts(&words, "the oldest event that was read is of ");
		buf_add_visible(&words, incident->oldest);
		buf_puts(&words,
			": what was before, or is rotated away, is known by "
			"the store's routes alone");
	}
	hear(ctx, buf_slice(&words));
	buf_fini(&words);
	hear(ctx,
		SLICE("mail that no policy spoke of leaves an event only with "
		      "log.all, so messages may be missing"));
	hear(ctx,
		SLICE("a mailbox is bound by evidence, and what a stranger or "
		      "a client wrote is his own word: see who said it"));
}

struct moment {
	struct slice at;
	struct slice words;
};

struct moments {
	const struct incident *incident;
	struct moment *at;
	size_t count, room;
};

/* Into its place by time. */
static void
add_moment(struct moments *moments, struct slice at, const struct buf *words)
{
	struct arena *arena = moments->incident->arena;
	size_t i = moments->count;
	struct moment *grown;

	if (at.len == 0)
		return;
	grown = arena_grow(arena, moments->at, moments->count, &moments->room,
		sizeof(*moments->at));
	if (grown == NULL)
		return;
	moments->at = grown;
	for (; i > 0 && slice_compare(grown[i - 1].at, at) > 0; i--)
		grown[i] = grown[i - 1];
	grown[i] = (struct moment){at, arena_copy(arena, buf_slice(words))};
	moments->count++;
}

static void
add_routes(struct moments *moments, const struct incident_routes *routes)
{
	struct buf words = {0};

	for (size_t i = 0; i < routes->count; i++) {
		const struct incident_route *route = &routes->at[i];

		for (int last = 0; last < 2; last++) {
			if (last && slice_equal(route->first, route->last))
				continue;
			buf_reset(&words);
			buf_puts(&words, last ? "last seen: " : "first seen: ");
			buf_add(&words, route->mailbox);
			buf_puts(&words, " to ");
			buf_add(&words, route->destination);
			add_moment(moments, last ? route->last : route->first,
				&words);
		}
	}
	buf_fini(&words);
}

static void
add_acts(struct moments *moments)
{
	const struct incident *incident = moments->incident;
	struct buf words = {0};

	for (size_t i = 0; i < incident->act_count; i++) {
		const struct incident_act *act = &incident->acts[i];

		buf_reset(&words);
		buf_add(&words, act->what);
		if (act->by.len > 0) {
			buf_puts(&words, " by ");
			buf_add(&words, act->by);
		}
		if (act->why.len > 0) {
			buf_puts(&words, ": ");
			buf_add(&words, act->why);
		}
		add_moment(moments, act->at, &words);
	}
	buf_fini(&words);
}

static void
add_named(struct moments *moments, const char *what,
	const struct incident_counts *counts)
{
	struct buf words = {0};

	for (size_t i = 0; i < counts->count; i++) {
		buf_reset(&words);
		buf_puts(&words, what);
		buf_add(&words, counts->at[i].text);
		add_moment(moments, counts->at[i].first, &words);
	}
	buf_fini(&words);
}

/* The first and the last message that was held. */
static void
add_held(struct moments *moments)
{
	const struct incident *incident = moments->incident;
	const struct incident_message *first = NULL, *last = NULL;
	struct buf words = {0};

	for (size_t i = 0; i < incident->message_count; i++) {
		if (!incident_is_held(incident->messages[i].action))
			continue;
		last = &incident->messages[i];
		first = first == NULL ? last : first;
	}
	if (first != NULL) {
		buf_puts(&words, "first message held");
		add_moment(moments, first->at, &words);
	}
	if (last != first) {
		buf_reset(&words);
		buf_puts(&words, "last message held");
		add_moment(moments, last->at, &words);
	}
	buf_fini(&words);
}

void
incident_view_timeline(const struct incident *incident,
	void (*hear)(void *ctx, struct slice at, struct slice words), void *ctx)
{
	struct moments moments = {.incident = incident};

	add_routes(&moments, &incident->routes);
	add_routes(&moments, &incident->others);
	add_acts(&moments);
	add_held(&moments);
	add_named(&moments, "first match of policy ",
		&incident->aspects[INCIDENT_POLICY]);
	add_named(&moments, "first by login ",
		&incident->aspects[INCIDENT_LOGIN]);
	for (size_t i = 0; i < moments.count; i++)
		hear(ctx, moments.at[i].at, moments.at[i].words);
}

static const struct incident_step steps_mailbox[] = {
	{NULL, "Contain",
		"hold all that leaves by this mailbox, at once, and on each "
		"mail server what waits in its queues (--all-outgoing: also "
		"what it writes)",
		"forwarden contain --queued --for 24h --why 'being "
		"investigated' %s"},
	{NULL, "Contain",
		"find the rule and take it out, or have its owner "
		"do it; keep a copy first",
		"forwarden audit"},
	{NULL, "Contain", "afterwards, let it go", "forwarden uncontain %s"},
	{"M1047", "Audit",
		"look for rules that send mail outside, now and "
		"each day; look at this mailbox again",
		"forwarden mailbox %s"},
	{"M1032", "Multi-factor Authentication",
		"end the sessions of this account, change its password and "
		"its application passwords, and ask for a second factor",
		NULL},
	{"M1060", "Out-of-Band Communications Channel",
		"talk to the owner and to each other by telephone: who reads "
		"this mailbox reads your mail about it",
		NULL},
	{"M1041", "Encrypt Sensitive Information",
		"what is encrypted end to end is carried on unread; what was "
		"not must be taken for read: see the messages above",
		NULL},
	{NULL, NULL, NULL, NULL}};

static const struct incident_step steps_destination[] = {
	{NULL, "Contain",
		"hold all that is forwarded there, whose mail it ever is, and "
		"on each mail server what waits in its queues; a domain "
		"instead of the address covers all of it",
		"forwarden contain --queued --for 24h --why 'being "
		"investigated' --to %s"},
	{NULL, "Contain",
		"contain each mailbox that sends there (the table "
		"above) with `forwarden contain`, too: its rule may be changed "
		"to another destination",
		"forwarden destination %s"},
	{NULL, "Contain", "afterwards, let it go",
		"forwarden uncontain --to %s"},
	{"M1047", "Audit", "look for the rules that name it",
		"forwarden audit"},
	{"M1032", "Multi-factor Authentication",
		"end the sessions of those accounts, change their passwords, "
		"and ask for a second factor",
		NULL},
	{"M1060", "Out-of-Band Communications Channel",
		"talk to the owners and to each other by telephone: who reads "
		"these mailboxes reads your mail about it",
		NULL},
	{"M1041", "Encrypt Sensitive Information",
		"what is encrypted end to end is carried on unread; what was "
		"not must be taken for read: see the messages above",
		NULL},
	{NULL, NULL, NULL, NULL}};

const struct incident_step *
incident_view_steps(const struct incident *incident)
{
	return incident->as_destination && !incident->as_mailbox
		? steps_destination
		: steps_mailbox;
}

static bool
is_plain(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
		(byte != '\0' && strchr("@._+-", byte) != NULL);
}

/* One word of a shell, whatever it holds. */
static void
add_word(struct buf *out, struct slice word)
{
	bool plain = true;

	for (size_t i = 0; i < word.len; i++)
		plain = plain && is_plain(word.p[i]);
	if (word.len > 0 && word.p[0] == '-')
		buf_puts(out, "-- ");
	if (plain) {
		buf_add(out, word);
		return;
	}
	buf_add_byte(out, '\'');
	for (size_t i = 0; i < word.len; i++) {
		if (word.p[i] == '\'') {
			buf_puts(out, "'\\''");
		} else {
			buf_add_byte(out, word.p[i]);
		}
	}
	buf_add_byte(out, '\'');
}

void
incident_view_command(const struct incident *incident,
	const struct incident_step *step, struct buf *out)
{
	const char *mark = strstr(step->command, "%s");

	if (mark == NULL) {
		buf_puts(out, step->command);
		return;
	}
	buf_add(out,
		(struct slice){step->command, (size_t)(mark - step->command)});
	add_word(out, incident->address);
	buf_puts(out, mark + 2);
}
