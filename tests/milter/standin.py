# SPDX-License-Identifier: BSD-2-Clause
"""A Postfix and a Sendmail that are none, for what real ones do on a bad day
only: their commands, listeners and queue, each of which a test can make
misbehave. The first reads main.cf and master.cf as postconf does and asks the
milter that stands there. What real ones do is tests/mta's.
"""
import copy
import json
import os
import re
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import threading

from wire import Wire

COMMANDS = ("postconf", "postfix", "postmap", "postqueue", "postcat",
            "postsuper", "sendmail")
STUB = """#!{python} -SE
import socket, sys
name = sys.argv[0].rsplit("/", 1)[1]
text = sys.stdin.read() if name in ("sendmail", "m4") else ""
door = socket.socket(socket.AF_UNIX)
door.connect({path!r})
door.sendall("\\0".join([text, name] + sys.argv[1:]).encode())
door.shutdown(socket.SHUT_WR)
said = b""
while True:
    more = door.recv(65536)
    if not more:
        break
    said += more
status, _, out = said.partition(b"\\n")
status = int(status or 75)
(sys.stderr if status else sys.stdout).buffer.write(out)
sys.exit(status)
"""
DEFAULTS = {
    "alias_maps": "", "cleanup_service_name": "cleanup", "content_filter": "",
    "default_transport": "smtp", "inet_interfaces": "127.0.0.1",
    "inet_protocols": "ipv4", "mail_owner": "postfix", "mydestination": "",
    "milter_macro_daemon_name": "$myhostname", "myhostname": "mx.example.com",
    "non_smtpd_milters": "", "recipient_delimiter": "+", "relayhost": "",
    "receive_override_options": "", "sender_dependent_relayhost_maps": "",
    "sender_dependent_default_transport_maps": "", "smtpd_milters": "",
    "smtpd_milter_maps": "", "smtpd_tls_wrappermode": "no",
    "smtpd_upstream_proxy_protocol": "", "transport_maps": "",
    "postscreen_upstream_proxy_protocol": ""}
MASTER = """127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
rewrite unix - - n - - trivial-rewrite
smtp unix - - n - - smtp
"""


def logical(text):
    """Lines with what continues them."""
    lines = []
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line[0] in " \t" and lines:
            lines[-1] += " " + line.strip()
        else:
            lines.append(line.strip())
    return lines


def write_stubs(folder, path, names):
    for name in names:
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(STUB.format(python=sys.executable, path=path))
        os.chmod(f"{folder}/{name}", 0o755)


def free_port():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = True
    daemon_threads = True


class Door(socketserver.StreamRequestHandler):
    """SMTP at one of the listeners."""

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        try:
            self.server.postfix.serve(self, self.server.service)
        except (OSError, ValueError):
            pass


