/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields of the message scope: envelope, client, header, time. */
#include "verdict/fetch.h"

#include "verdict/value.h"

#include <math.h>
#include <time.h>

#define MS_A_SECOND 1000

struct sigma_values
fetch_header(const struct fields_source *source, struct slice name,
	struct arena *arena)
{
	const struct message *message = source->message;
	struct sigma_value *values;
	const struct field *field;
	size_t count = 0;

	for (size_t at = 0; (field = message_field(message, name, at)) != NULL;
		at = field->index + 1)
		count++;
	if (count == 0)
		return (struct sigma_values){0};
	values = arena_array(arena, count, sizeof(*values));
	if (values == NULL)
		return (struct sigma_values){0};
	count = 0;
	for (size_t at = 0; (field = message_field(message, name, at)) != NULL;
		at = field->index + 1)
		values[count++] = (struct sigma_value){field->text, NAN};
	return (struct sigma_values){values, count};
}

struct sigma_values
fetch_direction(const struct fields_source *s, struct arena *a)
{
	return value_text(a, slice_of(direction_name(s->message->direction)));
}

struct sigma_values
fetch_from_address(const struct fields_source *s, struct arena *a)
{
	return value_addresses(a, s->message->from, PART_TEXT);
}

struct sigma_values
fetch_from_local(const struct fields_source *s, struct arena *a)
{
	return value_addresses(a, s->message->from, PART_LOCAL);
}

struct sigma_values
fetch_from_domain(const struct fields_source *s, struct arena *a)
{
	return value_addresses(a, s->message->from, PART_DOMAIN);
}

struct sigma_values
fetch_from_name(const struct fields_source *s, struct arena *a)
{
	return value_addresses(a, s->message->from, PART_NAME);
}

struct sigma_values
fetch_sender_address(const struct fields_source *s, struct arena *a)
{
	return value_address(a, &s->message->sender, PART_TEXT);
}

struct sigma_values
fetch_reply_to_address(const struct fields_source *s, struct arena *a)
{
	return value_addresses(a, s->message->reply_to, PART_TEXT);
}

struct sigma_values
fetch_reply_to_domain(const struct fields_source *s, struct arena *a)
{
	return value_addresses(a, s->message->reply_to, PART_DOMAIN);
}

struct sigma_values
fetch_to_address(const struct fields_source *s, struct arena *a)
{
	return value_addresses(a, s->message->to, PART_TEXT);
}

struct sigma_values
fetch_to_domain(const struct fields_source *s, struct arena *a)
{
	return value_addresses(a, s->message->to, PART_DOMAIN);
}

struct sigma_values
fetch_cc_address(const struct fields_source *s, struct arena *a)
{
	return value_addresses(a, s->message->cc, PART_TEXT);
}

struct sigma_values
fetch_cc_domain(const struct fields_source *s, struct arena *a)
{
	return value_addresses(a, s->message->cc, PART_DOMAIN);
}

struct sigma_values
fetch_subject(const struct fields_source *s, struct arena *a)
{
	return value_text(a, s->message->subject);
}

struct sigma_values
fetch_message_id(const struct fields_source *s, struct arena *a)
{
	return value_text(a, s->message->message_id);
}

struct sigma_values
fetch_x_mailer(const struct fields_source *s, struct arena *a)
{
	return fetch_header(s, SLICE("x-mailer"), a);
}

struct sigma_values
fetch_content_type(const struct fields_source *s, struct arena *a)
{
	return fetch_header(s, SLICE("content-type"), a);
}

struct sigma_values
fetch_mail_from_address(const struct fields_source *s, struct arena *a)
{
	return value_address(a, &s->message->mail_from, PART_TEXT);
}

struct sigma_values
fetch_mail_from_local(const struct fields_source *s, struct arena *a)
{
	return value_address(a, &s->message->mail_from, PART_LOCAL);
}

struct sigma_values
fetch_mail_from_domain(const struct fields_source *s, struct arena *a)
{
	return value_address(a, &s->message->mail_from, PART_DOMAIN);
}

struct sigma_values
fetch_helo(const struct fields_source *s, struct arena *a)
{
	return value_text(a, s->message->client.helo);
}

struct sigma_values
fetch_auth_user(const struct fields_source *s, struct arena *a)
{
	return value_text(a, s->message->client.auth_user);
}

struct sigma_values
fetch_auth_method(const struct fields_source *s, struct arena *a)
{
	return value_text(a, s->message->client.auth_method);
}

struct sigma_values
fetch_tls(const struct fields_source *s, struct arena *a)
{
	return value_text(a, s->message->client.tls);
}

struct sigma_values
fetch_listener(const struct fields_source *s, struct arena *a)
{
	return value_text(a, s->message->client.listener);
}

struct sigma_values
fetch_ip(const struct fields_source *s, struct arena *a)
{
	return value_text(a, s->message->client.ip);
}

struct sigma_values
fetch_name(const struct fields_source *s, struct arena *a)
{
	return value_text(a, s->message->client.name);
}

struct sigma_values
fetch_ours(const struct fields_source *s, struct arena *a)
{
	(void)a;
	return value_truth(s->message->client_ours);
}

struct sigma_values
fetch_hops(const struct fields_source *s, struct arena *a)
{
	return value_number(a, (double)s->message->hop_count);
}

struct sigma_values
fetch_recipients(const struct fields_source *s, struct arena *a)
{
	return value_number(a, (double)s->message->rcpt_total);
}

struct sigma_values
fetch_list(const struct fields_source *s, struct arena *a)
{
	(void)a;
	return value_truth(s->message->list);
}

struct sigma_values
fetch_auto_reply(const struct fields_source *s, struct arena *a)
{
	(void)a;
	return value_truth(s->message->auto_reply);
}

struct sigma_values
fetch_bounce(const struct fields_source *s, struct arena *a)
{
	(void)a;
	return value_truth(s->message->bounce);
}

struct sigma_values
fetch_encrypted(const struct fields_source *s, struct arena *a)
{
	(void)a;
	return value_truth(s->message->encrypted);
}

struct sigma_values
fetch_keyword(const struct fields_source *s, struct arena *a)
{
	(void)a;
	return value_truth(keyword_in(s->keywords, s->message->subject));
}

/* In the machine's zone: a person's night is where the person is. */
static struct tm
local_time(const struct message *message)
{
	time_t seconds = (time_t)(message->at_ms / MS_A_SECOND);
	struct tm parts = {0};

	localtime_r(&seconds, &parts);
	return parts;
}

static struct slice
weekday(const struct message *message)
{
	static const char *const days[] = {"sunday", "monday", "tuesday",
		"wednesday", "thursday", "friday", "saturday"};

	return slice_of(days[local_time(message).tm_wday % 7]);
}

struct sigma_values
fetch_hour(const struct fields_source *s, struct arena *a)
{
	return value_number(a, local_time(s->message).tm_hour);
}

struct sigma_values
fetch_weekday(const struct fields_source *s, struct arena *a)
{
	return value_text(a, weekday(s->message));
}
