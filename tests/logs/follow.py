#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""forwarden scan --follow: what a log shows comes to the daemon, once, whatever
becomes of the log, of the daemon and of who follows; and what a user or a
stranger writes into a log does not."""
import datetime
import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "milter"))
from daemon import PROGRAM, Daemon, Redis, Trial, wait_for  # noqa: E402
from wire import Wire  # noqa: E402

MORE = """
policies: [{folder}/policies]
log: {{events: "file:{folder}/events"}}
"""
POLICY = """title: A new way out, by the log
id: 0b8a1f5c-6a55-4c8e-9d0e-2f6f0c1a7a11
status: stable
logsource: {category: email, product: forwarden, service: log}
detection: {new: {rcpt.new: true}, condition: new}
level: critical
x-forwarden-action: reject
---
title: Of every service
id: 5a2c7a0e-3a0c-4c0b-8f0c-6d9d1a2b3c4d
status: stable
logsource: {category: email, product: forwarden}
detection: {any: {rcpt.external: true}, condition: any}
level: high
"""
EARLY = 30  # seconds after which what was done is told
trial = Trial()


def stamp(ago):
    """RFC 3339, so many seconds before now."""
    at = datetime.datetime.now(datetime.timezone.utc)
    at -= datetime.timedelta(seconds=ago)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")


def lines_of(name, ago):
    """The lines of a log, as if they had been written in a second."""
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        lines = [line[15:] for line in file.read().splitlines()]
    return [stamp(ago - i / 1000) + line for i, line in enumerate(lines)]


def forward(number, ago=EARLY + 10, to="drop@mail.example"):
    """What Postfix writes of a message that a virtual alias sends out."""
    who, queue_id = "box%d@house.example" % number, "4F0000%04X" % number
    at = stamp(ago)
    return [
        f"{at} mx1 postfix/smtpd[9]: {queue_id}: client=a.shop.example[192.0.2.9]",
        f"{at} mx1 postfix/cleanup[9]: {queue_id}: message-id=<{number}@shop.example>",
        f"{at} mx1 postfix/qmgr[9]: {queue_id}: from=<a@shop.example>, size=9, nrcpt=1 (queue active)",
        f"{at} mx1 postfix/smtp[9]: {queue_id}: to=<{to}>, orig_to=<{who}>, relay=mx.mail.example[198.51.100.25]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)",
        f"{at} mx1 postfix/qmgr[9]: {queue_id}: removed"]


class Site:
    """A daemon, a log and who follows it."""

    def __init__(self, name, more=""):
        self.folder = trial.fresh(name)
        os.mkdir(self.folder + "/policies")
        with open(self.folder + "/policies/one.yaml", "w",
                  encoding="utf-8") as file:
            file.write(POLICY)
        self.log = self.folder + "/mail.log"
        self.errors = self.folder + "/follow"
        self.environment = dict(os.environ, TZ="UTC")
        self.process = None
        self.args = [self.log]
        self.daemon = Daemon(
            self.folder, MORE.format(folder=self.folder) + more)
        with open(self.daemon.config, encoding="utf-8") as file:
            text = file.read().replace("example.com", "house.example")
        with open(self.daemon.config, "w", encoding="utf-8") as file:
            file.write(text)
        self.daemon.start()

    def write(self, lines, path=None):
        with open(path or self.log, "a", encoding="utf-8") as file:
            file.write("".join(line + "\n" for line in lines))

    def start(self):
        times = self.says("follows ")
        with open(self.errors, "a", encoding="utf-8") as errors:
            self.process = subprocess.Popen(
                [PROGRAM, "scan", "--follow", "-c", self.daemon.config,
                 "--state", self.folder + "/position", *self.args],
                stderr=errors, env=self.environment)
        wait_for(lambda: self.says("follows ") > times or
                 self.process.poll() is not None, "who follows")
        # What it has is kept before it says that it is ready.
        wait_for(lambda: os.path.exists(self.folder + "/position") or
                 self.process.poll() is not None, "the state")

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(20)

    def restart(self, number=signal.SIGTERM):
        self.stop(number)
        self.start()

    def close(self):
        if self.process.poll() is None:
            self.stop()
        self.daemon.stop()

    def says(self, text):
        return self.daemon.says(text, self.errors)

    def await_says(self, text, times=1):
        self.daemon.await_says(text, times, self.errors)

    def routes(self):
        answer = self.daemon.ask("routes", "--json").stdout or b'{"routes":[]}'
        return {(one["mailbox"], one["destination"]): one["count"]
                for one in json.loads(answer)["routes"]}

    def await_routes(self, wanted, name, seconds=25):
        until = time.monotonic() + seconds
        while self.routes() != wanted and time.monotonic() < until:
            time.sleep(0.05)
        trial.check(self.routes() == wanted, name,
                    "%s\n# %s\n# %s" % (self.routes(), wanted,
                                        open(self.errors).read()))

    def events(self):
        try:
            with open(self.folder + "/events", encoding="utf-8") as file:
                return [json.loads(line) for line in file]
        except FileNotFoundError:
            return []


def expected(name, without=()):
    found = {}
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        for line in file:
            words = re.findall(r'(?:"[^"]*"|\S)+', line)
            if words and words[0] != "#" and words[0] not in without:
                found[words[0], words[1]] = sum(map(int, words[4:]))
    return found


def make_room(site):
    """LOG.2.gz becomes LOG.3.gz, LOG.1 becomes LOG.2."""
    for number in range(9, 0, -1):
        for end in ("", ".gz"):
            if os.path.exists(f"{site.log}.{number}{end}"):
                os.rename(f"{site.log}.{number}{end}",
                          f"{site.log}.{number + 1}{end}")


def rename(site):
    os.rename(site.log, site.log + ".1")


def copy_and_cut(site):
    shutil.copyfile(site.log, site.log + ".1")
    os.truncate(site.log, 0)


def pack(site):
    """Renamed and packed while nobody follows."""
    site.stop()
    with open(site.log, "rb") as file:
        data = file.read()
    with gzip.open(site.log + ".1.gz", "wb") as file:
        file.write(data)
    os.remove(site.log)
    site.write(["no line of mail"])
    site.start()


def written_on(site):
    """Renamed, and the writer does not know it yet."""
    os.rename(site.log, site.log + ".1")
    site.write(site.pending[:5], site.log + ".1")
    del site.pending[:5]


def asleep(site):
    """Rotated twice before it has looked."""
    site.process.send_signal(signal.SIGSTOP)
    rename(site)
    site.write(site.pending[:5])
    del site.pending[:5]
    make_room(site)
    copy_and_cut(site)
    site.process.send_signal(signal.SIGCONT)


def chunks(site, acts, size=10):
    """A log piece by piece; between two something happens to it."""
    for act in acts:
        site.write(site.pending[:size])
        del site.pending[:size]
        if act in (rename, copy_and_cut, pack, written_on, asleep):
            make_room(site)
        act(site)
    site.write(site.pending)


def test_log():
    site = Site("log")
    site.write(forward(999))
    site.start()
    site.pending = lines_of("postfix.maillog", EARLY - 5)
    chunks(site, [rename, Site.restart, copy_and_cut, pack, Site.restart,
                  lambda site: site.restart(signal.SIGKILL), written_on,
                  lambda site: site.restart(signal.SIGKILL), asleep,
                  Site.restart])
    # Pat's mail was seen at the listener; Xia's word has no message.
    wanted = expected("postfix.routes",
                      ("pat@house.example", "xia@house.example"))
    site.await_routes(wanted, "each forward of a log that is rotated, cut and "
                      "packed, by one that is ended and killed, once")
    events = site.events()
    trial.check(
        len(events) == len(wanted) and
        all(event["forwarden"]["action"] == "log" and
            event["forwarden"]["would"] == "log" and
            event["forwarden"]["source"] == "log" and
            event["event"]["kind"] == "alert" and
            [rule["uuid"][:8] for rule in event["rule"]] == ["0b8a1f5c"] and
            event["threat"]["technique"]["subtechnique"]["id"] == ["T1114.003"]
            for event in events),
        "policies of service log, and no others, make alerts and no more",
        json.dumps(events)[:3000])
    seen = site.daemon.ask("mailbox", "una@house.example").stdout.decode()
    trial.check("forwarded 2 to 1" in seen and "una.home@mail.example" in seen,
                "mailbox shows them", seen)
    seen = site.daemon.ask("top").stdout.decode()
    trial.check("una@house.example" in seen, "top does", seen)
    trial.check(site.says("may be missing") == 0, "nothing was lost",
                open(site.errors).read())
    trial.check(os.stat(site.folder + "/position").st_mode & 0o777 == 0o600,
                "the state is for nobody else")
    trial.check(site.stop() == 0, "told to end, it ends well")
    told = json.loads(site.daemon.ask("status", "--json").stdout)["follower"]
    trial.check(told["lines"] > 0 and told["told"] > 0 and
                told["lost"] == 0 and told["behind_ms"] == 0 and
                told["line"] > "2026",
                "status says how far it came", json.dumps(told))
    site.close()


def test_twice():
    """What a listener saw, and what was read twice."""
    site = Site("twice")
    site.write([])
    site.start()
    wire = Wire(site.daemon.socket)
    wire.connect()
    wire.send(b"D", b"Mi\0" b"4F00000007\0")
    wire.send(b"M", b"<a@shop.example>\0")
    wire.send(b"R", b"<drop@mail.example>\0ORCPT=rfc822;box7@house.example\0")
    wire.field(b"Message-ID", b"<7@shop.example>")
    wire.end()
    wire.socket.close()  # a session that is open keeps the daemon up
    wait_for(lambda: site.routes() != {}, "what the listener saw")
    before = open(site.folder + "/position", encoding="utf-8").read()
    site.write(forward(7) + forward(8))
    wanted = {("box7@house.example", "drop@mail.example"): 1,
              ("box8@house.example", "drop@mail.example"): 1}
    site.await_routes(wanted, "what a listener saw is not counted twice")
    site.stop()
    with open(site.folder + "/position", "w", encoding="utf-8") as file:
        file.write(before)
    site.start()
    site.write(forward(9))
    wanted["box9@house.example", "drop@mail.example"] = 1
    site.await_routes(wanted, "nor what is read again")
    site.stop()
    known = re.findall(r"(\d+) known already", open(site.errors).read())
    trial.check(sum(map(int, known)) >= 2, "... which is said", str(known))
    trial.check(len([e for e in site.events()
                     if e["forwarden"].get("source") == "log"]) == 2,
                "nor is it told of twice", str(len(site.events())))
    site.close()


def test_down():
    site = Site("down")
    site.write([])
    site.start()
    site.daemon.stop()
    site.write(forward(1))
    site.await_says("cannot reach the daemon")
    site.write(forward(2))
    site.restart()
    trial.check(site.says("cannot reach the daemon") >= 1,
                "a daemon that is away is told, and waited for")
    site.daemon.start()
    site.await_routes({("box1@house.example", "drop@mail.example"): 1,
                       ("box2@house.example", "drop@mail.example"): 1},
                      "what was seen meanwhile is told when it is back")
    site.close()


def test_redis():
    folder = trial.fresh("server")
    redis = Redis(folder)
    redis.start()
    site = Site("redis", f"store: unix:{redis.path}\n")
    site.write([])
    site.start()
    site.write(forward(1) + forward(2))
    site.restart(signal.SIGKILL)
    site.await_routes({("box1@house.example", "drop@mail.example"): 1,
                       ("box2@house.example", "drop@mail.example"): 1},
                      "with Redis, too")
    site.close()
    redis.stop()


def test_trust():
    """Whoever can write a line decides neither what is ours nor the time."""
    site = Site("trust")
    site.write([])
    site.start()
    at = stamp(EARLY + 10)
    site.write(
        # Mail to the intruder's domain is said to be delivered here.
        [f"{at} mx1 postfix/smtpd[9]: 4E00000001: client=a.shop.example[192.0.2.9]",
         f"{at} mx1 postfix/local[9]: 4E00000001: to=<x@mail.example>, relay=local, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (delivered to mailbox)"] * 3 +
        # A line of next year would have all judged at once.
        ["2090" + stamp(0)[4:] + " mx1 postfix/qmgr[9]: 4E00000002: removed"] +
        [line.replace("house.example", "other.example")
         for line in forward(3)] +
        forward(4, to="drop@house.example") + forward(5))
    site.await_routes({("box5@house.example", "drop@mail.example"): 1},
                      "what is ours is what the configuration says")
    site.stop()
    site.start()
    site.write(forward(6, ago=EARLY + 2))
    site.await_routes({("box5@house.example", "drop@mail.example"): 1,
                       ("box6@house.example", "drop@mail.example"): 1},
                      "a line of the future hides nothing")
    site.close()


def test_flood():
    """New routes are anybody's to invent: bounded, and told."""
    site = Site("flood")
    site.write([])
    site.start()
    lines = []
    for number in range(10050):
        lines += forward(number)
    site.write(lines)
    wait_for(lambda: len(site.routes()) >= 10000, "the flood", 60)
    site.write(forward(5))
    site.stop()
    trial.check(len(site.routes()) == 10000 and
                site.says("50 new routes past the limit") == 1,
                "ten thousand new routes an hour, and the others are told of",
                open(site.errors).read())
    site.close()


