/* SPDX-License-Identifier: BSD-2-Clause */
/* Blocks of m4, and what a .cf says. */
#include "mta/mc_text.h"

#include <stdio.h>
#include <string.h>

#define BEGIN "dnl # BEGIN forwarden"
#define END "dnl # END forwarden"

static const char *const mailers[] = {
	"SMTP", "ESMTP", "SMTP8", "DSMTP", "RELAY"};

#define MAILER_COUNT (sizeof(mailers) / sizeof(*mailers))

/* The egress believes the intake, which has asked all there is to ask; its
 * own bounces go back there, for else it would follow .forward files itself,
 * behind the filter. */
static const char rules[] =
	"LOCAL_RULE_0\n"
	"R$* < @ $=w . > $*\t$#esmtp $@ [127.0.0.1] $: $1 < @ $2 . > $3\n"
	"R$* < @ $={VirtHost} . > $*\t$#esmtp $@ [127.0.0.1] "
	"$: $1 < @ $2 . > $3\n"
	"R$-\t$#esmtp $@ [127.0.0.1] $: $1 < @ $j . >\n"
	"LOCAL_RULESETS\n"
	"SLocal_greet_pause\nR$*\t$# 0\n"
	"SLocal_check_relay\nR$*\t$# OK\n"
	"SLocal_check_mail\nR$*\t$# OK\n"
	"SLocal_check_rcpt\nR$*\t$# OK\n";

static bool
starts_with(struct slice text, const char *head)
{
	return text.len >= strlen(head) &&
		memcmp(text.p, head, strlen(head)) == 0;
}

/* A line with its end. */
static bool
next_line(struct slice *rest, struct slice *line)
{
	size_t end = slice_find_byte(*rest, '\n', 0);

	if (rest->len == 0)
		return false;
	*line = slice_sub(*rest, 0, end != SLICE_NONE ? end + 1 : rest->len);
	*rest = slice_sub(*rest, line->len, rest->len);
	return true;
}

static void
add_begin(struct buf *out)
{
	buf_printf(out,
		BEGIN " (recipe %u; `forwarden attach --undo'' takes it out)\n",
		MC_RECIPE_NUMBER);
}

/* At the end of the file: m4 makes options of what is defined last, and a site
 * may define some after its mailers. Only what mailers are made of comes first.
 */
static void
add_egress(struct buf *out, const struct mc_wish *wish)
{
	buf_printf(out,
		"define(`_DPO_', `')define(`_NO_MSA_', `1')dnl\n"
		"DAEMON_OPTIONS(`Name=egress, Family=inet, Addr=127.0.0.1, "
		"Port=%u, M=ACES')dnl\n"
		"define(`confINPUT_MAIL_FILTERS', `forwarden')dnl\n",
		(unsigned)wish->port);
	buf_printf(out,
		"define(`QUEUE_DIR', `%s')define(`STATUS_FILE', `%s')dnl\n"
		"define(`confPID_FILE', `%s')"
		"undefine(`confCONTROL_SOCKET_NAME')dnl\n",
		wish->queue, wish->statistics, wish->pid_file);
	buf_puts(out,
		"define(`confPROCESS_TITLE_PREFIX', `egress')"
		"define(`confPRIVACY_FLAGS', "
		"`authwarnings,noexpn,novrfy,restrictqrun')dnl\n"
		"define(`confMAX_MESSAGE_SIZE', `0')"
		"define(`confMAX_RCPTS_PER_MESSAGE', `0')"
		"define(`confBAD_RCPT_THROTTLE', `0')dnl\n"
		"define(`confCONNECTION_RATE_THROTTLE', `0')"
		"define(`confMAX_DAEMON_CHILDREN', `0')"
		"define(`confREFUSE_LA', `0')define(`confMAX_HOP', `30')dnl\n");
}

/* k lets two daemons of one name speak to each other: else all mail "loops
 * back to me". */
static void
add_definitions(struct buf *out, const struct mc_wish *wish)
{
	bool waits = strcmp(wish->away, "tempfail") == 0;

	add_begin(out);
	buf_printf(out,
		"INPUT_MAIL_FILTER(`forwarden', `S=%s, %sT=C:10s;S:10s;R:30s;"
		"E:1m')dnl\n",
		wish->milter, waits ? "F=T, " : "");
	buf_puts(out, "ifdef(`FORWARDEN_EGRESS', `', `dnl\n");
	for (size_t i = 0; i < MAILER_COUNT; i++) {
		buf_printf(out,
			"define(`%s_MAILER_ARGS', `TCP [127.0.0.1] %u')dnl\n",
			mailers[i], (unsigned)wish->port);
	}
	buf_puts(out, "')dnl\n");
	for (size_t i = 0; i < MAILER_COUNT; i++) {
		buf_printf(out, "MODIFY_MAILER_FLAGS(`%s', `+k')dnl\n",
			mailers[i]);
	}
	buf_puts(out, END "\n");
}

/* Mailers are made here, and what defines them no longer counts. */
static bool
is_late(struct slice line)
{
	static const char *const words[] = {"MAILER(", "MAILER_DEFINITIONS",
		"LOCAL_CONFIG", "LOCAL_RULE", "LOCAL_RULESETS",
		"LOCAL_NET_CONFIG"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (starts_with(line, words[i]))
			return true;
	}
	return false;
}

