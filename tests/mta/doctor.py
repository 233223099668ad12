#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
forwarden doctor on a system that is well, and on some that are not: what is
wrong is said with its remedy, and nothing else is called wrong.
"""
import grp
import json
import os
import re
import shutil
import socketserver
import subprocess
import sys
import threading

from rig import Failure, Forwarden, Postfix, Rig, Sink, Tap, free_port, send, wait_until
from rig.core import DATAGRAMS
from rig.forwarden import program

UNREACHABLE = "redis://127.0.0.1:9/0"
HOST = """\
  none: []
log: {{target: "file:{log}"}}
socket: {{mode: "0666"}}
"""
UNLIMITED = "message_size_limit = 0\nmailbox_size_limit = 0\n"


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
    postfix = Postfix(rig, sink, milter=forwarden.milter, name="postfix-well", main=UNLIMITED)
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
    rules_at_rest(tap, alice.name, forwarden, postfix)
    return forwarden


def rules_at_rest(tap, name, forwarden, postfix):
    """How many there are; those that the last audit did not know by name. The
    users of other tests come and go meanwhile."""
    new = re.compile(rf"new since the last audit:.* {name}@mx\.example\.com to x@partner\.example by ")
    ours = f"-c {forwarden.file} --postfix {postfix.config}"
    kept = "/var/lib/forwarden-audit/rules.jsonl"
    said = shell(f"""unshare -m sh -ec '
        mount -t tmpfs none /var/lib && mkdir /var/lib/forwarden-audit
        forwarden audit {ours} --save {kept} >/dev/null
        forwarden doctor {ours} || true
        sed -i "/x@partner.example/d" {kept}
        forwarden doctor {ours} || true
        echo broken >{kept}
        forwarden doctor {ours} || true'""")[1].split("fine, ")
    tap.ok(len(said) == 4 and all(re.search(r"[1-9]\d* rules at rest send mail outside", one)
                                  for one in said[:3]),
           "rules at rest: they are counted", *said)
    tap.ok(not new.search(said[0]) and not new.search(said[2]) and new.search(said[1])
           and f"forwarden audit --compare {kept}" in said[1],
           "rules at rest: a new one is told, with its place and what to do", *said)


def shell(words):
    """A remedy as an administrator types it."""
    environment = dict(os.environ)
    environment["PATH"] = os.path.dirname(program()) + ":" + environment["PATH"]
    done = subprocess.run(["sh", "-c", words], env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=200)
    return done.returncode, done.stdout.decode(errors="replace")


def find(findings, words):
    """The first that is not fine and says so."""
    return next((row for row in findings if row["level"] != "fine" and words in row["finding"]),
                None)


def cure(tap, forwarden, postfix, name, words, mend=None):
    """The fault is seen; its remedy, a command unless mend is given, is run;
    the fault is gone."""
    findings = examine(forwarden, postfix)
    seen = find(findings, words)
    if not tap.ok(seen is not None, f"{name}: it is seen", json.dumps(findings, indent=1)):
        return
    if mend is None:
        code, text = shell(seen["command"])
        if not tap.ok(code == 0, f"{name}: its remedy is a command that works",
                      seen["command"], text):
            return
    else:
        tap.ok(seen["remedy"], f"{name}: it has a remedy", seen)
        mend()
    findings = examine(forwarden, postfix)
    tap.ok(find(findings, words) is None and not wrong(findings),
           f"{name}: and then all is well", json.dumps(findings, indent=1))


def let_go(forwarden, postfix, queue_id):
    """Somebody else's hold."""
    forwarden.run("held", "release", "--all", "--postfix", postfix.config, queue_id)


