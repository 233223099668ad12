#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
forwarden held on a real Postfix and a real Sendmail: what Forwarden holds is
listed with its reason, released, delivered once, not held again, and the counts
follow; what others hold is let alone; and mistakes get an answer.
"""
import concurrent.futures
import json
import os
import subprocess
import sys

from rig import Failure, Forwarden, Postfix, Rig, Sendmail, Sink, Tap, send, wait_until
from rig.forwarden import program

STRANGER = "eve@partner.example"
POLICY = """\
title: Forward to hold.example
name: to-hold
id: 6a1d8f10-0000-4000-8000-000000000201
status: stable
logsource: {category: email, product: forwarden, service: forward}
detection:
  selection:
    forward.confidence|gte: 70
    rcpt.domain: hold.example
  condition: selection
level: high
"""
HOSTILE = "pay \x1b[31mnow \\ \u202e\x07"


class Site:
    """An MTA whose user forwards to where mail is held."""

    def __init__(self, rig, **options):
        folder = rig.mkdir("policies")
        with open(os.path.join(folder, "hold.yml"), "w") as f:
            f.write(POLICY)
        self.forwarden = Forwarden(rig, policies=folder, **options)
        self.forwarden.start()
        self.alice = rig.user("alice")
        self.drop = f"{self.alice.name}@hold.example"
        self.alice.forward(self.drop)
        self.environment, self.where = None, []
        self.state = ["--state", os.path.join(self.forwarden.folder, "held/untold")]

    def held(self, *args):
        """forwarden held: its status, what it printed, what it complained of."""
        done = subprocess.run(
            ["unshare", "-u", "sh", "-c", 'hostname mx.example.com; exec "$@"', "sh",
             program(), "held", *args, "-c", self.forwarden.file, *self.where, *self.state],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=self.environment, timeout=120)
        return (done.returncode, done.stdout.decode(errors="replace"),
                done.stderr.decode(errors="replace"))

    def rows(self, *args):
        return json.loads(self.held("list", "--json", *args)[1])

    def mail(self, subject):
        return (f"From: {STRANGER}\nTo: {self.alice.address}\nSubject: {subject}\n"
                f"Message-ID: <{abs(hash(subject))}@partner.example>\n\nbody\n")

    def counts(self):
        text = self.forwarden.run("mailbox", "--json", self.alice.address)
        row = json.loads(text)
        return row["held"], row["quarantined"], row["let_go"]

    def acts(self, action):
        return [e for e in self.forwarden.events() if e["event"]["action"] == action]


def metrics(site):
    text = subprocess.run(
        ["curl", "-s", "--unix-socket", site.forwarden.control, "http://x/metrics"],
        stdout=subprocess.PIPE).stdout.decode()
    return {line.split()[0]: line.split()[1] for line in text.splitlines()
            if line.startswith("forwarden_held")}


def holds(tap, site, name, hand_in, sink):
    """Held, seen, released, delivered once; and another is deleted."""
    hand_in(site.mail("first"))
    row = wait_until("held mail", site.rows)[0]
    tap.equal(row["recipients"], [site.drop], f"{name}: to whom")
    tap.equal(row["event"]["forwarden"]["mailbox"], site.alice.address, f"{name}: whose")
    tap.equal(row["event"]["email"]["local_id"], row["id"], f"{name}: which event")
    code, text, _ = site.held("list")
    tap.ok(code == 0 and row["id"] in text and "to-hold" in text and site.drop in text,
           f"{name}: for people", text)
    code, text, _ = site.held("show", row["id"])
    tap.ok(code == 0 and row["event"]["event"]["id"] in text and "first" in text,
           f"{name}: one in full", text)
    tap.equal(site.counts(), (1, 1, 0), f"{name}: one is held")
    tap.ok(metrics(site).get("forwarden_held") == "1", f"{name}: the gauge", metrics(site))
    tap.ok(sink.find(sink.to(site.drop)) == [], f"{name}: nothing left")
    code, text, said = site.held("release", "--why", "he asked", row["id"])
    tap.ok(code == 0 and f"{row['id']} released" in text, f"{name}: released", text, said)
    sink.wait(sink.to(site.drop))
    event = site.forwarden.wait_event(lambda e: e["event"]["action"] == "release")
    tap.ok(event["forwarden"]["why"] == "he asked"
           and event["forwarden"]["held_by"] == row["event"]["event"]["id"]
           and event["forwarden"]["mailbox"] == site.alice.address,
           f"{name}: the act is an event", event)
    tap.attempt(f"{name}: the counts follow", lambda: wait_until(
        "counts", lambda: site.counts() == (0, 1, 1)))
    code, text, said = site.held("release", row["id"])
    tap.ok(code == 1 and "is not held here" in said, f"{name}: gone: said", said)
    tap.equal(len(site.acts("release")), 1, f"{name}: and nothing is counted twice")
    hand_in(site.mail("second"))
    row = wait_until("held mail", site.rows)[0]
    tap.equal(site.rows("--older-than", "1h"), [], f"{name}: none is older than an hour")
    code, text, _ = site.held("delete", "--older-than", "1h")
    tap.ok(code == 0 and "nothing is held that is meant" in text, f"{name}: so none goes", text)
    tap.equal(site.rows("--mailbox", "bob@example.com"), [], f"{name}: none of another mailbox")
    code, text, said = site.held("delete", "--mailbox", site.alice.address)
    tap.ok(code == 0 and f"{row['id']} deleted" in text, f"{name}: deleted", text, said)
    tap.equal(site.rows("--all"), [], f"{name}: nothing is held any more")
    tap.attempt(f"{name}: the counts follow", lambda: wait_until(
        "counts", lambda: site.counts() == (0, 2, 2)))
    tap.equal(metrics(site).get("forwarden_held"), "0", f"{name}: the gauge")
    tap.equal(len(sink.find(sink.to(site.drop))), 1, f"{name}: delivered once, and one alone")


def strangers(tap, site, postfix):
    """A hold of somebody else's, with what a sender may write."""
    postfix.command("postconf", "-e", "smtpd_sender_restrictions=static:HOLD")
    postfix.reload()
    send(postfix.intake, STRANGER, ["\"a\\\\b\"@partner.example"],
         f"X-Forwarden: mx.example.com; id=0123456789abcdef\nSubject: {HOSTILE}\n\nbody\n")
    rows = wait_until("a hold", lambda: site.rows("--all"))
    tap.ok(len(rows) == 1 and not rows[0]["ours"], "another's hold, whatever its tag says", rows)
    code, text, said = site.held("list")
    tap.ok(code == 0 and "nothing is held" in text and "1 more are held" in said,
           "is not listed as ours, but told of", text, said)
    for act in ("release", "delete"):
        code, text, said = site.held(act, rows[0]["id"])
        tap.ok(code == 1 and "somebody else's hold" in said, f"{act}: refused", said)
    code, text, said = site.held("delete", "--older-than", "0s", "--all", "--mailbox", "x@y")
    tap.equal(len(site.rows("--all")), 1, "a mailbox is named: others stay")
    code, text, _ = site.held("list", "--all")
    tap.ok(code == 0 and "not by Forwarden" in text and "\x1b" not in text, "--all lists it", text)
    code, text, said = site.held("delete", "--all", rows[0]["id"])
    tap.ok(code == 0, "--all: done", text, said)
    tap.equal(site.acts("delete")[-1]["forwarden"]["held_by"], "somebody else",
              "and is an event, too")
    tap.equal(site.counts(), (0, 2, 2), "which counts for nobody")
    postfix.command("postconf", "-e", "smtpd_sender_restrictions=")
    postfix.reload()


