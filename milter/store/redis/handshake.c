/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said on a new connection before it is used. */
#include "store/redis/handshake.h"

#include "base/arena.h"
#include "store/redis/marker.h"
#include "store/redis/redis_error.h"

#include <stdio.h>
#include <string.h>

struct reply *
handshake_call(struct handshake *hello, const struct slice *words, size_t count,
	struct err *err)
{
	struct reply *reply;

	if (!connection_add(hello->connection, count, words)) {
		err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	if (!connection_wait(hello->connection, err))
		return NULL;
	reply = connection_take(hello->connection, hello->arena);
	if (reply == NULL)
		err_set(err, ERR_LIMIT, "an answer that is too big");
	return reply;
}

static bool
is_ok(struct handshake *hello, const struct slice *words, size_t count,
	struct err *err)
{
	const struct reply *reply = handshake_call(hello, words, count, err);

	return reply != NULL && !redis_error_words(reply, err);
}

/* A user and a password as they are now. */
struct credentials {
	char user[ENDPOINT_TEXT_BYTES], password[ENDPOINT_TEXT_BYTES];
};

static void
copy_credentials(const struct login *login, struct credentials *out)
{
	if (login->lock != NULL)
		pthread_mutex_lock(login->lock);
	(void)snprintf(out->user, sizeof(out->user), "%s",
		login->user != NULL ? login->user : "");
	(void)snprintf(out->password, sizeof(out->password), "%s",
		login->password != NULL ? login->password : "");
	if (login->lock != NULL)
		pthread_mutex_unlock(login->lock);
}

static bool
log_in_with(struct handshake *hello, const struct credentials *with,
	struct err *err)
{
	bool has_user = with->user[0] != '\0';
	struct slice words[3] = {
		SLICE("AUTH"), slice_of(with->user), slice_of(with->password)};

	if (with->password[0] == '\0')
		return true;
	if (!has_user)
		words[1] = words[2];
	return is_ok(hello, words, has_user ? 3 : 2, err) ||
		err_wrap(err, "the login %s is refused",
			has_user ? with->user : "without a user");
}

bool
handshake_log_in(struct handshake *hello, struct err *err)
{
	struct credentials with;
	bool ok;

	copy_credentials(hello->login, &with);
	ok = log_in_with(hello, &with, err);
	memset(&with, 0, sizeof(with));
	return ok;
}

static bool
select_db(struct handshake *hello, struct err *err)
{
	char number[24];
	struct slice words[2] = {SLICE("SELECT"), {number, 0}};

	if (hello->login->db == 0)
		return true;
	words[1].len = (size_t)snprintf(number, sizeof(number), "%llu",
		(unsigned long long)hello->login->db);
	return is_ok(hello, words, 2, err);
}

/* After a failover the old master may still be there, as a replica. */
static bool
check_role(struct handshake *hello, struct err *err)
{
	struct slice words[1] = {SLICE("ROLE")};
	const struct reply *reply;

	if (!hello->login->wants_master)
		return true;
	reply = handshake_call(hello, words, 1, err);
	if (reply == NULL || redis_error_words(reply, err))
		return false;
	if (reply->type != REPLY_ARRAY || reply->count == 0 ||
		!slice_equal(reply->items[0].text, SLICE("master")))
		return err_set(
			err, ERR_DOWN, "READONLY: it is not the master now");
	return true;
}

static bool
load_scripts(struct handshake *hello, struct err *err)
{
	for (int i = 0; i < SCRIPT_COUNT; i++) {
		struct slice words[3] = {SLICE("SCRIPT"), SLICE("LOAD"),
			slice_of(script_texts[i])};
		const struct reply *reply =
			handshake_call(hello, words, 3, err);

		if (reply == NULL || redis_error_words(reply, err))
			return false;
		if (reply->type != REPLY_TEXT ||
			reply->text.len >= sizeof(hello->names[i])) {
			return err_set(
				err, ERR_DOWN, "an answer that makes no sense");
		}
		memcpy(hello->names[i], reply->text.p, reply->text.len);
		hello->names[i][reply->text.len] = '\0';
	}
	return true;
}

/* In a cluster the key may belong to another node: that is a yes. */
static bool
is_elsewhere(const struct handshake *hello, const struct reply *reply)
{
	return hello->login->spread &&
		(reply_is_error(reply, "MOVED") ||
			reply_is_error(reply, "ASK"));
}

/* Can it be written to? A replica, a full memory, a failed disk, a right that
 * is missing say no. */
static bool
probe(struct handshake *hello, struct err *err)
{
	struct slice words[4] = {SLICE("EVALSHA"),
		slice_of(hello->names[SCRIPT_PROBE]), SLICE("1"),
		slice_of(hello->login->probe_key)};
	const struct reply *reply;

	if (hello->login->probe_key == NULL)
		return true;
	reply = handshake_call(hello, words, 4, err);
	if (reply == NULL)
		return false;
	return is_elsewhere(hello, reply) || !redis_error_words(reply, err);
}

/* For the other machines. In a cluster one of the nodes takes it. */
static bool
leave_marker(struct handshake *hello, struct err *err)
{
	const struct login *login = hello->login;
	struct slice words[4] = {SLICE("HSET")};
	const struct reply *reply;

	if (login->host == NULL || login->host[0] == '\0')
		return true;
	words[1] = slice_of(login->marker->key);
	words[2] = slice_of(login->host);
	words[3] = slice_of(login->marker->value);
	reply = handshake_call(hello, words, 4, err);
	if (reply == NULL)
		return false;
	return is_elsewhere(hello, reply) || !redis_error_words(reply, err);
}

/* Is it another process than the last time? Then what was acknowledged may
 * be gone: a failover, a restart. Who is not allowed to know says yes. */
static bool
find_identity(struct handshake *hello, struct err *err)
{
	const struct slice words[2] = {SLICE("INFO"), SLICE("server")};
	const struct slice label = SLICE("run_id:");
	struct slice id = {NULL, 0};
	const struct reply *reply = handshake_call(hello, words, 2, err);
	size_t at;

	if (reply == NULL)
		return false;
	at = reply->type == REPLY_TEXT ? slice_find(reply->text, label)
				       : SLICE_NONE;
	if (at != SLICE_NONE) {
		id = slice_sub(reply->text, at + label.len,
			at + label.len + sizeof(hello->identity));
	}
	hello->is_another = id.len != sizeof(hello->identity) ||
		memcmp(id.p, hello->identity, id.len) != 0;
	if (id.len == sizeof(hello->identity))
		memcpy(hello->identity, id.p, id.len);
	return true;
}

bool
handshake_run(struct handshake *hello, struct err *err)
{
	return handshake_log_in(hello, err) && select_db(hello, err) &&
		check_role(hello, err) && find_identity(hello, err) &&
		load_scripts(hello, err) && probe(hello, err) &&
		leave_marker(hello, err);
}
