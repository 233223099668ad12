#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""forwarden attach before a Postfix, and a Sendmail, whose commands, listeners and queue fail
one at a time: what is said, what the exit status is, and that the files are
as they were. With a real Postfix it is tests/mta/attach_*.py.
"""
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon import PROGRAM, Daemon, Trial  # noqa: E402
from life import more  # noqa: E402
from standin import Postfix, Sendmail, free_port  # noqa: E402


def run(daemon, postfix, *options):
    done = subprocess.run(
        [PROGRAM, "attach", "-c", daemon.config, "--postfix", postfix.folder,
         *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=120, env=postfix.environment(),
        check=False)
    return done.returncode, done.stdout.decode(errors="replace")


class Bench:
    def __init__(self, trial):
        self.trial, self.count, self.lock = trial, 0, threading.Lock()
        folder = trial.fresh("daemon")
        self.daemon = Daemon(folder, more(folder))
        self.daemon.start()

    def postfix(self):
        with self.lock:
            self.count += 1
            folder = self.trial.fresh(f"postfix{self.count}")
        return Postfix(folder, self.daemon.socket)

    def check(self, good, name, why=""):
        with self.lock:
            self.trial.check(good, name, why)

    def says(self, postfix, name, words, *options, status=0):
        code, text = run(self.daemon, postfix, *options)
        self.check(
            code == status and all(word in text for word in words), name,
            f"status {code}: {text!r}")
        return text


def whole(bench):
    """There, proved, seen by doctor, changed, and back."""
    trial, postfix = bench.trial, bench.postfix()
    before = postfix.files()
    port = str(free_port())
    bench.says(postfix, "a dry run shows both files and what it would prove",
               ["+smtpd_milters = $forwarden_milter", "+127.0.0.1:" + port,
                "to be proved: the daemon hears 127.0.0.1:" +
                str(postfix.port), "leaves by smtp:"],
               "--dry-run", "--port", port)
    trial.check(postfix.files() == before, "... and changes neither")
    bench.says(postfix, "attached, with every part proved",
               ["proved: the daemon hears", "proved: mail of <> is seen",
                "what leaves is led to the listener",
                "mail of sendmail(1) is seen", "attached to"], "--port", port)
    trial.check(not postfix.queue, "... no probe is left in the queue",
                str(postfix.queue))
    bench.says(postfix, "a probe on demand", ["led to the listener"],
               "--probe")
    bench.says(postfix, "twice is refused", ["attached already"], status=1)
    bench.says(postfix, "... by a dry run, too", ["attached already"],
               "--dry-run", status=1)
    bench.says(postfix, "an update puts the new in its place",
               ["taken off first", "attached to"], "--update", "--away",
               "tempfail", "--port", port)
    trial.check("default_action=tempfail" in postfix.read("main.cf"),
                "... as was asked")
    told = subprocess.run(
        [PROGRAM, "doctor", "-c", bench.daemon.config, "--postfix",
         postfix.folder], capture_output=True, env=postfix.environment(),
        check=False).stdout.decode()
    trial.check("ok    attach" in told or "attached" in told,
                "doctor finds it attached", told)
    bench.says(postfix, "taken off", ["taken off:"], "--undo")
    trial.check(postfix.files() == before, "... byte for byte")
    bench.says(postfix, "there is nothing to take off twice",
               ["nothing of Forwarden"], "--undo", status=1)
    bench.says(postfix, "nor to probe", ["nothing of Forwarden"], "--probe",
               status=1)
    postfix.close()


def by_sender(bench):
    """Each way out is proved by itself."""
    postfix = bench.postfix()
    postfix.tables = {
        "hash:/relays": {"sales@example.com": "[192.0.2.1]",
                         "@branch.example": "[192.0.2.2]", "<>": "DUNNO"},
        "hash:/ways": {"@special.example": "out:[192.0.2.3]"}}
    postfix.write("main.cf", postfix.read("main.cf") +
                  "sender_dependent_relayhost_maps = hash:/relays, ldap:/x\n"
                  "sender_dependent_default_transport_maps = hash:/ways\n")
    bench.says(postfix, "senders with ways of their own are proved, and a "
               "table that cannot be listed is named",
               ["<sales@example.com> is seen and leaves by smtp:[192.0.2.1]",
                "<forwarden-probe@branch.example> is seen and leaves by "
                "smtp:[192.0.2.2]",
                "<forwarden-probe@special.example> is seen and leaves by "
                "out:[192.0.2.3]", "ldap:/x"], "--port", str(free_port()))
    bench.says(postfix, "... and taken off", ["taken off"], "--undo")
    postfix.close()


# name, what is wrong, what is said. Nothing may be changed.
REFUSED = [
    ("files that Postfix refuses",
     lambda p: p.answers.update({"postfix check": (
         1, "first\npostfix: fatal: bad thing\n")}),
     ["does not accept its files", "bad thing"]),
    ("a Postfix that is down", lambda p: p.stop(), ["start it first"]),
    ("postconf that fails", lambda p: p.answers.update({"postconf": (
        3, "postconf: fatal: open main.cf\n")}),
     ["postconf: it failed (status 3): postconf: fatal: open main.cf"]),
    ("no mail leaves", lambda p: p.write(
        "main.cf", "default_transport = error:none\n"),
     ["no mail leaves here"]),
    ("all mail by a table", lambda p: (
        p.tables.update({"hash:/all": {"*": "smtp:[192.0.2.1]"}}),
        p.write("main.cf", "transport_maps = hash:/all\n")),
     ["past every listener"]),
    ("an old attachment", lambda p: p.write(
        "main.cf", "default_transport = forwarden-hop:[127.0.0.1]:1\n"),
     ["older version"]),
    ("no service that routes", lambda p: p.write(
        "master.cf", p.read("master.cf").replace("rewrite", "other")),
     ["no service \"rewrite unix\""]),
    ("a service that routes by itself", lambda p: p.write(
        "master.cf", p.read("master.cf").replace(
            "trivial-rewrite",
            "trivial-rewrite\n  -o default_transport=smtp:x")),
     ["has its own -o default_transport"]),
]


def refused(bench):
    for name, spoil, words in REFUSED:
        postfix = bench.postfix()
        spoil(postfix)
        before = postfix.files()
        bench.says(postfix, f"{name}: refused, with the reason", words,
                   "--port", str(free_port()), status=1)
        bench.check(postfix.files() == before and
                    sorted(os.listdir(postfix.folder)) ==
                    ["main.cf", "master.cf"],
                    f"{name}: nothing is changed")
        postfix.close()
    postfix = bench.postfix()
    bench.says(postfix, "a port that is spoken of", ["spoken of"],
               "--port", str(postfix.port), status=1)
    for options, words in ((["--undo", "--probe"], "are one each"),
                           (["--sendmail", "--intake"], "all mail is shown"),
                           (["--away", "drop"], "accept"),
                           (["--port", "65536"], "1 to 65535"),
                           (["--port", "0x19"], "1 to 65535")):
        bench.says(postfix, f"{' '.join(options)}: a mistake", [words],
                   *options, status=2)
    postfix.close()


def set_way(value):
    def spoil(postfix):
        postfix.way = lambda sender: value
    return spoil


def hang_up(postfix):
    postfix.answers["RCPT"] = "550 5.7.1 not here"


# After the files are changed: they must be put back.
PUT_BACK = [
    ("a listener that asks another milter", ["--intake"],
     lambda p, port: p.deaf.add(f"127.0.0.1:{p.port}"),
     ["knows nothing of it"]),
    ("an egress that asks nobody", ["--egress"],
     lambda p, port: p.deaf.add(f"127.0.0.1:{port}"), ["has not seen it"]),
    ("somebody else at the egress' port", ["--egress"],
     lambda p, port: p.banner.update({f"127.0.0.1:{port}": "220 stranger"}),
     ["is answered by another"]),
    ("an egress that refuses", ["--egress"], lambda p, port: hang_up(p),
     ["550 5.7.1 not here"]),
    ("a probe that is deferred", ["--egress"],
     lambda p, port: setattr(p, "place", "deferred"),
     ["stuck in deferred"]),
    ("a probe without a way on", ["--egress"],
     lambda p, port: setattr(p, "filters", False), ["no way on"]),
    ("a probe with another way", ["--egress"],
     lambda p, port: set_way("smtp:[192.0.2.9]")(p),
     ["would leave by", "192.0.2.9"]),
    ("a reload that fails", [],
     lambda p, port: p.answers.update({"postfix reload": (
         1, "postfix: fatal: no reload\n")}), ["no reload"]),
]


def put_back(bench):
    """Each at the same time as the others: some wait for long."""
    with ThreadPoolExecutor(len(PUT_BACK)) as pool:
        list(pool.map(lambda row: one_put_back(bench, *row), PUT_BACK))


def one_put_back(bench, name, options, spoil, words):
    postfix = bench.postfix()
    port = free_port()
    before = postfix.files()
    spoil(postfix, port)
    bench.says(postfix, f"{name}: not attached, and said why",
               ["not attached", *words], *options, "--port", str(port),
               status=1)
    bench.check(postfix.files() == before, f"{name}: put back",
                      "\n".join(postfix.files()))
    bench.check(not postfix.queue, f"{name}: no probe is left")
    postfix.close()


def cut_short(bench):
    """A run that was killed: the next one takes out what it put in."""
    postfix = bench.postfix()
    before = postfix.files()
    port = str(free_port())
    bench.says(postfix, "attached", ["attached to"], "--port", port)
    postfix.write("forwarden-attach.journal", "at work\n")
    bench.says(postfix, "an earlier run was cut short: mended",
               ["cut short", "attached to"], "--port", port)
    bench.says(postfix, "... and taken off", ["taken off"], "--undo")
    bench.check(postfix.files() == before, "... byte for byte")
    postfix.close()


def listeners(bench):
    """Those that no dialogue reaches are named, and hold nothing up."""
    postfix = bench.postfix()
    ports = [free_port() for _ in range(3)]
    postfix.write("master.cf", postfix.read("master.cf") +
                  f"127.0.0.1:{ports[0]} inet n - n - - smtpd\n"
                  "  -o smtpd_tls_wrappermode=yes\n"
                  f"127.0.0.1:{ports[1]} inet n - n - - smtpd\n"
                  "  -o smtpd_milters=\n"
                  f"{ports[2]} inet n - n - - smtpd\n"
                  "short line\n")
    postfix.open_doors()
    bench.says(postfix, "TLS from the start is not proved, one with its own "
               "milters is left alone, one without an address is reached",
               [f"not proved: 127.0.0.1:{ports[0]} speaks no plain SMTP",
                f"127.0.0.1:{ports[1]} in master.cf has its own",
                f"proved: the daemon hears {ports[2]}"], "--intake")
    bench.says(postfix, "... and taken off", ["taken off"], "--undo")
    postfix.write("main.cf", postfix.read("main.cf") +
                  "smtpd_milter_maps = cidr:{{127.0.0.0/8 DISABLE}}\n")
    postfix.deaf = {f"127.0.0.1:{postfix.port}"}
    bench.says(postfix, "clients of this machine may be left out",
               ["lets 127.0.0.1:" + str(postfix.port) + " ask nobody"],
               "--intake")
    postfix.close()


def run_sendmail(bench, sendmail, *options):
    done = subprocess.run(
        [PROGRAM, "attach", "-c", bench.daemon.config, "--sendmail",
         "--sendmail-mc", sendmail.mc, "--sendmail-cf", "/no/such/folder",
         "--sendmail-program", sendmail.program, *options],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=120, env=sendmail.environment(),
        check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def says(bench, sendmail, name, words, *options, status=0):
    code, text = run_sendmail(bench, sendmail, *options)
    bench.check(code == status and all(word in text for word in words), name,
                f"status {code}: {text!r}")


# What is wrong with a Sendmail before anything is changed.
SENDMAIL_REFUSED = [
    ("a .cf edited by hand",
     lambda s: s.write(s.cf, s.read(s.cf) + "Dmmine\n"), ["by hand"]),
    ("m4 that fails", lambda s: s.answers.update({"m4": (
        1, "m4:stdin:3: no such macro\n")}), ["no such macro"]),
    ("m4 that makes nothing", lambda s: s.answers.update({"m4": (0, "\n")}),
     ["m4 makes no sendmail.cf"]),
    ("a Sendmail that is down",
     lambda s: os.unlink(s.base + "/pid"), ["start it first"]),
    ("a pid that is none",
     lambda s: s.write(s.base + "/pid", "99999999999\n"),
     ["start it first"]),
]

# After the egress is up, or the files are changed.
SENDMAIL_PUT_BACK = [
    ("an egress that does not start",
     lambda s: s.answers.update({"sendmail -q10m": (
         75, "sendmail: no egress\n")}), ["no egress", "old files are back"]),
    ("no queue to make one like",
     lambda s: os.rmdir(s.base + "/queue"),
     ["cannot look at", "old files are back"]),
    ("an egress that asks another milter", lambda s: s.deaf.add("egress"),
     ["not proved", "the listener egress answers", "old files are back"]),
    ("an intake that asks another, with mail in the egress",
     lambda s: (s.deaf.add("MTA"), s.waiting.append("-bp")),
     ["the listener MTA answers", "mail is still in"]),
]


def with_sendmail(bench):
    sendmail = Sendmail(bench.trial.fresh("sendmail"), bench.daemon.socket)
    before = sendmail.files()
    port = str(free_port())
    says(bench, sendmail, "Sendmail: a dry run",
         ["+INPUT_MAIL_FILTER", "to be proved: the daemon hears egress",
          "to be proved: the daemon hears MTA", "the mailer odd goes its own"],
         "--dry-run", "--port", port)
    bench.check(sendmail.files() == before, "... changes nothing")
    says(bench, sendmail, "Sendmail: attached, with both proved",
         ["proved: the daemon hears egress", "proved: the daemon hears MTA",
          "attached to"], "--port", port)
    says(bench, sendmail, "a probe on demand",
         ["the daemon hears egress", "the daemon hears MTA"], "--probe")
    says(bench, sendmail, "twice is refused", ["attached already"], status=1)
    sendmail.waiting = ["-bp -qQ"]
    says(bench, sendmail, "taken off while mail is held in its queue: the "
         "egress stays", ["stays up"], "--undo", status=1)
    bench.check(sendmail.files() == before and sendmail.egress.poll() is None,
                "... the files are what they were")
    sendmail.waiting = []
    says(bench, sendmail, "... and goes once it is empty", ["taken off"],
         "--undo")
    bench.check(sendmail.egress.wait(20) is not None and
                not os.path.exists(sendmail.folder + "/egress.cf"),
                "... with its files")
    says(bench, sendmail, "there is nothing to take off twice",
         ["nothing of Forwarden"], "--undo", status=1)
    says(bench, sendmail, "nor to probe", ["nothing of Forwarden"], "--probe",
         status=1)
    sendmail.close()
    for number, (name, spoil, words) in enumerate(
            SENDMAIL_REFUSED + SENDMAIL_PUT_BACK):
        sendmail = Sendmail(bench.trial.fresh(f"sendmail{number}"),
                            bench.daemon.socket)
        spoil(sendmail)
        before = sendmail.files()
        says(bench, sendmail, f"Sendmail, {name}: said", words, "--port",
             str(free_port()), status=1)
        bench.check(sendmail.files() == before,
                    f"Sendmail, {name}: the files are as they were")
        sendmail.close()
    code, text = run_sendmail(bench, sendmail, "--sendmail-mc", "sendmail.mc")
    bench.check(code == 1 and "whole path" in text, "half a path is refused",
                text)


def main():
    trial = Trial()
    bench = Bench(trial)
    for test in (whole, by_sender, refused, put_back, cut_short, listeners,
                 with_sendmail):
        test(bench)
    bench.daemon.stop()
    postfix = bench.postfix()
    bench.says(postfix, "no daemon: nothing is begun",
               ["cannot reach the daemon"], status=1)
    postfix.close()
    trial.close()
    trial.finish()


if __name__ == "__main__":
    main()
