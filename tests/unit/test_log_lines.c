/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of logs: their frames, and what each tells, in few words. */
#include "rows.h"

#include "base/buf.h"
#include "base/date.h"
#include "logs/dovecot_line.h"
#include "logs/exim_line.h"
#include "logs/postfix_line.h"
#include "logs/sendmail_line.h"

#include <time.h>

#define WRITTEN_MS INT64_C(1767272400000) /* 2026-01-01T13:00:00Z */
#define LONG_STAMP "2026-11-26T18:03:28.308862+00:00"

static struct frames frames;

/* "time host program pid text"; NULL: no line of a log. */
static const struct frame_row {
	const char *name, *line, *says;
} frame_rows[] = {
	{"traditional", "Dec 26 18:03:28 mx postfix/local[212]: Q: x",
		"2025-12-26T18:03:28.000Z mx postfix/local 212 Q: x"},
	{"traditional, a day of one digit", "Dec  6 18:03:28 mx exim: x y",
		"2025-12-06T18:03:28.000Z mx exim 0 x y"},
	{"no text", "Dec  6 18:03:28 mx exim:",
		"2025-12-06T18:03:28.000Z mx exim 0 "},
	{"RFC 3339", LONG_STAMP " mx postfix/local[212]: Q: x",
		"2026-11-26T18:03:28.308Z mx postfix/local 212 Q: x"},
	{"RFC 3339 of another zone",
		"2026-11-26T18:03:28+02:00 mx postfix/smtp[1]: x",
		"2026-11-26T16:03:28.000Z mx postfix/smtp 1 x"},
	{"RFC 5424", "<22>1 " LONG_STAMP " mx postfix 212 - -  Q: x",
		"2026-11-26T18:03:28.308Z mx postfix 212 Q: x"},
	{"RFC 5424 with elements",
		"<22>1 " LONG_STAMP " mx postfix - ID [a b=\"]\\\"\"][c] Q: x",
		"2026-11-26T18:03:28.308Z mx postfix 0 Q: x"},
	{"RFC 5424 with a mark",
		"<22>1 " LONG_STAMP " mx postfix - - - \xef\xbb\xbfQ: x",
		"2026-11-26T18:03:28.308Z mx postfix 0 Q: x"},
	{"a priority", "<22>Dec 26 18:03:28 mx exim[3]: x",
		"2025-12-26T18:03:28.000Z mx exim 3 x"},
	{"the journal",
		"{\"__REALTIME_TIMESTAMP\": \"1795717283862418\", \"_PID\": "
		"\"9\", \"SYSLOG_PID\":\"212\", \"MESSAGE\": \"Q: \\u00fc \\\""
		"x\\\"\", \"_HOSTNAME\": \"mx\", \"SYSLOG_IDENTIFIER\": "
		"\"postfix/smtp\", \"N\": null, \"L\": [\"a\", \"b\"]}",
		"2026-11-26T18:21:23.862Z mx postfix/smtp 212 Q: ü \"x\""},
	{"the journal, bytes that are no UTF-8",
		"{\"__REALTIME_TIMESTAMP\":\"1795717283862418\",\"MESSAGE\":"
		"[81,58,32,120],\"SYSLOG_IDENTIFIER\":\"exim\"}",
		"2026-11-26T18:21:23.862Z  exim 0 Q: x"},
	{"the journal, a text that was too long",
		"{\"__REALTIME_TIMESTAMP\":\"1795717283862418\",\"MESSAGE\":"
		"null,\"SYSLOG_IDENTIFIER\":\"exim\"}",
		NULL},
	{"the journal, cut", "{\"__REALTIME_TIMESTAMP\":\"17957", NULL},
	{"the journal, an escape that is cut", "{\"MESSAGE\":\"\\u00", NULL},
	{"Exim's own", "2026-11-26 18:11:48 ID <= x",
		"2026-11-26T18:11:48.000Z  exim 0 ID <= x"},
	{"Exim's own, with all that may stand there",
		"2026-11-26 18:11:48.250 +0100 [7] ID <= x",
		"2026-11-26T17:11:48.250Z  exim 0 [7] ID <= x"},
	{"Dovecot's own", "Dec 26 18:03:28 lmtp(a)<1><x>: Info: sieve: y",
		"2025-12-26T18:03:28.000Z  dovecot 0 lmtp(a)<1><x>: Info: "
		"sieve: y"},
	{"parts of a second", "Dec 26 18:03:28.125 mx exim[3]: x",
		"2025-12-26T18:03:28.000Z mx exim 3 x"},
	{"FreeBSD's, with the priority in words",
		"Dec 26 18:03:28 <mail.info> mx postfix/smtp[3]: Q: x",
		"2025-12-26T18:03:28.000Z mx postfix/smtp 3 Q: x"},
	{"busybox's", "Dec 26 18:03:28 mx mail.info postfix/smtp[3]: Q: x",
		"2025-12-26T18:03:28.000Z mx postfix/smtp 3 Q: x"},
	{"a program that is called so", "Dec 26 18:03:28 mx mail.info: x",
		"2025-12-26T18:03:28.000Z mx mail.info 0 x"},
	{"Solaris'", "Dec 26 18:03:28 mx sendmail[3]: [ID 80 mail.info] Q: x",
		"2025-12-26T18:03:28.000Z mx sendmail 3 Q: x"},
	{"RFC 5424 without a priority",
		"1 " LONG_STAMP " mx postfix 2 - - Q: x",
		"2026-11-26T18:03:28.308Z mx postfix 2 Q: x"},
	{"a priority in words alone", "Dec 26 18:03:28 <mail.info>", NULL},
	{"a facility alone", "Dec 26 18:03:28 mx mail.info", NULL},
	{"a number alone", "Dec 26 18:03:28 mx exim[3]: [ID 80",
		"2025-12-26T18:03:28.000Z mx exim 3 [ID 80"},
	{"a month that is none", "Dez 26 18:03:28 mx exim: x", NULL},
	{"a day that is none", "Dec 99 18:03:28 mx exim: x", NULL},
	{"a minute that is none", "Dec 26 18:99:28 mx exim: x", NULL},
	{"no program", "Dec 26 18:03:28 mx just words here", NULL},
	{"half a stamp", "Dec 26 18:0", NULL},
	{"a stamp alone", "Dec 26 18:03:28", NULL},
	{"a number", "2026-11-26T", NULL},
	{"a priority alone", "<22>1 ", NULL},
	{"nothing", "", NULL},
};

