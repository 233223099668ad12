/* SPDX-License-Identifier: BSD-2-Clause */
/* Log sources: whose events a rule is about (Sigma 2.1.0, "Log Source"). */
#ifndef SIGMA_LOGSOURCE_H
#define SIGMA_LOGSOURCE_H

#include "sigma/build.h"
#include "sigma/rule.h"

/* Reads a document's "logsource:" and finds out whether it is ours. False
 * with errors told. */
bool logsource_read(
	struct build *, struct rule *, const struct yaml_node *root);
/* Are all events of the second one of the first, too? */
bool logsource_contains(const struct logsource *, const struct logsource *);

#endif
