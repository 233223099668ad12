#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The daemon under load from many sessions while it is asked, reloaded and loses
its Redis: no message without an answer, and, when it was built with
ThreadSanitizer, no race.
"""
import json
import os
import re
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "mta"))
from rig import Failure, Forwarden, Redis, Rig, Tap, wait_until  # noqa: E402
from rig.core import TOP  # noqa: E402

MESSAGES = 4000
MOST_BYTES = 12000


def races(log):
    """What ThreadSanitizer reports, without the lines of mail between it."""
    reports = re.findall(r"^WARNING: ThreadSanitizer.*?^SUMMARY[^\n]*", log, re.M | re.S)
    lines = [line for report in reports for line in report.splitlines()
             if not re.match(r"\d{4}-\d\d-\d\dT", line)]
    return "\n".join(lines)[:MOST_BYTES] or log[-MOST_BYTES // 2:]


def load(forwarden, seed):
    loadgen = os.path.join(os.environ.get("TOP_BUILDDIR", TOP), "tests/bench/loadgen")
    return subprocess.Popen(
        [loadgen, "-a", f"inet:{forwarden.port}@127.0.0.1", "-n", str(MESSAGES),
         "-t", os.path.join(TOP, "tests/bench/mail"), "-c", "20", "-s", str(seed)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def disturb(forwarden, redis, sending):
    """Questions and reloads until all is sent; Redis dies in between."""
    rounds = 0
    while sending.poll() is None and rounds < 200:
        forwarden.run("top", "--once", check=False)
        forwarden.run("routes", check=False)
        if rounds % 4 == 0:
            forwarden.process.send_signal(signal.SIGHUP)
        if redis and rounds == 2:
            redis.kill()
        if redis and rounds == 6:
            redis.start()
        rounds += 1
    return rounds


def check(tap, rig, name, redis):
    forwarden = Forwarden(rig, name=name, store=redis.url if redis else "memory")
    forwarden.start()
    sending = load(forwarden, seed=len(name) << 32)
    rounds = disturb(forwarden, redis, sending)
    text = sending.communicate()[0].decode(errors="replace")
    try:
        answered = json.loads(text)["messages"]
    except ValueError:
        answered = text
    tap.equal(answered, MESSAGES, f"{name}: each message got its answer")
    tap.ok(rounds > 0, f"{name}: while it was asked and reloaded", rounds)
    forwarden.stop()
    wait_until("the workers' end", lambda: forwarden.process.poll() is not None)
    log = forwarden.log()
    tap.ok("ThreadSanitizer" not in log, f"{name}: no race", races(log))
    tap.equal(forwarden.process.returncode, 0, f"{name}: it ends in order")


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip_all("needs root")
    with Rig("threads") as rig:
        try:
            check(tap, rig, "memory", None)
            redis = Redis(rig)
            redis.start()
            check(tap, rig, "redis", redis)
        except Failure as failure:
            tap.fail("threads", failure)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
