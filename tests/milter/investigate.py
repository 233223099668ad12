#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""forwarden investigate: of events alone, of a daemon, of what a hostile
sender wrote; and the example in docs/investigate.md."""
import gzip
import html.parser
import http.client
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon import PROGRAM, Daemon, Trial, wait_for  # noqa: E402

TOP = os.path.abspath(os.environ.get("TOP_SRCDIR", "."))
POLICIES = os.path.join(TOP, "policies")
CAMPAIGN = POLICIES + "/campaign-one-destination.test.yaml"
SUBJECT = ("<script>alert(1)</script><img src=http://evil.example/x>"
           "\x1b[2J\u202egpj.exe\"'&")
HOSTILE = "a'$(reboot)<b>&x@evil.example"


def run(*words):
    done = subprocess.run([PROGRAM, *words], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60, check=False)
    return (done.returncode, done.stdout.decode(), done.stderr.decode())


def campaign():
    done = subprocess.run(
        [PROGRAM, "test", "--events", "-p", POLICIES, CAMPAIGN],
        stdout=subprocess.PIPE, check=False)
    return [line for line in done.stdout.decode().split("\n")
            if line.startswith("{")]


def event(number, **more):
    """As the daemon writes them; more is of the flow."""
    flow = {"mailbox": "alice@example.com", "destination": HOSTILE,
            "kind": "redirect", "confidence": 90, "action": "none",
            "would": "quarantine", "mode": "observe", "gaps": [],
            "policies": ["some-policy"],
            "evidence": [{"name": "orcpt", "speaker": "stranger"}]}
    flow.update(more)
    return {"@timestamp": f"2026-01-05T09:{number // 60:02}:"
            f"{number % 60:02}.000Z",
            "event": {"id": f"{number:016x}", "action": "none"},
            "email": {"subject": SUBJECT, "message_id": f"<i>{number}@x",
                      "local_id": f"Q{number}",
                      "from": {"address": ["bob@partner.example"]}},
            "smtp": {"helo": SUBJECT, "auth": {"user": "mallory"}},
            "source": {"ip": "192.0.2.1"}, "forwarden": flow}


class Files:
    """A configuration without a daemon, and its file of events."""

    def __init__(self, trial, name, more=""):
        self.folder = trial.fresh(name)
        self.config = self.folder + "/forwarden.yaml"
        self.log = self.folder + "/events.json"
        with open(self.config, "w") as file:
            file.write("local: {domains: [example.com]}\n"
                       f"log: {{events: 'file:{self.log}'}}\n"
                       f"control: unix:{self.folder}/none.sock\n" + more)

    def write(self, lines, end=""):
        opened = gzip.open if end.endswith(".gz") else open
        with opened(self.log + end, "wt") as file:
            file.write("".join(line + "\n" for line in lines))

    def ask(self, *words):
        return run("investigate", "-c", self.config, *words)

    def json(self, address, *words):
        return json.loads(self.ask("--json", *words, address)[1])


def rotated(trial):
    files = Files(trial, "rotated")
    lines = campaign()
    # The same event in two files counts once.
    files.write(lines[:3], "-20260105.gz")
    files.write(lines[2:8], ".1")
    files.write(["Jan  5 09:00:00 mx forwarden[7]: " + lines[7], "{torn"] +
                lines[8:])
    files.write(lines[:3], "x")
    case = files.json("user3@example.com")
    trial.check(len(case["messages"]) == 3 and case["is_mailbox"],
                "rotated files are read, and each event once", str(case))
    trial.check(sum(one["count"] for one in case["sources"]) ==
                len(lines) + 2, "... and no other", str(case["sources"]))
    trial.check(len(case["others"]) == 5 and
                {one["destination"] for one in case["others"]} ==
                {"carl@corp.example"}, "who else sends there is found")
    trial.check([one["held"] for one in case["messages"]] ==
                [True, True, False], "held, or not, stands at each message")
    trial.check(any("cannot reach the daemon" in gap for gap in case["gaps"])
                and any("1 lines are no events" in gap
                        for gap in case["gaps"]),
                "a daemon that is away, and a torn line, are gaps",
                str(case["gaps"]))
    times = [one["at"] for one in case["timeline"]]
    trial.check(times and times == sorted(times), "the timeline is in order")
    trial.check({"M1032", "M1060", "M1041", "M1047"} <=
                {step.get("mitigation") for step in case["steps"]},
                "the mitigations are named")
    case = files.json("CARL@corp.example")
    trial.check(case["is_destination"] and not case["is_mailbox"] and
                len(case["routes"]) == 6, "an outside address is a place, and "
                "has its mailboxes", str(case["routes"]))
    trial.check("user1@example.com" in files.ask("carl@corp.example")[1],
                "... in the text, too")


def unknown(trial):
    files = Files(trial, "unknown")
    code, out, err = files.ask("nobody@example.com")
    trial.check(code == 1 and not out and "nothing is known of" in err and
                "cannot reach the daemon" in err,
                "an address that was never seen, and why not", err)
    code, out, err = files.ask("no address")
    trial.check(code == 1 and "is not an address" in err,
                "what is no address", err)
    code, out, err = files.ask("\x1b[2J")
    trial.check(code == 1 and "\x1b" not in err, "... is told escaped", err)
    code, out, err = run("investigate", "-c", files.folder + "/none",
                         "nobody@example.com")
    trial.check(code == 1 and "no file of events is known" in err,
                "no configuration", err)
    code, out, err = files.ask("--events", files.folder + "/none",
                               "nobody@example.com")
    trial.check(code == 1 and "No such file" in err, "no file of events", err)
    trial.check(files.ask()[0] == 2, "no address is a wrong command line")


def hostile(trial):
    files = Files(trial, "hostile")
    many = 5003
    files.write([json.dumps(event(number)) for number in range(10)])
    code, out, _ = files.ask("alice@example.com")
    trial.check(code == 0 and "\x1b" not in out and "\u202e" not in out and
                "\\x1B[2J" in out.replace("\\x1b", "\\x1B"),
                "nothing foreign reaches a terminal raw")
    trial.check("enforce would hold" in out and "10 that enforce" in out,
                "observe mode says what enforce would hold")
    case = files.json("alice@example.com")
    trial.check(case["messages"][0]["subject"] == SUBJECT,
                "JSON has the subject as it was")
    trial.check(case["logins"][0]["value"] == "mallory" and
                case["evidence"][0]["speaker"] == "stranger",
                "logins and speakers")
    case = files.json(HOSTILE)
    words = [shlex.split(step["command"]) for step in case["steps"]
             if "command" in step]
    trial.check(["forwarden", "destination", HOSTILE] in words,
                "a command is quoted for a shell", str(words))
    files.write([json.dumps(event(number)) for number in range(many)])
    case = files.json("alice@example.com")
    trial.check(len(case["messages"]) == 5000 and
                case["routes"][0]["count"] == many and
                any("more than was kept" in gap for gap in case["gaps"]),
                "more messages than are kept are counted, and said")


def hashed(trial):
    files = Files(trial, "hashed")
    with open(files.folder + "/key", "w") as file:
        file.write("a key of thirty-two bytes or more, for tests\n")
    os.chmod(files.folder + "/key", 0o600)
    with open(files.config, "a") as file:
        file.write(f"privacy: {{hash: true, key_file: {files.folder}/key}}\n")
    told = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac",
         "a key of thirty-two bytes or more, for tests"],
        input=b"alice@example.com", stdout=subprocess.PIPE, check=True)
    name = "h:" + told.stdout.decode().split()[-1][:32]
    files.write([json.dumps(event(1, mailbox=name, private=True,
                                  destination="h:" + "0" * 32))])
    code, out, err = files.ask("alice@example.com")
    trial.check(code == 0 and name in out and "privacy.hash" in out,
                "hashed addresses are found by the key, and are a gap",
                out + err)


class Page(html.parser.HTMLParser):
    """What a browser would make of it: its text, and what is wrong."""
    EMPTY = {"meta"}
    TAGS = EMPTY | set("html head style title body h1 h2 p div table thead "
                       "tbody tr th td dl dt dd pre code".split())
    ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "class"}

    def __init__(self, text):
        super().__init__()
        self.open, self.texts, self.wrong = [], [], []
        self.feed(text)
        self.close()
        if self.open:
            self.wrong.append(f"left open: {self.open}")

    def handle_starttag(self, tag, attrs):
        if tag not in self.TAGS:
            self.wrong.append("a tag " + tag)
        self.wrong += ["an attribute " + name for name, _ in attrs
                       if name not in self.ATTRIBUTES]
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append("closed: " + tag)

    def handle_data(self, data):
        self.texts.append(data)

    def handle_comment(self, data):
        self.wrong.append("a comment")

    def handle_pi(self, data):
        self.wrong.append("an instruction")


def pages(trial):
    files = Files(trial, "pages")
    names = ["</td><script>", "--><x", "<!--", "&lt;b&gt;", "]]>", "\"><a href="]
    files.write([json.dumps(event(number, words=name, policies=[name],
                                  platform=name, why=name))
                 for number, name in enumerate(names)])
    for address in "alice@example.com", HOSTILE:
        code, out, err = files.ask("--html", address)
        page = Page(out)
        trial.check(code == 0 and page.wrong == [],
                    "one page of HTML, and nothing foreign is markup",
                    str(page.wrong) + err)
        trial.check(all(name in page.texts for name in names) and
                    any("<script>alert(1)</script>" in text
                        for text in page.texts),
                    "... it is text as it was written", str(page.texts))
        trial.check("\x1b" not in out and "\u202e" not in out and
                    "url(" not in out and "@import" not in out and
                    "default-src 'none'" in out,
                    "... that asks for nothing from anywhere")
    text = files.ask("alice@example.com")[1]
    wanted = [line for line in text.split("\n")[2:]
              if line and not line.startswith(" ")]
    page = Page(files.ask("--html", "alice@example.com")[1])
    found = [text.upper() for text in page.texts]
    trial.check(len(wanted) > 8 and all(line in found for line in wanted),
                "... and has the sections of the text", str(wanted))
    trial.check(files.ask("--html", "--json", "alice@example.com")[0] == 2,
                "two shapes at once are refused")


class Local(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


POLICY = """
title: A log tells of a forward
id: 5bb4f35a-7c26-4e38-b1c0-6b0f2f6f0d11
name: told-by-a-log
status: stable
level: high
logsource: {category: email, product: forwarden, service: log}
detection:
  selection: {rcpt.external: true}
  condition: selection
