#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
forwarden doctor on a system that is well, and on some that are not: what is
wrong is said with its remedy, and nothing else is called wrong.
"""
import json
import os
import subprocess
import sys

from rig import Failure, Forwarden, Postfix, Rig, Sink, Tap, free_port, send
from rig.forwarden import program

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


def attached(tap, rig, sink, forwarden):
    """Attached, all is well; what is changed afterwards is found, and its
    remedy, a command, mends it."""
    def remedy(words):
        done = subprocess.run([program(), *words.split()[1:], "-c", forwarden.file, "--postfix",
                               postfix.config, "--port", str(free_port())],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=200)
        return done.returncode, done.stdout.decode(errors="replace")
    postfix = Postfix(rig, sink, egress=False, name="attached",
                      leave="relayhost = [127.0.0.1]:{outside}\n")
    postfix.start()
    findings = examine(forwarden, postfix)
    tap.equal(wrong(findings), {"intake", "egress"}, "not attached: that is wrong")
    code, text = remedy("forwarden attach")
    tap.ok(code == 0, "its remedy works", text)
    findings = examine(forwarden, postfix)
    tap.equal(wrong(findings), set(), "attached: nothing is wrong")
    tap.ok("by recipe" in about(findings, "attach"), "attached: the recipe is known")
    table = rig.path("header-checks")
    with open(table, "w") as f:
        f.write("/^Subject: x/ FILTER smtp:[elsewhere]\n")
    port = next(row["finding"].split(":")[-1] for row in findings
                if row["finding"].startswith("mail that leaves passes"))
    postfix.command("postconf", "-P", f"127.0.0.1:{port}/inet/message_size_limit=5")
    postfix.set(header_checks=f"regexp:{table}", smtpd_milter_maps="cidr:{{10.0.0.0/8 DISABLE}}",
                sender_dependent_relayhost_maps=f"texthash:{table}, texthash:{table}")
    findings = examine(forwarden, postfix)
    tap.equal(wrong(findings), {"attach"}, "changed since: that is wrong, and no more")
    for subject, words in (("attach", "-o message_size_limit=0"), ("attach", "were changed since"),
                           ("egress", "says FILTER"), ("intake", "smtpd_milter_maps")):
        tap.ok(words in about(findings, subject), f"changed since: it says \"{words}\"",
               about(findings, subject))
    line = forwarden.run("doctor", "--postfix", postfix.config, "--nagios", check=False)
    tap.ok(line.startswith("CRITICAL - 2 wrong") and line.count("\n") == 1,
           "for Nagios: one line", line)
    postfix.set(sender_dependent_relayhost_maps="", header_checks="", smtpd_milter_maps="")
    code, text = remedy("forwarden attach --update")
    tap.ok(code == 0 and wrong(examine(forwarden, postfix)) == set(),
           "its remedy, attach --update, works", text)
    journal = os.path.join(postfix.config, "forwarden-attach.journal")
    open(journal, "w").close()
    tap.ok("cut short" in about(examine(forwarden, postfix), "attach"), "a journal: it is said")
    done = subprocess.run([program(), "attach", "--undo", "--postfix", postfix.config],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=200)
    tap.ok(done.returncode == 0 and not os.path.exists(journal)
           and wrong(examine(forwarden, postfix)) == {"intake", "egress"},
           "its remedy, attach --undo, works", done.stdout)


def sendmails(tap, rig, forwarden):
    """Sendmail is known by its .cf files."""
    folder = rig.mkdir("mail")
    filtered = ("O InputMailFilters=forwarden\nXforwarden, S=inet:8894@127.0.0.1\n"
                "O DaemonPortOptions=Name=egress, Addr=127.0.0.1, Port=10026\n")
    mailers = ("Mesmtp,\tP=[IPC], F=k,\n\t\tA=TCP [127.0.0.1] 10026\n"
               "Mfax,\tP=[IPC],\n\t\tA=TCP $h 77\n")
    for name, cf, egress, sick, words in (
            ("bare", "O QueueDirectory=/q\n", None, {"intake", "egress"}, "attach --sendmail"),
            ("with a filter on the intake alone", "O X=y\n" + filtered, None, {"egress"},
             "invisible"),
            ("attached", "O X=y\n" + filtered + mailers, "O X=y\n" + filtered, set(), "fax")):
        for path, text in (("sendmail.cf", cf), ("egress.cf", egress)):
            if text is not None:
                with open(os.path.join(folder, path), "w") as f:
                    f.write(text)
        findings = json.loads(forwarden.run("doctor", "--sendmail", folder, "--json",
                                            check=False))
        tap.equal(wrong(findings) & {"intake", "egress"}, sick, f"Sendmail, {name}: that is wrong")
        tap.ok(words in about(findings, "egress"), f"Sendmail, {name}: it says \"{words}\"")


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
            attached(tap, rig, sink, forwarden)
            sendmails(tap, rig, forwarden)
            daemon_troubles(tap, rig, sink)
        except Failure as failure:
            tap.fail("doctor", failure)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
