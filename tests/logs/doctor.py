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
from daemon import PROGRAM, Daemon, Trial  # noqa: E402

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
            self.folder, f"policies: [{self.folder}/policies]\n")
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
site.write("/mail.log", "noise\n" * 13000000 + site.log_lines(600))
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
os.remove(site.log)
status, said = site.ask()
trial.check("note  log         the mail log was not looked at: " + site.log +
            ": No such file" in said, "a log that cannot be read", said)
site.daemon.stop()
trial.close()
trial.finish()
