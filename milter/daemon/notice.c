/* SPDX-License-Identifier: BSD-2-Clause */
/* Counted by references. */
#include "daemon/notice.h"

#include <stdlib.h>

struct notice *
notice_new(void)
{
	struct notice *notice = calloc(1, sizeof(*notice));

	if (notice != NULL)
		notice->refs = 1;
	return notice;
}

void
notice_unref(struct notice *notice)
{
	if (notice == NULL || --notice->refs > 0)
		return;
	buf_fini(&notice->json);
	buf_fini(&notice->line);
	free(notice);
}
