/* SPDX-License-Identifier: BSD-2-Clause */
/* What mailbox owners write for procmail, maildrop, Courier and Exim; the first
 * byte says for which. */
#include "survey.h"

#include "mta/rules/exim_filter.h"
#include "mta/rules/maildrop.h"
#include "mta/rules/procmail.h"

#define MAILBOX SLICE("alice@example.com")
#define HOME SLICE("/home/alice")

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice input = fuzz_slice(data, size);
	struct slice text = slice_sub(input, 1, input.len);
	struct survey survey = survey_begin();
	struct source source = survey_source(text);

	switch (size > 0 ? data[0] % 4 : 0) {
	case 0:
		procmail_read(&survey, &source, MAILBOX, HOME);
		break;
	case 1:
		maildrop_read(&survey, &source, MAILBOX, HOME);
		break;
	case 2:
		maildrop_read_lines(&survey, &source, MAILBOX);
		break;
	default:
		exim_filter_read(&survey, &source, MAILBOX);
	}
	survey_end(&survey, text);
	return 0;
}
