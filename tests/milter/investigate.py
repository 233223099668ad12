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
import uuid

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
    ids = {json.loads(line)["event"]["id"] for line in lines}
    code, out, err = run("rollout", "--since", "3650d", "-c", files.config)
    trial.check(code == 0 and
                out.startswith(f"{len(ids)} events of 3 files, the oldest "),
                "rollout finds the files by the configuration", out + err)
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
    allowed = {"by": "carol", "why": "ticket", "until": "2027-01-01"}
    odd = Files(trial, "allowed")
    odd.write([json.dumps(event(1, allowed=allowed))])
    reasons = odd.json("alice@example.com")["expected"]
    trial.check(any("order of carol" in one["words"] for one in reasons) and
                any("no daemon was asked" in one["words"] for one in reasons),
                "old events say by whose order it went on", str(reasons))
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


# What the schemas of STIX 2.1 ask of each type that is written here: what has
# to be there, what may be, with the form of each.
OBSERVABLES = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
TIME = r"\d{4}-(0\d|1[0-2])-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(\.\d+)?Z"
ANY = r"(?s:.+)"


def ref(*types):
    return "(" + "|".join(types or ["[a-z][a-z0-9-]+[a-z0-9]"]) + ")--" + UUID


OWN = {"created": TIME, "modified": TIME}
MAY = {"created_by_ref": ref("identity"), "confidence": range(0, 101)}
COUNT = range(1, 1000000000)
MUST_AND_MAY = {
    "identity": ({**OWN, "name": ANY}, {"identity_class": "system"}),
    "attack-pattern": ({**OWN, "name": ANY},
                       {"kill_chain_phases": [{"kill_chain_name": ANY,
                                               "phase_name": ANY}],
                        "external_references": [{"source_name": ANY,
                                                 "external_id": ANY,
                                                 "url": r"https://\S+"}]}),
    "email-addr": ({"value": r"([^\s@<>()\[\]:;,\\]+|\"\S+\")@[^\s@]+"}, {}),
    "email-message": ({"is_multipart": bool},
                      {"from_ref": ref("email-addr"), "message_id": ANY,
                       "subject": ANY}),
    "observed-data": ({**OWN, "first_observed": TIME, "last_observed": TIME,
                       "number_observed": COUNT,
                       "object_refs": [ref("email-addr", "email-message")]},
                      {}),
    "sighting": ({**OWN, "sighting_of_ref": ref("attack-pattern")},
                 {"first_seen": TIME, "last_seen": TIME, "count": COUNT,
                  "observed_data_refs": [ref("observed-data")],
                  "where_sighted_refs": [ref("identity", "location")]}),
    "note": ({**OWN, "content": ANY, "object_refs": [ref()]},
             {"abstract": ANY}),
}
MITRE = {"T1114.003": "attack-pattern--7d77a07d-02fe-4e88-8bd9-e9c008c01bf0",
         "T1114": "attack-pattern--1608f3e1-598a-42f4-a01a-2e252e81728f"}


def fits(value, form):
    if isinstance(form, list):
        return isinstance(value, list) and value and \
            all(fits(one, form[0]) for one in value)
    if isinstance(form, dict):
        return isinstance(value, dict) and set(value) == set(form) and \
            all(fits(value[key], form[key]) for key in form)
    if isinstance(form, range):
        return type(value) is int and value in form
    if form is bool:
        return isinstance(value, bool)
    return isinstance(value, str) and re.fullmatch(form, value) is not None


def observable_id(thing, names):
    given = {name: thing[name] for name in names if name in thing}
    if not given:
        return None
    text = json.dumps(given, sort_keys=True, separators=(",", ":"),
                      ensure_ascii=False)
    return f"{thing['type']}--{uuid.uuid5(OBSERVABLES, text)}"


def wrong_with(thing):
    if thing.get("type") not in MUST_AND_MAY:
        return [f"a type {thing.get('type')}"]
    must, may = MUST_AND_MAY[thing["type"]]
    must = {**must, "type": thing["type"], "spec_version": r"2\.1",
            "id": ref(thing["type"])}
    may = {**may, **(MAY if "created" in must else {})}
    wrong = [f"no {name}" for name in must if name not in thing]
    for name, value in thing.items():
        form = must.get(name, may.get(name))
        if form is None or not fits(value, form):
            wrong.append(f"{name}: {value!r}"[:200])
    for first, last in (("created", "modified"), ("first_seen", "last_seen"),
                        ("first_observed", "last_observed")):
        if thing.get(first, "") > thing.get(last, "~"):
            wrong.append(f"{last} before {first}")
    return [f"{thing['type']}: {one}" for one in wrong]


