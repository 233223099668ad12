/* SPDX-License-Identifier: BSD-2-Clause */
/* How values of each type are read, checked and named. */
#include "daemon/config_type.h"

#include "base/amount.h"
#include "base/socket_name.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SECRET_BYTES 4096
#define REPLY_BYTES 200
#define TEXTS_INITIAL_MAX 8

static void *
member(const struct config_target *target, const struct config_key *key)
{
	return (char *)target->base + key->offset;
}

static bool
fail_memory(const struct yaml_node *node, struct diags *diags)
{
	return diags_add(diags, DIAG_ERROR, node->mark, NULL, "out of memory");
}

static bool
fail_type(const struct config_key *key, const struct yaml_node *node,
	struct diags *diags, const char *hint)
{
	return diags_add(diags, DIAG_ERROR, node->mark, hint, "%s must be a %s",
		key->name, config_type_name(key->kind));
}

/* Keeps a text in the configuration, for as long as it lives. */
static bool
keep_text(const struct config_target *target, const struct config_key *key,
	struct slice text)
{
	struct slice copy = arena_copy(target->arena, text);

	if (slice_is_absent(copy))
		return false;
	*(const char **)member(target, key) = copy.p;
	return true;
}

static bool
read_text(const struct config_target *target, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	if (node->kind != YAML_SCALAR)
		return fail_type(key, node, diags, NULL);
	if (slice_has_control(node->text)) {
		return diags_add(diags, DIAG_ERROR, node->mark, NULL,
			"%s must not hold control characters", key->name);
	}
	return keep_text(target, key, node->text) || fail_memory(node, diags);
}

static bool
read_reply(const struct config_target *target, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	if (node->kind != YAML_SCALAR)
		return fail_type(key, node, diags, NULL);
	for (size_t i = 0; i < node->text.len; i++) {
		if (node->text.p[i] < ' ' || node->text.p[i] > '~' ||
			node->text.p[i] == '%') {
			return diags_add(diags, DIAG_ERROR, node->mark,
				"an SMTP reply is one line of ASCII; MTAs "
				"misread a percent sign",
				"%s holds a character that a reply may not",
				key->name);
		}
	}
	if (node->text.len == 0 || node->text.len > REPLY_BYTES) {
		return diags_add(diags, DIAG_ERROR, node->mark, NULL,
			"%s must have 1 to %d characters", key->name,
			REPLY_BYTES);
	}
	return keep_text(target, key, node->text) || fail_memory(node, diags);
}

static bool
read_listener(const struct config_target *target, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	struct socket_name address;
	struct err err = {0};

	if (node->kind != YAML_SCALAR)
		return fail_type(key, node, diags, NULL);
	if (!socket_name_parse(node->text, &address, &err)) {
		return diags_add(diags, DIAG_ERROR, node->mark, NULL, "%s: %s",
			key->name, err.text);
	}
	if (key->kind == CONFIG_UNIX && address.family != SOCKET_NAME_UNIX) {
		return diags_add(diags, DIAG_ERROR, node->mark,
			"whoever can reach it sees who forwards to whom; its "
			"permissions decide who that is",
			"%s must be a unix socket", key->name);
	}
	return keep_text(target, key, node->text) || fail_memory(node, diags);
}

static bool
read_address(const struct config_target *target, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	struct socket_name address;
	struct err err = {0};

	if (node->kind != YAML_SCALAR)
		return fail_type(key, node, diags, NULL);
	if (node->text.len > 0) {
		if (!socket_name_parse(node->text, &address, &err)) {
			return diags_add(diags, DIAG_ERROR, node->mark,
				"write 127.0.0.1:8895", "%s: %s", key->name,
				err.text);
		}
		if (!socket_name_is_local(&address)) {
			return diags_add(diags, DIAG_ERROR, node->mark,
				"it asks for no password; put a proxy that "
				"does before it",
				"%s must be a loopback address", key->name);
		}
	}
	return keep_text(target, key, node->text) || fail_memory(node, diags);
}

