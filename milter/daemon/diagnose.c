/* SPDX-License-Identifier: BSD-2-Clause */
/* What is wrong with files, in lines a log can hold. */
#include "daemon/diagnose.h"

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

void
diagnose_log(const struct diags *diags)
{
	if (diags == NULL)
		return;
	for (size_t i = 0; i < diags_total(diags); i++) {
		const struct diag *diag = diags_at(diags, i);

		if (diag->severity != DIAG_NOTE) {
			log_write(level_of(diag->severity), "%s:%u:%u: %s%s%s",
				diag->mark.file, diag->mark.line,
				diag->mark.column, diag->what,
				diag->hint != NULL ? "; " : "",
				diag->hint != NULL ? diag->hint : "");
		}
	}
}
