/* SPDX-License-Identifier: BSD-2-Clause */
/* aliases(5), and what right sides are made of. */
#include "survey.h"

#include "mta/rules/aliases.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice input = fuzz_slice(data, size);
	struct survey survey = survey_begin();
	struct source source = survey_source(input);

	aliases_read(&survey, &source);
	survey_end(&survey, input);
	return 0;
}
