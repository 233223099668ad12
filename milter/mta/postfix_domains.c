/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables and lists of Postfix, each entry held against the realm. */
#include "mta/postfix_domains.h"

#include "base/list_file.h"
#include "base/network.h"
#include "base/process.h"
#include "mail/realm.h"

#include <stdio.h>
#include <string.h>

#define PATH_BYTES 1024

/* What was looked for and not found. */
struct missing {
	const struct postfix_check *check;
	struct slice host; /* the MTA's own name: a note at most */
	struct checkup_names names;
	size_t tables; /* lists that only a lookup can tell */
};

static void
look_at_domain(struct missing *missing, struct slice domain)
{
	if (slice_find_byte(domain, '.', 0) == SLICE_NONE ||
		slice_starts_fold(domain, SLICE("localhost.")) ||
		slice_equal_fold(domain, missing->host) || domain.p[0] == '[' ||
		domain.p[0] == '!' ||
		realm_has_domain(missing->check->realm, domain))
		return;
	checkup_names_add(&missing->names, domain);
}

static void
look_at_file(struct missing *missing, struct slice path)
{
	char name[PATH_BYTES];
	struct list_file list;

	(void)snprintf(name, sizeof(name), "%.*s", SLICE_ARG(path));
	if (!list_file_open(&list, name, NULL)) {
		missing->tables++;
		return;
	}
	for (struct slice entry; list_file_next(&list, &entry);)
		look_at_domain(missing, entry);
	list_file_close(&list);
}

/* The keys of a table that can be listed: domains have no @ in them. */
static void
look_at_table(struct missing *missing, struct slice table)
{
	char name[PATH_BYTES];
	const char *argv[] = {"postmap", "-c",
		postfix_directory(missing->check->postfix), "-s", name, NULL};
	struct buf rows = {0};
	struct err err;

	(void)snprintf(name, sizeof(name), "%.*s", SLICE_ARG(table));
	if (!process_read(argv, &rows, &err))
		missing->tables++;
	struct slice rest = buf_slice(&rows);
	for (struct slice row, key; slice_next(&rest, '\n', &row);) {
		if (slice_next(&row, '\t', &key) && key.len > 0 &&
			slice_find_byte(key, '@', 0) == SLICE_NONE)
			look_at_domain(missing, key);
	}
	buf_fini(&rows);
}

static void
look_at_list(struct missing *missing, struct slice list)
{
	for (struct slice element; postfix_next(&list, &element);) {
		if (element.len == 0)
			continue;
		if (element.p[0] == '/') {
			look_at_file(missing, element);
		} else if (slice_find_byte(element, ':', 0) != SLICE_NONE) {
			look_at_table(missing, element);
		} else {
			look_at_domain(missing, element);
		}
	}
}

static void
check_domains(const struct postfix_check *check)
{
	static const char *const lists[] = {"mydestination",
		"virtual_mailbox_domains", "virtual_alias_domains",
		"relay_domains"};
	struct missing missing = {.check = check,
		.host = postfix_value(check->postfix, "myhostname")};

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		look_at_list(&missing, postfix_value(check->postfix, lists[i]));
	if (missing.names.count > 0) {
		checkup_add(check->checkup,
			&(struct remedy){.level = CHECKUP_WRONG,
				.subject = "domains",
				.text = "add them to local.domains"},
			"Postfix takes these for its own and Forwarden does "
			"not, so that their mailboxes are strangers: %s",
			missing.names.text);
	} else {
		checkup_add_fine(check->checkup, "domains",
			"Postfix's own domains are local here too");
	}
	if (missing.tables > 0) {
		checkup_add(check->checkup,
			&(struct remedy){.level = CHECKUP_NOTE,
				.subject = "domains",
				.text = "compare them with local.domains "
					"yourself"},
			"%zu lists of domains are tables that cannot be "
			"listed",
			missing.tables);
	}
}

static void
check_networks(const struct postfix_check *check)
{
	struct missing missing = {.check = check};
	struct slice list = postfix_value(check->postfix, "mynetworks");

	for (struct slice text; postfix_next(&list, &text);) {
		struct network network;
		if (network_parse(text, &network) != NETWORK_OK ||
			realm_covers(check->realm, &network))
			continue;
		checkup_names_add(&missing.names, text);
	}
	if (missing.names.count == 0) {
		checkup_add_fine(check->checkup, "networks",
			"Postfix's own networks are trusted here too");
		return;
	}
	checkup_add(check->checkup,
		&(struct remedy){.level = CHECKUP_NOTE,
			.subject = "networks",
			.text = "add those of your own servers to "
				"local.networks"},
		"in mynetworks, but not in local.networks, so that the header "
		"of their mail is not believed: %s",
		missing.names.text);
}

void
postfix_domains_check(const struct postfix_check *check)
{
	check_domains(check);
	check_networks(check);
}