def held_again(tap, site, postfix, sink):
    """One that an administrator holds after we let it go is his; a hostile
    subject is text."""
    count = len(sink.find(sink.to(site.drop)))
    send(postfix.intake, STRANGER, [site.alice.address], site.mail(HOSTILE.strip()))
    row = wait_until("held mail", site.rows)[0]
    code, text, _ = site.held("show", row["id"])
    tap.ok(code == 0 and "\x1b" not in text and "\x07" not in text and "\u202e" not in text
           and "now" in text, "a hostile subject is shown escaped", repr(text))
    sink.answer = "450 4.2.1 later"
    site.held("release", row["id"])
    wait_until("it waits", lambda: postfix.queue("deferred"))
    postfix.super("-h", row["id"])
    tap.ok(wait_until("a hold", lambda: site.rows("--all"))[0]["ours"] is False,
           "held by another after that: his")
    sink.answer = "250 2.1.5 ok"
    site.held("release", "--all", row["id"])
    wait_until("it leaves", lambda: len(sink.find(sink.to(site.drop))) == count + 1)


def at_once(tap, site, postfix, sink):
    """Six who release the same message; and one who tries, again and again, while
    the daemon is started anew."""
    before, acts = len(sink.find(sink.to(site.drop))), len(site.acts("release"))
    send(postfix.intake, STRANGER, [site.alice.address], site.mail("six"))
    row = wait_until("held mail", site.rows)[0]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda _: site.held("release", row["id"]), range(6)))
    tap.ok(sorted(code for code, _, _ in done) == [0, 1, 1, 1, 1, 1]
           and all("is not held here" in said or "not held any more" in said
                   for code, _, said in done if code),
           "six release it at once: one does", done)
    wait_until("it leaves", lambda: len(sink.find(sink.to(site.drop))) == before + 1)
    tap.equal(len(site.acts("release")), acts + 1, "... and one event tells so")
    send(postfix.intake, STRANGER, [site.alice.address], site.mail("restart"))
    row = wait_until("held mail", site.rows)[0]
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        anew = pool.submit(lambda: (site.forwarden.stop(), site.forwarden.start()))
        wait_until("a release", lambda: "released" in site.held("release", row["id"])[1])
        anew.result()
    wait_until("it leaves", lambda: len(sink.find(sink.to(site.drop))) == before + 2)
    wait_until("an answer", lambda: site.held("list")[0] == 0)
    tap.attempt("... and told, now or by who looks next", lambda: wait_until(
        "the event", lambda: len(site.acts("release")) == acts + 2))
    tap.attempt("... and the counts follow", lambda: wait_until(
        "counts", lambda: site.counts()[0] == 0))