class Names(socketserver.BaseRequestHandler):
    """A name server: of what it does not know there is no such name, and
    of slow.* it says nothing."""
    zone = {(15, "away.example.com"): b"\0\x0a\2mx\4saas\7example\0",
            (15, "near.example.com"): b"\0\x0a\4near\7example\0",
            (1, "mx.saas.example"): b"\xc6\x33\x64\x07", (1, "near.example"): b"\x0a\0\0\7",
            (1, "plain.example.com"): b"\xc6\x33\x64\x08"}

    def handle(self):
        query, answer = self.request
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode())
            at += 1 + query[at]
        end, kind = at + 5, query[at + 2]
        name = ".".join(labels).lower()
        if name.startswith("slow"):
            return
        data = self.zone.get((kind, name))
        known = any(n == name for _, n in self.zone)
        header = query[:2] + (b"\x81\x80" if known else b"\x81\x83") + b"\0\1"
        header += (b"\0\1" if data else b"\0\0") + b"\0\0\0\0"
        row = b"\xc0\x0c" + bytes([0, kind]) + b"\0\1\0\0\0\x3c" + bytes(
            [0, len(data)]) + data if data else b""
        answer.sendto(header + query[12:end] + row, self.client_address)


def abroad(tap, rig, sink, _):
    """Sub-domains of ours whose MX is another's, asked of a name server."""
    forwarden = Forwarden(rig, name="names")
    add_domains(forwarden, "away.example.com, near.example.com, plain.example.com, x.example")
    forwarden.start()
    postfix = Postfix(rig, sink, milter=forwarden.milter, name="names-postfix", main=UNLIMITED)
    server = socketserver.ThreadingUDPServer(("127.0.0.77", 53), Names)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    resolv = rig.path("resolv.conf")
    with open(resolv, "w") as f:
        f.write("nameserver 127.0.0.77\n")

    def look():
        return shell(f"unshare -m sh -c 'mount --bind {resolv} /etc/resolv.conf && exec forwarden "
                     f"doctor -c {forwarden.file} --postfix {postfix.config} --dns'")[1]
    tap.ok("any below" not in look(), "no wildcard MX: none is told")
    Names.zone[15, "forwarden-probe.example.com"] = b"\0\x0a\2mx\4saas\7example\0"
    tap.ok("3 domains of ours go to hosts that are not: " in look()
           and "any below example.com (mx.saas.example)" in look(), "a wildcard MX: it is said",
           look())
    del Names.zone[15, "forwarden-probe.example.com"]
    text = look()
    tap.ok("2 domains of ours go to hosts that are not: away.example.com (mx.saas.example), "
           "plain.example.com (plain.example.com)" in text, "an MX elsewhere: it is said", text)
    add_domains(forwarden, ", ".join(f"slow{i}.example.com" for i in range(9)))
    text = look()
    tap.ok("not every domain could be asked" in text, "a name server that is silent: in time",
           text)
    server.shutdown()
    forwarden.stop()


def add_domains(forwarden, names):
    with open(forwarden.file) as f:
        text = f.read()
    with open(forwarden.file, "w") as f:
        f.write(text.replace("domains: [", f"domains: [{names}, "))


def made_by_hand(tap, rig, sink, forwarden):
    """An egress that nobody's recipe made: what is missing there."""
    postfix = Postfix(rig, sink, milter=forwarden.milter, name="by-hand")
    postfix.start()
    cure(tap, forwarden, postfix, "mail near the size limit", "bounces at the egress")
    postfix.command("postconf", "-e", "smtpd_discard_ehlo_keywords=silent-discard, dsn")
    postfix.command("postconf", "-P", "smtp/unix/smtp_discard_ehlo_keywords=dsn")
    cure(tap, forwarden, postfix, "DSN discarded", "ORCPT")
    extra = rig.path("more-domains")
    with open(extra, "w") as f:
        f.write("third.example ok\nlists.example.com ok\n")
    postfix.command("postconf", "-e", "relay_domains=other.example",
                    f"virtual_mailbox_domains=texthash:{extra}")
    cure(tap, forwarden, postfix, "domains that nobody told Forwarden",
         "third.example, other.example",
         lambda: add_domains(forwarden, "third.example, other.example"))
    forwarden.configure()
    postfix.command("postconf", "-X", "relay_domains", "virtual_mailbox_domains")
    postfix.command("postconf", "-e", "milter_default_action=reject")
    cure(tap, forwarden, postfix, "mail refused while Forwarden is away", "refused for good")
    sink.answer = "450 4.2.1 later"
    send(postfix.intake, "eve@partner.example", ["x@held.example"], "Subject: x\n\ny\n")
    row = wait_until("it waits", lambda: postfix.queue("deferred"))[0]
    postfix.super("-h", row["queue_id"])
    sink.answer = "250 2.1.5 ok"
    cure(tap, forwarden, postfix, "mail on hold", "1 messages are held",
         lambda: let_go(forwarden, postfix, row["queue_id"]))
    sink.wait(sink.to("x@held.example"))
    port = postfix.egress
    postfix.command("postconf", "-P", f"127.0.0.1:{port}/inet/smtpd_milters=")
    findings = examine(forwarden, postfix)
    tap.equal(wrong(findings), {"egress"}, "an egress that does not ask: that is wrong")
    postfix.stop()


