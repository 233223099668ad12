#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What every subcommand says: to --help and -h, to a wrong option, on a terminal
of any width, and of an address, a queue id or a daemon that is not there."""
import fcntl
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon import PROGRAM, Daemon, Trial, wait_for  # noqa: E402
from investigate import POLICY, Local  # noqa: E402

LONG = "a-very-long-mailbox-name-of-a-department.with.dots@example.com"
FAR = "another-quite-long-destination@some-very-long-domain.partner.example"
WHY = "a reason that goes on and on and does not come to its end " * 4


def run(*words):
    done = subprocess.run([PROGRAM, *words], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60, check=False)
    return (done.returncode, done.stdout.decode(errors="replace"),
            done.stderr.decode(errors="replace"))


def on_terminal(columns, *words):
    """The exit status and the lines, as a terminal of that width gets them."""
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ,
                    struct.pack("HHHH", 50, columns, 0, 0))
        os.execv(PROGRAM, [PROGRAM, *words])
    text = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        text += piece
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    return (os.waitstatus_to_exitcode(status),
            text.decode(errors="replace").replace("\r\n", "\n").split("\n"))


def subcommands():
    return [line.split()[0] for line in run("--help")[1].split("\n")
            if line.startswith("  ") and line[2].isalpha()]


def helps(trial):
    wrong = []
    for name in subcommands():
        code, text, _ = run(name, "--help")
        if code != 0 or not text.startswith(f"usage: forwarden {name}") or \
                f"example: forwarden {name}" not in text:
            wrong.append(f"{name} --help: {code}")
        if run(name, "-h")[:2] != (0, text):
            wrong.append(f"{name} -h")
        # Where it was installed may be a long way down.
        wide = [line for line in text.split("\n")
                if len(re.sub(r"\(/\S+\)", "(/path)", line)) > 100]
        if wide:
            wrong.append(f"{name}: {wide[0]}")
    trial.check(wrong == [], "each has --help with an example, and -h",
                str(wrong))


def refuses(trial):
    wrong = []
    for name in subcommands():
        for words in (("--no-such-option",), ("-%",), ("--json=x\x1b[2J",)):
            code, text, said = run(name, *words)
            if code != 2 or text or "\x1b" in said or \
                    "usage: forwarden " + name not in said:
                wrong.append(f"{name} {words}: {code} {text} {said[:200]}")
    trial.check(wrong == [], "a wrong option: status 2, and the usage",
                str(wrong)[:3000])


def flow(daemon, mailbox, destination, number):
    local = Local(daemon.folder + "/control.sock")
    local.request("POST", "/v1/logged?" + urllib.parse.urlencode(
        {"mailbox": mailbox, "destination": destination,
         "id": f"Q{number}", "kind": "redirect", "by": "postfix",
         "sure": 95, "at": int(time.time() * 1000)}))
    answer = json.loads(local.getresponse().read())
    local.close()
    return answer


TABLES = [("top", "--once"), ("events", "--text"), ("routes",),
          ("mailbox", "alice@example.com"), ("mailbox", LONG), ("allowed",),
          ("contained",), ("destination", "drop@evil.example"),
          ("rollout",), ("status",)]


def fits(trial, daemon):
    wrong, cut = [], 0
    for words in TABLES:
        for columns in (60, 80, 120, 200):
            code, lines = on_terminal(
                columns, words[0], "-c", daemon.config, *words[1:])
            wide = [line for line in lines if len(line) > columns]
            cut += sum("\u2026" in line for line in lines)
            if code != 0 or wide:
                wrong.append(f"{words} at {columns}: {code} {wide[:1]}")
    trial.check(wrong == [] and cut > 0,
                "tables fit the terminal, and what is cut is marked",
                str(wrong)[:2000])
    told = json.loads(run("allowed", "-c", daemon.config, "--json")[1])
    piped = run("allowed", "-c", daemon.config)[1]
    trial.check({row["why"] for row in told["allowed"]} == {WHY.strip()} and
                WHY.strip() in piped, "--json has all, and so has a pipe",
                str(told))


def unknown(trial, daemon):
    """Addresses and ids that do not exist."""
    nobody = "nobody@example.com"
    for words, status, says in (
            (("mailbox", nobody), 0, "received 0, forwarded 0"),
            (("mailbox", "no address"), 1, "that is not an address"),
            (("routes", "--mailbox", nobody), 0, "no routes"),
            (("destination", "x@nowhere.example"), 0,
             "no mailbox sends there"),
            (("uncontain", nobody), 1, "it is not contained"),
            (("contain", "--why", "x", "x@elsewhere.example"), 1,
             "not in local.domains"),
            (("contain", "--why", "x", "\x1b[2J"), 1, "not a mailbox"),
            (("contain", nobody), 2, "say why"),
            (("disallow", nobody, "x@elsewhere.example"), 1,
             "it is not allowed"),
            (("allow", "--why", "x", nobody, "a b"), 1, "neither an address"),
            (("investigate", nobody), 1, "nothing is known of"),
            (("rollout", "/nonexistent"), 1, "No such file"),
            (("held", "--postfix", "/nonexistent"), 1,
             "/nonexistent" if shutil.which("postconf") else "postconf")):
        code, text, said = run(words[0], "-c", daemon.config, *words[1:])
        trial.check(code == status and says in text + said and
                    "\x1b" not in text + said,
                    f"{' '.join(words)!a}: {says}", f"{code} {text} {said}")


def away(trial, daemon):
    """No daemon: each says so, with its socket, and how to go on."""
    for words in (("top",), ("events",), ("mailbox", "a@example.com"),
                  ("routes",), ("destination", "a@b.example"), ("allowed",),
                  ("contain", "--why", "x", "a@example.com"),
                  ("allow", "--why", "x", "a@example.com", "b@c.example"),
                  ("forget", "a@example.com"), ("status",), ("reload",)):
        code, text, said = run(words[0], "-c", daemon.config, *words[1:])
        trial.check(code == 1 and text == "" and
                    "cannot reach the daemon at unix:" in said and
                    "is it running" in said,
                    f"{words[0]}: the daemon is away", f"{code} {text} {said}")
    code, text, said = run("top", "-c", "/nonexistent")
    trial.check(code == 1 and "/nonexistent" in said,
                "no configuration", said)


def main():
    trial = Trial()
    helps(trial)
    refuses(trial)
    folder = trial.fresh("daemon")
    with open(folder + "/policy.yaml", "w") as file:
        file.write(POLICY)
    daemon = Daemon(folder, f"policies: {folder}/policy.yaml\nmode: observe\n"
                    f"log: {{events: 'file:{folder}/events.json'}}\n")
    daemon.start()
    for number, (mailbox, destination) in enumerate((
            ("alice@example.com", "drop@evil.example"),
            (LONG, "drop@evil.example"), (LONG, FAR))):
        flow(daemon, mailbox, destination, number)
    daemon.ask("contain", "--why", WHY, "--for", "1h", "alice@example.com")
    for mailbox in ("alice@example.com", LONG):
        daemon.ask("allow", "--why", WHY, mailbox, FAR)
        daemon.ask("contain", "--why", WHY, mailbox)
    wait_for(lambda: len(run("events", "-c", daemon.config)[1].split(
        "\n")) > 6, "the events")
    fits(trial, daemon)
    unknown(trial, daemon)
    daemon.stop()
    away(trial, daemon)
    trial.close()
    trial.finish()


if __name__ == "__main__":
    main()