def test_trouble():
    site = Site("trouble")
    site.write(["no line of mail"])
    site.start()
    site.write(forward(1))
    wait_for(lambda: len(site.routes()) == 1, "a route")
    site.stop()
    os.remove(site.log)
    site.write(["x" * 200] + forward(2))
    site.start()
    site.await_says("lines may be missing")
    site.await_routes({("box1@house.example", "drop@mail.example"): 1,
                       ("box2@house.example", "drop@mail.example"): 1},
                      "a log that went away is told, and the new one read")
    site.stop()
    with open(site.folder + "/position", "a", encoding="utf-8") as file:
        file.write('{"mail":{"id":"")\n')
    site.write(forward(3))
    site.start()
    trial.check(site.says("that is no state of `forwarden scan --follow`") == 1
                and os.path.exists(site.folder + "/position.damaged-1"),
                "a state that cannot be read is told, and put aside",
                open(site.errors).read())
    site.write(["x" * 100000] + forward(4))
    site.await_routes({("box1@house.example", "drop@mail.example"): 1,
                       ("box2@house.example", "drop@mail.example"): 1,
                       ("box4@house.example", "drop@mail.example"): 1},
                      "... and a line that is too long hides nothing")
    os.mkfifo(site.folder + "/pipe")
    site.stop()
    site.args = [site.folder + "/pipe"]
    site.start()
    site.await_says("is no file, and cannot be followed")
    trial.check(True, "what is no file is told")
    site.close()
    for words, what in (
            (["--json"], "nothing is shown"),
            (["-c", "/nonexistent"], "cannot open")):
        answer = subprocess.run(
            [PROGRAM, "scan", "--follow", *words, site.log],
            capture_output=True, check=False, timeout=20)
        trial.check(answer.returncode == 2 and what in answer.stderr.decode(),
                    "--follow " + words[0], answer.stderr.decode())


