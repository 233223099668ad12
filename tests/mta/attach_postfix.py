#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
forwarden attach on Postfixes as people have them. For each: what leaves goes
with it the very ways it went without (server, name in EHLO, TLS, user, sender, recipients),
all of it is seen, and undone the files are what they were, byte for byte.
"""
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from rig import Failure, Forwarden, Postfix, Rig, Sink, Tap, free_port, send, wait_until
from rig.core import TOP
from rig.forwarden import program

STRANGER = "eve@partner.example"
OUTSIDE = {"ADDR": "203.0.113.9", "NAME": "mail.partner.example"}
AT_ONCE = 3


def attach(forwarden, postfix, *options, timeout=200, env=None):
    """Exit status and what was said."""
    done = subprocess.run(
        [program(), "attach", "-c", forwarden.file, "--postfix", postfix.config, *options],
        timeout=timeout, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, env=env)
    return done.returncode, done.stdout.decode(errors="replace")


def files(postfix):
    """Bytes, mode and owner of the two files."""
    rows = []
    for name in ("main.cf", "master.cf"):
        path = os.path.join(postfix.config, name)
        info = os.stat(path)
        with open(path, "rb") as f:
            rows.append((f.read(), info.st_mode, info.st_uid, info.st_gid))
    return rows


class ContentFilter(Sink):
    """Takes mail, marks it and gives it back at another port."""
    back = None

    def keep(self, message):
        super().keep(message)
        send(self.back, message.sender, message.recipients,
             b"X-Filtered: yes\n" + message.data)


class Site:
    """One configuration: its Postfix and the servers outside."""

    def __init__(self, rig, name, alice):
        self.rig, self.name, self.alice = rig, name, alice
        self.word = "".join(c for c in name if c.isalnum())
        self.sinks = {"outside": Sink(rig, host="127.0.0.2")}
        self.domain = "freemail.example"  # of whoever mail goes to
        self.options = []  # of attach
        self.others = []  # recipients of one letter more, together

    def sink(self, name, **options):
        self.sinks[name] = Sink(self.rig, **options)
        return self.sinks[name]

    def port(self, name):
        return self.sinks[name].port

    def make(self, leave=None, main="", master=""):
        self.postfix = Postfix(
            self.rig, self.sinks["outside"], name=self.word, egress=False, main=main,
            master=master, leave=leave or f"relayhost = [127.0.0.2]:{self.port('outside')}\n")
        return self

    def table(self, name, rows):
        path = self.rig.path(f"{self.word}-{name}")
        with open(path, "w") as f:
            f.write("".join(f"{key} {value}\n" for key, value in rows.items()))
        return f"texthash:{path}"

    def letters(self):
        """(by sendmail(1)?, sender, recipient)"""
        friend = f"friend@{self.domain}"
        return [(False, STRANGER, self.alice.address), (False, "bob@example.com", friend),
                (False, "sales@example.com", friend), (False, "sales+x@example.com", friend),
                (False, "ann@branch.example", friend), (True, "root@example.com", friend),
                (True, "", friend),
                *((False, sender, self.others) for sender in
                  ("bob@example.com", "sales@example.com") if self.others)]

    def send_all(self, run):
        """Every letter; those that leave are what is returned: a set of ways."""
        for number, (local, sender, recipient) in enumerate(self.letters()):
            subject = f"{self.word}-{run}-{number}"
            recipients = [recipient] if isinstance(recipient, str) else recipient
            text = (f"From: {sender or 'MAILER-DAEMON'}\nTo: {recipients[0]}\n"
                    f"Subject: {subject}\nMessage-ID: <{subject}@x.example>\n\nbody\n")
            if local:
                self.postfix.sendmail(sender, recipients, text)
            else:
                code, reply = send(self.postfix.intake, sender, recipients, text,
                                   xclient=OUTSIDE if sender == STRANGER else None)
                if code != 250:
                    raise Failure(f"{subject}: {code} {reply}")
        expected = sum(isinstance(r, str) or len(r) for _, _, r in self.letters())
        wait_until(f"{self.name}: mail of {run}",
                   lambda: len(self.arrived(run)) >= expected)
        self.postfix.wait_empty()
        return sorted(self.arrived(run))

    def arrived(self, run):
        head = f"{self.word}-{run}-"
        return [(name, m.helo, m.tls, m.user or "", m.sender, recipient,
                 m.field("Subject")[len(head):])
                for name, sink in self.sinks.items() for m in sink.messages
                if (m.field("Subject") or "").startswith(head) for recipient in m.recipients]


def plain(site):
    site.domain = "[127.0.0.2]"
    site.alice = site.rig.user("carol")
    site.alice.forward("drop@[127.0.0.2]")
    return site.make(leave="smtp_tcp_port = {outside}\n", main="# The last comment stays.\n")


def relayhost(site):
    return site.make()


def secure_relayhost(site):
    site.sink("secure", secure=True)
    relay = f"[127.0.0.1]:{site.port('secure')}"
    passwords = site.table("passwords", {relay: "site:secret"})
    return site.make(leave=f"relayhost = {relay}\nsmtp_sasl_auth_enable = yes\n"
                           f"smtp_sasl_password_maps = {passwords}\n"
                           "smtp_sasl_security_options =\nsmtp_tls_security_level = encrypt\n")


def default_transport(site):
    return site.make(leave="default_transport = out:[127.0.0.2]:{outside}\n",
                     master="out unix - - n - - smtp\n")


def no_delay(site):
    """Restrictions of clients are not waited for: the old FILTER looped here."""
    return site.make(main="smtpd_delay_reject = no\n")


def sender_relayhosts(site):
    site.sink("sales")
    site.sink("branch")
    site.sink("null")
    first = site.table("first", {"sales@example.com": f"[127.0.0.1]:{site.port('sales')}"})
    second = site.table("second", {
        "@branch.example": f"[127.0.0.1]:{site.port('branch')}",
        "@example.com": "DUNNO", "<>": f"[127.0.0.1]:{site.port('null')}"})
    return site.make(main=f"sender_dependent_relayhost_maps = {first}, {second}\n")


def sender_transports(site):
    site.sink("sales")
    table = site.table("transports", {
        "sales@example.com": f"special:[127.0.0.1]:{site.port('sales')}",
        "@branch.example": "special:"})
    return site.make(main=f"sender_dependent_default_transport_maps = {table}\n",
                     master="special unix - - n - - smtp\n")


def both_by_sender(site):
    """A transport by sender whose next hop is the relayhost by sender; one of
    the tables cannot be listed."""
    site.sink("sales")
    site.sink("branch")
    hosts = site.table("hosts", {
        "sales@example.com": f"[127.0.0.1]:{site.port('sales')}",
        "bob@example.com": f"[127.0.0.1]:{site.port('branch')}",
        "@branch.example": f"[127.0.0.1]:{site.port('branch')}", "@example.com": "DUNNO"})
    first = site.table("first", {
        "sales@example.com": "special", "bob@example.com": "DUNNO", "@example.com": "special:"})
    return site.make(
        main=f"sender_dependent_relayhost_maps = {hosts}\n"
             f"sender_dependent_default_transport_maps = {first}, "
             "regexp:{{/^ann@/ sp.2:}}\n",
        master="special unix - - n - - smtp\n  -o smtp_helo_name=special.example\n"
               "sp.2 unix - - n - - smtp\n  -o smtp_helo_name=second.example\n")


def one_table(site):
    site.sink("branch")
    table = site.table("one", {"@branch.example": f"[127.0.0.1]:{site.port('branch')}"})
    return site.make(main=f"sender_dependent_relayhost_maps = {table}\n")


def content_filters(site):
    """As amavis is attached: one way for strangers, one for those of ours."""
    scanner = ContentFilter(site.rig)
    scanner.back = free_port()
    return site.make(
        main=f"content_filter = scan:[127.0.0.1]:{scanner.port}\n"
             "smtpd_milter_maps = cidr:{{127.0.0.0/8 DISABLE}}\n",
        master=f"127.0.0.1:{scanner.back} inet n - n - - smtpd\n"
               "  -o content_filter=\n  -o smtpd_milters=\n"
               "  -o receive_override_options=no_address_mappings\n"
               "scan unix - - n - 5 smtp\n")


def mailboxes(site):
    """As iRedMail and mailcow have it: virtual mailboxes, copies, own routes."""
    site.sink("store")
    own = site.table("own", {"example.org": f"smtp:[127.0.0.1]:{site.port('store')}"})
    copies = site.table("copies", {"bob@example.com": "archive@freemail.example"})
    return site.make(
        main=f"transport_maps = {own}\nvirtual_mailbox_domains = example.net\n"
             f"virtual_mailbox_maps = {own}\nvirtual_transport = discard\n"
             f"sender_bcc_maps = {copies}\nsmtpd_milters = \n"
             "milter_default_action = accept\n")


def next_hop_first(site):
    """default_transport's own next hop goes before a relayhost by sender."""
    site.sink("sales")
    table = site.table("unheard", {"sales@example.com": f"[127.0.0.1]:{site.port('sales')}"})
    return site.make(leave="default_transport = out:[127.0.0.2]:{outside}\n",
                     main=f"sender_dependent_relayhost_maps = {table}\n",
                     master="out unix - - n - - smtp\n")


