# SPDX-License-Identifier: BSD-2-Clause
"""The table of ways: printed as a comment of TAP, and kept in WAYS_TABLE."""
import os

SHORT = {"quarantine": "hold"}


def print_table(rows):
    """rows: (way, least sure flow, actions of its messages)."""
    lines = [("way", "seen", "mailbox", "kind", "sure", "action", "evidence")]
    for way, flow, actions in rows:
        seen = flow.get("confidence", 0) >= way.least
        if way.hidden:
            mark = f"hidden by design: {way.hidden}" if not seen else "yes"
        else:
            mark = "yes" if seen else "no"
        names = [e["name"] if isinstance(e, dict) else e for e in flow.get("evidence", [])]
        lines.append((way.label, mark, right_mailbox(way, flow), flow.get("kind", "-"),
                      str(flow.get("confidence", "-")),
                      in_words(actions), " ".join(names)))
    print_rows(lines)


def print_rows(lines):
    """Columns of equal width; the last one is as long as it is."""
    last = len(lines[0]) - 1
    width = [max(len(line[i]) for line in lines) for i in range(last)]
    text = "".join("  ".join([*(c.ljust(w) for c, w in zip(line, width)),
                              line[last]]).rstrip() + "\n" for line in lines)
    print("".join(f"# {line}\n" for line in text.splitlines()), end="", flush=True)
    if os.environ.get("WAYS_TABLE"):
        with open(os.environ["WAYS_TABLE"], "a") as f:
            f.write(text)


def in_words(actions):
    """One word a message; of many, how often each."""
    short = [SHORT.get(a, a) for a in actions]
    if len(short) > 3:
        return " ".join(f"{short.count(a)}x{a}" for a in dict.fromkeys(short))
    return " ".join(short)


def right_mailbox(way, flow):
    mailbox = flow.get("mailbox")
    if mailbox is None and way.nobody:
        return "one of two"
    return "right" if mailbox == way.mailbox else mailbox or "none"