def part_by_part(tap, rig, sink, forwarden):
    """Not attached: what is missing, and a command that brings it."""
    postfix = Postfix(rig, sink, egress=False, name="parts")
    postfix.start()
    findings = examine(forwarden, postfix)
    tap.equal(wrong(findings), {"intake", "egress"}, "not attached: that is wrong")
    for words in ("no smtpd asks", "no egress", "at best"):
        seen = find(examine(forwarden, postfix), words)
        code, text = shell(seen["command"])
        tap.ok(code == 0 and find(examine(forwarden, postfix), words) is None,
               f"not attached, {words}: its remedy is a command that works",
               seen["command"], text)
    tap.equal(wrong(examine(forwarden, postfix)), set(), "then nothing is wrong")
    postfix.stop()


def attached(tap, rig, sink, forwarden):
    """Attached, all is well; what is changed afterwards is found, and its
    remedy mends it."""
    postfix = Postfix(rig, sink, egress=False, name="attached",
                      leave="relayhost = [127.0.0.1]:{outside}\n")
    postfix.start()
    code, text = shell(f"forwarden attach -c {forwarden.file} --postfix {postfix.config}")
    findings = examine(forwarden, postfix)
    tap.equal(wrong(findings), set(), "attached: nothing is wrong")
    tap.ok(code == 0 and "by recipe" in about(findings, "attach"),
           "attached: the recipe is known", text)
    cure(tap, forwarden, postfix, "while Forwarden is away", "passes unseen")
    listeners(tap, forwarden, postfix)
    changed_since(tap, forwarden, postfix)
    ways_past(tap, rig, forwarden, postfix)
    copies(tap, rig, forwarden, postfix)
    requeued(tap, sink, forwarden, postfix)
    crowded(tap, forwarden, postfix)
    ending(tap, forwarden, postfix)


def crowded(tap, forwarden, postfix):
    """A log that would hang: nothing is reloaded, and it is said."""
    with open(os.path.join(postfix.config, "main.cf"), "a") as f:
        f.write("mail_name = One\nbounce_size_limit = 1\n"
                "mail_name = It's $myhostname\nbounce_size_limit = 2\n")
    with open(DATAGRAMS) as f:
        usual = f.read()
    tap.ok("log" not in wrong(examine(forwarden, postfix)),
           f"{usual.strip()} datagrams may wait for postlogd: nothing is said")
    with open(DATAGRAMS, "w") as f:
        f.write("10")
    try:
        for option in ("--update", "--undo"):
            code, text = shell(f"forwarden attach {option} -c {forwarden.file} "
                               f"--postfix {postfix.config}")
            tap.ok(code == 1 and "sets mail_name, bounce_size_limit more than once" in text,
                   f"only 10, and main.cf overrides: {option} is refused", text)
        cure(tap, forwarden, postfix, "postlogd might wait for itself", "for itself for ever")
        tap.equal(postfix.setting("mail_name"), "It's $myhostname",
                  "postlogd might wait for itself: what was in force still is")
    finally:
        with open(DATAGRAMS, "w") as f:
            f.write(usual)


