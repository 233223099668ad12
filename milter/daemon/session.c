/* SPDX-License-Identifier: BSD-2-Clause */
/* One connection's messages: collected, judged, reported. */
#include "daemon/session.h"

#include "daemon/probes.h"
#include "verdict/tag.h"

#include <stdlib.h>
#include <string.h>

#define HELO_BYTES 256
#define NAME_BYTES 256
#define IP_BYTES 48
#define PARAMETERS_MAX 32
#define REASON_BYTES 200

/* One message from MAIL on; the arena is the session's. */
struct session {
	const struct session_service *service;
	char name[NAME_BYTES], ip[IP_BYTES], helo[HELO_BYTES];
	struct arena *arena;
	size_t arena_bytes;

	const struct generation *generation; /* NULL: no message under way */
	struct message_builder *builder;
	const struct verdict *verdict;
	struct outcome outcome;
	struct buf tag;
	struct buf reason;
};

struct session *
session_new(const struct session_service *service)
{
	struct session *session = calloc(1, sizeof(*session));

	if (session != NULL)
		session->service = service;
	return session;
}

static void
end_message(struct session *session)
{
	generation_unref(session->generation);
	session->generation = NULL;
	session->builder = NULL;
	session->verdict = NULL;
	session->outcome = (struct outcome){0};
}

void
session_free(struct session *session)
{
	if (session == NULL)
		return;
	end_message(session);
	arena_free(session->arena);
	buf_fini(&session->tag);
	buf_fini(&session->reason);
	free(session);
}

/* Cut where it is too long: a name, never a decision, depends on it. */
static void
keep_text(char *room, size_t size, const char *text)
{
	size_t len = text != NULL ? strlen(text) : 0;

	if (len >= size)
		len = size - 1;
	if (len > 0)
		memcpy(room, text, len);
	room[len] = '\0';
}

static struct slice
kept_slice(const char *text)
{
	return *text != '\0' ? slice_of(text) : slice_of(NULL);
}

void
session_connect(struct session *session, const char *name, const char *ip)
{
	keep_text(session->name, sizeof(session->name), name);
	keep_text(session->ip, sizeof(session->ip), ip);
	session->helo[0] = '\0';
}

void
session_helo(struct session *session, const char *helo, struct slice listener)
{
	keep_text(session->helo, sizeof(session->helo), helo);
	probes_note(
		session->service->probes, slice_of(session->helo), listener);
}

/* An empty arena of the size that the configuration of now wants. */
static bool
prepare_arena(struct session *session)
{
	size_t wanted =
		(size_t)session->generation->config->limit_message_bytes;

	if (session->arena != NULL && session->arena_bytes == wanted) {
		arena_reset(session->arena);
		return true;
	}
	arena_free(session->arena);
	session->arena = arena_new(wanted);
	session->arena_bytes = wanted;
	return session->arena != NULL;
}

static size_t
collect_parameters(char *const *args, struct slice parameters[PARAMETERS_MAX])
{
	size_t count = 0;

	if (args[0] == NULL)
		return 0;
	while (count < PARAMETERS_MAX && args[count + 1] != NULL) {
		parameters[count] = slice_of(args[count + 1]);
		count++;
	}
	return count;
}

bool
session_mail(struct session *session, char *const *args)
{
	struct slice parameters[PARAMETERS_MAX];
	size_t count = collect_parameters(args, parameters);

	end_message(session);
	session->generation = generation_slot_get(session->service->slot);
	if (prepare_arena(session)) {
		session->builder = message_begin(session->arena,
			session->generation->realm,
			&session->generation->limits);
	}
	if (session->builder == NULL) {
		end_message(session);
		return false;
	}
	message_set_sender(session->builder,
		slice_of(args[0] != NULL ? args[0] : ""), parameters, count);
	return true;
}

void
session_recipient(struct session *session, char *const *args)
{
	struct slice parameters[PARAMETERS_MAX];

	if (session->builder != NULL && args[0] != NULL) {
		message_add_recipient(session->builder, slice_of(args[0]),
			parameters, collect_parameters(args, parameters));
	}
}

void
session_field(struct session *session, const char *name, const char *value)
{
	if (session->builder != NULL) {
		message_add_field(
			session->builder, slice_of(name), slice_of(value));
	}
}

