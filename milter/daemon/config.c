/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the configuration by its table, and prints it for people. */
#include "daemon/config.h"

#include "daemon/config_type.h"
#include "yaml/yaml.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONFIG_BYTES (64UL * 1024 * 1024)
#define NAME_BYTES 128
#define KEYS_MAX 96
#define HOST_BYTES 256
#define PRIVACY_KEY_LEAST 32

/* What is known while a file is read. */
struct reader {
	struct config *config;
	struct config_target target;
	struct diags *diags;
	bool given[KEYS_MAX];
};

static struct config *
config_new(struct diags *diags)
{
	struct arena *arena = arena_new(CONFIG_BYTES);
	struct config_target target;
	struct config *config;
	const struct config_key *keys;
	size_t count;

	config = arena != NULL ? arena_alloc(arena, sizeof(*config)) : NULL;
	if (config == NULL) {
		arena_free(arena);
		return NULL;
	}
	config->arena = arena;
	target = (struct config_target){config, arena};
	keys = config_keys(&count);
	assert(count <= KEYS_MAX);
	config->privacy_key = "";
	for (size_t i = 0; i < count; i++)
		(void)config_type_init(&target, &keys[i], diags);
	return config;
}

void
config_free(struct config *config)
{
	if (config != NULL)
		arena_free(config->arena);
}

static const struct config_key *
find_key(struct slice name, size_t *index)
{
	const struct config_key *keys;
	size_t count;

	keys = config_keys(&count);
	for (size_t i = 0; i < count; i++) {
		if (slice_equal(name, slice_of(keys[i].name))) {
			*index = i;
			return &keys[i];
		}
	}
	return NULL;
}

/* "local" is a section: some key begins with "local.". */
static bool
is_section(struct slice name)
{
	const struct config_key *keys;
	size_t count;

	keys = config_keys(&count);
	for (size_t i = 0; i < count; i++) {
		if (strncmp(keys[i].name, name.p, name.len) == 0 &&
			keys[i].name[name.len] == '.')
			return true;
	}
	return false;
}

/* Names of keys and sections that a wrong one may have meant: those of its
 * own section, as they are written there. */
static const char *
nearest_in(struct slice section, struct slice word, char *room)
{
	const char *names[KEYS_MAX * 2];
	const struct config_key *keys;
	size_t count, i, n = 0;
	char *next = room;

	keys = config_keys(&count);
	for (i = 0; i < count; i++) {
		const char *rest = keys[i].name;
		size_t len;

		if (strncmp(rest, section.p, section.len) != 0)
			continue;
		rest += section.len;
		len = strcspn(rest, ".");
		memcpy(next, rest, len);
		next[len] = '\0';
		names[n++] = next;
		next += len + 1;
	}
	return diag_nearest(word, names, n);
}

/* A required key that is misspelt is one mistake, not two. */
static void
mark_given(struct reader *reader, struct slice section, struct slice name)
{
	char full[NAME_BYTES];
	size_t index;

	if (section.len + name.len >= sizeof(full))
		return;
	memcpy(full, section.p, section.len);
	memcpy(full + section.len, name.p, name.len);
	if (find_key((struct slice){full, section.len + name.len}, &index) !=
		NULL)
		reader->given[index] = true;
}

static void
fail_unknown(struct reader *reader, struct slice section,
	const struct yaml_node *node, struct slice name)
{
	char room[KEYS_MAX * NAME_BYTES / 4];
	struct buf hint = {0};
	const char *nearest = nearest_in(section, node->key, room);

	if (nearest != NULL) {
		buf_printf(&hint, "did you mean \"%s\"?", nearest);
		mark_given(reader, section, slice_of(nearest));
	} else
		buf_puts(&hint, "`forwarden keys` lists them all");
	(void)diags_add(reader->diags, DIAG_ERROR, node->key_mark,
		buf_slice(&hint).p, "no key is called \"%.*s\"",
		SLICE_ARG(name));
	buf_fini(&hint);
}

static void read_map(
	struct reader *, struct slice section, const struct yaml_node *map);