def routes(site):
    """Entries of transport_maps that lead outside, in two tables that differ,
    and a way by sender besides."""
    for name in ("third", "deep", "one", "bare", "sales"):
        site.sink(name)
    def to(transport, name):
        return f"{transport}:[127.0.0.1]:{site.port(name)}"
    first = site.table("first", {
        "third.example": to("smtp", "third"), ".deep.example": to("own", "deep"),
        "quiet.deep.example": ":", "bare.example": to("", "bare"),
        "void.example": "discard:"})
    second = site.table("second", {
        "one@third.example": to("smtp", "one"), "a.b.deep.example": to("smtp", "third"),
        "two@third.example": to("own", "one"),
        ".example": to("own", "bare")})
    senders = site.table("senders", {"sales@example.com": f"[127.0.0.1]:{site.port('sales')}"})
    aliases = site.table("aliases", {"two@third.example": "one@third.example"})
    site.options = ["--transports", "smtp,own"]
    site.others = ["x@third.example", "one@third.example", "one+y@third.example",
                   "x@a.b.deep.example", "x@c.b.deep.example", "x@quiet.deep.example",
                   "x@bare.example", "x@elsewhere.test", "y@third.example"]
    return site.make(main=f"transport_maps = {first}, {second}\n"
                          f"virtual_alias_maps = {aliases}\n"
                          f"sender_dependent_relayhost_maps = {senders}\n",
                     master="own unix - - n - - smtp\n")


