#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The ways to hide: a mailbox owner whose mail leaves, and who writes one word
more (a bounce address, a list's field, a calendar's, another From) in the
hope of not being seen. On a real Postfix, a real Sendmail, Dovecot's Sieve,
procmail and a login, each with three messages: one that nobody minds, one
that pays, one that opens an account. One row a way: how it is made, and what
must be said of it; at the end, a table (also to WAYS_TABLE).
"""
import email
import os
import shutil
import sys
import uuid

from rig import Failure, Rig, Sendmail, Tap
from rig.watched import (ACTIONS, STRANGER, SUBJECTS, Watched, letter, surest)
from rig.watched_table import print_table

MARKS = ("Return-Path", "X-Original-To", "Delivered-To")
FORGED_HOP = ("Received: from mail.other.example (mail.other.example [198.51.100.9])\n"
              "\tby mx.example.com (Postfix) with ESMTPS id 4Xy1z2;\n"
              "\tMon, 5 Jan 2026 09:00:00 +0000\n")


STOPPED = ("tag", "tag", "quarantine")
HINT = ("log", "log", "log")


class Way:
    """
    name's owner is a user of that name (user: another). words: what is put
    on top of the header; without: fields that go; sender: the envelope's
    (None: as it came). least: the confidence from which it counts as seen.
    kind: what it must be taken for. hidden: why it cannot be seen.
    """

    def __init__(self, name, label, sender=None, words="", without=(), **more):
        self.name, self.label = name, label
        self.sender, self.words, self.without = sender, words, without
        self.made = more.get("made", pipe)
        self.to = more.get("to", "{address}")
        self.least, self.kind = more.get("least", 70), more.get("kind", "redirect")
        self.acts = more.get("acts", HINT if more.get("nobody") else STOPPED)
        self.hidden, self.same_id = more.get("hidden"), more.get("same_id", True)
        self.destination = more.get("destination", f"drop@{name}.example")
        # One of two, and nothing tells which: neither may be blamed.
        self.nobody = more.get("nobody", False)
        self.token = uuid.uuid4().hex[:10]
        self.subjects = more.get("subjects", SUBJECTS)

    def bind(self, site):
        self.site = site
        self.user = site.rig.user(self.name)
        self.mailbox = self.user.address
        names = {"user": self.user.name, "address": self.mailbox,
                 "destination": self.destination}
        self.to = self.to.format(**names, n="{n}")
        self.words = self.words.format(**names)
        if self.sender is not None:
            self.sender = self.sender.format(**names)

    def message_id(self, number):
        return f"<{self.token}.{number}@Partner.example>" if self.same_id else None

    def arrive(self, number, **options):
        to = self.to.format(n=number)
        self.site.arrive([to, *options.pop("others", [])],
                         letter(self.subjects[number], to, self.message_id(number)),
                         **options)

    def rewrite(self, args, text):
        """What the user's program makes of a message: sendmail's arguments and the text."""
        message = email.message_from_bytes(text)
        sender = self.sender
        if sender is None:
            sender = (message["Return-Path"] or STRANGER).strip("<> ")
        for field in self.without:
            del message[field]
        return (["-i", "-f", sender, "--", self.destination],
                self.words.encode() + message.as_bytes())


# How a way is set up; the answer is what is done for each message.

def pipe(way):
    """A program in .forward."""
    way.site.postfix.programs[way.user.name] = way.rewrite
    way.user.forward(f'"|{way.site.postfix.sendmail_command()}"')
    return way.arrive


def procmail(way):
    way.site.postfix.programs[way.user.name] = way.rewrite
    way.user._write(".procmailrc", "COMSAT=no\nLOGFILE=$HOME/log\n\n"
                    f":0\n| {way.site.postfix.sendmail_command()}\n")
    way.site.commands[way.user.name] = shutil.which("procmail")
    return way.arrive


def dot_forward(way):
    way.user.forward(way.destination)
    return way.arrive


def sieve(script):
    def made(way):
        dovecot = way.site.dovecot
        dovecot.sieve(way.user.name, script.format(
            address=way.mailbox, destination=way.destination))
        way.site.transport[way.mailbox] = dovecot.transport
        return way.arrive
    return made


def replay(way):
    """The field that we gave the first copy is put on those that follow."""
    program = pipe(way)

    def arrive(number):
        program(number)
        if number == 0:
            copy = way.site.sink.wait(way.site.sink.to(way.destination))[0]
            tags = copy.header.get_all("X-Forwarden", [])
            way.words = "".join(f"X-Forwarden: {tag}\n" for tag in tags)
    return arrive


def login(fields, sender="{address}", first=None):
    """A client that has logged in and sends on, at once, what came."""
    def made(way):
        def arrive(number):
            way.arrive(number)
            if first:
                first(way, number)
            values = {"id": (way.message_id(number) or "").strip("<>"),
                      "address": way.mailbox, "destination": way.destination,
                      "user": way.user.name, "new": uuid.uuid4().hex,
                      "subject": way.subjects[number]}
            text = fields.format(**values)
            way.site.submit(way.user.name, [way.destination], text + "\nbody\n",
                            sender.format(**values))
        return arrive
    return made


def poison(way, number):
    """The destination writes to the mailbox, under the id it wants to answer."""
    way.site.arrive([way.mailbox], letter("Re: hello", way.mailbox, way.message_id(number),
                                          way.destination), way.destination)


def with_another(way):
    """One message to two of us, of whom only this one sends on."""
    act = pipe(way)
    other = way.site.address(way.name + "-other")
    way.site.virtual[other] = "keeper@example.com"
    return lambda number: act(number, others=[other])


def by_virtual_alias(way):
    """The same by a virtual alias: no user's program, only a table."""
    way.site.virtual[way.mailbox] = way.destination
    other = way.site.address(way.name + "-other")
    way.site.virtual[other] = "keeper@example.com"
    return lambda number: way.arrive(number, others=[other])