def wrong_ids(things):
    """Who has an id that is not the one that everybody gives it."""
    wrong, ids = [], [thing["id"] for thing in things]
    if len({one.split("--")[1] for one in ids}) != len(ids):
        wrong.append("a UUID twice")
    for thing in things:
        for key, value in thing.items():
            if key.endswith(("_ref", "_refs")) and key != "created_by_ref":
                refs = value if isinstance(value, list) else [value]
                wrong += [f"{key} to nothing" for one in refs
                          if one not in ids]
                if len(set(refs)) != len(refs):
                    wrong.append(f"{key} has one twice")
        names = {"email-addr": ["value"],
                 "email-message": ["from_ref", "subject"]}.get(thing["type"])
        if names is None:
            continue
        wanted = observable_id(thing, names)
        # The first has it; others of the same author and subject have not.
        if thing["id"] != wanted and (
                thing["type"] != "email-message" or
                thing["id"].split("--")[1][14] != "4" or
                wanted is not None and wanted not in ids):
            wrong.append(f"{thing['id']} is not {wanted}")
    return wrong


def oasis_schemas():
    """The schemas of OASIS (cti-stix2-json-schemas), by their own names, where
    the environment says they are; none of them is ours to give on."""
    folder = os.environ.get("FORWARDEN_STIX_SCHEMAS")
    found = {}
    for root, _, names in os.walk(folder or "/nonexistent"):
        for name in names:
            if name.endswith(".json"):
                with open(os.path.join(root, name)) as file:
                    schema = json.load(file)
                found[schema.get("$id", name)] = schema
    return found


def wrong_by_oasis(schemas, bundle):
    """Each object by the schema of its type, and the bundle by its own."""
    import jsonschema
    import referencing
    registry = referencing.Registry().with_resources(
        [(key, referencing.Resource.from_contents(schema))
         for key, schema in schemas.items()])
    by_type = {key.rsplit("/", 1)[1][:-len(".json")]: schema
               for key, schema in schemas.items()}
    things = bundle.get("objects", [])
    # Their bundle lists no note, which the standard has (section 4.14).
    listed = dict(bundle, objects=[
        thing for thing in things if thing["type"] != "note"])
    wrong = []
    for thing in [listed, *things]:
        schema = by_type[thing["type"]]
        validator = jsonschema.Draft202012Validator(schema, registry=registry)
        wrong += [f"{thing['type']}: {one.message}"[:300]
                  for one in validator.iter_errors(thing)]
    return wrong


def valid_by_oasis(trial, bundle, name):
    schemas = oasis_schemas()
    if not schemas:
        trial.skip("STIX 2.1 by the schemas of OASIS: " + name,
                   "FORWARDEN_STIX_SCHEMAS names no folder of them")
        return
    wrong = wrong_by_oasis(schemas, bundle)
    trial.check(wrong == [], "STIX 2.1 by the schemas of OASIS: " + name,
                str(wrong[:9]))


def bundled(trial, files, name, *words):
    code, out, err = files.ask("--stix", *words)
    bundle = json.loads(out or "{}")
    things = bundle.get("objects", [])
    wrong = sum((wrong_with(thing) for thing in things), []) + \
        wrong_ids(things)
    if not (set(bundle) == {"type", "id", "objects"} and
            bundle["type"] == "bundle" and fits(bundle["id"], ref("bundle"))):
        wrong.append("the bundle")
    trial.check(code == 0 and things and wrong == [],
                "STIX 2.1 by its rules: " + name, str(wrong[:9]) + err)
    valid_by_oasis(trial, bundle, name)
    return things


def of_type(things, name):
    return [thing for thing in things if thing["type"] == name]


