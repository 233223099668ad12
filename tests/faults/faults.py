#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Faults on purpose, and what is promised all the same: a message is judged,
or its connection is closed and the MTA does what was chosen for that; never
does one pass unjudged, and the daemon lives on.
"""
import json
import mmap
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE + "/../milter")
from daemon import Daemon, Redis, Trial, wait_for  # noqa: E402
from life import await_reserve, holds, judges, more  # noqa: E402
from wire import Wire, tagged  # noqa: E402


class Scarce:
    """Built here: a library for LD_PRELOAD is not a program of automake's."""

    def __init__(self, folder):
        self.library = folder + "/scarce.so"
        self.path = folder + "/orders"
        subprocess.run([*os.environ.get("CC", "cc").split(), "-shared",
                        "-fPIC", "-D_GNU_SOURCE", "-O1", "-o", self.library,
                        HERE + "/scarce.c", "-ldl"], check=True)
        with open(self.path, "wb") as file:
            file.write(bytes(4096))
        os.chmod(self.path, 0o666)
        with open(self.path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 4096)

    def environment(self):
        return {"LD_PRELOAD": self.library, "SCARCE": self.path}

    def give(self, count):
        self.map[0:8] = struct.pack("l", count)

    def left(self):
        return struct.unpack("l", self.map[0:8])[0]

    def storm(self, on):
        self.map[24:32] = struct.pack("l", on)

    def calls(self):
        return struct.unpack("l", self.map[32:40])[0]

    def starve_pool(self):
        self.map[40:48] = struct.pack("l", 1)

    def pool_was_starved(self):
        return struct.unpack("l", self.map[40:48])[0] == 0

    def shift(self, seconds):
        self.map[16:24] = struct.pack("l", seconds)


def is_sanitized():
    """A sanitizer must be the first library, and has its own malloc."""
    with open(os.environ["FORWARDEN"], "rb") as program:
        return b"__asan_init" in (text := program.read()) or b"__tsan_init" in text


def is_counted():
    """gcov's own code at a program's end takes memory to be there."""
    with open(os.environ["FORWARDEN"], "rb") as program:
        return b"profiling:" in program.read()


def reads_ahead():
    """Built so that it sees what libmilter reads."""
    with open(os.environ["FORWARDEN"], "rb") as program:
        return b"\0accept4" in program.read()


def died(daemon):
    """Workers that a fault has killed; where gcov may have, none."""
    return 0 if is_counted() else daemon.says("died of signal")


def outcome(daemon, serial):
    """judged, closed or passed; the last is the one that must not be."""
    try:
        wire = Wire(daemon.socket)
        wire.connect()
        result = wire.deliver(b"4%d" % serial, [(b"X-Some", b"field")] * 5)
        wire.socket.close()
    except (OSError, EOFError, struct.error):
        return "closed"
    return "judged" if tagged(result) else "passed"


def await_pool(daemon):
    """libmilter's thread that waits for all connections has begun: it is not
    begun again where that fails."""
    wire = Wire(daemon.socket)
    wire.connect()
    for _ in range(3):
        time.sleep(0.1)  # a connection that pauses is handed to it
        wire.deliver(b"4POOL", [])
    wire.socket.close()


