/* SPDX-License-Identifier: BSD-2-Clause */
/* .forward files, Exim's filters among them; and the files of procmail and
 * maildrop that they lead to. */
#include "survey.h"

#include "mta/rules/forward_file.h"
#include "mta/rules/maildrop.h"
#include "mta/rules/procmail.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct slice mailbox = SLICE("alice@example.com");
	struct slice input = fuzz_slice(data, size);
	struct survey survey = survey_begin();
	struct source source = survey_source(input);

	forward_file_read(&survey, &source, mailbox);
	procmail_read(&survey, &source, mailbox, SLICE("/home/alice"));
	maildrop_read(&survey, &source, mailbox, SLICE("/home/alice"));
	maildrop_read_lines(&survey, &source, mailbox);
	survey_end(&survey, input);
	return 0;
}