static void
check_frame(void **state)
{
	const struct frame_row *row = *state;
	char at[DATE_TEXT_BYTES];
	struct buf says = {0};
	struct frame frame;
	enum frame_result result;

	stamp_begin(&frames.stamps, WRITTEN_MS, 0);
	result = frame_read(&frames, slice_of(row->line), &frame);
	assert_int_equal(result, row->says != NULL ? FRAME_READ : FRAME_NONE);
	if (row->says == NULL)
		return;
	date_print(frame.at_ms, at);
	buf_printf(&says, "%s ", at);
	buf_add(&says, frame.host);
	buf_add_byte(&says, ' ');
	buf_add(&says, frame.program);
	buf_printf(&says, " %u ", frame.pid);
	buf_add(&says, frame.text);
	assert_string_equal(says.p, row->says);
	buf_fini(&says);
}

static const char *
kind_name(enum told_kind kind)
{
	static const char *const names[] = {"nothing", "arrival", "client",
		"pickup", "message-id", "sender", "delivery", "child", "bounce",
		"held", "expired", "removed", "session", "sieve", "notify",
		"pipe", "own-host", "gap"};

	return names[kind];
}

static void
say(struct buf *out, const char *name, struct slice value)
{
	if (slice_is_absent(value))
		return;
	buf_printf(out, " %s=", name);
	buf_add(out, value);
}

