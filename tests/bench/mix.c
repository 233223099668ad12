/* SPDX-License-Identifier: BSD-2-Clause */
/* The messages of the benchmark. */
#include "mix.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <libmilter/mfdef.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS_MAX 64
#define TEMPLATE_BYTES 16384

struct field {
	struct slice name, value;
};

struct shape {
	char text[TEMPLATE_BYTES];
	struct slice client, helo, listener, auth, mail, rcpt, mailer;
	struct field fields[FIELDS_MAX];
	size_t field_count;
};

static const char *const shape_files[] = {
	"in", "out", "forward-postfix", "forward-exchange", "forward-gmail"};
#define SHAPES (sizeof(shape_files) / sizeof(shape_files[0]))
enum {
	SHAPE_IN,
	SHAPE_OUT,
	SHAPE_FORWARD
};

struct mix {
	struct mix_options options;
	struct shape shapes[SHAPES];
};

static const struct {
	const char *word;
	size_t offset;
} envelope_lines[] = {
	{"client ", offsetof(struct shape, client)},
	{"helo ", offsetof(struct shape, helo)},
	{"listener ", offsetof(struct shape, listener)},
	{"auth ", offsetof(struct shape, auth)},
	{"mail ", offsetof(struct shape, mail)},
	{"rcpt ", offsetof(struct shape, rcpt)},
	{"mailer ", offsetof(struct shape, mailer)},
};
#define ENVELOPE_LINES (sizeof(envelope_lines) / sizeof(envelope_lines[0]))

static bool
parse_envelope_line(struct shape *s, struct slice line)
{
	for (size_t i = 0; i < ENVELOPE_LINES; i++) {
		struct slice word = slice_of(envelope_lines[i].word);
		if (!slice_starts_fold(line, word))
			continue;
		char *at = (char *)s + envelope_lines[i].offset;
		*(struct slice *)(void *)at =
			slice_sub(line, word.len, line.len);
		return true;
	}
	return false;
}

static bool
parse_header_line(struct shape *s, struct slice line)
{
	if (line.p[0] == ' ' || line.p[0] == '\t') {
		if (s->field_count == 0)
			return false;
		struct slice *value = &s->fields[s->field_count - 1].value;
		value->len = (size_t)(line.p + line.len - value->p);
		return true;
	}
	size_t colon = slice_find_byte(line, ':', 0);
	if (colon == SLICE_NONE || s->field_count == FIELDS_MAX)
		return false;
	s->fields[s->field_count++] = (struct field){slice_sub(line, 0, colon),
		slice_trim(slice_sub(line, colon + 1, line.len))};
	return true;
}

static bool
load_shape(struct shape *s, const char *directory, const char *name,
	struct err *err)
{
	char path[512];
	bool in_header = false;

	snprintf(path, sizeof(path), "%s/%s.txt", directory, name);
	FILE *f = fopen(path, "r");
	if (f == NULL)
		return err_system(err, "%s", path);
	struct slice rest = {s->text, fread(s->text, 1, TEMPLATE_BYTES, f)};
	fclose(f);
	for (struct slice line; slice_next(&rest, '\n', &line);) {
		if (line.len == 0) {
			in_header = true;
			continue;
		}
		if (in_header ? !parse_header_line(s, line)
			      : !parse_envelope_line(s, line)) {
			return err_set(err, ERR_INVALID, "%s: %.*s", path,
				SLICE_ARG(line));
		}
	}
	return true;
}

struct mix *
mix_load(const struct mix_options *options, struct err *err)
{
	struct mix *mix = calloc(1, sizeof(*mix));

	if (mix == NULL)
		return NULL;
	mix->options = *options;
	for (size_t i = 0; i < SHAPES; i++) {
		if (!load_shape(&mix->shapes[i], options->directory,
			    shape_files[i], err)) {
			free(mix);
			return NULL;
		}
	}
	return mix;
}

void
mix_free(struct mix *mix)
{
	free(mix);
}

static const struct shape *
shape_of(const struct mix *mix, uint64_t session)
{
	static const unsigned char ten[10] = {SHAPE_IN, SHAPE_IN, SHAPE_OUT,
		SHAPE_IN, SHAPE_IN, SHAPE_FORWARD, SHAPE_IN, SHAPE_OUT,
		SHAPE_IN, SHAPE_IN};
	size_t shape = ten[session % 10];

	if (shape == SHAPE_FORWARD)
		shape += session / 10 % (SHAPES - SHAPE_FORWARD);
	return &mix->shapes[shape];
}

/* What one message is being put together from. */
struct making {
	struct wire *w;
	const struct shape *shape;
	char identity[32], mailbox[64], person[64], destination[64];
	struct buf data, auth;
	struct err *err;
};

static void
choose_values(struct making *m, const struct mix_options *o, uint64_t n)
{
	uint64_t mixed = (n + o->seed) * UINT64_C(0x9E3779B97F4A7C15);
	unsigned who = (unsigned)((mixed >> 32) % o->mailboxes);

	snprintf(m->identity, sizeof(m->identity), "%016" PRIx64, mixed);
	snprintf(m->mailbox, sizeof(m->mailbox), "person.%u@example.com", who);
	snprintf(m->person, sizeof(m->person), "jo.%u@mail.example.org",
		(unsigned)(mixed % 200000));
	snprintf(m->destination, sizeof(m->destination),
		"backup.%u@freemail.example", who);
}