def service(postfix, name, kind, program_, *arguments):
    postfix.command("postconf", "-M", f"{name}/{kind}={name} {kind} n - n - 1 {program_} "
                    + " ".join(f"-o {a}" for a in arguments))


def listeners(tap, forwarden, postfix):
    port = free_port()
    name = f"127.0.0.1:{port}"
    milters = f"{port} (smtpd) does not ask"
    service(postfix, str(port), "inet", "smtpd", "smtpd_milters=inet:127.0.0.1:9")
    cure(tap, forwarden, postfix, "a listener with milters of its own", milters)
    tap.ok("inet:127.0.0.1:9" in postfix.command("postconf", "-P", f"{port}/inet/smtpd_milters"),
           "a listener with milters of its own: it keeps them")
    service(postfix, str(port), "inet", "smtpd",
            "receive_override_options=no_milters,no_address_mappings")
    cure(tap, forwarden, postfix, "a listener without milters", milters)
    tap.ok("no_address" in postfix.command("postconf", "-P",
                                           f"{port}/inet/receive_override_options"),
           "a listener without milters: its other options stay")
    postfix.command("postconf", "-MX", f"{port}/inet")
    service(postfix, name, "inet", "smtpd", "smtpd_milters=")
    tap.ok("brings mail back" in about(examine(forwarden, postfix), "intake"),
           "a listener for a content filter: that is right")
    postfix.command("postconf", "-MX", f"{name}/inet")
    service(postfix, name, "inet", "postscreen")
    service(postfix, "smtpd", "pass", "smtpd", "smtpd_milters=inet:127.0.0.1:9")
    cure(tap, forwarden, postfix, "postscreen, and a pass service that asks others",
         "(postscreen) does not ask")
    postfix.command("postconf", "-MX", f"{name}/inet", "smtpd/pass")
    postfix.command("postconf", "-e", "smtpd_milter_maps=cidr:{{127.0.0.0/8 DISABLE}}")
    cure(tap, forwarden, postfix, "smtpd_milter_maps", "smtpd_milter_maps (")


def changed_since(tap, forwarden, postfix):
    """Only the changes that are there at once are mended at once."""
    port = next(row["finding"].split(":")[-1] for row in examine(forwarden, postfix)
                if row["finding"].startswith("mail that leaves passes"))
    for where, what in ((f"127.0.0.1:{port}/inet", "message_size_limit=5"),
                        ("forwarden-cleanup/unix", "hopcount_limit=5"),
                        ("forwarden-hop/unix", "smtp_tls_security_level=may"),
                        ("rewrite/unix", "sender_dependent_relayhost_maps=texthash:/x")):
        postfix.command("postconf", "-P", f"{where}/{what}")
    postfix.command("postconf", "-e", "default_transport=smtp:[127.0.0.1]:1")
    findings = examine(forwarden, postfix)
    for words in ("-o message_size_limit=0", "-o hopcount_limit=100",
                  "-o smtp_tls_security_level=none", "the service rewrite",
                  "forwarden_way_out is not"):
        tap.ok(find(findings, words) is not None, f"changed since: it says \"{words}\"",
               json.dumps(findings, indent=1))
    tap.equal(wrong(findings), {"attach"}, "changed since: that is wrong, and no more")
    line = forwarden.run("doctor", "--postfix", postfix.config, "--nagios", check=False)
    tap.ok(line.startswith("CRITICAL - ") and line.count("\n") == 1 and " | wrong=" in line,
           "for Nagios: one line", line)
    postfix.command("postconf", "-X", "default_transport")
    cure(tap, forwarden, postfix, "changed since", "-o message_size_limit=0")
    postfix.command("postconf", "-PX", "rewrite/unix/default_transport")
    postfix.command("postconf", "-MX", "forwarden-cleanup/unix")
    findings = examine(forwarden, postfix)
    tap.ok(find(findings, "mail leaves past the listener")
           and find(findings, "no service forwarden-cleanup"),
           "taken out in part: both are said", json.dumps(findings, indent=1))
    cure(tap, forwarden, postfix, "taken out in part", "no service forwarden-cleanup")


