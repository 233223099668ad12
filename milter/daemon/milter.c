/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The milter protocol through libmilter (API 1.0.2).
 *
 * Lean by negotiation: no body and no step that is not used, and no reply to
 * any step before end of message where the MTA allows that. The same flags
 * are asked for in every session, because libmilter keeps its table of
 * states in one place for all of them.
 *
 * libmilter hands callbacks nothing but its own context, and runs one
 * session's callbacks on any thread: state is in the context's private data,
 * and what all sessions share is in `glue`, set once before it serves.
 *
 * A connection may be closed before anything came (a probe), or be closed
 * and begin again without negotiation (SMFIC_QUIT_NC): what was negotiated is
 * then that of the MTA's last negotiation.
 */
#include "daemon/milter.h"

#include "base/log.h"
#include "daemon/judging.h"
#include "daemon/read_ahead.h"
#include "daemon/socket_handover.h"
#include "daemon/trouble.h"
#include "verdict/tag.h"

#include <arpa/inet.h>
#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define MILTER_NAME "forwarden"
#define MILTER_PACKET_BYTES (1024UL * 1024)
#define IP_TEXT_BYTES 48
#define SPEC_BYTES 160

/*
 * Steps that are not used, and replies nobody needs. That to HELO is given: an
 * MTA sends what no reply is awaited to only with the next that is, or as it
 * hangs up; and of a unix socket whose peer has hung up libmilter reads no
 * more. A dialogue without a message, by which attach proves that a listener
 * is heard, would be heard at times.
 */
#define STEPS_UNUSED \
	(SMFIP_NOBODY | SMFIP_NOEOH | SMFIP_NOUNKNOWN | SMFIP_NODATA)
#define REPLIES_UNUSED \
	(SMFIP_NR_CONN | SMFIP_NR_MAIL | SMFIP_NR_RCPT | SMFIP_NR_HDR)
#define ACTIONS_USED (SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE)

/* What libmilter itself returns from a step to have the connection closed
 * (_SMFIS_ABORT of its engine.c since 8.14): the one way to end a connection
 * where no reply is expected. */
#define STATUS_CLOSE 21

/*
 * How long a connection may be silent. libmilter's own two hours would let
 * peers that stop within a packet hold a thread each for as long; much less
 * would close the connections of MTAs that take in a large message slowly.
 */
#define SILENCE_SECONDS 3600

/* Connections were too many until one in so many is free again. */
#define ROOM_PART 10

/* Postfix puts its own Received on top after us: 1 is below it. */
#define TAG_INDEX 1

struct connection {
	struct session *session;
	unsigned long actions, protocol;
	bool in_message;
};

static struct {
	const struct session_service *service;
	atomic_ulong actions, protocol; /* of the last negotiation */
	atomic_size_t sessions, messages, sessions_max;
	atomic_ullong sessions_total, messages_total;
	atomic_ullong unjudged_total, refused_total;
	atomic_bool ending;
} glue;

/* libmilter's strings are not const. */
static char *
borrow(const char *text)
{
	return (char *)(uintptr_t)text;
}

static struct connection *
connection_new(SMFICTX *ctx)
{
	struct connection *connection = calloc(1, sizeof(*connection));

	if (connection == NULL)
		return NULL;
	connection->session = session_new(glue.service);
	if (connection->session == NULL ||
		smfi_setpriv(ctx, connection) != MI_SUCCESS) {
		session_free(connection->session);
		free(connection);
		return NULL;
	}
	connection->actions = glue.actions;
	connection->protocol = glue.protocol;
	atomic_fetch_add(&glue.sessions, 1);
	atomic_fetch_add(&glue.sessions_total, 1);
	return connection;
}

static struct connection *
connection_of(SMFICTX *ctx)
{
	struct connection *connection = smfi_getpriv(ctx);

	return connection != NULL ? connection : connection_new(ctx);
}

static void
begin_message(struct connection *connection)
{
	if (connection->in_message)
		return;
	connection->in_message = true;
	atomic_fetch_add(&glue.messages, 1);
	atomic_fetch_add(&glue.messages_total, 1);
}

static void
end_message(struct connection *connection)
{
	if (!connection->in_message)
		return;
	connection->in_message = false;
	atomic_fetch_sub(&glue.messages, 1);
}

