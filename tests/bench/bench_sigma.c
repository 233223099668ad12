/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_sigma: what a message costs with 25, 50, 500 and 5,000 policies in
 * the manner of the shipped pack, for mail of three kinds: inbound (no flow),
 * outbound, forwarded.
 */
#include "../unit/sigma_settings.h"
#include "base/clock.h"
#include "sigma/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROUNDS 20000
#define ARENA_BYTES ((size_t)1 << 20)
#define SERVICE_MESSAGE 1U
#define SERVICE_FORWARD 2U

/* The fields of a message, as a mail binding would have them. */
static const struct row {
	const char *name;
	enum sigma_type type;
	enum sigma_scope scope;
	const char *inbound, *outbound, *forwarded;
} rows[] = {
	{"email.direction", SIGMA_TEXT, SCOPE_MESSAGE, "inbound", "outbound",
		"outbound"},
	{"email.subject", SIGMA_TEXT, SCOPE_MESSAGE,
		"Re: minutes of the meeting on Thursday",
		"Offer for the new conference rooms",
		"FW: Invoice 4711 for your order of 21 November"},
	{"email.from.address", SIGMA_TEXT, SCOPE_MESSAGE, "bob@partner.example",
		"alice@example.com", "bob@partner.example"},
	{"email.from.domain", SIGMA_TEXT, SCOPE_MESSAGE, "partner.example",
		"example.com", "partner.example"},
	{"header.x-mailer", SIGMA_TEXT, SCOPE_MESSAGE, "Microsoft Outlook 16.0",
		"Thunderbird 128.0", "Microsoft Outlook 16.0"},
	{"source.ip", SIGMA_IP, SCOPE_MESSAGE, "203.0.113.9", "10.1.2.3",
		"127.0.0.1"},
	{"message.list", SIGMA_BOOL, SCOPE_MESSAGE, "false", "false", "false"},
	{"message.recipients", SIGMA_NUMBER, SCOPE_MESSAGE, "1", "2", "1"},
	{"mailbox.address", SIGMA_TEXT, SCOPE_FLOW, NULL, NULL,
		"alice@example.com"},
	{"rcpt.address", SIGMA_TEXT, SCOPE_FLOW, "alice@example.com",
		"bob@partner.example", "alice.private@freemail7.example"},
	{"rcpt.domain", SIGMA_TEXT, SCOPE_FLOW, "example.com",
		"partner.example", "freemail7.example"},
	{"rcpt.external", SIGMA_BOOL, SCOPE_FLOW, "false", "true", "true"},
	{"forward.kind", SIGMA_TEXT, SCOPE_FLOW, "none", "none", "redirect"},
	{"forward.evidence", SIGMA_TEXT, SCOPE_FLOW, NULL, NULL,
		"delivered-to"},
	{"forward.confidence", SIGMA_NUMBER, SCOPE_FLOW, "0", "0", "95"},
};
#define ROW_COUNT (sizeof(rows) / sizeof(*rows))

static bool
resolve(const void *ctx, struct slice name, struct sigma_field *out)
{
	(void)ctx;
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (slice_equal(name, slice_of(rows[i].name))) {
			out->id = (int)i;
			out->type = rows[i].type;
			out->scope = rows[i].scope;
			return true;
		}
	}
	return false;
}

static const struct sigma_schema schema = {.resolve = resolve};

static struct sigma_value values[3][ROW_COUNT];

static void
make_values(void)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		const char *texts[3] = {
			rows[i].inbound, rows[i].outbound, rows[i].forwarded};

		for (size_t k = 0; k < 3; k++) {
			values[k][i] = (struct sigma_value){slice_of(texts[k]),
				texts[k] != NULL ? atof(texts[k]) : 0};
		}
	}
}

static struct sigma_values
values_of(const void *ctx, const struct sigma_field *field, struct arena *arena)
{
	const struct sigma_value *row = ctx;

	(void)arena;
	if (row[field->id].text.p == NULL)
		return (struct sigma_values){NULL, 0};
	return (struct sigma_values){&row[field->id], 1};
}

/* Detections after the shipped pack's pattern; %d makes each its own. */
static const char *const shapes[] = {
	"    forward.kind: [redirect, forward]\n    rcpt.external: true\n"
	"    rcpt.domain: 'drop%d.example'\n",
	"    forward.kind: redirect\n"
	"    rcpt.domain|endswith: ['.evil%d.example', '.bad%d.example']\n",
	"    forward.kind: [redirect, forward, copy]\n"
	"    email.subject|contains: ['secret %d', 'payroll %d']\n",
	"    forward.evidence: 'inbox-rules-loop'\n"
	"    mailbox.address: 'user%d@example.com'\n",
	"    rcpt.external: true\n"
	"    email.subject|re|i: '\\bproject-%d[0-9]{2}\\b'\n",
	"    forward.confidence|gte: 80\n"
	"    rcpt.address|startswith: 'leak%d.'\n",
	"    header.x-mailer|contains: 'Mailer/%d'\n"
	"    forward.kind: forward\n",
	"    email.from.domain: 'supplier%d.example'\n"
	"    rcpt.external: true\n    message.list: false\n",
	"    forward.kind: redirect\n    rcpt.external: true\n"
	"    email.from.address|endswith: '@vip%d.example'\n",
};
#define SHAPE_COUNT (sizeof(shapes) / sizeof(*shapes))

