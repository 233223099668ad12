/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports of tests, one function a format. */
#include "cli/test_report.h"

#include "cli/screen.h"

#include <stdio.h>

static void
add_lines(struct buf *out, const char *before, struct slice text)
{
	for (struct slice line; slice_next(&text, '\n', &line);) {
		if (line.len > 0)
			buf_printf(out, "%s%.*s\n", before, SLICE_ARG(line));
	}
}

/* "policy: name", or the file that is wrong. */
static void
add_title(struct buf *out, const struct test_result *result)
{
	if (slice_is_absent(result->name)) {
		buf_puts(out, result->path);
		return;
	}
	if (result->policy.len > 0) {
		buf_add_visible(out, result->policy);
		buf_puts(out, ": ");
	}
	buf_add_visible(out, result->name);
}

static void
add_text(struct test_report *report, const struct test_result *result)
{
	struct buf out = {0};

	if (result->passed && !report->verbose)
		return;
	buf_puts(&out, result->passed ? "ok    " : "FAIL  ");
	add_title(&out, result);
	buf_add_byte(&out, '\n');
	add_lines(&out, "      ", result->failures);
	screen_print(&out);
	buf_fini(&out);
}

static void
add_tap(struct test_report *report, const struct test_result *result)
{
	struct buf out = {0};

	if (report->count == 1)
		buf_puts(&out, "TAP version 13\n");
	buf_printf(&out, "%sok %u - ", result->passed ? "" : "not ",
		report->count);
	add_title(&out, result);
	buf_add_byte(&out, '\n');
	add_lines(&out, "# ", result->failures);
	screen_print(&out);
	buf_fini(&out);
}

/* As XML has it; control characters have no way to be written there. */
static void
add_xml(struct buf *out, struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		switch (text.p[i]) {
		case '&':
			buf_puts(out, "&amp;");
			break;
		case '<':
			buf_puts(out, "&lt;");
			break;
		case '>':
			buf_puts(out, "&gt;");
			break;
		case '"':
			buf_puts(out, "&quot;");
			break;
		default:
			buf_add_byte(out,
				text.p[i] == '\n' ||
						(unsigned char)text.p[i] >= ' '
					? text.p[i]
					: '?');
		}
	}
}

static void
add_junit(struct test_report *report, const struct test_result *result)
{
	struct buf *out = &report->body;

	buf_puts(out, "  <testcase classname=\"");
	add_xml(out,
		result->policy.len > 0 ? result->policy
				       : slice_of(result->path));
	buf_puts(out, "\" name=\"");
	add_xml(out,
		slice_is_absent(result->name) ? slice_of(result->path)
					      : result->name);
	buf_puts(out, "\" file=\"");
	add_xml(out, slice_of(result->path));
	if (result->passed) {
		buf_puts(out, "\"/>\n");
		return;
	}
	buf_puts(out, "\">\n    <failure>");
	add_xml(out, result->failures);
	buf_puts(out, "</failure>\n  </testcase>\n");
}

static void
add_json(struct test_report *report, const struct test_result *result)
{
	struct json *one = json_map(), *failures = json_list();
	struct slice rest = result->failures, line;

	if (report->cases == NULL)
		report->cases = json_list();
	json_set_text(one, "file", slice_of(result->path));
	json_set_text(one, "policy", result->policy);
	json_set_text(one, "name", result->name);
	json_set_bool(one, "passed", result->passed);
	while (slice_next(&rest, '\n', &line)) {
		if (line.len > 0)
			json_add_text(failures, line);
	}
	json_set_take(one, "failures", failures);
	json_add_take(report->cases, one);
}

void
test_report_add(void *ctx, const struct test_result *result)
{
	static void (*const adders[])(
		struct test_report *, const struct test_result *) = {
		[FORMAT_TEXT] = add_text,
		[FORMAT_TAP] = add_tap,
		[FORMAT_JUNIT] = add_junit,
		[FORMAT_JSON] = add_json,
	};
	struct test_report *report = ctx;

	report->count++;
	adders[report->format](report, result);
}

/* Is it one that tests are to be about? */
static bool
speaks(const struct sigma_rule *rule)
{
	return rule->kind != SIGMA_FILTER && !rule->silent;
}

static void
print_coverage(const struct test_run *run)
{
	size_t count = sigma_program_rules(run->program), covered = 0, all = 0;

	for (size_t i = 0; run->coverage != NULL && i < count; i++) {
		const struct sigma_rule *rule =
			sigma_program_rule(run->program, i);
		const struct test_coverage *one = &run->coverage[i];

		if (!speaks(rule))
			continue;
		all++;
		covered += one->hits > 0 && one->misses > 0;
		if (one->hits == 0 || one->misses == 0) {
			(void)printf("%-38.*s %s\n",
				SLICE_ARG(verdict_policy(rule)),
				one->hits > 0             ? "no near miss"
					: one->misses > 0 ? "no hit"
							  : "no hit, no near "
							    "miss");
		}
	}
	if (run->coverage != NULL) {
		(void)printf("%zu of %zu policies have a hit and a near miss\n",
			covered, all);
	}
}

/* Policies that no test file is about; where any file is about one. */
static void
print_untested(const struct test_run *run)
{
	struct slice name;
	size_t at = 0;

	if (run->tested.len == 0)
		return;
	while (!slice_is_absent(name = test_run_untested(run, &at)))
		(void)printf("note: no test is about %.*s\n", SLICE_ARG(name));
}

static void
end_text(const struct test_report *report, const struct test_run *run)
{
	if (!report->quiet) {
		print_untested(run);
		(void)printf(
			"%u passed, %u failed\n", run->passed, run->failed);
	}
	print_coverage(run);
}

static void
end_junit(const struct test_report *report, const struct test_run *run)
{
	struct buf out = {0};

	buf_printf(&out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuite name=\"forwarden\" tests=\"%u\" "
		"failures=\"%u\">\n",
		report->count, run->failed);
	buf_add(&out, buf_slice(&report->body));
	buf_puts(&out, "</testsuite>\n");
	screen_print(&out);
	buf_fini(&out);
}

static struct json *
json_of_coverage(const struct test_run *run)
{
	struct json *all = json_list();

	for (size_t i = 0; i < sigma_program_rules(run->program); i++) {
		const struct sigma_rule *rule =
			sigma_program_rule(run->program, i);
		struct json *one;

		if (!speaks(rule))
			continue;
		one = json_map();
		json_set_text(one, "policy", verdict_policy(rule));
		json_set_number(one, "hits", run->coverage[i].hits);
		json_set_number(one, "near_misses", run->coverage[i].misses);
		json_add_take(all, one);
	}
	return all;
}

static void
end_json(struct test_report *report, const struct test_run *run)
{
	struct json *all = json_map();

	json_set_number(all, "passed", run->passed);
	json_set_number(all, "failed", run->failed);
	json_set_take(all, "tests",
		report->cases != NULL ? report->cases : json_list());
	if (run->coverage != NULL)
		json_set_take(all, "coverage", json_of_coverage(run));
	screen_print_json(all);
}

void
test_report_end(struct test_report *report, const struct test_run *run)
{
	switch (report->format) {
	case FORMAT_TEXT:
		end_text(report, run);
		break;
	case FORMAT_TAP:
		(void)printf("1..%u\n", report->count);
		break;
	case FORMAT_JUNIT:
		end_junit(report, run);
		break;
	case FORMAT_JSON:
		end_json(report, run);
		break;
	}
	buf_fini(&report->body);
}