def by_sendmail(way):
    way.user.forward(way.destination)

    def arrive(number):
        way.arrive(number, others=[way.site.address("keeper")], port=way.site.sendmail.port)
    return arrive


def local_alias(way):
    """Of aliases(5), delivered in one go: nothing but the alias is ever named."""
    way.site.aliases[way.to.partition("@")[0]] = way.user.name
    way.mailbox = way.to
    return dot_forward(way)


def alias_to(delivered, named=False):
    """named: nobody says whose program it is, and the alias answers for it."""
    def made(way):
        way.site.virtual[way.to] = way.mailbox
        act = delivered(way)
        if named:
            way.mailbox = way.to
        return act
    return made


NEW = ("From: {address}\nTo: {destination}\nMessage-ID: <{new}@example.com>\n")
FORWARDED = NEW + "Subject: Fwd: {subject}\n"
FWD = tuple(f"Fwd: {s}" for s in SUBJECTS)
REPORT = ('Content-Type: multipart/report; report-type=delivery-status; boundary="x"\n'
          "Auto-Submitted: auto-replied\n")
CALENDAR = ('Content-Type: text/calendar; method=REQUEST\n'
            "X-MS-Exchange-Calendar-Originator-Id: {address}\n")
EDIT = 'require ["editheader", "copy"];\n'