static void
say_delivery(struct buf *out, const struct told *told)
{
	static const char *const ways[] = {"out", "mailbox", "lmtp", "service",
		"command", "file", "nowhere", "expanded"};
	static const char *const statuses[] = {"sent", "deferred", "bounced"};

	buf_printf(out, " %s %s", ways[told->way], statuses[told->status]);
	say(out, "nearest", told->nearest);
	say(out, "ip", told->relay_ip);
	say(out, "next", told->next);
	say(out, "command", told->command);
	buf_puts(out, told->expanded ? " expanded" : "");
	buf_puts(out, told->as_given ? " given" : "");
	buf_puts(out, told->keeps ? " keeps" : "");
}

static void
say_all(struct buf *out, const struct told *told)
{
	buf_puts(out, kind_name(told->kind));
	say(out, "id", told->id);
	say(out, "other", told->other);
	say(out, "from", told->sender);
	say(out, "to", told->recipient);
	say(out, "was", told->original);
	say(out, "mailbox", told->mailbox);
	say(out, "client", told->client);
	if (told->kind != TOLD_DELIVERY)
		say(out, "at", told->client_ip);
	say(out, "login", told->login);
	say(out, "mid", told->message_id);
	if (told->nrcpt > 0)
		buf_printf(out, " n=%u", told->nrcpt);
	if (told->kind == TOLD_SESSION)
		buf_printf(out, " %u:%u", told->messages, told->given);
	if (told->kind == TOLD_DELIVERY)
		say_delivery(out, told);
	buf_puts(out, told->pickup ? " pickup" : "");
	buf_puts(out, told->list ? " list" : "");
}

typedef bool read_fn(const struct frame *, struct told *);

/* NULL: it tells nothing. */
struct line_row {
	const char *name, *text, *says;
};

static void
check_line(read_fn *read, const char *program, const struct line_row *row)
{
	const struct frame frame = {
		.program = slice_of(program), .text = slice_of(row->text)};
	struct buf says = {0};
	struct told told;
	bool tells = read(&frame, &told);

	assert_int_equal(tells, row->says != NULL);
	if (!tells)
		return;
	say_all(&says, &told);
	while (sendmail_line_next(&told)) {
		buf_puts(&says, "; ");
		say_all(&says, &told);
	}
	assert_string_equal(says.p, row->says);
	buf_fini(&says);
}

#define SENT ", delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent "

