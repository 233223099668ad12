#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Our own field on a real Postfix: what was released is not held again, whatever
the listeners are called; whoever got a copy gains nothing by its tag; and a
message with thousands of them harms nobody.
"""
import os
import sys

from rig import Failure, Forwarden, Postfix, Rig, Sink, Tap, send, wait_until

OUTSIDE = {"ADDR": "203.0.113.9", "NAME": "mail.partner.example"}
EXCHANGE = {"ADDR": "10.9.9.9", "NAME": "exchange.example.com"}
STRANGER = "eve@partner.example"
DROP = "x@hold.example"
POLICY = """\
title: Forward to hold.example
id: 6a1d8f10-0000-4000-8000-000000000101
status: stable
logsource: {category: email, product: forwarden, service: forward}
detection:
  selection:
    forward.confidence|gte: 70
    rcpt.domain: hold.example
  condition: selection
level: high
"""
TAGS_MANY = 10500
NAMES = {  # how both listeners are called
    "names of their own": ("intake", "egress"),
    "one name": ("mx", "mx"),
    "the host's name, as without a word of it": ("$myhostname", "$myhostname"),
}


class Site:
    def __init__(self, rig, mode="enforce"):
        folder = rig.mkdir("policies")
        with open(os.path.join(folder, "hold.yml"), "w") as f:
            f.write(POLICY)
        self.rig, self.mode, self.sink = rig, mode, Sink(rig)
        self.forwarden = Forwarden(rig, policies=folder, mode=mode)
        self.forwarden.start()
        self.postfix = Postfix(rig, self.sink, milter=self.forwarden.milter,
                               main="header_size_limit = 4000000\n")
        self.bob = rig.user("bob")
        self.postfix.start()

    def call(self, intake, egress):
        self.postfix.command("postconf", "-e", f"milter_macro_daemon_name={intake}")
        port = f"127.0.0.1:{self.postfix.egress}"
        self.postfix.command(
            "postconf", "-P", f"{port}/inet/milter_macro_daemon_name={egress}")
        self.postfix.command("postconf", "-P", f"{port}/inet/myhostname=mx.example.com")
        self.postfix.reload()

    def letter(self, subject, more=""):
        return (f"{more}X-MS-Exchange-Inbox-Rules-Loop: {self.bob.address}\n"
                f"Date: Mon, 5 Jan 2026 09:00:00 +0000\n"
                f"From: {STRANGER}\nTo: {self.bob.address}\nSubject: {subject}\n"
                f"Message-ID: <{subject.replace(' ', '.')}@partner.example>\n\nbody\n")

    def hand_in(self, text, to=DROP, xclient=EXCHANGE):
        return send(self.postfix.intake, STRANGER, [to], text, xclient=xclient)

    def release(self):
        held = wait_until("held mail", self.postfix.held)
        self.postfix.super("-H", held[0]["queue_id"])
        self.postfix.flush()

    def about(self, subject):
        return [e for e in self.forwarden.events() if e["email"].get("subject") == subject]


def names(tap, site):
    """Held where it came in, released, and met by the egress."""
    for name, (intake, egress) in NAMES.items():
        subject = f"named {len(site.sink.messages)}"
        site.call(intake, egress)
        code, text = site.hand_in(site.letter(subject))
        tap.ok(code == 250, f"{name}: taken in", text)
        site.release()
        message = site.sink.wait(lambda m: m.field("Subject") == subject)[0]
        tap.equal(len(message.header.get_all("X-Forwarden", [])), 1,
                  f"{name}: released, it leaves with one tag")
        tap.equal(site.postfix.held(), [], f"{name}: and is not held again")
        tap.equal(len(site.about(subject)), 1, f"{name}: one event")


def replay(tap, site):
    """The tag of the first copy, by whoever reads it."""
    site.call("intake", "egress")
    subject = "the first copy"
    site.hand_in(site.letter(subject))
    site.release()
    copy = site.sink.wait(lambda m: m.field("Subject") == subject)[0]
    text = copy.data.decode()
    tag = f"X-Forwarden: {copy.field('X-Forwarden')}\n"
    rows = [  # who, how, what
        ("the whole copy by a login", {"ADDR": "10.1.2.3", "LOGIN": site.bob.name}, text),
        ("the whole copy by the same software", EXCHANGE, text),
        ("its tag over other words", EXCHANGE, site.letter("other words", tag)),
        ("its tag over other words, by a login",
         {"ADDR": "10.1.2.3", "LOGIN": site.bob.name}, site.letter("more words", tag)),
    ]
    for name, xclient, replayed in rows:
        code, reply = site.hand_in(replayed, xclient=xclient)
        tap.ok(code == 250, f"{name}: taken in", reply)
        held = wait_until(f"{name}: held", site.postfix.held)
        tap.equal(held[0]["recipients"][0]["address"], DROP, f"{name}: held")
        event = site.forwarden.wait_event(
            lambda e: e["email"].get("local_id") == held[0]["queue_id"])
        tap.ok("forged-tag" in site.forwarden.evidence(event),
               f"{name}: and its tag is evidence", event["forwarden"]["evidence"])
        queued = site.postfix.command("postcat", "-qh", held[0]["queue_id"])
        new = f"id={event['event']['id']}"
        tap.ok(queued.count("X-Forwarden:") == 1 and new in queued,
               f"{name}: removed, and replaced by the new one", queued)
        site.postfix.super("-d", held[0]["queue_id"])
    send(site.postfix.intake, STRANGER, [site.bob.address],
         site.letter("back home", tag), xclient=OUTSIDE)
    found = site.postfix.wait_mailbox(site.bob.name)
    tap.ok("X-Forwarden" not in found[-1], "sent back to the mailbox: removed", found[-1])


def flood(tap, site):
    """10,500 of them, removed one by one, made Postfix's cleanup give up."""
    mode = site.mode
    subject = f"flood {mode}"
    text = site.letter(subject, f"X-Forwarden: x{'y' * 100}\n" * TAGS_MANY)
    code, reply = site.hand_in(text, to=site.bob.address, xclient=OUTSIDE)
    event = site.forwarden.wait_event(lambda e: e["email"].get("subject") == subject)
    tap.equal(event["forwarden"].get("forged_tags"), TAGS_MANY, f"{mode}: the event counts them")
    tap.ok(f"forged-tags={TAGS_MANY}" in site.forwarden.log(), f"{mode}: so does the log line")
    log = site.postfix.log()
    tap.ok(not any(word in log for word in ("panic:", "fatal:", "exit status")),
           f"{mode}: Postfix lives", log[-1500:])
    if mode == "enforce":
        tap.ok(code == 550 and "5.7.1" in reply, "enforce: refused as forged", code, reply)
        return
    tap.ok(code == 250, "observe: taken in", code, reply)
    found = wait_until("the flood", lambda: [
        m for m in site.postfix.mailbox(site.bob.name) if subject in m])
    tap.equal(found[0].count("X-Forwarden: x"), TAGS_MANY, "observe: and left alone")


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip_all("needs root")
    for mode, parts in (("enforce", (names, replay, flood)), ("observe", (flood,))):
        with Rig(f"tickets-{mode}") as rig:
            site = Site(rig, mode)
            for part in parts:
                try:
                    part(tap, site)
                except Failure as failure:
                    tap.fail(f"{mode}: {part.__name__}", failure,
                             site.forwarden.log()[-2500:], site.postfix.log()[-1500:])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
