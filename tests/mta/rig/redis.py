# SPDX-License-Identifier: BSD-2-Clause
"""A private Redis."""
import signal

from .core import free_port, run, wait_until


class Redis:
    def __init__(self, rig, name="redis", options=()):
        self.rig, self.options = rig, list(options)
        self.folder = rig.mkdir(name)
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process = None

    def start(self):
        self.process = self.rig.spawn(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1",
             "--dir", self.folder, "--appendonly", "yes",
             "--appendfsync", "always", *self.options],
            self.folder + "/log")
        wait_until("Redis", lambda: "PONG" in self.cli("PING"))

    def cli(self, *args):
        return run(["redis-cli", "-p", str(self.port), *args], check=False)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def hang(self):
        self.process.send_signal(signal.SIGSTOP)

    def wake(self):
        self.process.send_signal(signal.SIGCONT)
