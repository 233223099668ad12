#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""How fast `forwarden scan` reads a log that tests/bench/maillog.py made, plain
and packed, and how much memory it takes. Fails below --limit lines a second of
CPU.

    scripts/bench --scan [--megabytes 1024]"""
import argparse
import os
import resource
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
LIMIT = 1500000
RUNS = 3


def measure(program, path):
    """CPU seconds and peak megabytes of the best of some runs."""
    best = None
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([program, "scan", "--json", path], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took = after.ru_utime + after.ru_stime - (
            before.ru_utime + before.ru_stime)
        best = took if best is None or took < best else best
    return best


def peak(program, path):
    with open("/dev/null", "w") as null:
        child = subprocess.Popen([program, "scan", "--json", path],
                                 stdout=null, stderr=null)
        _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit("bench: forwarden scan failed")
    return usage.ru_maxrss // 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--limit", type=int, default=LIMIT)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "mail.log")
        with open(path, "wb") as file:
            subprocess.run([sys.executable, os.path.join(HERE, "maillog.py"),
                            str(options.megabytes)], stdout=file, check=True)
        with open(path, "rb") as file:
            lines = sum(piece.count(b"\n") for piece in
                        iter(lambda: file.read(1 << 20), b""))
        plain = measure(options.program, path)
        memory = peak(options.program, path)
        subprocess.run(["gzip", "-1", path], check=True)
        packed = measure(options.program, path + ".gz")
    print("%d MB, %d lines: %.2f s of CPU, %.2f million lines a second, "
          "%d MB of memory" % (options.megabytes, lines, plain,
                               lines / plain / 1e6, memory))
    print("the same by gzip: %.2f s, %.2f million lines a second" % (
        packed, lines / packed / 1e6))
    if lines / plain < options.limit:
        sys.exit("bench: that is less than %d lines a second" % options.limit)


main()
