#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A mail log of a Postfix that nobody has: so many megabytes of it on standard
output, the same each time. Nine in ten messages come in or go out, one is
sent on by a .forward, and some are noise and retries.

    tests/bench/maillog.py MEGABYTES [constant]

constant: all messages have one Message-ID."""
import sys

LEFT = int(sys.argv[1]) << 20
ID = "<same@partner.example>" if len(sys.argv) > 2 else None
MONTH = "Nov"
HOUR = 3600


def stamp(at):
    return "%s %2d %02d:%02d:%02d mx " % (
        MONTH, 1 + at // (24 * HOUR) % 28, at // HOUR % 24, at // 60 % 60,
        at % 60)


def arrival(n, at, qid, mid):
    smtpd = 2000 + n % 90
    client = "mail%d.partner.example[203.0.113.%d]" % (n % 40, n % 250)
    return [
        "postfix/smtpd[%d]: connect from %s" % (smtpd, client),
        "postfix/smtpd[%d]: %s: client=%s" % (smtpd, qid, client),
        "postfix/cleanup[900]: %s: message-id=%s" % (qid, mid),
        "postfix/qmgr[203]: %s: from=<u%d@partner.example>, size=4351, "
        "nrcpt=1 (queue active)" % (qid, n % 50000),
        "postfix/smtpd[%d]: disconnect from %s ehlo=1 mail=1 rcpt=1 data=1 "
        "quit=1 commands=5" % (smtpd, client),
    ]


def delivered(n, at, qid, mid):
    return [
        "postfix/local[215]: %s: to=<box%d@example.com>, relay=local, "
        "delay=0.01, delays=0.01/0/0/0, dsn=2.0.0, status=sent (delivered to "
        "mailbox)" % (qid, n % 20000),
        "postfix/qmgr[203]: %s: removed" % qid,
    ]


def forwarded(n, at, qid, mid):
    child = qid[:-1] + "F"
    box = n % 997
    return [
        "postfix/cleanup[901]: %s: message-id=%s" % (child, mid),
        "postfix/qmgr[203]: %s: from=<u%d@partner.example>, size=4501, "
        "nrcpt=1 (queue active)" % (child, n % 50000),
        "postfix/local[216]: %s: to=<fwd%d@example.com>, relay=local, "
        "delay=0.02, delays=0.01/0/0/0.01, dsn=2.0.0, status=sent "
        "(forwarded as %s)" % (qid, box, child),
        "postfix/qmgr[203]: %s: removed" % qid,
        "postfix/smtp[300]: %s: to=<drop%d@freemail.example>, "
        "orig_to=<fwd%d@example.com>, relay=mx.freemail.example"
        "[198.51.100.25]:25, delay=0.3, delays=0/0/0.2/0.1, dsn=2.0.0, "
        "status=sent (250 2.0.0 Ok: queued as 19157127)" % (child, box, box),
        "postfix/qmgr[203]: %s: removed" % child,
    ]


def sent_out(n, at, qid, mid):
    return [
        "postfix/smtp[301]: %s: to=<pal%d@other%d.example>, relay=mx.other%d"
        ".example[198.51.100.77]:25, delay=1, delays=0/0/0.5/0.5, dsn=2.0.0, "
        "status=sent (250 2.0.0 Ok: queued as 7A5D2)" % (
            qid, n % 3000, n % 700, n % 700),
        "postfix/qmgr[203]: %s: removed" % qid,
    ]


WAYS = [delivered, delivered, delivered, delivered, sent_out, delivered,
        delivered, sent_out, forwarded, delivered]


def main():
    left = LEFT
    n = 0
    write = sys.stdout.write
    while left > 0:
        at = n // 20
        qid = "%06X%04XA" % (n & 0xFFFFFF, 0x1000 + n * 7919 % 0xEFFF)
        mid = ID or "<%d.%d@partner.example>" % (n, n * 31 % 99991)
        lines = arrival(n, at, qid, mid) + WAYS[n % 10](n, at, qid, mid)
        if n % 5 == 0:
            lines.append("dovecot: imap-login: Login: user=<box%d>, "
                         "method=PLAIN, rip=203.0.113.9, lip=192.0.2.25, "
                         "mpid=%d, TLS, session=<abcdefgh>" % (n % 20000, n))
        head = stamp(at)
        text = "".join(head + line + "\n" for line in lines)
        left -= len(text)
        n += 1
        write(text)


try:
    main()
except BrokenPipeError:
    sys.exit(1)
