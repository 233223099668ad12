#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
A stolen password on a real Postfix, under the policies that ship: for each mail
that comes a fresh message leaves, by somebody who logs in. At once; what has a
keyword; written anew; to another address each time; and once a day in one
piece, which no policy sees.
"""
import base64
import os
import re
import smtplib
import socketserver
import sys
import threading
import uuid

from rig import Forwarden, Postfix, Rig, Sink, Tap, free_port, send, wait_until
from rig.table import evidence

DOCUMENT = os.path.join(os.environ["TOP_SRCDIR"], "docs", "forwarding.md")

OUTSIDE = {"ADDR": "203.0.113.9", "NAME": "mail.partner.example"}
THIEF = {"ADDR": "198.51.100.66", "NAME": "vps.example.net"}
STRANGER = "bob@partner.example"


class Logins(socketserver.StreamRequestHandler):
    """Dovecot's authentication protocol, as far as smtpd speaks it: whoever
    comes is who he says. The intruder has the password."""

    def handle(self):
        self.wfile.write(b"VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\n"
                         b"CUID\t1\nCOOKIE\t00\nDONE\n")
        for line in self.rfile:
            words = line.decode().rstrip("\n").split("\t")
            if words[0] == "AUTH":
                given = next(w[5:] for w in words if w.startswith("resp="))
                user = base64.b64decode(given).split(b"\0")[1]
                self.wfile.write(b"OK\t%s\tuser=%s\n" % (words[1].encode(), user))


def serve_logins():
    """What main.cf says of where logins are asked for."""
    logins = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Logins)
    logins.daemon_threads = True
    threading.Thread(target=logins.serve_forever, daemon=True).start()
    return (f"smtpd_sasl_type = dovecot\n"
            f"smtpd_sasl_path = inet:127.0.0.1:{logins.server_address[1]}\n")


class Site:
    def __init__(self, rig):
        self.rig, self.sink = rig, Sink(rig)
        self.forwarden = Forwarden(rig, mode="enforce")
        self.forwarden.start()
        self.postfix = Postfix(
            rig, self.sink, milter=self.forwarden.milter,
            main="smtpd_sasl_auth_enable = yes\n" + serve_logins())
        self.come = {}

    def arrives(self, user, subject):
        """A stranger's mail, until it is in the mailbox."""
        code, text = send(
            self.postfix.intake, STRANGER, [user.address],
            f"From: Bob <{STRANGER}>\nTo: {user.address}\nSubject: {subject}\n"
            f"Message-ID: <{uuid.uuid4().hex}@partner.example>\n\nread this\n",
            xclient=OUTSIDE)
        if code != 250:
            raise RuntimeError(f"the intake says {code} {text}")
        self.come[user.name] = self.come.get(user.name, 0) + 1
        self.postfix.wait_mailbox(user.name, self.come[user.name])

    def leaves(self, user, destination, subject):
        """A fresh message by whoever has the password."""
        code, text = send(
            self.postfix.intake, user.address, [destination],
            f"From: {user.address}\nTo: {destination}\nSubject: {subject}\n"
            f"Message-ID: <{uuid.uuid4().hex}@{self.rig.domain}>\n\nwritten anew\n",
            xclient=THIEF, login=user.address)
        if code != 250:
            raise RuntimeError(f"the intake says {code} {text}")

    def events(self, user):
        return [e for e in self.forwarden.events()
                if e["smtp"]["mail_from"]["address"] == user.address
                and e["smtp"].get("listener") != "egress"]

    def last(self, user, policy):
        """The event in which the policy matched."""
        def looks():
            found = [e for e in self.events(user)
                     if policy in e["forwarden"]["policies"]]
            return found[0] if found else None
        return wait_until(f"{policy} for {user.name}", looks, 20)


def at_once(tap, site):
    user = site.rig.user("anna")
    for number in range(1, 4):
        site.arrives(user, f"Offer {number} for the roof")
        site.leaves(user, "a@drop.example", f"Offer {number} for the roof")
    event = site.last(user, "carried-on-at-once")
    tap.equal(event["forwarden"]["action"], "quarantine", "a: all of it at once: held")
    tap.ok("same-subject" in evidence(event["forwarden"]), "a: by its subject")
    tap.ok("a@drop.example never wrote back, of 3 messages that it got"
           in event["forwarden"]["words"], "a: in words", event["forwarden"]["words"])
    tap.ok(wait_until("a held message", site.postfix.held, 10), "a: the MTA holds it")


