#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
An intruder with nothing but a password writes a fresh message for each mail
that he takes: for a month, each way there is of doing it, under the policies
that ship. 15 mails come on a working day, 3 on others; all times are given. By
which message he is first seen, and by which policy; no message before it is.
"""
import os
import subprocess
import sys
import tempfile
from datetime import date, timedelta

TOP = os.environ["TOP_SRCDIR"]
DAY, HOUR = 86400, 3600
BEGIN = 20  # days before: the mailbox has written to others
MONTH = 30
MONDAY = date(2026, 1, 5)
DROP = "drop@corp.example"
HEAD = """\
letters:
  comes:
    client: 203.0.113.9 mail.partner.example
    from: bob@partner.example
    to: alice@example.com
  leaves:
    client: 198.51.100.66 vps.example.net
    user: alice@example.com
    listener: submission
    from: alice@example.com
tests:
  - name: %s
    steps:
"""
COMES = """\
      - after: %ds
        message:
          letter: comes
          header: |
            From: bob@partner.example
            To: alice@example.com
            Subject: %s
            Message-ID: <c%d@partner.example>
"""
LEAVES = """\
      - after: %ds
        message:
          letter: leaves
          to: %s
          header: |
            From: alice@example.com
            Subject: %s
            Message-ID: <s%d@example.com>
"""


def is_working(day):
    return (MONDAY + timedelta(days=day)).weekday() < 5


def arrivals():
    """(seconds, number), in working hours, as unevenly as mail comes."""
    came, state = [], 12345
    for day in range(MONTH):
        times = []
        for _ in range(15 if is_working(day) else 3):
            state = (state * 1103515245 + 12345) & 0x7fffffff
            times.append(day * DAY + 8 * HOUR + state * 34200 // 0x7fffffff)
        for seconds in sorted(times):
            came.append((seconds, len(came) + 1))
    return came


def subject(number):
    what = "Invoice" if number % 12 == 0 else "Offer"
    return f"{what} {number} for the roof of May"


def anew(number):
    return f"Photographs of the sea {number}"


def at_once(seconds, _):
    return seconds + 9


def later(seconds, number):
    return seconds + 180 + number * 431 % 3420


def soon(seconds, number):
    return seconds + 180 + number * 131 % 420


def next_day(seconds, _):
    day = seconds // DAY + 1
    while not is_working(day):
        day += 1
    return day * DAY + 9 * HOUR + (seconds % DAY - 8 * HOUR) // 2


ALL = arrivals()
SOME = [(seconds, number) for seconds, number in ALL if number % 12 == 0]
WEEKLY = [next(one for one in ALL if one[0] // DAY == 7 * week + week % 3)
          for week in range(4)]
DIGESTS = [(day * DAY + 19 * HOUR, day) for day in range(MONTH)]


class Way:
    """taken: what he takes; first: (policy, by which message)."""

    def __init__(self, name, taken, when, first, subject=subject,
                 to=lambda number: DROP, more=lambda number: ""):
        self.name, self.first = name, first
        self.sent = [(when(seconds, number), to(number), subject(number), more(number))
                     for seconds, number in taken]
        self.sent = sorted(one for one in self.sent if one[0] < MONTH * DAY)


def refers(number):
    return f"            References: <c{number}@partner.example>\n"


def automatic(_):
    return "            Auto-Submitted: auto-generated\n"


AT_ONCE, AGAIN = "carried-on-at-once", "carried-on-again"
DAILY, PACE = "carried-on-daily", "keeps-pace"
FOLLOWS, NEW = "follows-arrivals", "follows-arrivals-new"
WAYS = [
    Way("all, at once", ALL, at_once, (AT_ONCE, 3)),
    Way("all, at once, and it calls itself automatic", ALL, at_once, (AT_ONCE, 3),
        more=automatic),
    Way("all, 3 to 60 minutes later", ALL, later, (AGAIN, 5)),
    Way("all, next day in office hours", ALL, next_day, (AGAIN, 5)),
    Way("what has a keyword, at once", SOME, at_once, (AT_ONCE, 3)),
    Way("what has a keyword, later", SOME, later, (DAILY, 4)),
    Way("written anew, at once", ALL, at_once, (NEW, 4), anew),
    Way("encrypted, at once", ALL, at_once, (NEW, 4), lambda number: "..."),
    Way("written anew, later", ALL, later, (PACE, 35), anew),
    Way("what has a keyword, written anew, at once", SOME, at_once, (NEW, 4), anew),
    Way("to another address each time", ALL, later, ("carried-to-many", 8),
        to=lambda number: f"drop{number}@corp.example"),
    Way("among five addresses", ALL, later, (AGAIN, 21),
        to=lambda number: f"drop{number % 5}@corp.example"),
    Way("written anew with references, 3 to 10 minutes later", ALL, soon, (AGAIN, 5),
        anew, more=refers),
    Way("what has a keyword, with references, later", SOME, soon, (DAILY, 4),
        anew, more=refers),
    Way("one a week", WEEKLY, lambda seconds, _: seconds + HOUR, ("carried-on-slowly", 4)),
    Way("a digest once a day", DIGESTS, lambda seconds, _: seconds, None, anew),
    Way("what has a keyword, written anew, later", SOME, later, None, anew),
]


def write(way, file):
    begin = BEGIN * DAY
    steps = [(begin + seconds, COMES, (subject(number), number), "")
             for seconds, number in ALL]
    last = way.first[1] if way.first else len(way.sent)
    for n, (seconds, to, text, more) in enumerate(way.sent[:last], 1):
        expect = "{policies: none}" if not way.first or n < last else \
            f"{{matches: {way.first[0]}}}"
        steps.append((begin + seconds, LEAVES, (to, text, n),
                      f"{more}        expect: {expect}\n"))
    steps.append((0, LEAVES, ("carl@third.example", "Good morning to you all", 0), ""))
    steps.sort(key=lambda step: step[0])
    file.write(HEAD % way.name)
    before = 0
    for seconds, step, words, rest in steps:
        file.write(step % (seconds - before, *words) + rest)
        before = seconds


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for n, way in enumerate(WAYS, 1):
            path = os.path.join(folder, "way.test.yaml")
            with open(path, "w") as file:
                write(way, file)
            done = subprocess.run(
                [os.environ["FORWARDEN"], "test", "-p", os.path.join(TOP, "policies"), path],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            failed += done.returncode != 0
            told = "by no policy" if way.first is None else "by %s with message %d, %.1f days" % (
                *way.first, (way.sent[way.first[1] - 1][0] - way.sent[0][0]) / DAY)
            print("not ok" if done.returncode else "ok", f"{n} - {way.name}: {told}")
            if done.returncode:
                print("".join(f"# {line}\n" for line in done.stdout.splitlines()[:20]), end="")
    print(f"1..{len(WAYS)}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
