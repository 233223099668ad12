/* SPDX-License-Identifier: BSD-2-Clause */
/* Where control panels of hosters keep forwards in files: cPanel's
 * /etc/valiases and /etc/vfilters, DirectAdmin's /etc/virtual. */
#ifndef MTA_RULES_PANELS_H
#define MTA_RULES_PANELS_H

#include "mta/rules/survey.h"

void panels_read(struct survey *);

#endif
