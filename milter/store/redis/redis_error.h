/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an error of a Redis means. It is a state of the server, which passes,
 * unless it is on a short list: what the server will never take from us, and
 * what a slot of a cluster says on its way. What nobody has heard of is a
 * state, too: nothing that was counted is dropped because of it.
 *
 * Redis before 7 wraps what goes wrong in a script ("ERR Error running script
 * (call to f_...): @user_script: 3: -OOM command not allowed"); the word that
 * counts is the one inside.
 */
#ifndef STORE_REDIS_REDIS_ERROR_H
#define STORE_REDIS_REDIS_ERROR_H

#include "store/redis/reply.h"

enum redis_error_kind {
	REDIS_ERROR_REFUSED, /* this command's own: it will never be taken */
	REDIS_ERROR_SLOT, /* this slot's: its keys are elsewhere, or nowhere */
	REDIS_ERROR_SCRIPT, /* the script is not known: send its text */
	REDIS_ERROR_RIGHT, /* this command is not allowed to us */
	REDIS_ERROR_STATE, /* of the whole server */
	REDIS_ERROR_UNKNOWN,
};

/* The reply is an error. */
enum redis_error_kind redis_error_kind(const struct reply *);
/* Is it an error? Then err says so in words: "OOM: its memory is full ...". */
bool redis_error_words(const struct reply *, struct err *);

#endif