/* Nothing, if nothing was promised for this step; else go on. Without memory
 * for a connection what was promised last holds, or the MTA loses step. */
static sfsistat
answer(const struct connection *connection, unsigned long step)
{
	unsigned long protocol =
		connection != NULL ? connection->protocol : glue.protocol;

	return (protocol & step) != 0 ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

/* What policies read; each in the place where both MTAs have it. */
static const struct {
	int place;
	const char *macros;
} wanted[] = {
	{SMFIM_CONNECT, "j {daemon_name}"},
	{SMFIM_HELO, "{tls_version}"},
	{SMFIM_ENVFROM, "i {auth_authen} {auth_type}"},
	{SMFIM_EOM, "i"},
};

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long protocol,
	unsigned long unused2, unsigned long unused3, unsigned long *my_actions,
	unsigned long *my_protocol, unsigned long *my2, unsigned long *my3)
{
	struct connection *connection;

	(void)unused2;
	(void)unused3;
	*my2 = *my3 = 0;
	if (glue.sessions >= glue.sessions_max) {
		atomic_fetch_add(&glue.refused_total, 1);
		trouble_set(TROUBLE_SESSIONS,
			"more than %zu connections: those past them are "
			"closed; raise limits.sessions or LimitNOFILE",
			(size_t)glue.sessions_max);
		return SMFIS_REJECT;
	}
	*my_actions = actions & ACTIONS_USED;
	*my_protocol = protocol & (STEPS_UNUSED | REPLIES_UNUSED);
	if (actions & SMFIF_SETSYMLIST) {
		for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
			(void)smfi_setsymlist(
				ctx, wanted[i].place, borrow(wanted[i].macros));
		}
	}
	glue.actions = *my_actions;
	glue.protocol = *my_protocol;
	connection = connection_of(ctx);
	if (connection != NULL) {
		connection->actions = *my_actions;
		connection->protocol = *my_protocol;
	}
	return SMFIS_CONTINUE;
}

static const char *
print_ip(const struct sockaddr *address, char text[IP_TEXT_BYTES])
{
	const void *bytes = NULL;

	if (address == NULL)
		return NULL;
	if (address->sa_family == AF_INET) {
		bytes = &((const struct sockaddr_in *)(const void *)address)
				 ->sin_addr;
	} else if (address->sa_family == AF_INET6) {
		bytes = &((const struct sockaddr_in6 *)(const void *)address)
				 ->sin6_addr;
	}
	return bytes != NULL
		? inet_ntop(address->sa_family, bytes, text, IP_TEXT_BYTES)
		: NULL;
}

static sfsistat
on_connect(SMFICTX *ctx, char *name, struct sockaddr *address)
{
	struct connection *connection = connection_of(ctx);
	char ip[IP_TEXT_BYTES];

	if (connection != NULL) {
		session_connect(
			connection->session, name, print_ip(address, ip));
	}
	return answer(connection, SMFIP_NR_CONN);
}

static struct slice
macro(SMFICTX *ctx, const char *name)
{
	const char *value = smfi_getsymval(ctx, borrow(name));

	return value != NULL && *value != '\0' ? slice_of(value)
					       : slice_of(NULL);
}

static sfsistat
on_helo(SMFICTX *ctx, char *helo)
{
	struct connection *connection = connection_of(ctx);

	if (connection != NULL) {
		session_helo(
			connection->session, helo, macro(ctx, "{daemon_name}"));
	}
	return SMFIS_CONTINUE;
}

/* A message that cannot be judged does not pass in silence: the MTA does what
 * its administrator chose for a milter that is away. */
static sfsistat
refuse_unjudged(void)
{
	log_write(LOG_LEVEL_ERROR,
		"a message cannot be judged for want of memory: its "
		"connection is closed");
	atomic_fetch_add(&glue.unjudged_total, 1);
	return STATUS_CLOSE;
}

static sfsistat
on_mail(SMFICTX *ctx, char **args)
{
	struct connection *connection = connection_of(ctx);

	if (connection != NULL) {
		/* Counted first, then refused: whoever ends sees the one or
		 * has this one see the other. */
		begin_message(connection);
		if (glue.ending) {
			end_message(connection);
			return STATUS_CLOSE;
		}
		if (!session_mail(connection->session, args)) {
			end_message(connection);
			return refuse_unjudged();
		}
	}
	return answer(connection, SMFIP_NR_MAIL);
}

