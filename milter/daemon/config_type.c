/* SPDX-License-Identifier: BSD-2-Clause */
/* How the configuration's own types are read and checked. */
#include "daemon/config_type.h"

#include "base/bundle.h"
#include "base/file.h"
#include "base/log.h"
#include "base/socket_name.h"
#include "daemon/config.h"
#include "daemon/listener.h"
#include "daemon/privilege.h"
#include "daemon/report.h"
#include "store/uri.h"
#include "verdict/respond.h"

#include <stdio.h>
#include <string.h>

#define PEM_BYTES ((size_t)1 << 20)
#define REPLY_BYTES 200
#define HOST_BYTES_MAX 253
#define PREFIX_BYTES_MAX 64
#define PATH_BYTES 4096

const char *
config_word_action(int number)
{
	return number < ACTION_COUNT ? action_name((enum action)number) : NULL;
}

const char *
config_word_mode(int number)
{
	return number <= MODE_ENFORCE ? respond_mode_name((enum mode)number)
				      : NULL;
}

const char *
config_word_expiry(int number)
{
	static const char *const words[] = {
		[EXPIRY_ALERT] = "alert-only",
		[EXPIRY_RELEASE] = "release",
		[EXPIRY_DELETE] = "delete",
	};

	return number <= EXPIRY_DELETE ? words[number] : NULL;
}

const char *
config_word_tag_form(int number)
{
	return number <= TAG_FORM_NONE
		? respond_tag_form_name((enum tag_form)number)
		: NULL;
}

const char *
config_word_told(int number)
{
	return number <= TOLD_FEW ? verdict_told_name((enum told_fields)number)
				  : NULL;
}

const char *
config_word_page(int number)
{
	static const char *const names[] = {
		[PAGE_READ_OFF] = "off",
		[PAGE_READ_TOKEN] = "token",
		[PAGE_READ_EVERYONE] = "everyone",
	};

	return number <= PAGE_READ_EVERYONE ? names[number] : NULL;
}

const char *
config_word_log_level(int number)
{
	return number <= LOG_LEVEL_DEBUG
		? log_level_name((enum log_level)number)
		: NULL;
}

/* Is it the file's own word, or the default, be it written there or not? */
static bool
is_written(const struct reader *r, const struct yaml_node *node)
{
	return node->mark.line > 0 &&
		!slice_equal(node->text, slice_of(r->key->initial));
}

/* What a parser says may begin with the section itself: "log: ...". */
static bool
refuse(struct reader *r, const struct yaml_node *node, const char *hint,
	const struct err *err)
{
	size_t section = strcspn(r->key->name, ".");
	const char *text = err->text;

	if (strncmp(text, r->key->name, section) == 0 &&
		strncmp(text + section, ": ", 2) == 0)
		text += section + 2;
	return diags_add(r->diags, DIAG_ERROR, node->mark, hint, "%s: %s",
		r->key->name, text);
}

/* Reads the text first, so that a parser sees none with a NUL in it. */
static bool
read_checked(struct reader *r, const struct yaml_node *node, void *target,
	bool (*check)(const char *, struct err *))
{
	struct err err = {0};

	if (!reader_text.read(r, node, target))
		return false;
	if (check(*(const char **)reader_member(r, target), &err))
		return true;
	return refuse(r, node, r->key->type->hint, &err);
}

static bool
is_directory(const char *path, int len)
{
	char directory[PATH_BYTES];
	bool yes;

	if (len == 0)
		return true; /* the root */
	return snprintf(directory, sizeof(directory), "%.*s", len, path) <
		(int)sizeof(directory) &&
		bundle_stat(directory, &yes) && yes;
}

static int
parent_len(const char *path, int len)
{
	while (len > 0 && path[len - 1] != '/')
		len--;
	while (len > 0 && path[len - 1] == '/')
		len--;
	return len;
}

/* The directory that a path is in, or (may_make) one more above: the program
 * makes one directory, not a tree of them. */
static bool
check_parent(struct reader *r, const struct yaml_node *node, const char *path,
	bool may_make)
{
	int len = parent_len(path, (int)strlen(path));

	if (!is_written(r, node) || is_directory(path, len) ||
		(may_make && is_directory(path, parent_len(path, len))))
		return true;
	return diags_add(r->diags, DIAG_ERROR, node->mark,
		"make it, or write another path",
		"%s: there is no directory %.*s", r->key->name, len, path);
}

static bool
parse_listener(struct reader *r, const struct yaml_node *node,
	struct socket_name *address)
{
	struct err err = {0};

	if (node->kind != YAML_SCALAR)
		return reader_refuse_type(r, node);
	if (!socket_name_parse(node->text, address, &err) ||
		(is_written(r, node) && !listener_check(address, &err)))
		return refuse(r, node, r->key->type->hint, &err);
	return true;
}

static bool
read_listener(struct reader *r, const struct yaml_node *node, void *target)
{
	struct socket_name address;

	return parse_listener(r, node, &address) &&
		(address.family != SOCKET_NAME_UNIX ||
			check_parent(r, node, address.path, false)) &&
		reader_keep_text(r, node, target);
}