def instances(tap):
    """A second instance of the same Postfix holds, too."""
    with Rig("held-instances") as rig:
        site = Site(rig)
        sink = Sink(rig)
        first = Postfix(rig, sink, milter=site.forwarden.milter)
        second = Postfix(rig, sink, milter=site.forwarden.milter, name="second")
        for postfix in (first, second):
            postfix.start()
        second.set(multi_instance_enable="yes", multi_instance_name="postfix-second")
        first.set(multi_instance_directories=second.config)
        site.where = ["--postfix", first.config]
        try:
            for postfix, subject in ((first, "one"), (second, "two")):
                send(postfix.intake, STRANGER, [site.alice.address], site.mail(subject))
            rows = wait_until("held mail", lambda: (
                lambda found: found if len(found) == 2 else None)(site.rows()))
            places = {row["place"].rstrip("/"): row["id"] for row in rows}
            tap.equal(set(places), {first.config, second.config},
                      "what both hold is listed, with its instance")
            code, text, said = site.held("release", places[second.config])
            tap.ok(code == 0 and "released" in text, "released in the second", text, said)
            sink.wait(sink.to(site.drop))
            tap.equal([row["id"] for row in site.rows()], [places[first.config]],
                      "the first still holds its own")
            code, text, said = site.held("delete", "--mailbox", site.alice.address)
            tap.ok(code == 0 and site.rows("--all") == [], "deleted in the first", text, said)
            tap.equal(len(sink.find(sink.to(site.drop))), 1, "delivered once, and one alone")
            second.set(multi_instance_enable="no")
            tap.equal(site.held("list")[0], 0, "an instance that is not enabled is passed over")
        except Failure as failure:
            tap.fail("instances", failure, site.forwarden.log()[-3000:], second.log()[-2000:])


def mistakes(tap, site, postfix):
    for args, words in ((("release",), "say which"), (("list", "../x"), "is not held here"),
                        (("eat",), "list, show, release or delete"),
                        (("list", "\x1b[31m"), "\\x1B")):
        code, text, said = site.held(*args)
        tap.ok(code != 0 and words in said and "\x1b" not in said, f"{args}: refused", said)
    site.where = ["--postfix", "/nowhere"]
    code, text, said = site.held("list")
    tap.ok(code == 1 and text == "" and "/nowhere" in said, "no such queue: said", said)
    site.forwarden.stop()
    code, text, said = site.held("list")
    tap.ok(code == 1 and text == "" and said, "no daemon: said", said)


def on_postfix(tap):
    with Rig("held-postfix") as rig:
        site = Site(rig)
        sink = Sink(rig)
        postfix = Postfix(rig, sink, milter=site.forwarden.milter)
        postfix.start()
        site.where = ["--postfix", postfix.config]
        try:
            holds(tap, site, "Postfix", lambda text: send(
                postfix.intake, STRANGER, [site.alice.address], text), sink)
            strangers(tap, site, postfix)
            held_again(tap, site, postfix, sink)
            at_once(tap, site, postfix, sink)
            mistakes(tap, site, postfix)
        except Failure as failure:
            tap.fail("Postfix", failure, site.forwarden.log()[-3000:], postfix.log()[-2000:])


def on_sendmail(tap):
    with Rig("held-sendmail") as rig:
        site = Site(rig)
        sink = Sink(rig, host="127.0.0.2")
        egress = Sendmail(rig, sink, milter=f"inet:{site.forwarden.port}@127.0.0.1",
                          name="egress", host="egress")
        intake = Sendmail(rig, egress)
        for sendmail in (egress, intake):
            sendmail.start()
        site.environment = egress.environment
        site.where = ["--sendmail", egress.folder, "--sendmail-program", egress.program]
        try:
            holds(tap, site, "Sendmail", lambda text: send(
                intake.port, STRANGER, [site.alice.address], text), sink)
        except Failure as failure:
            tap.fail("Sendmail", failure, site.forwarden.log()[-3000:], egress.quarantined())


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip_all("needs root")
    on_postfix(tap)
    instances(tap)
    on_sendmail(tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
