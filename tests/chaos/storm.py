#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Everything that goes wrong around a milter, under load, behind a real Postfix:
workers killed, reloads, upgrades, a Redis that dies, logs that rotate, and all
of it at once. Counted at both ends: what Postfix took is at the sink once,
judged once, by one whole configuration.

	storm.py                  some seconds each
	storm.py --long [NAME...] 10,000 messages each, the last for five minutes
"""
import json
import os
import random
import re
import signal
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "mta"))
from rig import (Failure, Forwarden, Postfix, Redis, Rig, Sink, Tap,  # noqa: E402
                 free_port, wait_until)

CLIENTS = 16
# After so many a client comes back on a new connection.
MESSAGES_A_SESSION = 10
SHORT = (150, 5)  # messages at least, seconds at least
LONG = (10000, 5)
LONG_ALL = (10000, 300)

POLICY = """
title: {name}
id: 00000000-0000-4000-8000-{number:012d}
name: {name}
status: stable
level: medium
logsource: {{category: email, product: forwarden, service: message}}
detection:
  selection: {{smtp.mail_from.domain: partner.example}}
  condition: selection
"""
FLAVOURS = ("a", "b")
MORE = """
tag: {{outgoing: full}}
redis: {{retry_time: 20ms, retry_max: 100ms}}
log: {{target: "file:{folder}/log", events: "file:{folder}/events"}}
"""

MESSAGE = """\
From: eve@partner.example\r
To: drop@freemail.example\r
Subject: number {number}\r
Message-ID: <{number}@storm.example.com>\r
\r
{number}\r
.\r
"""


class Refused(Exception):
    """A reply that is not the one hoped for."""


class Client(threading.Thread):
    """One that sends and, where it is put off, sends again."""

    def __init__(self, port, load):
        super().__init__(daemon=True)
        self.port, self.load = port, load
        self.socket = self.lines = None
        self.sent = 0

    def expect(self, code):
        while True:
            line = self.lines.readline()
            if line[3:4] != b"-":
                break
        if line[:1] != code:
            raise Refused(line.decode(errors="replace").strip())

    def say(self, text, *codes):
        self.socket.sendall(text.encode())
        for code in codes:
            self.expect(code)

    def connect(self):
        self.socket = socket.create_connection(("127.0.0.1", self.port), 60)
        self.lines = self.socket.makefile("rb")
        self.sent = 0
        self.expect(b"2")
        self.say("EHLO client.example.com\r\n", b"2")

    def leave(self):
        if self.socket is not None:
            self.lines.close()
            self.socket.close()
        self.socket = None

    def deliver(self, number):
        if self.socket is None:
            self.connect()
        self.say("MAIL FROM:<eve@partner.example>\r\n"
                 "RCPT TO:<drop@freemail.example> "
                 "ORCPT=rfc822;bob@example.com\r\nDATA\r\n",
                 b"2", b"2", b"3")
        self.say(MESSAGE.format(number=number), b"2")
        self.sent += 1
        if self.sent >= MESSAGES_A_SESSION:
            self.leave()

    def run(self):
        while (number := self.load.next()) is not None:
            while True:
                try:
                    self.deliver(number)
                    break
                except (Refused, OSError) as error:
                    self.load.put_off(str(error))
                    self.leave()
        self.leave()


class Load:
    """Messages with numbers, until there are enough and it took long enough."""

    def __init__(self, port, messages, seconds):
        self.least, self.until = messages, time.monotonic() + seconds
        self.lock = threading.Lock()
        self.count = 0
        self.delays = []
        self.clients = [Client(port, self) for _ in range(CLIENTS)]
        for client in self.clients:
            client.start()

    def next(self):
        with self.lock:
            if self.count >= self.least and time.monotonic() > self.until:
                return None
            self.count += 1
            return self.count

    def put_off(self, why):
        with self.lock:
            self.delays.append(why)

    def is_on(self):
        return any(client.is_alive() for client in self.clients)

    def join(self):
        for client in self.clients:
            client.join(120)


class Site:
    """A Forwarden with two configurations, each whole in itself."""

    def __init__(self, rig, name, port, redis):
        self.forwarden = Forwarden(
            rig, name=name, port=port, policies=rig.path(name, "a"),
            store=redis.url if redis else "memory", more=MORE)
        self.redis = redis
        self.folder = self.forwarden.folder
        self.texts = [self.prepare(number, flavour)
                      for number, flavour in enumerate(FLAVOURS)]
        self.rotations = 0
        self.turn = 0
        self.write(self.texts[0])

    def prepare(self, number, flavour):
        folder = os.path.join(self.folder, flavour)
        os.makedirs(folder)
        for part in (1, 2):
            with open(f"{folder}/{part}.yaml", "w", encoding="utf-8") as file:
                file.write(POLICY.format(name=f"{flavour}-{part}",
                                         number=number * 2 + part))
        self.forwarden.configure(policies=folder)
        with open(self.forwarden.file, encoding="utf-8") as file:
            return file.read().replace("host: mx.", f"host: {flavour}.")

    def write(self, text):
        with open(self.forwarden.file + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(self.forwarden.file + ".new", self.forwarden.file)

    def signal(self, number):
        self.forwarden.process.send_signal(number)

    # What goes wrong.

    def kill(self):
        """The one that serves: it has threads."""
        for pid in self.forwarden.workers():
            try:
                if len(os.listdir(f"/proc/{pid}/task")) > 1:
                    os.kill(pid, signal.SIGKILL)
            except (FileNotFoundError, ProcessLookupError):
                pass  # it had ended

    def reload(self):
        """The other configuration; now and then one that is broken."""
        self.turn += 1
        self.write("local: [broken" if self.turn % 5 == 0
                   else self.texts[self.turn % 2])
        self.signal(signal.SIGHUP)

    def upgrade(self):
        if self.turn % 5 == 0:
            self.write(self.texts[0])
        self.signal(signal.SIGUSR2)

    def rotate(self):
        """As logrotate does with `create 0640 root`."""
        self.rotations += 1
        for name in ("log", "events"):
            path = os.path.join(self.folder, name)
            os.rename(path, f"{path}.{self.rotations}")
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o640))
        self.signal(signal.SIGHUP)

    def lose_redis(self):
        self.redis.kill()
        time.sleep(1)
        self.redis.start()

    # What came of it.

    def lines(self, name):
        paths = [os.path.join(self.folder, name)] + [
            os.path.join(self.folder, f"{name}.{number}")
            for number in range(1, self.rotations + 1)]
        for path in paths:
            with open(path, encoding="utf-8", errors="replace") as file:
                yield from file

    def says(self, text):
        return sum(text in line for line in self.lines("log"))


class Storm:
    """disturbances: (seconds between two, what is done). cuts: may a
    transaction be put off?"""

    def __init__(self, name, what, disturbances, cuts):
        self.name, self.what = name, what
        self.disturbances, self.cuts = disturbances, cuts
        self.redis = any(action is Site.lose_redis
                         for _, action in disturbances)

    def disturb(self, site, load):
        """Until all is sent, each soon once; how often what was done."""
        due = [time.monotonic() + every / 2 for every, _ in self.disturbances]
        done = [0] * len(due)
        while load.is_on():
            at = min(range(len(due)), key=due.__getitem__)
            time.sleep(max(0.0, min(0.1, due[at] - time.monotonic())))
            if time.monotonic() < due[at]:
                continue
            every, action = self.disturbances[at]
            action(site)
            done[at] += 1
            due[at] = time.monotonic() + every * random.uniform(0.8, 1.2)
        return done


STORMS = [
    Storm("kill", "the worker is killed every second",
          [(1, Site.kill)], True),
    Storm("reload", "a reload every 100 ms", [(0.1, Site.reload)], False),
    Storm("upgrade", "another program takes over every two seconds",
          [(2, Site.upgrade)], False),
    Storm("redis", "Redis is killed every two seconds",
          [(2, Site.lose_redis)], False),
    Storm("rotate", "logs are rotated every second",
          [(1, Site.rotate)], False),
    Storm("all", "all at once",
          [(1, Site.kill), (0.1, Site.reload), (4, Site.upgrade),
           (5, Site.lose_redis), (1, Site.rotate)], True),
]


def number_of(message):
    return int(message.header["Subject"].split()[1])


def is_whole(tag):
    """Host and policies of one configuration."""
    host = re.match(r"\s*(\w)\.", tag).group(1)
    policies = re.findall(r"policy=(\w)-(\d)", tag)
    return policies == [(host, "1"), (host, "2")]


def check_mail(tap, storm, load, messages):
    seen = {}
    for message in messages:
        seen.setdefault(number_of(message), []).append(message)
    tags = [message.header.get_all("X-Forwarden", []) for message in messages]
    figures = {
        "lost": load.count - len(seen),
        "twice": sum(len(copies) > 1 for copies in seen.values()),
        "unjudged": sum(len(tag) == 0 for tag in tags),
        "judged twice": sum(len(tag) > 1 for tag in tags),
        "by half a configuration": sum(
            not is_whole(tag[0]) for tag in tags if tag),
    }
    tap.ok(not any(figures.values()),
           f"{storm.name}: {load.count} messages: "
           + ", ".join(f"{what} {count}" for what, count in figures.items()))
    tap.ok(storm.cuts or not load.delays,
           f"{storm.name}: {len(load.delays)} put off and sent again",
           *load.delays[:5])


def check_events(tap, storm, site, load):
    """Every message has its event, in one file or another, on a line of its
    own. (A worker that is killed takes with it at most what it had no time to
    write, or leaves the beginning of it: such a message was put off.)"""
    broken, cut, seen = [], [], set()
    for line in site.lines("events"):
        try:
            event = json.loads(line)
        except ValueError:
            is_cut = storm.cuts and line.rfind('{"@timestamp"') == 0
            (cut if is_cut else broken).append(line)
            continue
        seen.add(event["email"]["message_id"].strip("<>").split("@")[0])
    tap.ok(not broken and len(cut) <= len(load.delays) and
           len(seen) == load.count,
           f"{storm.name}: {len(seen)} events, {len(broken)} broken lines, "
           f"{len(cut)} of killed workers", *(broken + cut)[:3])


def check_count(tap, storm, site, load):
    """Of the mailbox whose mail went out, whoever counted it."""
    def counted():
        said = site.forwarden.run("mailbox", "--json", "bob@example.com",
                                  check=False)
        return re.search(r'"forwarded": *(\d+)', said)

    site.write(site.texts[0])  # it may have been a broken one
    def is_right():
        found = counted()
        return found and int(found.group(1)) == load.count
    try:
        wait_until("the count", is_right, 20)
    except Failure:
        found = counted()
        return tap.fail(f"{storm.name}: counted "
                        f"{found and found.group(1)} of {load.count}")
    return tap.ok(True, f"{storm.name}: {load.count} counted")


def check_life(tap, storm, site, done):
    wrong = [line for line in site.lines("log")
             if "died of signal" in line and "signal 9" not in line]
    tap.ok(not wrong and all(done),
           f"{storm.name}: {storm.what} ("
           + ", ".join(f"{action.__name__} {count}" for count, (_, action)
                       in zip(done, storm.disturbances)) + ")",
           *wrong[:5])


def one_storm(tap, place, storm, much):
    rig, postfix, sink, port = place
    redis = Redis(rig, name=storm.name + "-redis") if storm.redis else None
    if redis:
        redis.start()
    site = Site(rig, storm.name, port, redis)
    site.forwarden.start()
    sink.messages.clear()
    begun = time.monotonic()
    load = Load(postfix.intake, *much)
    done = storm.disturb(site, load)
    load.join()
    took = time.monotonic() - begun
    wait_until("the sink's mail", lambda: len(
        set(map(number_of, sink.find(lambda _: True)))) >= load.count, 120)
    postfix.wait_empty(60)
    print(f"# {storm.name}: {load.count / took:.0f} messages/s", flush=True)
    check_life(tap, storm, site, done)
    check_mail(tap, storm, load, sink.find(lambda _: True))
    check_events(tap, storm, site, load)
    if not storm.cuts:
        check_count(tap, storm, site, load)
    site.forwarden.stop()
    if redis:
        redis.kill()


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip_all("needs root")
    words = sys.argv[1:]
    is_long = "--long" in words
    names = [word for word in words if not word.startswith("-")]
    with Rig("storm") as rig:
        sink = Sink(rig)
        port = free_port()
        postfix = Postfix(rig, sink, milter=f"inet:127.0.0.1:{port}",
                          egress=False)
        postfix.start()
        for storm in STORMS:
            if names and storm.name not in names:
                continue
            much = SHORT
            if is_long:
                much = LONG_ALL if storm.name == "all" else LONG
            try:
                one_storm(tap, (rig, postfix, sink, port), storm, much)
            except Failure as failure:
                tap.fail(storm.name, failure)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