void
session_abort(struct session *session)
{
	end_message(session);
}

/* The strongest we may do of what is asked, where the MTA cannot. */
static enum action
possible(const struct session *session, enum action wanted, unsigned offers)
{
	if (wanted == ACTION_QUARANTINE && (offers & OFFER_QUARANTINE) == 0)
		wanted = (enum action)session->generation->config->unable;
	if (wanted == ACTION_TAG &&
		((offers & OFFER_ADD_FIELD) == 0 ||
			!tag_is_due(session->verdict, wanted)))
		wanted = ACTION_LOG;
	return wanted;
}

/* "high: redirect-to-freemail (event 0123456789abcdef)" */
static const char *
write_reason(struct session *session)
{
	const struct verdict *verdict = session->verdict;
	struct buf *out = &session->reason;
	struct slice policy = SLICE("policy");

	if (verdict->contained.flow != NULL) {
		policy = SLICE("contained");
	} else if (verdict->matched_count > 0) {
		policy = verdict_policy(verdict->matched[0].rule);
	}
	buf_reset(out);
	buf_puts(out, "forwarden: ");
	buf_add_visible(out, slice_sub(policy, 0, REASON_BYTES));
	buf_printf(out, " (event %.*s)", SLICE_ARG(verdict->id));
	return buf_ok(out) ? out->p : "forwarden";
}

static const char *
write_tag(struct session *session, enum action action)
{
	buf_reset(&session->tag);
	tag_write(session->verdict, action,
		slice_of(session->generation->config->host), &session->tag);
	return buf_ok(&session->tag) ? session->tag.p : NULL;
}

/* Those that are not our own word on this very message are forged, or of a
 * verdict that a newer one replaces. */
static bool
must_go(const struct session *session)
{
	const struct verdict *verdict = session->verdict;

	return session->generation->config->mode == MODE_ENFORCE &&
		!verdict->again && !verdict->forged;
}

static void
set_refusal(const struct session *session, struct outcome *outcome)
{
	outcome->reply = session->generation->config->reject_text;
	if (session->verdict->forged) {
		outcome->reply = "Too many " TAG_FIELD
				 " fields, which no sender may write";
		outcome->extended = "5.7.1";
	}
}

static const struct outcome *
decide(struct session *session, unsigned offers)
{
	const struct config *config = session->generation->config;
	struct outcome *outcome = &session->outcome;

	outcome->action = possible(session, session->verdict->action, offers);
	if (tag_is_due(session->verdict, outcome->action) &&
		(offers & OFFER_ADD_FIELD) != 0) {
		outcome->tag = write_tag(session, outcome->action);
		if (outcome->tag == NULL)
			return NULL;
	}
	if (outcome->action == ACTION_QUARANTINE)
		outcome->reason = write_reason(session);
	if (outcome->action == ACTION_REJECT)
		set_refusal(session, outcome);
	if (outcome->action == ACTION_TEMPFAIL)
		outcome->reply = config->tempfail_text;
	if ((offers & OFFER_CHANGE_FIELD) != 0 && must_go(session))
		outcome->old_tags = session->verdict->message->tag_count;
	return outcome;
}

const struct outcome *
session_judge(struct session *session, const struct client *client,
	struct slice queue_id, unsigned offers)
{
	struct client whole = *client;
	const struct message *message;

	if (session->builder == NULL)
		return NULL;
	whole.name = kept_slice(session->name);
	whole.ip = kept_slice(session->ip);
	whole.helo = kept_slice(session->helo);
	message_set_client(session->builder, &whole);
	message_set_queue_id(session->builder, queue_id);
	if (slice_is_absent(queue_id))
		message_add_gap(session->builder, GAP_MACROS);
	message = message_finish(
		session->builder, clock_now_ms(session->service->clock));
	probes_note(session->service->probes, message->message_id,
		client->listener);
	session->verdict = judge(
		&session->generation->judge, session->service->store, message);
	if (session->verdict->message == NULL || arena_is_short(session->arena))
		return NULL;
	return decide(session, offers);
}

void
session_done(struct session *session, enum action taken)
{
	if (session->verdict != NULL && session->verdict->message != NULL) {
		report_verdict(session->service->report,
			session->service->store, session->verdict, taken);
	}
	end_message(session);
}
