#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
forwarden held --tend on a real Postfix: another mail server on the same Redis
asks, and the one that holds the message obeys within seconds; what cannot be
done is an event; what is held for too long is told, or let go, or deleted, as
held.expire says; and a tender that has stopped is missed.
"""
import json
import os
import signal
import subprocess
import sys
import time
import urllib.parse

from held import STRANGER, Site, metrics
from rig import (Failure, Forwarden, Postfix, Redis, Rig, Sendmail, Sink, Tap, free_port, send,
                 wait_until)
from rig.forwarden import program


def ask(forwarden, path, post=False):
    """Status and answer of the control socket."""
    command = ["curl", "-s", "--unix-socket", forwarden.control, "-w", "\n%{http_code}",
               *(["-X", "POST", "-d", ""] if post else []), "http://x" + path]
    text = subprocess.run(command, stdout=subprocess.PIPE).stdout.decode()
    body, code = text.rsplit("\n", 1)
    return int(code), json.loads(body or "null")


def ask_for(forwarden, queue_id, **parameters):
    return ask(forwarden, f"/v1/held-ask/{queue_id}?" + urllib.parse.urlencode(parameters), True)


MORE = """\
http: 127.0.0.1:{port}
log: {{{{events: "file:{folder}/events.json"}}}}
"""


class Tender:
    """forwarden held --tend, beside a site's Postfix."""

    def __init__(self, rig, site):
        self.rig, self.site, self.process = rig, site, None
        self.log_file = os.path.join(site.forwarden.folder, "tender.log")

    def start(self):
        self.process = self.rig.spawn(
            ["unshare", "-u", "sh", "-c", 'hostname mx.example.com; exec "$@"', "sh",
             program(), "held", "--tend", "--every", "1", "-c", self.site.forwarden.file,
             *self.site.where, *self.site.state], self.log_file, env=self.site.environment)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def log(self):
        with open(self.log_file, errors="replace") as f:
            return f.read()


def rename(forwarden, host):
    """Another mail server of the same Redis has another name."""
    with open(forwarden.file) as f:
        text = f.read()
    with open(forwarden.file, "w") as f:
        f.write("".join(line for line in text.splitlines(True) if not line.startswith("host:"))
                + f"host: {host}\n")


def own(forwarden):
    _, answer = ask(forwarden, "/v1/held-list")
    return next(h for h in answer["hosts"] if h["own"])


def other(forwarden, name):
    _, answer = ask(forwarden, "/v1/held-list")
    return next((h for h in answer["hosts"] if h["host"] == name), None)


class Case:
    def __init__(self, rig, tap):
        self.tap, self.rig = tap, rig
        self.redis = Redis(rig)
        self.redis.start()
        self.site = Site(rig, store=self.redis.url, more=MORE.format(
            port=self.port(), folder="{folder}"))
        self.site.forwarden.events = self.events
        self.sink = Sink(rig)
        self.postfix = Postfix(rig, self.sink, milter=self.site.forwarden.milter)
        self.postfix.start()
        self.site.where = ["--postfix", self.postfix.config]
        self.elsewhere = Forwarden(rig, name="elsewhere", store=self.redis.url)
        rename(self.elsewhere, "mx2.example.com")
        self.elsewhere.start()
        self.tender = Tender(rig, self.site)

    def events(self):
        with open(os.path.join(self.site.forwarden.folder, "events.json")) as f:
            return [json.loads(line) for line in f if line.endswith("\n")]

    def port(self):
        self.http = free_port()
        return self.http

    def hold(self, subject):
        """One more that is held: its row."""
        before = {r["id"] for r in self.site.rows()}
        send(self.postfix.intake, STRANGER, [self.site.alice.address], self.site.mail(subject))
        return wait_until("held mail", lambda: next(
            (r for r in self.site.rows() if r["id"] not in before), None))

    def event(self, action, queue_id, outcome="success"):
        return self.site.forwarden.wait_event(
            lambda e: e["event"]["action"] == action and e["event"]["outcome"] == outcome
            and e["email"]["local_id"] == queue_id)