class Postfix:
    def __init__(self, folder, milter):
        self.folder, self.milter = folder + "/postfix", milter
        self.bin = folder + "/bin"
        os.mkdir(self.folder)
        os.mkdir(self.bin)
        self.port = free_port()
        self.write("main.cf", f"queue_directory = {self.folder}/queue\n")
        self.write("master.cf", MASTER.format(port=self.port))
        write_stubs(self.bin, folder + "/stub", COMMANDS)
        self.running, self.doors, self.queue = True, {}, []
        self.tables = {}  # {name: {key: value}}
        self.answers = {}  # what a test has a command say: (status, text)
        self.deaf = set()  # listeners that ask no milter
        self.banner = {}  # what a listener says first
        self.place = "hold"  # where a probe is found
        self.filters = True  # does a probe have a way on?
        self.calls = []
        self.stub = socketserver.ThreadingUnixStreamServer(
            folder + "/stub", Command)
        self.stub.daemon_threads = True
        self.stub.postfix = self
        threading.Thread(target=self.stub.serve_forever, daemon=True).start()
        self.open_doors()

    def path(self, name):
        return f"{self.folder}/{name}"

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def files(self):
        return [self.read(name) for name in ("main.cf", "master.cf")]

    def environment(self):
        return {**os.environ, "PATH": self.bin + ":" + os.environ["PATH"]}

    def given(self):
        return dict((part.strip() for part in line.split("=", 1))
                    for line in logical(self.read("main.cf")) if "=" in line)

    def settings(self):
        return {**DEFAULTS, "config_directory": self.folder, **self.given()}

    def expand(self, text, depth=0):
        known = self.settings()
        wide = re.sub(r"(?<!\$)\$\{?(\w+)\}?",
                      lambda m: known.get(m[1], m[0]), text)
        return wide if depth > 3 else self.expand(wide, depth + 1)

    def services(self):
        """(columns, {parameter: value})"""
        rows = []
        for line in logical(self.read("master.cf")):
            words = line.split()
            rest = " ".join(words[8:])
            own = dict(part.strip().split("=", 1)
                       for part in re.split(r"(?:^|\s)-o\s+", rest)
                       if "=" in part)
            rows.append((words[:8], own))
        return rows

    # The commands, by their names.
    def postconf(self, words):
        option = words[0]
        if "-c" in words and words[words.index("-c") + 1] != self.folder:
            other = copy.copy(self)  # the same, as other files have it
            other.folder = words[words.index("-c") + 1]
            return other.postconf([option])
        if option == "-M":
            return 0, "".join(" ".join(row) + "\n"
                              for row, _ in self.services())
        if option == "-xP":
            return 0, "".join(
                f"{row[0]}/{row[1]}/{name} = {self.expand(value)}\n"
                for row, own in self.services()
                for name, value in own.items())
        table = self.given() if option == "-n" else self.settings()
        return 0, "".join(
            f"{name} = {value if option == '-n' else self.expand(value)}\n"
            for name, value in table.items())

    def postfix(self, words):
        action = words[-1]
        if action == "status":
            return (0 if self.running else 1), ""
        if action in ("reload", "start"):
            self.running = True
            self.open_doors()
        return 0, ""

    def postmap(self, words):
        rows = self.tables.get(words[-1])
        if rows is None:
            return 1, f"postmap: fatal: open {words[-1]}\n"
        if "-s" in words:
            return 0, "".join(f"{k}\t{v}\n" for k, v in rows.items())
        key = words[words.index("-q") + 1]
        return (0, rows[key] + "\n") if key in rows else (1, "")

    def postqueue(self, words):
        if "-f" in words:
            return 0, ""
        return 0, "".join(json.dumps({
            "queue_name": self.place, "queue_id": entry["id"],
            "recipients": [{"address": entry["rcpt"],
                            "delay_reason": entry.get("why", "")}]}) + "\n"
            for entry in self.queue)

    def postcat(self, words):
        found = [e for e in self.queue if e["id"] == words[-1]]
        if not found or not self.filters:
            return 0, "sender: \n"
        return 0, ("content_filter: smtp:wrong\nsender: \n"
                   f"content_filter: {found[0]['way']}\n")

    def postsuper(self, words):
        self.queue = [e for e in self.queue if e["id"] != words[-1]]
        return 0, ""

    def sendmail(self, words, text):
        """As pickup, cleanup, and the hop to the listener."""
        sender, rcpt = words[words.index("-f") + 1], words[-1]
        if self.settings()["non_smtpd_milters"]:
            self.judge(self.expand("$milter_macro_daemon_name"),
                       sender, rcpt, text)
        self.take(self.egress(), sender, rcpt, text)
        return 0, ""

    def command(self, words, text):
        self.calls.append(" ".join(words))
        planned = self.answers.get(words[0]) or self.answers.get(
            f"{words[0]} {words[-1]}")
        if planned is not None:
            return planned
        act = getattr(self, words[0])
        return act(words[1:], text) if words[0] == "sendmail" else act(
            words[1:])

    # The listeners.
    def open_doors(self):
        wanted = {row[0]: own for row, own in self.services()
                  if row[1] == "inet" and row[7] == "smtpd"}
        for name in set(self.doors) - set(wanted):
            door = self.doors.pop(name)
            door.shutdown()
            door.server_close()
        for name in set(wanted) - set(self.doors):
            host, _, port = name.rpartition(":")
            door = Server((host or "127.0.0.1", int(port)), Door)
            door.postfix, door.service = self, name
            threading.Thread(target=door.serve_forever, args=(0.05,),
                             daemon=True).start()
            self.doors[name] = door

    def stop(self):
        self.running = False
        for door in self.doors.values():
            door.shutdown()
            door.server_close()
        self.doors = {}

    def own(self, service):
        return next((own for row, own in self.services()
                     if row[0] == service), {})

    def egress(self):
        return next(row[0] for row, own in self.services()
                    if own.get("cleanup_service_name") ==
                    "forwarden_cleanup" or "egress" in
                    own.get("milter_macro_daemon_name", ""))

    def wire(self, listener):
        wire = Wire(self.milter)
        wire.send(b"D", b"C{daemon_name}\0" + listener.encode() + b"\0")
        wire.connect()
        return wire

    def name_of(self, service):
        own = self.own(service)
        return self.expand(own.get("milter_macro_daemon_name",
                                   "$milter_macro_daemon_name"))

    def asks(self, service):
        return service not in self.deaf and self.expand(
            self.own(service).get("smtpd_milters", "$smtpd_milters"))

    def judge(self, listener, sender, rcpt, text):
        wire = self.wire(listener)
        wire.send(b"D", b"Mi\0004PROBE\0")
        wire.send(b"M", f"<{sender}>\0".encode())
        wire.send(b"R", f"<{rcpt}>\0".encode())
        found = re.search(r"(?mi)^message-id: (.*?)\r?$", text)
        if found:
            wire.field(b"Message-ID", found[1].encode())
        wire.end()
        wire.socket.close()

    def take(self, service, sender, rcpt, text):
        if self.asks(service):
            self.judge(self.name_of(service), sender, rcpt, text)
        self.queue.append({"id": f"4Q{len(self.calls)}", "rcpt": rcpt,
                           "way": self.way(sender)})

    def way(self, sender):
        for name in ("transport", "relayhost"):
            maps = self.expand("$sender_dependent_" + (
                "default_transport" if name == "transport" else name) +
                "_maps")
            for table in maps.replace(",", " ").split():
                rows = self.tables.get(table, {})
                for key in (sender or "<>", "@" + sender.rpartition("@")[2]):
                    if key in rows and rows[key] != "DUNNO":
                        value = rows[key]
                        return value if name == "transport" else (
                            "smtp:" + value)
        return "smtp:" + self.settings()["relayhost"]

    def serve(self, door, service):
        hello = self.banner.get(service)
        if hello is None:
            host = self.expand(self.own(service).get("myhostname",
                                                     "$myhostname"))
            led = "smtpd_banner" in self.own(service)
            hello = f"220 {host} ESMTP" + led * ", mail that leaves is led here"
        door.say(hello)
        sender = rcpt = wire = ""
        while True:
            line = door.rfile.readline().decode().strip()
            verb = line.upper()
            if not line or verb == "QUIT":
                if wire:
                    wire.socket.close()
                return
            if verb.startswith("EHLO"):
                if self.asks(service):
                    # As long as the dialogue, like smtpd's.
                    wire = self.wire(self.name_of(service))
                    wire.send(b"H", line[5:].encode() + b"\0")
                door.say("250-here\r\n250 PIPELINING")
            elif verb.startswith("MAIL"):
                sender = re.search("<(.*)>", line)[1]
                door.say("250 ok")
            elif verb.startswith("RCPT"):
                rcpt = re.search("<(.*)>", line)[1]
                door.say(self.answers.get("RCPT", "250 ok"))
            elif verb == "DATA":
                door.say("354 go on")
                text = ""
                while not text.endswith("\r\n.\r\n"):
                    text += door.rfile.readline().decode()
                self.take(service, sender, rcpt, text)
                door.say("250 queued")
            else:
                door.say("502 what?")

    def close(self):
        self.stop()
        self.stub.shutdown()
        self.stub.server_close()
        shutil.rmtree(self.bin)


