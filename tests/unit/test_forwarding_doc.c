/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * docs/forwarding.md shows the table of evidence and what each platform's
 * mail comes to. Both are made here, and the document must hold every line of
 * them: `test_forwarding_doc --print` prints what belongs there.
 */
#include "flowcase.h"
#include "letter.h"
#include "rows.h"

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#define DOCUMENT "/docs/forwarding.md"
#define DOCUMENT_BYTES_MAX (256 * 1024)

static void
evidence_line(struct buf *line, enum evidence evidence)
{
	const struct evidence_row *row = evidence_row(evidence);

	buf_printf(line, "| `%s` | %s | %s | %s | %s | %s%u |", row->name,
		row->reads, row->sentence, evidence_family_name(row->family),
		row->names_mailbox ? "yes" : "no",
		evidence == EVIDENCE_MACHINE_SPEED ? "+10 to +" : "",
		row->confidence);
}

static const struct flowcase *
find_case(const char *name)
{
	for (size_t group = 0; group < PLATFORM_GROUPS; group++) {
		for (size_t i = 0; i < platform_groups[group]->count; i++) {
			if (strcmp(platform_groups[group]->rows[i].name,
				    name) == 0)
				return &platform_groups[group]->rows[i];
		}
	}
	fail_msg("no case is called %s", name);
	return NULL;
}

static void
platform_line(struct buf *line, const struct platform *platform)
{
	const struct flow *flow;
	struct slice names, name;
	struct letter letter;

	letter_open(&letter);
	flow = flowcase_infer(find_case(platform->name), &letter);
	names = slice_of(flowcase_evidence(&letter, flow->evidence));
	buf_printf(line, "| %s | %s | %s | %u |", platform->shown,
		platform->where, evidence_kind_name(flow->kind),
		flow->confidence);
	while (slice_next(&names, ' ', &name))
		buf_printf(line, " `%.*s`", SLICE_ARG(name));
	buf_puts(line, " |");
	letter_close(&letter);
}

static struct slice
read_document(char *text)
{
	const char *top = getenv("TOP_SRCDIR");
	char path[1024];
	FILE *file;
	size_t len;

	(void)snprintf(
		path, sizeof(path), "%s" DOCUMENT, top != NULL ? top : ".");
	file = fopen(path, "r");
	if (file == NULL)
		fail_msg("%s cannot be read", path);
	len = fread(text, 1, DOCUMENT_BYTES_MAX, file);
	fclose(file);
	return (struct slice){text, len};
}

static void
expect(struct slice document, struct buf *line)
{
	assert_true(buf_ok(line));
	buf_add_byte(line, '\n');
	if (slice_find(document, buf_slice(line)) == SLICE_NONE)
		fail_msg("docs/forwarding.md lacks: %s", line->p);
	buf_reset(line);
}

static char document_text[DOCUMENT_BYTES_MAX];

static void
shows_evidence(void **state)
{
	struct slice document = read_document(document_text);
	struct buf line = {0};

	(void)state;
	for (size_t i = 0; i < EVIDENCE_COUNT; i++) {
		evidence_line(&line, (enum evidence)i);
		expect(document, &line);
	}
	buf_fini(&line);
}

static void
shows_platforms(void **state)
{
	struct slice document = read_document(document_text);
	struct buf line = {0};

	(void)state;
	for (size_t i = 0; i < platform_count; i++) {
		platform_line(&line, &platforms[i]);
		expect(document, &line);
	}
	buf_fini(&line);
}

static int
print_tables(void)
{
	struct buf line = {0};

	puts("| evidence | read from | what it says | family | names the "
	     "mailbox | confidence |\n| --- | --- | --- | --- | --- | --- |");
	for (size_t i = 0; i < EVIDENCE_COUNT; i++) {
		evidence_line(&line, (enum evidence)i);
		puts(line.p);
		buf_reset(&line);
	}
	puts("\n| platform | seen at | kind | confidence | evidence |\n"
	     "| --- | --- | --- | --- | --- |");
	for (size_t i = 0; i < platform_count; i++) {
		platform_line(&line, &platforms[i]);
		puts(line.p);
		buf_reset(&line);
	}
	buf_fini(&line);
	return 0;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_evidence),
		cmocka_unit_test(shows_platforms),
	};

	if (argc > 1 && strcmp(argv[1], "--print") == 0)
		return print_tables();
	return cmocka_run_group_tests_name(
		"the forwarding document", tests, NULL, NULL);
}
