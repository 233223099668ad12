/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists of ours, by the names that list servers give to the addresses they
 * send with. Anybody may write such a sender: who it is has to be asked.
 */
#ifndef FORWARD_OWN_LIST_H
#define FORWARD_OWN_LIST_H

#include "forward/context.h"

#include <stdbool.h>

/* The name of the list in the local part of an envelope sender such as
 * "announce-bounces", "announce+bounces-17-user=example.net",
 * "bounce-announce=user=example.net" or "owner-announce"; absent if it is
 * not a list's. */
struct slice own_list_name(struct slice local);
/* Is it the list of that name? "announce", "lists-announce": how list servers
 * call their own addresses. */
bool own_list_is_called(struct slice local, struct slice name);
/* The address of the list that the envelope sender, one of ours, is named
 * after; absent if it is not a list's. */
struct slice own_list_address(const struct context *);

#endif
