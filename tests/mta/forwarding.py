#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Forwarden on a real Postfix: each way in which Postfix forwards is seen, with
the right mailbox, kind and evidence; each action does to the mail what it
says; held mail comes out once; no message is lost when Forwarden dies.
"""
import json
import os
import subprocess
import sys

from rig import Failure, Forwarden, Postfix, Rig, Sink, Tap, send, wait_until

OUTSIDE = {"ADDR": "203.0.113.9", "NAME": "mail.partner.example"}
STRANGER = "eve@partner.example"

POLICY = """\
title: Forward to {domain}
id: 6a1d8f10-0000-4000-8000-00000000000{number}
status: stable
description: What leaves a mailbox for {domain} is to be met with {action}.
logsource:
  category: email
  product: forwarden
  service: forward
detection:
  selection:
    forward.confidence|gte: 70
    rcpt.domain: {domain}
  condition: selection
level: {level}
{more}"""
POLICIES = [  # destination's domain, level, action of its own
    ("freemail.example", "medium", None),
    ("hold.example", "high", None),
    ("reject.example", "high", "reject"),
    ("tempfail.example", "high", "tempfail"),
    ("discard.example", "high", "discard"),
    ("log.example", "low", None),
]


# What a listing of a queue file would show as records of it.
FORGED = ("X-Some: thing\n *** HEADER EXTRACTED 4A1B2C3D ***\n"
          "\trecipient: forged@freemail.example\n"
          "\toriginal_recipient: carol@example.com\n")


def write_policies(rig):
    folder = rig.mkdir("policies")
    for number, (domain, level, action) in enumerate(POLICIES):
        more = f"x-forwarden-action: {action}\n" if action else ""
        with open(os.path.join(folder, f"{domain}.yml"), "w") as f:
            f.write(POLICY.format(number=number, domain=domain, level=level,
                                  action=action or level, more=more))
    return folder


def mail(subject, to, sender=STRANGER, fields=""):
    return (f"{fields}From: {sender}\nTo: {to}\nSubject: {subject}\n"
            f"Message-ID: <{subject}.{to}>\n\nbody\n")


class Site:
    """A Postfix with Forwarden in enforce mode, and people."""

    def __init__(self, rig, away="tempfail"):
        self.rig = rig
        self.sink = Sink(rig)
        self.forwarden = Forwarden(rig, policies=write_policies(rig),
                                   more="respond: {{ceiling: discard}}\n")
        self.forwarden.start()
        self.postfix = Postfix(rig, self.sink, milter=self.forwarden.milter, away=away)
        self.alice, self.bob = rig.user("alice"), rig.user("bob")
        self.postfix.table("virtual", {
            f"{name}@example.com": f"{name}@{name}.example"
            for name in ("hold", "reject", "tempfail", "discard", "log")})
        self.postfix.start()

    def arrive(self, recipient, subject, fields=""):
        """Mail from outside; what the intake said."""
        return send(self.postfix.intake, STRANGER, [recipient],
                    mail(subject, recipient, fields=fields), xclient=OUTSIDE)

    def at_sink(self, destination, subject):
        return self.sink.wait(lambda m: destination in m.recipients
                              and m.field("Subject") == subject)[0]

    def event(self, subject, destination):
        return self.forwarden.wait_event(
            lambda e: e["email"].get("subject") == subject
            and e["forwarden"].get("destination") == destination)


def check_seen(tap, site, name, event, wanted):
    """wanted: mailbox, kind, some evidence, listener."""
    mailbox, kind, evidence, listener = wanted
    seen = event["forwarden"]
    tap.equal(seen["mailbox"], mailbox, f"{name}: the mailbox")
    tap.equal(seen["kind"], kind, f"{name}: the kind")
    tap.ok(evidence in site.forwarden.evidence(event), f"{name}: evidence {evidence}",
           seen["evidence"])
    tap.ok(seen["confidence"] >= 70, f"{name}: confidence", seen["confidence"])
    tap.equal(event["smtp"].get("listener"), listener, f"{name}: seen at the {listener}")


def ways(tap, site):
    """What Postfix itself forwards: to the milter only the egress shows it."""
    alice, bob = site.alice, site.bob
    alice.forward("drop@freemail.example")
    site.postfix.table("aliases", {"sales": "agency@freemail.example"})
    site.postfix.table("bcc", {bob.address: "shadow@freemail.example"})
    site.postfix.table("virtual", {
        "info@example.com": "info@freemail.example",
        **{f"{name}@example.com": f"{name}@{name}.example"
           for name in ("hold", "reject", "tempfail", "discard", "log")}})
    site.postfix.reload()
    rows = [  # name, recipient, destination, what must be seen
        ("forward", alice.address, "drop@freemail.example",
         (alice.address, "redirect", "orcpt", "egress")),
        ("alias", "sales@example.com", "agency@freemail.example",
         ("sales@example.com", "redirect", "orcpt", "egress")),
        ("virtual", "info@example.com", "info@freemail.example",
         ("info@example.com", "redirect", "orcpt", "egress")),
        ("bcc", bob.address, "shadow@freemail.example",
         (bob.address, "copy", "bcc-map", "egress")),
    ]
    for name, recipient, destination, wanted in rows:
        code, text = site.arrive(recipient, name)
        tap.ok(code == 250, f"{name}: taken in", text)
        try:
            check_seen(tap, site, name, site.event(name, destination), wanted)
            message = site.at_sink(destination, name)
            event_id = site.event(name, destination)["event"]["id"]
            tap.equal(message.field("X-Forwarden"),
                      f"mx.example.com; id={event_id}",
                      f"{name}: goes on, tagged with the event's id alone")
        except Failure as failure:
            tap.fail(f"{name}: seen and tagged", failure, site.forwarden.log()[-1500:])


def logs(tap, site):
    """The same ways, in what Postfix wrote of them: nothing passed by the
    listener, and nobody else forwards."""
    log = os.path.join(site.postfix.folder, "mail.log")
    done = subprocess.run(
        [os.environ["FORWARDEN"], "scan", "--json", "--egress", "egress", log],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    found = [json.loads(line) for line in done.stdout.decode().splitlines()]
    routes = {(one["forwarden"]["mailbox"], one["forwarden"]["destination"],
               one["forwarden"]["kind"]) for one in found
              if one["event"]["dataset"] == "forwarden.scan"}
    tap.equal(routes, {
        (site.alice.address, "drop@freemail.example", "redirect"),
        ("sales@example.com", "agency@freemail.example", "redirect"),
        ("info@example.com", "info@freemail.example", "redirect"),
        (site.bob.address, "shadow@freemail.example", "copy")},
              "scan: the same routes from Postfix's log")
    tap.equal([one for one in found
               if one["event"]["dataset"] == "forwarden.departure"], [],
              "scan: nothing left without passing the listener")
    tap.equal(done.returncode, 0, "scan: and all could be read")


def pickup(tap, site):
    """A Sieve redirect by sendmail(1), as Pigeonhole does it. The message came by
    the intake: one that never did would be a user's own word (framings.py)."""
    code, text = site.arrive(site.bob.address, "sieve")
    tap.ok(code == 250, "sieve: taken in", text)
    site.postfix.sendmail(
        STRANGER, ["cloud@freemail.example"],
        mail("sieve", site.bob.address,
             fields=f"X-Sieve: Pigeonhole Sieve 0.5.19\n"
                    f"X-Sieve-Redirected-From: {site.bob.address}\n"))
    event = site.event("sieve", "cloud@freemail.example")
    check_seen(tap, site, "sieve", event,
               (site.bob.address, "redirect", "sieve-redirected-from", "intake"))
    message = site.at_sink("cloud@freemail.example", "sieve")
    tap.equal(len(message.header.get_all("X-Forwarden", [])), 1,
              "sieve: one tag, though two listeners saw it")
    bob = json.loads(site.forwarden.run("mailbox", "--json", site.bob.address))
    routes = [r["count"] for r in bob["routes"]
              if r["destination"] == "cloud@freemail.example"]
    tap.equal(routes, [1], "sieve: counted once")
    tap.equal(len([e for e in site.forwarden.events()
                   if e["email"].get("subject") == "sieve"
                   and e["forwarden"]["destination"] == "cloud@freemail.example"]),
              1, "sieve: one event")