def ways_past(tap, rig, forwarden, postfix):
    table = rig.path("table")

    def write(text):
        with open(table, "w") as f:
            f.write(text)
    write("# FILTER smtp:[commented]\n/^Subject: x/ FILTER smtp:[127.0.0.1]:10024\n"
          "/^Subject: y/ filter smtp:[elsewhere]\n")
    postfix.command("postconf", "-e", f"header_checks=regexp:{table}")
    tap.equal(sum("says FILTER" in row["finding"] for row in examine(forwarden, postfix)), 1,
              "FILTER in a table: it is said once")
    cure(tap, forwarden, postfix, "FILTER in a table", "says FILTER smtp:[elsewhere]",
         lambda: write("/^Subject: x/ FILTER smtp:[127.0.0.1]:10024\n"))
    postfix.command("postconf", "-X", "header_checks")
    for name, where, value in (
            ("inline", "smtpd_recipient_restrictions",
             "permit_mynetworks, check_recipient_access "
             "inline:{{a@b.example = FILTER smtp:[elsewhere]}}, reject"),
            ("static", "smtpd_client_restrictions",
             "check_client_access static:{FILTER smtp:[elsewhere]:25}")):
        postfix.command("postconf", "-e", f"{where}={value}")
        cure(tap, forwarden, postfix, f"FILTER in the list itself, {name}",
             f"{where} of main.cf (", lambda: postfix.command("postconf", "-X", where))
    door = f"127.0.0.1:{postfix.intake}/inet"
    postfix.command("postconf", "-P", f"{door}/smtpd_client_restrictions=$doctor_filter")
    postfix.command("postconf", "-e",
                    "doctor_filter=check_client_access static:{FILTER smtp:[elsewhere]}")
    cure(tap, forwarden, postfix, "FILTER of one listener", "smtpd_client_restrictions of 127.",
         lambda: postfix.command("postconf", "-PX", f"{door}/smtpd_client_restrictions"))
    postfix.command("postconf", "-X", "doctor_filter")
    write("third.example smtp:[198.51.100.7]\nfourth.example smtp:\n.example.com :\n"
          "example.com lmtp:unix:private/lmtp\n5th.example smtp:[127.0.0.1]:26\n")
    postfix.command("postconf", "-e", f"transport_maps=texthash:{table}")
    cure(tap, forwarden, postfix, "transport_maps to the outside",
         "2 entries of transport_maps send mail out past the egress", lambda: write(""))
    write("Alice@Example.COM relay:[198.51.100.7]:25\n")
    cure(tap, forwarden, postfix, "an address of ours whose transport leads out",
         "alice@example.com (relay:[198.51.100.7]:25)",
         lambda: write("alice@example.com relay:[10.0.0.7]:25\n"))
    postfix.command("postconf", "-X", "transport_maps")
    for name, setting, words in (
            ("a class of ours that leads out", "virtual_transport=smtp:[198.51.100.7]",
             "virtual_transport (smtp:[198.51.100.7])"),
            ("a content filter elsewhere", "content_filter=smtp:[198.51.100.7]",
             "content_filter (smtp:[198.51.100.7])")):
        postfix.command("postconf", "-e", setting)
        cure(tap, forwarden, postfix, name, words)
    port = postfix.intake
    postfix.command("postconf", "-P", f"127.0.0.1:{port}/inet/content_filter=smtp:[198.51.100.8]")
    cure(tap, forwarden, postfix, "a listener's content filter elsewhere",
         f"content_filter of 127.0.0.1:{port}")
    service(postfix, "rewrite2", "unix", "trivial-rewrite")
    postfix.command("postconf", "-P", "qmgr/unix/rewrite_service_name=rewrite2")
    cure(tap, forwarden, postfix, "a service that asks another trivial-rewrite",
         "qmgr asks the service rewrite2")
    postfix.command("postconf", "-MX", "rewrite2/unix")


