#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The end of a worker in the midst of mail: nothing lost, nothing cut.

Twenty busy connections; then SIGTERM, or SIGUSR2 for the next worker. Every
message that was taken in must have been answered and be counted exactly once,
whether it is counted in memory, in Redis, or in the journal because Redis was
away at that moment. Many rounds in a row; ENDINGS says how many.
"""
import os
import random
import shutil
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon import Daemon, Redis, Trial, wait_for  # noqa: E402
from wire import NO_REPLY, STEPS, Wire  # noqa: E402

ROUNDS = int(os.environ.get("ENDINGS", "12"))
CONNECTIONS = 20
PAUSE = 0.05

MORE = """
policies: []
store: {store}
redis: {{retry_time: 20ms, retry_max: 50ms}}
limits: {{drain_time: 100ms}}
log: {{events: none}}
"""


class Client(threading.Thread):
    """One connection that sends until it is closed. A slow one waits for the
    answer to MAIL: from then on its message is under way for certain."""

    def __init__(self, path, number, slow):
        super().__init__()
        self.path, self.number, self.slow = path, number, slow
        self.answered = self.cut = 0
        self.wire = Wire(path, STEPS & ~NO_REPLY[b"M"] if slow else STEPS)
        self.wire.connect()

    def deliver(self, serial):
        wire = self.wire
        wire.send(b"D", b"Mi\0" + b"4%02d%05d\0" % (self.number, serial))
        if wire.step(b"M", b"<sender@partner.example>\0") != b"c":
            return False
        try:
            if self.slow:
                time.sleep(PAUSE)
            wire.send(b"R", b"<drop@freemail.example>\0ORCPT=rfc822;"
                      b"bob@example.com\0")
            wire.field(b"Message-ID", b"<%d.%d.%d@partner.example>" %
                       (os.getpid(), id(self), serial))
            if self.slow:
                time.sleep(PAUSE)
            wire.end()
        except (EOFError, OSError):
            # One that does not wait may have come too late with its MAIL.
            self.cut += self.slow
            return False
        self.answered += 1
        return True

    def run(self):
        serial = 0
        try:
            while self.deliver(serial):
                serial += 1
        except (EOFError, OSError):
            pass
        self.wire.socket.close()


def load(daemon):
    clients = [Client(daemon.folder + "/milter.sock", number, number % 4 == 0)
               for number in range(CONNECTIONS)]
    for client in clients:
        client.start()
    return clients


def end(clients):
    for client in clients:
        client.join(30)
    return (sum(client.answered for client in clients),
            sum(client.cut for client in clients))


def settle(daemon, answered):
    """What is counted in the end: a replay takes the time it takes, but it
    does not stand still."""
    counted, grew = -1, time.monotonic()
    while counted != answered and time.monotonic() < grew + 10:
        now = daemon.counted("bob@example.com")
        if now != counted:
            counted, grew = now, time.monotonic()
        time.sleep(0.05)
    return counted


def one_round(trial, kind, number):
    """kind: store, whether Redis is away at the end, signal."""
    store, away, number_of_signal = kind
    name = f"{number}: {store}{' down' if away else ''}, " + \
        number_of_signal.name
    folder = trial.fresh(str(number))
    redis = Redis(folder)
    if store == "redis":
        redis.start()
    daemon = Daemon(folder, MORE.format(
        store="memory" if store == "memory" else "unix:" + redis.path))
    daemon.start()
    clients = load(daemon)
    time.sleep(random.uniform(0.05, 0.2))
    if away:
        redis.stop()
        time.sleep(random.uniform(0, 0.1))
    ended = daemon.says(" stopped")
    daemon.process.send_signal(number_of_signal)
    answered, cut = end(clients)
    good = daemon.process.wait(30) == 0 \
        if number_of_signal == signal.SIGTERM else True
    wait_for(lambda: daemon.says(" stopped") > ended, "the old worker's end")
    if away:
        redis.start()
    if number_of_signal == signal.SIGTERM:
        daemon.start()
    counted = settle(daemon, answered)
    daemon.stop()
    redis.stop()
    good = good and cut == 0 and daemon.says("died of signal") == 0
    good = good and counted == answered
    if not trial.check(good, name, f"answered {answered}, counted {counted}, "
                       f"cut {cut}"):
        with open(daemon.log, encoding="utf-8") as file:
            print("".join("# " + line for line in file), flush=True)
    shutil.rmtree(folder)
    return answered


KINDS = [
    ("memory", False, signal.SIGTERM),
    ("redis", False, signal.SIGTERM),
    ("redis", True, signal.SIGTERM),
    ("redis", False, signal.SIGUSR2),
    ("redis", True, signal.SIGUSR2),
    ("memory", False, signal.SIGUSR2),
]


def main():
    trial = Trial()
    answered = 0
    try:
        for number in range(ROUNDS):
            answered += one_round(trial, KINDS[number % len(KINDS)], number)
    finally:
        trial.close()
    trial.check(answered > ROUNDS * CONNECTIONS,
                f"{answered} messages were under way")
    trial.finish()


if __name__ == "__main__":
    main()