static void
expand(const struct making *m, struct slice text, struct buf *out)
{
	size_t at = 0;

	for (;;) {
		size_t dollar = slice_find_byte(text, '$', at);
		buf_add(out, slice_sub(text, at, dollar));
		if (dollar == SLICE_NONE || dollar + 1 >= text.len)
			return;
		switch (text.p[dollar + 1]) {
		case 'I':
			buf_puts(out, m->identity);
			break;
		case 'B':
			buf_puts(out, m->mailbox);
			break;
		case 'O':
			buf_puts(out, m->person);
			break;
		default:
			buf_puts(out, m->destination);
			break;
		}
		at = dollar + 2;
	}
}

static bool
send_command(struct making *m, char command, const struct wire_macro *macros)
{
	const struct wire_step step = {command, buf_slice(&m->data), macros};
	char reply;

	if (!wire_step(m->w, &step, &reply, m->err))
		return false;
	if (reply != SMFIR_CONTINUE) {
		return err_set(m->err, ERR_INVALID,
			"command %c was answered by %c", command, reply);
	}
	return true;
}

/* Arguments of MAIL and RCPT: each ends with a NUL. */
static bool
send_arguments(struct making *m, char command, struct slice line,
	const struct wire_macro *macros)
{
	buf_reset(&m->data);
	for (struct slice word; slice_next(&line, ' ', &word);) {
		expand(m, word, &m->data);
		buf_add_byte(&m->data, '\0');
	}
	return send_command(m, command, macros);
}

bool
mix_greet(const struct mix *mix, struct wire *w, uint64_t session,
	struct err *err)
{
	struct making m = {.w = w, .err = err, .shape = shape_of(mix, session)};
	const struct wire_macro macros[] = {{"j", SLICE("mx.example.com")},
		{"{daemon_name}", m.shape->listener},
		{"{daemon_addr}", SLICE("192.0.2.1")},
		{"v", SLICE("Postfix 3.7.11")}, {NULL, {NULL, 0}}};
	const uint16_t port = htons(40000);
	struct slice address = m.shape->client, name;

	slice_next(&address, ' ', &name);
	buf_add(&m.data, name);
	buf_add_byte(&m.data, '\0');
	buf_add_byte(&m.data, SMFIA_INET);
	buf_add(&m.data, (struct slice){(const char *)&port, sizeof(port)});
	buf_add(&m.data, address);
	buf_add_byte(&m.data, '\0');
	bool fine = send_command(&m, SMFIC_CONNECT, macros) &&
		send_arguments(&m, SMFIC_HELO, m.shape->helo, NULL);
	buf_fini(&m.data);
	return fine;
}

static bool
send_envelope(struct making *m)
{
	const struct wire_macro nobody[] = {{NULL, {NULL, 0}}};
	const struct wire_macro rcpt[] = {
		{"{rcpt_mailer}", m->shape->mailer}, {NULL, {NULL, 0}}};

	buf_reset(&m->auth);
	expand(m, m->shape->auth, &m->auth);
	const struct wire_macro login[] = {{"{auth_type}", SLICE("PLAIN")},
		{"{auth_authen}", buf_slice(&m->auth)}, {NULL, {NULL, 0}}};
	return send_arguments(m, SMFIC_MAIL, m->shape->mail,
		       m->auth.len > 0 ? login : nobody) &&
		send_arguments(m, SMFIC_RCPT, m->shape->rcpt, rcpt);
}

static bool
send_fields(struct making *m)
{
	for (size_t i = 0; i < m->shape->field_count; i++) {
		const struct field *f = &m->shape->fields[i];
		buf_reset(&m->data);
		buf_add(&m->data, f->name);
		buf_add_byte(&m->data, '\0');
		if (m->w->steps & SMFIP_HDR_LEADSPC)
			buf_add_byte(&m->data, ' ');
		expand(m, f->value, &m->data);
		buf_add_byte(&m->data, '\0');
		if (!send_command(m, SMFIC_HEADER, NULL))
			return false;
	}
	buf_reset(&m->data);
	return true;
}

static bool
send_body(struct making *m)
{
	if (m->w->steps & SMFIP_NOBODY)
		return true;
	while (m->data.len < 48000)
		buf_puts(&m->data, "The figures are attached as promised.\r\n");
	return send_command(m, SMFIC_BODY, NULL);
}

bool
mix_send(const struct mix *mix, struct wire *w, uint64_t session, uint64_t n,
	struct wire_result *result, struct err *err)
{
	struct making m = {.w = w, .err = err, .shape = shape_of(mix, session)};
	char id[32];

	choose_values(&m, &mix->options, n);
	snprintf(id, sizeof(id), "4D%.10s", m.identity);
	const struct wire_macro queue[] = {
		{"i", slice_of(id)}, {NULL, {NULL, 0}}};
	bool fine = send_envelope(&m);
	buf_reset(&m.data);
	fine = fine && send_command(&m, SMFIC_DATA, queue) && send_fields(&m) &&
		send_command(&m, SMFIC_EOH, queue) && send_body(&m) &&
		wire_end(w, queue, result, err);
	buf_fini(&m.data);
	buf_fini(&m.auth);
	return fine;
}