static const struct line_row postfix_rows[] = {
	{"client", "58F57D15: client=mx.a.example[2001:db8::1]",
		"client id=58F57D15 client=mx.a.example at=2001:db8::1"},
	{"client with a login",
		"4ThrWq3Bz7z1Xk: client=unknown[1.2.3.4], sasl_method=PLAIN, "
		"sasl_username=carol@example.com",
		"client id=4ThrWq3Bz7z1Xk client=unknown at=1.2.3.4 "
		"login=carol@example.com"},
	{"client behind a filter",
		"58F57D15: client=localhost[127.0.0.1], "
		"orig_queue_id=58F57D16, "
		"orig_client=x[1.2.3.4]",
		"client id=58F57D15 other=58F57D16 client=localhost "
		"at=127.0.0.1"},
	{"pickup", "58F57D15: uid=1004 from=<dave>", "pickup id=58F57D15"},
	{"Message-ID", "58F57D15: message-id=<a, status=sent (x)@b>",
		"message-id id=58F57D15 mid=<a, status=sent (x)@b>"},
	{"sender", "58F57D15: from=<>, size=1, nrcpt=3 (queue active)",
		"sender id=58F57D15 from= n=3"},
	{"a sender who imitates a line",
		"58F57D15: from=<\"x>, size=9, nrcpt=9\"@b>, size=1, nrcpt=2 "
		"(queue active)",
		"sender id=58F57D15 from=\"x>, size=9, nrcpt=9\"@b n=2"},
	{"expired", "58F57D15: from=<a@b>, status=expired, returned to sender",
		"expired id=58F57D15"},
	{"to a mailbox",
		"58F57D15: to=<a@b>, relay=local" SENT "(delivered to mailbox)",
		"delivery id=58F57D15 to=a@b mailbox sent"},
	{"forwarded",
		"58F57D15: to=<a@b>, orig_to=<c@d>, relay=local" SENT
		"(forwarded as 58F57D16)",
		"delivery id=58F57D15 other=58F57D16 to=a@b was=c@d mailbox "
		"sent"},
	{"to a command",
		"58F57D15: to=<a@b>, relay=local" SENT
		"(delivered to command: /bin/x (y))",
		"delivery id=58F57D15 to=a@b command sent command=/bin/x (y)"},
	{"to a file",
		"58F57D15: to=<a@b>, relay=local" SENT
		"(delivered to file: /dev/null)",
		"delivery id=58F57D15 to=a@b file sent"},
	{"to another host",
		"58F57D15: to=<\"a>, \\\"b\"@c>, orig_to=<d@e>, "
		"relay=mx.c[2001:"
		"db8::1]:25, conn_use=2" SENT "(250 ok)",
		"delivery id=58F57D15 to=\"a>, \\\"b\"@c was=d@e out sent "
		"ip=2001:db8::1"},
	{"to a filter, which queued it again",
		"58F57D15: to=<a@b>, relay=127.0.0.1[127.0.0.1]:10024" SENT
		"(250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: "
		"queued as 58F57D17)",
		"delivery id=58F57D15 to=a@b out sent ip=127.0.0.1 "
		"next=58F57D17"},
	{"to Dovecot",
		"58F57D15: to=<a@b>, relay=mx[private/dovecot-lmtp]" SENT
		"(250 2.0.0 <a@b> x Saved)",
		"delivery id=58F57D15 to=a@b lmtp sent ip=private/"
		"dovecot-lmtp"},
	{"to a pipe",
		"58F57D15: to=<a@b>, relay=spamassassin" SENT
		"(delivered via spamassassin service)",
		"delivery id=58F57D15 to=a@b service sent"},
	{"deferred, with the words of a host that imitates",
		"58F57D15: to=<a@b>, relay=mx.c[1.2.3.4]:25, delay=1, "
		"delays=0/0/0/1, dsn=4.0.0, status=deferred (host said: 450 x, "
		"status=sent (250 ok))",
		"delivery id=58F57D15 to=a@b out deferred ip=1.2.3.4"},
	{"no host found",
		"58F57D15: to=<a@b>, relay=none, delay=1, delays=0/0/0/1, "
		"dsn=5.4.4, status=bounced (Host not found)",
		"delivery id=58F57D15 to=a@b out bounced"},
	{"an address without quotes that imitates a line",
		"58F57D15: to=<a@b>, orig_to=<boss@ours>, "
		"relay=mx[1.2.3.4]:25" SENT "(250 ok)@ours>, relay=local" SENT
		"(x)",
		"gap id=58F57D15 to=a@b was=boss@ours"},
	{"bounce", "58F57D15: sender non-delivery notification: 58F57D18",
		"bounce id=58F57D15 other=58F57D18"},
	{"held", "58F57D15: milter-hold: END-OF-MESSAGE from x[1.2.3.4]: y",
		"held id=58F57D15"},
	{"removed", "58F57D15: removed", "removed id=58F57D15"},
	{"a session",
		"disconnect from x[1.2.3.4] ehlo=1 mail=1 rcpt=2/3 data=1 "
		"quit=1 commands=5/6",
		"session 1:2"},
	{"on Solaris", "[ID 197553 mail.info] 58F57D15: removed",
		"removed id=58F57D15"},
	{"no queue id", "warning: client=x[1.2.3.4]", NULL},
	{"not queued", "NOQUEUE: client=x[1.2.3.4]", NULL},
	{"too short an id", "58F5: removed", NULL},
	{"an address that does not end", "58F57D15: to=<a@b, relay=local",
		NULL},
	{"no relay", "58F57D15: to=<a@b>, delay=1", NULL},
	{"no status", "58F57D15: to=<a@b>, relay=local, delay=1", NULL},
	{"an unknown field",
		"58F57D15: to=<a@b>, relay=local, x=1, status=sent (y)", NULL},
	{"an id alone", "58F57D15", NULL},
	{"nothing", "", NULL},
};

