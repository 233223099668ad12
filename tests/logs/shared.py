#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""forwarden scan on logs of real servers, which are not ours to hand on and lie
in ../shared (or SHARED): as many routes right, with a mailbox or destination
that the log does not have, missed and false as there have to be."""
import collections
import csv
import json
import os
import subprocess
import sys

LOGS = os.path.join(os.environ.get("SHARED", ""), "data", "logs")
PROGRAM = os.environ["FORWARDEN"]
# The truth's file; right, unknown, missed and false; the logs.
SCANS = [
    ("postfix-syslog", (40, 0, 0, 0), ["postfix-syslog.log.1",
                                       "postfix-syslog.log"]),
    ("postfix-syslog", (40, 0, 0, 0), ["postfix-rfc3339.log",
                                       "postfix-rfc3339.log.1.gz"]),
    ("postfix-syslog", (40, 0, 0, 0), ["postfix-rfc5424.log.gz"]),
    ("postfix-journal", (40, 0, 0, 0), ["postfix-journal.json.gz"]),
    ("postfix-egress", (40, 0, 0, 0), ["postfix-egress.log"]),
    ("postfix-syslog", (39, 0, 1, 0), ["derived/postfix-newyear.log"]),
    ("postfix-forward-corners", (22, 0, 0, 0),
     ["postfix-forward-corners.log"]),
    ("exim-mainlog", (24, 1, 0, 0), ["exim-mainlog"]),
    ("exim-mainlog", (24, 1, 0, 0), ["exim-syslog.log"]),
    ("sendmail-level9", (9, 14, 0, 0), ["sendmail-level9.log"]),
]


def truth(name):
    """What was sent on, how often; and what no log can tell."""
    sent, invisible = collections.Counter(), set()
    with open(os.path.join(LOGS, name + ".truth.tsv")) as file:
        for row in csv.DictReader(file, delimiter="\t",
                                  quoting=csv.QUOTE_NONE):
            route = row["mailbox"], row["destination"]
            verdict = row.get("verdict") or row["kind"]
            if verdict in ("redirect", "copy", "notify", "bounced"):
                sent[route] += 1
            elif verdict == "invisible":
                invisible.add(route)
    return sent, invisible


def scan(*args):
    done = subprocess.run([PROGRAM, "scan", "--json", *args], cwd=LOGS,
                          env=dict(os.environ, TZ="UTC"), check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def found(logs):
    sent = collections.Counter()
    for one in scan(*logs):
        if one["event"]["dataset"] == "forwarden.scan":
            one = one["forwarden"]
            sent[one["mailbox"], one["destination"]] += (
                one["sent"] + one["waiting"] + one["lost"])
    return sent


def score(name, logs):
    """How many are right, unknown, missed and false, and which are not."""
    want, invisible = truth(name)
    got = found(logs)
    right = sum((want & got).values())
    left, more = want - got, got - want
    unknown, missed = 0, []
    for (mailbox, destination), times in left.items():
        for _ in range(times):
            near = [route for route in more if more[route] > 0 and (
                route[1] == destination or (
                    route[0] == mailbox and route[1].startswith("?")))]
            if near:
                more[near[0]] -= 1
                unknown += 1
            else:
                missed.append((mailbox, destination))
    false = [route for route in more.elements() if route not in invisible]
    return (right, unknown, len(missed), len(false)), missed + false


def unseen():
    with open(os.path.join(LOGS, "postfix-egress.unseen.tsv")) as file:
        want = {(row["queue_id"], row["recipient"])
                for row in csv.DictReader(file, delimiter="\t")}
    got = {(one["forwarden"]["queue_id"], one["forwarden"]["destination"])
           for one in scan("--egress", "egress", "postfix-egress.log")
           if one["event"]["dataset"] == "forwarden.departure"}
    return want, got


def main():
    if not os.path.isdir(LOGS):
        print("1..0 # SKIP the logs of real servers are not there: " + LOGS)
        return 0
    failed = 0
    for number, (name, want, logs) in enumerate(SCANS, 1):
        got, wrong = score(name, logs)
        failed += got != want
        print("%sok %d - %s: %d right, %d unknown, %d missed, %d false" % (
            "" if got == want else "not ", number, " ".join(logs), *got))
        for route in wrong if got != want else ():
            print("#   %s -> %s" % route)
    want, got = unseen()
    failed += want != got
    print("%sok %d - %d of %d departures that the listener did not see" % (
        "" if want == got else "not ", len(SCANS) + 1, len(want & got),
        len(want)))
    print("1..%d" % (len(SCANS) + 1))
    return failed > 0


sys.exit(main())
