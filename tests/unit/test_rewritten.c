/* SPDX-License-Identifier: BSD-2-Clause */
/* Rewritten envelope senders: each scheme, its near misses, its forgeries. */
#include "rows.h"

#include "forward/rewritten.h"
#include "mail/path.h"

static const struct row {
	const char *name;
	const char *sender;
	enum rewritten_scheme scheme;
	const char *mailbox, *original, *destination; /* NULL: absent */
} rows[] = {
	{"plain", "<alice@example.com>", REWRITTEN_NONE, NULL, NULL, NULL},
	{"null sender", "<>", REWRITTEN_NONE, NULL, NULL, NULL},
	{"SRS0", "<SRS0=aBcD=Z4=partner.example=bob@example.com>",
		REWRITTEN_SRS0, NULL, "bob@partner.example", NULL},
	{"SRS0 with plus", "<SRS0+aBcD=Z4=partner.example=bob@example.com>",
		REWRITTEN_SRS0, NULL, "bob@partner.example", NULL},
	{"SRS0 with minus", "<srs0-aBcD=Z4=partner.example=bob@example.com>",
		REWRITTEN_SRS0, NULL, "bob@partner.example", NULL},
	{"SRS0 whose original holds an equals sign",
		"<SRS0=aBcD=Z4=partner.example=b=ob@example.com>",
		REWRITTEN_SRS0, NULL, "b=ob@partner.example", NULL},
	{"SRS1",
		"<SRS1=xyz=relay.example==aBcD=Z4=partner.example=bob@"
		"example.com>",
		REWRITTEN_SRS1, NULL, "bob@partner.example", NULL},
	{"SRS1 around plus",
		"<SRS1=xyz=relay.example=+aBcD=Z4=partner.example=bob@"
		"example.com>",
		REWRITTEN_SRS1, NULL, "bob@partner.example", NULL},
	{"Exchange +SRS=",
		"<alice+SRS=Ab1Cd=XY=partner.example=bob@example.com>",
		REWRITTEN_SRS_MAILBOX, "alice@example.com",
		"bob@partner.example", NULL},
	{"Exchange bounces+SRS=", "<bounces+SRS=Ab1Cd=XY@example.com>",
		REWRITTEN_SRS_BOUNCES, NULL, NULL, NULL},
	{"caf", "<alice+caf_=drop=freemail.example@example.com>", REWRITTEN_CAF,
		"alice@example.com", NULL, "drop@freemail.example"},
	{"caf whose destination holds an equals sign",
		"<alice+caf_=dr=op=freemail.example@example.com>",
		REWRITTEN_CAF, "alice@example.com", NULL,
		"dr=op@freemail.example"},
	{"caf in capitals", "<Alice+CAF_=Drop=FreeMail.example@example.com>",
		REWRITTEN_CAF, "alice@example.com", NULL,
		"drop@freemail.example"},
	{"BATV", "<prvs=3123abcdef=alice@example.com>", REWRITTEN_BATV,
		"alice@example.com", NULL, NULL},
	{"BATV, older order", "<prvs=alice/3123abcdef@example.com>",
		REWRITTEN_BATV, "alice@example.com", NULL, NULL},
	{"BATV of a Barracuda", "<btv1==123456789ab==alice@example.com>",
		REWRITTEN_BATV, "alice@example.com", NULL, NULL},

	{"SRS0 without an original", "<SRS0=aBcD=Z4=@example.com>",
		REWRITTEN_NONE, NULL, NULL, NULL},
	{"SRS0 cut short", "<SRS0=aBcD@example.com>", REWRITTEN_NONE, NULL,
		NULL, NULL},
	{"SRS0 with no separator", "<SRS0aBcD=Z4=p.example=bob@example.com>",
		REWRITTEN_NONE, NULL, NULL, NULL},
	{"SRS0 with a long time stamp",
		"<SRS0=aBcD=123456789=p.example=bob@example.com>",
		REWRITTEN_NONE, NULL, NULL, NULL},
	{"SRS1 without an inner SRS0", "<SRS1=xyz=relay.example=@example.com>",
		REWRITTEN_NONE, NULL, NULL, NULL},
	{"+SRS= with nobody before it",
		"<+SRS=Ab1Cd=XY=partner.example=bob@example.com>",
		REWRITTEN_NONE, NULL, NULL, NULL},
	{"caf without a destination", "<alice+caf_=@example.com>",
		REWRITTEN_NONE, NULL, NULL, NULL},
	{"caf with half a destination", "<alice+caf_=drop@example.com>",
		REWRITTEN_NONE, NULL, NULL, NULL},
	{"caf with an empty destination", "<alice+caf_==x@example.com>",
		REWRITTEN_NONE, NULL, NULL, NULL},
	{"prvs without an address", "<prvs=3123abcdef=@example.com>",
		REWRITTEN_NONE, NULL, NULL, NULL},
	{"prvs with a tag of other letters", "<prvs=31-3ab=alice@example.com>",
		REWRITTEN_NONE, NULL, NULL, NULL},
	{"VERP is none of them", "<news-bounces+drop=x.example@example.com>",
		REWRITTEN_NONE, NULL, NULL, NULL},
	{"no domain", "<SRS0=aBcD=Z4=partner.example=bob>", REWRITTEN_NONE,
		NULL, NULL, NULL},
};

static void
check_address(const struct address *address, const char *expected)
{
	struct slice want = slice_of(expected != NULL ? expected : "");

	assert_int_equal(address->text.len, want.len);
	if (want.len > 0)
		assert_memory_equal(address->text.p, want.p, want.len);
}

static void
check_row(void **state)
{
	const struct row *row = *state;
	struct arena *arena = arena_new(1024 * 1024);
	struct address sender;
	struct rewritten parts;

	assert_true(path_parse(arena, slice_of(row->sender), &sender));
	parts = rewritten_parse(arena, &sender);
	assert_int_equal(parts.scheme, row->scheme);
	check_address(&parts.mailbox, row->mailbox);
	check_address(&parts.original, row->original);
	check_address(&parts.destination, row->destination);
	arena_free(arena);
}

/* Every cut and every doubled byte of every sender above is survived, and
 * what comes back is a mailbox or absent. */
static void
mutations(void **state)
{
	struct arena *arena = arena_new(64 * 1024 * 1024);

	(void)state;
	for (size_t row = 0; row < sizeof(rows) / sizeof(*rows); row++) {
		struct slice whole = slice_of(rows[row].sender);

		for (size_t cut = 1; cut < whole.len; cut++) {
			struct address sender;
			struct rewritten parts;
			struct slice path = arena_printf(arena, "%.*s%c%.*s",
				(int)cut, whole.p, whole.p[cut],
				(int)(whole.len - cut), whole.p + cut);

			assert_true(path_parse(arena, path, &sender));
			parts = rewritten_parse(arena, &sender);
			assert_true(parts.mailbox.text.len == 0 ||
				address_is_mailbox(&parts.mailbox));
			assert_true(parts.destination.text.len == 0 ||
				address_is_mailbox(&parts.destination));
			path = slice_sub(whole, 0, cut);
			assert_true(path_parse(arena, path, &sender));
			(void)rewritten_parse(arena, &sender);
		}
		arena_reset(arena);
	}
	arena_free(arena);
}

int
main(void)
{
	static const struct {
		const char *name;
	} all[] = {{"mutations of all of them"}};
	struct rows tests = {NULL, 0};

	ROWS_ADD(&tests, rows, check_row);
	ROWS_ADD(&tests, all, mutations);
	return rows_run(&tests, "rewritten");
}
