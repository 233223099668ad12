# SPDX-License-Identifier: BSD-2-Clause
"""
The story scripts/demo tells: mail of every kind through a real Postfix, and
what Forwarden made of each. What is expected stands beside each message; the
demonstration fails when it does not come about.
"""
import os
import signal
import sys
import textwrap
import time

from rig import Failure, Forwarden, Postfix, Rig, Sink, send, wait_until
from rig.forwarden import program

PARTNER = {"ADDR": "203.0.113.9", "NAME": "mail.partner.example"}
EXCHANGE = {"ADDR": "10.9.9.9", "NAME": "exchange.example.com"}
GATEWAY = {"ADDR": "10.9.9.8", "NAME": "mail-yw1-f73.google.com"}
LAPTOP = {"ADDR": "10.1.2.3", "NAME": "laptop.example.com"}
JO = "jo@partner.example"
BURST = 30

COLOURS = {"held": "31;1", "tagged": "33;1", "let through": "32", "NOT AS TOLD": "41;1"}


def paint(text, code):
    return f"\033[{code}m{text}\033[0m" if sys.stdout.isatty() and code else text


def title(text):
    print("\n" + paint(text, "1") + "\n")


def letter(subject, sender, to, fields=""):
    return (f"{fields}From: {sender}\nTo: {to}\nSubject: {subject}\n"
            f"Date: {time.strftime('%a, %d %b %Y %H:%M:%S +0000', time.gmtime())}\n"
            f"Message-ID: <{abs(hash((subject, to)))}@{sender.partition('@')[2]}>\n\n"
            "Please find the figures attached.\n")


class Case:
    """One message, the way it takes and what is to come of it."""

    def __init__(self, subject, way, ship, did, mailbox=None, to=None, kind=None,
                 evidence=None):
        self.subject, self.way, self.ship, self.did = subject, way, ship, did
        self.mailbox, self.to = mailbox, to
        self.kind, self.evidence = kind, evidence
        self.problems = []
        self.event = None


def outcome(event):
    if event is None:
        return "let through"
    return {"quarantine": "held", "tag": "tagged", "log": "logged"}.get(
        event["forwarden"]["action"], event["forwarden"]["action"])


