/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of the recipe for Postfix. Change RECIPE_NUMBER with it. */
#include "mta/recipe.h"

#include "mta/cf_text.h"
#include "mta/recipe_tables.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* The hop is one destination: what is meant for many must not slow it, one
 * hiccup must not suspend all that leaves, and one message stays one. */
static const char *const hop_limits[] = {
	"_destination_concurrency_failed_cohort_limit = 0",
	"_destination_concurrency_limit = 20",
	"_initial_destination_concurrency = 20",
	"_destination_rate_delay = 0s",
	"_transport_rate_delay = 0s",
};

static const char answers[] =
	"forwarden_at_domain = regexp:{ {/^.*(@[^@]+)$$/ $$1} }\n"
	/* Without it access(5) asks for domains as well, which routing does
	 * not. */
	"forwarden_full = regexp:{ {/^(.*)$$/ $$1} }\n";

static const char *const listener_arguments[] = {
	"smtpd_milters=" CF_MILTER,
	"smtpd_milter_maps=",
	"milter_macro_daemon_name=" RECIPE_DAEMON,
	"cleanup_service_name=" CF_CLEANUP,
	"content_filter=$forwarden_way_out",
	"smtpd_recipient_restrictions=$forwarden_recipients",
	"smtpd_client_restrictions=",
	"smtpd_helo_restrictions=",
	"smtpd_sender_restrictions=",
	"smtpd_relay_restrictions=",
	"smtpd_data_restrictions=",
	"smtpd_end_of_data_restrictions=",
	"smtpd_etrn_restrictions=reject",
	"smtpd_delay_reject=yes",
	"mynetworks=127.0.0.0/8",
	"mynetworks_style=host",
	"smtpd_authorized_xclient_hosts=",
	"smtpd_authorized_xforward_hosts=127.0.0.0/8",
	"receive_override_options=no_address_mappings,no_header_body_checks,"
	"no_unknown_recipient_checks",
	"smtpd_reject_unlisted_recipient=no",
	"smtpd_reject_unlisted_sender=no",
	"parent_domain_matches_subdomains=",
	"message_size_limit=0",
	"queue_minfree=0",
	"smtpd_upstream_proxy_protocol=",
	"smtpd_proxy_filter=",
	"smtpd_command_filter=",
	"smtpd_forbidden_commands=",
	"smtpd_discard_ehlo_keywords=",
	"smtpd_discard_ehlo_keyword_address_maps=",
	"smtpd_sasl_auth_enable=no",
	"smtpd_tls_security_level=none",
	"smtpd_tls_wrappermode=no",
	"smtpd_helo_required=no",
	"strict_rfc821_envelopes=no",
	"strict_mime_encoding_domain=no",
	"smtpd_sender_login_maps=",
	"smtpd_client_connection_count_limit=0",
	"smtpd_client_connection_rate_limit=0",
	"smtpd_client_message_rate_limit=0",
	"smtpd_client_recipient_rate_limit=0",
	"smtpd_client_new_tls_session_rate_limit=0",
	"smtpd_recipient_limit=1000",
	"smtpd_error_sleep_time=0",
	"smtpd_soft_error_limit=1001",
	"smtpd_hard_error_limit=1000",
	"smtpd_delay_open_until_valid_rcpt=yes",
	"local_header_rewrite_clients=",
	"remote_header_rewrite_domain=",
	"disable_vrfy_command=yes",
};

/* message_size_limit is cleanup's to enforce, a process of its own. */
static const char *const cleanup_arguments[] = {
	"message_size_limit=0",
	"header_checks=",
	"mime_header_checks=",
	"nested_header_checks=",
	"body_checks=",
	"milter_header_checks=",
	"always_bcc=",
	"sender_bcc_maps=",
	"recipient_bcc_maps=",
	"virtual_alias_maps=",
	"canonical_maps=",
	"sender_canonical_maps=",
	"recipient_canonical_maps=",
	"masquerade_domains=",
	"hopcount_limit=100",
	"always_add_missing_headers=no",
	"disable_mime_input_processing=yes",
};