static FILE *
open_file(const struct config_target *target, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	struct slice path = arena_copy(target->arena, node->text);
	FILE *f = slice_is_absent(path) ? NULL : fopen(path.p, "re");

	if (f == NULL) {
		(void)diags_add(diags, DIAG_ERROR, node->mark, NULL,
			"%s: cannot read the file: %s", key->name,
			strerror(errno));
	}
	return f;
}

static bool
read_file(const struct config_target *target, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	FILE *f;

	if (!read_text(target, key, node, diags))
		return false;
	if (node->text.len == 0)
		return true;
	f = open_file(target, key, node, diags);
	if (f != NULL)
		(void)fclose(f);
	return f != NULL;
}

/* The first line of a file, as a secret is written to one. */
static bool
read_secret(const struct config_target *target, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	char line[SECRET_BYTES] = "";
	FILE *f;

	if (node->kind != YAML_SCALAR)
		return fail_type(key, node, diags, NULL);
	if (node->text.len == 0)
		return true;
	f = open_file(target, key, node, diags);
	if (f == NULL)
		return false;
	if (fgets(line, sizeof(line), f) == NULL)
		line[0] = '\0';
	(void)fclose(f);
	line[strcspn(line, "\r\n")] = '\0';
	if (line[0] == '\0') {
		return diags_add(diags, DIAG_ERROR, node->mark, NULL,
			"%s: the file's first line is empty", key->name);
	}
	return keep_text(target, key, slice_of(line)) ||
		fail_memory(node, diags);
}

static bool
read_bool(const struct config_target *target, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	if (!yaml_to_bool(node, member(target, key)))
		return fail_type(key, node, diags, "write true or false");
	return true;
}

/* Whole numbers, each in its own spelling. */
static const struct {
	bool (*parse)(struct slice, long long *);
	void (*print)(long long, struct buf *);
	const char *hint;
} integers[CONFIG_KIND_COUNT] = {
	[CONFIG_NUMBER] = {amount_number_parse, amount_number_print,
		"write digits only"},
	[CONFIG_SIZE] = {amount_size_parse, amount_size_print,
		"write 65536, 64k, 16M or 1G"},
	[CONFIG_DURATION] = {amount_duration_parse, amount_duration_print,
		"write 250ms, 30s, 10m, 12h or 7d"},
	[CONFIG_MODE] = {amount_mode_parse, amount_mode_print,
		"write octal digits: 0660"},
};

static bool
read_integer(const struct config_target *target, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	struct buf range = {0};
	long long value;

	if (node->kind != YAML_SCALAR ||
		!integers[key->kind].parse(node->text, &value))
		return fail_type(key, node, diags, integers[key->kind].hint);
	if (value < key->least || value > key->most) {
		config_type_print_range(key, &range);
		(void)diags_add(diags, DIAG_ERROR, node->mark, NULL,
			"%s must be %s", key->name, buf_slice(&range).p);
		buf_fini(&range);
		return false;
	}
	*(long long *)member(target, key) = value;
	return true;
}

#define WORDS_MAX 16

static size_t
collect_words(config_word_fn *word, const char *words[WORDS_MAX])
{
	size_t count = 0;

	while (count < WORDS_MAX && word((int)count) != NULL) {
		words[count] = word((int)count);
		count++;
	}
	return count;
}

