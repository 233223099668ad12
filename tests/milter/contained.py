#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Two mail servers on one Redis: what is contained at one is held by the other
within a second, measured, in a session that was open before; it holds while Redis
is away, and over a restart meanwhile; and what is ordered then reaches the other
when Redis is back."""
import itertools
import os
import signal
import time

from daemon import Daemon, Redis, Trial, wait_for
from wire import Wire

MORE = """
policies: []
mode: observe
host: mx.example.com
store: unix:{redis}
redis: {{retry_time: 20ms, retry_max: 100ms}}
privacy: {{hash: {hash}, key_file: {key}}}
"""
ROUNDS = 5
numbers = itertools.count(1)
PROMISED = 1.0


class Session:
    """A connection of an MTA that stays, and forwards of one mailbox by it."""

    def __init__(self, path):
        self.wire = Wire(path)
        self.wire.connect()

    def close(self):
        self.wire.socket.close()

    def is_held(self, mailbox):
        number = next(numbers)
        self.wire.send(b"D", b"Mi\0004F%d\0" % number)
        self.wire.send(b"M", b"<sender@partner.example>\0")
        self.wire.send(b"R", b"<drop@freemail.example>\0ORCPT=rfc822;%s\0" % mailbox)
        self.wire.field(b"From", b"sender@partner.example")
        self.wire.field(b"Message-ID", b"<%d.%s>" % (number, mailbox))
        return any(command == b"q" for command, _ in self.wire.end()[0])


def seconds_until(session, mailbox, held):
    began = time.monotonic()
    wait_for(lambda: session.is_held(mailbox) == held, "an order")
    return time.monotonic() - began


def measured(tap, first, session):
    taken = []
    for number in range(ROUNDS):
        mailbox = b"m%d@example.com" % number
        assert not session.is_held(mailbox)
        first.ask("contain", "--why", "t", mailbox.decode())
        taken.append(seconds_until(session, mailbox, True))
        first.ask("uncontain", mailbox.decode())
        taken.append(seconds_until(session, mailbox, False))
    print("# seconds until the other mail server obeys: "
          + " ".join("%.3f" % one for one in taken))
    tap.check(max(taken) < PROMISED, "within a second, to hold and to let go")


def without_redis(tap, redis, first, second):
    snapshot = second.folder + "/state/store.snapshot"
    first.ask("contain", "--why", "kept", "kept@example.com")
    session = Session(second.socket)
    wait_for(lambda: session.is_held(b"kept@example.com"), "the order")
    heard = time.time()
    wait_for(lambda: os.path.exists(snapshot) and os.stat(snapshot).st_mtime > heard,
             "the file that keeps it")
    redis.stop()
    for daemon in (first, second):
        daemon.await_says("is down")
    tap.check(session.is_held(b"kept@example.com"), "it holds while Redis is away")
    os.kill(second.workers()[0], signal.SIGKILL)
    second.await_says(" ready: ", 2)
    session.close()
    session = Session(second.socket)
    tap.check(session.is_held(b"kept@example.com"),
              "... for a worker that takes the place of a killed one")
    for words in (("contain", "--why", "alone", "alone@example.com"),
                  ("uncontain", "kept@example.com")):
        done = first.ask(*words)
        tap.check(done.returncode == 1
                  and b"tells the others when the store is back" in done.stderr,
                  words[0] + " then: what is done is said", str(done))
    redis.start()
    wait_for(lambda: session.is_held(b"alone@example.com"), "what was ordered alone")
    wait_for(lambda: not session.is_held(b"kept@example.com"), "its end")
    tap.check(True, "Redis is back, and the other obeys both")
    first.await_says("has heard of what was ordered while it was away")
    said = first.ask("status").stdout.decode()
    tap.check("lose its data" not in said, "... which is no loss of its data", said)


def connected(path):
    """As soon as anybody listens there."""
    while True:
        try:
            return Session(path)
        except OSError:
            time.sleep(0.001)


def begins(tap, first, folder, settings):
    """A mail server that was never there before: also its first message."""
    first.ask("contain", "--why", "t", "always@example.com")
    held = []
    for number in range(ROUNDS):
        place = f"{folder}/new{number}"
        os.mkdir(place)
        daemon = Daemon(place, settings)
        daemon.begin()
        session = connected(daemon.socket)
        held.append(session.is_held(b"always@example.com"))
        session.close()
        daemon.stop()
    tap.check(all(held), "what is contained is known before the first message",
              str(held))


def run(tap, hashed):
    folder = tap.fresh("hash-" + hashed)
    redis = Redis(folder)
    redis.start()
    key = folder + "/key"
    with open(key, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write("0123456789abcdef0123456789abcdef\n")
    settings = MORE.format(redis=redis.path, hash=hashed, key=key)
    daemons = []
    for name in ("first", "second"):
        os.mkdir(f"{folder}/{name}")
        daemons.append(Daemon(f"{folder}/{name}", settings))
        daemons[-1].start()
    session = Session(daemons[1].socket)
    measured(tap, daemons[0], session)
    session.close()
    begins(tap, daemons[0], folder, settings)
    without_redis(tap, redis, *daemons)
    for daemon in daemons:
        daemon.stop()
    redis.stop()


def main():
    tap = Trial()
    try:
        run(tap, "false")
        run(tap, "true")
        tap.finish()
    finally:
        tap.close()


if __name__ == "__main__":
    main()
