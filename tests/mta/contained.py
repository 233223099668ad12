#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
forwarden contain on a real Postfix and a real Sendmail: what is forwarded of a
mailbox is held from then on, --queued holds what waits already, and only what is
that mailbox's; it is listed as ours, released, and delivered once.
"""
import json
import os
import subprocess
import sys

from rig import Failure, Forwarden, Postfix, Rig, Sendmail, Sink, Tap, send, wait_until
from rig.forwarden import program

STRANGER = "eve@partner.example"
LATER = "450 4.2.1 later"


class Site:
    """Two users whose mail goes on to the outside, which takes none."""

    def __init__(self, rig):
        self.forwarden = Forwarden(rig, mode="observe")
        self.forwarden.start()
        self.alice, self.bob = rig.user("alice"), rig.user("bob")
        self.drops = {user.address: f"{user.name}@outside.example"
                      for user in (self.alice, self.bob)}
        for user in (self.alice, self.bob):
            user.forward(self.drops[user.address])
        self.environment, self.where = None, []

    def run(self, *args):
        done = subprocess.run(
            ["unshare", "-u", "sh", "-c", 'hostname mx.example.com; exec "$@"', "sh",
             program(), *args, "-c", self.forwarden.file],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=self.environment, timeout=120)
        return (done.returncode, done.stdout.decode(errors="replace"),
                done.stderr.decode(errors="replace"))

    def contain(self, *args):
        return self.run("contain", "--why", "ticket 4711", *args, *self.where)

    def held(self):
        return json.loads(self.run("held", "list", "--json", *self.where)[1])

    def mail(self, user, subject):
        return (f"From: {STRANGER}\nTo: {user.address}\nSubject: {subject}\n"
                f"Message-ID: <{abs(hash((user.name, subject)))}@partner.example>\n\nbody\n")


def queued(tap, site, name, hand_in, sink):
    """What waits already, of one mailbox and no other."""
    sink.answer = LATER
    for user in (site.alice, site.bob):
        hand_in(user, site.mail(user, "before"))
    wait_until("both are tried", lambda: all(
        drop in sink.named for drop in site.drops.values()))
    code, text, said = site.contain("--queued", site.alice.address)
    tap.ok(code == 0 and "1 message is held now" in text and "other machines" in text,
           f"{name}: what waits is held, and counted", code, text, said)
    rows = wait_until("held mail", site.held)
    tap.equal([row["recipients"] for row in rows], [[site.drops[site.alice.address]]],
              f"{name}: of that mailbox alone")
    tap.ok(rows[0]["ours"] and rows[0]["event"]["forwarden"]["queued"]
           and rows[0]["event"]["forwarden"]["mailbox"] == site.alice.address
           and rows[0]["event"]["forwarden"]["why"] == "ticket 4711",
           f"{name}: it is an event", rows)
    code, text, said = site.contain("--queued", site.alice.address)
    tap.ok(code == 0 and "0 messages are held now" in text, f"{name}: once", text, said)
    return rows[0]["id"]


def from_now_on(tap, site, name, hand_in):
    """In mode observe, and with no policy that would hold anything."""
    hand_in(site.alice, site.mail(site.alice, "after"))
    rows = wait_until("held mail", lambda: len(site.held()) == 2 and site.held())
    tap.ok(any("contained" in row["event"]["forwarden"] and
               "queued" not in row["event"]["forwarden"] for row in rows),
           f"{name}: what comes then is held as it comes", rows)


def let_go(tap, site, name, first, sink):
    sink.answer = "250 2.1.5 ok"
    code, text, said = site.run("uncontain", site.alice.address)
    tap.ok(code == 0, f"{name}: not contained any more", text, said)
    code, text, said = site.run("held", "release", *site.where, first)
    tap.ok(code == 0, f"{name}: released", text, said)
    to = sink.to(site.drops[site.alice.address])
    sink.wait(to)
    tap.equal(len(sink.find(to)), 1, f"{name}: delivered once")
    # A Postfix that is told of new settings in the middle of a delivery tries again in
    # a minute ("skipped, still being delivered").
    wait_until("bob's mail leaves", lambda: sink.find(sink.to(site.drops[site.bob.address])),
               seconds=120)
    tap.ok(True, f"{name}: the other's was let alone")


def written(tap, site, postfix, sink):
    """What she writes herself waits, too, with --all-outgoing."""
    sink.answer = LATER
    for user in (site.alice, site.bob):
        postfix.sendmail(user.address, ["friend@partner.example"],
                         f"From: {user.address}\nTo: friend@partner.example\n"
                         f"Subject: hello\nMessage-ID: <own-{user.name}@example.com>\n\nbody\n")
    wait_until("both wait", lambda: len(
        [r for r in postfix.queue("deferred")
         if r["recipients"][0]["address"] == "friend@partner.example"]) == 2)
    def senders():
        return {r["sender"] for r in postfix.held()} - {STRANGER}

    code, text, said = site.contain("--queued", site.alice.address)
    tap.ok("0 messages are held now" in text, "what she writes is not what she forwards",
           text, said)
    code, text, said = site.contain("--queued", "--all-outgoing", site.alice.address)
    tap.ok(code == 0 and "1 message is held now" in text, "--all-outgoing: it is held, too",
           code, text, said)
    tap.equal(senders(), {site.alice.address}, "hers alone")
    code, text, said = site.contain("--queued", "--all-outgoing", "--to", "partner.example")
    tap.ok(code == 0 and "1 message is held now" in text, "--to: whoever wrote it",
           code, text, said)


def mistakes(tap, site):
    site.where = ["--postfix", "/nowhere"]
    code, text, said = site.contain("--queued", site.alice.address)
    tap.ok(code == 1 and "is contained until" in text and "what is queued is not held" in said
           and "/nowhere" in said, "no such queue: contained, and said that no more", text, said)


def on_postfix(tap):
    with Rig("contained-postfix") as rig:
        site = Site(rig)
        sink = Sink(rig)
        postfix = Postfix(rig, sink, milter=site.forwarden.milter)
        postfix.start()
        site.where = ["--postfix", postfix.config]

        def hand_in(user, text):
            send(postfix.intake, STRANGER, [user.address], text)
        try:
            first = queued(tap, site, "Postfix", hand_in, sink)
            from_now_on(tap, site, "Postfix", hand_in)
            postfix.set(minimal_backoff_time="1s", queue_run_delay="1s")
            let_go(tap, site, "Postfix", first, sink)
            written(tap, site, postfix, sink)
            mistakes(tap, site)
        except Failure as failure:
            tap.fail("Postfix", failure, site.forwarden.log()[-3000:], postfix.log()[-2000:])


def on_sendmail(tap):
    with Rig("contained-sendmail") as rig:
        site = Site(rig)
        sink = Sink(rig, host="127.0.0.2")
        egress = Sendmail(rig, sink, milter=f"inet:{site.forwarden.port}@127.0.0.1",
                          name="egress", host="egress")
        intake = Sendmail(rig, egress)
        for sendmail in (egress, intake):
            sendmail.start()
        site.environment = egress.environment
        site.where = ["--sendmail", egress.folder, "--sendmail-program", egress.program]

        def hand_in(user, text):
            send(intake.port, STRANGER, [user.address], text)
        try:
            first = queued(tap, site, "Sendmail", hand_in, sink)
            let_go(tap, site, "Sendmail", first, sink)
        except Failure as failure:
            tap.fail("Sendmail", failure, site.forwarden.log()[-3000:], egress.queue())


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip_all("needs root")
    on_postfix(tap)
    on_sendmail(tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