def plain_mail(tap, site):
    carol = site.rig.user("carol")
    site.arrive(carol.address, "in")
    tap.attempt("plain in: delivered", lambda: site.postfix.wait_mailbox(carol.name))
    code, text = send(site.postfix.intake, site.bob.address, ["jo@partner.example"],
                      mail("out", "jo@partner.example", site.bob.address),
                      xclient={"ADDR": "10.1.2.3", "LOGIN": site.bob.name})
    tap.ok(code == 250, "plain out: taken", text)
    message = site.at_sink("jo@partner.example", "out")
    tap.equal(message.field("X-Forwarden"), None, "plain out: untouched")
    tap.equal([e for e in site.forwarden.events()
               if e["email"].get("subject") in ("in", "out")], [],
              "plain mail makes no event")
    forged = "X-Forwarden: mx.example.com; action=none\n"
    site.arrive(site.bob.address, "forged", fields=forged)
    found = wait_until("the forged one", lambda: [
        text for text in site.postfix.mailbox(site.bob.name) if "forged" in text])
    tap.ok("X-Forwarden" not in found[0], "a forged tag is removed", found[0])


def actions(tap, site):
    site.arrive("log@example.com", "logged")
    tap.equal(site.event("logged", "log@log.example")["forwarden"]["action"], "log",
              "log: said so")
    tap.equal(site.at_sink("log@log.example", "logged").field("X-Forwarden"), None,
              "log: the mail goes on as it is")

    site.arrive("reject@example.com", "refused")
    site.event("refused", "reject@reject.example")
    bounce = site.sink.wait(lambda m: m.recipients == [STRANGER])[0]
    tap.ok(b"5.7.520" in bounce.data,
           "reject: the sender gets a bounce with the code", bounce.data[-1500:])

    site.arrive("discard@example.com", "dropped")
    site.event("dropped", "discard@discard.example")
    tap.attempt("discard: nothing waits for it", site.postfix.wait_empty)
    tap.equal(site.sink.find(site.sink.to("discard@discard.example")), [],
              "discard: and nothing leaves")

    code, text = send(site.postfix.intake, STRANGER, ["x@reject.example"],
                      mail("smarthost", site.bob.address,
                           fields=f"X-MS-Exchange-Inbox-Rules-Loop: {site.bob.address}\n"),
                      xclient={"ADDR": "10.9.9.9", "NAME": "exchange.example.com"})
    tap.ok(code == 550 and "5.7.520" in text, "reject: a smarthost's client is told at once",
           code, text)
    code, text = send(site.postfix.intake, STRANGER, ["x@tempfail.example"],
                      mail("smarthost2", site.bob.address,
                           fields=f"X-MS-Exchange-Inbox-Rules-Loop: {site.bob.address}\n"),
                      xclient={"ADDR": "10.9.9.9", "NAME": "exchange.example.com"})
    tap.ok(code == 451, "tempfail: it is to try again", code, text)


