/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors by their words. */
#include "store/redis/redis_error.h"

#include <string.h>

#define RAW_BYTES 120

struct word {
	const char *code;
	enum redis_error_kind kind;
	const char *means; /* "" when the text says it better */
};

static const struct word words[] = {
	{"WRONGTYPE", REDIS_ERROR_REFUSED,
		"the key holds something that is not ours"},
	{"MOVED", REDIS_ERROR_SLOT,
		"it is a node of a cluster, and asks for redis+cluster://"},
	{"ASK", REDIS_ERROR_SLOT, "the slot is on its way to another node"},
	{"TRYAGAIN", REDIS_ERROR_SLOT,
		"the slot is open, between two nodes, until its move is "
		"finished (redis-cli --cluster fix)"},
	{"CROSSSLOT", REDIS_ERROR_STATE,
		"it is a node of a cluster, and asks for redis+cluster://"},
	{"NOSCRIPT", REDIS_ERROR_SCRIPT, "it forgets scripts at once"},
	{"NOPERM", REDIS_ERROR_RIGHT, "its account lacks a right"},
	{"NOAUTH", REDIS_ERROR_STATE, "it wants a password"},
	{"WRONGPASS", REDIS_ERROR_STATE, "user or password are wrong"},
	{"LOADING", REDIS_ERROR_STATE, "it is loading its data"},
	{"READONLY", REDIS_ERROR_STATE, "it is a replica, and takes no writes"},
	{"MASTERDOWN", REDIS_ERROR_STATE,
		"it is a replica, and its master is away"},
	{"NOREPLICAS", REDIS_ERROR_STATE,
		"it takes no writes while too few replicas are with it "
		"(min-replicas-to-write)"},
	{"OOM", REDIS_ERROR_STATE, "its memory is full (maxmemory)"},
	{"MISCONF", REDIS_ERROR_STATE,
		"it takes no writes because it cannot save to disk"},
	{"BUSY", REDIS_ERROR_STATE,
		"it is busy with a script of somebody's (SCRIPT KILL)"},
	{"CLUSTERDOWN", REDIS_ERROR_STATE,
		"the cluster takes no commands: slots are not served"},
};

/* Texts under the code ERR that are the command's own: bytes too many for any
 * server of this configuration, or data in a key that no script of ours
 * wrote. None of them repeats what was sent. */
static const char *const refused[] = {
	"too big",
	"invalid bulk length",
	"invalid multibulk length",
	"exceeds maximum allowed size",
	"is not an integer",
	"is not a valid float",
	"would overflow",
	"attempt to ",
};

static const struct word *
find_word(struct slice text)
{
	struct slice code;

	if (!slice_next(&text, ' ', &code))
		return NULL;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (slice_equal(code, slice_of(words[i].code)))
			return &words[i];
	}
	return NULL;
}

/* What a script's error has inside: from the first code on, or all of it. */
static struct slice
unwrap(struct slice text)
{
	const struct slice wrap = SLICE("ERR Error running script");
	size_t colon = slice_find(text, SLICE(": "));
	struct slice word, rest, from;

	if (!slice_equal(slice_sub(text, 0, wrap.len), wrap) ||
		colon == SLICE_NONE)
		return text;
	text = rest = slice_sub(text, colon + 2, text.len);
	for (from = rest; slice_next(&rest, ' ', &word); from = rest) {
		if (word.len > 0 && word.p[0] == '-')
			from = slice_sub(from, 1, from.len);
		if (find_word(from) != NULL)
			return from;
	}
	return text;
}

static bool
has(struct slice text, const char *part)
{
	return slice_find(text, slice_of(part)) != SLICE_NONE;
}

/* As Redis 7.0 has NOPERM within a script. */
static bool
is_right(struct slice text)
{
	return has(text, "The user executing the script can't run this");
}

static bool
is_refused(struct slice text)
{
	/* It repeats what was sent, which may say anything. */
	if (has(text, "unknown command"))
		return false;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		if (has(text, refused[i]))
			return true;
	}
	return false;
}

/* "CLUSTERDOWN Hash slot not served": of one slot, the others are. */
static bool
is_unserved(const struct word *word, struct slice text)
{
	return strcmp(word->code, "CLUSTERDOWN") == 0 &&
		has(text, "Hash slot not served");
}

enum redis_error_kind
redis_error_kind(const struct reply *reply)
{
	struct slice text = unwrap(reply->text);
	const struct word *word = find_word(text);

	if (word == NULL && is_right(text))
		return REDIS_ERROR_RIGHT;
	if (word == NULL) {
		return is_refused(text) ? REDIS_ERROR_REFUSED
					: REDIS_ERROR_UNKNOWN;
	}
	return is_unserved(word, text) ? REDIS_ERROR_SLOT : word->kind;
}

bool
redis_error_words(const struct reply *reply, struct err *err)
{
	struct slice text, raw;
	const struct word *word;

	if (reply->type != REPLY_ERROR)
		return false;
	text = unwrap(reply->text);
	word = find_word(text);
	raw = slice_sub(text, 0, RAW_BYTES);
	if (word == NULL) {
		err_set(err, ERR_DOWN, "%.*s", SLICE_ARG(raw));
	} else if (word->kind == REDIS_ERROR_RIGHT ||
		word->kind == REDIS_ERROR_SLOT) {
		raw = slice_sub(raw, strlen(word->code) + 1, raw.len);
		err_set(err, ERR_DOWN, "%s: %s: %.*s", word->code, word->means,
			SLICE_ARG(raw));
	} else {
		err_set(err, ERR_DOWN, "%s: %s", word->code, word->means);
	}
	return true;
}