def by_keyword(tap, site):
    user = site.rig.user("carl")
    for number in range(1, 4):
        site.arrives(user, f"Minutes {number} of the board")
        site.arrives(user, f"Invoice {number} for the roof")
        site.leaves(user, "c@drop.example", f"Invoice {number} for the roof")
        site.arrives(user, f"Lunch on day {number} of May")
    tap.equal(site.last(user, "carried-on-at-once")["forwarden"]["action"], "quarantine",
              "c: what has a keyword, at once: held")


def anew(tap, site):
    user = site.rig.user("dora")
    site.leaves(user, "carl@third.example", "Something of her own")
    for number in range(1, 6):
        site.arrives(user, f"Offer {number} for the roof")
        site.leaves(user, "d@drop.example", f"Photographs of the sea {number}")
    event = site.last(user, "follows-arrivals")
    tap.equal(event["forwarden"]["kind"], "follow", "d: written anew: it follows")
    tap.equal(event["forwarden"]["mailbox"], user.address, "d: whose it is")
    tap.equal(event["forwarden"]["action"], "tag", "d: tagged")
    tap.ok("cannot be seen" in event["forwarden"]["words"], "d: in words",
           event["forwarden"]["words"])


def to_many(tap, site):
    user = site.rig.user("frida")
    for number in range(1, 9):
        site.arrives(user, f"Offer {number} for the roof")
        site.leaves(user, f"f{number}@drop.example", f"Offer {number} for the roof")
    tap.ok(site.last(user, "carried-to-many"), "f: to another address each time")


def digest(tap, site):
    user = site.rig.user("ida")
    for number in range(1, 7):
        site.arrives(user, f"Offer {number} for the roof")
    site.leaves(user, "i@drop.example", "Photographs of today")
    site.postfix.wait_empty()
    tap.equal([e["forwarden"]["policies"] for e in site.events(user)], [],
              "i: one piece a day is seen by no policy")


def answers(tap, site):
    """The same quickness, by one who answers."""
    user = site.rig.user("paul")
    for number in range(1, 6):
        site.arrives(user, f"Offer {number} for the roof")
        site.leaves(user, STRANGER, f"Re: Offer {number} for the roof")
    site.postfix.wait_empty()
    tap.equal([e["forwarden"]["policies"] for e in site.events(user)], [],
              "answers, at once, are none of it")


def closed(tap, site):
    """The document's own lines: each hands in as himself, behind a login."""
    with open(DOCUMENT, encoding="utf-8") as file:
        blocks = re.findall(r"^```\n(.*?)^```$", file.read(), re.M | re.S)
    main = next(b for b in blocks if "smtpd_sender_login_maps" in b)
    master = next(b for b in blocks if b.startswith("submission inet"))
    logins = os.path.join(site.rig.mkdir("closed-logins"), "logins")
    with open(logins, "w") as file:
        file.write("anna@example.com anna@example.com\ncarl@example.com carl@example.com\n")
    os.chmod(os.path.dirname(logins), 0o755)
    port = free_port()
    postfix = Postfix(
        site.rig, site.sink, name="closed", egress=False,
        main=main.replace("/etc/postfix/logins", logins) + serve_logins(),
        master=master.replace("submission", f"127.0.0.1:{port}", 1))
    postfix.start()

    def hands_in(sender, login):
        return send(port, sender, ["drop@drop.example"],
                    f"From: {sender}\nSubject: Photographs\n\nof the sea\n", login=login)[0]
    tap.equal(hands_in("anna@example.com", "anna@example.com"), 250,
              "the direct way: a login hands in as himself")
    tap.equal([hands_in(sender, login) for sender, login in (
        ("carl@example.com", "anna@example.com"), ("eve@drop.example", "anna@example.com"),
        ("anna@example.com", None), ("eve@drop.example", None))], [553, 553, 553, 554],
              "... as nobody else, and nobody without a login")
    with smtplib.SMTP("127.0.0.1", postfix.intake) as client:
        client.ehlo("client.example.org")
        tap.ok(not client.has_extn("auth"), "... and port 25 has no logins")
    postfix.stop()


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip_all("needs root")
    with Rig("newmessages") as rig:
        site = Site(rig)
        for name in ("anna", "carl", "dora", "frida", "ida", "paul"):
            rig.user(name)
        site.postfix.start()
        for way in (answers, at_once, by_keyword, anew, to_many, digest, closed):
            try:
                way(tap, site)
            except Exception as error:  # the others are told all the same
                tap.fail(way.__name__, error, site.postfix.log()[-800:],
                         site.forwarden.log()[-1500:])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