WAYS = [
    Way("plain", "a program, sender kept"),
    Way("bounces", "-f NAME-bounces@", "{user}-bounces@example.com"),
    Way("owner", "-f owner-NAME@", "owner-{user}@example.com"),
    Way("verp", "-f NAME-bounces+DEST=DOMAIN@",
        "{user}-bounces+drop=verp.example@example.com"),
    Way("listpost", "List-Post of the mailbox",
        words="List-Post: <mailto:{address}>\n"),
    Way("listid", "List-Id, List-Post, Precedence, -f NAME-bounces@",
        "{user}-bounces@example.com",
        "List-Id: <{user}.example.com>\nList-Post: <mailto:{address}>\n"
        "List-Unsubscribe: <mailto:{user}-leave@example.com>\nPrecedence: list\n"),
    Way("nullsender", "null sender", ""),
    Way("nullstrip", "null sender, marks stripped", "", without=MARKS),
    Way("autoreply", "Auto-Submitted: auto-replied", words="Auto-Submitted: auto-replied\n"),
    Way("autonull", "the same, null sender, marks stripped", "",
        "Auto-Submitted: auto-replied\n", MARKS),
    Way("calendar", "a calendar's fields", words=CALENDAR, without=MARKS),
    Way("report", "multipart/report, null sender, marks stripped", "", REPORT, MARKS),
    Way("fromown", "From replaced, own sender, marks stripped", "{address}",
        "From: {address}\n", ("From", *MARKS)),
    Way("fromstrip", "From replaced, null sender, Received stripped", "",
        "From: {address}\n", ("From", "Received", *MARKS)),
    Way("idcase", "Message-ID in another case, From replaced", "{address}",
        "From: {address}\n", ("From", "Received", *MARKS)),
    Way("iddouble", "a second Message-ID, From replaced", "{address}",
        "From: {address}\nMessage-ID: <fresh.{user}@example.com>\n",
        ("From", "Received", *MARKS)),
    Way("hop", "forged top Received", words=FORGED_HOP),
    Way("hopstrip", "forged top Received, marks stripped", words=FORGED_HOP,
        without=MARKS),
    Way("replayed", "tag of the first copy replayed", made=replay),
    Way("procmail", "procmail, sender kept", made=procmail),
    Way("procbounce", "procmail, -f NAME-bounces@, List-Post",
        "{user}-bounces@example.com", "List-Post: <mailto:{address}>\n", made=procmail),
    Way("sieveauto", "Sieve, Auto-Submitted added", made=sieve(
        EDIT + 'addheader "Auto-Submitted" "auto-replied";\nredirect "{destination}";\n')),
    Way("sievefrom", "Sieve, From replaced", made=sieve(
        EDIT + 'deleteheader "From";\naddheader "From" "{address}";\n'
               'redirect "{destination}";\n')),
    Way("detail", "mail for NAME+news@", to="{user}+news@example.com", made=dot_forward),
    Way("sixty", "sixty details: NAME+1@, NAME+2@ ...", to="{user}+{n}@example.com",
        made=dot_forward, acts=("tag",), subjects=[f"Offer {n}" for n in range(60)]),
    Way("alias", "mail for an alias of NAME", to="{user}.smith@example.com",
        made=alias_to(dot_forward)),
    Way("aliaspipe", "the same, a program, marks stripped", to="{user}.smith@example.com",
        without=MARKS, made=alias_to(pipe, named=True)),
    Way("rita", "mail for an alias, .forward of its owner", to="quinn@example.com",
        made=alias_to(dot_forward)),
    Way("local", "mail for an alias of aliases(5)", to="ruth@example.com",
        made=local_alias),
    Way("lab", "to a sub-domain of ours that lies outside", made=dot_forward,
        destination="drop@lab.example.com"),
    Way("pair", "one message to two, one has a program", made=with_another, without=MARKS,
        nobody=True),
    Way("pairnoid", "the same without Message-ID", made=with_another, without=MARKS,
        same_id=False, nobody=True),
    Way("pairvirtual", "the same by virtual alias", made=by_virtual_alias),
    Way("sendpair", "the same by Sendmail", made=by_sendmail, nobody=True),
    Way("sendnoid", "the same by Sendmail, without Message-ID", made=by_sendmail,
        same_id=False, nobody=True),
    Way("clientrule", "login: a new message, old id last", kind="forward",
        made=login(FORWARDED + "References: <{id}>\n")),
    Way("middle", "login: old id in the middle of References", kind="forward",
        made=login(FORWARDED + "References: <a@b.example> <{id}> <c@d.example>\n")),
    Way("poisoned", "login: destination wrote under the id", kind="forward",
        made=login(FORWARDED + "References: <{id}>\n", first=poison)),
    Way("loginauto", "login: Auto-Submitted: auto-replied", kind="forward",
        made=login(FORWARDED + "References: <{id}>\nAuto-Submitted: auto-replied\n")),
    Way("loginhop", "login: the message as it was, forged Received", sender=STRANGER,
        made=login(FORGED_HOP + "From: " + STRANGER + "\nTo: {address}\n"
                   "Subject: {subject}\nMessage-ID: <{id}>\n")),
    Way("loginbounce", "login: as it was, -f NAME-bounces@, List-Post",
        made=login("List-Post: <mailto:{address}>\nFrom: " + STRANGER + "\nTo: {address}\n"
                   "Subject: {subject}\nMessage-ID: <{id}>\n",
                   "{user}-bounces@example.com")),
    Way("newdetail", "login: sends on mail for NAME+news@", kind="forward",
        to="{user}+news@example.com", made=login(FORWARDED + "References: <{id}>\n")),
    Way("newalias", "login: sends on mail for an alias", kind="forward", least=40,
        acts=HINT, to="newinfo@example.com",
        made=alias_to(login(FORWARDED + "References: <{id}>\n"))),
    Way("freshid", "login: fresh id, foreign author kept", least=40, kind=None, acts=HINT,
        subjects=("Supper at eight", "Order 4712 is late", "Your new telephone"),
        made=login("From: " + STRANGER + "\nTo: {destination}\nSubject: {subject}\n"
                   "Message-ID: <{new}@example.com>\n")),
    Way("retyped", "login: a new message, own words", made=login(NEW + "Subject: {subject} (2)\n"),
        hidden="nothing of the old message is left but its meaning"),
]