static void
check_postfix(void **state)
{
	check_line(postfix_line_read, "postfix/x", *state);
}

static const struct line_row dovecot_rows[] = {
	{"redirect",
		"lmtp(frank@example.org)<253><x>: sieve: msgid=<M>: redirect "
		"action: forwarded to <drop@ext.example>",
		"sieve to=<drop@ext.example> mailbox=frank@example.org "
		"mid=<M>"},
	{"redirect, of an old one",
		"lmtp(9, frank@example.org): x: sieve: msgid=<M>: forwarded to "
		"<drop@ext.example>",
		"sieve to=<drop@ext.example> mailbox=frank@example.org "
		"mid=<M>"},
	{"notify",
		"lda(ivan): sieve: msgid=<M>: notify action: sent mail "
		"notification to <a@b>, <c@d>",
		"notify to=<a@b>, <c@d> mailbox=ivan mid=<M>"},
	{"pipe",
		"imap(karl)<1><x>: sieve: msgid=<M>: pipe action: piped "
		"message to program `sendon'",
		"pipe to=`sendon' mailbox=karl mid=<M>"},
	{"a Message-ID that imitates a redirect",
		"lmtp(a)<1><x>: sieve: msgid=<M>: redirect action: forwarded "
		"to <b@c>: stored mail into mailbox 'INBOX'",
		NULL},
	{"stored",
		"lmtp(a)<1><x>: sieve: msgid=<M>: stored mail into mailbox 'I'",
		NULL},
	{"an answer",
		"lmtp(a)<1><x>: sieve: msgid=<M>: vacation action: sent "
		"vacation response to <b@c>",
		NULL},
	{"no user",
		"lmtp(1): sieve: msgid=<M>: redirect action: forwarded to x",
		NULL},
	{"another line", "lmtp(253): Connect from local", NULL},
	{"halves", "lmtp(a", NULL},
};

static void
check_dovecot(void **state)
{
	check_line(dovecot_line_read, "dovecot", *state);
}

#define OLD "1xWdxZ-00001C-0j"
#define NEW "1rQ3xY-00000000abc-0Xyz"

