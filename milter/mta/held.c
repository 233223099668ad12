/* SPDX-License-Identifier: BSD-2-Clause */
/* Held mail of whichever MTA is there. */
#include "mta/held.h"

#define ID_BYTES_MAX 64
#define MS_A_SECOND 1000
#define SECONDS_MAX 253402300799LL /* the end of the year 9999 */

struct held *
held_add(struct held_list *list)
{
	struct held *grown = arena_grow(list->arena, list->at, list->count,
		&list->room, sizeof(*list->at));

	if (grown == NULL)
		return NULL;
	list->at = grown;
	grown[list->count] = (struct held){.id = ""};
	return &grown[list->count++];
}

/* It goes into command lines and names of files. */
bool
held_is_id(struct slice id)
{
	for (size_t i = 0; i < id.len; i++) {
		char c = id.p[i];

		if ((c < '0' || c > '9') && (c < 'A' || c > 'Z') &&
			(c < 'a' || c > 'z'))
			return false;
	}
	return id.len > 0 && id.len <= ID_BYTES_MAX;
}

int64_t
held_time(long long seconds)
{
	return seconds > 0 && seconds <= SECONDS_MAX ? seconds * MS_A_SECOND
						     : 0;
}

bool
held_read(
	struct held_list *list, const struct held_where *where, struct err *err)
{
	return where->sendmail != NULL
		? held_sendmail_read(list, where, err)
		: held_postfix_read(list, where->postfix, err);
}

bool
held_do(const struct held *held, const struct held_where *where,
	enum held_act act, struct err *err)
{
	return held->mta == HELD_SENDMAIL
		? held_sendmail_do(held, where, act, err)
		: held_postfix_do(held, act, err);
}
