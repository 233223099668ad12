/* SPDX-License-Identifier: BSD-2-Clause */
/* Records out of memory, and into it. */
#ifndef STORE_MEMORY_MEMORY_RECORDS_H
#define STORE_MEMORY_MEMORY_RECORDS_H

#include "store/memory/memory.h"

bool memory_records_export(
	struct memory *, struct arena *, struct store_query *, struct err *);
bool memory_records_import(
	struct memory *, struct arena *, struct store_query *, struct err *);

#endif
