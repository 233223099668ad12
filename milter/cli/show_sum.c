/* SPDX-License-Identifier: BSD-2-Clause */
/* The sum, as a person would write it down. Everything foreign is escaped. */
#include "cli/show_sum.h"

#include "forward/confidence.h"
#include "forward/evidence.h"

#define VALUE_BYTES 60

static const char *const standings[STANDING_COUNT] = {
	[STANDING_COUNTS] = "",
	[STANDING_EXCUSED] = "",
	[STANDING_FOREIGN] = "it names somebody who is none of ours",
	[STANDING_OTHER] = "it names another mailbox of ours",
	[STANDING_OUTSIDE] = "it stood there before the message came to us",
	[STANDING_UNBOUND] = "it says nothing of a mailbox of ours",
	[STANDING_UNHEARD] = "its speaker is not believed about that mailbox",
	[STANDING_CONTRADICTED] = "a better speaker names another mailbox",
};

static const char *
speaker_phrase(const struct observation *seen)
{
	static const char *const phrases[SPEAKER_COUNT] = {
		[SPEAKER_MTA] = "by our MTA",
		[SPEAKER_STORE] = "by the store",
		[SPEAKER_SOFTWARE] = "by software of ours",
		[SPEAKER_LOGIN] = "by who handed it in",
		[SPEAKER_STRANGER] = "by a stranger",
	};

	return phrases[seen->speaker];
}

static void
add_value(struct buf *out, struct slice value)
{
	buf_add_visible(out, slice_sub(value, 0, VALUE_BYTES));
	if (value.len > VALUE_BYTES)
		buf_puts(out, "...");
}

/* The family is named where it is worth this row. */
static void
add_row(const struct observation *seen, const char *family, struct buf *out)
{
	const struct evidence_row *row = evidence_row(seen->evidence);

	if (seen->evidence == EVIDENCE_MACHINE_SPEED) {
		buf_printf(out, "    %-9s+%2u  %s, %.1f s after the delivery\n",
			"", seen->confidence, row->name,
			(double)seen->delay_ms / 1000);
		return;
	}
	buf_printf(out, "    %-9s %2u  %s, %s: ", family, seen->confidence,
		row->name, speaker_phrase(seen));
	add_value(out, seen->value);
	buf_printf(out, "\n%18s%s: %s\n", "", row->reads, row->sentence);
}

static void
add_rows(const struct flow *flow, enum standing standing, struct buf *out)
{
	for (unsigned family = 0; family < FAMILY_COUNT; family++) {
		const char *name =
			evidence_family_name((enum evidence_family)family);

		for (size_t i = 0; i < flow->seen_count; i++) {
			const struct observation *seen = &flow->seen[i];

			if (seen->standing != standing ||
				evidence_row(seen->evidence)->family != family)
				continue;
			add_row(seen, name, out);
			if (seen->evidence != EVIDENCE_MACHINE_SPEED)
				name = "";
		}
	}
}

static bool
has(const struct flow *flow, enum standing standing)
{
	for (size_t i = 0; i < flow->seen_count; i++) {
		if (flow->seen[i].standing == standing)
			return true;
	}
	return false;
}

/* "1 - 0.03 x 0.25 = 0.9925" */
static void
add_product(const struct flow *flow, enum standing standing, struct buf *out)
{
	unsigned families[FAMILY_COUNT];
	double product = 1.0;
	const char *sign = "-";

	confidence_families(flow->seen, flow->seen_count, standing, families);
	buf_puts(out, "    1");
	for (size_t i = 0; i < FAMILY_COUNT; i++) {
		if (families[i] == 0)
			continue;
		buf_printf(out, " %s %.2f", sign, 1.0 - families[i] / 100.0);
		product *= 1.0 - families[i] / 100.0;
		sign = "x";
	}
	buf_printf(out, " = %.4f", 1.0 - product);
}

/* What keeps the confidence from being that sum. */
static void
add_bound(const struct flow *flow, struct buf *out)
{
	unsigned sum = confidence_combine(flow->seen, flow->seen_count);

	if (flow->kind == KIND_NONE) {
		buf_printf(out, ": under 0.%u it is not a forward",
			CONFIDENCE_FLOOR);
	} else if (sum > flow->confidence) {
		buf_printf(out,
			", but To and Cc are anybody's word on mail that "
			"began here: %u",
			flow->confidence);
	} else if (sum == CONFIDENCE_MAX) {
		buf_printf(out, ", and %u is the most", CONFIDENCE_MAX);
	} else if (sum == CONFIDENCE_FAMILY_MAX) {
		buf_printf(out, ", and one family alone is worth %u at most",
			CONFIDENCE_FAMILY_MAX);
	}
	buf_add_byte(out, '\n');
}

static void
show_counted(const struct flow *flow, struct buf *out)
{
	if (!has(flow, STANDING_COUNTS))
		return;
	buf_printf(out,
		"  Why %u: the strongest row of each family, and their doubts "
		"multiplied\n",
		flow->confidence);
	add_rows(flow, STANDING_COUNTS, out);
	add_product(flow, STANDING_COUNTS, out);
	add_bound(flow, out);
}

static void
show_excused(const struct flow *flow, struct buf *out)
{
	if (!has(flow, STANDING_EXCUSED))
		return;
	buf_printf(out, "  Excused, and all together worth %u at most\n",
		CONFIDENCE_EXCUSED_MAX);
	add_rows(flow, STANDING_EXCUSED, out);
	if (flow->would_confidence > flow->confidence) {
		buf_printf(out, "    without excuses it would be %u\n",
			flow->would_confidence);
	}
}

static void
show_uncounted(const struct flow *flow, struct buf *out)
{
	bool first = true;

	for (size_t i = 0; i < flow->seen_count; i++) {
		const struct observation *seen = &flow->seen[i];

		if (seen->standing <= STANDING_EXCUSED)
			continue;
		if (first)
			buf_puts(out, "  Seen, and not counted\n");
		first = false;
		buf_printf(out,
			"    %s, %s: ", evidence_row(seen->evidence)->name,
			speaker_phrase(seen));
		add_value(out, seen->value);
		buf_printf(out, "\n      %s\n", standings[seen->standing]);
	}
}

static void
show_excuses(const struct flow *flow, struct buf *out)
{
	static const char *const beliefs[] = {
		[BELIEF_NO] = "not believed",
		[BELIEF_UNPROVEN] = "let pass",
		[BELIEF_YES] = "believed",
	};
	bool first = true;

	for (unsigned bit = 0; bit < EXEMPTION_COUNT; bit++) {
		enum ground ground = flow->grounds[bit];

		if (ground == GROUND_UNCLAIMED)
			continue;
		if (first)
			buf_puts(out, "  Excuses\n");
		first = false;
		buf_printf(out, "    %s: %s: %s\n", flow_exemption_name(bit),
			beliefs[ground_belief(ground)],
			ground_sentence(ground));
	}
}

void
show_sum(const struct flow *flow, struct buf *out)
{
	if (flow->seen_count == 0)
		buf_puts(out, "  nothing in it tells of a forward\n");
	show_counted(flow, out);
	show_excused(flow, out);
	show_uncounted(flow, out);
	show_excuses(flow, out);
}