def copies(tap, rig, forwarden, postfix):
    table = rig.path("bcc")
    with open(table, "w") as f:
        f.write("alice@example.com drop@freemail.example\nbob@example.com x@EXAMPLE.com\n")
    for name, value, words in (
            ("always_bcc", "archive@outside.example", "a copy of all mail goes to archive"),
            ("sender_bcc_maps", f"texthash:{table}",
             "sender_bcc_maps copies mail to the outside, 1 times: alice@example.com to drop"),
            ("recipient_bcc_maps", f"texthash:{table}", "recipient_bcc_maps copies mail")):
        postfix.command("postconf", "-e", f"{name}={value}")
        cure(tap, forwarden, postfix, name, words)


def requeued(tap, sink, forwarden, postfix):
    """postsuper -r takes the way on from what was at the listener."""
    sink.answer = "450 4.2.1 later"
    send(postfix.intake, "bob@example.com", ["x@again.example"], "Subject: x\n\ny\n")

    def waits():
        return [row for row in postfix.queue("deferred") if "x@again" in json.dumps(row)]
    first = wait_until("it waits", waits)[0]["queue_id"]
    postfix.super("-r", first)
    # Wakes pickup(8).
    postfix.sendmail("bob@example.com", ["y@again.example"], "Subject: y\n\ny\n")
    again = wait_until("it waits again", lambda: [
        row for row in waits() if row["queue_id"] != first
        and "later" in json.dumps(row)])[0]["queue_id"]
    postfix.super("-h", again)
    tap.ok(find(examine(forwarden, postfix), "for the second time, after postsuper -r"),
           "requeued and held once more: it is said",
           json.dumps(examine(forwarden, postfix), indent=1))
    sink.answer = "250 2.1.5 ok"
    cure(tap, forwarden, postfix, "requeued mail on hold", "1 messages are held",
         lambda: let_go(forwarden, postfix, again))
    sink.wait(sink.to("x@again.example"))


def ending(tap, forwarden, postfix):
    journal = os.path.join(postfix.config, "forwarden-attach.journal")
    open(journal, "w").close()
    seen = find(examine(forwarden, postfix), "cut short")
    tap.ok(seen is not None, "a journal: it is said")
    code, text = shell(seen["command"])
    tap.ok(code == 0 and not os.path.exists(journal)
           and wrong(examine(forwarden, postfix)) == {"intake", "egress"},
           "its remedy, attach --undo, works", text)


def hostile(tap, rig, sink, forwarden):
    """Tables that hang, that cannot be listed, and that hold anything."""
    pipe, odd = rig.path("pipe"), rig.path("odd")
    os.mkfifo(pipe)
    with open(odd, "wb") as f:
        f.write(b"\x1b[31mred@third.example smtp:[198.51.100.7]\n\xff\xfe.example smtp:\n"
                + b"".join(b"d%d.example smtp:[198.51.100.7]\n" % i for i in range(5000)))
    postfix = Postfix(rig, sink, milter=forwarden.milter, name="hostile",
                      main=UNLIMITED + f"transport_maps = texthash:{odd}\n"
                      f"sender_bcc_maps = texthash:{pipe}, tcp:127.0.0.1:9\n"
                      f"header_checks = regexp:{pipe}\n")
    text = forwarden.run("doctor", "--postfix", postfix.config)
    tap.ok("not done within 10 s" in text, "a table that hangs: it is said, within its time",
           text)
    tap.ok("tcp:127.0.0.1:9 of sender_bcc_maps cannot be listed" in text,
           "a table without a list: it is said", text)
    tap.ok("\x1b" not in text and "500" in text and len(text) < 8000,
           "odd bytes and 5,000 rows: escaped, and few are shown", text)


def instances(tap, rig, sink, forwarden):
    """Another instance is looked at like the first, if it is enabled."""
    other = Postfix(rig, sink, egress=False, name="other",
                    main="multi_instance_enable = yes\n")
    postfix = Postfix(rig, sink, milter=forwarden.milter, name="first",
                      main=UNLIMITED + f"multi_instance_directories = {other.config}\n")
    findings = examine(forwarden, postfix)
    seen = find(findings, f"[{other.config}] no egress")
    tap.ok(seen is not None and f"--postfix {other.config}" in seen["command"],
           "another instance: what is wrong there, and a command for there",
           json.dumps(findings, indent=1))