static const char *const hop_arguments[] = {
	"syslog_name=postfix/hop",
	"smtp_delivery_status_filter=$forwarden_hop_status",
	"smtp_send_xforward_command=yes",
	"smtp_tls_security_level=none",
	"smtp_tls_wrappermode=no",
	"smtp_tls_policy_maps=",
	"smtp_sasl_auth_enable=no",
	"smtp_sender_dependent_authentication=no",
	"smtp_generic_maps=",
	"smtp_header_checks=",
	"smtp_mime_header_checks=",
	"smtp_nested_header_checks=",
	"smtp_body_checks=",
	"smtp_fallback_relay=",
	"smtp_bind_address=" RECIPE_HOST,
	"smtp_bind_address6=",
	"smtp_discard_ehlo_keywords=",
	"smtp_discard_ehlo_keyword_address_maps=",
	"smtp_reply_filter=",
	"smtp_helo_name=$myhostname",
	"smtp_connection_cache_on_demand=no",
	"smtp_line_length_limit=0",
	"smtp_pix_workarounds=",
	"smtp_never_send_ehlo=no",
	"smtp_always_send_ehlo=yes",
	"inet_protocols=ipv4",
};

static void
add_arguments(struct buf *out, const char *const *arguments, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "  -o %s\n", arguments[i]);
}

/* As a regular expression that stands in main.cf: letters and digits are
 * themselves, all else is any character. */
static void
add_pattern(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;
		buf_add_byte(
			out, isalnum(byte) || byte == ' ' ? (char)byte : '.');
	}
}

/* A permanent refusal by the listener would bounce mail of users: unless it
 * is ours, by policy, the mail waits. */
static void
add_hop_status(struct buf *out, const struct recipe_wish *wish)
{
	buf_puts(out,
		"forwarden_hop_status = regexp:{ {/^(5\\..* said: "
		"5[0-9][0-9] 5\\.[0-9.]+ ");
	add_pattern(out, wish->reject_text);
	buf_puts(out, ".*)$$/ $$1} {/^5(\\..*)/ 4$$1} }\n");
}

/* A next hop of default_transport goes before any relayhost. */
static void
add_way_out(struct buf *out, const struct postfix *postfix)
{
	struct slice transport = postfix_value(postfix, "default_transport");
	size_t colon = slice_find_byte(transport, ':', 0);
	bool has_nexthop = colon != SLICE_NONE && colon + 1 < transport.len;

	buf_puts(out,
		"forwarden_by_relayhost = regexp:{ {/^DUNNO$$/ FILTER "
		"$forwarden_way_out} {/^(.+)$$/ FILTER ");
	if (has_nexthop) {
		buf_puts(out, "$forwarden_way_out} }\n");
		buf_puts(out, "forwarden_way_out = $default_transport\n");
	} else if (colon != SLICE_NONE) {
		buf_puts(out, "$default_transport$$1} }\n");
		buf_puts(out,
			"forwarden_way_out = $default_transport$relayhost\n");
	} else {
		buf_puts(out, RECIPE_TRANSPORT ":$$1} }\n");
		buf_puts(out,
			"forwarden_way_out = " RECIPE_TRANSPORT
			":$relayhost\n");
	}
}

/* "-" goes last in a class of characters. */
static void
add_no_extension(struct buf *out, const struct postfix *postfix)
{
	struct slice set = postfix_value(postfix, "recipient_delimiter");
	char class[32];
	size_t n = 0;

	for (size_t i = 0; i < set.len && n + 2 < sizeof(class); i++) {
		if (set.p[i] != '-' && strchr("]^\\{}$", set.p[i]) == NULL)
			class[n++] = set.p[i];
	}
	if (slice_find_byte(set, '-', 0) != SLICE_NONE)
		class[n++] = '-';
	class[n] = '\0';
	if (n == 0) {
		/* No address has an extension: this finds none. */
		buf_puts(out,
			"forwarden_no_extension = regexp:{ {/^@never$$/ x} "
			"}\n");
		return;
	}
	buf_printf(out,
		"forwarden_no_extension = regexp:{ "
		"{/^([^@%s]+)[%s][^@]*(@[^@]+)$$/ $$1$$2} }\n",
		class, class);
}

static void
add_copy(struct buf *out, const char *name, struct slice value)
{
	buf_printf(out, "%s = ", name);
	recipe_tables_add(value, out);
	buf_puts(out, "\n");
}

