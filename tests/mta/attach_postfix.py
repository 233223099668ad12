#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
scripts/attach-postfix on three Postfixes as people have them: mail leaves by
itself, by a relayhost, after a content filter. Attached, what a .forward sends
out passes the milter and still goes the old way; undone, the configuration is
what it was, byte for byte.
"""
import os
import subprocess
import sys

from rig import Postfix, Rig, Sink, Tap, free_port, send
from rig.core import TOP

STRANGER = "eve@partner.example"
OUTSIDE = {"ADDR": "203.0.113.9", "NAME": "mail.partner.example"}
SCRIPT = os.path.join(TOP, "scripts", "attach-postfix")


class ContentFilter(Sink):
    """Takes mail, marks it and gives it back at another port."""
    back = None

    def keep(self, message):
        super().keep(message)
        send(self.back, message.sender, message.recipients,
             b"X-Filtered: yes\n" + message.data)


def attach(postfix, *options):
    done = subprocess.run([SCRIPT, "-c", postfix.config, *options], timeout=90,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout.decode(errors="replace")


def state(postfix):
    """Bytes, mode and time of the two files."""
    rows = []
    for name in ("main.cf", "master.cf"):
        path = os.path.join(postfix.config, name)
        info = os.stat(path)
        with open(path, "rb") as f:
            rows.append((f.read(), info.st_mode, info.st_uid, info.st_mtime))
    return rows


def forwarded(postfix, sink, alice, destination, subject):
    """Mail to alice, and what her .forward made of it at the sink."""
    send(postfix.intake, STRANGER, [alice.address],
         f"From: {STRANGER}\nTo: {alice.address}\nSubject: {subject}\n\nbody\n",
         xclient=OUTSIDE)
    return sink.wait(lambda m: destination in m.recipients
                     and m.field("Subject") == subject)[0]


def hops(message):
    return " ".join(message.header.get_all("Received", []))


def exercise(tap, name, rig, postfix, sink, destination):
    milter_port, egress = free_port(), free_port()
    null = os.path.join(os.environ.get("TOP_BUILDDIR", "."), "tests/bench/nullmilter")
    milter = rig.spawn([null, f"inet:{milter_port}@127.0.0.1"], rig.path("null.log"))
    alice = rig.user("alice")
    alice.forward(destination)
    postfix.start()
    before = state(postfix)
    options = ["--socket", f"inet:{milter_port}@127.0.0.1", "--port", str(egress),
               "--away", "tempfail"]

    code, text = attach(postfix, "--dry-run", *options)
    tap.ok(code == 0 and "+smtpd_milters = $forwarden_milter" in text,
           f"{name}: a dry run shows the difference", text)
    tap.equal(state(postfix), before, f"{name}: and changes nothing")
    code, text = attach(postfix, *options)
    tap.ok(code == 1 and "--yes" in text, f"{name}: it asks before it acts", text)

    code, text = attach(postfix, "--yes", *options)
    tap.ok(code == 0, f"{name}: it attaches", text)
    tap.ok("The probe went through" in text, f"{name}: its probe goes through", text)
    message = forwarded(postfix, sink, alice, destination, "attached")
    tap.ok("egress.mx.example.com" in hops(message),
           f"{name}: a .forward leaves by the egress", hops(message))
    tap.ok("ORCPT=rfc822;" + alice.address in message.options[destination],
           f"{name}: with its ORCPT", message.options)
    tap.ok("forwarden-probe" not in str([m.recipients for m in sink.messages]),
           f"{name}: the probe stays inside")
    code, text = attach(postfix, "--yes", *options)
    tap.ok(code == 1 and "--undo" in text, f"{name}: it does not attach twice", text)

    milter.kill()
    milter.wait()
    code, text = attach(postfix, "--undo")
    tap.ok(code == 0, f"{name}: it undoes", text)
    tap.equal(state(postfix), before, f"{name}: byte for byte")
    tap.ok(not os.path.exists(postfix.config + "/forwarden-attach"),
           f"{name}: leaving nothing behind")
    message = forwarded(postfix, sink, alice, destination, "undone")
    tap.ok("egress" not in hops(message), f"{name}: and mail leaves as before")


def plain(tap):
    with Rig("attach") as rig:
        sink = Sink(rig, host="127.0.0.2")
        postfix = Postfix(rig, sink, egress=False, leave="smtp_tcp_port = {outside}\n",
                          main="# The last comment stays.\n")
        exercise(tap, "plain", rig, postfix, sink, "drop@[127.0.0.2]")


def relayhost(tap):
    with Rig("attach") as rig:
        sink = Sink(rig)
        postfix = Postfix(rig, sink, egress=False,
                          leave="relayhost = [127.0.0.1]:{outside}\n")
        exercise(tap, "relayhost", rig, postfix, sink, "drop@freemail.example")


def content_filter(tap):
    with Rig("attach") as rig:
        sink = Sink(rig)
        scanner = ContentFilter(rig)
        scanner.back = free_port()
        postfix = Postfix(
            rig, sink, egress=False,
            main=f"content_filter = scan:[127.0.0.1]:{scanner.port}\n",
            master=f"127.0.0.1:{scanner.back} inet n - n - - smtpd\n"
                   "  -o content_filter=\n  -o smtpd_milters=\n"
                   "scan unix - - n - 5 smtp\n")
        exercise(tap, "content filter", rig, postfix, sink, "drop@freemail.example")
        tap.ok(all(m.field("X-Filtered") for m in sink.messages),
               "content filter: all that left was filtered once",
               [m.header.items() for m in sink.messages])


def refusals(tap):
    with Rig("attach") as rig:
        sink = Sink(rig)
        postfix = Postfix(
            rig, sink, egress=False,
            main="sender_dependent_relayhost_maps = inline:{a@example.com=[x]}\n")
        before = state(postfix)
        code, text = attach(postfix, "--yes", "--egress")
        tap.ok(code == 1 and "sender_dependent_relayhost_maps" in text,
               "a way out by sender: refused, with the reason", text)
        code, text = attach(postfix, "--yes", "--socket", "nonsense")
        tap.ok(code == 1 and "inet:HOST:PORT" in text, "a faulty socket: refused", text)
        code, text = attach(postfix, "--undo")
        tap.ok(code == 1 and "not attached" in text, "undo of nothing: said", text)
        tap.equal(state(postfix), before, "refused: nothing is changed")
        postfix.set(smtpd_milters="inet:127.0.0.1:1", milter_default_action="accept")
        code, text = attach(postfix, "--yes", "--intake", "--no-probe")
        tap.ok(code == 0, "intake alone: attaches", text)
        tap.equal(postfix.setting("smtpd_milters"),
                  "inet:127.0.0.1:1, $forwarden_milter", "a milter that is there stays")
        postfix.set(message_size_limit="12345678")
        code, text = attach(postfix, "--undo")
        tap.ok(code == 1 and "+message_size_limit = 12345678" in text,
               "undo after a change by hand: refused, and shown", text)
        code, text = attach(postfix, "--undo", "--force")
        tap.ok(code == 0, "unless forced", text)


def documentation(tap):
    """The recipe by hand in docs/attach.md is what the script does."""
    with open(os.path.join(TOP, "docs", "attach.md")) as f:
        text = f.read()
    with Rig("attach") as rig:
        postfix = Postfix(rig, Sink(rig), egress=False, leave="default_transport = smtp\n")
        _, difference = attach(postfix, "--dry-run")
    added = {line[1:] for line in difference.splitlines() if line.startswith("+")}
    for name in ("main.cf", "master.cf"):
        recipe = text.partition(f"```{name}\n")[2].partition("\n```")[0].splitlines()
        absent = [line for line in recipe if line not in added]
        tap.ok(recipe and not absent, f"docs/attach.md: its {name} is the script's", absent)


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip_all("needs root")
    for test in (plain, relayhost, content_filter, refusals, documentation):
        test(tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