"""


def log_flow(daemon, mailbox, number):
    local = Local(daemon.folder + "/control.sock")
    local.request("POST", "/v1/logged?" + urllib.parse.urlencode(
        {"mailbox": mailbox, "destination": "drop@evil.example",
         "id": f"Q{number}", "kind": "redirect", "by": "postfix",
         "sure": 95, "at": int(time.time() * 1000)}))
    answer = json.loads(local.getresponse().read())
    local.close()
    return answer


def asked(trial):
    folder = trial.fresh("daemon")
    with open(folder + "/policy.yaml", "w") as file:
        file.write(POLICY)
    daemon = Daemon(folder, f"policies: {folder}/policy.yaml\n"
                    "mode: observe\nlog: {events: none}\n")
    daemon.start()
    for number, name in enumerate(["alice", "bob", "carol", "alice"]):
        answer = log_flow(daemon, name + "@example.com", number)
        trial.check(answer.get("counted") is True, "a flow is counted",
                    str(answer))
    daemon.ask("contain", "--why", "odd rules", "--for", "1h",
               "alice@example.com")

    def case():
        return json.loads(daemon.ask("investigate", "--json",
                                     "alice@example.com").stdout or "{}")
    wait_for(lambda: len(case().get("messages", [])) == 2, "the events")
    found = case()
    trial.check(found["contained"]["why"] == "odd rules",
                "the daemon says that it is contained", str(found))
    trial.check([(one["destination"], one["count"], one["known_by"])
                 for one in found["routes"]] ==
                [("drop@evil.example", 2, "store")],
                "... its routes", str(found["routes"]))
    trial.check(sorted(one["mailbox"] for one in found["others"]) ==
                ["bob@example.com", "carol@example.com"],
                "... and who else sends there", str(found["others"]))
    trial.check(any("odd rules" in one["words"]
                    for one in found["timeline"]),
                "an operator's order is in the timeline",
                str(found["timeline"]))
    out = daemon.ask("investigate", "drop@evil.example").stdout.decode()
    trial.check("carol@example.com" in out and "a destination outside" in out,
                "where mail goes to has a case, too", out)
    trial.check(daemon.ask("investigate",
                           "dave@example.com").returncode == 1,
                "who was never seen has none")
    daemon.stop()


def document(trial):
    with open(TOP + "/docs/investigate.md") as file:
        lines = file.read().split("\n")
    begin = next(number for number, line in enumerate(lines)
                 if line.startswith("    forwarden investigate "))
    wanted = []
    for line in lines[begin + 1:]:
        if not line.startswith("    "):
            break
        wanted.append(line[4:])
    files = Files(trial, "document")
    files.write(campaign(), "l")
    words = lines[begin].split()[2:]
    words[words.index("events.jsonl")] = files.log + "l"
    out = files.ask(*words)[1]
    pattern = "\n".join(
        "(?:.*\n)*?.*" if line.strip() == "..." else re.escape(line)
        for line in wanted)
    trial.check(re.match(pattern, out) is not None,
                "docs/investigate.md shows what is printed", out)


def main():
    trial = Trial()
    rotated(trial)
    unknown(trial)
    hostile(trial)
    pages(trial)
    hashed(trial)
    asked(trial)
    document(trial)
    trial.close()
    trial.finish()


if __name__ == "__main__":
    main()
