#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
forwarden doctor on a system that is well, and on some that are not: what is
wrong is said with its remedy, and nothing else is called wrong.
"""
import json
import os
import sys

from rig import Failure, Forwarden, Postfix, Rig, Sink, Tap, send

UNREACHABLE = "redis://127.0.0.1:9/0"


def examine(forwarden, postfix):
    """The findings, and what was printed."""
    text = forwarden.run("doctor", "--postfix", postfix.config, "--json", check=False)
    return json.loads(text)


def wrong(findings):
    return {row["subject"] for row in findings if row["level"] == "wrong"}


def about(findings, subject):
    return " ".join(row["finding"] + " -> " + row.get("remedy", "")
                    for row in findings if row["subject"] == subject)


def healthy(tap, rig, sink):
    forwarden = Forwarden(rig, name="well")
    forwarden.start()
    postfix = Postfix(rig, sink, milter=forwarden.milter, name="postfix-well")
    alice = rig.user("alice")
    alice.forward("x@partner.example")
    postfix.start()
    send(postfix.intake, "eve@partner.example", [alice.address], "Subject: x\n\ny\n")
    sink.wait(sink.to("x@partner.example"))
    findings = examine(forwarden, postfix)
    tap.equal(wrong(findings), set(), "healthy: nothing is wrong")
    seen = {row["subject"] for row in findings}
    for subject in ("milter", "daemon", "privileges", "store", "policies", "intake",
                    "sendmail(1)", "egress", "dsn", "away", "domains", "networks"):
        tap.ok(subject in seen, f"healthy: {subject} was looked at", seen)
    tap.ok("never matched" in about(findings, "policies"),
           "healthy: policies that never matched are named", about(findings, "policies"))
    text = forwarden.run("doctor", "--postfix", postfix.config)
    tap.ok("ok    egress" in text and ", 0 wrong" in text,
           "healthy: a person reads it too; the status is 0", text)
    return forwarden


def sick_systems(rig, sink, forwarden):
    """name, Postfix, what must be wrong, what must be said of it."""
    milter = forwarden.milter
    yield ("no egress listener",
           Postfix(rig, sink, milter=milter, name="p1", egress=False), {"egress"},
           ["`.forward`, aliases and virtual aliases are invisible", "--egress"])
    yield ("DSN discarded",
           Postfix(rig, sink, milter=milter, name="p2",
                   main="smtpd_discard_ehlo_keywords = silent-discard, dsn\n"),
           {"dsn"}, ["ORCPT", "smtpd_discard_ehlo_keywords="])
    extra = rig.path("more-domains")
    with open(extra, "w") as f:
        f.write("third.example ok\nlists.example.com ok\n")
    yield ("domains that nobody told Forwarden",
           Postfix(rig, sink, milter=milter, name="p3",
                   main=f"relay_domains = other.example\n"
                        f"virtual_mailbox_domains = texthash:{extra}\n"),
           {"domains"}, ["other.example", "third.example", "local.domains"])
    yield ("mail refused while Forwarden is away",
           Postfix(rig, sink, milter=milter, name="p4", away="reject"), {"away"},
           ["refused for good", "tempfail"])
    yield ("a Postfix that does not ask", Postfix(rig, sink, name="p5"),
           {"intake", "egress"}, ["--intake", "does not ask"])


def daemon_troubles(tap, rig, sink):
    path = rig.path("milter.sock")
    forwarden = Forwarden(rig, name="chrooted")
    forwarden.configure(listen=f"unix:{path}", user="root", store=UNREACHABLE)
    forwarden.start()
    postfix = Postfix(rig, sink, milter=f"unix:{path}", name="p6")
    chrooted = open(postfix.config + "/master.cf").read().replace(
        "inet n - n - - smtpd", "inet n - y - - smtpd")
    postfix._write("master.cf", chrooted)
    findings = examine(forwarden, postfix)
    tap.ok({"socket", "privileges", "store"} <= wrong(findings),
           "a chroot, root and a dead Redis: all three are found", findings)
    tap.ok("chrooted" in about(findings, "socket"), "the chroot is explained",
           about(findings, "socket"))
    forwarden.stop()
    findings = examine(forwarden, postfix)
    tap.ok({"milter", "daemon"} <= wrong(findings), "stopped: it is said", findings)


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip_all("needs root")
    with Rig("doctor") as rig:
        try:
            sink = Sink(rig)
            forwarden = healthy(tap, rig, sink)
            for name, postfix, sick, texts in sick_systems(rig, sink, forwarden):
                findings = examine(forwarden, postfix)
                tap.equal(wrong(findings), sick, f"{name}: that is wrong, and no more")
                said = " ".join(about(findings, subject) for subject in sick)
                for text in texts:
                    tap.ok(text in said, f"{name}: it says \"{text}\"", said)
            daemon_troubles(tap, rig, sink)
        except Failure as failure:
            tap.fail("doctor", failure)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
