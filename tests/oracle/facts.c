/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * facts FILE... prints for each message what its facts are, a line each:
 * name, gaps, hops, and which of the facts that every message should have are
 * there (from, id, date of the newest hop).
 */
#include "base/arena.h"
#include "base/buf.h"
#include "mail/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES (1 << 22)

static bool
read_file(const char *path, struct buf *out)
{
	FILE *file = fopen(path, "rb");
	char chunk[4096];
	size_t len;

	if (file == NULL)
		return false;
	while ((len = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_add(out, (struct slice){chunk, len});
	(void)fclose(file);
	return buf_ok(out);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Cuts the field that *rest starts with; false at the end of the header. */
static bool
cut_field(struct slice *rest, struct slice *field)
{
	size_t end = 0;

	if (rest->len == 0 || rest->p[0] == '\n' || rest->p[0] == '\r')
		return false;
	do {
		end = slice_find_byte(*rest, '\n', end);
		end = end == SLICE_NONE ? rest->len : end + 1;
	} while (end < rest->len && is_blank(rest->p[end]));
	*field = slice_trim(slice_sub(*rest, 0, end));
	*rest = slice_sub(*rest, end, rest->len);
	return true;
}

/* The line that a mailbox file puts before a message. */
static void
skip_from_line(struct slice *rest)
{
	size_t end = slice_find_byte(*rest, '\n', 0);

	if (slice_starts_fold(*rest, SLICE("From ")) && end != SLICE_NONE)
		*rest = slice_sub(*rest, end + 1, rest->len);
}

static void
print_gaps(unsigned gaps)
{
	const char *comma = "";

	for (unsigned bit = 0; bit < GAP_COUNT; bit++) {
		if (gaps & 1U << bit) {
			printf("%s%s", comma, message_gap_name(bit));
			comma = ",";
		}
	}
	if (gaps == 0)
		printf("none");
}

static void
print_facts(const char *path, const struct message *message)
{
	const char *base = strrchr(path, '/');

	printf("%s\t", base != NULL ? base + 1 : path);
	print_gaps(message->gaps);
	printf("\thops=%zu\tdated=%d\tfrom=%zu\tid=%d\n", message->hop_count,
		message->hop_count > 0 && message->hops[0].at_ms != 0,
		message->from.count, !slice_is_absent(message->message_id));
}

static bool
facts_of(const char *path, const struct realm *realm)
{
	struct buf text = {0};
	struct arena *arena = arena_new(ARENA_BYTES);
	struct message_builder *builder = message_begin(arena, realm, NULL);
	struct slice rest, field;
	bool ok = read_file(path, &text);

	rest = buf_slice(&text);
	skip_from_line(&rest);
	while (ok && cut_field(&rest, &field)) {
		size_t colon = slice_find_byte(field, ':', 0);

		message_add_field(builder, slice_sub(field, 0, colon),
			slice_sub(field, colon + 1, field.len));
	}
	if (ok)
		print_facts(path, message_finish(builder, 0));
	arena_free(arena);
	buf_fini(&text);
	return ok;
}

int
main(int argc, char **argv)
{
	struct realm *realm = realm_new();
	bool ok = true;

	for (int i = 1; i < argc; i++)
		ok = facts_of(argv[i], realm) && ok;
	realm_free(realm);
	return ok ? 0 : 1;
}
