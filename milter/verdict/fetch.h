/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How each field of a policy gets its values out of the facts. Private to
 * verdict/: fields.c's table names these. All of them are lazy: nothing is
 * computed for a field that no policy asked for.
 */
#ifndef VERDICT_FETCH_H
#define VERDICT_FETCH_H

#include "sigma/record.h"
#include "verdict/source.h"

typedef struct sigma_values fetch_fn(
	const struct fields_source *, struct arena *);

/* A field of the header by its name, decoded, every occurrence. */
struct sigma_values fetch_header(
	const struct fields_source *, struct slice name, struct arena *);

fetch_fn fetch_direction, fetch_from_address, fetch_from_local,
	fetch_from_domain, fetch_from_name, fetch_sender_address,
	fetch_reply_to_address, fetch_reply_to_domain, fetch_to_address,
	fetch_to_domain, fetch_cc_address, fetch_cc_domain, fetch_subject,
	fetch_message_id, fetch_x_mailer, fetch_content_type;
fetch_fn fetch_mail_from_address, fetch_mail_from_local, fetch_mail_from_domain,
	fetch_helo, fetch_auth_user, fetch_auth_method, fetch_tls,
	fetch_listener, fetch_ip, fetch_name, fetch_ours;
fetch_fn fetch_hops, fetch_recipients, fetch_list, fetch_auto_reply,
	fetch_bounce, fetch_encrypted, fetch_keyword, fetch_hour, fetch_weekday;
fetch_fn fetch_mailbox_address, fetch_mailbox_local, fetch_mailbox_domain,
	fetch_rcpt_address, fetch_rcpt_local, fetch_rcpt_domain,
	fetch_rcpt_registered, fetch_rcpt_external, fetch_rcpt_lookalike,
	fetch_rcpt_original_address, fetch_rcpt_original_domain, fetch_kind,
	fetch_platform, fetch_evidence, fetch_confidence, fetch_delay;
fetch_fn fetch_rcpt_new, fetch_rcpt_age, fetch_rcpt_count, fetch_contained,
	fetch_received_day, fetch_forwarded_day, fetch_forward_ratio,
	fetch_burst, fetch_keyword_skew;

#endif
