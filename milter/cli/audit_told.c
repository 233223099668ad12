/* SPDX-License-Identifier: BSD-2-Clause */
/* One question an event. */
#include "cli/audit_told.h"

#include "cli/ask.h"

#include <stdlib.h>

static bool
tell(struct ask *ask, struct slice event, struct err *err)
{
	struct buf text = {0}, path = {0};
	struct json *answer = NULL;
	char *escaped = NULL;

	buf_add(&text, event);
	if (buf_ok(&text))
		escaped = ask_escape(ask, text.p);
	buf_printf(&path, "/v1/rule?event=%s", escaped != NULL ? escaped : "");
	if (escaped != NULL && buf_ok(&path)) {
		answer = ask_json(ask, ASK_POST, path.p, err);
	} else {
		(void)err_set(err, ERR_MEMORY, "out of memory");
	}
	free(escaped);
	buf_fini(&text);
	buf_fini(&path);
	json_free(answer);
	return answer != NULL;
}

bool
audit_told(const char *socket, struct slice events, struct err *err)
{
	struct ask *ask = ask_open(socket, err);
	bool good = ask != NULL;

	for (struct slice event; good && slice_next(&events, '\n', &event);)
		good = event.len == 0 || tell(ask, event, err);
	ask_close(ask);
	return good;
}
