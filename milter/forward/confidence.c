/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Confidence.
 *
 * Each row of evidence has a confidence of its own: of a hundred flows that
 * show this row and nothing else, bound to a local mailbox, so many are
 * forwards. Rows of one family are different words for one cause. Exchange
 * that stamps a rule's loop mark also stamps ExtFwd; a delivery that writes
 * Delivered-To also writes "for". Adding them up would count one witness
 * twice, so a family is worth its strongest row.
 *
 * Families are witnesses that do not talk to each other: the MTA's envelope,
 * a product's header field, our trace lines, who writes to whom, the store's
 * memory, the words of the subject. If each is wrong with the probability
 * 1 - c on its own, all of them are wrong together with the product of those:
 *
 *	confidence = 1 - product over families of (1 - strongest row)
 *
 * (a noisy-or). They are not wholly independent, which the bounds allow for:
 * one family alone is never over 97, all together never over 99.
 *
 * The delay adds points to its own family rather than being one of its own: a
 * message that leaves two seconds after it came is the more surely the same
 * one, but speed without a remembered message says nothing at all.
 *
 * An excused observation counts a quarter: an exemption is a reason to doubt
 * the inference, and a reason may be wrong, or forged. That keeps an exempt
 * flow below the floor unless several families insist.
 */
#include "forward/confidence.h"

#define SERVER_RULE_MS 5000 /* measured: a redirect takes 0 to 2 s */
#define CLIENT_RULE_MS 20000 /* a mail program's rule, polling often */
#define PLAUSIBLE_MS 120000 /* ... or seldom; a quick person, too */
#define EXCUSED_DIVISOR 4

unsigned
confidence_of_speed(int64_t delay_ms)
{
	if (delay_ms < 0 || delay_ms > PLAUSIBLE_MS)
		return 0;
	if (delay_ms <= SERVER_RULE_MS)
		return 30;
	return delay_ms <= CLIENT_RULE_MS ? 20 : 10;
}

static unsigned
weight(const struct observation *seen)
{
	switch (seen->standing) {
	case STANDING_COUNTS:
		return seen->confidence;
	case STANDING_EXCUSED:
		return seen->confidence / EXCUSED_DIVISOR;
	case STANDING_FOREIGN:
	case STANDING_OTHER:
	case STANDING_OUTSIDE:
	case STANDING_UNBOUND:
	case STANDING_COUNT:
		break;
	}
	return 0;
}

unsigned
confidence_combine(const struct observation *seen, size_t count)
{
	unsigned families[FAMILY_COUNT] = {0}, speed = 0;
	double doubt = 1.0;
	size_t i;

	for (i = 0; i < count; i++) {
		enum evidence_family family =
			evidence_row(seen[i].evidence)->family;

		if (seen[i].evidence == EVIDENCE_MACHINE_SPEED)
			speed = weight(&seen[i]);
		else if (weight(&seen[i]) > families[family])
			families[family] = weight(&seen[i]);
	}
	if (families[FAMILY_STORE] > 0)
		families[FAMILY_STORE] += speed;
	for (i = 0; i < FAMILY_COUNT; i++) {
		if (families[i] > CONFIDENCE_FAMILY_MAX)
			families[i] = CONFIDENCE_FAMILY_MAX;
		doubt *= 1.0 - families[i] / 100.0;
	}
	i = (size_t)((1.0 - doubt) * 100.0 + 0.5);
	return i > CONFIDENCE_MAX ? CONFIDENCE_MAX : (unsigned)i;
}