static void
add_limits(struct buf *out, const char *service, unsigned recipients)
{
	for (size_t i = 0; i < COUNT(hop_limits); i++)
		buf_printf(out, "%s%s\n", service, hop_limits[i]);
	buf_printf(out, "%s_destination_recipient_limit = %u\n", service,
		recipients);
}

static void
add_egress_parameters(struct recipe *recipe, const struct postfix *postfix,
	const struct recipe_wish *wish)
{
	struct buf *out = &recipe->parameters;

	add_way_out(out, postfix);
	add_hop_status(out, wish);
	buf_puts(out, answers);
	recipe_add_sender_answers(postfix, out);
	add_no_extension(out, postfix);
	buf_puts(out, "forwarden_senders =\n");
	recipe_add_senders(postfix, out);
	buf_puts(out, "forwarden_routes =\n");
	if (wish->outside != NULL)
		recipe_add_routes(postfix, out);
	/* Of attach itself, and of nobody who does not know the place. */
	buf_printf(out,
		"forwarden_probe = check_recipient_access "
		"inline:{ { %s = HOLD } }, check_helo_access "
		"inline:{ { %s = HOLD } }\n",
		wish->probes, wish->probes);
	buf_puts(out,
		"forwarden_led = $myhostname ESMTP $mail_name, " RECIPE_LED
		"\n");
	buf_puts(out,
		"forwarden_recipients = $forwarden_senders $forwarden_routes "
		"$forwarden_probe, permit_mynetworks, reject\n");
	if (wish->outside != NULL)
		recipe_add_divert(postfix, wish, out);
	add_copy(out, "forwarden_verify_transports",
		postfix_value(
			postfix, "sender_dependent_default_transport_maps"));
	add_copy(out, "forwarden_verify_relayhosts",
		postfix_value(postfix, "sender_dependent_relayhost_maps"));
	add_limits(out, RECIPE_HOP, 1000);
	if (wish->outside != NULL)
		add_limits(out, RECIPE_ROUTE, 1);
}

/* Results of access tables that are lists themselves. */
static void
add_classes(struct buf *out, const struct postfix *postfix,
	const struct recipe_wish *wish)
{
	struct buf names = {0};

	if (wish->outside != NULL)
		buf_puts(&names, ",forwarden_back");
	recipe_add_sender_classes(postfix, &names);
	if (names.len > 0 && buf_ok(&names)) {
		buf_printf(out, "  -o smtpd_restriction_classes=%s\n",
			names.p + 1);
	}
	buf_fini(&names);
}

static void
add_services(struct recipe *recipe, const struct postfix *postfix,
	const struct recipe_wish *wish)
{
	struct buf *out = &recipe->services;

	buf_puts(out, CF_CLEANUP " unix n - n - 0 cleanup\n");
	add_arguments(out, cleanup_arguments, COUNT(cleanup_arguments));
	buf_puts(out, RECIPE_HOP " unix - - n - - smtp\n");
	add_arguments(out, hop_arguments, COUNT(hop_arguments));
	if (wish->outside != NULL) {
		buf_puts(out, RECIPE_ROUTE " unix - - n - - smtp\n");
		add_arguments(out, hop_arguments, COUNT(hop_arguments));
	}
	buf_printf(out, RECIPE_HOST ":%u inet n - n - - smtpd\n", wish->port);
	buf_printf(out,
		"  -o syslog_name=postfix/egress\n"
		/* Not $myhostname: that recurses for ever. */
		"  -o myhostname=egress.%.*s\n",
		SLICE_ARG(postfix_value(postfix, "myhostname")));
	add_arguments(out, listener_arguments, COUNT(listener_arguments));
	add_classes(out, postfix, wish);
}

/* Does main.cf leave it at its default, a reference to that of ordinary mail?
 * Then it must not follow to the hop: to address verification every address
 * outside would else be deliverable. */
static bool
follows(const struct postfix *postfix, const char *name)
{
	struct slice given = postfix_given(postfix, name);

	return slice_is_absent(given) ||
		slice_find_byte(given, '$', 0) != SLICE_NONE;
}