def test_priorities():
    """What it says has a priority where stderr is the journal's."""
    site = Site("priorities")
    site.write(["no line of mail"])
    site.start()
    site.stop()
    trial.check(site.says("Z notice nothing is kept in ") == 1 and
                site.says("Z info follows ") == 1,
                "what it says has a time and a level",
                open(site.errors).read())
    os.remove(site.errors)
    with open(site.errors, "w", encoding="utf-8") as file:
        place = os.fstat(file.fileno())
    site.environment["JOURNAL_STREAM"] = f"{place.st_dev}:{place.st_ino}"
    os.remove(site.log)
    site.write(["x" * 200] + forward(2))
    site.start()
    site.await_says("lines may be missing")
    site.close()
    with open(site.errors, encoding="utf-8") as file:
        lines = file.read().splitlines()
    trial.check(all(re.match("<[3-7]>(error|warning|notice|info) ", line)
                    for line in lines) and
                any(line.startswith("<6>info follows ") for line in lines) and
                any(line.startswith("<4>warning ") and
                    "lines may be missing" in line for line in lines),
                "... to the journal a priority, and no time",
                "\n".join(lines))


JOURNALCTL = """#!/bin/sh
# The journal of the test: a file of lines, the cursor of a line its number.
echo "$*" >>%(folder)s/asked
after=0
follow=
for word in "$@"; do case $word in
--after-cursor=*) after=${word#*=} ;;
--follow) follow=-f ;;
--lines=1) tail -n 1 %(folder)s/journal; exit ;;
--lines=0) after=$(wc -l <%(folder)s/journal) ;;
esac; done
# Who follows sees this boot alone, unless all is merged.
boot=$(cat %(folder)s/boot 2>/dev/null || echo 0)
case "$*" in *--merge*) boot=0 ;; esac
[ -z "$follow" ] || [ "$after" -ge "$boot" ] || after=$boot
exec tail $follow -n +$((after + 1)) %(folder)s/journal
"""