static void
write_policy(struct buf *out, unsigned number)
{
	const char *shape = shapes[number % SHAPE_COUNT];
	bool forward = number % SHAPE_COUNT < 4;

	buf_printf(out,
		"---\ntitle: policy %u\nname: policy-%u\nlogsource: "
		"{category: email, product: forwarden%s}\n"
		"detection:\n  selection:\n",
		number, number, forward ? ", service: forward" : "");
	for (const char *at = shape; *at != '\0'; at++) {
		if (at[0] == '%' && at[1] == 'd') {
			buf_printf(out, "%u", number);
			at++;
		} else {
			buf_add_byte(out, *at);
		}
	}
	buf_puts(out,
		"  filter:\n    message.list: true\n"
		"  condition: selection and not filter\nlevel: medium\n");
}

/* What really matches forwarded mail, as in the shipped pack. */
static const char live[] =
	"---\ntitle: redirect\nname: redirect\nlogsource: {category: email, "
	"product: forwarden, service: forward}\ndetection:\n  selection:\n"
	"    forward.kind: redirect\n    rcpt.external: true\n"
	"  condition: selection\nlevel: medium\n"
	"---\ntitle: burst\nlevel: high\ncorrelation:\n  type: event_count\n"
	"  rules: [redirect]\n  group-by: [mailbox.address]\n"
	"  timespan: 1h\n  condition: {gte: 20}\n";

#define POLICIES_A_FILE 500

static void
write_file(const char *directory, unsigned from, unsigned to)
{
	struct buf text = {0};
	char path[128];
	FILE *out;

	if (from == 0)
		buf_puts(&text, live);
	for (unsigned i = from; i < to; i++)
		write_policy(&text, i);
	(void)snprintf(path, sizeof(path), "%s/%u.yaml", directory, from);
	out = fopen(path, "w");
	if (out == NULL || fputs(text.p, out) < 0 || fclose(out) != 0) {
		perror(path);
		exit(1);
	}
	buf_fini(&text);
}

static void
remove_files(const char *directory, unsigned count)
{
	char path[128];

	for (unsigned i = 0; i < count; i += POLICIES_A_FILE) {
		(void)snprintf(path, sizeof(path), "%s/%u.yaml", directory, i);
		(void)unlink(path);
	}
	(void)rmdir(directory);
}

static struct sigma_program *
load_directory(const char *directory)
{
	static const char *const services[] = {"message", "forward", NULL};
	struct diags *diags = diags_new();
	struct sigma_options options;
	struct sigma_program *program;
	struct buf text = {0};

	sigma_options_init(&options);
	options.schema = &schema;
	options.category = "email";
	options.product = "forwarden";
	options.services = services;
	program = sigma_program_load(&directory, 1, &options, diags);
	diags_print(diags, &text);
	if (program == NULL)
		fprintf(stderr, "%s", text.p);
	buf_fini(&text);
	diags_free(diags);
	return program;
}

static struct sigma_program *
load(unsigned count)
{
	char directory[] = "/tmp/bench_sigma.XXXXXX";
	struct sigma_program *program;

	if (mkdtemp(directory) == NULL) {
		perror(directory);
		exit(1);
	}
	for (unsigned i = 0; i < count; i += POLICIES_A_FILE) {
		write_file(directory, i,
			i + POLICIES_A_FILE < count ? i + POLICIES_A_FILE
						    : count);
	}
	program = load_directory(directory);
	remove_files(directory, count);
	return program;
}

static size_t
run_once(const struct sigma_program *program, struct arena *arena, int kind)
{
	struct sigma_record record = {.ctx = values[kind],
		.values = values_of,
		.services = kind == 2 ? SERVICE_MESSAGE | SERVICE_FORWARD
				      : SERVICE_MESSAGE};
	struct sigma_run *run;
	size_t hits, notes;

	arena_reset(arena);
	run = sigma_run_new(program, arena, &record);
	if (run == NULL || !sigma_run_flow(run, &record, SLICE("identity")))
		abort();
	(void)sigma_run_notes(run, &notes);
	(void)sigma_run_finish(run, &hits);
	return hits + notes;
}

/* Nanoseconds a message, the best of several rounds. */
static double
measure(const struct sigma_program *program, int kind, size_t *found)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	double best = 1e18;

	for (int round = 0; round < 5; round++) {
		int64_t start = clock_monotonic_us();
		double took;

		for (int i = 0; i < ROUNDS / 5; i++)
			*found = run_once(program, arena, kind);
		took = (double)(clock_monotonic_us() - start) * 1000 /
			(ROUNDS / 5);
		best = took < best ? took : best;
	}
	arena_free(arena);
	return best;
}

int
main(void)
{
	static const unsigned counts[] = {25, 50, 500, 5000};
	double first[3] = {0, 0, 0};

	make_values();
	printf("%-10s %12s %12s %12s   (ns a message; times those of 50)\n",
		"policies", "inbound", "outbound", "forwarded");
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		struct sigma_program *program = load(counts[i]);

		if (program == NULL)
			return 1;
		printf("%-10u", counts[i]);
		for (int kind = 0; kind < 3; kind++) {
			size_t found;
			double ns = measure(program, kind, &found);

			if (counts[i] == 50)
				first[kind] = ns;
			printf(" %6.0f %4.1fx", ns,
				first[kind] > 0 ? ns / first[kind] : 1.0);
		}
		printf("\n");
		sigma_program_free(program);
	}
	return 0;
}
