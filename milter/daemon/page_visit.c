/* SPDX-License-Identifier: BSD-2-Clause */
/* What the page answers itself. */
#include "daemon/page_visit.h"

void
page_visit_json_take(
	struct page_visit *visit, unsigned status, struct json *json)
{
	visit->answer->status = status;
	visit->answer->type = "application/json";
	(void)json_write(json, &visit->answer->body);
	json_free(json);
}

void
page_visit_error(struct page_visit *visit, unsigned status, const char *text)
{
	struct json *json = json_map();

	json_set_text(json, "error", slice_of(text));
	page_visit_json_take(visit, status, json);
}

bool
page_visit_is_logged_in(const struct page_visit *visit)
{
	return visit->seat.id[0] != '\0';
}