static sfsistat
on_recipient(SMFICTX *ctx, char **args)
{
	struct connection *connection = connection_of(ctx);

	if (connection != NULL)
		session_recipient(connection->session, args);
	return answer(connection, SMFIP_NR_RCPT);
}

static sfsistat
on_field(SMFICTX *ctx, char *name, char *value)
{
	struct connection *connection = connection_of(ctx);

	if (connection != NULL)
		session_field(connection->session, name, value);
	return answer(connection, SMFIP_NR_HDR);
}

static unsigned
offers(const struct connection *connection)
{
	unsigned bits = 0;

	if (connection->actions & SMFIF_ADDHDRS)
		bits |= OFFER_ADD_FIELD;
	if (connection->actions & SMFIF_CHGHDRS)
		bits |= OFFER_CHANGE_FIELD;
	if (connection->actions & SMFIF_QUARANTINE)
		bits |= OFFER_QUARANTINE;
	return bits;
}

static const struct outcome *
judge_message(SMFICTX *ctx, struct connection *connection)
{
	struct client client = {
		.auth_user = macro(ctx, "{auth_authen}"),
		.auth_method = macro(ctx, "{auth_type}"),
		.tls = macro(ctx, "{tls_version}"),
		.listener = macro(ctx, "{daemon_name}"),
		.mta = macro(ctx, "j"),
	};

	return session_judge(connection->session, &client, macro(ctx, "i"),
		offers(connection));
}

/* The last one first, so that the numbers of the others stay. */
static void
remove_tags(SMFICTX *ctx, size_t count)
{
	for (; count > 0; count--) {
		if (smfi_chgheader(ctx, borrow(TAG_FIELD), (int)count, NULL) !=
			MI_SUCCESS) {
			log_write(LOG_LEVEL_WARNING,
				"the MTA let an old %s stay", TAG_FIELD);
		}
	}
}

/* What the MTA does not offer is not asked for: what fails here fails for want
 * of memory, or because the MTA has gone. */
static bool
modify(SMFICTX *ctx, const struct outcome *outcome)
{
	remove_tags(ctx, outcome->old_tags);
	if (outcome->tag != NULL &&
		smfi_insheader(ctx, TAG_INDEX, borrow(TAG_FIELD),
			borrow(outcome->tag)) != MI_SUCCESS) {
		log_write(LOG_LEVEL_ERROR, "cannot add %s", TAG_FIELD);
		return false;
	}
	if (outcome->action == ACTION_QUARANTINE &&
		smfi_quarantine(ctx, borrow(outcome->reason)) != MI_SUCCESS) {
		log_write(LOG_LEVEL_ERROR, "cannot quarantine a message");
		return false;
	}
	return true;
}

/* The final reply for each action. Exchange Online refuses what it takes for
 * automatic forwarding with 5.7.520: who reads one knows the other. */
static const struct {
	sfsistat status;
	const char *code, *extended;
} replies[ACTION_COUNT] = {
	[ACTION_NONE] = {SMFIS_CONTINUE, NULL, NULL},
	[ACTION_LOG] = {SMFIS_CONTINUE, NULL, NULL},
	[ACTION_TAG] = {SMFIS_CONTINUE, NULL, NULL},
	[ACTION_QUARANTINE] = {SMFIS_CONTINUE, NULL, NULL},
	[ACTION_TEMPFAIL] = {SMFIS_TEMPFAIL, "451", "4.7.1"},
	[ACTION_REJECT] = {SMFIS_REJECT, "550", "5.7.520"},
	[ACTION_DISCARD] = {SMFIS_DISCARD, NULL, NULL},
};

static sfsistat
reply(SMFICTX *ctx, const struct outcome *outcome, enum action taken)
{
	const char *extended = outcome->extended != NULL
		? outcome->extended
		: replies[taken].extended;

	if (replies[taken].code != NULL && outcome->reply != NULL) {
		(void)smfi_setreply(ctx, borrow(replies[taken].code),
			borrow(extended), borrow(outcome->reply));
	}
	return replies[taken].status;
}