def nobody_tends(case):
    tap, row = case.tap, case.hold("nobody")
    code, answer = ask_for(case.elsewhere, row["id"], act="release", host="mx.example.com")
    tap.ok(code == 503 and "nobody looks after" in answer["error"],
           "without a tender an ask is refused, and it is said why", code, answer)
    case.site.held("delete", row["id"])


def is_seen(case):
    tap = case.tap
    case.tender.start()
    wait_until("the tender's sign", lambda: "tender" in own(case.elsewhere) or other(
        case.elsewhere, "mx.example.com") or "tended" in own(case.site.forwarden))
    row = case.hold("first \u202e\x1b[31m")
    rows = wait_until("the list", lambda: own(case.site.forwarden)["held"])
    tap.ok(rows[0]["id"] == row["id"] and rows[0]["event"] == row["event"]["event"]["id"]
           and rows[0]["mailbox"] == case.site.alice.address
           and rows[0]["policies"] == ["to-hold"], "the daemon knows what is held", rows)
    theirs = wait_until("the other's list", lambda: other(case.elsewhere, "mx.example.com"))
    tap.ok(theirs["by"] == "events" and theirs["held"][0]["id"] == row["id"]
           and theirs["tender"], "the other one knows by the events", theirs)
    shown = metrics(case.site)
    tap.ok(shown.get("forwarden_held") == "1"
           and int(shown["forwarden_held_look_age_seconds"]) < 30
           and int(shown["forwarden_held_oldest_timestamp_seconds"]) > 0, "the metrics", shown)
    return row


def obeys(case, row):
    tap, drop = case.tap, case.site.drop
    begun = time.monotonic()
    code, answer = ask_for(case.elsewhere, row["id"], act="release", host="mx.example.com",
                           by="operator", why="he asked")
    tap.ok(code == 200 and answer["asked"] and answer["event"] == row["event"]["event"]["id"],
           "another mail server asks", code, answer)
    code, answer = ask_for(case.elsewhere, row["id"], act="delete", host="mx.example.com")
    tap.ok(code in (404, 409), "the opposite of it is refused, or too late", code, answer)
    case.sink.wait(case.sink.to(drop))
    event = case.event("release", row["id"])
    took = time.monotonic() - begun
    tap.ok(event["forwarden"]["by"] == "operator" and event["forwarden"]["why"] == "he asked"
           and event["forwarden"]["host"] == "mx.example.com", "the tender obeys: an event", event)
    print(f"# obeyed and delivered within {took:.1f} s")
    tap.attempt("nothing is asked any more", lambda: wait_until(
        "no ask", lambda: ask(case.elsewhere, "/v1/held-list")[1]["asks"] == []))
    tap.attempt("nothing is held any more", lambda: wait_until(
        "the list", lambda: own(case.site.forwarden)["held"] == []
        and metrics(case.site).get("forwarden_held") == "0"))
    code, answer = ask_for(case.elsewhere, row["id"], act="release", host="mx.example.com")
    tap.ok(code == 404 and "was let go" in answer["error"], "asked again: gone", code, answer)
    tap.equal(case.site.counts()[0], 0, "the counts follow")
    tap.equal(len(case.sink.find(case.sink.to(drop))), 1, "delivered once")