def memory(trial, scarce):
    folder = trial.fresh("memory")
    daemon = Daemon(folder, more(folder, "log: {events: none}\n"))
    daemon.environment = scarce.environment()
    daemon.start()
    await_pool(daemon)
    seen = {"judged": 0, "closed": 0, "passed": 0}
    count = 0
    while count < 5000:
        count += 1
        scarce.give(count)
        seen[outcome(daemon, count)] += 1
        if scarce.left() > 0:
            break
    scarce.give(0)
    trial.check(seen["passed"] == 0 and seen["closed"] > 0 and
                died(daemon) == 0,
                f"each of {count} allocations of a message fails: judged "
                f"{seen['judged']}, closed {seen['closed']}, passed 0",
                str(seen))
    for step in list(range(1, 60)) + list(range(60, 3000, 97)):
        before = daemon.says("reload: ")
        scarce.give(step)
        daemon.signal(signal.SIGHUP)
        wait_for(lambda: daemon.says("reload: ") > before or
                 daemon.says("cannot start a worker") > 0, "a reload", 10)
        scarce.give(0)
    before = daemon.says("reload: done")
    daemon.signal(signal.SIGHUP)
    wait_for(lambda: daemon.says("reload: done") > before, "a good reload")
    judged, died_by_11 = judges(daemon), daemon.says("died of signal 11")
    trial.check(judged and (is_counted() or died_by_11 == 0),
                "allocations of reloads fail: what was there stays",
                f"judges: {judged}, died of signal 11: {died_by_11} times")
    daemon.stop()


def pool(trial, scarce):
    """libmilter's thread that waits for connections finds no memory at its
    start, and libmilter goes on without it: whoever pauses waits for ever."""
    folder = trial.fresh("pool")
    daemon = Daemon(folder, more(folder, "limits: {hang_time: 1s}\n"))
    daemon.environment = scarce.environment()
    scarce.starve_pool()
    daemon.start()
    wait_for(scarce.pool_was_starved, "a pool without its thread")
    closed = 0
    while closed == 0:
        try:
            wire = Wire(daemon.socket)
            wire.connect()
            time.sleep(0.3)  # a connection that pauses is handed to it
            wire.deliver(b"4POOL", [])
        except (OSError, EOFError):
            closed += 1
    daemon.await_says(" ready: ", 2)
    trial.check(judges(daemon) and
                daemon.says("libmilter does not read them") == 1 and
                daemon.says("hangs: nothing was heard") == 1,
                "a libmilter whose pool has died is noticed: its worker is "
                "replaced")
    daemon.stop()


FORWARD = (b"<drop@freemail.example>\0ORCPT=rfc822;", b"@example.com\0")


def forward(daemon, mailbox, serial):
    wire = Wire(daemon.socket)
    wire.connect()
    wire.send(b"D", b"Mi\0004%d\0" % serial)
    wire.send(b"M", b"<sender@partner.example>\0")
    wire.send(b"R", FORWARD[0] + mailbox + FORWARD[1])
    wire.field(b"Message-ID", b"<%d@partner.example>" % serial)
    wire.field(b"Subject", b"please tag")
    result = wire.end()
    wire.socket.close()
    return "judged" if tagged(result) else "passed"


def clock(trial, scarce):
    """A hundred days ahead, and back: what is touched meanwhile stays."""
    folder = trial.fresh("clock")
    daemon = Daemon(folder, more(folder, "limits: {hang_time: 4s}\n"))
    daemon.environment = scarce.environment()
    daemon.start()
    for serial in range(5):
        forward(daemon, b"bob", serial)
    for days in (100, -100, 0):
        scarce.shift(days * 86400)
        forward(daemon, b"bob", 300 + days)
        if days != 0:
            daemon.await_says(f"clock leapt by {days * 1440:+d} minutes")
    counted = daemon.counted("bob@example.com")
    trial.check(counted == 8, "a clock that leaps a hundred days and back "
                "loses no count", str(counted))
    wait_for(lambda: b"clock leapt" not in daemon.ask("status").stdout,
             "the clock to be right")
    trial.check(True, "... and is said while it does")
    daemon.stop()


RATE = """
title: A forward
name: forward
status: stable
level: informational
logsource: {category: email, product: forwarden}
detection:
  selection: {rcpt.external: true}
  condition: selection
---
title: Many forwards of one mailbox
name: forward-rate
status: stable
level: low
correlation:
  type: event_count
  rules: [forward]
  group-by: [mailbox.address]
  timespan: 1h
  condition: {gte: 1000}
"""


