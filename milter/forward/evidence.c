/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of evidence. Confidence is of one row alone, for a flow whose
 * mailbox is local and whose recipient is not; infer.c tells how rows add up.
 */
#include "forward/evidence.h"

static const struct evidence_row rows[EVIDENCE_COUNT] = {
	[EVIDENCE_ORCPT] = {"orcpt", "RCPT ORCPT=", FAMILY_ENVELOPE,
		KIND_REDIRECT, "postfix", 97, true, BIND_ORCPT,
		"the MTA says that the recipient was once a local address"},
	[EVIDENCE_BCC_MAP] = {"bcc-map", "RCPT NOTIFY=NEVER, Received ... for",
		FAMILY_ENVELOPE, KIND_COPY, "postfix", 85, true, BIND_TRACE,
		"the MTA added the recipient itself, as a bcc map does"},
	[EVIDENCE_SIEVE_REDIRECTED_FROM] = {"sieve-redirected-from",
		"X-Sieve-Redirected-From", FAMILY_VENDOR, KIND_REDIRECT,
		"dovecot", 97, true, BIND_VENDOR,
		"Pigeonhole Sieve says whose script redirected it"},
	[EVIDENCE_SIEVE_ACTION] = {"sieve-action", "X-Sieve-Action, MAIL AUTH=",
		FAMILY_VENDOR, KIND_REDIRECT, "cyrus", 95, true, BIND_SENDER,
		"Cyrus Sieve redirected it on behalf of a local user"},
	[EVIDENCE_ZIMBRA_FORWARDED] = {"zimbra-forwarded", "X-Zimbra-Forwarded",
		FAMILY_VENDOR, KIND_REDIRECT, "zimbra", 95, true, BIND_VENDOR,
		"a Zimbra filter of that account sent it on"},
	[EVIDENCE_INBOX_RULES_LOOP] = {"inbox-rules-loop",
		"X-MS-Exchange-Inbox-Rules-Loop", FAMILY_VENDOR, KIND_NONE,
		"exchange", 93, true, BIND_VENDOR,
		"an Exchange inbox rule of that mailbox sent it"},
	[EVIDENCE_FORWARDING_LOOP] = {"forwarding-loop",
		"X-MS-Exchange-ForwardingLoop", FAMILY_VENDOR, KIND_REDIRECT,
		"exchange", 95, true, BIND_VENDOR,
		"Exchange forwards all mail of that mailbox"},
	[EVIDENCE_EXT_FWD] = {"ext-fwd", "X-LD-Processed", FAMILY_VENDOR,
		KIND_NONE, "exchange", 70, false, BIND_NONE,
		"Exchange Online marked it as forwarded to the outside"},
	[EVIDENCE_TRANSPORT_RULES_LOOP] = {"transport-rules-loop",
		"X-MS-Exchange-Transport-Rules-Loop", FAMILY_VENDOR,
		KIND_REDIRECT, "exchange", 60, false, BIND_NONE,
		"an Exchange transport rule redirected or copied it"},
	[EVIDENCE_MAILBOX_RULES_AGENT] = {"mailbox-rules-agent",
		"X-MS-Exchange-Generated-Message-Source, From", FAMILY_VENDOR,
		KIND_FORWARD, "exchange", 85, true, BIND_VENDOR,
		"Exchange's rules agent wrote it as a new message"},
	[EVIDENCE_AUTO_FORWARDED] = {"auto-forwarded",
		"X-MS-Exchange-Organization-AutoForwarded, Autoforwarded",
		FAMILY_VENDOR, KIND_NONE, "exchange", 85, false, BIND_NONE,
		"the system that forwarded it says so"},
	[EVIDENCE_RESENT_FROM] = {"resent-from", "Resent-From", FAMILY_VENDOR,
		KIND_REDIRECT, NULL, 60, true, BIND_TRACE,
		"a local mailbox sent it again after it had arrived"},
	[EVIDENCE_GMAIL_FORWARDED] = {"gmail-forwarded",
		"X-Forwarded-To, X-Forwarded-For", FAMILY_VENDOR, KIND_REDIRECT,
		"gmail", 95, true, BIND_VENDOR,
		"Google says which mailbox forwards to this recipient"},
	[EVIDENCE_CAF_SENDER] = {"caf-sender", "MAIL FROM", FAMILY_ENVELOPE,
		KIND_REDIRECT, "gmail", 97, true, BIND_SENDER,
		"the envelope sender names mailbox and destination (caf)"},
	[EVIDENCE_SRS_SENDER] = {"srs-sender", "MAIL FROM", FAMILY_ENVELOPE,
		KIND_REDIRECT, NULL, 80, false, BIND_SENDER,
		"the envelope sender was rewritten for forwarding (SRS)"},
	[EVIDENCE_POWER_AUTOMATE] = {"power-automate",
		"X-MS-Mail-Operation-Type, From", FAMILY_VENDOR, KIND_FORWARD,
		"power-automate", 85, true, BIND_VENDOR,
		"a flow of Power Automate or Logic Apps forwarded it"},
	[EVIDENCE_JOURNAL_REPORT] = {"journal-report", "X-MS-Journal-Report",
		FAMILY_VENDOR, KIND_COPY, "exchange", 85, false, BIND_NONE,
		"Exchange's journal carries the message"},
	[EVIDENCE_OTHER_VENDOR] = {"other-vendor",
		"X-Yahoo-Forwarded, X-ResentFrom, X-Pm-Forwarded-From, ...",
		FAMILY_VENDOR, KIND_REDIRECT, NULL, 90, true, BIND_VENDOR,
		"a product's own field says that it forwarded it"},
	[EVIDENCE_AUTO_NOTIFIED] = {"auto-notified", "Auto-Submitted",
		FAMILY_VENDOR, KIND_NOTIFY, "sieve", 90, true, BIND_VENDOR,
		"a Sieve notification about a local user's mail"},
	[EVIDENCE_TRANSIT] = {"transit", "From, MAIL FROM, client",
		FAMILY_ROUTE, KIND_REDIRECT, NULL, 75, false, BIND_NONE,
		"author, sender and recipient are foreign, the client ours"},
	[EVIDENCE_DELIVERED_TO] = {"delivered-to",
		"Delivered-To, X-Delivered-To", FAMILY_TRACE, KIND_REDIRECT,
		NULL, 80, true, BIND_DELIVERED,
		"it had been delivered to a local mailbox before"},
	[EVIDENCE_ORIGINAL_TO] = {"original-to", "X-Original-To, Envelope-To",
		FAMILY_TRACE, KIND_REDIRECT, NULL, 75, true, BIND_TRACE,
		"it had come for a local address before"},
	[EVIDENCE_RECEIVED_FOR] = {"received-for", "Received ... for",
		FAMILY_TRACE, KIND_REDIRECT, NULL, 65, true, BIND_TRACE,
		"our own trace line says it came for a local mailbox"},
	[EVIDENCE_OWN_RESULTS] = {"own-results",
		"Authentication-Results, ARC-Authentication-Results",
		FAMILY_TRACE, KIND_REDIRECT, NULL, 60, false, BIND_NONE,
		"we checked it when it came in, and now it leaves"},
	[EVIDENCE_TO_MISMATCH] = {"to-mismatch", "To, Cc", FAMILY_ROUTE,
		KIND_REDIRECT, NULL, 55, true, BIND_ADDRESSEE,
		"a foreign author wrote to a local mailbox, not to this one"},
	[EVIDENCE_INTERNAL_FOR] = {"internal-for",
		"Received ... for, From, To, Cc", FAMILY_ROUTE, KIND_REDIRECT,
		NULL, 60, true, BIND_SENDER,
		"one of ours wrote to a local mailbox, not to this recipient"},
	[EVIDENCE_LOCAL_DOMAIN_LEAVES] = {"local-domain-leaves",
		"RCPT TO, ORCPT=, Received ... for", FAMILY_ROUTE,
		KIND_REDIRECT, NULL, 60, false, BIND_NONE,
		"a domain of ours is met on the way out, by another name than "
		"it came for"},
	[EVIDENCE_USERID_SENDER] = {"userid-sender",
		"Received ... from userid, MAIL FROM", FAMILY_TRACE,
		KIND_REDIRECT, NULL, 60, false, BIND_NONE,
		"a user of the machine sent it under a foreign sender"},
	[EVIDENCE_FOREIGN_HOP] = {"foreign-hop", "Received, store",
		FAMILY_TRACE, KIND_REDIRECT, NULL, 60, false, BIND_NONE,
		"who handed it in shows a stranger's line that our intake "
		"never wrote"},
	[EVIDENCE_FORGED_TAG] = {"forged-tag", "X-Forwarden, store",
		FAMILY_TRACE, KIND_REDIRECT, NULL, 60, false, BIND_NONE,
		"it bears a field of ours that was not written for it"},
	[EVIDENCE_SAME_QUEUE_ID] = {"same-queue-id", "Received ... id, store",
		FAMILY_STORE, KIND_REDIRECT, NULL, 97, true, BIND_STORE,
		"under this queue id it was taken in for a local mailbox"},
	[EVIDENCE_SAME_MESSAGE_ID] = {"same-message-id", "Message-ID, store",
		FAMILY_STORE, KIND_REDIRECT, NULL, 92, true, BIND_STORE,
		"the same message was delivered to a local mailbox"},
	[EVIDENCE_CHANGED_AUTHOR] = {"changed-author",
		"Message-ID, From, store", FAMILY_STORE, KIND_REDIRECT, NULL,
		92, true, BIND_STORE,
		"a mailbox got the same message with another author"},
	[EVIDENCE_SAME_SUBJECT] = {"same-subject", "Subject, store",
		FAMILY_STORE, KIND_FORWARD, NULL, 45, true, BIND_AUTHOR,
		"its author got a message with the same subject; the "
		"recipient had no part in that"},
	[EVIDENCE_FORWARDED_MESSAGE_ID] = {"forwarded-message-id",
		"X-Forwarded-Message-Id, X-MS-Exchange-Parent-Message-Id, "
		"References, In-Reply-To, store",
		FAMILY_STORE, KIND_FORWARD, NULL, 50, true, BIND_AUTHOR,
		"its author got the message it refers to; the recipient had no "
		"part in that"},
	[EVIDENCE_MACHINE_SPEED] = {"machine-speed", "store", FAMILY_STORE,
		KIND_NONE, NULL, 30, false, BIND_NONE,
		"it left sooner after the delivery than a person acts"},
	[EVIDENCE_THREAD_INDEX] = {"thread-index", "Thread-Index, store",
		FAMILY_CONTENT, KIND_NONE, NULL, 40, true, BIND_AUTHOR,
		"its author got a message of the same thread"},
	[EVIDENCE_FORWARD_SUBJECT] = {"forward-subject", "Subject",
		FAMILY_CONTENT, KIND_NONE, NULL, 15, false, BIND_NONE,
		"the subject begins with a forward prefix"},
	[EVIDENCE_MTA_LOG] = {"mta-log", "the MTA's log", FAMILY_ENVELOPE,
		KIND_NONE, NULL, 97, true, BIND_NONE,
		"the MTA's log tells how it left"},
};

/* Ended by NULL. */
static const char *const kinds[KIND_COUNT + 1] = {
	[KIND_NONE] = "none",
	[KIND_REDIRECT] = "redirect",
	[KIND_FORWARD] = "forward",
	[KIND_COPY] = "copy",
	[KIND_NOTIFY] = "notify",
	[KIND_FOLLOW] = "follow",
};

static const char *const families[FAMILY_COUNT] = {
	[FAMILY_ENVELOPE] = "envelope",
	[FAMILY_VENDOR] = "vendor",
	[FAMILY_TRACE] = "trace",
	[FAMILY_ROUTE] = "route",
	[FAMILY_STORE] = "store",
	[FAMILY_CONTENT] = "content",
};

const struct evidence_row *
evidence_row(enum evidence evidence)
{
	return &rows[evidence];
}

const char *
evidence_kind_name(enum kind kind)
{
	return kinds[kind];
}

const char *const *
evidence_kind_names(void)
{
	return kinds;
}

const char *
evidence_family_name(enum evidence_family family)
{
	return families[family];
}