static const struct line_row exim_rows[] = {
	{"from a host",
		OLD " <= eve@a.example H=mx.a.example (x) [203.0.113.10]:25 "
		    "P=esmtps S=370 id=M@a.example T=\"id=x A=y:z\" for b@c",
		"arrival id=" OLD " from=eve@a.example client=mx.a.example "
		"at=203.0.113.10 mid=M@a.example"},
	{"from a host that was not checked",
		NEW " <= <> H=(mx.ours.example) [2001:db8::1] P=esmtp S=370",
		"arrival id=" NEW " from= client= at=2001:db8::1"},
	{"with a login",
		OLD " <= a@b H=x [1.2.3.4] P=esmtpsa A=plain:carol@b S=1 id=M",
		"arrival id=" OLD " from=a@b client=x at=1.2.3.4 "
		"login=carol@b mid=M"},
	{"from a program", OLD " <= d@b U=dave P=local S=577 id=M",
		"arrival id=" OLD " from=d@b mid=M pickup"},
	{"a bounce", OLD " <= <> R=" NEW " U=Debian-exim P=local S=1968",
		"arrival id=" OLD " other=" NEW " from= pickup"},
	{"a sender in quotes", OLD " <= \"a id=x\"@b H=x [1.2.3.4] id=M",
		"arrival id=" OLD " from=\"a id=x\"@b client=x at=1.2.3.4 "
		"mid=M"},
	{"redirected",
		OLD " => d@ext <alice+x@b> F=<a@b> R=dnslookup T=remote_smtp "
		    "H=mx.ext [1.2.3.4] X=TLS C=\"250 OK id=" NEW "\"",
		"delivery id=" OLD " to=d@ext was=alice+x@b out sent "
		"ip=1.2.3.4 next=" NEW},
	{"with the nearest parent",
		OLD " -> d@ext (bob@b) <office@b> R=dnslookup T=remote_smtp "
		    "H=mx.ext [1.2.3.4]",
		"delivery id=" OLD " to=d@ext was=office@b out sent "
		"nearest=bob@b ip=1.2.3.4"},
	{"as given",
		OLD " => D@ext <d@EXT> R=dnslookup T=remote_smtp H=x [1.2.3.4]",
		"delivery id=" OLD " to=D@ext out sent ip=1.2.3.4"},
	{"to a mailbox", OLD " => bob <bob@b> R=localuser T=local_delivery",
		"delivery id=" OLD " to=bob was=bob@b mailbox sent"},
	{"to a command",
		OLD " => |/bin/x -f a@b c@d <mike@b> R=userforward "
		    "T=address_pipe",
		"delivery id=" OLD " to=mike@b command sent command=/bin/x -f "
		"a@b c@d"},
	{"to nothing", OLD " => :blackhole: <blackhole@b> R=system_aliases",
		"delivery id=" OLD " to=blackhole@b file sent"},
	{"deferred",
		OLD " == d@ext <a@b> R=dnslookup T=remote_smtp defer (-44) "
		    "H=x [1.2.3.4]: 451 later",
		"delivery id=" OLD " to=d@ext was=a@b out deferred "
		"ip=1.2.3.4"},
	{"deferred before it has a transport",
		OLD " == d@ext <a@b> routing defer (-52): retry time",
		"delivery id=" OLD " to=d@ext was=a@b out deferred"},
	{"failed", OLD " ** nobody@ext: Unrouteable address",
		"delivery id=" OLD " to=nobody@ext out bounced"},
	{"through syslog, with a zone and a process",
		"2026-11-26 18:12:41 +0100 [7] " OLD " Completed",
		"removed id=" OLD},
	{"the host's own addresses",
		"exim 4.96 daemon started: pid=68, -q3s, listening for SMTP on "
		"[127.0.0.1]:25 [192.0.2.25]:25",
		"own-host at=listening for SMTP on [127.0.0.1]:25 "
		"[192.0.2.25]:25"},
	{"refused", "H=(x) [1.2.3.4] F=<a@b> rejected RCPT <c@d>: no", NULL},
	{"not done", OLD " *> d@ext <a@b>", NULL},
	{"an id alone", OLD, NULL},
	{"nothing behind the mark", OLD " => ", NULL},
	{"no sender", OLD " <= ", NULL},
	{"a command that does not end", OLD " => |/bin/x", NULL},
	{"nothing", "", NULL},
};

static void
check_exim(void **state)
{
	check_line(exim_line_read, "exim", *state);
}

#define QID "6AQI5Ppr000113"