def cannot(case):
    """An ask whose message is gone meanwhile, and mail that others hold."""
    tap, row = case.tap, case.hold("gone")
    case.tender.process.send_signal(signal.SIGSTOP)
    code, answer = ask_for(case.elsewhere, row["id"], act="delete", host="mx.example.com", by="op")
    tap.ok(code == 200, "asked while the tender sleeps", code, answer)
    before = len(case.sink.find(case.sink.to(case.site.drop)))
    case.postfix.super("-H", row["id"])
    wait_until("it leaves", lambda: len(
        case.sink.find(case.sink.to(case.site.drop))) == before + 1)
    case.tender.process.send_signal(signal.SIGCONT)
    event = case.event("delete", row["id"], "failure")
    tap.ok("not held here any more" in event["forwarden"]["failed"]
           and event["forwarden"]["by"] == "op", "it cannot be done: an event says so", event)
    tap.attempt("and it is not asked for any more", lambda: wait_until(
        "no ask", lambda: ask(case.elsewhere, "/v1/held-list")[1]["asks"] == []))
    for path, wanted in (
            ("/v1/held-ask/..%2Fx?act=release", 400), ("/v1/held-ask/ABC?act=eat", 400),
            ("/v1/held-ask/ABC?act=release&host=a|b", 400), ("/v1/held-ask/ABC?act=release", 404)):
        code, answer = ask(case.site.forwarden, path, True)
        tap.ok(code == wanted, f"{path}: {wanted}", code, answer)
    for path in ("/v1/held-list", "/v1/held-seen?count=7", "/v1/held-ask/X?act=release"):
        code = subprocess.run(
            ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X",
             "GET" if "list" in path else "POST", f"http://127.0.0.1:{case.http}{path}"],
            stdout=subprocess.PIPE).stdout
        tap.ok(code == b"403", f"{path}: not by the port", code)


def down(case):
    """What is done while the daemon is away is told when it is back."""
    tap, row = case.tap, case.hold("down")
    wait_until("the count", lambda: case.site.counts()[0] > 0)
    case.site.counts_before = case.site.counts()[0]
    case.tender.stop()
    case.site.forwarden.stop()
    before = len(case.sink.find(case.sink.to(case.site.drop)))
    held = case.site.counts_before
    code, text, said = case.site.held("release", row["id"])
    tap.ok(code == 1 and "released" in text and "no event tells so yet" in said
           and "by the files of log.events" in said, "released while the daemon is away", said)
    wait_until("it leaves", lambda: len(
        case.sink.find(case.sink.to(case.site.drop))) == before + 1)
    case.site.forwarden.start()
    case.tender.start()
    tap.attempt("the tender tells of it", lambda: wait_until(
        "the event", lambda: any(
            e["event"]["action"] == "release" and e["email"]["local_id"] == row["id"]
            for e in case.stream())))
    tap.attempt("and the counts follow", lambda: wait_until(
        "counts", lambda: case.site.counts()[0] == held - 1))


def configure(case, more):
    forwarden = case.site.forwarden
    with open(forwarden.file) as f:
        text = "".join(line for line in f if not line.startswith("held:"))
    with open(forwarden.file, "w") as f:
        f.write(text + more)
    case.tender.reload()


def expires(case):
    tap, row = case.tap, case.hold("old")
    configure(case, "held: {expire: 1s}\n")
    event = case.event_of_stream("expire", row["id"])
    tap.ok("longer than 1s" in event["forwarden"]["why"]
           and event["forwarden"]["by"] == "held.expire", "expired: an event", event)
    looks = own(case.site.forwarden)["seen"]
    wait_until("more looks", lambda: own(case.site.forwarden)["seen"] > looks)
    time_of = own(case.site.forwarden)["seen"]
    wait_until("more looks", lambda: own(case.site.forwarden)["seen"] > time_of)
    tap.equal(len([e for e in case.stream() if e["event"]["action"] == "expire"]), 1,
              "told once")
    tap.equal([r["id"] for r in case.site.rows()], [row["id"]], "and held as before")
    before = len(case.sink.find(case.sink.to(case.site.drop)))
    configure(case, "held: {expire: 1s, expire_action: release}\n")
    event = case.event_of_stream("release", row["id"])
    tap.ok(event["forwarden"]["by"] == "held.expire", "released when it expires", event)
    wait_until("it leaves", lambda: len(
        case.sink.find(case.sink.to(case.site.drop))) == before + 1)
    configure(case, "")
    row = case.hold("older")
    configure(case, "held: {expire: 1s, expire_action: delete}\n")
    event = case.event_of_stream("delete", row["id"])
    tap.ok(event["forwarden"]["why"].startswith("it is held"), "deleted when it expires", event)
    configure(case, "")


