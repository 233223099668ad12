/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the configuration by its table, and prints it for people. */
#include "daemon/config.h"

#include "store/uri.h"
#include "yaml/yaml.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CONFIG_BYTES (64UL * 1024 * 1024)
#define NAME_BYTES 128
#define HOST_BYTES 256
#define PAGE_TOKEN_LEAST 32
#define PRIVACY_KEY_LEAST 32

static struct config *
config_new(struct reader *r)
{
	struct arena *arena = arena_new(CONFIG_BYTES);
	struct config *config =
		arena != NULL ? arena_alloc(arena, sizeof(*config)) : NULL;

	if (config == NULL) {
		arena_free(arena);
		return NULL;
	}
	config->arena = arena;
	r->arena = arena;
	(void)reader_init(r, &config_table, config);
	return config;
}

void
config_free(struct config *config)
{
	if (config != NULL)
		arena_free(config->arena);
}

/* The value of a key, or NULL if the file does not have it. */
static const struct yaml_node *
find_value(const struct yaml_node *root, const char *name)
{
	struct slice rest = slice_of(name), part;
	char key[NAME_BYTES];

	while (root != NULL && root->kind == YAML_MAP &&
		slice_next(&rest, '.', &part)) {
		(void)snprintf(key, sizeof(key), "%.*s", SLICE_ARG(part));
		root = yaml_find(root, key);
	}
	return root;
}

/* Where a mistake of two keys is told: at the first one that is there. */
static struct mark
mark_of(const struct config *config, const struct yaml_node *root,
	const char *one, const char *two)
{
	const struct yaml_node *node = find_value(root, one);

	if (node == NULL)
		node = find_value(root, two);
	return node != NULL ? node->mark : (struct mark){config->file, 0, 0, 1};
}

/* Of each row the first must not be more than the second, or it would mean
 * nothing. */
static const struct {
	const char *less, *more, *why;
} bounds[] = {
	{"redis.retry_time", "redis.retry_max",
		"the time between two tries grows from the one to the other"},
	{"limits.value_bytes", "limits.field_bytes",
		"no value is longer than the field it is of"},
	{"limits.field_bytes", "limits.message_bytes",
		"a field takes its memory from the message's"},
	{"keep.day_time", "keep.mailbox_time",
		"a day's list would name mailboxes that are forgotten"},
};

static long long
value_of(const struct config *config, const char *name,
	const struct reader_key **key)
{
	*key = reader_find(&config_table, slice_of(name));
	return *(const long long *)(const void *)((const char *)config +
		(*key)->offset);
}

static void
check_bounds(const struct config *config, const struct yaml_node *root,
	struct diags *diags)
{
	for (size_t i = 0; i < sizeof(bounds) / sizeof(*bounds); i++) {
		const struct reader_key *less, *more;
		long long one = value_of(config, bounds[i].less, &less);
		long long two = value_of(config, bounds[i].more, &more);
		struct buf what = {0}, hint = {0};

		if (one <= two)
			continue;
		buf_printf(&what, "%s (", less->name);
		less->type->print(one, &what);
		buf_printf(&what, ") is more than %s (", more->name);
		more->type->print(two, &what);
		buf_printf(&what, "): %s", bounds[i].why);
		buf_printf(
			&hint, "lower %s or raise %s", less->name, more->name);
		(void)diags_add(diags, DIAG_ERROR,
			mark_of(config, root, less->name, more->name),
			buf_slice(&hint).p, "%s", buf_slice(&what).p);
		buf_fini(&what);
		buf_fini(&hint);
	}
}

/* What judging takes of a message's memory, a recipient. */
#define RECIPIENT_BYTES 8192

static void
check_recipients(const struct config *config, const struct yaml_node *root,
	struct diags *diags)
{
	struct buf have = {0}, need = {0};

	if (config->limit_recipients * RECIPIENT_BYTES <=
		config->limit_message_bytes / 2)
		return;
	reader_size.print(config->limit_message_bytes, &have);
	reader_size.print(
		2 * config->limit_recipients * RECIPIENT_BYTES, &need);
	(void)diags_add(diags, DIAG_ERROR,
		mark_of(config, root, "limits.recipients",
			"limits.message_bytes"),
		"lower limits.recipients or raise limits.message_bytes",
		"limits.recipients (%lld) needs limits.message_bytes to be "
		"%s, and it is %s: the last recipients would pass unseen",
		config->limit_recipients, need.p, have.p);
	buf_fini(&have);
	buf_fini(&need);
}

/* Two keys that do not fit together. */
struct clash {
	bool wrong;
	const char *one, *two, *hint, *what;
};

static void
say_clash(const struct config *config, const struct yaml_node *root,
	struct diags *diags, const struct clash *clash)
{
	if (clash->wrong) {
		(void)diags_add(diags, DIAG_ERROR,
			mark_of(config, root, clash->one, clash->two),
			clash->hint, "%s", clash->what);
	}
}

