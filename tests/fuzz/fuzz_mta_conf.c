/* SPDX-License-Identifier: BSD-2-Clause */
/* What MTAs are configured by, as an audit reads it: Exim's file, Dovecot's,
 * and tables of Postfix and Sendmail. */
#include "survey.h"

#include "mta/rules/dovecot_conf.h"
#include "mta/rules/exim_rules.h"
#include "mta/rules/table.h"

static void
check_row(struct survey *survey, const struct source *source,
	const struct table_row *row, void *ctx)
{
	(void)survey, (void)source;
	FUZZ_ASSERT(row->line > 0 && row->line >= *(unsigned *)ctx);
	*(unsigned *)ctx = row->line;
}

static void
read_table(struct survey *survey, const struct source *source,
	enum table_lister lister)
{
	unsigned line = 0;
	const struct table_use use = {.directory = SLICE("/etc/postfix"),
		.lister = lister,
		.each = check_row,
		.ctx = &line};

	table_read_text(survey, &use, source);
}

static void
read_dovecot(struct survey *survey, struct slice input)
{
	struct dovecot_conf conf = {.folder = SLICE("/etc/dovecot/")};

	dovecot_conf_parse(survey, &conf, input);
	for (size_t i = 0; i < conf.count; i++)
		FUZZ_ASSERT(conf.at[i].name.len + conf.at[i].value.len <=
			input.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice input = fuzz_slice(data, size);
	struct survey survey = survey_begin();
	struct source source = survey_source(input);
	const struct exim_rules exim = {.conf = source};

	read_table(&survey, &source, TABLE_POSTMAP);
	read_table(&survey, &source, TABLE_POSTALIAS);
	read_table(&survey, &source, TABLE_MAKEMAP);
	read_dovecot(&survey, input);
	exim_rules_read(&survey, &exim);
	survey_end(&survey, input);
	return 0;
}