static bool
read_word(const struct config_target *target, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	const char *words[WORDS_MAX], *nearest;
	size_t count = collect_words(key->word, words), i;
	struct buf range = {0}, hint = {0};

	if (node->kind != YAML_SCALAR)
		return fail_type(key, node, diags, NULL);
	for (i = 0; i < count; i++) {
		if (slice_equal(node->text, slice_of(words[i]))) {
			*(long long *)member(target, key) = (long long)i;
			return true;
		}
	}
	config_type_print_range(key, &range);
	nearest = diag_nearest(node->text, words, count);
	if (nearest != NULL)
		buf_printf(&hint, "did you mean \"%s\"?", nearest);
	(void)diags_add(diags, DIAG_ERROR, node->mark,
		nearest != NULL ? buf_slice(&hint).p : NULL, "%s must be %s",
		key->name, buf_slice(&range).p);
	buf_fini(&range);
	buf_fini(&hint);
	return false;
}

static bool
read_texts(const struct config_target *target, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	return config_texts_read(
		target->arena, node, member(target, key), diags);
}

static bool
read_lists(const struct config_target *target, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	return config_lists_read(
		target->arena, node, member(target, key), diags);
}

static const struct {
	const char *name;
	bool (*read)(const struct config_target *, const struct config_key *,
		const struct yaml_node *, struct diags *);
} types[] = {
	[CONFIG_TEXT] = {"text", read_text},
	[CONFIG_TEXTS] = {"list of texts", read_texts},
	[CONFIG_LISTENER] = {"socket", read_listener},
	[CONFIG_UNIX] = {"unix socket", read_listener},
	[CONFIG_ADDRESS] = {"loopback address", read_address},
	[CONFIG_REPLY] = {"reply text", read_reply},
	[CONFIG_FILE] = {"file", read_file},
	[CONFIG_SECRET] = {"file", read_secret},
	[CONFIG_BOOL] = {"boolean", read_bool},
	[CONFIG_NUMBER] = {"number", read_integer},
	[CONFIG_SIZE] = {"size", read_integer},
	[CONFIG_DURATION] = {"duration", read_integer},
	[CONFIG_MODE] = {"file mode", read_integer},
	[CONFIG_WORD] = {"word", read_word},
	[CONFIG_LISTS] = {"map of lists", read_lists},
};

bool
config_type_read(const struct config_target *target,
	const struct config_key *key, const struct yaml_node *node,
	struct diags *diags)
{
	return types[key->kind].read(target, key, node, diags);
}

const char *
config_type_name(enum config_kind kind)
{
	return types[kind].name;
}

/* "a, b" as a list of two. */
static bool
init_texts(const struct config_target *target, const struct config_key *key,
	struct diags *diags)
{
	struct yaml_node nodes[TEXTS_INITIAL_MAX] = {0};
	struct yaml_node list = {.kind = YAML_LIST, .children = nodes};
	struct slice rest = slice_of(key->initial), field;

	while (list.count < TEXTS_INITIAL_MAX &&
		slice_next(&rest, ',', &field)) {
		nodes[list.count].kind = YAML_SCALAR;
		nodes[list.count].text = slice_trim(field);
		if (list.count > 0)
			nodes[list.count - 1].next = &nodes[list.count];
		list.count++;
	}
	return read_texts(target, key, &list, diags);
}

bool
config_type_init(const struct config_target *target,
	const struct config_key *key, struct diags *diags)
{
	struct yaml_node node = {.kind = YAML_SCALAR, .plain = true};

	if (key->initial == NULL)
		return true;
	if (key->kind == CONFIG_TEXTS)
		return init_texts(target, key, diags);
	node.text = slice_of(key->initial);
	return config_type_read(target, key, &node, diags);
}

static void
print_words(config_word_fn *word, struct buf *out)
{
	for (int i = 0; word(i) != NULL; i++) {
		if (i > 0)
			buf_puts(out, word(i + 1) != NULL ? ", " : " or ");
		buf_puts(out, word(i));
	}
}

void
config_type_print_range(const struct config_key *key, struct buf *out)
{
	if (key->word != NULL) {
		print_words(key->word, out);
	} else if (key->most != 0) {
		integers[key->kind].print(key->least, out);
		buf_puts(out, " to ");
		integers[key->kind].print(key->most, out);
	}
}
