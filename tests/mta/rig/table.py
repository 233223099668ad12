# SPDX-License-Identifier: BSD-2-Clause
"""
The table of real runs: with FORWARDERS_TABLE=FILE, each way of mail leaves a
line of it there, for scripts/platforms: its name, whether it was seen, the
mailbox right, the kind right, confidence, where it was seen, evidence.
"""
import os

LIKELY = 70  # from this confidence on, a flow is taken for a forward


def evidence(flow):
    """The names of a flow's evidence."""
    return [e["name"] if isinstance(e, dict) else e for e in flow["evidence"]]


def note(name, mailbox, kind, found):
    """found: (event, flow) of all that was said of it, surest last. kind
    None: it must not be taken for a forward."""
    path = os.environ.get("FORWARDERS_TABLE")
    if not path:
        return
    flow = found[-1][1]
    seen = flow["kind"] != "none" and flow["confidence"] >= LIKELY
    where = sorted({e["smtp"].get("listener") or "pickup" for e, f in found
                    if f["confidence"] >= LIKELY})
    row = [name, yes(seen), yes(flow.get("mailbox") == mailbox) if seen else "-",
           yes(flow["kind"] == (kind or "none")), str(flow["confidence"]),
           ", ".join(where) or "-", " ".join(evidence(flow)) or "-"]
    with open(path, "a") as f:
        f.write("\t".join(row) + "\n")


def yes(condition):
    return "yes" if condition else "no"