static const struct line_row sendmail_rows[] = {
	{"from a host",
		QID ": from=<eve@a>, size=155, class=0, nrcpts=2, msgid=<M>, "
		    "proto=ESMTP, daemon=MTA, relay=mx.a [203.0.113.10]",
		"arrival id=" QID " from=eve@a client=mx.a at=203.0.113.10 "
		"mid=<M> n=2"},
	{"a name that may be forged",
		QID ": from=<>, size=1, class=0, nrcpts=1, proto=ESMTP, "
		    "daemon=MTA, relay=mx.a [203.0.113.10] (may be forged)",
		"arrival id=" QID " from= client= at=203.0.113.10 n=1"},
	{"a Message-ID that imitates a line",
		QID ": from=<a@b>, size=1, class=0, nrcpts=1, msgid=<x>, "
		    "relay=localhost [127.0.0.1], proto=ESMTP, daemon=MTA, "
		    "relay=mx [1.2.3.4]",
		"arrival id=" QID " from=a@b client=mx at=1.2.3.4 mid=<x> "
		"n=1"},
	{"from a program",
		QID ": from=dave, size=365, class=0, nrcpts=1, msgid=<M>, "
		    "relay=dave@localhost",
		"arrival id=" QID " from=dave mid=<M> n=1 pickup"},
	{"as given",
		QID ": to=<a@b>, delay=00:00:00, xdelay=00:00:00, "
		    "mailer=esmtp, pri=1, relay=mx.b. [1.2.3.4], dsn=2.0.0, "
		    "stat=Sent (Ok: queued as 1908A507)",
		"delivery id=" QID " to=a@b out sent ip=1.2.3.4 "
		"next=1908A507 given"},
	{"expanded, two",
		QID ": to=c@d,\"x, y\"@d, delay=00:00:00, mailer=esmtp, pri=1, "
		    "relay=mx.b. [1.2.3.4], dsn=2.0.0, stat=Sent (x)",
		"delivery id=" QID " to=c@d out sent ip=1.2.3.4 expanded; "
		"delivery id=" QID " to=\"x, y\"@d out sent ip=1.2.3.4 "
		"expanded"},
	{"a copy is kept",
		QID ": to=\\\\bob, delay=00:00:00, mailer=local, pri=1, "
		    "dsn=2.0.0, stat=Sent",
		"delivery id=" QID " to=\\\\bob mailbox sent keeps"},
	{"to a command",
		QID ": to=\"|/bin/x a, b\", ctladdr=<dave@b> (1/1), "
		    "delay=00:00:00, mailer=prog, pri=1, dsn=2.0.0, stat=Sent",
		"delivery id=" QID " to=dave@b mailbox=dave@b command sent "
		"command=/bin/x a, b"},
	{"to the daemon",
		QID ": to=a@b, ctladdr=dave (1/1), delay=00:00:00, "
		    "mailer=relay, pri=1, relay=[127.0.0.1] [127.0.0.1], "
		    "dsn=2.0.0, stat=Sent (6AQI5SDK000129 Message accepted "
		    "for delivery)",
		"delivery id=" QID " to=a@b mailbox=dave out sent "
		"ip=127.0.0.1 next=6AQI5SDK000129 expanded"},
	{"refused, which shows the new address",
		QID ": to=<gone@b>, delay=00:00:00, mailer=esmtp, pri=1, "
		    "relay=mx.c. [1.2.3.4], dsn=5.1.1, reply=550 5.1.1 "
		    "<new@c>: no such user, stat=User unknown",
		"delivery id=" QID " to=gone@b out bounced nearest=new@c "
		"ip=1.2.3.4 given"},
	{"deferred, with the words of a host that imitates",
		QID ": to=<a@b>, delay=00:00:00, mailer=esmtp, pri=1, "
		    "relay=mx.b. [1.2.3.4], dsn=4.0.0, stat=Deferred: 451 x",
		"delivery id=" QID " to=a@b out deferred ip=1.2.3.4 given"},
	{"an alias", QID ": alias <role@b> => desk@c, \\carol",
		"delivery id=" QID " to=desk@c was=role@b expanded sent; "
		"delivery id=" QID " to=\\carol was=role@b expanded sent"},
	{"a list", QID ": 6AQI5WFR000155: clone: owner=carol",
		"child id=" QID " other=6AQI5WFR000155 list"},
	{"a bounce", QID ": 6AQI5dV8000202: DSN: User unknown",
		"bounce id=" QID " other=6AQI5dV8000202"},
	{"nobody", QID ": <nobody@b>... User unknown", NULL},
	{"no recipients counted", QID ": from=<a@b>, size=1", NULL},
	{"no mailer", QID ": to=<a@b>, delay=0, stat=Sent", NULL},
	{"a recipient alone", QID ": to=<a@b>", NULL},
	{"an alias of nothing", QID ": alias <a@b> => ", NULL},
	{"another line", "starting daemon (8.17.1.9): SMTP", NULL},
	{"nothing", "", NULL},
};

static void
check_sendmail(void **state)
{
	check_line(sendmail_line_read, "sm-mta", *state);
}

int
main(void)
{
	struct rows all = {0};

	(void)setenv("TZ", "UTC", 1);
	tzset();
	ROWS_ADD(&all, frame_rows, check_frame);
	ROWS_ADD(&all, postfix_rows, check_postfix);
	ROWS_ADD(&all, dovecot_rows, check_dovecot);
	ROWS_ADD(&all, exim_rows, check_exim);
	ROWS_ADD(&all, sendmail_rows, check_sendmail);
	return rows_run(&all, "log_lines");
}