class Story:
    def __init__(self, rig):
        self.rig = rig
        self.sink = Sink(rig)
        self.forwarden = Forwarden(rig)
        self.postfix = Postfix(rig, self.sink, milter=self.forwarden.milter)
        self.alice, self.mary, self.frank = (
            rig.user(name) for name in ("alice", "mary", "frank"))
        self.alice.forward("alice.private@freemail.example")
        self.frank.forward("frank@supplier.example")
        self.postfix.table("aliases", {"sales": "desk@agency.example"})
        self.postfix.table("virtual", {"info@example.com": "hotline@agency.example"})

    def start(self):
        self.forwarden.start()
        self.postfix.start()

    # Ways in. Each returns nothing: what comes of it is seen at the other end.
    def outside(self, to, fields=""):
        """By SMTP from a stranger."""
        return lambda subject: self.by_smtp(
            PARTNER, JO, to, letter(subject, JO, to, fields))

    def by_smtp(self, client, sender, to, text):
        code, reply = send(self.postfix.intake, sender, [to], text, xclient=client)
        if code != 250:
            raise Failure(f"Postfix said {code} {reply}")

    def by_client(self, client, sender, to, shown, author, fields=""):
        """By SMTP from our own side, with another's header."""
        return lambda subject: self.by_smtp(
            client, sender, to, letter(subject, author, shown, fields))

    def by_sendmail(self, sender, to, shown, author, fields=""):
        return lambda subject: self.postfix.sendmail(
            sender, [to], letter(subject, author, shown, fields))

    def cases(self):
        alice, mary = self.alice.address, self.mary.address
        return [
            Case("Lunch on Friday", "plain mail in", self.outside(mary), "let through",
                 to=mary),
            Case("Our offer", "plain mail out, by a laptop", self.by_client(
                dict(LAPTOP, LOGIN=self.mary.name), mary, JO, JO, mary),
                "let through", to=JO),
            Case("Invoice 4711", "alice's .forward", self.outside(alice), "held",
                 alice, "alice.private@freemail.example", "redirect", "orcpt"),
            Case("Price list", "an alias", self.outside("sales@example.com"), "tagged",
                 "sales@example.com", "desk@agency.example", "redirect", "orcpt"),
            Case("A question", "a virtual alias", self.outside("info@example.com"),
                 "tagged", "info@example.com", "hotline@agency.example", "redirect",
                 "orcpt"),
            Case("Board minutes", "Exchange inbox rule", self.by_client(
                EXCHANGE, JO, "dave@supplier.example", "dave@example.com", JO,
                "Resent-From: <dave@example.com>\n"
                "X-MS-Exchange-Inbox-Rules-Loop: dave@example.com\n"), None,
                "dave@example.com", "dave@supplier.example", "redirect",
                "inbox-rules-loop"),
            Case("Payroll May", "Gmail forwarding", self.by_client(
                GATEWAY, "erin+caf_=erin.k=freemail.example@example.com",
                "erin.k@freemail.example", "erin@example.com", JO,
                "X-Forwarded-To: erin.k@freemail.example\n"
                "X-Forwarded-For: erin@example.com erin.k@freemail.example\n"), "tagged",
                "erin@example.com", "erin.k@freemail.example", "redirect", "caf-sender"),
            Case("Your parcel", "Sieve redirect", self.by_sendmail(
                JO, "gina@supplier.example", "gina@example.com", JO,
                "X-Sieve: Pigeonhole Sieve 0.5.19\n"
                "X-Sieve-Redirected-From: gina@example.com\n"), None,
                "gina@example.com", "gina@supplier.example", "redirect",
                "sieve-redirected-from"),
            Case("[news] Release 2.0", "our mailing list", self.by_sendmail(
                "news-bounces@example.com", JO, "news@example.com", "mary@example.com",
                "List-Id: News <news.example.com>\n"
                "List-Post: <mailto:news@example.com>\n"
                "List-Unsubscribe: <mailto:news-leave@example.com>\n"
                "Precedence: list\n"), "let through", to=JO),
            Case("Out of office: Lunch", "an automatic reply", self.by_sendmail(
                "", JO, JO, mary, "Auto-Submitted: auto-replied\n"), "let through",
                to=JO),
        ]

    def event_of(self, case):
        return next((e for e in self.forwarden.events()
                     if e["email"].get("subject") == case.subject), None)

    def has_come(self, case):
        """Has the message reached its end: the sink, a mailbox, the hold queue?"""
        if self.sink.find(lambda m: m.field("Subject") == case.subject):
            return True
        if case.to == self.mary.address:
            return any(case.subject in text for text in self.postfix.mailbox(self.mary.name))
        event = self.event_of(case)
        return event is not None and outcome(event) == "held"

    def run(self, case):
        try:
            case.ship(case.subject)
            wait_until(f"'{case.subject}'", lambda: self.has_come(case), 20)
        except (Failure, OSError) as error:
            case.problems.append(str(error))
        case.event = self.event_of(case)
        judge_case(case)

    def burst(self):
        """Thirty in a minute from one mailbox."""
        for number in range(BURST):
            subject = f"Order {number + 1} of {BURST}"
            to = self.frank.address
            author = f"jo{number}@partner.example"
            self.by_smtp(PARTNER, author, to, letter(subject, author, to))
        self.postfix.wait_empty()
        return wait_until("the burst", lambda: (
            lambda found: found if len(found) == BURST else None)(
                [e for e in self.forwarden.events()
                 if e["email"].get("subject", "").startswith("Order ")]))


def evidence_of(event):
    return Forwarden.evidence(event) if event else []


def judge_case(case):
    """Notes what is not as told."""
    event, seen = case.event, (case.event or {}).get("forwarden", {})
    if case.did and outcome(event) != case.did:
        case.problems.append(f"{outcome(event)}, not {case.did}")
    if case.did is None and outcome(event) not in ("tagged", "held"):
        case.problems.append(f"{outcome(event)}, neither tagged nor held")
    for key, wanted in (("mailbox", case.mailbox), ("kind", case.kind),
                        ("destination", case.to if case.kind else None)):
        if wanted and seen.get(key) != wanted:
            case.problems.append(f"{key} {seen.get(key)}, not {wanted}")
    if case.evidence and case.evidence not in evidence_of(event):
        case.problems.append(f"no {case.evidence} in {evidence_of(event)}")


WIDTHS = (20, 27, 52)


def row(first, second, third, last, code=""):
    cells = [f"{text:<{width}}" for text, width in zip((first, second, third), WIDTHS)]
    print((" " + "  ".join(cells) + "  " + paint(last, code)).rstrip())