/* Logins and certificates. */
static void
check_redis(const struct config *config, const struct yaml_node *root,
	struct diags *diags)
{
	struct store_uri uri = {.kind = URI_MEMORY};
	struct err err;
	bool taken = uri_parse(slice_of(config->store), &uri, &err);
	const struct clash rows[] = {
		{taken && uri.password[0] != '\0' &&
				*config->store_password != '\0',
			"redis.password_file", "store",
			"take it out of store: other users may read that file",
			"the password stands in store, too"},
		{taken && uri.user[0] != '\0' && *config->store_user != '\0',
			"redis.user", "store", "take it out of store",
			"a user stands in store, too"},
		{*config->store_user != '\0' &&
				*config->store_password == '\0' &&
				uri.password[0] == '\0',
			"redis.user", "redis.password_file",
			"write its password into a file that root alone may "
			"read, and name that in redis.password_file",
			"redis.user has no password"},
		{*config->sentinel_user != '\0' &&
				*config->sentinel_password == '\0',
			"redis.sentinel_user", "redis.sentinel_password_file",
			"name a file in redis.sentinel_password_file",
			"redis.sentinel_user has no password"},
		{(*config->store_cert != '\0') != (*config->store_key != '\0'),
			"redis.cert_file", "redis.key_file",
			"write both, or none",
			"redis.cert_file and redis.key_file belong together"},
		{(*config->store_ca != '\0' || *config->store_cert != '\0') &&
				taken && !uri.tls,
			"redis.ca_file", "redis.cert_file",
			"write rediss:// in store",
			"store speaks no TLS: these certificates are for "
			"nothing"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		say_clash(config, root, diags, &rows[i]);
	memset(uri.password, 0, sizeof(uri.password));
}

/* Whoever can reach the port may guess. */
static void
check_page(const struct config *config, const struct yaml_node *root,
	struct diags *diags)
{
	static const char make[] =
		"openssl rand -hex 32 > /etc/forwarden/page.token";
	size_t acts = strlen(config->page_token);
	size_t looks = strlen(config->page_view_token);

	if ((acts > 0 && acts < PAGE_TOKEN_LEAST) ||
		(looks > 0 && looks < PAGE_TOKEN_LEAST)) {
		(void)diags_add(diags, DIAG_ERROR,
			mark_of(config, root,
				acts > 0 && acts < PAGE_TOKEN_LEAST
					? "page.token_file"
					: "page.view_token_file",
				"page"),
			make, "a token of the page has at least %d characters",
			PAGE_TOKEN_LEAST);
	}
	if (config->page_read == PAGE_READ_TOKEN && acts + looks == 0) {
		(void)diags_add(diags, DIAG_ERROR,
			mark_of(config, root, "page.read", "page"), make,
			"page.read: token needs page.token_file or "
			"page.view_token_file");
	}
	if (config->page_read != PAGE_READ_OFF && *config->http == '\0') {
		(void)diags_add(diags, DIAG_ERROR,
			mark_of(config, root, "page.read", "page"),
			"write http: 127.0.0.1:8895", "the page needs http");
	}
}

/* What one key alone cannot tell. */
static void
check_together(const struct config *config, const struct yaml_node *root,
	struct diags *diags)
{
	if (config->privacy_hash &&
		strlen(config->privacy_key) < PRIVACY_KEY_LEAST) {
		(void)diags_add(diags, DIAG_ERROR,
			mark_of(config, root, "privacy.key_file",
				"privacy.hash"),
			"openssl rand -hex 32 > /etc/forwarden/privacy.key",
			"privacy.hash needs privacy.key_file, with at least "
			"%d characters",
			PRIVACY_KEY_LEAST);
	}
	check_page(config, root, diags);
	check_redis(config, root, diags);
	check_bounds(config, root, diags);
	check_recipients(config, root, diags);
}

static void
set_host(struct config *config)
{
	char name[HOST_BYTES];
	struct slice copy;

	if (config->host[0] != '\0')
		return;
	if (gethostname(name, sizeof(name)) < 0)
		strcpy(name, "localhost");
	name[sizeof(name) - 1] = '\0';
	copy = arena_copy(config->arena, slice_of(name));
	config->host = slice_is_absent(copy) ? "localhost" : copy.p;
}

/* The map of the file's keys, or NULL after saying why there is none. An
 * empty file is a map without any. */
static const struct yaml_node *
find_root(const struct yaml_document *document, struct diags *diags)
{
	static const struct yaml_node empty = {.kind = YAML_MAP};

	if (document == NULL)
		return diags_count(diags, DIAG_ERROR) == 0 ? &empty : NULL;
	if (document->root->kind == YAML_NULL)
		return &empty;
	if (document->root->kind == YAML_MAP)
		return document->root;
	(void)diags_add(diags, DIAG_ERROR, document->root->mark, NULL,
		"a configuration is keys and values: `mode: observe`");
	return NULL;
}

struct config *
config_load(const char *file, struct diags *diags)
{
	struct reader reader = {.diags = diags};
	struct config *config = config_new(&reader);
	const struct yaml_node *root;

	if (config == NULL)
		return NULL;
	config->file = arena_copy(config->arena, slice_of(file)).p;
	reader.file = config->file;
	root = find_root(
		yaml_load_file(config->arena, config->file, diags), diags);
	if (root != NULL) {
		(void)reader_map(&reader, &config_table, root, config);
		check_together(config, root, diags);
	}
	set_host(config);
	return config;
}

struct config *
config_defaults(void)
{
	struct diags *diags = diags_new();
	struct reader reader = {.diags = diags};
	struct config *config = diags != NULL ? config_new(&reader) : NULL;

	if (config != NULL) {
		config->file = "";
		set_host(config);
	}
	diags_free(diags);
	return config;
}
