#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The framings: what a stranger, another login or a local user writes so that
somebody else is blamed, or has his wanted mail held. On a real Postfix, with
the policies that ship in enforce mode. For each there is a boss of its own,
who has a wanted forward and has done nothing: nothing may be laid at that
door, and the boss's own mail must go on as before. At the end, a table (also
to WAYS_TABLE).
"""
import os
import sys

from rig import Failure, Rig, Tap, wait_until
from rig.watched import ACTIONS, STRANGER, SUBJECTS, Watched, action, letter, surest
from rig.watched_table import print_rows

CALM = "Minutes of the board"
FRIEND = "carol@third.example"


class Framing:
    """
    made(site, framing, number) does it once; it is done `times` over, or once
    for each subject.
    """

    def __init__(self, name, label, made, **more):
        self.name, self.label, self.made = name, label, made
        self.times = more.get("times", len(SUBJECTS))
        self.boss = f"boss-{name}@example.com"
        self.home = f"home@boss-{name}.example"
        self.there = f"x@{name}.example"

    def bind(self, site):
        site.virtual[self.boss] = self.home
        self.mallory = site.rig.user("m" + self.name)

    def introduce(self, site):
        """Both get mail as people do; who speaks writes, too, and is known as a person."""
        name, to = self.mallory.address, f"friend@{self.name}.example"
        site.arrive([self.boss], letter("Welcome", self.boss,
                                        f"<welcome.{self.name}@third.example>", FRIEND), FRIEND)
        site.arrive([name], letter("Hello", name, f"<hi.{self.name}@third.example>", FRIEND),
                    FRIEND)
        site.submit(self.mallory.name, [to], letter(
            "Hello", to, f"<hello.{self.name}@example.com>", name))


def subject(number):
    return SUBJECTS[number % len(SUBJECTS)]


def foreign(framing, number, fields=""):
    """A stranger's message as it might have come for the boss."""
    return letter(subject(number), framing.boss,
                  f"<{framing.name}.{number}@partner.example>", fields=fields)


def by_stranger(fields="", **options):
    """To somebody with a wanted forward: what is said must not stick to another."""
    def made(site, framing, number):
        named = fields.format(boss=framing.boss, there=framing.there)
        given = {k: [v.format(boss=framing.boss)] for k, v in options.items()}
        if number == 0:
            framing.mallory.forward(framing.there)
        site.arrive([framing.mallory.address], foreign(framing, number, named), **given)
    return made


def by_login(fields="", sender=STRANGER, **options):
    def made(site, framing, number):
        values = {"boss": framing.boss, "there": framing.there,
                  "local": framing.boss.partition("@")[0], "name": framing.name}
        given = {k: [v.format(**values)] for k, v in options.items()}
        site.submit(framing.mallory.name, [framing.there],
                    foreign(framing, number, fields.format(**values)),
                    sender.format(**values), **given)
    return made


def by_user(fields):
    def made(site, framing, number):
        text = foreign(framing, number, fields.format(boss=framing.boss))
        site.postfix.sendmail_command()
        site.postfix.sendmail_as(framing.mallory.name,
                                 ["-i", "-f", STRANGER, "--", framing.there], text.encode())
    return made


def with_real_line(site, framing, number):
    """Mallory got a message together with the boss, and has its Received line."""
    site.arrive([framing.boss, framing.mallory.address], foreign(framing, number))
    got = wait_until("the message", lambda: next(
        (text for text in site.postfix.mailbox(framing.mallory.name)
         if f"<{framing.name}.{number}@" in text), None))
    kept = [line for line in got.split("\n\n")[0].splitlines()
            if not line.startswith(("Return-Path", "X-Original-To", "Delivered-To"))]
    site.submit(framing.mallory.name, [framing.there], "\n".join(kept) + "\n\nbody\n",
                STRANGER)


def many_by_one(site, framing, number):
    """One stranger's volume, to the boss."""
    site.arrive([framing.boss], letter(f"Offer {number}", framing.boss,
                                       f"<{framing.name}.{number}@partner.example>"))


def answers(to):
    """A letter to 64, which the boss answers: to the author, or to the last of them."""
    def made(site, framing, number):
        others = [f"p{n}@crowd{n}.example" for n in range(63)]
        first = f"<{framing.name}.{number}@partner.example>"
        site.arrive([framing.mallory.address], letter(
            subject(number), ", ".join([*others, framing.mallory.address]), first))
        site.submit(framing.mallory.name, [to], (
            f"From: {framing.mallory.address}\nTo: {to}\nSubject: Re: {subject(number)}\n"
            f"In-Reply-To: {first}\nReferences: {first}\n"
            f"Message-ID: <re.{framing.name}.{number}@example.com>\n\nyes\n"))
    made.to = to
    return made


MARKS = ("X-Sieve-Redirected-From: {boss}\nX-MS-Exchange-Inbox-Rules-Loop: {boss}\n"
         "X-Zimbra-Forwarded: {boss}\nDelivered-To: {boss}\nResent-From: {boss}\n")