def test_journal():
    site = Site("journal")
    folder = site.folder
    bin_folder = folder + "/bin"
    os.mkdir(bin_folder)
    with open(bin_folder + "/journalctl", "w", encoding="utf-8") as file:
        file.write(JOURNALCTL % {"folder": folder})
    os.chmod(bin_folder + "/journalctl", 0o755)
    # No Postfix that names a file, and no file.
    with open(bin_folder + "/postconf", "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\nexit 1\n")
    os.chmod(bin_folder + "/postconf", 0o755)
    site.environment["PATH"] = bin_folder + ":" + os.environ["PATH"]
    count = 0

    def journal(lines, uid=0):
        nonlocal count
        with open(folder + "/journal", "a", encoding="utf-8") as file:
            for line in lines:
                words = line.split(" ", 3)
                program = words[2].split("[")[0]
                at = datetime.datetime.fromisoformat(words[0])
                count += 1
                file.write(json.dumps({
                    "__CURSOR": str(count), "_UID": str(uid),
                    "__REALTIME_TIMESTAMP": str(int(at.timestamp() * 1e6)),
                    "_HOSTNAME": "mx1", "SYSLOG_IDENTIFIER": program,
                    "SYSLOG_PID": "9", "MESSAGE": words[3]}) + "\n")

    journal(forward(1))
    site.args = ["--journal"]
    site.start()
    journal(forward(2))
    journal(forward(3), uid=1000)
    wanted = {("box2@house.example", "drop@mail.example"): 1}
    site.await_routes(wanted, "the journal, from now on")
    site.stop()
    trial.check(site.says("5 of users") == 1,
                "a line that a user wrote is not believed, and told of",
                open(site.errors).read())
    journal(forward(4))
    with open(folder + "/boot", "w", encoding="utf-8") as file:
        file.write(str(count))  # and then the host went down
    site.start()
    journal(forward(5))
    wanted["box4@house.example", "drop@mail.example"] = 1
    wanted["box5@house.example", "drop@mail.example"] = 1
    site.await_routes(wanted, "... and after a restart from where it was")
    pid = subprocess.run(["pgrep", "-P", str(site.process.pid)],
                         capture_output=True, check=False).stdout.split()
    os.kill(int(pid[0]), signal.SIGKILL)
    site.await_says("journalctl ended")
    journal(forward(6))
    wanted["box6@house.example", "drop@mail.example"] = 1
    site.await_routes(wanted, "a journalctl that dies is told, and begun anew")
    site.close()


test_log()
test_twice()
test_down()
test_redis()
test_trust()
test_flood()
test_trouble()
test_priorities()
test_journal()
trial.close()
trial.finish()
