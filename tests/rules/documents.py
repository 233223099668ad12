#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""docs/audit.md: its files are made, its commands are run, and what they print
is what stands below them. UPDATE=1 puts it there."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tree import PROGRAM, Link, Tree, Trial  # noqa: E402

DOCUMENT = os.path.join(os.environ.get("TOP_SRCDIR", "."), "docs", "audit.md")
COPY = "/srv/copy"
WRITTEN = 1763608320  # 2025-11-20 03:12


def blocks(lines):
    """(what a mark says, first line of the block below it, its end)."""
    for number, line in enumerate(lines):
        mark = re.fullmatch(r"<!-- (file|link|run)\b ?(.*?) ?-->", line)
        if not mark:
            continue
        begin = number + 2
        end = begin
        while end < len(lines) and (lines[end].startswith("    ") or
                                    not lines[end] and
                                    lines[end + 1:end + 2] and
                                    lines[end + 1].startswith("    ")):
            end += 1
        yield mark.group(1), mark.group(2), begin, end


def plain(lines):
    return [line[4:] for line in lines]


def run(tree, command):
    words = command.replace(COPY, tree.root).split()
    done = subprocess.run([PROGRAM, *words[1:]], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    return done.stdout.decode().replace(tree.root, COPY)


def main():
    trial = Trial()
    with open(DOCUMENT) as file:
        lines = file.read().split("\n")
    changes = []
    with Tree() as tree:
        for kind, what, begin, end in blocks(lines):
            if kind == "file":
                tree.write(what, "\n".join(plain(lines[begin:end])) + "\n")
            elif kind == "link":
                path, target = what.split(" to ")
                tree.write(path, Link(target))
            if kind != "run":
                name = tree.path(what.split(" ")[0])
                os.utime(name, (WRITTEN, WRITTEN), follow_symlinks=False)
                continue
            command, *wanted = plain(lines[begin:end])
            printed = run(tree, command[2:]).rstrip("\n").split("\n")
            trial.result(printed == wanted, command,
                         "\n".join(printed))
            changes.append((begin + 1, end, printed))
    if os.environ.get("UPDATE"):
        for begin, end, printed in reversed(changes):
            lines[begin:end] = [("    " + line) if line else ""
                                for line in printed]
        with open(DOCUMENT, "w") as file:
            file.write("\n".join(lines))
    return trial.end()


if __name__ == "__main__":
    sys.exit(main())