def expected_subject(way, number):
    text = way.subjects[number]
    if way.kind == "forward":
        return FWD[number]
    return text + " (2)" if way.hidden else text


def fold_ids(way):
    """Another case of the Message-ID's domain: its way has a program of its own."""
    rewrite = way.rewrite

    def folded(args, text):
        args, text = rewrite(args, text)
        return args, text.replace(b"@Partner.example>", b"@pARTNER.eXAMPLE>")
    way.rewrite = folded


def prepare(site, ways):
    acts = []
    for way in ways:
        way.bind(site)
        if way.name == "idcase":
            fold_ids(way)
        acts.append(way.made(way))
    return acts


def check(tap, way, said):
    rows = []
    for number in range(len(way.subjects)):
        pairs = said.get((way.destination, expected_subject(way, number)), [])
        rows.append(surest(pairs) if pairs else ({}, "none"))
    flow = min((f for f, _ in rows), key=lambda f: f.get("confidence", 0))
    actions = [a for _, a in rows]
    if way.hidden:
        tap.ok(flow.get("confidence", 0) < 70, f"{way.label}: hidden by design", flow)
        return flow, actions
    named = (way.mailbox, None) if way.nobody else (way.mailbox,)
    good = (flow.get("confidence", 0) >= way.least
            and all(f.get("mailbox") in named for f, _ in rows)
            and way.kind in (None, flow.get("kind"))
            and all(ACTIONS.index(got) >= ACTIONS.index(least)
                    for got, least in zip(actions, way.acts)))
    tap.ok(good, way.label, f"wanted {way.mailbox} {way.kind} {way.least} {way.acts}",
           f"actions {actions}", *[f"{f.get('mailbox')} {f.get('kind')} "
                                   f"{f.get('confidence')} {f.get('evidence')} "
                                   f"{f.get('exempt')}" for f, _ in rows])
    return flow, actions


def sendmails(site):
    """The first takes mail in; what its users send on leaves by the second."""
    milter = f"inet:{site.forwarden.port}@127.0.0.1"
    egress = Sendmail(site.rig, site.sink, milter=milter, name="egress", host="egress")
    site.sendmail = Sendmail(site.rig, egress, milter=milter)
    egress.start()
    site.sendmail.start()


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip_all("needs root")
    with Rig("ways") as rig:
        site = Watched(rig)
        sendmails(site)
        rig.user("keeper")
        only = sys.argv[1:]
        ways = [w for w in WAYS if not only or w.name in only]
        acts = prepare(site, ways)
        site.start()
        for number in range(max(len(way.subjects) for way in ways)):
            for way, act in zip(ways, acts):
                try:
                    if number < len(way.subjects):
                        act(number)
                except (AssertionError, Failure) as error:
                    tap.fail(f"{way.label}: {way.subjects[number]}", error)
        wanted = [(w.destination, expected_subject(w, n))
                  for w in ways for n in range(len(w.subjects))]
        try:
            said = site.wait(wanted)
        except Failure:
            said = site.said()
        table = [(way, *check(tap, way, said)) for way in ways]
        print_table(table)
        if os.environ.get("WAYS_KEEP"):
            site.keep(os.environ["WAYS_KEEP"])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