OUR_LINE = ("Received: from mail.partner.example (mail.partner.example [203.0.113.9])\n"
            "\tby mx.example.com (Postfix) with ESMTPS id 4Xy1z2\n"
            "\tfor <{boss}>; Mon, 5 Jan 2026 09:00:00 +0000\n")

FRAMINGS = [
    Framing("orcpt", "ORCPT by an outsider",
            by_stranger(rcpt_options="ORCPT=rfc822;{boss}")),
    Framing("orcptmany", "the same, 22 times",
            by_stranger(rcpt_options="ORCPT=rfc822;{boss}"), times=22),
    Framing("marks", "every product's mark by an outsider", by_stranger(MARKS)),
    Framing("orcptlogin", "ORCPT by another login",
            by_login(rcpt_options="ORCPT=rfc822;{boss}")),
    Framing("sieve", "Sieve's mark by another login",
            by_login("X-Sieve: Pigeonhole Sieve 0.5.19\n"
                     "X-Sieve-Redirected-From: {boss}\n")),
    Framing("exchange", "Exchange's marks by another login",
            by_login("X-MS-Exchange-Inbox-Rules-Loop: {boss}\n"
                     "X-MS-Exchange-ForwardingLoop: {boss};0-0-0\n")),
    Framing("caf", "Google's marks and envelope by another login",
            by_login("X-Forwarded-For: {boss} {there}\nX-Forwarded-To: {there}\n",
                     "{local}+caf_=x={name}.example@example.com")),
    Framing("srs", "Exchange's SRS by another login",
            by_login("", "{local}+SRS=AbCd1=X1=partner.example=bob@example.com")),
    Framing("delivered", "Delivered-To and our line by another login",
            by_login("Delivered-To: {boss}\n" + OUR_LINE)),
    Framing("realline", "a true line of ours by another login", with_real_line),
    Framing("user", "every product's mark by a local user", by_user(MARKS + OUR_LINE)),
    Framing("volume", "22 messages by one stranger", many_by_one, times=22),
    Framing("answer", "an answer to the author of a mail to 64", answers(STRANGER)),
    Framing("answerlast", "an answer to the last of the 64", answers("p62@crowd62.example")),
]


def blamed(framing, said):
    """(event, flow) that are laid at the boss's door, though not of home's mail."""
    return [(e, f) for (to, _), pairs in said.items() for e, f in pairs
            if f.get("mailbox") == framing.boss and to != framing.home
            and f.get("kind") != "none"]


def check(tap, site, framing, said):
    wrong = blamed(framing, said)
    own = said.get((framing.home, CALM), [])
    flow, act = surest(own) if own else ({}, "none")
    known = set(site.routes(framing.boss))
    to = getattr(framing.made, "to", None)
    if to:
        answers_seen = [(e, f) for (d, s), pairs in said.items() for e, f in pairs
                        if d == to and (s or "").startswith("Re: ")
                        and f.get("mailbox") == framing.mallory.address]
        wrong += [(e, f) for e, f in answers_seen if f.get("confidence", 0) >= 40]
    arrived = site.sink.find(lambda m: framing.home in m.recipients
                             and m.field("Subject") == CALM)
    tap.ok(not wrong, f"{framing.label}: nobody else is blamed",
           *[f"{f.get('mailbox')} {f.get('kind')} {f.get('confidence')} -> "
             f"{f.get('destination')} {action(e)} {f.get('evidence')}"
             for e, f in wrong[:3]])
    tap.ok(arrived and ACTIONS.index(act) <= ACTIONS.index("tag"),
           f"{framing.label}: the boss's own mail goes on", act, flow)
    tap.equal(known - {framing.home}, set(), f"{framing.label}: nor does the store")
    there = [pair for (to, _), pairs in said.items() if to == framing.there
             for pair in pairs]
    said_of, there_act = surest(there) if there else ({}, "none")
    mailbox = said_of.get("mailbox") or "-"
    who = {framing.boss: "the boss", framing.mallory.address: "the speaker"}
    return (framing.label, "yes" if wrong or known - {framing.home} else "no",
            "yes" if act == "quarantine" or not arrived else "no",
            who.get(mailbox, mailbox), str(said_of.get("confidence", "-")), there_act)


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip_all("needs root")
    only = sys.argv[1:]
    framings = [f for f in FRAMINGS if not only or f.name in only]
    with Rig("framings") as rig:
        site = Watched(rig)
        for framing in framings:
            framing.bind(site)
        site.start()
        for framing in framings:
            try:
                framing.introduce(site)
                for number in range(framing.times):
                    framing.made(site, framing, number)
            except (AssertionError, Failure) as error:
                tap.fail(framing.label, error)
        wait_until("the end of all mail", lambda: all(
            r["queue_name"] == "hold" for r in site.postfix.queue()), 40)
        for framing in framings:
            site.arrive([framing.boss], letter(
                CALM, framing.boss, f"<calm.{framing.name}@third.example>", FRIEND), FRIEND)
        said = site.wait([(f.home, CALM) for f in framings])
        print_rows([("framing", "innocent blamed", "own mail held", "said of", "sure",
                     "its action")] + [check(tap, site, f, said) for f in framings])
        if os.environ.get("WAYS_KEEP"):
            site.keep(os.environ["WAYS_KEEP"])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
