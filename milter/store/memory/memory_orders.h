/* SPDX-License-Identifier: BSD-2-Clause */
/* Queries of the memory store about what was ordered (store/query.h). */
#ifndef STORE_MEMORY_MEMORY_ORDERS_H
#define STORE_MEMORY_MEMORY_ORDERS_H

#include "store/memory/memory.h"

/* STORE_ORDER: the order is given, or taken back. */
bool memory_orders_give(
	struct memory *, struct arena *, struct store_query *, struct err *);
/* STORE_OVER: those whose time is over since it was asked last. */
bool memory_orders_over(
	struct memory *, struct arena *, struct store_query *, struct err *);
/* STORE_ORDERS and STORE_ORDERS_HEARD: all that are in force. */
bool memory_orders_ask(
	struct memory *, struct arena *, struct store_query *, struct err *);

#endif
