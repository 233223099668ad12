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
 * What is excused is weighed apart, and all of it together is worth little: an
 * exemption is a reason to doubt the inference, though the reason may be
 * wrong, or forged. A flow that has nothing else stays below the floor.
 */
#include "forward/confidence.h"

#define SERVER_RULE_MS 5000 /* measured: a redirect takes 0 to 2 s */
#define CLIENT_RULE_MS 20000 /* a mail program's rule, polling often */
#define PLAUSIBLE_MS 120000 /* ... or seldom; a quick person, too */

unsigned
confidence_of_speed(int64_t delay_ms)
{
	if (delay_ms < 0 || delay_ms > PLAUSIBLE_MS)
		return 0;
	if (delay_ms <= SERVER_RULE_MS)
		return 30;
	return delay_ms <= CLIENT_RULE_MS ? 20 : 10;
}

/* The strongest row of each family that has this standing. */
static void
weigh_families(const struct observation *seen, size_t count,
	enum standing least, enum standing most,
	unsigned families[FAMILY_COUNT])
{
	unsigned speed = 0;

	for (size_t i = 0; i < FAMILY_COUNT; i++)
		families[i] = 0;
	for (size_t i = 0; i < count; i++) {
		unsigned *family =
			&families[evidence_row(seen[i].evidence)->family];

		if (seen[i].standing < least || seen[i].standing > most)
			continue;
		if (seen[i].evidence == EVIDENCE_MACHINE_SPEED) {
			speed = seen[i].confidence;
		} else if (seen[i].confidence > *family) {
			*family = seen[i].confidence;
		}
	}
	if (families[FAMILY_STORE] > 0)
		families[FAMILY_STORE] += speed;
	for (size_t i = 0; i < FAMILY_COUNT; i++) {
		if (families[i] > CONFIDENCE_FAMILY_MAX)
			families[i] = CONFIDENCE_FAMILY_MAX;
	}
}

/* The probability that a family is wrong. */
static double
doubt_of(unsigned family)
{
	return 1.0 - family / 100.0;
}

static unsigned
percent_of(double doubts)
{
	unsigned percent = (unsigned)((1.0 - doubts) * 100.0 + 0.5);

	return percent > CONFIDENCE_MAX ? CONFIDENCE_MAX : percent;
}

/* A family that counts says nothing new by a weaker row that is excused. */
unsigned
confidence_combine(const struct observation *seen, size_t count)
{
	unsigned counts[FAMILY_COUNT], excused[FAMILY_COUNT];
	double sure = 1.0, rest = 1.0;

	weigh_families(seen, count, STANDING_COUNTS, STANDING_COUNTS, counts);
	weigh_families(
		seen, count, STANDING_EXCUSED, STANDING_EXCUSED, excused);
	for (size_t i = 0; i < FAMILY_COUNT; i++) {
		sure *= doubt_of(counts[i]);
		if (excused[i] > counts[i])
			rest *= doubt_of(excused[i]) / doubt_of(counts[i]);
	}
	if (rest < doubt_of(CONFIDENCE_EXCUSED_MAX))
		rest = doubt_of(CONFIDENCE_EXCUSED_MAX);
	return percent_of(sure * rest);
}

unsigned
confidence_without_excuses(const struct observation *seen, size_t count)
{
	unsigned families[FAMILY_COUNT];
	double doubts = 1.0;

	weigh_families(
		seen, count, STANDING_COUNTS, STANDING_EXCUSED, families);
	for (size_t i = 0; i < FAMILY_COUNT; i++)
		doubts *= doubt_of(families[i]);
	return percent_of(doubts);
}

void
confidence_families(const struct observation *seen, size_t count,
	enum standing standing, unsigned families[FAMILY_COUNT])
{
	weigh_families(seen, count, standing, standing, families);
}
