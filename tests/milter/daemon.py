# SPDX-License-Identifier: BSD-2-Clause
"""The real daemon and a real Redis, for tests in Python; TAP."""
import atexit
import json
import os
import resource
import shutil
import signal
import subprocess
import tempfile
import time

PROGRAM = os.path.abspath(os.environ["FORWARDEN"])

CONFIG = """
local: {{domains: [example.com]}}
listen: unix:{folder}/milter.sock
control: unix:{folder}/control.sock
state: {folder}/state
"""


class Redis:
    """A server that can be stopped and come back with what it knew."""

    def __init__(self, folder):
        self.path = folder + "/redis.sock"
        self.folder = folder
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.path,
             "--save", "", "--appendonly", "yes", "--appendfsync", "always",
             "--dir", self.folder], stdout=subprocess.DEVNULL)
        wait_for(self.answers, "redis-server")

    def answers(self):
        return subprocess.run(
            ["redis-cli", "-s", self.path, "ping"], capture_output=True,
            check=False).stdout.strip() == b"PONG"

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None


def wait_for(holds, what, seconds=20):
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise SystemExit("Bail out! waited too long for " + what)
        time.sleep(0.01)


class Daemon:
    """The real one. Its stderr is in the file errors, its log in the file
    log, which is the same unless the configuration says otherwise."""

    def __init__(self, folder, more=""):
        self.folder = folder
        self.config = folder + "/forwarden.yaml"
        self.errors = self.log = folder + "/errors"
        self.socket = folder + "/milter.sock"
        self.process = None
        self.environment = {}
        self.limit = None  # of descriptors
        self.configure(more)

    def configure(self, more):
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(CONFIG.format(folder=self.folder) + more)

    def says(self, text, path=None):
        """How often its log does."""
        try:
            with open(path or self.log, encoding="utf-8") as file:
                return file.read().count(text)
        except FileNotFoundError:
            return 0

    def await_says(self, text, times=1, path=None):
        wait_for(lambda: self.says(text, path) >= times, text)

    def begin(self):
        with open(self.errors, "a", encoding="utf-8") as errors:
            self.process = subprocess.Popen(
                [PROGRAM, "serve", "-c", self.config, *self.options()],
                stdout=subprocess.DEVNULL, stderr=errors,
                env={**os.environ, **self.environment},
                preexec_fn=self.limit and self.lower_limit)
        # A test that fails leaves none behind.
        atexit.register(self.process.terminate)

    def options(self):
        """Without a policy it starts for tests only."""
        with open(self.config, encoding="utf-8") as file:
            return ["--allow-empty"] if "policies: []" in file.read() else []

    def lower_limit(self):
        resource.setrlimit(resource.RLIMIT_NOFILE, (self.limit, self.limit))

    def start(self):
        before = self.says(" ready: ")
        self.begin()
        wait_for(lambda: self.says(" ready: ") > before or
                 self.process.poll() is not None, "the daemon")
        if self.process.poll() is not None:
            raise SystemExit("Bail out! the daemon does not start")

    def try_start(self):
        """Where it is not to come up: its status and what it says."""
        result = subprocess.run([PROGRAM, "serve", "-c", self.config],
                                capture_output=True, check=False, timeout=30)
        return result.returncode, result.stderr.decode()

    def signal(self, number):
        self.process.send_signal(number)

    def children(self):
        """All of them; also one that is not ready yet, or in reserve."""
        result = subprocess.run(["pgrep", "-P", str(self.process.pid)],
                                capture_output=True, check=False)
        return [int(word) for word in result.stdout.split()]

    def workers(self):
        """Those that serve: they have threads."""
        def threads(pid):
            result = subprocess.run(["ps", "-o", "nlwp=", "-p", str(pid)],
                                    capture_output=True, check=False)
            return int(result.stdout or 0)
        return [pid for pid in self.children() if threads(pid) > 1]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)  # longer than limits.drain_time

    def ask(self, *words):
        return subprocess.run([PROGRAM, *words, "-c", self.config],
                              capture_output=True, check=False)

    def counted(self, mailbox):
        result = self.ask("mailbox", "--json", mailbox)
        if result.returncode != 0:
            return -1
        return find_number(json.loads(result.stdout), "forwarded")


def find_number(tree, name):
    if isinstance(tree, dict):
        if isinstance(tree.get(name), int):
            return tree[name]
        tree = list(tree.values())
    if isinstance(tree, list):
        for branch in tree:
            found = find_number(branch, name)
            if found is not None:
                return found
    return None


class Trial:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="forwarden.")
        self.number = 0

    def check(self, good, name, why=""):
        self.number += 1
        print(("ok" if good else "not ok") + f" {self.number} - {name}",
              flush=True)
        if not good:
            print("# " + why.replace("\n", "\n# "), flush=True)
        return good

    def skip(self, name, why):
        self.number += 1
        print(f"ok {self.number} - {name} # SKIP {why}", flush=True)

    def fresh(self, name):
        folder = f"{self.folder}/{name}"
        os.mkdir(folder)
        os.chmod(self.folder, 0o755)
        return folder

    def close(self):
        shutil.rmtree(self.folder)

    def finish(self):
        print(f"1..{self.number}")