class Command(socketserver.StreamRequestHandler):
    def handle(self):
        text, *words = self.rfile.read().decode().split("\0")
        status, said = self.server.postfix.command(words, text)
        self.wfile.write(f"{status}\n{said}".encode())


SENDMAIL_MC = """include(`/usr/share/sendmail/cf/m4/cf.m4')
define(`confSMTP_MAILER', `esmtp')dnl
MAILER(`smtp')dnl
LOCAL_CONFIG
"""


class Sendmail:
    """A Sendmail that is none: m4, sendmail(8), its two daemons. What the .mc
    asks for is what m4 writes into the .cf."""

    def __init__(self, folder, milter):
        self.folder, self.milter = folder + "/mail", milter
        self.bin = folder + "/bin"
        for name in (self.folder, self.bin, folder + "/queue"):
            os.mkdir(name)
        self.base, self.port = folder, free_port()
        write_stubs(self.bin, folder + "/stub", ("m4", "sendmail"))
        self.program = self.bin + "/sendmail"
        self.mc, self.cf = (f"{self.folder}/sendmail.{end}"
                            for end in ("mc", "cf"))
        self.write(self.mc, SENDMAIL_MC)
        self.write(self.cf, self.make(SENDMAIL_MC, False))
        self.answers, self.deaf, self.doors = {}, set(), {}
        self.waiting = []  # queues with mail: "-bp" or "-bp -qQ"
        self.egress = None
        self.stub = socketserver.ThreadingUnixStreamServer(
            folder + "/stub", Command)
        self.stub.daemon_threads = True
        self.stub.postfix = self
        threading.Thread(target=self.stub.serve_forever, daemon=True).start()
        self.start()

    def write(self, path, text):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, path):
        with open(path, encoding="utf-8") as file:
            return file.read()

    def files(self):
        return [self.read(self.mc), self.read(self.cf)]

    def environment(self):
        return {**os.environ, "PATH": self.bin + ":" + os.environ["PATH"]}

    def start(self):
        """The daemon is this very process: SIGHUP has it read its .cf. Not in
        a handler of Python's: the signal may find any thread, and the main
        one, which alone runs those, waits for attach to end."""
        self.note_pid()
        ear, self.mouth = socket.socketpair()
        self.mouth.setblocking(False)
        signal.set_wakeup_fd(self.mouth.fileno())
        signal.signal(signal.SIGHUP, lambda *_: None)
        threading.Thread(target=self.obey, args=(ear,), daemon=True).start()
        self.open_doors(self.cf)

    def note_pid(self):
        self.write(self.base + "/pid", f"{os.getpid()}\n/usr/sbin/sendmail\n")

    def obey(self, ear):
        """As Sendmail does, it writes its process id anew once it listens."""
        while number := ear.recv(1):
            if number[0] == signal.SIGHUP:
                self.open_doors(self.cf)
                self.note_pid()
        ear.close()

    def make(self, mc, egress):
        """The .cf of this .mc."""
        end = "-egress" if egress else ""
        rows = [f"# built by the stand-in\nO PidFile={self.base}/pid{end}",
                f"O QueueDirectory={self.base}/queue{end}",
                f"O StatusFile={self.base}/statistics{end}"]
        ours = re.search(r"Name=egress.*Port=(\d+)", mc)
        if egress:
            rows.append("O DaemonPortOptions=Name=egress, Family=inet, "
                        f"Addr=127.0.0.1, Port={ours[1]}, M=ACES")
        else:
            rows.append(f"O DaemonPortOptions=Name=MTA, Addr=0.0.0.0, "
                        f"Port={self.port}")
        if ours:
            rows.append("O InputMailFilters=forwarden")
        for name in ("smtp", "esmtp", "odd"):
            way = f"[127.0.0.1] {ours[1]}" if ours and name != "odd" else "$h"
            rows.append(f"M{name},\tP=[IPC], F=mDFMuX,\n\t\tA=TCP {way}")
        return "\n".join(rows) + "\n"

    def command(self, words, text):
        planned = self.answers.get(words[0]) or self.answers.get(
            f"{words[0]} {words[-1]}")
        if planned is not None:
            return planned
        if words[0] == "m4":
            return 0, self.make(text, "-DFORWARDEN_EGRESS" in words)
        if "-bd" in words:
            self.egress = subprocess.Popen(["sleep", "600"])
            self.write(self.base + "/pid-egress", f"{self.egress.pid}\n")
            self.open_doors(self.folder + "/egress.cf")
            return 0, ""
        if "-bp" in words:
            asked = " ".join(words[words.index("-bp"):])
            return 0, ("1 request" if asked in self.waiting else
                       f"{self.base}/queue-egress is empty") + "\n"
        return 0, ""

    def open_doors(self, path):
        text = self.read(path)
        name, port = re.search(r"Name=(\w+),.*Port=(\d+)", text).groups()
        self.close_door(name)
        door = Server(("127.0.0.1", int(port)), Door)
        door.postfix, door.service = self, name
        door.asks = "InputMailFilters" in text
        threading.Thread(target=door.serve_forever, args=(0.05,),
                         daemon=True).start()
        self.doors[name] = door

    def close_door(self, name):
        door = self.doors.pop(name, None)
        if door is not None:
            door.shutdown()
            door.server_close()

    def serve(self, door, service):
        wire = None
        door.say("220 mx.example.com ESMTP Sendmail")
        while True:
            line = door.rfile.readline().decode().strip()
            if not line.upper().startswith("EHLO"):
                break
            if door.server.asks and service not in self.deaf:
                wire = Wire(self.milter)
                wire.send(b"D", b"C{daemon_name}\0" + service.encode() +
                          b"\0")
                wire.connect()
                wire.send(b"H", line[5:].encode() + b"\0")
            door.say("250 here")
        if wire:
            wire.socket.close()

    def close(self):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.set_wakeup_fd(-1)
        self.mouth.close()
        for name in list(self.doors):
            self.close_door(name)
        if self.egress is not None:
            self.egress.kill()
            self.egress.wait()
        self.stub.shutdown()
        self.stub.server_close()
