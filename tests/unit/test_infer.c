/* SPDX-License-Identifier: BSD-2-Clause */
/* What each platform's forwarded mail is taken for, and its near misses. */
#include "flowcase.h"
#include "rows.h"

int
main(void)
{
	struct rows tests = {NULL, 0};

	for (size_t i = 0; i < PLATFORM_GROUPS; i++) {
		rows_add(&tests, platform_groups[i]->rows,
			platform_groups[i]->count, sizeof(struct flowcase),
			flowcase_check);
	}
	return rows_run(&tests, "infer");
}
