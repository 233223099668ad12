#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Homes whose owners wish the auditor ill: nothing hangs, nothing of others is
shown, and what was not read is told.

As root each home is read with its owner's rights; a copy's homes belong to
whoever made it, so that here the tree is given to users of its own.
"""
import os
import resource
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tree import MAIN_CF, POSTFIX, Link, Tree, Trial, place  # noqa: E402

USER, OTHER = 64001, 64002
SECONDS_MAX = 20
SECRET = "secret@evil.example"


def given(tree, uid, path):
    for folder, folders, names in os.walk(tree.path(path)):
        for name in ["."] + folders + names:
            os.lchown(os.path.join(folder, name), uid, uid)


def audit(trial, tree, name, places, unread, options=()):
    begun = time.monotonic()
    rules, left = tree.audit(*options)
    took = time.monotonic() - begun
    found = sorted(place(rule) for rule in rules)
    paths = sorted({one["path"] for one in left})
    trial.result(
        found == sorted(places) and paths == sorted(unread) and
        took < SECONDS_MAX and SECRET not in str(rules), name,
        f"rules {found}\nnot read {left}\n{took:.1f} s")


def links(trial):
    """As root: what a link of a user's leads to stays another's secret."""
    if os.geteuid() != 0:
        trial.skip("links out of a home, as root", "this is not root")
        return
    with Tree({**POSTFIX,
               "/etc/secret": SECRET + "\n",
               "/home/eve/.forward+a": ":include:/etc/secret\n",
               "/home/eve/.forward+b": ":include:/home/eve/list\n",
               "/home/eve/list": Link("/home/bob/private"),
               "/home/eve/.procmailrc": "INCLUDERC=/home/bob/private\n",
               "/home/bob/private": ":0\n! " + SECRET + "\n",
               "/home/bob/.forward": "bob@evil.example\n"}) as tree:
        os.chmod(tree.path("/etc/secret"), 0o600)
        given(tree, USER, "/home/eve")
        given(tree, OTHER, "/home/bob")
        os.chmod(tree.path("/home/bob/private"), 0o600)
        audit(trial, tree, "links out of a home show nothing of others",
              ["/home/bob/.forward:1"],
              ["/etc/secret", "/home/eve/list", "/home/bob/private"])


def lists(trial):
    """A list of the site's in a user's folder is no way to root's files."""
    if os.geteuid() != 0:
        trial.skip("a list in a user's folder", "this is not root")
        return
    with Tree({**POSTFIX, "/etc/secret": SECRET + "\n",
               "/etc/aliases": "all: :include:/home/eve/pipe\n"
                               "x: x@evil.example\n",
               "/home/eve/x": ""}) as tree:
        os.mkfifo(tree.path("/home/eve/pipe"))
        given(tree, USER, "/home/eve")
        audit(trial, tree, "a list that is a fifo is not waited for",
              ["/etc/aliases:2"], ["/home/eve/pipe"])


def odd_files(trial):
    with Tree({**POSTFIX,
               "/home/a/.forward": b"x@evil.example\n" + b"#" * (1 << 20),
               "/home/c/.forward": Link("/home/c/.forward"),
               "/home/d": Link("/home/e"), "/home/e": Link("/home/d"),
               "/home/f/.forward": "f@evil.example\n",
               "/home/g/.procmailrc": "INCLUDERC=/home/g/.procmailrc\n"
                                      "SWITCHRC=/home/g/no\n",
               }) as tree:
        os.makedirs(tree.path("/home/b"))
        os.mkfifo(tree.path("/home/b/.forward"))
        audit(trial, tree,
              "fifos, loops of links, files that are too long",
              ["/home/c/.forward", "/home/f/.forward:1"],
              ["/home/a/.forward", "/home/b/.forward", "/home/g/.procmailrc",
               "/home/g/no"])