def stix(trial):
    files = Files(trial, "stix")
    files.write(campaign())
    things = bundled(trial, files, "a campaign", "user3@example.com")
    trial.check({one["sighting_of_ref"] for one in of_type(
        things, "sighting")} == set(MITRE.values()) and
        {one["external_references"][0]["external_id"]: one["id"]
         for one in of_type(things, "attack-pattern")} == MITRE,
        "a sighting of each of MITRE's attack patterns", str(things))
    trial.check({"user3@example.com", "user1@example.com",
                 "carl@corp.example"} <= {
        one["value"] for one in of_type(things, "email-addr")},
        "the addresses of the campaign are in it")
    trial.check({one["message_id"] for one in of_type(
        things, "email-message")} == {f"{letter}3@partner.example"
                                      for letter in "amb"},
                "the messages are in it, each by itself")
    trial.check(len(of_type(things, "observed-data")) == 6 and
                "carl@corp.example" in of_type(things, "note")[0]["content"],
                "... the routes, and the document")
    again = bundled(trial, files, "the same later", "user3@example.com")
    trial.check([one["id"] for one in things if "created" not in one] ==
                [one["id"] for one in again if "created" not in one],
                "observables have the same ids in every bundle")
    odd = Files(trial, "odd-stix")
    lines = [event(number) for number in range(4)]
    lines[1]["email"] = {}
    lines[2]["@timestamp"] = "<yesterday>"
    lines[3]["forwarden"]["destination"] = "h:" + "0" * 32
    lines[3]["forwarden"]["confidence"] = 5000
    lines.append(event(4, mailbox="alice@example.com", kind="none"))
    odd.write([json.dumps(line) for line in lines])
    things = bundled(trial, odd, "what a hostile sender wrote",
                     "alice@example.com")
    trial.check(SUBJECT in [one.get("subject") for one in things],
                "the subject is as it was")
    hashed = event(5)
    for key in ("mailbox", "destination"):
        hashed["forwarden"][key] = "h:" + "0123456789abcdef" * 2
    hashed["forwarden"]["private"] = True
    odd.write([json.dumps(event(1)), json.dumps(hashed)])
    bundled(trial, odd, "what privacy.hash hides", "alice@example.com")
    odd.write([json.dumps(event(1, kind="none"))])
    things = bundled(trial, odd, "what is no forward", "alice@example.com")
    trial.check(not of_type(things, "sighting"), "... is no sighting")
    trial.check(odd.ask("--stix", "--html", "a@example.com")[0] == 2,
                "one shape at a time")


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


def asked_privately(trial):
    """By a daemon whose store has hashes for addresses."""
    folder = trial.fresh("private")
    for name, text in (("policy.yaml", POLICY), ("key", "0123456789" * 4)):
        with open(f"{folder}/{name}", "w") as file:
            file.write(text + "\n")
        os.chmod(f"{folder}/{name}", 0o600)
    daemon = Daemon(folder, f"policies: {folder}/policy.yaml\n"
                    "mode: observe\nlog: {events: none}\n"
                    f"privacy: {{hash: true, key_file: {folder}/key}}\n")
    daemon.start()
    for number, name in enumerate(["alice", "bob"]):
        log_flow(daemon, name + "@example.com", number)

    def told():
        return json.loads(daemon.ask("mailbox", "--json",
                                     "alice@example.com").stdout or "{}")
    wait_for(lambda: told().get("events"), "the events of a hashed mailbox")
    trial.check(len(told().get("events", [])) == 1,
                "mailbox finds its events under their hash", str(told()))
    files = Files(trial, "private-stix")
    files.config = daemon.config
    bundled(trial, files, "of a daemon with privacy.hash",
            "alice@example.com")
    daemon.stop()


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
    daemon.ask("allow", "--why", "ticket 4711", "alice@example.com",
               "alice@partner.example")

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
    trial.check(any(one["side"] == "for" and "ticket 4711" in one["words"] and
                    "alice@partner.example" in one["words"]
                    for one in found["expected"]),
                "what an operator allowed is a reason", str(found["expected"]))
    trial.check(any("odd rules" in one["words"]
                    for one in found["timeline"]),
                "an operator's order is in the timeline",
                str(found["timeline"]))
    other = daemon.ask("investigate", "--json", "<Alice@EXAMPLE.com>")
    trial.check(json.loads(other.stdout or "{}").get("routes") ==
                found["routes"], "... in another spelling, too",
                other.stderr.decode())
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
    stix(trial)
    asked_privately(trial)
    hashed(trial)
    asked(trial)
    document(trial)
    trial.close()
    trial.finish()


if __name__ == "__main__":
    main()
