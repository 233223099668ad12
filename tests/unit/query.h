/* SPDX-License-Identifier: BSD-2-Clause */
/* Asking a store that must answer. After cmocka.h. */
#ifndef TESTS_UNIT_QUERY_H
#define TESTS_UNIT_QUERY_H

#include "store/store.h"

static inline struct store_answer
query(struct store *store, struct arena *arena, struct store_query asked)
{
	struct err err;

	assert_true(store_query(store, arena, &asked, &err));
	return asked.answer;
}

#endif
