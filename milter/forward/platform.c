/* SPDX-License-Identifier: BSD-2-Clause */
/* Products, gathered from the tables of evidence and of marks. */
#include "forward/platform.h"

#include "forward/evidence.h"
#include "forward/marks.h"

#include <string.h>

#define TABLES (EVIDENCE_COUNT + NAME_COUNT)

/* Of one row of the two tables, one behind the other; or NULL. */
static const char *
platform_at(size_t row)
{
	return row < EVIDENCE_COUNT
		? evidence_row((enum evidence)row)->platform
		: marks_platform((enum name)(row - EVIDENCE_COUNT));
}

static bool
is_first(size_t row)
{
	for (size_t i = 0; i < row; i++) {
		const char *earlier = platform_at(i);

		if (earlier != NULL && strcmp(earlier, platform_at(row)) == 0)
			return false;
	}
	return true;
}

const char *
platform_name(size_t index)
{
	for (size_t row = 0; row < TABLES; row++) {
		if (platform_at(row) != NULL && is_first(row) && index-- == 0)
			return platform_at(row);
	}
	return NULL;
}