static bool
read_control(struct reader *r, const struct yaml_node *node, void *target)
{
	struct socket_name address;

	if (!parse_listener(r, node, &address))
		return false;
	if (address.family != SOCKET_NAME_UNIX) {
		return diags_add(r->diags, DIAG_ERROR, node->mark,
			"whoever can reach it sees who forwards to whom; its "
			"permissions decide who that is",
			"%s must be a unix socket", r->key->name);
	}
	return check_parent(r, node, address.path, true) &&
		reader_keep_text(r, node, target);
}

static bool
read_loopback(struct reader *r, const struct yaml_node *node, void *target)
{
	struct socket_name address;

	if (node->kind != YAML_SCALAR || node->text.len > 0) {
		if (!parse_listener(r, node, &address))
			return false;
		if (!socket_name_is_local(&address)) {
			return diags_add(r->diags, DIAG_ERROR, node->mark,
				"it asks for no password; put a proxy that "
				"does before it",
				"%s must be a loopback address", r->key->name);
		}
	}
	return reader_keep_text(r, node, target);
}

static bool
read_reply(struct reader *r, const struct yaml_node *node, void *target)
{
	if (node->kind != YAML_SCALAR)
		return reader_refuse_type(r, node);
	for (size_t i = 0; i < node->text.len; i++) {
		if (node->text.p[i] < ' ' || node->text.p[i] > '~' ||
			node->text.p[i] == '%') {
			return diags_add(r->diags, DIAG_ERROR, node->mark,
				"an SMTP reply is one line of ASCII; MTAs "
				"misread a percent sign",
				"%s holds a character that a reply may not",
				r->key->name);
		}
	}
	if (node->text.len == 0 || node->text.len > REPLY_BYTES) {
		return diags_add(r->diags, DIAG_ERROR, node->mark, NULL,
			"%s must have 1 to %d characters", r->key->name,
			REPLY_BYTES);
	}
	return reader_keep_text(r, node, target);
}

/* The first line of a file, as a secret is written to one. */
static bool
read_first_line(
	struct reader *r, const struct yaml_node *node, struct buf *line)
{
	struct slice path = arena_copy(r->arena, node->text);
	struct err err = {0};

	if (slice_is_absent(path))
		return reader_no_memory(r, node);
	return file_read_line(path.p, line, &err) ||
		refuse(r, node,
			err.code == ERR_INVALID
				? "write the secret into its first line"
				: "write the path of a file that the worker's "
				  "user may read",
			&err);
}

/* A whole file of PEM texts. */
static bool
read_text_of(struct reader *r, const struct yaml_node *node, struct buf *text)
{
	struct slice path = arena_copy(r->arena, node->text);
	struct err err = {0};

	if (slice_is_absent(path))
		return reader_no_memory(r, node);
	if (!file_read(path.p, PEM_BYTES, text, &err)) {
		return refuse(r, node,
			"write the path of a file that can be read", &err);
	}
	if (slice_find(buf_slice(text), SLICE("-----BEGIN ")) != SLICE_NONE)
		return true;
	(void)err_set(&err, ERR_INVALID, "there is no PEM text in it");
	return refuse(r, node,
		"openssl x509 -in FILE -inform der -out FILE.pem makes one "
		"of a certificate",
		&err);
}

static bool
read_pem(struct reader *r, const struct yaml_node *node, void *target)
{
	struct yaml_node pem = *node;
	struct buf text = {0};
	bool ok;

	if (node->kind != YAML_SCALAR)
		return reader_refuse_type(r, node);
	ok = node->text.len == 0 || read_text_of(r, node, &text);
	pem.text = buf_slice(&text);
	ok = ok && reader_keep_text(r, &pem, target);
	buf_fini(&text);
	return ok;
}

static bool
read_secret(struct reader *r, const struct yaml_node *node, void *target)
{
	struct yaml_node secret = *node;
	struct buf line = {0};
	bool ok;

	if (node->kind != YAML_SCALAR)
		return reader_refuse_type(r, node);
	ok = node->text.len == 0 || read_first_line(r, node, &line);
	secret.text = buf_slice(&line);
	ok = ok && reader_keep_text(r, &secret, target);
	buf_fini(&line);
	return ok;
}

static bool
read_directory(struct reader *r, const struct yaml_node *node, void *target)
{
	const char *path;
	bool yes;

	if (!reader_text.read(r, node, target))
		return false;
	path = *(const char **)reader_member(r, target);
	if (*path != '/') {
		return diags_add(r->diags, DIAG_ERROR, node->mark,
			r->key->type->hint, "%s must be a path from the root",
			r->key->name);
	}
	if (is_written(r, node) && bundle_stat(path, &yes) && !yes) {
		return diags_add(r->diags, DIAG_ERROR, node->mark,
			"write the path of a directory",
			"%s: %s is not a directory", r->key->name, path);
	}
	return check_parent(r, node, path, false);
}