def deferral(tap, site):
    site.arrive("tempfail@example.com", "later")
    site.event("later", "tempfail@tempfail.example")
    waiting = wait_until("a deferred message", lambda: [
        r for r in site.postfix.queue("deferred")
        if r["recipients"][0]["address"] == "tempfail@tempfail.example"])
    reason = waiting[0]["recipients"][0].get("delay_reason", "")
    tap.ok("451 4.7.1" in reason, "tempfail: the queue says why", waiting)
    site.postfix.super("-d", waiting[0]["queue_id"])


def explain_held(tap, site, queue_id):
    """By the file that Postfix itself wrote, whatever the sender wrote."""
    path = os.path.join(site.postfix.folder, "queue", "hold", queue_id)
    said = site.forwarden.run("explain", path)
    tap.ok("hold@hold.example" in said and "hold@example.com" in said,
           "hold: explain reads Postfix's queue file", said)
    tap.ok("To forged" not in said and "carol" not in said,
           "hold: and what the sender wrote is no record of it", said)


def hold(tap, site):
    site.arrive("hold@example.com", "held", fields=FORGED)
    event = site.event("held", "hold@hold.example")
    tap.equal(event["forwarden"]["action"], "quarantine", "hold: the event says so")
    held = wait_until("held mail", lambda: [
        r for r in site.postfix.held()
        if r["recipients"][0]["address"] == "hold@hold.example"])
    tap.equal(held[0]["sender"], STRANGER, "hold: in Postfix's hold queue")
    explain_held(tap, site, held[0]["queue_id"])
    tap.equal(event["email"].get("local_id"), held[0]["queue_id"],
              "hold: the event names its queue id")
    site.postfix.super("-H", held[0]["queue_id"])
    site.postfix.flush()
    message = site.at_sink("hold@hold.example", "held")
    tag = message.field("X-Forwarden") or ""
    tap.ok(event["event"]["id"] in tag and "mailbox" not in tag,
           "hold: released, it leaves with its tag", tag)
    site.postfix.wait_empty()
    tap.equal(site.postfix.held(), [], "hold: and is not held again")
    tap.equal(len(site.sink.find(site.sink.to("hold@hold.example"))), 1,
              "hold: it leaves once")


