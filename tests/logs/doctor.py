#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""forwarden doctor looks at the mail log in short: what left without passing
the listener since it is there, and which setting lets it by."""
import datetime
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "milter"))
from daemon import PROGRAM, Daemon, Trial, wait_for  # noqa: E402
from wire import Wire  # noqa: E402

# What postconf says of an MTA whose mail for the outside goes to a listener.
SETTINGS = """default_transport = smtp:[127.0.0.1]:10026
maillog_file = {log}
multi_instance_directories =
"""
SERVICES = "127.0.0.1:10026 inet n - n - - smtpd\n"
OVERRIDES = "127.0.0.1:10026/inet/syslog_name = postfix/egress\n"
POSTCONF = """#!/bin/sh
case $1 in
-x | -n) cat {folder}/settings ;;
-M) cat {folder}/services ;;
-xP) cat {folder}/overrides ;;
*) exit 1 ;;
esac
"""
POLICY = """title: All that leaves
id: 5a2c7a0e-3a0c-4c0b-8f0c-6d9d1a2b3c4d
status: stable
logsource: {category: email, product: forwarden}
detection: {any: {rcpt.external: true}, condition: any}
level: low
---
title: To Wim, never
id: 0b8a1f5c-6a55-4c8e-9d0e-2f6f0c1a7a11
status: stable
logsource: {category: email, product: forwarden}
detection: {wim: {rcpt.address: wim.out@mail.example}, condition: wim}
level: high
"""
trial = Trial()


class Site:
    def __init__(self):
        self.folder = trial.fresh("site")
        self.log = self.folder + "/mail.log"
        self.postfix = self.folder + "/postfix"
        os.mkdir(self.postfix)
        os.mkdir(self.folder + "/bin")
        self.write("/settings", SETTINGS.format(log=self.log))
        self.write("/services", SERVICES)
        self.write("/overrides", OVERRIDES)
        self.write("/bin/postconf", POSTCONF.format(folder=self.folder))
        os.chmod(self.folder + "/bin/postconf", 0o755)
        self.write("/postfix/main.cf", "")
        self.write("/postfix/master.cf", "")
        self.set_up(3600)
        os.mkdir(self.folder + "/policies")
        self.write("/policies/one.yaml", POLICY)
        self.daemon = Daemon(
            self.folder, f"policies: [{self.folder}/policies]\nmode: enforce\n")
        with open(self.daemon.config, encoding="utf-8") as file:
            text = file.read().replace("example.com", "house.example")
        with open(self.daemon.config, "w", encoding="utf-8") as file:
            file.write(text)
        self.daemon.start()

    def write(self, name, text):
        with open(self.folder + name, "w", encoding="utf-8") as file:
            file.write(text)

    def set_up(self, ago):
        """master.cf was written so many seconds ago."""
        at = time.time() - ago
        os.utime(self.postfix + "/master.cf", (at, at))

    def log_lines(self, ago):
        at = datetime.datetime.now(datetime.timezone.utc)
        at -= datetime.timedelta(seconds=ago)
        with open(os.path.join(HERE, "egress.maillog"),
                  encoding="utf-8") as file:
            return "".join(at.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00") +
                           line[15:] for line in file)

    def log_around(self, begun):
        """Messages that begin then and leave now."""
        now = datetime.datetime.now(datetime.timezone.utc)
        with open(os.path.join(HERE, "egress.maillog"),
                  encoding="utf-8") as file:
            self.write("/mail.log", "".join(
                (now if "status=sent" in line else begun).strftime(
                    "%Y-%m-%dT%H:%M:%S.%f+00:00") + line[15:]
                for line in file))

    def pass_by(self, queue_id, mailbox, to):
        """The listener sees a forward."""
        wire = Wire(self.daemon.socket)
        wire.connect()
        wire.send(b"D", b"Mi\0" + queue_id + b"\0")
        wire.send(b"M", b"<ann@shop.example>\0")
        wire.send(b"R", b"<" + to + b">\0ORCPT=rfc822;" + mailbox + b"\0")
        wire.field(b"Message-ID", b"<" + queue_id + b"@shop.example>")
        wire.end()
        wait_for(lambda: queue_id in self.events(), "its event")

    def events(self):
        return subprocess.run(
            [PROGRAM, "events", "-c", self.daemon.config],
            capture_output=True, check=True).stdout

    def ask(self, *words):
        answer = subprocess.run(
            [PROGRAM, "doctor", "-c", self.daemon.config, "--postfix",
             self.postfix, *words], capture_output=True, check=False,
            timeout=60, env=dict(os.environ, PATH=self.folder + "/bin:" +
                                 os.environ["PATH"]))
        return answer.returncode, (answer.stdout + answer.stderr).decode()


site = Site()
site.write("/mail.log", site.log_lines(600))
status, said = site.ask()
trial.check(status == 1 and
            '2 messages left by the listener "egress", 3 without' in said and
            "WRONG log         1 messages left unseen: postfix/smtp to "
            in said and "look at transport_maps" in said and
            "forwarden scan --egress egress " + site.log in said,
            "what left unseen, and the setting that lets it by", said)
trial.check("messages were held at the listener, and left" in said,
            "what was held and left all the same", said)
trial.check("were sent on by" in said, "how much is sent on", said)
trial.check("follower    the follower of the mail log does not run" in said and
            "audit       the daily audit does not run" in said,
            "neither follower nor audit", said)
site.write("/mail.log", ("noise " * 200 + "\n") * 65000 + site.log_lines(600))
begun = time.monotonic()
status, said = site.ask()
trial.check("3 without passing it" in said and time.monotonic() - begun < 20,
            "of a long log the end", said)
site.set_up(300)
status, said = site.ask()
trial.check("left unseen" not in said and "/mail.log: since" in said,
            "what left before the listener was there is no matter", said)
site.write("/mail.log", site.log_lines(40 * 3600))
site.set_up(90 * 3600)
status, said = site.ask()
trial.check("left unseen" not in said, "nor what left the day before", said)
begun = datetime.datetime.now(datetime.timezone.utc)
site.set_up(3600)
site.pass_by(b"AAAA000007", b"tom@house.example", b"wim.out@mail.example")
site.log_around(begun)
status, said = site.ask()
trial.check("WRONG log         1 messages left that had been held or refused: "
            "AAAA000007 to wim.out@mail.example" in said and
            "it was not `forwarden held`" in said,
            "what was held, and left though nobody released it", said)
trial.check("1 forwards passed the listener, and none was counted: AAAA000003"
            in said, "a forward that the daemon did not see", said)
scan = [PROGRAM, "scan", "-c", site.daemon.config, "--egress", "egress",
        "--events", "daemon", site.log]
answer = subprocess.run(scan, capture_output=True, check=False)
trial.check(b"AAAA000003       una@house.example -> una.home@mail.example: the "
            b"daemon counted no such forward" in answer.stdout and
            answer.returncode == 1, "... which scan says, too",
            (answer.stdout + answer.stderr).decode())
site.pass_by(b"AAAA000003", b"una@house.example", b"una.home@mail.example")
site.log_around(begun)
status, said = site.ask()
trial.check("passed the listener, and none was counted" not in said,
            "one that it saw is no matter", said)
os.remove(site.log)
status, said = site.ask()
trial.check("note  log         the mail log was not looked at: " + site.log +
            ": No such file" in said, "a log that cannot be read", said)
site.daemon.stop()
trial.close()
trial.finish()
