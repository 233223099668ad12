#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The ways by which mail leaves a Sendmail, with `forwarden attach` in place:
each is seen, its mailbox is right, and it is delivered once. Then mail is sent
while Forwarden is taken off and put there again: none is lost, none doubled.

FORWARDEN_MESSAGES says of how many messages that load is.
"""
import json
import os
import signal
import smtplib
import socketserver
import struct
import subprocess
import sys
import threading
import uuid

from rig import Dovecot, Failure, Forwarden, Rig, Sendmail, Sink, Tap, free_port, send, wait_until
from rig.core import run
from rig.forwarden import EVERYTHING, program
from rig.sendmail import CF_DIR
from rig.syslog import Syslog
from rig.table import LIKELY
from sendmail import STRANGER, Egress, attach, contents


MC = """\
FEATURE(`virtusertable', `text -k0 -v1 {{folder}}/virtusertable')dnl
VIRTUSER_DOMAIN(`virt.example.com')dnl
VIRTUSER_DOMAIN(`all.example.com')dnl
FEATURE(`mailertable', `text -k0 -v1 {{folder}}/mailertable')dnl
FEATURE(`genericstable', `text -k0 -v1 {{folder}}/genericstable')dnl
GENERICS_DOMAIN(`example.com')dnl
FEATURE(`masquerade_envelope')dnl
define(`confLOG_LEVEL', `11')dnl
define(`confAUTH_MECHANISMS', `PLAIN LOGIN')dnl
TRUST_AUTH_MECH(`PLAIN LOGIN')dnl
DAEMON_OPTIONS(`Name=MSA, Family=inet, Addr=127.0.0.1, Port={msa}, M=Ea')dnl
define(`CYRUSV2_MAILER_ARGS', `TCP [127.0.0.1] {lmtp}')dnl
MAILER(`cyrusv2')dnl
"""
SASL = """\
pwcheck_method: saslauthd
saslauthd_path: {door}
mech_list: PLAIN LOGIN
"""


class Logins(socketserver.StreamRequestHandler):
    """saslauthd(8): whoever has a password may log in. Four texts, each after
    its length, and an answer like them."""

    def handle(self):
        for _ in range(4):
            self.rfile.read(struct.unpack("!H", self.rfile.read(2))[0])
        self.wfile.write(struct.pack("!H", 2) + b"OK")


def logins(rig):
    """What Sendmail's SASL asks, in this test's own mounts."""
    door, folder = rig.path("saslauthd"), rig.mkdir("sasl2")
    with open(os.path.join(folder, "Sendmail.conf"), "w") as f:
        f.write(SASL.format(door=door))
    run(["mount", "--bind", folder, "/usr/lib/sasl2"])
    server = socketserver.ThreadingUnixStreamServer(door, Logins)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    rig.at_end(server.shutdown)


class Way:
    """To whom a message is sent, and where it must come out. mailbox: whose
    mail it is; None: nobody's, it is no forward."""

    def __init__(self, name, recipient, mailbox="", send=None):
        self.name, self.recipient, self.send = name, recipient, send
        self.mailbox = recipient if mailbox == "" else mailbox
        self.token = uuid.uuid4().hex[:12]
        self.destination = f"{self.token}@freemail.example"

    def letter(self):
        return (f"From: Eve <{STRANGER}>\nTo: {self.recipient}\nSubject: The offer\n"
                f"Message-ID: <{self.token}@partner.example>\n\ntoken {self.token}\n")


class Site:
    """A Sendmail with something of everything."""

    def __init__(self, rig):
        self.rig = rig
        self.syslog = Syslog(rig, "mx")
        self.sink = Sink(rig, host="127.0.0.2")
        folder = rig.mkdir("policies")
        with open(os.path.join(folder, "all.yml"), "w") as f:
            f.write(EVERYTHING)
        self.forwarden = Forwarden(rig, mode="observe", policies=folder)
        # Sendmail makes addresses of its own users with its host's name.
        with open(self.forwarden.file) as f:
            text = f.read()
        with open(self.forwarden.file, "w") as f:
            f.write(text.replace("local:\n", "local:\n  same_as: [mx.example.com = example.com]\n"))
        self.forwarden.start()
        lmtp = free_port()
        self.msa = free_port()
        logins(rig)
        self.sendmail = Sendmail(rig, self.sink, more=MC.format(lmtp=lmtp, msa=self.msa),
                                 port=25)
        self.egress = Egress(self.sendmail)
        rig.at_end(self.egress.stop)
        submission = type("Submission", (), {"intake": self.sendmail.port})
        self.dovecot = Dovecot(rig, submission, submission=True, port=lmtp)
        self.users = {}
        self.tables = {"virtusertable": {}, "genericstable": {},
                       "mailertable": {"store.example.com": "cyrusv2:store.example.com",
                                       "routed.freemail.example": "relay:[127.0.0.2]"}}
        self.aliases = {}

    def user(self, name):
        user = self.users[name] = self.rig.user(name)
        return user

    def program(self, user):
        """sendmail(1), as it stands in a .forward or an alias."""
        return self.sendmail.submission(user)

    def write(self):
        for name, rows in self.tables.items():
            self.sendmail.table(name, rows)
        self.sendmail.aliases(self.aliases)


def forward_ways(site):
    """.forward, as people write it."""
    for name, lines in ((".forward to an address", "{to}"),
                        (".forward to \\user and an address", "\\{user}, {to}"),
                        (".forward to a file and an address", "{home}/mbox, {to}"),
                        (".forward in a home that a group may write", "{to}")):
        user = site.user("fw")
        way = Way(name, user.address)
        user.forward(lines.format(to=way.destination, user=user.name, home=user.home))
        if "group" in name:
            os.chmod(user.home, 0o775)
        yield way


def program_ways(site):
    """Programs, which come in again by sendmail(1)."""
    user = site.user("prog")
    way = Way(".forward to a program", user.address)
    user.forward(f'"|{site.program(user.name)} -oi -f {STRANGER} {way.destination}"')
    yield way
    user = site.user("procm")
    way = Way("procmail's !", user.address)
    with open(os.path.join(user.home, ".procmailrc"), "w") as f:
        f.write(f"SENDMAIL={site.program(user.name)}\n:0\n! {way.destination}\n")
    os.chown(f.name, os.stat(user.home).st_uid, -1)
    user.forward(f'"|exec /usr/bin/procmail {user.home}/.procmailrc"')
    yield way
    way = Way("alias to a program", "piped@example.com")
    # Of aliases the daemon's DefaultUser runs it.
    site.aliases["piped"] = (f'"|{site.program("daemon")} -oi -f {STRANGER} '
                             f'{way.destination}"')
    yield way
    # The store calls its users so.
    way = Way("Sieve of a store behind LMTP", "carol@store.example.com", "carol@example.com")
    site.dovecot.sieve("carol", f'redirect "{way.destination}";\n')
    yield way


def alias_ways(site):
    """aliases(5), whoever the list is made for."""
    local = site.user("here")
    for name, key, value in (
            ("alias", "sales", "{to}"),
            ("alias of one here and one outside", "team", "{local}, {to}"),
            (":include:", "club", ":include:{folder}/members"),
            ("a list with owner-", "list", "{to}"),
            ("alias to a domain of mailertable", "routed", "{routed}")):
        way = Way(name, f"{key}@example.com")
        if key == "routed":
            way.destination = f"{way.token}@routed.freemail.example"
        folder = site.sendmail.folder
        site.aliases[key] = value.format(to=way.destination, local=local.name, folder=folder,
                                         routed=way.destination)
        if key == "club":
            with open(os.path.join(folder, "members"), "w") as f:
                f.write(way.destination + "\n")
        yield way
    site.aliases["owner-list"] = "postmaster"


def table_ways(site):
    way = Way("virtusertable", "info@virt.example.com")
    site.tables["virtusertable"][way.recipient] = way.destination
    yield way
    way = Way("virtusertable, @domain", "anybody@all.example.com")
    site.tables["virtusertable"]["@all.example.com"] = way.destination
    yield way


def own_ways(site):
    """What users write themselves is no forward, and is seen."""
    user = site.user("writer")
    site.tables["genericstable"][user.name] = "w.riter@example.com"
    program = site.program(user.name)
    sendmail = site.sendmail
    for name, options in (("sendmail(1), genericstable", ["-oi"]),
                          ("sendmail(1) -t", ["-oi", "-t"])):
        way = Way(name, "", mailbox=None)
        way.recipient = way.destination
        command = [program, *options] + ([] if "-t" in options else [way.destination])
        way.send = lambda way=way, command=command: sendmail.as_user(
            user.name, command, way.letter())
        yield way
    way = Way("sendmail(1) -bs", "", mailbox=None)
    way.recipient = way.destination
    way.send = lambda way=way: speak(
        sendmail.user_command(user.name, [program, "-bs"]),
        ["HELO mx.example.com", f"MAIL FROM:<{user.name}@mx.example.com>",
         f"RCPT TO:<{way.recipient}>", "DATA", way.letter() + ".", "QUIT"])
    yield way
    way = Way("submission with AUTH", "", mailbox=None)
    way.recipient = way.destination
    way.send = lambda way=way: send(site.msa, user.address, [way.recipient], way.letter(),
                                    login=user.name)
    yield way
    yield vacation(site)
    way = Way("sendmail(1) -Am by root", "", mailbox=None)
    way.recipient = way.destination
    way.send = lambda: sendmail.command("-Am", "-oi", way.destination,
                                        stdin=way.letter().encode())
    yield way


def speak(command, lines):
    """SMTP with a program: each word after the answer to the one before."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        for line in lines:
            answer = child.stdout.readline()
            if answer[:1] not in (b"2", b"3"):
                raise Failure(f"before {line}: {answer}")
            child.stdin.write((line + "\n").replace("\n", "\r\n").encode())
            child.stdin.flush()


def vacation(site):
    """An answer to whoever wrote, from vacation(1), which runs the sendmail(1)
    of its system."""
    user = site.user("away")
    way = Way("vacation(1)", user.address, mailbox=None)
    beside = os.path.join(site.sendmail.root, "usr/libexec/sendmail/vacation.sendmail")
    run(["mount", "--bind", site.program(user.name), "/usr/sbin/sendmail"])
    with open(os.path.join(user.home, ".vacation.msg"), "w") as f:
        f.write(f"Subject: away\n\nBack on Monday. token {way.token}\n")
    libraries = site.sendmail.environment["LD_LIBRARY_PATH"]
    user.forward(f'\\{user.name}, "|/usr/bin/env LD_LIBRARY_PATH={libraries} {beside} {user.name}"')
    run(["setpriv", f"--reuid={user.name}", "--regid=users", "--clear-groups", "env",
         f"LD_LIBRARY_PATH={libraries}", beside, "-I", user.name])

    def write():
        text = way.letter().replace(STRANGER, way.destination)
        send(site.sendmail.port, way.destination, [user.address], text)
    way.send = write
    return way


def flows(site, way):
    """(event, flow) of what was said of it, surest last."""
    found = [(event, flow) for event in site.forwarden.events()
             for flow in [event["forwarden"], *event["forwarden"].get("flows", [])]
             if flow.get("destination") == way.destination]
    return sorted(found, key=lambda pair: pair[1]["confidence"])


def one_way(tap, site, way):
    """A line of the table."""
    try:
        site.sink.wait(site.sink.to(way.destination), seconds=40)
        found = wait_until("an event of the egress", lambda: (
            lambda rows: rows if any(e["smtp"].get("listener") == "egress" for e, _ in rows)
            else None)(flows(site, way)))
    except Failure as failure:
        return tap.fail(way.name, failure)
    event, flow = found[-1]
    copies = len(site.sink.find(site.sink.to(way.destination)))
    where = sorted({e["smtp"].get("listener") or "?" for e, _ in found})
    sure = flow["confidence"] >= LIKELY
    mailbox = flow.get("mailbox", "-") if sure else "no forward"
    right = mailbox == way.mailbox if way.mailbox else not sure
    print(f"# {way.name:42} {', '.join(where):12} {'right' if right else mailbox:28} "
          f"{flow['confidence']:3} {copies}x", flush=True)
    return tap.ok(right and copies == 1,
                  f"{way.name}: seen at {', '.join(where)}, the mailbox right, delivered once",
                  f"mailbox {mailbox}, wanted {way.mailbox}; {copies} copies", flow, event)


def ways(tap, site):
    rows = [*forward_ways(site), *program_ways(site), *alias_ways(site), *table_ways(site),
            *own_ways(site)]
    site.write()
    site.dovecot.start()
    site.sendmail.start()
    before = contents(site.sendmail)
    code, text = attach(site.forwarden, site.sendmail)
    if not tap.ok(code == 0, "attached and proved", text):
        return before
    for way in rows:
        if way.send is not None:
            way.send()
        else:
            send(site.sendmail.port, STRANGER, [way.recipient], way.letter())
    print(f"# {'way':42} {'seen at':12} {'mailbox':28} sure delivered")
    for way in rows:
        one_way(tap, site, way)
    logs(tap, site, rows)
    return before


def scan(site):
    done = subprocess.run(
        [program(), "scan", "--json", "--local", "example.com", "--local",
         ".example.com", site.syslog.path],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    rows = [json.loads(line)["forwarden"] for line in done.stdout.splitlines()]
    return {(row["mailbox"].replace("@mx.", "@"), row["destination"]): row for row in rows
            if "destination" in row}


def is_shown(way):
    """The stranger is of this host, as the store behind LMTP is: whose mail the
    one sends on, and whose the other, the log cannot tell."""
    return way.mailbox and "LMTP" not in way.name


def logs(tap, site, rows):
    """The same forwards in what Sendmail logged of them, and no others."""
    wanted = {way: (way.mailbox, way.destination) for way in rows if is_shown(way)}
    try:
        wait_until("all in the log", lambda: {
            way.destination for way in wanted} <= {to for _, to in scan(site)})
    except Failure:
        pass
    found = scan(site)
    for way, route in wanted.items():
        tap.ok(route in found, f"{way.name}: in the log, too", sorted(found))
    tap.equal([route for route, row in found.items() if route not in wanted.values()
               and row["confidence"] >= 90], [], "scan: nobody else is said to forward")


TOOLS = {
    "sendmail": 'exec unshare -u sh -c \'hostname mx.example.com; exec "$@"\' sh {program} "$@"',
    "mailq": 'exec {tools}/sendmail -bp "$@"',
    "forwarden": '[ "$1" = attach ] && exec unshare -u sh -c \'hostname mx.example.com; exec "$@"'
                 '\' sh {forwarden} "$@" --sendmail-cf {cf} --sendmail-program {program}\n'
                 'exec {forwarden} "$@"',
}


def tools(site):
    """Programs as they are where Sendmail is installed."""
    folder = site.rig.mkdir("tools")
    values = {"tools": folder, "program": site.sendmail.program, "forwarden": program(),
              "cf": CF_DIR}
    for name, text in TOOLS.items():
        path = os.path.join(folder, name)
        with open(path, "w") as f:
            f.write("#!/bin/sh\n" + text.format(**values) + "\n")
        os.chmod(path, 0o755)
    return dict(site.sendmail.environment, PATH=folder + ":" + os.environ["PATH"])


def examine(site):
    return [row for row in json.loads(site.forwarden.run(
        "doctor", "--sendmail", site.sendmail.folder, "--json", check=False))
        if row["level"] != "fine"]


def edit(path, *changes):
    with open(path) as f:
        text = f.read()
    for old, new in changes:
        text = text.replace(old, new)
    with open(path, "w") as f:
        f.write(text)


def doctor(tap, site):
    """What is wrong is said, and its remedy, a command, is run."""
    environment = tools(site)

    def said(words):
        return next((row for row in examine(site) if words in row["finding"]), None)

    def cure(name, words):
        seen = said(words)
        if not tap.ok(seen is not None, f"doctor, {name}: it is seen", examine(site)):
            return
        done = subprocess.run(["sh", "-c", seen["command"]], env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=200)
        tap.ok(done.returncode == 0 and said(words) is None,
               f"doctor, {name}: its remedy is a command that works", seen["command"],
               done.stdout.decode(errors="replace"), examine(site))
    tap.equal([row for row in examine(site) if row["level"] == "wrong"], [],
              "doctor, attached: nothing is wrong")
    site.egress.stop()
    wait_until("its end", lambda: said("the egress does not run"))
    cure("an egress that does not run", "the egress does not run")
    edit(os.path.join(site.sendmail.folder, "egress.cf"),
         ("O PrivacyOptions=", "O PrivacyOptions=noreceipts,"), ("\nCwlocalhost", "\nCwx.example.com"))
    edit(site.sendmail.cf, ("Name=MTA", "Name=MTA, I=other"), ("F=mDFMuXak,", "F=mDFMuXa,"))
    names = os.path.join(site.sendmail.folder, "local-host-names")
    edit(names, ("mx.example.com", "mx.example.com\nthird.example"))
    for words in ("noreceipts", "differ in class w", "lack the flag k",
                  "a list of filters of its own", "are strangers: third.example"):
        tap.ok(said(words), f"doctor, changed by hand: it says \"{words}\"", examine(site))
    edit(names, ("\nthird.example", ""))
    cure("changed by hand", "lack the flag k")
    for name, change, words in (
            ("no filter", ("\nO InputMailFilters", "\n#O InputMailFilters"), "does not ask"),
            ("another address", ("@127.0.0.1", "9@127.0.0.1"), "does not ask"),
            ("no way to the egress", ("A=TCP [127.0.0.1] 1", "A=TCP [127.0.0.1] 2"),
             "no mailer of sendmail.cf leads"),
            ("mail refused while Forwarden is away", ("S=inet:", "F=R, S=inet:"),
             "refused for good")):
        edit(site.sendmail.cf, change)
        tap.ok(said(words), f"doctor, {name}: it is seen", examine(site))
        edit(site.sendmail.cf, change[::-1])
    tap.ok(not [row for row in examine(site) if row["level"] == "wrong"],
           "doctor: and then all is well", examine(site))


def loop(tap, site):
    """A domain that the egress knows for ours and the intake does not: its
    mail circles, and comes home."""
    with open(os.path.join(site.sendmail.folder, "local-host-names"), "a") as f:
        f.write("new.example.net\n")
    with open(site.egress.pid_file) as f:
        os.kill(int(f.readline()), signal.SIGHUP)

    def is_returned(message):
        return STRANGER in message.recipients and b"oo many hops" in message.data

    def returned():
        send(site.sendmail.port, STRANGER, ["x@new.example.net"],
             f"From: {STRANGER}\nSubject: loop\n\nx\n")
        # What comes before the egress has read it goes to the smart host.
        return wait_until("an answer", lambda: site.sink.find(
            lambda m: is_returned(m) or "x@new.example.net" in m.recipients), 30)
    found = wait_until("a bounce", lambda: [m for m in returned() if is_returned(m)])
    tap.equal(len(found), 1, "a loop ends, and the mail comes home")


def mail_all(port, numbers):
    """As an MTA does it: what was not taken is sent again."""
    for number in numbers:
        letter = (f"From: {STRANGER}\nSubject: n{number}\n"
                  f"Message-ID: <n{number}@load.example>\n\nx\n")

        def taken():
            try:
                return send(port, STRANGER, ["sales@example.com"], letter)[0] == 250
            except (OSError, smtplib.SMTPException):
                return False  # it restarts
        wait_until(f"n{number} taken", taken, 60)


def undo(site):
    """As often as it says that it is to be done again."""
    def once():
        code, text = attach(site.forwarden, site.sendmail, "--undo")
        if code == 0 or "nothing of Forwarden" in text:
            return True
        if "again later" not in text:
            raise Failure(text)
        return False
    wait_until("all of it taken off", once, 240)


def load(tap, site, before):
    """Taken off, put there and taken off while mail is sent."""
    count = int(os.environ.get("FORWARDEN_MESSAGES", "200"))
    senders = [threading.Thread(target=mail_all, args=(
        site.sendmail.port, range(i, count, 4))) for i in range(4)]
    for thread in senders:
        thread.start()
    undo(site)
    code, text = attach(site.forwarden, site.sendmail)
    tap.ok(code == 0, "under load: attached again", text)
    undo(site)
    tap.equal(contents(site.sendmail), before, "undone: the files are what they were")
    for thread in senders:
        thread.join()

    def arrived():
        return [m.field("Subject") for m in site.sink.find(
            lambda m: (m.field("Subject") or "").startswith("n"))]
    try:
        wait_until("all of them", lambda: len(set(arrived())) >= count, 60 + count / 10)
    except Failure:
        pass
    subjects = arrived()
    lost, twice = count - len(set(subjects)), len(subjects) - len(set(subjects))
    print(f"# {count} messages, off, on and off again: {lost} lost, {twice} twice")
    tap.equal((lost, twice), (0, 0), "under load: none is lost, none doubled")


def main():
    tap = Tap()
    if os.geteuid() != 0:
        tap.skip_all("needs root")
    if sys.argv[1:] != ["alone"]:
        # Some files of the system are others here.
        os.execvp("unshare", ["unshare", "-m", sys.executable, __file__, "alone"])
    with Rig("sendmail-ways") as rig:
        try:
            site = Site(rig)
            before = ways(tap, site)
            doctor(tap, site)
            loop(tap, site)
            load(tap, site, before)
        except Failure as failure:
            tap.fail("Sendmail", failure)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