def wildcard(site):
    """All of the outside by transport_maps, but for exceptions, whose way is
    by sender."""
    site.sink("gate")
    site.sink("sales")
    table = site.table("gates", {
        "*": f"smtp:[127.0.0.1]:{site.port('gate')}", "except.test": ":",
        "example.com": "local:", "mx.example.com": "local:"})
    senders = site.table("senders", {"sales@example.com": f"[127.0.0.1]:{site.port('sales')}"})
    site.options = ["--transports", "smtp"]
    site.others = ["x@third.example", "x@except.test"]
    return site.make(main=f"transport_maps = {table}\n"
                          f"sender_dependent_relayhost_maps = {senders}\n")


def screened(site):
    """postscreen in front, chrooted daemons, a milter of the site's own."""
    null = os.path.join(os.environ.get("TOP_BUILDDIR", "."), "tests/bench/nullmilter")
    port, door = free_port(), free_port()
    site.rig.spawn([null, f"inet:{port}@127.0.0.1"], site.rig.path("null.log"))
    site.make(main=f"smtpd_milters = inet:127.0.0.1:{port}\nmilter_default_action = accept\n"
                   "postscreen_cache_map = \n",
              master="smtpd pass - - n - - smtpd\n"
                     f"127.0.0.1:{door} inet n - n - 1 postscreen\n"
                     "dnsblog unix - - n - 0 dnsblog\ntlsproxy unix - - n - 0 tlsproxy\n")
    return site


# name, how it is made, what attach says of it
SITES = [
    ("by itself", plain, []),
    ("relayhost", relayhost, []),
    ("relayhost with TLS and a password", secure_relayhost, []),
    ("default_transport with a next hop", default_transport, []),
    ("smtpd_delay_reject = no", no_delay, []),
    ("relayhosts by sender, two tables", sender_relayhosts,
     ["<sales@example.com> is seen and leaves by smtp:[127.0.0.1]:",
      "<forwarden-probe@branch.example> is seen"]),
    ("transports by sender", sender_transports, ["leaves by special:"]),
    ("both by sender", both_by_sender,
     ["<sales@example.com> is seen and leaves by special:[127.0.0.1]:",
      "<forwarden-probe@example.com> is seen and leaves by special:[127.0.0.2]:",
      "note: regexp:{{/^ann@/ sp.2:}} cannot be listed"]),
    ("relayhosts by sender, one table", one_table, ["<forwarden-probe@branch.example>"]),
    ("content filter, loopback left out", content_filters,
     ["not proved: smtpd_milter_maps", "own smtpd_milters"]),
    ("virtual mailboxes and copies", mailboxes, ["transport_maps"]),
    ("postscreen and a milter of its own", screened, []),
    ("a next hop before relayhosts by sender", next_hop_first, []),
    ("transport_maps to the outside", routes,
     ["mail for <third.example> is seen and leaves by smtp:[127.0.0.1]:",
      "mail for <third.example> is led to the listener",
      "mail for <bare.example> is led to the listener",
      "mail for <one@third.example> is seen and leaves by smtp:[127.0.0.1]:",
      "mail for <one@third.example> is led to the listener",
      "note: mail for two@third.example is rewritten before it is routed"]),
    ("transport_maps with a wildcard", wildcard, ["proved: mail of <> is seen"]),
]