static void
add_routing(struct recipe *recipe, const struct postfix *postfix,
	const struct recipe_wish *wish)
{
	struct buf *out = &recipe->routing;
	struct slice transport = postfix_value(postfix, "default_transport");

	buf_printf(out,
		"  -o default_transport=" RECIPE_HOP ":[" RECIPE_HOST "]:%u\n"
		/* Also while they are not set: set later they would pass by. */
		"  -o sender_dependent_default_transport_maps=\n"
		"  -o sender_dependent_relayhost_maps=\n",
		wish->port);
	if (follows(postfix, "address_verify_default_transport")) {
		buf_printf(out, "  -o address_verify_default_transport=%.*s\n",
			SLICE_ARG(transport));
	}
	if (follows(postfix,
		    "address_verify_sender_dependent_default_transport_maps")) {
		buf_puts(out,
			"  -o address_verify_sender_dependent_default_"
			"transport_maps=$forwarden_verify_transports\n");
	}
	if (follows(postfix,
		    "address_verify_sender_dependent_relayhost_maps")) {
		buf_puts(out,
			"  -o address_verify_sender_dependent_relayhost_maps="
			"$forwarden_verify_relayhosts\n");
	}
	if (wish->outside == NULL)
		return;
	buf_puts(out, "  -o transport_maps=$forwarden_transports\n");
	if (follows(postfix, "address_verify_transport_maps")) {
		buf_puts(out,
			"  -o address_verify_transport_maps="
			"$forwarden_verify_routes\n");
	}
}

static bool
check_routing(const struct postfix *postfix, const struct recipe_wish *wish,
	struct err *err)
{
	static const char *const names[] = {"default_transport",
		"sender_dependent_default_transport_maps",
		"sender_dependent_relayhost_maps", "transport_maps",
		"address_verify_transport_maps"};
	/* The last two only where such entries are led to the listener. */
	size_t count = wish->outside != NULL ? COUNT(names) : COUNT(names) - 2;
	const struct postfix_service *rewrite =
		postfix_find_service(postfix, "rewrite", "unix");

	if (rewrite == NULL) {
		return err_set(err, ERR_INVALID,
			"master.cf has no service \"rewrite unix\", by which "
			"mail that leaves could be led to the filter");
	}
	for (size_t i = 0; i < count; i++) {
		if (!slice_is_absent(postfix_service_override(
			    postfix, rewrite, names[i]))) {
			return err_set(err, ERR_INVALID,
				"master.cf: the service rewrite has its own "
				"-o %s already, which would be overruled; "
				"put it into main.cf first",
				names[i]);
		}
	}
	return true;
}

static bool
check_transport(const struct postfix *postfix, struct err *err)
{
	static const char *const dead[] = {"error", "discard", "retry"};
	struct slice transport = postfix_value(postfix, "default_transport");

	for (size_t i = 0; i < COUNT(dead); i++) {
		if (slice_starts_fold(transport, slice_of(dead[i]))) {
			return err_set(err, ERR_INVALID,
				"main.cf: default_transport is %.*s: no mail "
				"leaves here, so there is nothing to see "
				"(--intake --non-smtpd go without)",
				SLICE_ARG(transport));
		}
	}
	return true;
}

/* Services that set their own list do not follow main.cf. */
static void
note_overrides(struct recipe *recipe, const struct postfix *postfix)
{
	size_t count;
	const struct postfix_service *services =
		postfix_services(postfix, &count);

	for (size_t i = 0; i < count; i++) {
		if (!slice_is_absent(postfix_service_override(
			    postfix, &services[i], "smtpd_milters"))) {
			buf_printf(&recipe->notes,
				"%.*s in master.cf has its own "
				"smtpd_milters and is left as it is\n",
				SLICE_ARG(services[i].name));
		}
	}
}

static void
note_ways_round(struct recipe *recipe, const struct postfix *postfix,
	const struct recipe_wish *wish)
{
	struct slice maps = postfix_value(postfix, "transport_maps");

	if (maps.len > 0 && wish->outside == NULL) {
		buf_printf(&recipe->notes,
			"entries of transport_maps (%.*s) keep their own way: "
			"forwards to outside domains listed there are not "
			"seen (--transports smtp,relay has them seen)\n",
			SLICE_ARG(maps));
	}
}

