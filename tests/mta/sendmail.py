#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Forwarden on a real Sendmail: attached to its .mc and taken off again, its
.forward seen at an egress, its quarantine filled and released.
"""
import os
import subprocess
import sys

from rig import Failure, Forwarden, Rig, Sendmail, Sink, Tap, send, wait_until
from rig.core import TOP
from rig.sendmail import CF_DIR
from rig.table import note

STRANGER = "eve@partner.example"
POLICY = """\
title: Anything forwarded to the outside
id: 0a1d8f10-0000-4000-8000-000000000001
status: stable
logsource: {category: email, product: forwarden, service: forward}
detection:
  selection:
    forward.confidence|gte: 70
    rcpt.external: true
  condition: selection
level: high
"""


def mail(subject, to, fields=""):
    return (f"{fields}From: {STRANGER}\nTo: {to}\nSubject: {subject}\n"
            f"Message-ID: <{subject}@partner.example>\n\nbody\n")


def watch(rig):
    folder = rig.mkdir("policies")
    with open(os.path.join(folder, "all.yml"), "w") as f:
        f.write(POLICY)
    forwarden = Forwarden(rig, policies=folder)
    forwarden.start()
    return forwarden


def attach(sendmail, *options):
    done = subprocess.run(
        ["unshare", "-u", "sh", "-c", 'hostname mx.example.com; exec "$@"', "sh",
         os.path.join(TOP, "scripts/attach-sendmail"), "--mc", sendmail.mc, "--cf",
         sendmail.cf, "--cf-dir", CF_DIR, "--sendmail", sendmail.program, *options],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=90, env=sendmail.environment)
    return done.returncode, done.stdout.decode(errors="replace")


def contents(sendmail):
    rows = []
    for path in (sendmail.mc, sendmail.cf):
        with open(path, "rb") as f:
            rows.append((f.read(), os.stat(path).st_mtime))
    return rows


def attaching(tap, rig, sink, forwarden):
    sendmail = Sendmail(rig, sink)
    before = contents(sendmail)
    socket = f"inet:127.0.0.1:{forwarden.port}"
    code, text = attach(sendmail, "--dry-run", "--socket", socket)
    tap.ok(code == 0 and "+INPUT_MAIL_FILTER(`forwarden'" in text,
           "attach: a dry run shows the difference", text)
    tap.equal(contents(sendmail), before, "attach: and changes nothing")
    code, text = attach(sendmail, "--yes", "--away", "tempfail", "--socket",
                        "inet:127.0.0.1:9")
    tap.ok(code == 1 and "start Forwarden first" in text and contents(sendmail) == before,
           "attach: to nobody with tempfail: refused", text)
    code, text = attach(sendmail, "--yes", "--away", "tempfail", "--socket", socket)
    tap.ok(code == 0 and "Sendmail talks to Forwarden" in text,
           "attach: the probe gets through", text)
    sendmail.start()
    code, text = send(sendmail.port, STRANGER, ["x@partner.example"], mail(
        "attached", "dave@example.com",
        "X-MS-Exchange-Inbox-Rules-Loop: dave@example.com\n"))
    tap.ok(code == 250, "attach: mail is taken", text)
    tap.attempt("attach: and held",
                lambda: wait_until("quarantine", lambda: "QUARANTINE: forwarden" in sendmail.quarantined()))
    sendmail.stop()
    code, text = attach(sendmail, "--undo")
    tap.ok(code == 0, "attach: it undoes", text)
    tap.equal(contents(sendmail), before, "attach: byte for byte")


def forwarding(tap, rig, sink, forwarden):
    """The first takes mail in; what its users send on leaves by the second."""
    egress = Sendmail(rig, sink, milter=f"inet:{forwarden.port}@127.0.0.1",
                      name="egress", host="egress")
    intake = Sendmail(rig, egress, milter=f"inet:{forwarden.port}@127.0.0.1")
    alice = rig.user("alice")
    alice.forward("drop@freemail.example")
    egress.start()
    intake.start()
    send(intake.port, STRANGER, [alice.address], mail("forwarded", alice.address))
    event = forwarden.wait_event(lambda e: e["email"].get("subject") == "forwarded")
    seen = event["forwarden"]
    tap.equal(seen["mailbox"], alice.address, ".forward: the mailbox", )
    tap.equal(seen["destination"], "drop@freemail.example", ".forward: the destination")
    tap.equal(seen["kind"], "redirect", ".forward: the kind")
    tap.equal(event["smtp"].get("listener"), "egress", ".forward: seen at the egress")
    note("Sendmail .forward", alice.address, "redirect", [(event, seen)])
    held = wait_until("quarantine", lambda: (
        lambda text: text if "QUARANTINE" in text else None)(egress.quarantined()))
    tap.ok("drop@freemail.example" in held, "held: mailq -qQ lists it", held)
    tap.ok("QUARANTINE: forwarden" in held, "held: with the reason", held)
    tap.ok("drop@freemail.example" not in egress.queue(), "held: not in the queue proper")
    egress.release(event["email"]["local_id"])
    message = sink.wait(sink.to("drop@freemail.example"))[0]
    tap.ok("action=quarantine" in (message.field("X-Forwarden") or ""),
           "released: it leaves with its tag", message.header.items())
    tap.equal(len([e for e in forwarden.events()
                   if e["email"].get("subject") == "forwarded"]), 1,
              "released: and does not come back")
    send(intake.port, STRANGER, [rig.user("bob").address], mail("plain", "bob"))
    tap.attempt("plain mail is delivered", lambda: wait_until(
        "mail", lambda: os.listdir(os.path.join(intake.folder, "spool"))))


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip_all("needs root")
    with Rig("sendmail") as rig:
        try:
            sink = Sink(rig, host="127.0.0.2")
            forwarden = watch(rig)
            attaching(tap, rig, sink, forwarden)
            forwarding(tap, rig, sink, forwarden)
        except Failure as failure:
            tap.fail("Sendmail", failure, forwarden.log()[-3000:])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
