#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
What a milter is told by this machine's Postfix, without Forwarden: the ways
of mail that all other tests stand on (docs/attach.md says why an egress
listener is needed; here it is shown).
"""
import os
import sys

from rig import Postfix, Rig, Sink, Tap, free_port, send

OUTSIDE = {"ADDR": "203.0.113.9", "NAME": "mail.partner.example"}
STRANGER = "eve@partner.example"


def message(to, subject="hello"):
    return (f"From: {STRANGER}\nTo: {to}\nSubject: {subject}\n"
            f"Message-ID: <{subject}.{to}>\n\nbody\n")


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip_all("needs root")
    with Rig("routes") as rig:
        sink = Sink(rig)
        port = free_port()
        null = os.path.join(os.environ.get("TOP_BUILDDIR", "."), "tests/bench/nullmilter")
        rig.spawn([null, f"inet:{port}@127.0.0.1"], rig.path("null.log"))
        postfix = Postfix(rig, sink, milter=f"inet:127.0.0.1:{port}")
        alice, bob = rig.user("alice"), rig.user("bob")
        alice.forward("drop@freemail.example")
        postfix.table("aliases", {"sales": "agency@freemail.example"})
        postfix.table("virtual", {"info@example.com": "info@freemail.example"})
        postfix.table("bcc", {bob.address: "shadow@freemail.example"})
        postfix.start()

        ways = [  # name, recipient, destination, its ORCPT
            (".forward", alice.address, "drop@freemail.example", alice.address),
            ("alias", "sales@example.com", "agency@freemail.example", "sales@example.com"),
            ("virtual alias", "info@example.com", "info@freemail.example",
             "info@example.com"),
            ("bcc map", bob.address, "shadow@freemail.example", "shadow@freemail.example"),
        ]
        for name, recipient, destination, orcpt in ways:
            code, text = send(postfix.intake, STRANGER, [recipient], message(recipient),
                              xclient=OUTSIDE)
            tap.ok(code == 250, f"{name}: taken in", text)

            def arrived():
                return sink.wait(sink.to(destination))[0]
            tap.attempt(f"{name}: leaves for {destination}", arrived)
            tap.ok(f"ORCPT=rfc822;{orcpt}" in arrived().options[destination],
                   f"{name}: ORCPT says {orcpt}", arrived().options)
        tap.attempt("the bcc map's owner has the mail too",
                    lambda: postfix.wait_mailbox(bob.name))
        postfix.sendmail(bob.address, ["y@partner.example"], "Subject: pickup\n\nbody\n")
        tap.attempt("pickup: leaves", lambda: sink.wait(sink.to("y@partner.example")))
        code, text = send(postfix.intake, bob.address, ["x@partner.example"],
                          message("x@partner.example"),
                          xclient={"ADDR": "10.1.2.3", "LOGIN": "bob"})
        tap.ok(code == 250, "a client of ours may send out", text)
        tap.attempt("a client's mail leaves", lambda: sink.wait(sink.to("x@partner.example")))
        tap.attempt("nothing is left in the queue", postfix.wait_empty)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
