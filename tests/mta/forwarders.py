#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Real forwarders behind a real Postfix: Postfix's own ways, Dovecot's Sieve by
sendmail(1) and by submission, procmail, Exim, a mail program's rule. Each is
seen with the right mailbox and kind; what only looks like one is not.
"""
import json
import os
import shutil
import subprocess
import sys
import uuid

from rig import Dovecot, Exim, Failure, Forwarden, Postfix, Rig, Sink, Tap, send, wait_until
from rig.forwarden import EVERYTHING
from rig.table import LIKELY, evidence, note

OUTSIDE = {"ADDR": "203.0.113.9", "NAME": "mail.partner.example"}
STRANGER = "bob@partner.example"


class Way:
    """A way of mail: to whom it is sent, where it must come out, and what
    Forwarden must say of it (kind None: that it is not a forward)."""

    def __init__(self, name, recipient, destination, kind, evidence=(), send=None,
                 fields=""):
        self.name, self.recipient, self.destination = name, recipient, destination
        self.kind, self.evidence, self.send = kind, evidence, send
        self.mailbox, self.fields = recipient, fields
        self.token = uuid.uuid4().hex[:12]


class Site:
    def __init__(self, rig):
        self.rig = rig
        self.sink = Sink(rig)
        self.exim = None
        folder = rig.mkdir("policies")
        with open(os.path.join(folder, "all.yml"), "w") as f:
            f.write(EVERYTHING)
        self.forwarden = Forwarden(rig, mode="observe", policies=folder)
        self.forwarden.start()
        self.postfix = Postfix(
            rig, self.sink, milter=self.forwarden.milter,
            main=f"transport_maps = texthash:{rig.path('postfix', 'transport')}\n"
                 f"mailbox_command_maps = texthash:{rig.path('postfix', 'commands')}\n")
        self.transport, self.commands, self.virtual = {}, {}, {}
        self.postfix.table("transport", {})
        self.postfix.table("commands", {})

    def address(self, name):
        return f"{name}@{self.rig.domain}"

    def letter(self, way, to=None):
        return (f"{way.fields}From: Bob Jones <{STRANGER}>\nTo: {to or way.recipient}\n"
                f"Subject: The offer\nMessage-ID: <{way.token}@partner.example>\n\n"
                f"token {way.token}\n")

    def arrive(self, way):
        """A stranger's mail to the mailbox."""
        code, text = send(self.postfix.intake, STRANGER, [way.recipient],
                          self.letter(way), xclient=OUTSIDE)
        if code != 250:
            raise Failure(f"the intake says {code} {text}")

    def flows(self, destination):
        """(event, flow) of all that was said of mail to it, best last."""
        found = []
        for event in self.forwarden.events():
            seen = event["forwarden"]
            for flow in [seen, *seen.get("flows", [])]:
                if flow.get("destination") == destination:
                    found.append((event, flow))
        return sorted(found, key=lambda pair: pair[1]["confidence"])


