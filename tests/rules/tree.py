# SPDX-License-Identifier: BSD-2-Clause
"""A tree of files, audited: what tests of rules at rest have in common."""
import json
import os
import shutil
import subprocess
import tempfile

PROGRAM = os.environ.get("FORWARDEN", "./forwarden")
MAIN_CF = """myhostname = mx.example.com
mydomain = example.com
myorigin = example.com
mydestination = example.com, localhost
recipient_delimiter = +
alias_maps = hash:/etc/aliases
"""
POSTFIX = {"/etc/postfix/main.cf": MAIN_CF, "/etc/postfix/master.cf": "",
           "/etc/aliases": ""}


class Trial:
    """TAP, a line a question."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def result(self, good, name, why=""):
        self.count += 1
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}",
              flush=True)
        if not good:
            self.failed += 1
            for line in str(why).splitlines()[:40]:
                print(f"#   {line}")

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}", flush=True)

    def end(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0


class Link(str):
    """What a symbolic link says."""


class Tree:
    """Files below a folder of their own: {path: text, or Link}."""

    def __init__(self, files=None, copy=None):
        self.root = tempfile.mkdtemp(prefix="forwarden-tree.")
        os.chmod(self.root, 0o755)
        if copy is not None:
            shutil.copytree(copy, self.root, symlinks=True,
                            dirs_exist_ok=True)
        for path, text in (files or {}).items():
            self.write(path, text)

    def path(self, path):
        return self.root + path

    def write(self, path, text):
        full = self.path(path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        if os.path.lexists(full):
            os.unlink(full)
        if isinstance(text, Link):
            os.symlink(text, full)
            return
        with open(full, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())

    def run(self, *options, timeout=60):
        return subprocess.run(
            [PROGRAM, "audit", "--root", self.root, *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, timeout=timeout, check=False)

    def audit(self, *options, timeout=60):
        """The rules and what was not read."""
        done = self.run("--json", *options, timeout=timeout)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        if done.returncode == 2:
            raise AssertionError(done.stderr.decode())
        return ([row for row in rows if "not_read" not in row],
                [row for row in rows if "not_read" in row])

    def close(self):
        shutil.rmtree(self.root, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def place(rule):
    line = rule.get("line", 0)
    return f"{rule['path']}:{line}" if line else rule["path"]


def row(rule):
    return (place(rule), rule["mailbox"], rule["destination"],
            rule["mechanism"])
