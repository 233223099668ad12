/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Forwarden and GMime read the same header fields, and where they differ is
 * told: oracle FILE... prints for each field of each file on which the two do
 * not agree
 *
 *	FILE:LINE TAB field TAB what Forwarden read TAB what GMime read
 *
 * A file is a message (its header is read) or, with a name that ends in
 * ".txt", a list: a word, a tab and a field in a line, # for comments. Address
 * fields are compared by display name and key, Subject by its decoded text.
 * Ends with the number of fields compared on stderr.
 *
 * oracle --version prints GMime's.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "mail/address_list.h"
#include "mail/field.h"
#include "mail/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#include <gmime/gmime.h>
#pragma GCC diagnostic pop

#define ARENA_BYTES (1 << 22)
#define ADDRESSES_MAX 1000

static void
add_address(struct buf *out, struct slice name, struct slice key)
{
	if (out->len > 0)
		buf_puts(out, " | ");
	buf_add_visible(out, name);
	buf_puts(out, " <");
	buf_add_visible(out, key);
	buf_puts(out, ">");
}

static void
read_ours(struct arena *arena, struct slice value, struct buf *out)
{
	struct addresses list;
	bool cut;

	list = address_list_parse(arena, value, ADDRESSES_MAX, &cut);
	for (size_t i = 0; i < list.count; i++)
		add_address(out, list.at[i].name, list.at[i].text);
}

/* Its spelling of an address in our form, so that only what was understood
 * is compared. */
static void
add_theirs(struct arena *arena, InternetAddress *theirs, struct buf *out)
{
	const char *name = internet_address_get_name(theirs);
	struct slice shown = slice_of(name != NULL ? name : "");
	const char *text;
	struct address address;

	if (INTERNET_ADDRESS_IS_GROUP(theirs)) {
		InternetAddressList *members =
			internet_address_group_get_members(
				INTERNET_ADDRESS_GROUP(theirs));
		int i;

		for (i = 0; i < internet_address_list_length(members); i++) {
			add_theirs(arena,
				internet_address_list_get_address(members, i),
				out);
		}
		return;
	}
	text = internet_address_mailbox_get_addr(
		INTERNET_ADDRESS_MAILBOX(theirs));
	if (!path_parse(arena, slice_of(text != NULL ? text : ""), &address))
		abort();
	add_address(out, slice_trim(shown), address.text);
}

static void
read_theirs(struct arena *arena, struct slice value, struct buf *out)
{
	char *text = g_strndup(value.p, value.len);
	InternetAddressList *list = internet_address_list_parse(NULL, text);

	if (list != NULL) {
		for (int i = 0; i < internet_address_list_length(list); i++) {
			add_theirs(arena,
				internet_address_list_get_address(list, i),
				out);
		}
		g_object_unref(list);
	}
	g_free(text);
}

static void
read_subjects(struct arena *arena, struct slice value, struct buf *ours,
	struct buf *theirs)
{
	char *text = g_strndup(value.p, value.len);
	char *decoded = g_mime_utils_header_decode_text(NULL, text);

	buf_add_visible(ours, field_decode(arena, value));
	buf_add_visible(theirs, slice_of(decoded));
	g_free(decoded);
	g_free(text);
}

static const char *const address_fields[] = {
	"From", "To", "Cc", "Reply-To", "Sender", "Resent-From", "Resent-To"};

static bool
is_address_field(struct slice name)
{
	for (size_t i = 0; i < sizeof(address_fields) / sizeof(*address_fields);
		i++) {
		if (slice_equal_fold(name, slice_of(address_fields[i])))
			return true;
	}
	return false;
}

/* One field of a file; whether it was one to compare. */
static bool
compare(const char *place, struct slice field)
{
	size_t colon = slice_find_byte(field, ':', 0);
	struct slice name = slice_trim(slice_sub(field, 0, colon)), value;
	bool is_address = is_address_field(name);
	struct buf ours = {0}, theirs = {0};
	struct arena *arena;

	if (colon == SLICE_NONE ||
		(!is_address && !slice_equal_fold(name, SLICE("Subject"))))
		return false;
	arena = arena_new(ARENA_BYTES);
	value = field_unfold(arena, slice_sub(field, colon + 1, field.len));
	if (is_address) {
		read_ours(arena, value, &ours);
		read_theirs(arena, value, &theirs);
	} else {
		read_subjects(arena, value, &ours, &theirs);
	}
	if (!slice_equal(buf_slice(&ours), buf_slice(&theirs))) {
		printf("%s\t%.*s\t%s\t%s\n", place, SLICE_ARG(name),
			buf_slice(&ours).p, buf_slice(&theirs).p);
	}
	buf_fini(&ours);
	buf_fini(&theirs);
	arena_free(arena);
	return true;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Cuts the field that *rest starts with, folded lines and all. */
static struct slice
cut_field(struct slice *rest, size_t *lines)
{
	size_t end = 0;
	struct slice field;

	*lines = 0;
	if (rest->p[0] == '\n') {
		*rest = slice_sub(*rest, 1, rest->len);
		*lines = 1;
		return SLICE("");
	}
	do {
		end = slice_find_byte(*rest, '\n', end);
		end = end == SLICE_NONE ? rest->len : end + 1;
		++*lines;
	} while (end < rest->len && is_blank(rest->p[end]));
	field = slice_sub(*rest, 0, end);
	*rest = slice_sub(*rest, end, rest->len);
	return slice_trim(field);
}

static unsigned long
compare_file(const char *path, struct slice text)
{
	const char *base = strrchr(path, '/');
	bool is_list = slice_ends_fold(slice_of(path), SLICE(".txt"));
	size_t line = 1, lines;
	unsigned long compared = 0;

	base = base != NULL ? base + 1 : path;
	while (text.len > 0) {
		struct slice field = cut_field(&text, &lines);
		char place[256];

		if (field.len == 0 && !is_list)
			break;
		(void)snprintf(place, sizeof(place), "%s:%zu", base, line);
		line += lines;
		if (is_list) {
			field = slice_sub(field,
				slice_find_byte(field, '\t', 0), field.len);
		}
		if (field.len > 0)
			compared += compare(place, slice_trim(field));
	}
	return compared;
}

int
main(int argc, char **argv)
{
	unsigned long compared = 0;

	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("%u.%u.%u\n", gmime_major_version, gmime_minor_version,
			gmime_micro_version);
		return 0;
	}
	g_mime_init();
	for (int i = 1; i < argc; i++) {
		char *text;
		gsize len;

		if (!g_file_get_contents(argv[i], &text, &len, NULL)) {
			fprintf(stderr, "oracle: %s cannot be read\n", argv[i]);
			return 1;
		}
		compared += compare_file(argv[i], (struct slice){text, len});
		g_free(text);
	}
	g_mime_shutdown();
	fprintf(stderr, "%lu fields compared\n", compared);
	return 0;
}
