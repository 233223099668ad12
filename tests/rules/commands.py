#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""forwarden audit as it is called: screens, files, exit statuses, mistakes."""
import csv
import io
import json
import os
import stat
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tree import POSTFIX, Tree, Trial  # noqa: E402


def text(done):
    return (done.stdout + done.stderr).decode()


def screens(trial, tree):
    done = tree.run()
    out = done.stdout.decode()
    trial.result(
        done.returncode == 0 and "alice@example.com" in out and
        "/home/alice/.forward:1, written 20" in out and
        "looked at: Postfix, 2 homes" in out and
        "inside:    example.com" in out and
        "2 rules send mail outside" in out, "the screen", text(done))
    done = tree.run("--csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    trial.result(
        [one["mailbox"] for one in rows] ==
        ["role@example.com", "alice@example.com"] and
        rows[1]["place"] == "/home/alice/.forward:1" and
        rows[1]["external"] == "yes" and rows[1]["keeps_copy"] == "yes",
        "--csv: a row a rule, with what people ask for", rows)
    done = tree.run("-l", "example.com", "-l", "evil.example")
    trial.result("alice@example.com" not in done.stdout.decode() and
                 "role@example.com" in done.stdout.decode(),
                 "-l: those domains and no others are inside", text(done))


def strict(trial, tree):
    trial.result(tree.run("--strict").returncode == 1,
                 "--strict: 1 for a rule that sends outside")
    with Tree({**POSTFIX, "/home/a/.forward": "b\n"}) as clean:
        done = clean.run("--strict")
        trial.result(done.returncode == 0 and
                     "0 rules send mail outside" in text(done),
                     "--strict: 0 where nothing does", text(done))
        clean.write("/etc/aliases", "x: :include:/none\n")
        trial.result(clean.run("--strict").returncode == 1,
                     "--strict: 1 for what was not read")


def compare(trial, tree):
    kept = tree.path("/kept")
    done = tree.run("--compare", kept)
    trial.result(done.returncode == 2 and "--save " + kept in text(done),
                 "--compare with a file that is not there", text(done))
    done = tree.run("--compare", kept, "--save", kept, "--events")
    trial.result(done.returncode == 0 and done.stdout == b"" and
                 stat.S_IMODE(os.stat(kept).st_mode) == 0o600,
                 "the first audit of a timer: nothing is new, 0600",
                 text(done))
    done = tree.run("--compare", kept)
    trial.result(done.returncode == 0 and "nothing has changed" in text(done),
                 "--compare: nothing has changed", text(done))
    tree.write("/home/bob/.forward", "# moved by a line\n\\bob, "
                                     "bob@evil.example\n")
    tree.write("/home/alice/.forward", "# a line more\nalice@evil.example\n")
    os.unlink(tree.path("/etc/aliases"))
    tree.write("/etc/aliases", "")
    done = tree.run("--compare", kept)
    out = done.stdout.decode()
    trial.result(
        done.returncode == 1 and
        out.index("NEW (1)") < out.index("bob@evil.example") <
        out.index("CHANGED (1)") < out.index("alice@evil.example") <
        out.index("GONE (1)") < out.index("desk@agency.example"),
        "--compare: new, changed, gone; a moved line is neither", out)
    done = tree.run("--compare", kept, "--events")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    one = events[-1] if events else {}
    trial.result(
        done.returncode == 0 and len(events) == 2 and
        {event["event"]["action"] for event in events} ==
        {"rule-new", "rule-changed"} and
        one["event"]["dataset"] == "forwarden.rule" and
        one["threat"]["technique"]["subtechnique"]["id"] == ["T1114.003"] and
        one["file"]["path"].endswith("/.forward") and
        one["forwarden"]["mailbox"].endswith("@example.com"),
        "--events: one for each, with the technique", text(done))
    os.chmod(tree.path("/home/alice/.forward"), 0o644)
    os.rename(tree.path("/home/alice/.forward"),
              tree.path("/home/alice/aside"))
    os.mkfifo(tree.path("/home/alice/.forward"))
    done = tree.run("--compare", kept)
    trial.result("alice@evil.example" not in
                 done.stdout.decode().split("GONE")[-1],
                 "what could not be read is not gone", text(done))


def join(trial, tree):
    """With what left: `scan --json` and `routes --json`."""
    mail = tree.path("/mail")
    with open(mail, "w") as file:
        for mailbox, destination in (
                ("alice@example.com", "alice@evil.example"),
                ("office@example.com", "desk@agency.example"),
                ("eve@example.com", "gone@evil.example")):
            json.dump({"@timestamp": "2026-11-27T06:00:00Z", "forwarden": {
                "mailbox": mailbox, "destination": destination, "sent": 3,
                "first": "2026-11-20T06:00:00Z",
                "last": "2026-11-27T06:00:00Z"}}, file)
            file.write("\n")
    done = tree.run("--mail", mail)
    out = done.stdout.decode()
    trial.result(
        ".forward:1" in out and "3 messages, the last 2026-11-27" in out and
        "MAIL BY ANOTHER'S RULE\n  office@example.com" in out and
        "the rule is role@example.com's: /etc/aliases:1" in out and
        "eve@example.com" in out.split("MAIL WITHOUT A RULE")[-1] and
        "no mail of it was seen" in out,
        "--mail: rules with and without mail, mail without a rule, a rule "
        "elsewhere", out)
    with open(mail, "w") as file:
        json.dump({"routes": [{"mailbox": "alice@example.com", "count": 2,
                               "destination": "alice@evil.example",
                               "last": "2026-11-27T06:00:00Z"}]}, file)
    done = tree.run("--mail", mail, "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    trial.result([row["mail"] for row in rows if "mail" in row] == [0, 2],
                 "--mail: routes of the daemon's, as JSON", rows)
    with open(mail, "w") as file:
        file.write("nonsense\n")
    done = tree.run("--mail", mail)
    trial.result(done.returncode == 2 and mail + ":1" in text(done),
                 "--mail with a file that is none", text(done))


def mistakes(trial, tree):
    broken = tree.path("/broken")
    for content, why in ((b"", ":1:"), (b"x\n", ":1:"),
                         (b'{"forwarden":"audit","version":1}\n{}\n', ":2:")):
        with open(broken, "wb") as file:
            file.write(content)
        done = tree.run("--compare", broken)
        trial.result(done.returncode == 2 and why in text(done) and
                     broken in text(done),
                     f"--compare with a file that is no audit ({why})",
                     text(done))
    for options, words in (
            (["--csv", "--json"], "one of"),
            (["--events"], "--compare"),
            (["--read", "x"], "MAILBOX=/path"),
            (["-l", "a b"], "a b"),
            (["--nonsense"], "no such option"),
            (["x"], "nothing follows")):
        done = tree.run(*options)
        trial.result(done.returncode == 2 and words in text(done),
                     f"{' '.join(options)}: says what to write", text(done))
    done = tree.run("--save", "/nonexistent/x")
    trial.result(done.returncode == 2 and "/nonexistent/x" in text(done),
                 "--save where nothing can be written", text(done))


def main():
    trial = Trial()
    files = {**POSTFIX, "/etc/aliases": "role: desk@agency.example\n",
             "/home/alice/.forward": "\\alice, alice@evil.example\n",
             "/home/bob/.forward": "\\bob\n"}
    for part in (screens, strict, compare, join, mistakes):
        with Tree(files) as tree:
            part(trial, tree)
    return trial.end()


if __name__ == "__main__":
    sys.exit(main())
