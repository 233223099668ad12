#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""SIGKILL in the midst of mail: at most a second of counts is lost, and
nothing counts twice.

The embedded store, and Redis while it is away; the worker alone is killed, or
the supervisor, too. Every message that was answered a second before the kill
must be counted afterwards. Many rounds; KILLS says how many. The rows are
printed as a table.
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
from wire import Wire  # noqa: E402

ROUNDS = int(os.environ.get("KILLS", "8"))
CONNECTIONS = 8
# Twice a second it is written; the rest is for a disk and a busy machine.
AT_MOST = 1.0
PAUSE = 0.01  # a client's, between two messages

MORE = """
policies: []
store: {store}
redis: {{retry_time: 20ms, retry_max: 50ms}}
log: {{events: none}}
"""


def mailbox(number):
    return f"box{number}@example.com"


class Client(threading.Thread):
    """One connection that forwards one mailbox' mail until it is closed."""

    def __init__(self, path, number):
        super().__init__()
        self.number = number
        self.answered = []  # when
        self.wire = Wire(path)
        self.wire.connect()

    def deliver(self, serial):
        wire = self.wire
        wire.send(b"D", b"Mi\0" + b"4%02d%05d\0" % (self.number, serial))
        wire.send(b"M", b"<sender@partner.example>\0")
        wire.send(b"R", b"<drop@freemail.example>\0ORCPT=rfc822;" +
                  mailbox(self.number).encode() + b"\0")
        wire.field(b"Message-ID", b"<%d.%d.%d@partner.example>" %
                   (os.getpid(), id(self), serial))
        wire.end()
        self.answered.append(time.monotonic())

    def run(self):
        serial = 0
        try:
            while True:
                self.deliver(serial)
                serial += 1
                time.sleep(PAUSE)
        except (EOFError, OSError):
            pass
        self.wire.socket.close()


def counted(daemon):
    return sum(max(daemon.counted(mailbox(number)) or 0, 0)
               for number in range(CONNECTIONS))


def settle(daemon):
    """What is counted, once that does not grow any more."""
    last, since = -1, time.monotonic()
    while time.monotonic() < since + 2:
        now = counted(daemon)
        if now != last:
            last, since = now, time.monotonic()
        time.sleep(0.05)
    return last


def kill(daemon, everything):
    """When it was, and the processes are gone."""
    workers = daemon.workers()
    before = daemon.says(" ready: ")
    if everything:
        daemon.process.kill()
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    at = time.monotonic()
    if everything:
        daemon.process.wait()
    return at, before


def one_round(trial, number):
    store = "redis" if number % 2 else "memory"
    everything = number // 2 % 2 == 1
    folder = trial.fresh(str(number))
    redis = Redis(folder)
    if store == "redis":
        redis.start()
    daemon = Daemon(folder, MORE.format(
        store="memory" if store == "memory" else "unix:" + redis.path))
    daemon.start()
    clients = [Client(daemon.socket, i) for i in range(CONNECTIONS)]
    for client in clients:
        client.start()
    time.sleep(random.uniform(0.2, 0.6))
    if store == "redis":
        redis.stop()
    time.sleep(random.uniform(1.5, 2.5))
    at, before = kill(daemon, everything)
    for client in clients:
        client.join(30)
    if everything:
        daemon.start()
    else:
        wait_for(lambda: daemon.says(" ready: ") > before, "the next worker")
    if store == "redis":
        redis.start()
        wait_for(lambda: daemon.says("replayed to Redis") > 0, "the replay")
    count = settle(daemon)
    answered = sum(len(client.answered) for client in clients)
    last = sum(when > at - AT_MOST
               for client in clients for when in client.answered)
    lost = answered - count
    # Of each connection one message may have been judged and not answered.
    good = -CONNECTIONS <= lost <= last
    what = "supervisor and worker" if everything else "worker"
    row = f"{store:6} {what:22} {answered:8} {last:8} {lost:6}"
    daemon.stop()
    redis.stop()
    if not trial.check(good, f"{number}: {store}, SIGKILL of {what}", row):
        with open(daemon.log, encoding="utf-8") as file:
            print("".join("# " + line for line in file), flush=True)
    shutil.rmtree(folder)
    return row


def main():
    trial = Trial()
    rows = []
    try:
        for number in range(ROUNDS):
            rows.append(one_round(trial, number))
    finally:
        trial.close()
    print(f"# {'store':6} {'killed':22} answered in the last second   lost")
    for row in rows:
        print("# " + row)
    trial.finish()


if __name__ == "__main__":
    main()
