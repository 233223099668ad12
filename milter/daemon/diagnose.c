/* SPDX-License-Identifier: BSD-2-Clause */
/* What is wrong with files, in lines a log can hold. */
#include "daemon/diagnose.h"

#include "base/buf.h"
#include "base/log.h"

static enum log_level
level_of(enum diag_severity severity)
{
	static const enum log_level levels[] = {
		[DIAG_ERROR] = LOG_LEVEL_ERROR,
		[DIAG_WARNING] = LOG_LEVEL_WARNING,
		[DIAG_NOTE] = LOG_LEVEL_INFO,
	};

	return levels[severity];
}

/* "FILE:LINE:COLUMN: ", as far as there is one. */
static void
add_place(struct buf *out, const struct mark *mark)
{
	if (mark->file == NULL || mark->file[0] == '\0')
		return;
	buf_puts(out, mark->file);
	if (mark->line > 0)
		buf_printf(out, ":%u", mark->line);
	if (mark->line > 0 && mark->column > 0)
		buf_printf(out, ":%u", mark->column);
	buf_puts(out, ": ");
}

static void
log_one(const struct diag *diag)
{
	struct buf line = {0};

	add_place(&line, &diag->mark);
	buf_puts(&line, diag->what);
	if (diag->hint != NULL)
		buf_printf(&line, "; %s", diag->hint);
	if (buf_ok(&line)) {
		log_write(level_of(diag->severity), "%.*s",
			SLICE_ARG(buf_slice(&line)));
	}
	buf_fini(&line);
}

void
diagnose_log(const struct diags *diags)
{
	if (diags == NULL)
		return;
	for (size_t i = 0; i < diags_total(diags); i++) {
		const struct diag *diag = diags_at(diags, i);

		if (diag->severity != DIAG_NOTE)
			log_one(diag);
	}
}