def aside(text):
    """More of what Forwarden saw, in as many lines as it takes."""
    for line in textwrap.wrap(text, WIDTHS[2] - 2, break_on_hyphens=False):
        row("", "", "  " + line, "")


def show_case(case):
    did = "NOT AS TOLD" if case.problems else outcome(case.event)
    seen = (case.event or {}).get("forwarden")
    if seen is None or seen.get("kind") in (None, "none"):
        row(case.subject, case.way, "nothing: no forward", did, COLOURS.get(did))
    else:
        row(case.subject, case.way,
            f"{seen['kind']} of {seen['mailbox']}, {seen['confidence']} %", did,
            COLOURS.get(did))
        aside(f"to {seen['destination']}")
        aside("by " + ", ".join(evidence_of(case.event)))
    for problem in case.problems:
        aside("! " + problem)


def show_burst(events):
    """Past 20 an hour they are held; some earlier, for the pack also compares
    with the mailbox's own past."""
    did = [outcome(e) for e in events]
    tagged, held = did.count("tagged"), did.count("held")
    over = [e for e in events if "forward-burst-mailbox" in e["forwarden"]["policies"]]
    named = over[-1]["forwarden"]["policies"] if over else []
    fine = tagged + held == BURST and tagged > 0 and len(over) == BURST - 20
    row(f"Order 1 to {BURST}", "frank's .forward, a burst",
        f"{len(events)} redirects of {events[0]['forwarden']['mailbox']}",
        f"{tagged} tagged, {held} held" if fine else "NOT AS TOLD",
        COLOURS["held" if fine else "NOT AS TOLD"])
    aside("by policy " + ", ".join(named))
    return fine


def show_queue(story, held):
    title("Postfix's hold queue (postqueue -p); postsuper -H releases")
    for waiting in held[:6]:
        print(f"  {waiting['queue_id']}!  {waiting['sender']}  ->  "
              + ", ".join(r["address"] for r in waiting["recipients"]))
    if len(held) > 6:
        print(f"  ... and {len(held) - 6} more of the burst")


def show_tag(story):
    title("What a tag looks like")
    found = story.sink.find(lambda m: m.field("X-Forwarden"))
    if found:
        print("  X-Forwarden: " + found[0].field("X-Forwarden").replace("\n\t", "\n      "))
    return bool(found)


def tell(story):
    title("Mail through a real Postfix, and what Forwarden made of it")
    row("message", "the way it took", "what Forwarden saw", "what it did")
    row("-" * WIDTHS[0], "-" * WIDTHS[1], "-" * WIDTHS[2], "-----------")
    cases = story.cases()
    for case in cases:
        story.run(case)
        show_case(case)
    fine = show_burst(story.burst())
    held = wait_until("the hold queue", story.postfix.held)
    expected = sum(outcome(e) == "held" for e in story.forwarden.events())
    show_queue(story, held)
    fine = show_tag(story) and fine
    title("forwarden top")
    print(story.forwarden.run("top", "--once"))
    if len(held) != expected:
        print(paint(f"! {len(held)} held, not {expected}", "31"))
        fine = False
    return fine and not any(case.problems for case in cases)


def stay(story):
    terminal = sys.stdin.isatty()
    end = "you press Enter" if terminal else f"kill {os.getpid()}"
    title(f"All of it stays up until {end}")
    config, yaml = story.postfix.config, story.forwarden.file
    print(f"""  mail in        swaks --server 127.0.0.1:{story.postfix.intake} \\
                   --from jo@partner.example --to {story.alice.address}
  hold queue     postqueue -c {config} -p
  release        postsuper -c {config} -H QUEUE-ID
  counters       forwarden top -c {yaml}
  events         forwarden events --follow -c {yaml}
  logs           {story.forwarden.folder}/log
                 {story.postfix.folder}/mail.log
  forwarden is {program()}.""", flush=True)
    if terminal:
        sys.stdin.readline()
    else:
        signal.pause()


def main():
    began = time.monotonic()
    with Rig("demo", apart="--stay" not in sys.argv) as rig:
        story = Story(rig)
        story.start()
        fine = tell(story)
        if "--stay" in sys.argv:
            stay(story)
    print(f"\n{'All as told' if fine else paint('NOT AS TOLD', '41;1')}, "
          f"in {time.monotonic() - began:.0f} s; everything is stopped and removed.")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