static void
read_pair(struct reader *reader, struct slice section,
	const struct yaml_node *node)
{
	char full[NAME_BYTES];
	struct slice name = {full, section.len + node->key.len};
	const struct config_key *key;
	size_t index;

	if (name.len + 1 >= sizeof(full)) {
		fail_unknown(reader, section, node, node->key);
		return;
	}
	memcpy(full, section.p, section.len);
	memcpy(full + section.len, node->key.p, node->key.len);
	full[name.len] = '\0';
	key = find_key(name, &index);
	if (key != NULL) {
		reader->given[index] = true;
		if (node->kind != YAML_NULL) {
			(void)config_type_read(
				&reader->target, key, node, reader->diags);
		}
		return;
	}
	if (!is_section(name)) {
		fail_unknown(reader, section, node, name);
		return;
	}
	full[name.len++] = '.';
	if (node->kind == YAML_MAP) {
		read_map(reader, name, node);
	} else if (node->kind != YAML_NULL) {
		(void)diags_add(reader->diags, DIAG_ERROR, node->mark, NULL,
			"\"%.*s\" is a section: keys and values, indented",
			(int)name.len - 1, name.p);
	}
}

static void
read_map(struct reader *reader, struct slice section,
	const struct yaml_node *map)
{
	for (const struct yaml_node *node = map->children; node != NULL;
		node = node->next)
		read_pair(reader, section, node);
}

static void
check_given(struct reader *reader)
{
	struct mark mark = {reader->config->file, 0, 0, 1};
	const struct config_key *keys;
	size_t count;

	keys = config_keys(&count);
	for (size_t i = 0; i < count; i++) {
		if (keys[i].initial == NULL && !reader->given[i] &&
			keys[i].kind != CONFIG_LISTS) {
			(void)diags_add(reader->diags, DIAG_ERROR, mark,
				"add the domains whose mailboxes are yours: "
				"local: {domains: [example.com]}",
				"%s is missing", keys[i].name);
		}
	}
}

/* What one key alone cannot tell. */
static void
check_together(struct config *config, struct diags *diags)
{
	struct mark mark = {config->file, 0, 0, 1};

	if (config->privacy_hash &&
		strlen(config->privacy_key) < PRIVACY_KEY_LEAST) {
		(void)diags_add(diags, DIAG_ERROR, mark,
			"openssl rand -hex 32 > /etc/forwarden/privacy.key",
			"privacy.hash needs privacy.key_file, with at least "
			"%d characters",
			PRIVACY_KEY_LEAST);
	}
	if (config->unable == ACTION_QUARANTINE) {
		(void)diags_add(diags, DIAG_ERROR, mark, NULL,
			"respond.unable is for MTAs without quarantine: none, "
			"log, tag, tempfail, reject or discard");
		config->unable = ACTION_TAG;
	}
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

static struct config *
config_read(const char *file, const struct slice *text, struct diags *diags)
{
	struct reader reader = {.diags = diags};
	const struct yaml_document *document;
	struct config *config = config_new(diags);

	if (config == NULL)
		return NULL;
	reader.config = config;
	reader.target = (struct config_target){config, config->arena};
	config->file = arena_copy(config->arena, slice_of(file)).p;
	document = text != NULL
		? yaml_load(config->arena, config->file, *text, diags)
		: yaml_load_file(config->arena, config->file, diags);
	if (document != NULL && document->root->kind == YAML_MAP) {
		read_map(&reader, SLICE(""), document->root);
	} else if (document != NULL && document->root->kind != YAML_NULL) {
		(void)diags_add(diags, DIAG_ERROR, document->root->mark, NULL,
			"a configuration is keys and values: `mode: observe`");
	}
	if (diags_count(diags, DIAG_ERROR) == 0 ||
		(document != NULL && document->root->kind == YAML_MAP))
		check_given(&reader);
	check_together(config, diags);
	set_host(config);
	return config;
}

struct config *
config_load(const char *file, struct diags *diags)
{
	return config_read(file, NULL, diags);
}

struct config *
config_parse(const char *file, struct slice text, struct diags *diags)
{
	return config_read(file, &text, diags);
}

struct message_limits
config_message_limits(const struct config *config)
{
	return (struct message_limits){
		.fields = (size_t)config->limit_fields,
		.field_bytes = (size_t)config->limit_field_bytes,
		.recipients = (size_t)config->limit_recipients,
		.addresses = (size_t)config->limit_addresses,
	};
}

struct respond
config_respond(const struct config *config)
{
	struct respond respond;

	respond_init(&respond);
	for (size_t i = 0; i < SIGMA_LEVEL_COUNT; i++)
		respond.level[i] = (enum action)config->respond[i];
	respond.ceiling = (enum action)config->ceiling;
	respond.test_cap = (enum action)config->test_cap;
	respond.mode = (enum mode)config->mode;
	return respond;
}