static bool
check_user(const char *name, struct err *err)
{
	struct privilege found;

	return privilege_find(name, "", &found, err);
}

static bool
check_group(const char *name, struct err *err)
{
	struct privilege found;

	return privilege_find("", name, &found, err);
}

/* It goes into a header field as it is. */
static bool
check_host(const char *name, struct err *err)
{
	size_t len = strspn(name,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789.-_");

	return (name[len] == '\0' && len <= HOST_BYTES_MAX) ||
		err_set(err, ERR_INVALID, "\"%s\" is not a host's name", name);
}

/* Braces would say to a cluster what belongs together. */
static bool
check_prefix(const char *prefix, struct err *err)
{
	return (*prefix != '\0' && strlen(prefix) <= PREFIX_BYTES_MAX &&
		       strpbrk(prefix, "{} ") == NULL) ||
		err_set(err, ERR_INVALID,
			"\"%s\" is not a prefix of keys: 1 to %d characters, "
			"no braces and no spaces",
			prefix, PREFIX_BYTES_MAX);
}

static bool
check_store(const char *uri, struct err *err)
{
	struct store_uri parsed;

	return uri_parse(slice_of(uri), &parsed, err);
}

/* "file:/path" of a log: the file is made, its directory is not. */
static bool
check_file_target(struct reader *r, const struct yaml_node *node)
{
	struct slice path = slice_sub(node->text, 5, node->text.len);

	if (!slice_starts_fold(node->text, SLICE("file:")))
		return true;
	path = arena_copy(r->arena, path);
	if (slice_is_absent(path))
		return reader_no_memory(r, node);
	if (is_written(r, node) && is_directory(path.p, (int)path.len)) {
		return diags_add(r->diags, DIAG_ERROR, node->mark,
			"write the path of a file", "%s: %s is a directory",
			r->key->name, path.p);
	}
	return check_parent(r, node, path.p, false);
}

static bool
read_store(struct reader *r, const struct yaml_node *node, void *target)
{
	return read_checked(r, node, target, check_store);
}

static bool
read_log(struct reader *r, const struct yaml_node *node, void *target)
{
	return read_checked(r, node, target, log_check) &&
		check_file_target(r, node);
}

static bool
read_events(struct reader *r, const struct yaml_node *node, void *target)
{
	return read_checked(r, node, target, report_check) &&
		check_file_target(r, node);
}

static bool
read_user(struct reader *r, const struct yaml_node *node, void *target)
{
	return read_checked(r, node, target, check_user);
}

static bool
read_group(struct reader *r, const struct yaml_node *node, void *target)
{
	return read_checked(r, node, target, check_group);
}

static bool
read_host(struct reader *r, const struct yaml_node *node, void *target)
{
	return read_checked(r, node, target, check_host);
}

static bool
read_prefix(struct reader *r, const struct yaml_node *node, void *target)
{
	return read_checked(r, node, target, check_prefix);
}

static bool
read_fallback(struct reader *r, const struct yaml_node *node, void *target)
{
	const long long *action = reader_member(r, target);

	if (!reader_word.read(r, node, target))
		return false;
	if (*action != ACTION_QUARANTINE)
		return true;
	return diags_add(r->diags, DIAG_ERROR, node->mark,
		"write none, log, tag, tempfail, reject or discard",
		"%s is for MTAs without quarantine", r->key->name);
}

#define LISTENER_HINT "write inet:8894@127.0.0.1 or unix:/path"

const struct reader_type config_listener = {
	"socket", .read = read_listener, .hint = LISTENER_HINT};
const struct reader_type config_control = {"unix socket", .read = read_control,
	.hint = "write unix:/run/forwarden/control.sock"};
const struct reader_type config_loopback = {"loopback address",
	.read = read_loopback, .hint = "write 127.0.0.1:8895"};
const struct reader_type config_reply = {"reply text", .read = read_reply};
const struct reader_type config_pem = {"file", .read = read_pem};
const struct reader_type config_secret = {"file", .read = read_secret};
const struct reader_type config_directory = {"directory",
	.read = read_directory, .hint = "write /var/lib/forwarden"};
const struct reader_type config_user = {"user", .read = read_user,
	.hint = "write the name of a user of this machine"};
const struct reader_type config_group = {"group", .read = read_group,
	.hint = "write the name of a group of this machine"};
const struct reader_type config_host = {
	"host name", .read = read_host, .hint = "write mx1.example.com"};
const struct reader_type config_prefix = {
	"prefix of keys", .read = read_prefix, .hint = "write fw1"};
const struct reader_type config_store = {"place of a store", .read = read_store,
	.hint = "write memory, redis://host:6379/0, unix:/run/redis.sock, "
		"redis+sentinel://host,host/service or "
		"redis+cluster://host,host"};
const struct reader_type config_log = {"target of the log", .read = read_log,
	.hint = "write stderr, syslog, syslog:mail or file:/path"};
const struct reader_type config_events = {"place for events",
	.read = read_events, .hint = "write log, none or file:/path"};
const struct reader_type config_fallback = {"word", .read = read_fallback};