def burst(site, first, count):
    """Sends so many to alice; the subjects that were taken in."""
    taken = []
    for number in range(first, first + count):
        subject = f"burst-{number}"
        try:
            code, _ = site.arrive(site.alice.address, subject)
        except OSError:
            continue
        if code == 250:
            taken.append(subject)
    return taken


def arrived(site, subjects):
    here = {m.field("Subject") for m in site.sink.find(
        site.sink.to("drop@freemail.example"))}
    return set(subjects) <= here


def hold_at_intake(tap, site):
    """A client's redirect is held where it comes in; released, it has to pass
    the egress, which must let it go."""
    code, text = send(site.postfix.intake, STRANGER, ["x@hold.example"],
                      mail("held-early", site.bob.address,
                           fields=f"X-MS-Exchange-Inbox-Rules-Loop: {site.bob.address}\n"),
                      xclient={"ADDR": "10.9.9.9", "NAME": "exchange.example.com"})
    tap.ok(code == 250, "held at the intake: taken", text)
    held = wait_until("held mail", site.postfix.held)
    site.postfix.super("-H", held[0]["queue_id"])
    site.postfix.flush()
    message = site.at_sink("x@hold.example", "held-early")
    tap.equal(len(message.header.get_all("X-Forwarden", [])), 1,
              "held at the intake: released, it leaves with one tag")
    tap.equal(site.postfix.held(), [], "held at the intake: and is not held again")


def crash(tap, site):
    """Forwarden dies in the middle, twice: its worker, then all of it."""
    site.alice.forward("drop@freemail.example")
    taken = burst(site, 0, 5)
    site.forwarden.kill_workers()
    taken += burst(site, 5, 10)
    tap.ok(len(taken) >= 12, "worker killed: mail is taken in soon again", taken)
    tap.attempt("worker killed: nothing is lost",
                lambda: wait_until("all of it", lambda: arrived(site, taken)))
    more = burst(site, 20, 5)
    site.forwarden.kill()
    refused = burst(site, 30, 3)
    tap.equal(refused, [], "all killed: new mail is deferred (tempfail)")
    site.forwarden.start()
    more += burst(site, 40, 3)
    tap.attempt("all killed: nothing is lost",
                lambda: wait_until("all of it", lambda: arrived(site, more), 60))
    untagged = [m for m in site.sink.find(site.sink.to("drop@freemail.example"))
                if not m.field("X-Forwarden")]
    tap.equal(untagged, [], "all killed: nothing passed unseen")


def away_accept(tap):
    with Rig("accept") as rig:
        site = Site(rig, away="accept")
        site.alice.forward("drop@freemail.example")
        taken = burst(site, 0, 4)
        site.forwarden.kill()
        taken += burst(site, 4, 4)
        tap.equal(len(taken), 8, "accept: mail comes first")
        tap.attempt("accept: all of it arrives",
                    lambda: wait_until("all of it", lambda: arrived(site, taken)))


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip_all("needs root")
    with Rig("forwarding") as rig:
        site = Site(rig)
        for part in (ways, logs, pickup, plain_mail, actions, deferral, hold,
                     hold_at_intake, crash):
            try:
                part(tap, site)
            except Failure as failure:
                tap.fail(part.__name__, failure, site.forwarden.log()[-2500:],
                         site.postfix.log()[-1500:])
    away_accept(tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
