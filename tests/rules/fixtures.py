#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The rules of a laboratory's hosts against the list that was made of them.

The list was written by others, by hand in parts. A row is exact when its
place, mailbox, destination and mechanism are. A checkout keeps neither modes
nor links: the tree is read as it lies there, and once more as it was.
"""
import csv
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tree import Link, Tree, Trial, row  # noqa: E402

RULES = os.path.join(os.environ.get("SHARED", "../shared"), "data", "rules")
# The list was written without it; its like in /etc/aliases is there.
ALSO_TRUE = {("/etc/mail/aliases:9", "tickets@example.com", "?", "program")}
GIVEN = "nina@example.com=/etc/exim4/filter.example"


def expected():
    with open(os.path.join(RULES, "expected.tsv"), newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        return {tuple(one[:4]): one[4] for one in rows}


def restore(tree):
    """What README says that a checkout loses."""
    os.chmod(tree.path("/home/c12/.forward"), 0o666)
    for folder, _, names in os.walk(tree.root):
        for name in names:
            if name != ".dovecot.sieve" and not (
                    name == ".forward" and folder.endswith("/c22")):
                continue
            full = os.path.join(folder, name)
            if os.path.islink(full):
                continue
            with open(full) as file:
                target = file.read()
            tree.write(full[len(tree.root):], Link(target))


def compare(trial, name, tree, options, truth):
    rules, _ = tree.audit(*options)
    found = {row(rule): rule for rule in rules}
    missed = sorted(set(truth) - set(found))
    false = sorted(set(found) - set(truth) - ALSO_TRUE)
    print(f"# {name}: {len(set(truth) & set(found))} exact of {len(truth)}, "
          f"{len(missed)} missed, {len(false)} false")
    trial.result(not missed and not false, f"{name}: all exact",
                 "\n".join([f"missed {one}" for one in missed] +
                           [f"false {one}" for one in false]))
    return found


def main():
    trial = Trial()
    if not os.path.exists(os.path.join(RULES, "expected.tsv")):
        trial.skip("the laboratory's rules", f"{RULES} is not here")
        return trial.end()
    truth = expected()
    with Tree(copy=os.path.join(RULES, "root")) as tree:
        os.system(f"chmod -R u+w '{tree.root}'")
        compare(trial, "as checked out", tree, ["--read", GIVEN], truth)
        restore(tree)
        found = compare(trial, "as it was", tree, ["--read", GIVEN], truth)
        alone = {one for one in map(row, tree.audit()[0])}
        trial.result(
            len(set(truth) - alone) == 1 and
            ("/etc/exim4/filter.example:3", "?", "nina.drop@evil.example",
             "Exim filter") in alone,
            "a filter that no router names is told, without a mailbox",
            sorted(set(truth) - alone))
    by_place = {one[0]: rule for one, rule in found.items()}
    for place, state in (("/home/c12/.forward:1", "ignored"),
                         ("/home/c22/.forward", "ignored"),
                         ("/home/alice/.forward:1", "active"),
                         ("/var/vmail/example.org/karl/sieve/old.sieve:5",
                          "inactive")):
        trial.result(by_place[place]["state"] == state, f"{place} is {state}",
                     by_place[place])
    notes = [(one, note, found[one].get("note", "")) for one, note
             in truth.items() if note and one in found]
    other = [f"{one[0]}: {got!r} for {want!r}" for one, want, got in notes
             if not all(word in got for word in want.split())]
    print(f"# notes: {len(notes) - len(other)} of {len(notes)} say the same")
    trial.result(not other, "the notes hold what the list's hold",
                 "\n".join(other))
    return trial.end()


if __name__ == "__main__":
    sys.exit(main())