def floods(trial):
    """A megabyte made to be slow, in every language."""
    big = 1 << 20
    texts = {
        "/home/a/.forward": b"a b " * (big // 4 - 1),
        "/home/b/.forward": b"(" * (big - 1),
        "/home/c/.forward": b"".join(b"x%d@evil.example " % n for n in range(50000)),
        "/home/d/.procmailrc": b"A=$A$A$A$A\n" * 90000,
        "/home/e/.dovecot.sieve": b'"' + b'\\"' * (big // 2 - 2),
        "/home/f/.dovecot.sieve":
            b'require "variables";' + b'set "a" "${a}${a}b";' * 40000 +
            b'redirect "${a}@evil.example";',
        "/home/g/.dovecot.sieve": b"if true {" * 100000,
        "/home/h/.dovecot.sieve": b"text:\n" * 150000,
        "/home/i/.forward": b"# Exim filter\n" + b"if " * 300000,
        "/home/j/.mailfilter": b"if (" * 250000,
        "/home/k/.forward": b'"' * (big - 1),
        "/home/l/.dovecot.sieve":
            b'redirect "' + b"${hex:41}" * 100000 + b'@evil.example";',
        "/home/m/.forward": b"@" * (big - 1),
    }
    with Tree({**POSTFIX, "/etc/dovecot/dovecot.conf": "", **texts,
               "/home/z/.forward": "z@evil.example\n"}) as tree:
        begun = time.monotonic()
        rules, unread = tree.audit(timeout=240)
        took = time.monotonic() - begun
        used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        print(f"# {took:.1f} s, {used // 1024} MB at the most")
        trial.result(
            "/home/z/.forward:1" in [place(rule) for rule in rules] and
            took < 60 and used < 1 << 20,
            "files made to be slow cost seconds", str(unread))
        trial.result(
            any(one["path"] == "/home/c" for one in unread),
            "rules of one user past what is taken are told", str(unread))


def signs(trial):
    """What is shown is fit to be shown."""
    with Tree({**POSTFIX,
               "/home/a/.forward":
               b'"\x1b[2J\xe2\x80\xaex"@evil.example, "|/bin/x \x07\nrm"\n',
               "/etc/aliases": '"=cmd": a@evil.example\n'}) as tree:
        for option in ("--csv", "--json", "--full"):
            out = tree.run(option).stdout
            trial.result(
                b"\x1b" not in out and b"\x07" not in out and
                b"\xe2\x80\xae" not in out and b"evil.example" in out,
                f"{option}: neither control signs nor overrides", out)
        out = tree.run("--csv").stdout
        trial.result(b"\"'=cmd" in out or b'"""=cmd' not in out,
                     "--csv: no field begins a formula", out)


def nuls(trial):
    """No rule hides behind a byte that is no text."""
    with Tree({**POSTFIX, "/etc/dovecot/dovecot.conf": "",
               "/home/a/.forward": b'"|/bin/x \0 \xff a@evil.example"\n',
               "/home/b/.dovecot.sieve":
               b'if header "s\0\xff" { redirect "b@evil.example"; }',
               "/home/c/.forward": b"\xff\xfe, c\xff@evil.example\n",
               }) as tree:
        audit(trial, tree, "NULs and bytes that are no UTF-8 hide no rule",
              ["/home/a/.forward:1", "/home/b/.dovecot.sieve:1",
               "/home/c/.forward:1"], [])


def silent_homes(trial):
    """Without the rights to read, that is what is told."""
    if os.geteuid() != 0:
        trial.skip("homes that cannot be entered", "this is not root")
        return
    with Tree({**POSTFIX, "/home/a/.forward": "a@evil.example\n",
               "/home/b/.forward": "b@evil.example\n"}) as tree:
        os.chmod(tree.path("/home/a"), 0)
        os.chmod(tree.path("/home/b/.forward"), 0)
        given(tree, USER, "/home/a")
        given(tree, USER, "/home/b")
        os.chown(tree.path("/home/b/.forward"), 0, 0)
        audit(trial, tree, "what cannot be opened is told",
              [], ["/home/a", "/home/b/.forward"])


def no_tree(trial):
    with Tree({"/etc/postfix/main.cf": MAIN_CF}) as tree:
        tree.root += "/none"
        done = tree.run()
        trial.result(done.returncode == 2 and tree.root in
                     done.stderr.decode(), "a root that is not there",
                     done.stderr)
        tree.root = tree.root[:-5]


def main():
    trial = Trial()
    for part in (links, lists, odd_files, floods, nuls, signs, silent_homes,
                 no_tree):
        part(trial)
    return trial.end()


if __name__ == "__main__":
    sys.exit(main())