void
mc_text_add(struct slice mc, const struct mc_wish *wish, struct buf *out)
{
	bool added = false;

	for (struct slice line; next_line(&mc, &line);) {
		if (!added && is_late(line)) {
			add_definitions(out, wish);
			added = true;
		}
		buf_add(out, line);
	}
	if (out->len > 0 && out->p[out->len - 1] != '\n')
		buf_add_byte(out, '\n');
	if (!added)
		add_definitions(out, wish);
	add_begin(out);
	buf_puts(out, "ifdef(`FORWARDEN_EGRESS', `dnl\n");
	add_egress(out, wish);
	buf_puts(out, rules);
	buf_puts(out, "')dnl\n" END "\n");
}

void
mc_text_remove(struct slice mc, struct buf *out)
{
	bool inside = false;

	for (struct slice line; next_line(&mc, &line);) {
		if (starts_with(line, BEGIN)) {
			inside = true;
		} else if (inside && starts_with(line, END)) {
			inside = false;
		} else if (!inside) {
			buf_add(out, line);
		}
	}
}

bool
mc_text_is_attached(struct slice mc)
{
	for (struct slice line; next_line(&mc, &line);) {
		if (starts_with(line, BEGIN))
			return true;
	}
	return false;
}

/* The next line that is not a comment, without the white space at its end. */
static bool
next_said(struct slice *cf, struct slice *line)
{
	while (next_line(cf, line)) {
		*line = slice_trim(*line);
		if (line->len > 0 && line->p[0] != '#')
			return true;
	}
	return false;
}

bool
mc_text_same_cf(struct slice one, struct slice other)
{
	struct slice a, b;

	for (;;) {
		bool more = next_said(&one, &a);
		if (next_said(&other, &b) != more)
			return false;
		if (!more)
			return true;
		if (!slice_equal(a, b))
			return false;
	}
}

struct slice
mc_text_option(struct slice cf, const char *name)
{
	char head[128];

	(void)snprintf(head, sizeof(head), "O %s=", name);
	for (struct slice line; next_said(&cf, &line);) {
		if (starts_with(line, head))
			return slice_sub(line, strlen(head), line.len);
	}
	return slice_of(NULL);
}

static void
copy_text(char *out, size_t size, struct slice text)
{
	(void)snprintf(out, size, "%.*s", SLICE_ARG(text));
}

/* "Name=MTA, Family=inet, Addr=127.0.0.1, Port=25" */
static void
read_door(struct slice text, struct mc_door *door)
{
	*door = (struct mc_door){"", "127.0.0.1", "25"};
	for (struct slice part; slice_next(&text, ',', &part);) {
		part = slice_trim(part);
		size_t sign = slice_find_byte(part, '=', 0);
		struct slice value =
			slice_trim(slice_sub(part, sign + 1, part.len));
		if (sign == SLICE_NONE)
			continue;
		if (starts_with(part, "N")) {
			copy_text(door->name, sizeof(door->name), value);
		} else if (starts_with(part, "A")) {
			copy_text(door->host, sizeof(door->host), value);
		} else if (starts_with(part, "P")) {
			copy_text(door->port, sizeof(door->port), value);
		}
	}
	if (strcmp(door->host, "0.0.0.0") == 0)
		(void)strcpy(door->host, "127.0.0.1");
}

bool
mc_text_next_door(struct slice *cf, struct mc_door *door)
{
	const char *head = "O DaemonPortOptions=";

	for (struct slice line; next_said(cf, &line);) {
		if (starts_with(line, head)) {
			read_door(
				slice_sub(line, strlen(head), line.len), door);
			return true;
		}
	}
	return false;
}

/* The value of "K=..." in the lines of a mailer, up to the next comma. */
static struct slice
mailer_part(struct slice text, const char *key)
{
	for (struct slice part; slice_next(&text, ',', &part);) {
		part = slice_trim(part);
		if (starts_with(part, key))
			return slice_sub(part, strlen(key), part.len);
	}
	return slice_of(NULL);
}

/* "Msmtp, P=[IPC], F=..., A=TCP $h"; white space continues a line. */
bool
mc_text_next_mailer(struct slice *cf, struct mc_mailer *mailer)
{
	struct slice line;

	do {
		if (!next_line(cf, &line))
			return false;
	} while (line.len == 0 || line.p[0] != 'M');
	struct slice text = line;
	while (cf->len > 0 && (cf->p[0] == '\t' || cf->p[0] == ' ')) {
		(void)next_line(cf, &line);
		text.len = (size_t)(line.p + line.len - text.p);
	}
	*mailer = (struct mc_mailer){
		.name = slice_sub(text, 1, slice_find_byte(text, ',', 0)),
		.flags = mailer_part(text, "F="),
		.arguments = mailer_part(text, "A="),
		.ipc = slice_equal(mailer_part(text, "P="), SLICE("[IPC]")),
	};
	return true;
}

bool
mc_text_is_ours(const struct mc_mailer *mailer, uint16_t port)
{
	char ours[64];

	(void)snprintf(
		ours, sizeof(ours), "TCP [127.0.0.1] %u", (unsigned)port);
	return mailer->ipc && slice_equal(mailer->arguments, slice_of(ours));
}

/* LMTP (z) leads to a store, not to the outside. */
bool
mc_text_next_stray(struct slice *cf, uint16_t port, struct slice *name)
{
	for (struct mc_mailer mailer; mc_text_next_mailer(cf, &mailer);) {
		if (mailer.ipc && starts_with(mailer.arguments, "TCP ") &&
			slice_find_byte(mailer.flags, 'z', 0) == SLICE_NONE &&
			!mc_text_is_ours(&mailer, port)) {
			*name = mailer.name;
			return true;
		}
	}
	return false;
}
