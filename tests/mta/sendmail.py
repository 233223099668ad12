#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Forwarden on a real Sendmail: attached to its .mc and taken off again, its
.forward seen at an egress, its quarantine filled and released.
"""
import os
import signal
import subprocess
import sys

from rig import Failure, Forwarden, Rig, Sendmail, Sink, Tap, free_port, send, wait_until
from rig.forwarden import program
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


def start(forwarden, sendmail, *options):
    """In a group of processes of its own."""
    return subprocess.Popen(
        ["unshare", "-u", "sh", "-c", 'hostname mx.example.com; exec "$@"', "sh",
         program(), "attach", "-c", forwarden.file, "--sendmail", "--sendmail-mc", sendmail.mc,
         "--sendmail-cf", CF_DIR, "--sendmail-program", sendmail.program, *options],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=sendmail.environment, start_new_session=True)


def attach(forwarden, sendmail, *options):
    done = start(forwarden, sendmail, *options)
    text = done.communicate(timeout=180)[0]
    return done.returncode, text.decode(errors="replace")


def contents(sendmail):
    rows = []
    for path in (sendmail.mc, sendmail.cf):
        with open(path) as f:
            text = f.read()
        # The date of making stands in comments.
        rows.append([line for line in text.splitlines() if path == sendmail.mc
                     or not line.startswith("#")])
    return rows


class Egress:
    """The second daemon, as attach makes it."""

    def __init__(self, sendmail):
        self.sendmail = sendmail
        self.cf = os.path.join(sendmail.folder, "egress.cf")
        self.pid_file = os.path.join(sendmail.folder, "pid-egress")

    def queue(self, *options):
        return subprocess.run(
            ["unshare", "-u", "sh", "-c", 'hostname mx.example.com; exec "$@"', "sh",
             self.sendmail.program, "-C", self.cf, *options], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, env=self.sendmail.environment).stdout.decode()

    def stop(self):
        try:
            with open(self.pid_file) as f:
                os.kill(int(f.readline()), signal.SIGTERM)
        except (OSError, ValueError):
            pass


def refusals(tap, rig, sink, forwarden):
    sendmail = Sendmail(rig, sink)
    before = contents(sendmail)
    code, text = attach(forwarden, sendmail)
    tap.ok(code == 1 and "start it first" in text and contents(sendmail) == before
           and not os.path.exists(os.path.join(sendmail.folder, "egress.cf")),
           "a Sendmail that does not run: refused, and put back", text)
    code, text = attach(forwarden, sendmail, "--undo")
    tap.ok(code == 1 and "nothing of Forwarden" in text, "nothing to undo: said", text)
    with open(sendmail.cf, "a") as f:
        f.write("Dmmine\n")
    edited = contents(sendmail)
    code, text = attach(forwarden, sendmail)
    tap.ok(code == 1 and "by hand" in text and contents(sendmail) == edited,
           "a .cf that was edited by hand: refused", text)


def forwarding(tap, rig, sink, forwarden):
    """Every way by which Sendmail itself forwards is seen, and leaves."""
    # A listener, and a limit, that stand after the mailers.
    sendmail = Sendmail(rig, sink, late=f"DAEMON_OPTIONS(`Name=Late, Family=inet, "
                        f"Addr=127.0.0.1, Port={free_port()}')dnl\n"
                        "define(`confMAX_MESSAGE_SIZE', `1000000')dnl\n")
    egress = Egress(sendmail)
    rig.at_end(egress.stop)
    alice, bob = rig.user("alice"), rig.user("bob")
    alice.forward("forward@freemail.example")
    include = os.path.join(sendmail.folder, "members")
    with open(include, "w") as f:
        f.write("include@freemail.example\n")
    sendmail.aliases({"sales": "alias@freemail.example",
                      "team": f"{bob.name}, list@freemail.example",
                      "owner-team": "postmaster", "club": f":include:{include}"})
    sendmail.start()
    before = contents(sendmail)
    code, text = attach(forwarden, sendmail, "--dry-run")
    tap.ok(code == 0 and "+INPUT_MAIL_FILTER(`forwarden'" in text
           and contents(sendmail) == before,
           "a dry run shows the difference, and changes nothing", text)
    code, text = attach(forwarden, sendmail, "--port", str(free_port()))
    if not tap.ok(code == 0 and "hears egress" in text and "hears MTA" in text,
                  "attached and proved", text):
        return
    said = [line for line in open(egress.cf) if line.startswith("O ")]
    tap.ok("hears Late" in text and "O MaxMessageSize=0\n" in said
           and [line.split(",")[0] for line in said if "DaemonPort" in line]
           == ["O DaemonPortOptions=Name=egress"],
           "what stands after the mailers is the intake's alone", text, said)
    code, text = attach(forwarden, sendmail)
    tap.ok(code == 1 and "already" in text, "a second attach: refused", text)
    code, text = attach(forwarden, sendmail, "--probe")
    tap.ok(code == 0 and "hears egress" in text, "a probe on demand", text)
    for way, mailbox in (("forward", alice.name), ("alias", "sales"), ("list", "team"),
                         ("include", "club")):
        send(sendmail.port, STRANGER, [f"{mailbox}@example.com"],
             mail(way, f"{mailbox}@example.com"))
        event = forwarden.wait_event(
            lambda e: e["email"].get("subject") == way
            and e["smtp"].get("listener") == "egress")
        tap.equal(event["forwarden"]["destination"], f"{way}@freemail.example",
                  f"{way}: seen at the egress")
        if way == "forward":
            held_mail(tap, sink, forwarden, sendmail, egress, event, alice)
    tap.attempt("a list: the local one got it too", lambda: wait_until(
        "mail", lambda: sendmail.mailbox(bob.name)))
    for way in ("alias", "list", "include"):
        for event in forwarden.events():
            if event["email"].get("subject") == way and event["smtp"].get("listener") == "egress":
                egress.queue("-qQ", "-Q", f"-qI{event['email']['local_id']}")
    code, text = attach(forwarden, sendmail, "--undo")
    tap.ok(code == 0 or "egress stays up" in text, "undone, or told to do it again", text)
    wait_until("the egress's end", lambda: attach(forwarden, sendmail, "--undo")[0] == 0
               or not os.path.exists(egress.cf))
    tap.equal(contents(sendmail), before, "undone: the files are what they were")
    tap.ok(not os.path.exists(egress.cf)
           and not os.path.exists(os.path.join(sendmail.folder, "queue-egress")),
           "undone: nothing is left", os.listdir(sendmail.folder))
    tap.attempt("all of them left", lambda: [sink.wait(sink.to(f"{way}@freemail.example"))
                                             for way in ("alias", "list", "include")])
    send(sendmail.port, STRANGER, ["sales@example.com"], mail("undone", "sales@example.com"))
    tap.attempt("undone: mail leaves", lambda: sink.wait(
        lambda m: m.field("Subject") == "undone"))


def interrupted(tap, rig, sink, forwarden):
    """Told to stop it puts back what it has begun; killed, the next one does."""
    sendmail = Sendmail(rig, sink)
    egress = Egress(sendmail)
    rig.at_end(egress.stop)
    sendmail.start()
    before = contents(sendmail)
    for number, name in ((signal.SIGTERM, "told to stop"), (signal.SIGKILL, "killed")):
        child = start(forwarden, sendmail, "--port", str(free_port()))
        wait_until("an egress", lambda: os.path.exists(egress.cf))
        os.killpg(child.pid, number)
        text = child.communicate(timeout=120)[0].decode(errors="replace")
        if number == signal.SIGTERM:
            tap.ok(child.returncode == 1 and "told to stop" in text
                   and "old files are back" in text and contents(sendmail) == before
                   and not os.path.exists(egress.cf), f"{name}: put back, and said", text)
    port = str(free_port())
    code, text = attach(forwarden, sendmail, "--port", port)
    tap.ok(code == 0 and "cut short" in text and f"127.0.0.1:{port}" in text,
           "killed: the next one takes that out, and attaches", text)
    # An undo that came no further than the one file.
    for path, lines in ((sendmail.mc, before[0]),
                        (os.path.join(sendmail.folder, "forwarden-attach.journal"), [])):
        with open(path, "w") as f:
            f.write("\n".join(lines) + "\n")
    wait_until("undone", lambda: attach(forwarden, sendmail, "--undo")[0] == 0)
    tap.ok(contents(sendmail) == before and not os.path.exists(egress.cf)
           and "forwarden-attach.journal" not in os.listdir(sendmail.folder),
           "an undo that was cut short: the next one ends it", os.listdir(sendmail.folder))
    sendmail.stop()


def held_mail(tap, sink, forwarden, sendmail, egress, event, alice):
    seen = event["forwarden"]
    tap.equal(seen["mailbox"], alice.address, ".forward: the mailbox")
    tap.equal(seen["kind"], "redirect", ".forward: the kind")
    note("Sendmail .forward", alice.address, "redirect", [(event, seen)])
    held = wait_until("quarantine", lambda: (
        lambda text: text if "QUARANTINE" in text else None)(egress.queue("-bp", "-qQ")))
    tap.ok("forward@freemail.example" in held, "held: mailq -qQ lists it", held)
    tap.ok("QUARANTINE: forwarden" in held, "held: with the reason", held)
    identity = event["email"]["local_id"]

    def released():
        """A queue run passes by a message whose file another process has locked."""
        egress.queue("-qQ", "-Q", f"-qI{identity}")
        egress.queue(f"-qI{identity}")
        return sink.find(sink.to("forward@freemail.example"))
    message = wait_until("it leaves once released", released)[0]
    tap.ok(event["event"]["id"] in (message.field("X-Forwarden") or ""),
           "released: it leaves with its tag", message.header.items())
    tap.equal(len([e for e in forwarden.events()
                   if e["email"].get("subject") == "forward"
                   and e["smtp"].get("listener") == "egress"]), 1,
              "released: and does not come back")


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip_all("needs root")
    with Rig("sendmail") as rig:
        try:
            sink = Sink(rig, host="127.0.0.2")
            forwarden = watch(rig)
            refusals(tap, rig, sink, forwarden)
            interrupted(tap, rig, sink, forwarden)
            forwarding(tap, rig, sink, forwarden)
        except Failure as failure:
            tap.fail("Sendmail", failure, forwarden.log()[-3000:])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