def check_seen(tap, site, forwarden, run, count):
    """Each that left was shown by the listener for mail that leaves."""
    def seen():
        return sum(e["message"]["recipients"] for e in forwarden.events()
                   if e.get("smtp", {}).get("listener") == "egress"
                   and (e["email"].get("subject") or "").startswith(f"{site.word}-{run}-")
                   ) >= count
    tap.attempt(f"{site.name}: all that left was seen", lambda: wait_until("events", seen, 10))


def exercise(tap, forwarden, site, said, look=None):
    """look: at what is attached, at last."""
    postfix = site.postfix
    postfix.start()
    before, ways = files(postfix), site.send_all("before")
    code, text = attach(forwarden, postfix, "--dry-run", *site.options)
    tap.ok(code == 0 and "+forwarden_milter = " in text and "to be proved" in text
           and files(postfix) == before,
           f"{site.name}: a dry run shows the difference, and changes nothing", text)
    code, text = attach(forwarden, postfix, "--port", str(free_port()), *site.options)
    if not tap.ok(code == 0 and "proved: what leaves is led to the listener" in text,
                  f"{site.name}: attached and proved", text):
        return
    for words in said:
        tap.ok(words in text, f"{site.name}: it says \"{words}\"", text)
    tap.equal(site.send_all("after"), ways, f"{site.name}: all leaves as before")
    check_seen(tap, site, forwarden, "after", len(ways))
    # The first letter is the one that the MTA itself forwards.
    tap.attempt(f"{site.name}: whose mail it forwards is known", lambda: forwarden.wait_event(
        lambda e: e["email"].get("subject") == f"{site.word}-after-0"
        and e["forwarden"].get("mailbox") == site.alice.address, 5))
    tap.ok(not any("forwarden-probe" in r for s in site.sinks.values()
                   for m in s.messages for r in m.recipients),
           f"{site.name}: no probe left")
    if look:
        look(tap, site, forwarden)
    code, text = attach(forwarden, postfix, "--undo")
    tap.ok(code == 0, f"{site.name}: undone", text)
    tap.equal(files(postfix), before, f"{site.name}: byte for byte")
    tap.equal(site.send_all("undone"), ways, f"{site.name}: and leaves as before")


def sites(tap, rig, forwarden, alice):
    made = [(make(Site(rig, name, alice)), said) for name, make, said in SITES
            if len(sys.argv) < 2 or make.__name__ in sys.argv[1:]]

    def one(pair):
        try:
            exercise(tap, forwarden, *pair)
        except Exception as error:
            tap.fail(pair[0].name, f"{type(error).__name__}: {error}")
        pair[0].postfix.stop()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, made))


def documentation(tap, rig, forwarden):
    """The recipe in docs/attach.md is what attach does."""
    with open(os.path.join(TOP, "docs", "attach.md")) as f:
        text = f.read()
    site = Site(rig, "documentation", None).make()
    site.postfix.start()
    _, difference = attach(forwarden, site.postfix, "--dry-run")
    added = "\n".join(line[1:] for line in difference.splitlines() if line.startswith("+"))
    added = added.replace(forwarden.milter, "inet:127.0.0.1:8894")
    # The port of the page may be another test's just now.
    port = re.search(r"forwarden-hop:\[127\.0\.0\.1\]:(1\d\d26)\b", added)
    added = added.replace(f"127.0.0.1:{port[1]} ", "127.0.0.1:10026 ").replace(
        f"]:{port[1]}", "]:10026")
    for name in ("main.cf", "master.cf"):
        recipe = text.partition(f"```{name}\n")[2].partition("\n```")[0].splitlines()
        absent = [line for line in recipe if line not in added.splitlines()]
        tap.ok(recipe and not absent, f"docs/attach.md: its {name} is attach's", absent, added)
    site.postfix.stop()


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip_all("needs root")
    with Rig("attach") as rig:
        forwarden = Forwarden(rig, mode="observe", more="log: {{all: true}}\n")
        forwarden.start()
        alice = rig.user("alice")
        alice.forward("drop@freemail.example")
        sites(tap, rig, forwarden, alice)
        documentation(tap, rig, forwarden)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