void
recipe_write(struct recipe *recipe, const struct postfix *postfix,
	const struct recipe_wish *wish)
{
	*recipe = (struct recipe){.parts = wish->parts};
	recipe_add_title(wish, &recipe->title);
	buf_printf(&recipe->parameters,
		"forwarden_milter = { %s, default_action=%s, "
		"command_timeout=30s }\n",
		wish->milter, wish->away);
	if ((wish->parts & RECIPE_INTAKE) != 0)
		note_overrides(recipe, postfix);
	if ((wish->parts & RECIPE_EGRESS) != 0) {
		add_egress_parameters(recipe, postfix, wish);
		add_services(recipe, postfix, wish);
		add_routing(recipe, postfix, wish);
		note_ways_round(recipe, postfix, wish);
	}
}

bool
recipe_make(struct recipe *recipe, const struct postfix *postfix,
	const struct recipe_wish *wish, struct err *err)
{
	*recipe = (struct recipe){0};
	if ((wish->parts & RECIPE_EGRESS) != 0 &&
		(!check_routing(postfix, wish, err) ||
			!check_transport(postfix, err)))
		return false;
	recipe_write(recipe, postfix, wish);
	return buf_ok(&recipe->parameters) && buf_ok(&recipe->services) &&
			buf_ok(&recipe->title)
		? true
		: err_set(err, ERR_MEMORY, "out of memory");
}

void
recipe_fini(struct recipe *recipe)
{
	buf_fini(&recipe->parameters);
	buf_fini(&recipe->services);
	buf_fini(&recipe->routing);
	buf_fini(&recipe->title);
	buf_fini(&recipe->notes);
}

bool
recipe_add_to_main(
	const struct recipe *recipe, struct slice main, struct buf *out)
{
	static const struct {
		enum recipe_part part;
		const char *name;
	} lists[] = {
		{RECIPE_INTAKE, "smtpd_milters"},
		{RECIPE_NON_SMTPD, "non_smtpd_milters"},
	};
	struct buf block = {0}, from = {0}, to = {0};

	buf_add(&block, buf_slice(&recipe->parameters));
	buf_add(&from, main);
	for (size_t i = 0; i < COUNT(lists); i++) {
		if ((recipe->parts & lists[i].part) == 0)
			continue;
		buf_reset(&to);
		if (cf_text_add_milter(buf_slice(&from), lists[i].name, &to)) {
			buf_reset(&from);
			buf_add(&from, buf_slice(&to));
		} else {
			buf_printf(
				&block, "%s = " CF_MILTER "\n", lists[i].name);
		}
	}
	cf_text_add_block(buf_slice(&from), buf_slice(&recipe->title).p,
		buf_slice(&block), out);
	bool ok = buf_ok(&block) && buf_ok(&from) && buf_ok(out);
	buf_fini(&block);
	buf_fini(&from);
	buf_fini(&to);
	return ok;
}

bool
recipe_add_to_master(const struct recipe *recipe, struct slice master,
	bool with_routing, struct buf *out)
{
	struct buf routed = {0}, services = {0};
	bool ok = true;

	if ((recipe->parts & RECIPE_EGRESS) == 0) {
		buf_add(out, master);
		return buf_ok(out);
	}
	if (with_routing) {
		ok = cf_text_add_arguments(master, "rewrite",
			buf_slice(&recipe->routing), &routed);
		master = buf_slice(&routed);
	}
	buf_add(&services, buf_slice(&recipe->services));
	if (with_routing)
		buf_puts(&services, "  -o " CF_LED "\n");
	cf_text_add_block(
		master, buf_slice(&recipe->title).p, buf_slice(&services), out);
	ok = ok && buf_ok(&routed) && buf_ok(&services) && buf_ok(out);
	buf_fini(&routed);
	buf_fini(&services);
	return ok;
}

const struct postfix_service *
recipe_find_listener(const struct postfix *postfix)
{
	size_t count;
	const struct postfix_service *services =
		postfix_services(postfix, &count);

	for (size_t i = 0; i < count; i++) {
		if (postfix_service_is(&services[i], "inet", "smtpd") &&
			slice_equal(
				postfix_service_override(postfix, &services[i],
					"cleanup_service_name"),
				SLICE(CF_CLEANUP)))
			return &services[i];
	}
	return NULL;
}
