# SPDX-License-Identifier: BSD-2-Clause
"""
The story of scripts/demo --redis: two Postfixes, each with its Forwarden,
count together in one Redis, which is killed and brought back in the middle.
"""
import json
import os
import sys

import time

from demo import PARTNER, letter, outcome, paint, title
from rig import Failure, Forwarden, Postfix, Redis, Rig, Sink, send, wait_until
from rig.forwarden import PACK

THRESHOLD = 20  # of forward-burst-mailbox, an hour
# Those that count forwards; the others would judge some of them earlier.
LISTS = """\
lists:
  role-mailboxes: ["file:{lists}/role-mailboxes.txt"]
"""
POLICIES = ", ".join(os.path.join(PACK, f"{name}.yaml") for name in (
    "external-forward", "redirect-external", "forward-burst-mailbox"))


class Server:
    """A Postfix and its Forwarden."""

    def __init__(self, rig, sink, redis, name):
        self.name = name
        self.forwarden = Forwarden(rig, name=f"forwarden-{name}", store=redis.url,
                                   policies=f"[{POLICIES}]", more=LISTS)
        self.postfix = Postfix(rig, sink, milter=self.forwarden.milter,
                               name=f"postfix-{name}")

    def start(self):
        self.forwarden.start()
        self.postfix.start()

    def store(self):
        return json.loads(self.forwarden.run("status", "--json"))["store"]

    def mailbox(self, address):
        return json.loads(self.forwarden.run("mailbox", "--json", address))


class Story:
    def __init__(self, rig):
        self.sink = Sink(rig)
        self.redis = Redis(rig)
        self.servers = [Server(rig, self.sink, self.redis, name) for name in ("mx1", "mx2")]
        self.frank, self.grace = rig.user("frank"), rig.user("grace")
        self.problems = []
        self.sent = {}  # subject: when

    def start(self):
        self.redis.start()
        for user in (self.frank, self.grace):
            user.forward(f"{user.name}@supplier.example")
        for server in self.servers:
            server.start()

    def expect(self, got, wanted, what):
        if got != wanted:
            self.problems.append(f"{what}: {got}, not {wanted}")

    def send(self, user, label, count):
        """By turns through both servers; the events they make."""
        subjects = [f"{label} {n + 1}" for n in range(count)]
        for number, subject in enumerate(subjects):
            server = self.servers[number % len(self.servers)]
            author = f"jo{len(self.sent)}@partner.example"  # the burst counts authors
            self.sent[subject] = time.monotonic()
            code, reply = send(server.postfix.intake, author, [user.address],
                               letter(subject, author, user.address), xclient=PARTNER)
            if code != 250:
                raise Failure(f"{server.name} said {code} {reply}")
        return wait_until(f"{count} verdicts", lambda: self.events(subjects))

    def events(self, subjects):
        found = [(server.name, event) for server in self.servers
                 for event in server.forwarden.events()
                 if event["email"].get("subject") in subjects]
        return found if len(found) >= len(subjects) else None

    def held(self):
        return sum(len(server.postfix.held()) for server in self.servers)


HEAD = ("what happened", "sent", "mx1", "mx2", "tagged", "held", "gaps")
WIDTHS = (44, 5, 5, 5, 7, 5, 12)


def row(*cells):
    print(" " + " ".join(f"{cell!s:<{width}}" if n == 0 or n == 6 else f"{cell!s:>{width}}"
                         for n, (cell, width) in enumerate(zip(cells, WIDTHS))))


def show(what, found):
    """One phase; how many were tagged and held."""
    did = [outcome(event) for _, event in found]
    gaps = sorted({gap for _, event in found for gap in event["forwarden"]["gaps"]})
    row(what, len(found), sum(name == "mx1" for name, _ in found),
        sum(name == "mx2" for name, _ in found), did.count("tagged"), did.count("held"),
        ", ".join(gaps) or "-")
    return did.count("tagged"), did.count("held")


def together(story):
    """Neither server sees more than 15; both together see 30."""
    got = show("30 to frank, by turns through both",
               story.send(story.frank, "together", 30))
    story.expect(got, (THRESHOLD, 10), "frank: tagged and held")


def outage(story):
    """8 with Redis, 8 without, 8 with it again: the 21st is held all the same."""
    got = show("8 to grace", story.send(story.grace, "before", 8))
    story.expect(got, (8, 0), "grace, before: tagged and held")
    story.redis.kill()
    found = story.send(story.grace, "during", 8)
    got = show("Redis is killed; 8 to grace", found)
    story.expect(got, (8, 0), "grace, during: tagged and held")
    gaps = {gap for _, event in found for gap in event["forwarden"]["gaps"]}
    story.expect("store-down" in gaps, True, "grace, during: the gap is shown")
    slowest = max(event["forwarden"]["store_us"] for _, event in found) / 1000
    story.redis.start()
    wait_until("both Forwardens at Redis again", lambda: all(
        server.store()["up"] and server.store()["journal"] == 0
        for server in story.servers), 60)
    got = show("Redis is back; 8 to grace", story.send(story.grace, "after", 8))
    story.expect(got, (4, 4), "grace, after: tagged and held")
    return slowest


def balance(story, slowest):
    """Nothing lost, nothing late, nothing counted twice."""
    boxes = [server.mailbox(story.grace.address) for server in story.servers]
    for server, box in zip(story.servers, boxes):
        story.expect((box["received"], box["forwarded"]), (24, 24),
                     f"grace at {server.name}: received and forwarded")
    wait_until("all mail at its end", lambda: len(story.sink.find(
        lambda m: any(r.endswith("@supplier.example") for r in m.recipients)))
        + story.held() >= 54)
    arrived = len(story.sink.messages)
    story.expect((arrived, story.held()), (40, 14), "mail that left, and held")
    print(f"""
 messages lost          {54 - arrived - story.held()}
 waited for the store   {slowest:.0f} ms at most while Redis was dead (the budget is 250)
 counts lost or doubled {boxes[0]['forwarded'] - 24} (grace forwarded 24; both servers say so)""")


def tell(story):
    title("Two Postfixes with a Forwarden each, one Redis")
    row(*HEAD)
    row(*("-" * width for width in WIDTHS))
    together(story)
    slowest = outage(story)
    balance(story, slowest)
    for server in story.servers:
        title(f"forwarden top, on {server.name}")
        print(server.forwarden.run("top", "--once"))
    title(f"forwarden mailbox {story.grace.address}, on mx2")
    print(story.servers[1].forwarden.run("mailbox", story.grace.address))
    title("redis-cli, for those who prefer it")
    for words in (("HGETALL", f"fw1:box:{{{story.grace.address}}}"),
                  ("HGETALL", f"fw1:route:{{{story.grace.address}}}")):
        print(f" > {' '.join(words)}")
        print("   " + story.redis.cli(*words).strip().replace("\n", " "))
    for problem in story.problems:
        print(paint("! " + problem, "31"))
    return not story.problems


def main():
    began = time.monotonic()
    with Rig("demo") as rig:
        story = Story(rig)
        story.start()
        fine = tell(story)
    print(f"\n{'All as told' if fine else paint('NOT AS TOLD', '41;1')}, "
          f"in {time.monotonic() - began:.0f} s; everything is stopped and removed.")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
