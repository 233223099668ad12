# SPDX-License-Identifier: BSD-2-Clause
"""
A site for those who try to hide, and for those who try to frame others: a
Postfix with two listeners, the policies that ship in enforce mode, and one
more that makes an event of whatever leaves, so that nothing is overlooked.
"""
import json
import os
import shutil

from .core import free_port, wait_until
from .dovecot import Dovecot
from .forwarden import EVERYTHING, PACK, Forwarden
from .postfix import Postfix
from .smtp import Sink, send

OUTSIDE = {"ADDR": "203.0.113.9", "NAME": "mail.partner.example"}
STRANGER = "bob@partner.example"
ACTIONS = ["none", "log", "tag", "quarantine", "tempfail", "reject", "discard"]
SUBMISSION = """\
127.0.0.1:{port} inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o milter_macro_daemon_name=submission
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
"""
# One that nobody minds, one that pays, one that opens an account.
SUBJECTS = ("Lunch on Friday", "Invoice 4711 is overdue", "Reset your password")


def letter(subject, to, message_id, sender=STRANGER, fields=""):
    """message_id: None for a letter without."""
    identity = f"Message-ID: {message_id}\n" if message_id else ""
    return (f"{fields}From: Bob Jones <{sender}>\nTo: {to}\nSubject: {subject}\n"
            f"Date: Mon, 5 Jan 2026 09:00:00 +0000\n{identity}\nbody\n")


class Watched:
    def __init__(self, rig):
        self.rig = rig
        # Postfix and Sendmail both have it; 127.0.0.1 is a name of Sendmail's own.
        self.sink = Sink(rig, host="")
        folder = rig.path("policies")
        shutil.copytree(PACK, folder, ignore=shutil.ignore_patterns("*.test.yaml", "*.mk"))
        with open(os.path.join(folder, "everything.yml"), "w") as f:
            f.write(EVERYTHING)
        self.forwarden = Forwarden(rig, policies=folder, more="""\
lists:
  freemail: ["file:{policies}/lists/freemail.txt"]
  disposable: ["file:{policies}/lists/disposable.txt"]
  sensitive-mailboxes: ["file:{policies}/lists/sensitive-mailboxes.txt"]
""")
        self.forwarden.start()
        self.submission = free_port()
        tables = {"transport": "transport_maps", "commands": "mailbox_command_maps"}
        self.postfix = Postfix(
            rig, self.sink, milter=self.forwarden.milter,
            main="".join(f"{setting} = texthash:{rig.path('postfix', table)}\n"
                         for table, setting in tables.items())
            + f"smtpd_sasl_type = dovecot\nsmtpd_sasl_path = {rig.path('dovecot', 'auth')}\n",
            master=SUBMISSION.format(port=self.submission))
        self.dovecot = Dovecot(rig, self.postfix)
        self.transport, self.commands, self.virtual, self.aliases = {}, {}, {}, {}

    def start(self):
        for table in ("transport", "commands", "virtual", "aliases"):
            self.postfix.table(table, getattr(self, table))
        self.dovecot.start()
        self.postfix.start()

    def address(self, name):
        return f"{name}@{self.rig.domain}"

    def arrive(self, recipients, text, sender=STRANGER, port=None, **options):
        """A stranger's mail; the intake must take it."""
        code, said = send(port or self.postfix.intake, sender, recipients, text,
                          xclient=None if port else OUTSIDE, **options)
        assert code == 250, f"the intake says {code} {said}"

    def submit(self, user, recipients, text, sender=None, **options):
        """What somebody hands in who has logged in, from anywhere."""
        code, said = send(self.submission, sender or self.address(user), recipients, text,
                          xclient={"ADDR": "198.51.100.77"}, login=user, **options)
        assert code == 250, f"{user}'s submission: {code} {said}"

    def said(self):
        """(destination, subject) -> all that was said: (event, flow)."""
        found = {}
        for event in self.forwarden.events():
            seen = event["forwarden"]
            for flow in [seen, *seen.get("flows", [])]:
                key = (flow.get("destination"), event["email"].get("subject"))
                found.setdefault(key, []).append((event, flow))
        return found

    def wait(self, wanted, seconds=30):
        """Until each (destination, subject) has left, or was held; said()."""
        def over():
            gone = {(to, m.field("Subject")) for m in self.sink.find(lambda m: True)
                    for to in m.recipients}
            said = self.said()
            return said if all(key in gone or is_held(said.get(key, []))
                               for key in wanted) else None
        return wait_until("the end of all mail", over, seconds)

    def keep(self, folder):
        """Logs, configuration and delivered mail, for whoever looks into a failure."""
        def others(_, names):
            return [n for n in names
                    if n.endswith(".sock") or n in ("auth", "queue", "data", "run")]
        shutil.copytree(self.rig.folder, folder, ignore=others, dirs_exist_ok=True)

    def routes(self, mailbox):
        """Where the store says that it forwards to: destination -> how often."""
        text = self.forwarden.run("mailbox", "--json", mailbox, check=False)
        return {r["destination"]: r["count"] for r in json.loads(text)["routes"]} if text else {}


def is_held(pairs):
    return any(action(event) in ("quarantine", "tempfail", "reject") for event, _ in pairs)


def action(event):
    return event["forwarden"].get("action") or "none"


def surest(pairs):
    """The surest flow, and the strictest action of all."""
    flow = max((f for _, f in pairs), key=lambda f: f.get("confidence", 0))
    return flow, max((action(e) for e, _ in pairs), key=ACTIONS.index)
