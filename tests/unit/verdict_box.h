/* SPDX-License-Identifier: BSD-2-Clause */
/* A sandbox with policies in the test's own text, for tests of verdict/. */
#ifndef TESTS_UNIT_VERDICT_BOX_H
#define TESTS_UNIT_VERDICT_BOX_H

#include "lab/sandbox.h"
#include "settings.h"
#include "verdict/policies.h"

#include <stdio.h>
#include <stdlib.h>

#define BOX_AT INT64_C(1767603600000) /* Monday, 2026-01-05T09:00:00Z */

/* Every redirect; its level is to be written behind it. */
#define BOX_REDIRECT_POLICY                                                    \
	"title: Redirect\n"                                                    \
	"id: 11111111-0000-4000-8000-000000000001\n"                           \
	"name: redirect\n"                                                     \
	"status: stable\n"                                                     \
	"logsource: {category: email, product: forwarden, service: forward}\n" \
	"detection:\n"                                                         \
	"  selection: {forward.kind: redirect}\n"                              \
	"  condition: selection\n"                                             \
	"level: "

struct box {
	struct realm *realm;
	struct sigma_program *program;
	struct sandbox *sandbox;
	struct arena *arena;
};

static inline struct sigma_program *
box_program(const char *policies)
{
	struct diags *diags = diags_new();
	struct sigma_options options = config_sigma_options(settings());
	struct sigma_program *program;
	struct buf text = {0};

	program = sigma_program_parse(
		"test", slice_of(policies), &options, diags);
	if (program == NULL) {
		diags_print(diags, &text);
		fputs(text.p, stderr);
		abort();
	}
	buf_fini(&text);
	diags_free(diags);
	return program;
}

/* policies may be NULL; with a key the store never sees an address. */
static inline void
box_open_with_key(struct box *box, const char *policies, enum mode mode,
	struct slice hash_key)
{
	struct sandbox_options options = {
		.judge = config_judge_options(settings()),
		.limits = config_message_limits(settings()),
		.store = config_store_options(settings()),
		.at_ms = BOX_AT,
	};
	struct err err = {0};

	setenv("TZ", "UTC", 1);
	box->realm = realm_new();
	realm_add_domain(box->realm, SLICE("example.com"), &err);
	realm_add_network(box->realm, SLICE("127.0.0.0/8"), &err);
	realm_add_network(box->realm, SLICE("10.0.0.0/8"), &err);
	box->program = policies != NULL ? box_program(policies) : NULL;
	options.realm = box->realm;
	options.store.hash_key = hash_key;
	options.judge.program = box->program;
	options.judge.respond.mode = mode;
	box->sandbox = sandbox_new(&options, &err);
	box->arena = arena_new(8 * 1024 * 1024);
	if (box->sandbox == NULL || box->arena == NULL)
		abort();
}

static inline void
box_open(struct box *box, const char *policies, enum mode mode)
{
	box_open_with_key(box, policies, mode, (struct slice){0});
}

static inline void
box_close(struct box *box)
{
	sandbox_free(box->sandbox);
	sigma_program_free(box->program);
	realm_free(box->realm);
	arena_free(box->arena);
}

/* A redirect of alice's mail to the path, as Postfix makes it. */
static inline struct letter
box_redirect(struct slice *rcpt, const char *to, const char *header)
{
	struct letter letter = {
		.client = {.ip = SLICE("127.0.0.1"),
			.name = SLICE("localhost")},
		.mail_from = SLICE("<bob@partner.example>"),
		.rcpts = rcpt,
		.rcpt_count = 1,
		.header = slice_of(header),
		.queue_id = SLICE("4A1B2C3D"),
	};

	*rcpt = slice_of(to);
	return letter;
}

#endif
