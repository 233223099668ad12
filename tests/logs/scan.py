#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""forwarden scan: every log here has the routes that stand beside it, in every
form in which a log may come; what is broken is told, and hides nothing."""
import bz2
import csv
import gzip
import io
import json
import lzma
import os
import re
import resource
import subprocess
import sys
import tempfile

TOP = os.environ["TOP_SRCDIR"]
PROGRAM = os.environ["FORWARDEN"]
HERE = os.path.join(TOP, "tests", "logs")
WORK = tempfile.TemporaryDirectory()
ENV = dict(os.environ, TZ="UTC")
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
count = 0
failed = 0


def check(good, name, *why):
    global count, failed
    count += 1
    failed += not good
    print("%sok %d - %s" % ("" if good else "not ", count, name), flush=True)
    if not good:
        for one in why:
            print("#   " + str(one).replace("\n", "\n#   ")[:3000])


def path(name):
    return os.path.join(WORK.name, name)


def write(name, data):
    with open(path(name), "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())
    return path(name)


def log(name):
    with open(os.path.join(HERE, name), "rb") as file:
        return file.read()


def scan(*args, data=None, env=None):
    return subprocess.run(
        [PROGRAM, "scan", *args], input=data, capture_output=True,
        timeout=60, env=env or ENV, cwd=HERE, check=False)


def routes(answer):
    found = set()
    for line in answer.stdout.decode().splitlines():
        one = json.loads(line)
        if one["event"]["dataset"] == "forwarden.scan":
            one = one["forwarden"]
            found.add((one["mailbox"], one["destination"], one["kind"],
                       one["by"], one["sent"], one["waiting"], one["lost"]))
    return found


def expected(name):
    found = set()
    with open(os.path.join(HERE, name)) as file:
        for line in file:
            fields = re.findall(r'(?:"[^"]*"|\S)+', line)
            if fields and not line.startswith("#"):
                found.add(tuple(fields[:4]) + tuple(map(int, fields[4:])))
    return found


def same(answer, name, what, status=0):
    want, got = expected(name), routes(answer)
    check(got == want and answer.returncode == status, what,
          "missing: %s" % sorted(want - got), "false: %s" %
          sorted(got - want), answer.stderr.decode())


def lines_of(name, year):
    """time, host, program, pid, text of a traditional log"""
    for line in log(name).decode().splitlines():
        at = re.match(r"(\w{3}) +(\d+) (\d\d:\d\d:\d\d) (\S+) (.*)", line)
        month, day, clock, host, rest = at.groups()
        tag = re.match(r"([^ \[]+)(?:\[(\d+)\])?: (.*)", rest)
        when = "%s-%02d-%02dT%s" % (
            year, MONTHS.index(month) + 1, int(day), clock)
        if tag:
            yield when, host, tag.group(1), tag.group(2), tag.group(3)


def as_rfc3339():
    return "".join("%s.123456+01:00 %s %s%s: %s\n" % (
        when, host, program, "[%s]" % pid if pid else "", text)
        for when, host, program, pid, text in
        lines_of("postfix.maillog", 2026))


def as_rfc5424():
    return "".join("<22>1 %s.5Z %s %s %s - [a b=\"]\\]\"] %s\n" % (
        when, host, program.split("/")[0], pid or "-", text)
        for when, host, program, pid, text in
        lines_of("postfix.maillog", 2026))


def as_journal():
    text = ""
    for number, (when, host, program, pid, message) in enumerate(
            lines_of("postfix.maillog", 2026)):
        one = {"__REALTIME_TIMESTAMP": str(
            1767600000000000 + number * 1000000), "_HOSTNAME": host,
            "_CMDLINE": None, "X": {"a": 1}["a"], "L": ["x", "y"],
            "SYSLOG_IDENTIFIER": program, "_PID": "1"}
        if pid:
            one["SYSLOG_PID"] = pid
        if number % 3 == 0:
            one["MESSAGE"] = list(message.encode())
        else:
            one["MESSAGE"] = message
        text += json.dumps(one) + "\n"
    return text


def forms():
    plain = log("postfix.maillog")
    same(scan("--json", "-", data=plain), "postfix.routes",
         "the standard input")
    same(scan("--json", write("crlf", plain.replace(b"\n", b"\r\n"))),
         "postfix.routes", "lines that end in CR LF")
    same(scan("--json", write("priority", re.sub(
        rb"^", b"<22>", plain, flags=re.M)[:-4])), "postfix.routes",
        "lines with a priority")
    same(scan("--json", write("rfc3339", as_rfc3339())), "postfix.routes",
         "RFC 3339 stamps")
    same(scan("--json", write("rfc5424", as_rfc5424())), "postfix.routes",
         "RFC 5424, which loses the service")
    same(scan("--json", write("journal", as_journal())), "postfix.routes",
         "the journal's JSON, with bytes as numbers")
    half = len(plain) // 2
    half = plain.index(b"\n", half) + 1
    old, new = write("mail.log.1", plain[:half]), write("m", plain[half:])
    same(scan("--json", new, old), "postfix.routes",
         "two files, the newer first")
    os.symlink(old, path("mail.log.link"))
    same(scan("--json", old, new, new, path("mail.log.link")),
         "postfix.routes", "what is given twice is read once")
    mixed = write("mixed", as_rfc3339()[:0].encode() + plain)
    same(scan("--json", mixed, write("empty", b"")), "postfix.routes",
         "an empty file beside")
    for name, pack in (("gzip", gzip.compress), ("xz", lzma.compress),
                       ("bzip2", bz2.compress)):
        packed = write("packed", pack(plain[:half]) + pack(plain[half:]))
        answer = scan("--json", packed)
        if b"which this build cannot read" in answer.stderr:
            check(answer.returncode == 2, "%s: this build says it cannot"
                  % name)
        else:
            same(answer, "postfix.routes", "%s, two members" % name)
    exim = re.sub(rb"^", b"Feb  3 10:00:00 mx exim[9]: ",
                  log("exim.maillog"), flags=re.M)[:-28]
    same(scan("--json", write("exim", exim)), "exim.routes",
         "Exim through syslog")


def answers():
    answer = scan("--csv", "postfix.maillog")
    rows = list(csv.DictReader(io.StringIO(answer.stdout.decode())))
    want = expected("postfix.routes")
    got = {(r["mailbox"], r["destination"], r["kind"], r["by"],
            int(r["sent"]), int(r["waiting"]), int(r["lost"])) for r in rows}
    check(got == want, "--csv has the same routes", got ^ want)
    check("house.example" in answer.stderr.decode() and
          "postfix" not in answer.stderr.decode(),
          "--csv: what was learned is said on the standard error")
    known = write("known.csv", answer.stdout)
    answer = scan("--known", known, "postfix.maillog")
    check(answer.returncode == 0 and b"12 known routes" in answer.stdout,
          "--known: nothing new is 0", answer.stdout.decode())
    some = scan("--json", "postfix.maillog").stdout.splitlines(True)[3:]
    answer = scan("--known", write("known.json", b"".join(some)),
                  "postfix.maillog")
    check(answer.returncode == 1 and b"known routes are not" in
          answer.stdout, "--known: something new is 1",
          answer.stdout.decode())
    plain = write("known.txt", "# mine\ntom@house.example x@y.example\nvic\n")
    answer = scan("--known", plain, "postfix.maillog")
    check(answer.returncode == 2 and b"known.txt:3: " in answer.stderr,
          "--known: half a route is refused, with its line",
          answer.stderr.decode())
    check(scan("--json", "--csv", "postfix.maillog").returncode == 2,
          "--json and --csv do not go together")
    hostile = "Jan  5 09:00:00 mx postfix/smtp[1]: AAAAA1: " \
        "to=<=cmd|x@evil.example>, orig_to=<a@house.example>, relay=mx[1.2." \
        "3.4]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)\n"
    answer = scan("--csv", "--local", "house.example", "-",
                  data=hostile.encode())
    check(b"\"'=cmd|x@evil.example\"" in answer.stdout,
          "--csv: no cell is a formula", answer.stdout.decode())


def egress():
    answer = scan("--egress", "egress", "egress.maillog")
    text = answer.stdout.decode()
    check("2 messages left by the listener \"egress\", 3 left without" in
          text and "look at transport_maps" in text and
          "look at sender_dependent" in text and
          "by a Postfix of another name" in text and
          "1 were held at the listener" in text,
          "--egress: what let mail by", text)
    got = [json.loads(one)["forwarden"] for one in
           scan("--json", "--egress", "postfix/egress", "egress.maillog")
           .stdout.decode().splitlines() if "forwarden.departure" in one]
    check([(one["queue_id"], one["seen"], one["held"]) for one in got] ==
          [("AAAA000004", False, False), ("AAAA000005", False, False),
           ("AAAA000006", False, False), ("AAAA000007", True, True)],
          "--egress: each departure, and what was held", got)
    answer = scan("--egress", "gress", "egress.maillog")
    check(answer.returncode == 2 and b"of that name" in answer.stderr,
          "--egress: a listener of another name is trouble",
          answer.stderr.decode())


def said(action, queue_id, clock, **more):
    """An event, as the daemon writes it."""
    own = {"destination": more.get("to", "x@mail.example")}
    if action == "log of a log":
        action, own["source"] = "log", "log"
    if "also" in more:
        own["flows"] = [{"destination": more["also"]}]
    return json.dumps({
        "@timestamp": "2026-04-06T%s.250Z" % clock,
        "event": {"action": action,
                  "id": "%s-%s-%s" % (queue_id, clock, action)},
        "email": {"local_id": queue_id,
                  "message_id": more.get("message_id", "none")},
        "rule": [{"name": "a-policy"}], "forwarden": own}) + "\n"


def judged(*lines, egress=("--egress", "egress")):
    """The answer, why each departure is in it, and what people see."""
    file = write("judged.log", "".join("%s.100Z %s %s%s: %s\n" % (
        when, host, program, "[%s]" % pid, text)
        for when, host, program, pid, text in
        lines_of("egress.maillog", 2026)))
    told = write("events", "".join(lines))
    answer = scan("--json", *egress, "--events", told, file)
    rows = [json.loads(one)["forwarden"] for one in
            answer.stdout.decode().splitlines()
            if '"forwarden.departure"' in one]
    text = scan(*egress, "--events", told, file)
    return answer, {one["queue_id"]: one["why"] for one in rows
                    if "why" in one}, text.stdout.decode()


def held_and_refused():
    first = said("log", "none", "06:00:00")
    answer, rows, text = judged(first, said("quarantine", "AAAA000007",
                                            "07:04:00"))
    check("it was not `forwarden held`" in rows.get("AAAA000007", "") and
          answer.returncode == 1 and "1 messages left all the same that "
          "had been held or refused" in text and
          "held 2026-04-06 07:04 by the policy a-policy" in text,
          "--events: what was held, and left though nobody released it",
          rows, text)
    _, rows, text = judged(first, said(
        "quarantine", "AAAA000007", "07:04:00"), said(
            "release", "AAAA000007", "07:08:59"))
    check("AAAA000007" not in rows and "0 messages left all the same" in text,
          "--events: what was released by us is no matter", rows, text)
    _, rows, _ = judged(first, said("reject", "AAAA000003", "07:00:02"))
    check("the MTA took it" in rows.get("AAAA000003", ""),
          "--events: what was refused, and left", rows)
    refused = {"message_id": "two.2@house.example", "to": "ann@shop.example"}
    _, rows, _ = judged(first, said("reject", "B1", "07:00:30", **refused))
    check("does not pass the listener" in rows.get("AAAA000004", ""),
          "--events: what was refused took another way", rows)
    refused = {"message_id": "two.2@house.example",
               "also": "ANN@shop.example"}
    _, rows, _ = judged(first, said("quarantine", "B1", "07:00:30",
                                    **refused))
    check("AAAA000004" in rows, "--events: one of several destinations", rows)
    for name, line in (
            ("to another", said("reject", "B1", "07:00:30", to="x@y.example",
                                message_id="two.2@house.example")),
            ("that was refused afterwards",
             said("reject", "B1", "07:01:30", to="ann@shop.example",
                  message_id="two.2@house.example")),
            ("under a queue id that was used before", said(
                "quarantine", "AAAA000004", "06:30:00")),
            ("that was put off", said("tempfail", "AAAA000004", "07:01:00"))):
        _, rows, _ = judged(first, line)
        check("AAAA000004" not in rows, "--events: mail " + name, rows)


def without_a_word():
    first = said("log", "none", "06:00:00")
    _, rows, text = judged(first)
    check(not rows and "1 more have no event" in text,
          "--events: forwards that passed the listener without a word",
          rows, text)
    _, rows, text = judged(first, said("log", "AAAA000003", "07:00:02"))
    check(not rows and "have no event" not in text,
          "--events: a forward of which the daemon told", rows, text)
    _, rows, _ = judged(first, said("log of a log", "AAAA000003", "07:00:02"))
    check("a log alone" in rows.get("AAAA000003", ""),
          "--events: one of which a log alone told", rows)
    _, rows, text = judged(said("log", "none", "07:05:00"))
    check("Not known: 1 forwards from before the first event" in text,
          "--events: before the first event nothing is known", text)
    _, rows, text = judged(first, egress=())
    check(not rows and "1 more have no event" in text,
          "--events: without a listener", rows, text)
    answer, _, text = judged(first, "{\"a\": 1}\n", first[:40] + "\n",
                             "no event\n")
    check(answer.returncode == 2 and b"some lines of the events" in
          answer.stderr and "Compared with 1 events" in text,
          "--events: lines that are none are told", answer.stderr.decode())
    answer = scan("--events", path("nowhere"), "egress.maillog")
    check(answer.returncode == 2 and b"nowhere" in answer.stderr,
          "--events: a file that is not there", answer.stderr.decode())


def times():
    line = "%s 10:00:00 mx postfix/smtp[1]: AAAAA%d: to=<x@y.example>, " \
        "orig_to=<a@house.example>, relay=mx[1.2.3.4]:25, delay=1, " \
        "delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)\n"
    text = line % ("Dec 30", 1) + line % ("Dec 31", 2) + line % ("Jan  1", 3)
    file = write("newyear", text)
    os.utime(file, (1767272400, 1767272400))  # 2026-01-01 13:00
    one = json.loads(scan("--json", "-l", "house.example", file).stdout)
    check(one["forwarden"]["first"] == "2025-12-30T10:00:00.000Z" and
          one["forwarden"]["last"] == "2026-01-01T10:00:00.000Z",
          "years are counted back from when a file was written", one)
    one = json.loads(scan("--json", "-l", "house.example", "--year", "2019",
                          file).stdout)
    check(one["forwarden"]["first"].startswith("2019-12-30") and
          one["forwarden"]["last"].startswith("2020-01-01"),
          "--year is of the first line", one)
    berlin = scan("--json", "-l", "house.example", file,
                  env=dict(ENV, TZ="Europe/Berlin"))
    check(json.loads(berlin.stdout)["forwarden"]["first"] ==
          "2025-12-30T09:00:00.000Z", "stamps are of this machine's zone",
          berlin.stdout)
    back = write("back", text + line % ("Dec 31", 4))
    os.utime(back, (1767272400, 1767272400))
    one = json.loads(scan("--json", "-l", "house.example", back).stdout)
    check(one["forwarden"]["sent"] == 4 and
          one["forwarden"]["first"] == "2025-12-30T10:00:00.000Z" and
          one["forwarden"]["last"] == "2026-01-01T10:00:00.000Z",
          "a line of last year that comes late", one)
    answer = scan("--json", "--since", "1d", "-l", "house.example", file)
    check(answer.stdout == b"" and answer.returncode == 2,
          "--since leaves out what is older, and says that nothing is left",
          answer.stderr.decode())


def places():
    root = path("root")
    os.makedirs(root + "/var/log")
    plain = log("postfix.maillog")
    half = plain.index(b"\n", len(plain) // 2) + 1
    with open(root + "/var/log/mail.log", "wb") as file:
        file.write(plain[half:])
    with gzip.open(root + "/var/log/mail.log.2.gz", "wb") as file:
        file.write(plain[:half])
    with open(root + "/var/log/mail.log.bak", "wb") as file:
        file.write(plain)
    same(scan("--json", "--root", root), "postfix.routes",
         "without a log the usual places are looked at")
    answer = scan("--root", path("nowhere"))
    check(answer.returncode == 2 and b"/var/log/maillog" in answer.stderr,
          "where there is none it says where it looked",
          answer.stderr.decode())


def broken():
    plain = log("postfix.maillog")
    answer = scan("--json", path("vanished"), HERE, "postfix.maillog")
    same(answer, "postfix.routes",
         "what is not there, or a directory, is told, and the rest is read",
         2)
    check(answer.stderr.count(b"cannot open") == 2, "both are named",
          answer.stderr.decode())
    packed = gzip.compress(plain)
    answer = scan("--json", write("cut.gz", packed[:len(packed) // 2]),
                  "postfix.maillog")
    check(answer.returncode == 2 and b"cut.gz: " in answer.stderr and
          len(routes(answer)) > 10, "half a packed file is told",
          answer.stderr.decode())
    answer = scan(write("none", "nothing\nat all\n"))
    check(answer.returncode == 2 and b"no line of a mail server" in
          answer.stderr, "a file that is no mail log", answer.stderr)
    noise = (b"\0" * 1000 + b"\n" + b"x" * 300000 + b"\n" +
             b"Jan  5 09:00:00 mx1 postfix/smtp[1]: AAAAA1: to=<" +
             b"y" * 70000 + b"\n{\"MESSAGE\": \"\n<22>1 \n<\n{}\n[\n"
             b"2026-99-99T10:00:00Z mx postfix/smtp[1]: x\n"
             b"Jan 99 99:99:99 mx postfix/smtp[1]: x\n"
             b"Jan  5 09:00:00 mx1 postfix/smtp[1]: 4A1B2C3D04: to=<a@b>, "
             b"relay=mx, status=sent\n"
             b"Jan  5 09:00:00 mx1 postfix/local[1]: 4A1B2C3D04: to=<\0@\0>,"
             b" relay=local, delay=1, dsn=2.0.0, status=sent (ok)\n")
    answer = scan(write("noise", noise + plain))
    check(answer.returncode == 0 and
          b"2 ends of lines longer than 64 KiB" in answer.stdout,
          "long lines are a gap", answer.stdout.decode())
    same(scan("--json", path("noise")), "postfix.routes",
         "noise, NULs and halves of lines hide nothing")
    cut = plain[:-30]
    check(len(routes(scan("--json", write("cut", cut)))) == 12,
          "a last line that is cut")


def pipes():
    os.mkfifo(path("silent"))
    silent = subprocess.Popen([PROGRAM, "scan", path("silent")], env=ENV,
                              stderr=subprocess.PIPE)
    os.mkfifo(path("pipe"))
    reader = subprocess.Popen([PROGRAM, "scan", "--json", path("pipe")],
                              env=ENV, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
    with open(path("pipe"), "wb") as pipe:
        pipe.write(log("postfix.maillog"))
    out, _ = reader.communicate(timeout=60)
    reader.stdout = out
    reader.stderr = b""
    same(reader, "postfix.routes", "a named pipe")
    _, why = silent.communicate(timeout=60)
    check(silent.returncode == 2 and b"nobody writes" in why,
          "a named pipe to which nobody writes does not hang", why)


def memory():
    """A Message-ID that all mail has costs no more than any other, nor do
    lines that a local user forged."""
    for kind in ([], ["constant"]):
        made = subprocess.run(
            [sys.executable, os.path.join(TOP, "tests/bench/maillog.py"),
             "24", *kind], stdout=subprocess.PIPE, check=True).stdout
        answer = scan("--json", "-", data=made)
        found = routes(answer)
        sent = sum(one[4] for one in found if one[3] == "alias/.forward")
        check(len(found) == 997 and sent == made.count(b"(forwarded as "),
              "24 MB%s: all that is forwarded" % (
                  ", one Message-ID" if kind else ""), len(found), sent)
    forged = b"".join(
        b"Jan  5 09:00:00 mx postfix/smtpd[%d]: %010X: client=x[1.2.3.4]\n"
        % (n % 999, n) for n in range(400000))
    answer = scan("-", data=forged + log("postfix.maillog"))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    with open(PROGRAM, "rb") as program:
        # A sanitizer keeps what was freed for a while, and marks all of it.
        most = 900 if b"__asan_init" in program.read() else 300
    check(answer.returncode == 0 and peak < most,
          f"400,000 forged lines, in less than {most} MB", peak)


def submitted(number, login, *to, status="sent (250 ok)"):
    """A message with a recipient more than its login gave."""
    queue_id = "5A1B2C3D%02X" % number
    client = "home.isp.example[198.51.100.9]"
    lines = [("smtpd", "connect from " + client),
             ("smtpd", "%s: client=%s, sasl_method=LOGIN, sasl_username=%s" %
              (queue_id, client, login)),
             ("cleanup", "%s: message-id=<%d@house.example>" %
              (queue_id, number)),
             ("qmgr", "%s: from=<%s>, size=700, nrcpt=%d (queue active)" %
              (queue_id, login, len(to))),
             ("smtpd", "disconnect from %s ehlo=2 auth=1 mail=1 rcpt=%d data=1"
              " quit=1 commands=7" % (client, len(to) - 1))]
    lines += [("smtp", "%s: to=<%s>, relay=mx[203.0.113.5]:25, delay=1, "
               "delays=0/0/0/1, dsn=2.0.0, status=%s" % (queue_id, one, status))
              for one in to]
    lines.append(("qmgr", queue_id + ": removed"))
    return "".join("Jan  5 10:%02d:00 mx1 postfix/%s[30]: %s\n" %
                   (number, program, text) for program, text in lines)


def found(text):
    answer = scan("--json", "-l", "house.example", "-", data=text.encode())
    return {(one["mailbox"], one["destination"], one["sent"],
             one["confidence"], one.get("via", ""))
            for one in (json.loads(line)["forwarden"]
                        for line in answer.stdout.splitlines())
            if one["by"] == "bcc"}


def added():
    """Of one message it cannot be told who was added, of several it can:
    the one that all of them have."""
    once = submitted(1, "tom@house.example", "a@mail.example",
                     "spy@evil.example")
    check(found(once) == {("tom@house.example", "?", 1, 50,
                           "one of a@mail.example spy@evil.example")},
          "a copy of one message: it is one of two", found(once))
    often = once + "".join(
        submitted(n, "tom@house.example", "%d@mail.example" % n,
                  "SPY@evil.example") for n in (2, 3, 4))
    said = found(often)
    check({one[:3] for one in said} ==
          {("tom@house.example", "spy@evil.example", 4)} and
          min(one[3] for one in said) > 50,
          "of four messages: the one that all have", said)
    other = often + submitted(5, "tom@house.example", "x@mail.example",
                              "y@mail.example")
    check(found(other) == set(), "one without it: nobody is added to all",
          found(other))
    both = often + submitted(6, "una@house.example", "p@mail.example",
                             "q@mail.example")
    check(len(found(both)) == 2, "each login for itself", found(both))


def commands():
    """An address in a command that a mailbox gives its mail to is told, who it
    is sent by is not."""
    def told(command):
        lines = ("smtpd[20]: 4A1B2C4F01: client=out.shop.example[203.0.113.7]",
                 "cleanup[21]: 4A1B2C4F01: message-id=<c@shop.example>",
                 "qmgr[12]: 4A1B2C4F01: from=<ann@shop.example>, size=9, nrcpt=1 "
                 "(queue active)",
                 "local[22]: 4A1B2C4F01: to=<vic@house.example>, relay=local, "
                 "delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (delivered "
                 "to command: %s)" % command,
                 "qmgr[12]: 4A1B2C4F01: removed")
        text = "".join("Jan  5 11:00:00 mx1 postfix/%s\n" % line
                       for line in lines)
        answer = scan("--json", "-l", "house.example", "-",
                      data=text.encode())
        rows = [json.loads(line)["forwarden"]
                for line in answer.stdout.splitlines()]
        return {one["destination"] for one in rows
                if one.get("destination") and one.get("by") == "command"}
    for command, want in (
            ("/usr/bin/resend -f vic@house.example drop@evil.example",
             {"drop@evil.example"}),
            ("/usr/sbin/sendmail -i '<a@evil.example>,' \"b@evil.example\"",
             {"a@evil.example", "b@evil.example"}),
            ("/usr/bin/store --to=x@evil.example /srv/a@b.example/mail", set()),
            ("/usr/bin/resend x@evil.example)Jan", set()),
            ("/usr/bin/vacation vic", set())):
        check(told(command) == want, "a command: " + command, told(command))


def documents():
    """What docs/scan.md shows is what one sees."""
    with open(os.path.join(TOP, "docs/scan.md")) as file:
        blocks = re.findall(r"^    \$ (forwarden scan .*)\n((?:    .*\n|\n(?=    ))*)",
                            file.read(), re.M)
    check(len(blocks) >= 2, "docs/scan.md has examples", blocks)
    for command, shown in blocks:
        args = command.split()[1:]
        answer = subprocess.run([PROGRAM, *args], capture_output=True,
                                env=ENV, cwd=TOP, check=False, timeout=60)
        want = re.sub(r"^    ", "", shown, flags=re.M).rstrip().splitlines()
        got = answer.stdout.decode().rstrip().splitlines()
        # The year of a log that has none is this one.
        want, got = ([re.sub(r" +$", "", re.sub(r"20\d\d-", "", line))
                      for line in lines] for lines in (want, got))
        check(want == got, "docs/scan.md: " + command,
              "\n".join(got))


for each in sorted(os.listdir(HERE)):
    if each.endswith(".routes"):
        same(scan("--json", each.replace(".routes", ".maillog")), each,
             each.replace(".routes", ".maillog"))
for part in (forms, answers, added, commands, egress, held_and_refused,
             without_a_word, times, places, broken,
             pipes, memory, documents):
    part()
print("1..%d" % count)
sys.exit(failed > 0)