def stops(case):
    tap = case.tap
    case.tender.stop()

    def found():
        text = case.site.forwarden.run("doctor", "--json", check=False)
        return [row for row in json.loads(text) if row["subject"] == "held"]
    tap.ok(found()[0]["level"] == "fine", "a tender that stopped just now is no news", found())
    # As if it were an hour later: what daemons remember of it goes, too.
    daemons = (case.site.forwarden, case.elsewhere)
    for daemon in daemons:
        daemon.stop()
        state = os.path.join(daemon.folder, "state")
        for name in os.listdir(state):
            os.unlink(os.path.join(state, name))
    then = int((time.time() - 3600) * 1000)
    case.redis.cli("HSET", "fw1:orders", "tender|mx.example.com",
                   f"{then} {then + 86400000} 1 x looks",
                   "version", str(int(time.time() * 1000) + 1000))
    for daemon in daemons:
        daemon.start()
    tap.ok(any(row["level"] == "wrong" and "does not any more" in row["finding"]
               for row in found()), "one that stopped an hour ago is missed", found())
    row = case.hold("missed")
    code, answer = ask_for(case.elsewhere, row["id"], act="release", host="mx.example.com")
    tap.ok(code == 503 and "was heard last at" in answer["error"], "and nothing is asked of it",
           code, answer)


def on_sendmail(tap):
    """It lifts the quarantine, and the next run of the queue delivers."""
    with Rig("held-tender-sendmail") as rig:
        site = Site(rig)
        sink = Sink(rig, host="127.0.0.2")
        egress = Sendmail(rig, sink, milter=f"inet:{site.forwarden.port}@127.0.0.1",
                          name="egress", host="egress")
        intake = Sendmail(rig, egress)
        for sendmail in (egress, intake):
            sendmail.start()
        site.environment = egress.environment
        site.where = ["--sendmail", egress.folder, "--sendmail-program", egress.program]
        tender = Tender(rig, site)
        tender.start()
        try:
            send(intake.port, STRANGER, [site.alice.address], site.mail("sendmail"))
            row = wait_until("the list", lambda: own(site.forwarden)["held"])[0]
            code, answer = ask_for(site.forwarden, row["id"], act="release", by="op")
            tap.ok(code == 200, "Sendmail: asked", code, answer)
            sink.wait(sink.to(site.drop))
            site.forwarden.wait_event(lambda e: e["event"]["action"] == "release")
            tap.attempt("Sendmail: nothing is held any more", lambda: wait_until(
                "the list", lambda: own(site.forwarden)["held"] == []))
            tap.equal(site.counts(), (0, 1, 1), "Sendmail: the counts follow")
            tap.equal(len(sink.find(sink.to(site.drop))), 1, "Sendmail: delivered once")
        except Failure as failure:
            tap.fail("Sendmail", failure, site.forwarden.log()[-3000:], tender.log()[-2000:])


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip_all("needs root")
    with Rig("held-tender") as rig:
        case = Case(rig, tap)
        case.stream = lambda: json.loads(
            "[" + ",".join(case.site.forwarden.run("events", "-n", "1000").splitlines()) + "]")
        case.event_of_stream = lambda action, queue_id: wait_until("an event", lambda: next(
            (e for e in case.stream() if e["event"]["action"] == action
             and e["email"]["local_id"] == queue_id), None))
        try:
            nobody_tends(case)
            obeys(case, is_seen(case))
            cannot(case)
            down(case)
            expires(case)
            stops(case)
        except Failure as failure:
            tap.fail("tender", failure, case.site.forwarden.log()[-3000:],
                     case.tender.log()[-2000:] if case.tender.process else "",
                     case.postfix.log()[-2000:])
    on_sendmail(tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
