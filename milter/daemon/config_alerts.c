/* SPDX-License-Identifier: BSD-2-Clause */
/* Types of values that only the section "alerts" has. */
#include "daemon/alert_command.h"
#include "daemon/alert_syslog.h"
#include "daemon/config_type.h"
#include "daemon/webhook.h"
#include "sigma/level.h"

#include <string.h>

const char *
config_word_level(int number)
{
	if (number == SIGMA_LEVEL_COUNT)
		return "never";
	return number < SIGMA_LEVEL_COUNT
		? sigma_level_name((enum sigma_level)number)
		: NULL;
}

/* Reads a text, then asks whether it is one of these. */
static bool
read_checked(struct reader *r, const struct yaml_node *node, void *target,
	bool (*check)(const char *, struct err *))
{
	struct err err = {0};

	if (!reader_text.read(r, node, target))
		return false;
	if (check(*(const char **)reader_member(r, target), &err))
		return true;
	return diags_add(r->diags, DIAG_ERROR, node->mark, r->key->type->hint,
		"%s: %s", r->key->name, err.text);
}

static bool
check_path(const char *path, struct err *err)
{
	return *path == '/' || *path == '\0' ||
		err_set(err, ERR_INVALID, "that is no path from the root");
}

static bool
check_syslog(const char *name, struct err *err)
{
	int facility;

	return alert_syslog_facility(name, &facility, err);
}

static bool
check_webhook(const char *url, struct err *err)
{
	return *url == '\0' || webhook_check(url, err);
}

static bool
read_path(struct reader *r, const struct yaml_node *node, void *target)
{
	return read_checked(r, node, target, check_path);
}

static bool
read_syslog(struct reader *r, const struct yaml_node *node, void *target)
{
	return read_checked(r, node, target, check_syslog);
}

static bool
read_webhook(struct reader *r, const struct yaml_node *node, void *target)
{
	return read_checked(r, node, target, check_webhook);
}

static bool
refuse(struct reader *r, const struct yaml_node *node, const char *what)
{
	return diags_add(r->diags, DIAG_ERROR, node->mark, r->key->type->hint,
		"%s: %s", r->key->name, what);
}

/* Is it looked for nowhere, and may it be run as a whole? */
static bool
read_command(struct reader *r, const struct yaml_node *node, void *target)
{
	const struct reader_text_list *words = reader_member(r, target);

	if (!reader_texts.read(r, node, target))
		return false;
	if (words->count > ALERT_WORDS_MAX)
		return refuse(r, node, "too many words");
	return words->count == 0 || words->at[0].p[0] == '/' ||
		refuse(r, node, "the program must be a path from the root");
}

/* RFC 9110 section 5.1: a token, a colon; no other line may begin in it. */
static bool
is_header(struct slice line)
{
	size_t name = strcspn(line.p, ": \t");

	return name > 0 && line.p[name] == ':' && line.len < 8192 &&
		!slice_has_control(line);
}

static bool
read_headers(struct reader *r, const struct yaml_node *node, void *target)
{
	const struct reader_text_list *lines = reader_member(r, target);

	if (!reader_texts.read(r, node, target))
		return false;
	for (size_t i = 0; i < lines->count; i++) {
		if (!is_header(lines->at[i]))
			return refuse(r, node, "that is no header field");
	}
	return true;
}

const struct reader_type config_path = {"path", .read = read_path,
	.hint = "write a path from the root: /dev/log"};
const struct reader_type config_syslog = {"facility", .read = read_syslog,
	.hint = "write no, yes, mail, daemon, auth, authpriv, user or local0 "
		"to local7"};
const struct reader_type config_webhook = {"address", .read = read_webhook,
	.hint = "write https://host/path; http:// to this machine alone"};
const struct reader_type config_command = {"program and arguments",
	.read = read_command, .hint = "write [/path/of/program, argument, ...]",
	.list = true};
const struct reader_type config_headers = {"list of header fields",
	.read = read_headers, .hint = "write [\"Name: value\"]", .list = true};
