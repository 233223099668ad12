/* SPDX-License-Identifier: BSD-2-Clause */
/* Sendmail and Exim asked themselves. */
#include "mta/rules/oracle.h"

#include "base/clock.h"
#include "base/map.h"
#include "base/process.h"

#include <stdio.h>

#define ONE_SECONDS 10U
#define ALL_MS 60000
#define ADDRESS_BYTES 400

struct oracle {
	const char *program, *option;
	bool (*read)(struct slice line, struct slice *address);
};

/* "alice... deliverable: mailer esmtp, host mx, user drop@evil.example" */
bool
oracle_read_sendmail(struct slice line, struct slice *address)
{
	size_t user = slice_find(line, SLICE(", user "));

	if (slice_find(line, SLICE("deliverable: mailer")) == SLICE_NONE ||
		user == SLICE_NONE)
		return false;
	*address = slice_trim(slice_sub(line, user + 7, line.len));
	if (address->len > 1 && address->p[0] == '<')
		*address = slice_sub(*address, 1, address->len - 1);
	return slice_find_byte(*address, '@', 0) != SLICE_NONE;
}

/* "drop@evil.example", and indented below it by way of what. */
bool
oracle_read_exim(struct slice line, struct slice *address)
{
	if (line.len == 0 || line.p[0] == ' ' || line.p[0] == '\t' ||
		slice_find(line, SLICE(" is undeliverable")) != SLICE_NONE)
		return false;
	*address = slice_sub(line, 0, slice_find_byte(line, ' ', 0));
	return slice_find_byte(*address, '@', 0) != SLICE_NONE;
}

static struct map *
map_rules(struct survey *survey)
{
	struct map *map = map_new();
	size_t count;
	struct rule *rules = ruleset_rules(survey->set, &count);

	/* Through other mailboxes, too: the destination is what counts. */
	for (size_t i = 0; map != NULL && i < count; i++)
		(void)map_put(map, rules[i].destination, survey, NULL);
	return map;
}

static void
take(struct survey *survey, const struct oracle *oracle,
	const struct map *explained, struct slice asked, struct slice answer)
{
	struct recipients it = {.rest = answer};
	struct source source = {
		.path = arena_printf(survey->arena, "%s %s %.*s",
			oracle->program, oracle->option, SLICE_ARG(asked))};
	struct recipient one;
	struct target target;

	if (!recipients_next(&it, survey->arena, &one) ||
		!inside_resolve(survey->inside, survey->arena, one.local,
			one.domain, &target) ||
		!target.external ||
		map_find(explained, target.address.text) != NULL)
		return;
	survey_add(survey, &source,
		&(struct rule){.mailbox = inside_mailbox(
				       survey->inside, survey->arena, asked),
			.destination = target.address.text,
			.mechanism = RULE_ROUTER,
			.note = SLICE("it says so itself; no rule that was "
				      "read does it")});
}

/* Is it the program that fails, not the address? By the statuses of
 * sysexits(3): an address is unknown, or cannot be reached, by 67, 68, 69, 75;
 * Exim has 1 and 2 for that. */
static bool
says_nothing(const struct err *err)
{
	static const char *const addresses[] = {"(status 1)", "(status 2)",
		"(status 65)", "(status 67)", "(status 68)", "(status 69)",
		"(status 75)"};
	struct slice text = slice_of(err->text);

	if (slice_find(text, SLICE("configuration error")) != SLICE_NONE)
		return true;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++) {
		if (slice_find(text, slice_of(addresses[i])) != SLICE_NONE)
			return false;
	}
	return true;
}

static bool
ask_one(struct survey *survey, const struct oracle *oracle,
	const struct map *explained, struct slice asked)
{
	char address[ADDRESS_BYTES];
	const char *argv[] = {oracle->program, oracle->option, address, NULL};
	struct buf text = {0};
	struct err err = {0};

	/* An option's sign is no address's first. */
	if (asked.len >= sizeof(address) || asked.p[0] == '-')
		return true;
	(void)snprintf(address, sizeof(address), "%.*s", SLICE_ARG(asked));
	bool ran =
		process_run(&(struct process_job){argv, {NULL, 0}, ONE_SECONDS},
			&text, &err) ||
		text.len > 0;
	struct slice rest = buf_slice(&text);
	for (struct slice line, answer; slice_next(&rest, '\n', &line);) {
		if (oracle->read(line, &answer)) {
			take(survey, oracle, explained, asked, answer);
			ran = true;
		}
	}
	buf_fini(&text);
	if (!ran && says_nothing(&err)) {
		survey_unread(survey, slice_of(oracle->program), err.text);
		return false;
	}
	return true;
}

static void
ask_all(struct survey *survey, const struct oracle *oracle)
{
	const int64_t until = clock_monotonic_ms() + ALL_MS;
	struct map *explained = map_rules(survey);
	bool answers = explained != NULL;
	size_t i = 0;

	while (answers && i < survey->known_count &&
		clock_monotonic_ms() < until) {
		answers = ask_one(survey, oracle, explained, survey->known[i]);
		i += answers;
	}
	if (answers && i < survey->known_count) {
		survey_unread(survey, slice_of(oracle->program),
			arena_printf(survey->arena,
				"asked for %zu of %zu addresses: there was "
				"no time for the others",
				i, survey->known_count)
				.p);
	}
	if (explained != NULL)
		map_free(explained, NULL);
}

void
oracle_ask_sendmail(struct survey *survey, const char *program)
{
	ask_all(survey, &(struct oracle){program, "-bv", oracle_read_sendmail});
}

void
oracle_ask_exim(struct survey *survey, const char *program)
{
	ask_all(survey, &(struct oracle){program, "-bt", oracle_read_exim});
}
