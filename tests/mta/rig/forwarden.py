# SPDX-License-Identifier: BSD-2-Clause
"""The daemon under test."""
import json
import os
import signal
import subprocess

from .core import TOP, Failure, free_port, wait_until

CONFIGURATION = """\
local:
  domains: [{domain}, .{domain}]
  networks: [127.0.0.0/8, "::1", 10.0.0.0/8]
listen: {listen}
user: {user}
store: {store}
policies: {policies}
mode: {mode}
host: mx.{domain}
state: {folder}/state
control: unix:{folder}/control.sock
"""
# The policies that ship, and the lists they refer to.
PACK = os.path.join(TOP, "policies")
EVERYTHING = """\
title: Whatever leaves
id: 7d3b1c58-0000-4000-8000-000000000001
status: stable
description: Makes an event of every flow to the outside.
logsource: {category: email, product: forwarden}
detection:
  selection:
    rcpt.external: true
  condition: selection
level: informational
"""
LISTS = """\
lists:
  freemail: [freemail.example, "file:{lists}/freemail.txt"]
  disposable: ["file:{lists}/disposable.txt"]
  sensitive-mailboxes: ["file:{lists}/sensitive-mailboxes.txt"]
"""


def program():
    """The forwarden to test: the environment's, or the one just built."""
    for path in (os.environ.get("FORWARDEN"), os.path.join(TOP, "forwarden"),
                 os.path.join(TOP, "build-test", "build", "forwarden")):
        if path and os.access(path, os.X_OK):
            return path
    raise Failure("no forwarden: set FORWARDEN or build it")


class Forwarden:
    def __init__(self, rig, name="forwarden", mode="enforce", store="memory",
                 policies=None, more="", port=None):
        self.rig, self.name = rig, name
        self.folder = rig.mkdir(name)
        rig.mkdir(name, "state", mode=0o700, owner="nobody")
        self.port = port or free_port()
        self.milter = f"inet:127.0.0.1:{self.port}"
        self.file = os.path.join(self.folder, "forwarden.yaml")
        self.control = os.path.join(self.folder, "control.sock")
        self.values = {"domain": rig.domain, "user": "nobody", "store": store,
                       "policies": policies or PACK,
                       "listen": f"inet:{self.port}@127.0.0.1",
                       "mode": mode, "folder": self.folder,
                       "lists": os.path.join(PACK, "lists")}
        self.more = more if policies else LISTS + more
        self.process = None
        self.configure()

    def configure(self, **values):
        self.values.update(values)
        with open(self.file, "w") as f:
            f.write((CONFIGURATION + self.more).format(**self.values))

    def start(self):
        self.process = self.rig.spawn([program(), "serve", "-c", self.file],
                                      os.path.join(self.folder, "log"))

        def ready():
            if self.process.poll() is not None:
                raise Failure(f"forwarden ended at once:\n{self.log()}")
            return "ready: " in self.log() and os.path.exists(self.control)
        wait_until("forwarden", ready)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)

    def workers(self):
        """Process ids of the supervisor's children."""
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as f:
            return [int(pid) for pid in f.read().split()]

    def kill_workers(self, then=signal.SIGCONT):
        """Without a word. A supervisor that is stopped sees none of them go."""
        os.kill(self.process.pid, signal.SIGSTOP)
        for pid in self.workers():
            os.kill(pid, signal.SIGKILL)
        os.kill(self.process.pid, then)

    def kill(self):
        """Supervisor and workers: a crash."""
        self.kill_workers(signal.SIGKILL)
        self.process.wait()

    def log(self):
        with open(os.path.join(self.folder, "log"), errors="replace") as f:
            return f.read()

    def run(self, *args, check=True, stdin=b""):
        """A subcommand's standard output; the configuration is given."""
        command = [program(), args[0], "-c", self.file, *args[1:]]
        done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60)
        if check and done.returncode != 0:
            raise Failure(f"{' '.join(command)}: exit {done.returncode}: "
                          + done.stderr.decode(errors="replace"))
        return done.stdout.decode(errors="replace")

    def events(self):
        """All events so far, oldest first."""
        rows = []
        for line in self.log().splitlines():
            start = line.find("{")
            if start < 0 or not line.rstrip().endswith("}"):
                continue
            try:
                rows.append(json.loads(line[start:]))
            except ValueError:
                continue
        return rows

    @staticmethod
    def evidence(event):
        """The names of what was seen."""
        return [row["name"] for row in event["forwarden"].get("evidence", [])]

    def wait_event(self, condition, seconds=20):
        """The first event that meets the condition."""
        return wait_until("an event", lambda: next(
            (e for e in self.events() if condition(e)), None), seconds)