def mail_program(site, way, reply_to=None):
    """A client logged in as the mailbox' owner, as a rule would drive it."""
    user = way.mailbox.partition("@")[0]
    original = f"<{way.token}@partner.example>"
    header = {"From": way.mailbox, "To": way.destination,
              "Subject": "Re: The offer" if reply_to else "Fwd: The offer",
              "Message-ID": f"<{uuid.uuid4().hex}@example.com>",
              "References": original, "In-Reply-To": original}
    data = "".join(f"{k}: {v}\\n" for k, v in header.items()) + "\\ncarried on\\n"
    done = subprocess.run(
        ["swaks", "--server", f"127.0.0.1:{site.postfix.intake}", "--xclient-login", user,
         "--xclient-addr", "10.1.2.3", "--from", way.mailbox, "--to", way.destination,
         "--data", data, "--hide-all"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    if done.returncode != 0:
        raise Failure("swaks: " + done.stdout.decode(errors="replace"))


def arrive_then_forward(site, way):
    site.arrive(way)
    user = way.recipient.partition("@")[0]
    site.postfix.wait_mailbox(user)
    mail_program(site, way)


def arrive_then_answer(site, way):
    site.arrive(way)
    site.postfix.wait_mailbox(way.recipient.partition("@")[0])
    mail_program(site, way, reply_to=STRANGER)


def write_new(site, way):
    send(site.postfix.intake, way.recipient, [way.destination],
         f"From: {way.recipient}\nTo: {way.destination}\nSubject: Minutes\n"
         f"Message-ID: <{way.token}@example.com>\n\nnew\n",
         xclient={"ADDR": "10.1.2.3", "LOGIN": way.recipient.partition("@")[0]})


# A stranger's attempt to have it laid at somebody else's door.
FORGED = "".join(f"{name}: boss@example.com\n" for name in (
    "X-MS-Exchange-Inbox-Rules-Loop", "X-Sieve-Redirected-From", "X-Zimbra-Forwarded",
    "Delivered-To", "Resent-From"))


def postfix_ways(site):
    alice, bella, frank = (site.rig.user(n) for n in ("alice", "bella", "frank"))
    frank.forward("framed@freemail.example")
    alice.forward("forward@freemail.example")
    site.postfix.table("aliases", {"sales": "alias@freemail.example"})
    site.postfix.table("bcc", {bella.address: "bcc@freemail.example"})
    site.virtual["info@example.com"] = "virtual@freemail.example"
    return [
        Way("Postfix .forward", alice.address, "forward@freemail.example", "redirect",
            ["orcpt", "delivered-to"]),
        Way("Postfix alias", site.address("sales"), "alias@freemail.example",
            "redirect", ["orcpt"]),
        Way("Postfix virtual alias", site.address("info"), "virtual@freemail.example",
            "redirect", ["orcpt"]),
        Way("Postfix bcc map", bella.address, "bcc@freemail.example", "copy",
            ["bcc-map"]),
        Way("... with marks of another forged", frank.address,
            "framed@freemail.example", "redirect", ["orcpt"], fields=FORGED),
    ]


SIEVE = {  # user's first letters: its script, with a place for the destination
    "redirect": 'redirect "{to}";\n',
    "copy": 'require ["copy"];\nredirect :copy "{to}";\n',
    "notify": 'require ["enotify"];\nnotify :message "mail" "mailto:{to}";\n',
    "vacation": 'require ["vacation"];\nvacation "I am away.";\n',
}


def sieve_ways(site, by, submission):
    """by: how Sieve's mail leaves, as a word for names."""
    dovecot = Dovecot(site.rig, site.postfix, f"dovecot-{by}", submission)
    ways = []
    for action, script in SIEVE.items():
        user, to = f"{action}-{by}", f"{action}-{by}@freemail.example"
        kind, evidence = "redirect", ["sieve-redirected-from", "delivered-to"]
        if action == "notify":
            kind, evidence = "notify", ["auto-notified"]
        if action == "vacation":
            kind, evidence, to = None, [], STRANGER
        dovecot.sieve(user, script.format(to=to))
        site.transport[site.address(user)] = dovecot.transport
        label = "redirect :copy" if action == "copy" else action
        ways.append(Way(f"Dovecot Sieve {label}, by {by}", site.address(user), to, kind,
                        evidence))
    dovecot.start()
    return ways


def procmail_ways(site):
    rows = [("pam", "! {to}", "procmail, as the local user"),
            ("paul", '| $SENDMAIL -oi -f "$SENDER" {to}', "procmail, sender kept")]
    ways = []
    for name, action, label in rows:
        user, to = site.rig.user(name), f"{name}@freemail.example"
        user._write(".procmailrc",
                    f"SENDMAIL={site.postfix.sendmail_command()}\nSENDMAILFLAGS=-oi\n"
                    # From_ names the sender on delivery by local(8).
                    "SENDER=`formail -c -x Return-Path: | tr -d ' <>'`\n"
                    f"COMSAT=no\nLOGFILE=$HOME/log\n\n:0\n{action.format(to=to)}\n")
        site.commands[user.name] = shutil.which("procmail")
        ways.append(Way(label, user.address, to, "redirect", ["delivered-to"]))
    return ways


def exim_ways(site):
    exim = Exim(site.rig, site.postfix)
    exim.forwards({"emil": "exim@freemail.example"})
    site.transport[site.address("emil")] = exim.transport
    exim.start()
    site.exim = exim
    return [Way("Exim redirect", site.address("emil"), "exim@freemail.example",
                "redirect", ["transit", "received-for", "same-message-id"])]


def program_ways(site):
    carla, dora, erik = (site.rig.user(n) for n in ("carla", "dora", "erik"))
    return [
        Way("a mail program's rule, at once", carla.address, "rule@freemail.example",
            "forward", ["forwarded-message-id", "machine-speed"], arrive_then_forward),
        Way("an answer, at once", dora.address, STRANGER, None, [], arrive_then_answer),
        Way("a new message", erik.address, "new@freemail.example", None, [], write_new),
    ]


def wanted_event(site, way):
    """The surest flow of the way, once its mail has left."""
    def looks():
        found = [pair for pair in site.flows(way.destination) if is_of(pair[0], way)]
        listeners = {e["smtp"].get("listener") for e, _ in found}
        return found if "egress" in listeners else None
    return wait_until(f"an event of {way.name}", looks, 30)


def is_of(event, way):
    """Several ways may end at the stranger."""
    addresses = [event["smtp"]["mail_from"]["address"],
                 *event["email"].get("from", {}).get("address", [])]
    return way.destination != STRANGER or way.mailbox in addresses


def check(tap, site, way):
    try:
        (way.send or (lambda s, w: s.arrive(w)))(site, way)
        found = wanted_event(site, way)
    except Failure as error:
        tap.fail(f"{way.name}: leaves", error, site.postfix.log()[-1500:])
        return
    _, flow = found[-1]
    note(way.name, way.mailbox, way.kind, found)
    names = evidence(flow)
    if way.kind is None:
        tap.ok(flow["confidence"] < LIKELY, f"{way.name}: no forward", flow)
        return
    tap.ok(flow["confidence"] >= LIKELY, f"{way.name}: seen", flow)
    tap.equal(flow.get("mailbox"), way.mailbox, f"{way.name}: the mailbox")
    tap.equal(flow["kind"], way.kind, f"{way.name}: the kind")
    tap.ok(set(way.evidence) <= set(names), f"{way.name}: {' '.join(way.evidence)}", names)


def logs(tap, site, ways):
    """The same forwards in what the MTAs wrote of them: a rule of a mail program
    makes new messages, which no log can know."""
    files = [os.path.join(site.postfix.folder, "mail.log")]
    if site.exim is not None:
        files.append(os.path.join(site.exim.folder, "log-main"))
    done = subprocess.run(
        [os.environ["FORWARDEN"], "scan", "--json", "--local",
         site.rig.domain, *files],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    found = [json.loads(line)["forwarden"] for line in done.stdout.splitlines()]
    routes = {(one["mailbox"], one["destination"]): one for one in found
              if "destination" in one}
    for way in ways:
        if way.kind in ("redirect", "copy"):
            tap.ok((way.mailbox, way.destination) in routes,
                   f"{way.name}: in the logs, too", sorted(routes))
    tap.equal([pair for pair in routes if pair not in {
        (way.mailbox, way.destination) for way in ways if way.kind}], [],
              "scan: nobody else forwards")


def build(tap, site):
    """All ways; those whose program is not here are skipped by name."""
    ways = postfix_ways(site) + program_ways(site)
    makers = [("dovecot", lambda: sieve_ways(site, "sendmail", False)
               + sieve_ways(site, "submission", True)),
              ("procmail", lambda: procmail_ways(site)),
              ("apt-get", lambda: exim_ways(site))]
    for program, make in makers:
        if shutil.which(program) is None:
            tap.ok(not os.environ.get("CI"), f"{program} is here # SKIP")
            continue
        try:
            ways += make()
        except Failure as error:
            tap.fail(f"{program}: set up", error)
    return ways


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip_all("needs root")
    with Rig("forwarders", apart=False) as rig:  # Exim is fetched
        site = Site(rig)
        ways = build(tap, site)
        site.postfix.table("transport", site.transport)
        site.postfix.table("commands", site.commands)
        site.postfix.table("virtual", site.virtual)
        site.postfix.start()
        for way in ways:
            check(tap, site, way)
        logs(tap, site, ways)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