def sendmails(tap, rig, forwarden):
    """Sendmail is known by its .cf files."""
    folder = rig.mkdir("mail")
    filtered = (f"O InputMailFilters=forwarden\nXforwarden, S=inet:{forwarden.port}@127.0.0.1\n"
                "O DaemonPortOptions=Name=egress, Addr=127.0.0.1, Port=10026\n")
    mailers = ("Mesmtp,\tP=[IPC], F=k,\n\t\tA=TCP [127.0.0.1] 10026\n"
               "Mfax,\tP=[IPC],\n\t\tA=TCP $h 77\nMstore, P=[IPC], F=kz, A=TCP [127.0.0.1] 24\n")
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
    postfix = Postfix(rig, sink, milter=f"unix:{path}", name="p6", main=UNLIMITED)
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


def host(tap, rig, sink):
    """State, log file, door, descriptors and lists of a daemon."""
    path, log = rig.path("door.sock"), rig.path("door.log")
    forwarden = Forwarden(rig, name="host", more=HOST.replace("{log}", log))
    keeper = rig.user("keeper").name
    subprocess.run(["usermod", "-aG", "mail", keeper], check=True)
    forwarden.configure(listen=f"unix:{path}", user=keeper)
    shutil.chown(rig.path("host", "state"), keeper)
    forwarden.process = rig.spawn(
        ["prlimit", "--nofile=200:200", program(), "serve", "-c", forwarden.file],
        rig.path("host.err"))
    wait_until("the daemon", lambda: os.path.exists(log) and "ready: " in open(log).read())

    def look():
        return json.loads(forwarden.run("doctor", "--no-postfix", "--json", check=False))
    findings = look()
    tap.equal(wrong(findings), set(), "a daemon by itself: nothing is wrong")
    tap.ok("descriptors do not do" in about(findings, "descriptors"),
           "200 descriptors: it is said", findings)
    tap.ok("the list none is empty" in about(findings, "lists"), "an empty list: it is said",
           findings)
    state = rig.path("host", "state")
    os.rename(log, log + ".1")
    open(log, "w").close()
    os.chown(state, 0, 0)
    os.chmod(state, 0o770)
    for group, told in (("mail", False), ("audio", True)):
        os.chown(state, 0, grp.getgrnam(group).gr_gid)
        tap.equal(find(look(), "is lost at a restart") is not None, told,
                  f"a state of the group {group}, where the daemon's user is "
                  f"{'not ' * told}in: it is {'' if told else 'not '}said")
    os.chown(state, 0, 0)
    for name, words in (("a door for everybody", "may speak to it as an MTA"),
                        ("a log that was moved aside", "still writes to the old file"),
                        ("a state that cannot be written", "is lost at a restart")):
        seen = find(look(), words)
        if tap.ok(seen is not None and "command" in seen, f"{name}: it is seen", look()):
            code, text = shell(seen["command"])
            tap.attempt(f"{name}: its remedy is a command that works", lambda words=words: wait_until(
                "its end", lambda: find(look(), words) is None, 10))
    forwarden.stop()


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip_all("needs root")
    with Rig("doctor") as rig:
        try:
            sink = Sink(rig)
            forwarden = healthy(tap, rig, sink)
            beside = [threading.Thread(target=tap.attempt, args=(
                part.__name__, lambda part=part: part(tap, rig, sink, forwarden)))
                for part in (hostile, part_by_part, abroad)]
            for thread in beside:
                thread.start()
            attached(tap, rig, sink, forwarden)
            for thread in beside:
                thread.join()
            made_by_hand(tap, rig, sink, forwarden)
            instances(tap, rig, sink, forwarden)
            sendmails(tap, rig, forwarden)
            daemon_troubles(tap, rig, sink)
            host(tap, rig, sink)
        except Failure as failure:
            tap.fail("doctor", failure)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
