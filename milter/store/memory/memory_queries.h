/* SPDX-License-Identifier: BSD-2-Clause */
/* What people ask the memory store, and the orders they give it. */
#ifndef STORE_MEMORY_MEMORY_QUERIES_H
#define STORE_MEMORY_MEMORY_QUERIES_H

#include "store/memory/memory.h"

/* As store_query(). */
bool memory_queries(
	struct memory *, struct arena *, struct store_query *, struct err *);

#endif
