/* SPDX-License-Identifier: BSD-2-Clause */
/* How values of each type are read, checked and named. */
#include "daemon/config_type.h"

#include "daemon/listener.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECRET_BYTES 4096
#define LIST_FILE_BYTES (16 * 1024 * 1024)
#define REPLY_BYTES 200

static void *
member(struct config *config, const struct config_key *key)
{
	return (char *)config + key->offset;
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

/* A unit's name and what one is worth. */
struct unit {
	const char *name;
	long long worth;
};

static const struct unit duration_units[] = {
	{"d", 86400000},
	{"h", 3600000},
	{"m", 60000},
	{"s", 1000},
	{"ms", 1},
	{NULL, 0},
};

static const struct unit size_units[] = {
	{"G", 1024LL * 1024 * 1024},
	{"M", 1024LL * 1024},
	{"k", 1024},
	{"", 1},
	{NULL, 0},
};

static bool
parse_amount(struct slice text, const struct unit *units, long long *out)
{
	size_t digits = 0;
	uint64_t number;

	while (digits < text.len && text.p[digits] >= '0' &&
		text.p[digits] <= '9')
		digits++;
	if (!slice_to_u64(slice_sub(text, 0, digits), &number))
		return false;
	for (; units->name != NULL; units++)
		if (slice_equal_fold(slice_sub(text, digits, text.len),
			    slice_of(units->name))) {
			if (number > (uint64_t)(LLONG_MAX / units->worth))
				return false;
			*out = (long long)number * units->worth;
			return true;
		}
	return false;
}

/* In the largest unit that leaves no rest. */
static void
print_amount(long long amount, const struct unit *units, struct buf *out)
{
	while (units[1].name != NULL &&
		(amount == 0 || amount % units->worth != 0))
		units++;
	buf_printf(out, "%lld%s", amount / units->worth, units->name);
}

bool
config_duration_parse(struct slice text, long long *ms)
{
	return parse_amount(text, duration_units, ms);
}

void
config_duration_print(long long ms, struct buf *out)
{
	print_amount(ms, duration_units, out);
}

bool
config_size_parse(struct slice text, long long *bytes)
{
	return parse_amount(text, size_units, bytes);
}

void
config_size_print(long long bytes, struct buf *out)
{
	print_amount(bytes, size_units, out);
}

static bool
parse_number(struct slice text, long long *out)
{
	uint64_t number;

	if (!slice_to_u64(text, &number) || number > LLONG_MAX)
		return false;
	*out = (long long)number;
	return true;
}

static bool
parse_mode(struct slice text, long long *out)
{
	size_t i;

	*out = 0;
	for (i = 0; i < text.len; i++) {
		if (text.p[i] < '0' || text.p[i] > '7' || i > 4)
			return false;
		*out = *out * 8 + (text.p[i] - '0');
	}
	return text.len > 0;
}

static bool
has_control(struct slice text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if ((unsigned char)text.p[i] < ' ' || text.p[i] == 0x7f)
			return true;
	return false;
}

/* Keeps a text in the configuration, for as long as it lives. */
static bool
keep_text(
	struct config *config, const struct config_key *key, struct slice text)
{
	struct slice copy = arena_copy(config->arena, text);

	if (slice_is_absent(copy))
		return false;
	*(const char **)member(config, key) = copy.p;
	return true;
}

static bool
read_text(struct config *config, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	if (node->kind != YAML_SCALAR)
		return fail_type(key, node, diags, NULL);
	if (has_control(node->text))
		return diags_add(diags, DIAG_ERROR, node->mark, NULL,
			"%s must not hold control characters", key->name);
	return keep_text(config, key, node->text) || fail_memory(node, diags);
}

static bool
read_reply(struct config *config, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	size_t i;

	if (node->kind != YAML_SCALAR)
		return fail_type(key, node, diags, NULL);
	for (i = 0; i < node->text.len; i++)
		if (node->text.p[i] < ' ' || node->text.p[i] > '~' ||
			node->text.p[i] == '%')
			return diags_add(diags, DIAG_ERROR, node->mark,
				"an SMTP reply is one line of ASCII; MTAs "
				"misread a percent sign",
				"%s holds a character that a reply may not",
				key->name);
	if (node->text.len == 0 || node->text.len > REPLY_BYTES)
		return diags_add(diags, DIAG_ERROR, node->mark, NULL,
			"%s must have 1 to %d characters", key->name,
			REPLY_BYTES);
	return keep_text(config, key, node->text) || fail_memory(node, diags);
}

static bool
read_listener(struct config *config, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	struct listener_address address;
	struct err err = {0};

	if (node->kind != YAML_SCALAR)
		return fail_type(key, node, diags, NULL);
	if (!listener_parse(node->text, &address, &err))
		return diags_add(diags, DIAG_ERROR, node->mark, NULL, "%s: %s",
			key->name, err.text);
	if (strcmp(key->name, "control") == 0 &&
		address.family != LISTENER_UNIX)
		return diags_add(diags, DIAG_ERROR, node->mark,
			"whoever can reach it sees who forwards to whom; its "
			"permissions decide who that is",
			"control must be a unix socket");
	return keep_text(config, key, node->text) || fail_memory(node, diags);
}

static bool
read_address(struct config *config, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	struct listener_address address;
	struct err err = {0};

	if (node->kind != YAML_SCALAR)
		return fail_type(key, node, diags, NULL);
	if (node->text.len > 0) {
		if (!listener_parse(node->text, &address, &err))
			return diags_add(diags, DIAG_ERROR, node->mark,
				"write 127.0.0.1:8895", "%s: %s", key->name,
				err.text);
		if (!listener_is_local(&address))
			return diags_add(diags, DIAG_ERROR, node->mark,
				"it asks for no password; put a proxy that "
				"does before it",
				"%s must be a loopback address", key->name);
	}
	return keep_text(config, key, node->text) || fail_memory(node, diags);
}

static FILE *
open_file(struct config *config, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	struct slice path = arena_copy(config->arena, node->text);
	FILE *f = slice_is_absent(path) ? NULL : fopen(path.p, "re");

	if (f == NULL)
		(void)diags_add(diags, DIAG_ERROR, node->mark, NULL,
			"%s: cannot read the file: %s", key->name,
			strerror(errno));
	return f;
}

static bool
read_file(struct config *config, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	FILE *f;

	if (!read_text(config, key, node, diags))
		return false;
	if (node->text.len == 0)
		return true;
	f = open_file(config, key, node, diags);
	if (f != NULL)
		(void)fclose(f);
	return f != NULL;
}

/* The first line of a file, as a secret is written to one. */
static bool
read_secret(struct config *config, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	char line[SECRET_BYTES] = "";
	FILE *f;

	if (node->kind != YAML_SCALAR)
		return fail_type(key, node, diags, NULL);
	if (node->text.len == 0)
		return true;
	f = open_file(config, key, node, diags);
	if (f == NULL)
		return false;
	if (fgets(line, sizeof line, f) == NULL)
		line[0] = '\0';
	(void)fclose(f);
	line[strcspn(line, "\r\n")] = '\0';
	if (line[0] == '\0')
		return diags_add(diags, DIAG_ERROR, node->mark, NULL,
			"%s: the file's first line is empty", key->name);
	return keep_text(config, key, slice_of(line)) ||
		fail_memory(node, diags);
}

static bool
read_bool(struct config *config, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	if (!yaml_to_bool(node, member(config, key)))
		return fail_type(key, node, diags, "write true or false");
	return true;
}

static void
print_number(long long number, struct buf *out)
{
	buf_printf(out, "%lld", number);
}

static void
print_mode(long long mode, struct buf *out)
{
	buf_printf(out, "%04llo", (unsigned long long)mode);
}

/* Whole numbers, each in its own spelling. */
static const struct {
	bool (*parse)(struct slice, long long *);
	void (*print)(long long, struct buf *);
	const char *hint;
} integers[CONFIG_KIND_COUNT] = {
	[CONFIG_NUMBER] = {parse_number, print_number, "write digits only"},
	[CONFIG_SIZE] = {config_size_parse, config_size_print,
		"write 65536, 64k, 16M or 1G"},
	[CONFIG_DURATION] = {config_duration_parse, config_duration_print,
		"write 250ms, 30s, 10m, 12h or 7d"},
	[CONFIG_MODE] = {parse_mode, print_mode, "write octal digits: 0660"},
};

static bool
read_integer(struct config *config, const struct config_key *key,
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
	*(long long *)member(config, key) = value;
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
read_word(struct config *config, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	const char *words[WORDS_MAX], *nearest;
	size_t count = collect_words(key->word, words), i;
	struct buf range = {0}, hint = {0};

	if (node->kind != YAML_SCALAR)
		return fail_type(key, node, diags, NULL);
	for (i = 0; i < count; i++)
		if (slice_equal(node->text, slice_of(words[i]))) {
			*(long long *)member(config, key) = (long long)i;
			return true;
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
fill_texts(struct config *config, const struct config_key *key,
	const struct yaml_node *first, size_t count, struct diags *diags)
{
	struct slice *at = arena_array(config->arena, count, sizeof *at);
	struct mark *marks = arena_array(config->arena, count, sizeof *marks);
	struct config_texts *out = member(config, key);
	bool ok = true;
	size_t i;

	if (at == NULL || marks == NULL)
		return fail_memory(first, diags);
	for (i = 0; i < count; i++, first = first->next) {
		if (first->kind != YAML_SCALAR || first->text.len == 0 ||
			has_control(first->text)) {
			ok = diags_add(diags, DIAG_ERROR, first->mark, NULL,
				"an entry of %s must be a text", key->name);
			at[i] = SLICE("");
		} else {
			at[i] = arena_copy(config->arena, first->text);
		}
		marks[i] = first->mark;
		if (slice_is_absent(at[i]))
			return fail_memory(first, diags);
	}
	*out = (struct config_texts){at, marks, count};
	return ok;
}

static bool
read_texts(struct config *config, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	if (node->kind == YAML_SCALAR)
		return fill_texts(config, key, node, 1, diags);
	if (node->kind != YAML_LIST)
		return fail_type(key, node, diags, "write [a, b] or a");
	if (node->count == 0) {
		*(struct config_texts *)member(config, key) =
			(struct config_texts){NULL, NULL, 0};
		return true;
	}
	return fill_texts(config, key, node->children, node->count, diags);
}

/* What a list is made of while its size is not known. */
struct values {
	struct slice *at;
	size_t count, size;
};

static bool
values_add(struct config *config, struct values *values, struct slice text)
{
	struct slice *grown;

	if (values->count == values->size) {
		values->size = values->size == 0 ? 16 : values->size * 2;
		grown = realloc(values->at, values->size * sizeof *grown);
		if (grown == NULL)
			return false;
		values->at = grown;
	}
	values->at[values->count] = arena_copy(config->arena, text);
	return !slice_is_absent(values->at[values->count++]);
}

static bool
values_add_file(struct config *config, struct values *values,
	const struct yaml_node *node, struct diags *diags)
{
	struct slice path = arena_copy(config->arena,
		slice_sub(node->text, strlen("file:"), node->text.len));
	char *line = NULL;
	size_t size = 0, total = 0;
	ssize_t len;
	bool ok = true;
	FILE *f = slice_is_absent(path) ? NULL : fopen(path.p, "re");

	if (f == NULL)
		return diags_add(diags, DIAG_ERROR, node->mark, NULL,
			"cannot read the list: %s", strerror(errno));
	while (ok && (len = getline(&line, &size, f)) >= 0) {
		struct slice text = slice_trim(
			(struct slice){line, strcspn(line, "#\r\n")});

		total += (size_t)len;
		if (total > LIST_FILE_BYTES)
			ok = diags_add(diags, DIAG_ERROR, node->mark, NULL,
				"the list is larger than %d MiB",
				LIST_FILE_BYTES / 1024 / 1024);
		else if (text.len > 0 && !values_add(config, values, text))
			ok = fail_memory(node, diags);
	}
	free(line);
	(void)fclose(f);
	return ok;
}

static bool
read_entries(struct config *config, const struct yaml_node *node,
	struct values *values, struct diags *diags)
{
	const struct yaml_node *entry =
		node->kind == YAML_LIST ? node->children : node;
	bool ok = true;

	for (; entry != NULL;
		entry = node->kind == YAML_LIST ? entry->next : NULL) {
		if (entry->kind != YAML_SCALAR)
			ok = diags_add(diags, DIAG_ERROR, entry->mark,
				"write texts, or file:/path",
				"an entry of a list must be a text");
		else if (slice_starts_fold(entry->text, SLICE("file:")))
			ok = values_add_file(config, values, entry, diags) &&
				ok;
		else if (!values_add(config, values, entry->text))
			return fail_memory(entry, diags);
	}
	return ok;
}

static bool
read_list(struct config *config, const struct yaml_node *node,
	struct sigma_list *out, struct diags *diags)
{
	struct values values = {0};
	struct slice *kept;
	bool ok = read_entries(config, node, &values, diags);

	kept = arena_array(config->arena, values.count, sizeof *kept);
	if (kept != NULL && values.count > 0)
		memcpy(kept, values.at, values.count * sizeof *kept);
	free(values.at);
	out->name = arena_copy(config->arena, node->key);
	out->values = kept;
	out->count = values.count;
	if (kept == NULL || slice_is_absent(out->name))
		return fail_memory(node, diags);
	return ok;
}

static bool
read_lists(struct config *config, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	struct config_lists *out = member(config, key);
	const struct yaml_node *child;
	bool ok = true;

	if (node->kind != YAML_MAP)
		return fail_type(key, node, diags,
			"write a name and its entries: freemail: [a, b]");
	out->at = arena_array(config->arena, node->count, sizeof *out->at);
	if (out->at == NULL)
		return fail_memory(node, diags);
	for (child = node->children; child != NULL; child = child->next)
		ok = read_list(config, child, &out->at[out->count++], diags) &&
			ok;
	return ok;
}

static const struct {
	const char *name;
	bool (*read)(struct config *, const struct config_key *,
		const struct yaml_node *, struct diags *);
} types[] = {
	[CONFIG_TEXT] = {"text", read_text},
	[CONFIG_TEXTS] = {"list of texts", read_texts},
	[CONFIG_LISTENER] = {"socket", read_listener},
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
config_type_read(struct config *config, const struct config_key *key,
	const struct yaml_node *node, struct diags *diags)
{
	return types[key->kind].read(config, key, node, diags);
}

const char *
config_type_name(enum config_kind kind)
{
	return types[kind].name;
}

/* "a, b" as a list of two. */
static bool
init_texts(struct config *config, const struct config_key *key,
	struct diags *diags)
{
	struct yaml_node nodes[8] = {0};
	struct slice rest = slice_of(key->initial), field;
	size_t count = 0;

	while (count < 8 && slice_next(&rest, ',', &field)) {
		nodes[count].kind = YAML_SCALAR;
		nodes[count].text = slice_trim(field);
		if (count > 0)
			nodes[count - 1].next = &nodes[count];
		count++;
	}
	return fill_texts(config, key, nodes, count, diags);
}

bool
config_type_init(struct config *config, const struct config_key *key,
	struct diags *diags)
{
	struct yaml_node node = {.kind = YAML_SCALAR, .plain = true};

	if (key->initial == NULL)
		return true;
	if (key->kind == CONFIG_TEXTS)
		return init_texts(config, key, diags);
	node.text = slice_of(key->initial);
	return config_type_read(config, key, &node, diags);
}

static void
print_words(config_word_fn *word, struct buf *out)
{
	int i;

	for (i = 0; word(i) != NULL; i++) {
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