static sfsistat
on_end(SMFICTX *ctx)
{
	struct connection *connection = connection_of(ctx);
	const struct outcome *outcome;
	sfsistat status;
	size_t place;

	if (connection == NULL)
		return refuse_unjudged();
	place = judging_begin();
	outcome = judge_message(ctx, connection);
	judging_end(place);
	if (outcome == NULL || !modify(ctx, outcome)) {
		session_abort(connection->session);
		end_message(connection);
		return refuse_unjudged();
	}
	status = reply(ctx, outcome, outcome->action);
	session_done(connection->session, outcome->action);
	end_message(connection);
	return status;
}

static sfsistat
on_abort(SMFICTX *ctx)
{
	struct connection *connection = smfi_getpriv(ctx);

	if (connection != NULL) {
		session_abort(connection->session);
		end_message(connection);
	}
	return SMFIS_CONTINUE;
}

static sfsistat
on_close(SMFICTX *ctx)
{
	struct connection *connection = smfi_getpriv(ctx);

	if (connection == NULL)
		return SMFIS_CONTINUE;
	(void)smfi_setpriv(ctx, NULL);
	end_message(connection);
	session_free(connection->session);
	free(connection);
	atomic_fetch_sub(&glue.sessions, 1);
	return SMFIS_CONTINUE;
}

static bool
open_listener(char *spec, struct err *err)
{
	if (smfi_setconn(spec) != MI_SUCCESS ||
		smfi_opensocket(false) != MI_SUCCESS) {
		return err_set(
			err, ERR_SYSTEM, "libmilter cannot listen on %s", spec);
	}
	return true;
}

#ifdef HAVE_MILTER_FD
static bool
serve_on(int *listener, const char *directory, struct err *err)
{
	char spec[SPEC_BYTES];

	(void)directory;
	(void)snprintf(spec, sizeof(spec), "fd:%d", *listener);
	return open_listener(spec, err);
}
#else
/*
 * A libmilter that only knows addresses opens a socket of its own, of the
 * same family (it looks at that of each client), where nobody finds it; ours
 * then takes its place, by its number.
 */
static bool
serve_on(int *listener, const char *directory, struct err *err)
{
	struct socket_handover handover;
	char spec[SPEC_BYTES];
	int theirs;

	if (!socket_handover_begin(&handover, *listener, directory, err))
		return false;
	(void)snprintf(spec, sizeof(spec), "%s", handover.spec);
	if (!open_listener(spec, err))
		return false;
	theirs = socket_handover_end(&handover, *listener, err);
	if (theirs < 0)
		return false;
	*listener = theirs;
	return true;
}
#endif

bool
milter_open(const struct session_service *service, int *listener,
	const char *directory, struct err *err)
{
	static const struct smfiDesc description = {
		.xxfi_name = (char *)(uintptr_t)MILTER_NAME,
		.xxfi_version = SMFI_VERSION,
		.xxfi_flags = ACTIONS_USED | SMFIF_SETSYMLIST,
		.xxfi_connect = on_connect,
		.xxfi_helo = on_helo,
		.xxfi_envfrom = on_mail,
		.xxfi_envrcpt = on_recipient,
		.xxfi_header = on_field,
		.xxfi_eom = on_end,
		.xxfi_abort = on_abort,
		.xxfi_close = on_close,
		.xxfi_negotiate = on_negotiate,
	};

	read_ahead_begin();
	glue.service = service;
	if (smfi_register(description) != MI_SUCCESS)
		return err_set(err, ERR_SYSTEM, "libmilter refuses to start");
	(void)smfi_setmaxdatasize(MILTER_PACKET_BYTES);
	(void)smfi_settimeout(SILENCE_SECONDS);
	return serve_on(listener, directory, err);
}

bool
milter_run(struct err *err)
{
	if (smfi_main() != MI_SUCCESS)
		return err_set(err, ERR_SYSTEM, "libmilter gave up");
	return true;
}

void
milter_end(void)
{
	glue.ending = true;
}

void
milter_limit(size_t sessions)
{
	glue.sessions_max = sessions;
}

void
milter_watch(void)
{
	size_t most = glue.sessions_max;

	if (glue.sessions < most - most / ROOM_PART)
		trouble_set(TROUBLE_SESSIONS, "%s", "");
}

struct milter_load
milter_load(void)
{
	return (struct milter_load){
		.sessions = glue.sessions,
		.messages = glue.messages,
		.sessions_total = glue.sessions_total,
		.messages_total = glue.messages_total,
		.unjudged_total = glue.unjudged_total,
		.refused_total = glue.refused_total,
	};
}