def counted_in_window(daemon, mailbox):
    answer = json.loads(daemon.ask("mailbox", "--json", mailbox).stdout)
    return [window["count"] for window in answer["windows"]]


def wrong_clocks(trial):
    """Three daemons on one Redis, two of them an hour and a half wrong."""
    server = Redis(trial.fresh("three"))
    server.start()
    daemons = []
    for number, minutes in enumerate((0, 90, -90)):
        folder = trial.fresh(f"three-{number}")
        scarce = Scarce(folder)
        scarce.shift(minutes * 60)
        daemon = Daemon(folder, more(folder, f"""
limits: {{hang_time: 4s}}
log: {{events: none}}
store: unix:{server.path}
redis: {{retry_time: 20ms, retry_max: 50ms}}
"""))
        with open(folder + "/policies/rate.yaml", "w",
                  encoding="utf-8") as file:
            file.write(RATE)
        daemon.environment = scarce.environment()
        daemon.start()
        daemons.append(daemon)
    for serial in range(40):
        forward(daemons[serial % 3], b"bob", serial)
    for daemon in daemons:
        wait_for(lambda d=daemon: d.counted("bob@example.com") == 40,
                 "40 forwards")
    windows = [counted_in_window(daemon, "bob@example.com")
               for daemon in daemons]
    trial.check(windows == [[40]] * 3, "clocks that are 90 minutes wrong empty "
                "no window of others", str(windows))
    for daemon, words in zip(daemons[1:], ("ahead of", "behind")):
        daemon.await_says(f"about 90 minutes {words} that of Redis")
        doctor = daemon.ask("doctor", "--no-postfix").stdout.decode()
        trial.check(f"90 minutes {words} that of Redis" in doctor,
                    f"... and whose clock is {words} it is told", doctor)
    trial.check(daemons[0].says("that of Redis") == 0,
                "... and who is right is not")
    alone(trial, daemons[0], server)
    for daemon in daemons:
        daemon.stop()


def alone(trial, daemon, server):
    """While Redis is away, what people are told is what one machine saw."""
    words = "this machine's memory only, Redis down since 20"
    server.stop()
    wait_for(lambda: b"store down" in daemon.ask("status").stdout, "the end")
    for ask in (["mailbox", "bob@example.com"], ["routes"], ["top", "--once"],
                ["destination", "drop@freemail.example"]):
        plain, json_too = daemon.ask(*ask), daemon.ask(*ask, "--json")
        trial.check(plain.stderr.decode().count(words) == 1 and
                    words not in plain.stdout.decode() and
                    json.loads(json_too.stdout)["alone"].startswith(words),
                    f"... Redis is away, and {ask[0]} says so",
                    f"{plain} {json_too}")


def read_events(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def interrupted(trial, scarce, redis):
    """One call in three is interrupted, and no write takes more than half of
    its bytes: log, events, control socket, link, snapshot, journal, Redis."""
    name = "redis" if redis else "memory"
    folder = trial.fresh("storm-" + name)
    server = Redis(folder)
    if redis:
        server.start()
    daemon = Daemon(folder, more(folder, f"""
log: {{target: "file:{folder}/log", events: "file:{folder}/events", all: true}}
store: {"unix:" + server.path if redis else "memory"}
redis: {{retry_time: 20ms, retry_max: 50ms}}
"""))
    daemon.log = folder + "/log"
    daemon.environment = scarce.environment()
    daemon.start()
    scarce.storm(1)
    for serial in range(50):
        forward(daemon, b"bob", serial)
    server.stop()
    daemon.signal(signal.SIGHUP)
    daemon.await_says("reload: done")
    for serial in range(50, 100):
        forward(daemon, b"bob", serial)
    daemon.signal(signal.SIGUSR2)
    daemon.await_says("has taken over")
    daemon.await_says(" stopped")
    for serial in range(100, 150):
        forward(daemon, b"bob", serial)
    clean = daemon.stop() == 0
    if redis:
        server.start()
    daemon.start()
    wait_for(lambda: daemon.counted("bob@example.com") == 150,
             "all that was counted")
    scarce.storm(0)
    daemon.stop()
    server.stop()
    events = read_events(folder + "/events")
    with open(daemon.log, encoding="utf-8") as file:
        torn = [line for line in file if line[:2] != "20"]
    trial.check(clean and len(events) == 150 and not torn and
                daemon.says("died of signal") == 0,
                f"calls interrupted, writes cut short ({name}): "
                f"{scarce.calls()} calls; 150 judged, counted and written",
                f"{clean} {len(events)} {torn[:3]}")


def interrupted_alerts(trial, scarce):
    """The same, of what goes to the alerter and from it."""
    folder = trial.fresh("storm-alerts")
    told = folder + "/told"
    command = folder + "/tell"
    with open(command, "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\nexec cat >>{told}\n")
    os.chmod(command, 0o755)
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind(folder + "/log.sock")
    log.settimeout(20)
    daemon = Daemon(folder, more(folder, f"""
log: {{events: none}}
alerts: {{from: log, command: [{command}], command_jobs: 1, syslog: yes,
  syslog_socket: {folder}/log.sock, throttle: 0s, rate: 1000, daemon: false}}
"""))
    daemon.environment = scarce.environment()
    daemon.start()
    scarce.storm(1)
    lines = []
    for serial in range(50):
        forward(daemon, b"bob", serial)
        lines.append(log.recv(2048))
    clean = daemon.stop() == 0
    scarce.storm(0)
    log.close()
    events = read_events(told)
    trial.check(clean and len(events) == 50 and
                all(b"alert: action=" in line for line in lines) and
                daemon.says("died of signal") == 0,
                "calls interrupted, writes cut short: 50 alerts are told "
                "whole, by a command and by syslog",
                f"{clean} {len(events)}")


def batches(trial, scarce, redis):
    """Memory fails at each allocation of a message that the store counts."""
    name = "redis" if redis else "memory"
    folder = trial.fresh("batch-" + name)
    server = Redis(folder)
    if redis:
        server.start()
    daemon = Daemon(folder, more(folder, f"""
log: {{events: none}}
store: {"unix:" + server.path if redis else "memory"}
"""))
    daemon.environment = scarce.environment()
    daemon.start()
    await_pool(daemon)
    seen = {"judged": 0, "closed": 0, "passed": 0}
    count = 0
    while count < 3000:
        count += 1
        scarce.give(count)
        try:
            seen[forward(daemon, b"bob", count)] += 1
        except (OSError, EOFError, struct.error):
            seen["closed"] += 1
        if scarce.left() > 0:
            break
    scarce.give(0)
    wait_for(lambda: holds(daemon), "a worker")
    for serial in range(5000, 5010):
        forward(daemon, b"alice", serial)
    wait_for(lambda: daemon.counted("alice@example.com") == 10,
             "counting after it")
    # hiredis before 1.0 does not look whether it got its next buffer; which
    # of the failures it meets depends on what threads do meanwhile.
    trial.check(seen["passed"] == 0 and seen["closed"] > 0 and
                died(daemon) <= (5 if redis else 0),
                f"each of {count} allocations of a counted message fails "
                f"({name}): judged {seen['judged']}, closed "
                f"{seen['closed']}, passed 0; then it counts as before",
                str(seen))
    daemon.stop()
    server.stop()


def descriptors(trial):
    folder = trial.fresh("descriptors")
    daemon = Daemon(folder, more(
        folder, "limits: {sessions: 40, hang_time: 4s}\n"))
    daemon.start()
    held = []
    for _ in range(40):
        wire = Wire(daemon.socket)
        wire.connect()
        held.append(wire)
    begun = time.monotonic()
    refused = outcome(daemon, 1)
    trial.check(refused == "closed" and time.monotonic() - begun < 1 and
                daemon.says("more than 40 connections") == 1,
                "a connection too many is closed at once, and said")
    trial.check(all(tagged(wire.deliver(b"4H", [])) for wire in held),
                "... the others are served")
    status = daemon.ask("status").stdout.decode()
    trial.check("more than 40 connections" in status, "... status says so",
                status)
    for wire in held:
        wire.socket.close()
    wait_for(lambda: holds(daemon), "room again")
    daemon.await_says("trouble is over: sessions")
    trial.check(True, "... until there is room")
    daemon.stop()

    folder = trial.fresh("few")
    daemon = Daemon(folder, more(folder, "limits: {hang_time: 4s}\n"))
    daemon.limit = 64
    daemon.start()
    held = []
    for _ in range(80):
        client = socket.socket(socket.AF_UNIX)
        client.connect(daemon.socket)
        held.append(client)
    daemon.await_says("more than 90% of 64 descriptors are in use")
    trial.check(True, "descriptors that run out are said before they do")
    for client in held:
        client.close()
    wait_for(lambda: holds(daemon), "descriptors again")
    daemon.await_says("trouble is over: descriptors")
    trial.check(daemon.says("died of signal") == 0,
                "with no descriptor left it lives, and judges again")
    daemon.stop()


def half_packets(trial):
    """Peers that stop within a packet, more than there are threads."""
    folder = trial.fresh("half")
    daemon = Daemon(folder, more(folder))
    daemon.start()
    held = []
    for _ in range(150):
        client = socket.socket(socket.AF_UNIX)
        client.connect(daemon.socket)
        client.sendall(b"\0\0")
        held.append(client)
    begun = time.monotonic()
    worst = 0
    good = True
    while good and time.monotonic() < begun + 10:
        before = time.monotonic()
        good = judges(daemon)
        worst = max(worst, time.monotonic() - before)
    trial.check(good and worst < 5,
                f"150 peers that stop within a packet: others wait "
                f"{worst * 1000:.0f} ms at most", str(worst))
    for client in held:
        client.close()
    daemon.stop()


def odd_macros(daemon):
    """Packets whose last macro has no value: libmilter looks for one
    past the end of its list, which no callback can keep it from. Was there an
    answer?"""
    wire = Wire(daemon.socket)
    try:
        wire.connect()
        wire.send(b"M", b"<eve@partner.example>\0")
        wire.send(b"R", b"<bob@example.com>\0")
        wire.send(b"D", b"E\0")
        wire.end()
        return True
    except (OSError, EOFError, struct.error):
        return False
    finally:
        wire.socket.close()


def five_packets(trial):
    folder = trial.fresh("five")
    daemon = Daemon(folder, more(folder, "log: {events: none}\n"))
    daemon.start()
    worst, deaths, passed = 0, 0, 0
    for serial in range(5):
        await_reserve(daemon)
        time.sleep(0.5)  # one that dies younger is not replaced at once
        other = Wire(daemon.socket)
        other.connect()
        other.begin(b"4OTHER")
        other.field(b"Subject", b"please tag")
        begun = time.monotonic()
        # What lies past the end is chance: some are answered.
        if all(odd_macros(daemon) for _ in range(100)):
            other.socket.close()
            continue
        deaths += 1
        wait_for(lambda: outcome(daemon, serial) == "judged", "a verdict")
        worst = max(worst, time.monotonic() - begun)
        try:
            passed += not tagged(other.end())
        except (OSError, EOFError, struct.error):
            pass  # closed: its MTA sends the message again
        other.socket.close()
    trial.check(passed == 0 and worst < 1,
                f"five packets that end a libmilter: {deaths} of 5 workers "
                f"died, the next verdict came after {worst * 1000:.0f} ms at "
                f"most, 0 messages passed", str(worst))
    daemon.stop()


def signals(trial):
    folder = trial.fresh("signals")
    daemon = Daemon(folder, more(folder, "log: {events: none}\n"))
    daemon.start()
    seen = {"judged": 0, "closed": 0, "passed": 0}
    stop = threading.Event()
    lock = threading.Lock()

    def client():
        serial = 0
        while not stop.is_set():
            serial += 1
            got = outcome(daemon, serial)
            with lock:
                seen[got] += 1

    clients = [threading.Thread(target=client) for _ in range(8)]
    for thread in clients:
        thread.start()
    until = time.monotonic() + 4
    while time.monotonic() < until:
        daemon.signal(random.choice([
            signal.SIGHUP, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2,
            signal.SIGCHLD, signal.SIGPIPE, signal.SIGURG]))
        for pid in daemon.workers()[:2]:
            try:
                os.kill(pid, random.choice([signal.SIGUSR1, signal.SIGPIPE,
                                            signal.SIGURG, signal.SIGCONT]))
            except ProcessLookupError:
                pass
        time.sleep(0.01)
    stop.set()
    for thread in clients:
        thread.join(30)
    wait_for(lambda: holds(daemon), "calm")
    trial.check(seen["passed"] == 0 and seen["closed"] == 0 and
                seen["judged"] > 100 and daemon.says("died of signal") == 0,
                f"signals at any moment: {seen['judged']} judged, 0 cut",
                str(seen))
    daemon.stop()


def full_disk(trial):
    folder = trial.fresh("full")
    for name in ("state", "disk"):
        os.mkdir(f"{folder}/{name}")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none",
                              folder + "/disk"], capture_output=True,
                             check=False).returncode == 0
    if not mounted:
        print("# no disk can be mounted here", flush=True)
        return
    try:
        os.mkdir(folder + "/disk/state")
        os.rmdir(folder + "/state")
        os.symlink("disk/state", folder + "/state")
        events = folder + "/disk/events"
        daemon = Daemon(folder, more(folder, f"""
keep: {{snapshot_time: 1s}}
limits: {{hang_time: 4s}}
log: {{events: "file:{events}"}}
"""))
        daemon.start()
        judges(daemon)
        with open(folder + "/disk/filler", "wb", buffering=0) as file:
            try:
                while file.write(b"x" * 512) > 0:
                    pass
            except OSError:
                pass
        for _ in range(20):
            judges(daemon)
        wait_for(lambda: b"log.events: cannot be written" in
                 daemon.ask("status").stdout, "the lost events to be said")
        wait_for(lambda: b"snapshot" in daemon.ask("status").stdout,
                 "the full disk to be said")
        doctor = daemon.ask("doctor", "--no-postfix")
        trial.check(judges(daemon) and doctor.returncode != 0 and
                    b"snapshot" in doctor.stdout,
                    "a full disk: judged all the same, status and doctor say "
                    "so", doctor.stdout.decode())
        os.unlink(folder + "/disk/filler")
        judges(daemon)
        wait_for(lambda: b"trouble" not in daemon.ask("status").stdout,
                 "room again")
        trial.check(True, "... until there is room")
        with open(events, encoding="utf-8") as file:
            lines = file.read().splitlines()
        trial.check(all(json.loads(line) for line in lines),
                    "... and every event that was written is whole")
        daemon.stop()
    finally:
        subprocess.run(["umount", "-l", folder + "/disk"], check=False)


def main():
    trial = Trial()
    try:
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            if sys.platform == "linux" and not is_sanitized():
                scarce = Scarce(folder)
                memory(trial, scarce)
                if reads_ahead():
                    pool(trial, scarce)
                clock(trial, scarce)
                wrong_clocks(trial)
                for redis in (False, True):
                    batches(trial, scarce, redis)
                    interrupted(trial, scarce, redis)
                interrupted_alerts(trial, scarce)
            descriptors(trial)
            half_packets(trial)
            five_packets(trial)
            signals(trial)
            if os.geteuid() == 0:
                full_disk(trial)
    finally:
        trial.close()
    trial.finish()


if __name__ == "__main__":
    main()
