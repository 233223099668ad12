# SPDX-License-Identifier: BSD-2-Clause
"""A private Postfix: its own queue, data, log and ports."""
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

from .core import Failure, free_port, is_alive, run, wait_until, witnesses

MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
mail_spool_directory = {folder}/spool/
myhostname = mx.{domain}
mydomain = {domain}
mydestination = {domain}, mx.{domain}, localhost
mynetworks = 127.0.0.0/8, 10.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
recipient_delimiter = +
alias_maps = texthash:{folder}/aliases
alias_database =
virtual_alias_maps = texthash:{folder}/virtual
recipient_bcc_maps = texthash:{folder}/bcc
biff = no
local_recipient_maps =
disable_dns_lookups = yes
smtp_host_lookup = native
smtpd_peername_lookup = no
smtpd_authorized_xclient_hosts = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_client_connection_count_limit = 0
default_destination_recipient_limit = 50
queue_run_delay = 3s
minimal_backoff_time = 3s
maximal_backoff_time = 3s
"""

MASTER_CF = """\
127.0.0.1:{intake} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

INTAKE_MILTER = """\
smtpd_milters = {milter}
non_smtpd_milters = {milter}
milter_default_action = {away}
milter_macro_daemon_name = intake
"""

# All mail that leaves passes a second smtpd, which has the milter; FILTER
# sends it on from there, so that nothing loops.
EGRESS_MAIN = """\
default_transport = smtp:[127.0.0.1]:{egress}
egress_restrictions = check_client_access static:{{FILTER out:[127.0.0.1]:{outside}}}
"""
EGRESS_MASTER = """\
127.0.0.1:{egress} inet n - n - - smtpd
  -o syslog_name=postfix/egress
  -o myhostname=egress.{domain}
  -o smtpd_milters={milter}
  -o milter_macro_daemon_name=egress
  -o receive_override_options=no_address_mappings
  -o smtpd_client_restrictions=$egress_restrictions
out unix - - n - - smtp
"""


# The system's, since a user may not be able to reach ours.
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable

# What runs as the user: sends who it is and its arguments in one line, then
# the message; the answer is the exit status.
CUSTOMER = """\
#!{python} -I
import json, os, pwd, socket, sys
counter = socket.socket(socket.AF_UNIX)
counter.connect({door!r})
user = pwd.getpwuid(os.geteuid()).pw_name
counter.sendall(json.dumps([user, sys.argv[1:]]).encode() + b"\\n")
counter.sendall(sys.stdin.buffer.read())
counter.shutdown(socket.SHUT_WR)
sys.exit(int(counter.makefile().read() or 75))
"""


def once_each(text):
    """main.cf without what is overridden further down: of that each process of
    Postfix complains at its start, postlogd to itself, before it listens."""
    entries = []
    for line in text.splitlines(keepends=True):
        if entries and line[0].isspace():
            entries[-1] += line
        else:
            entries.append(line)
    names = [entry.partition("=")[0].strip() for entry in entries]
    last = {name: i for i, name in enumerate(names)}
    return "".join(entry for i, entry in enumerate(entries)
                   if entry.startswith("#") or last[names[i]] == i)


class _Counter(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


class _Customer(socketserver.StreamRequestHandler):
    def handle(self):
        user, args = json.loads(self.rfile.readline())
        postfix = self.server.postfix
        text = self.rfile.read()
        if user in postfix.programs:
            args, text = postfix.programs[user](args, text)
        elif not any(a.startswith("-f") for a in args):
            args = ["-f", user, *args]
        code = postfix.sendmail_as(user, args, text)
        self.wfile.write(str(code).encode())


class Postfix:
    """
    outside: the sink to which all foreign mail goes. milter: in Postfix's
    spelling, or None. egress: with the egress listener; without it mail
    leaves directly. away: milter_default_action.
    """

    def __init__(self, rig, outside, milter=None, name="postfix", egress=True,
                 away="tempfail", main="", master="", leave=None):
        self.rig, self.name, self.milter = rig, name, milter
        self.folder = rig.mkdir(name)
        self.config = rig.mkdir(name, "etc")
        self.intake, self.egress = free_port(), free_port() if egress else None
        self._values = {"folder": self.folder, "domain": rig.domain, "milter": milter,
                        "intake": self.intake, "egress": self.egress,
                        "outside": outside.port, "away": away}
        self._main, self._master, self._leave = main, master, leave
        self._running = False
        self._counter_lock = threading.Lock()
        # user: what turns (arguments, message) of his sendmail(1) into others.
        self.programs = {}
        rig.mkdir(name, "queue")
        rig.mkdir(name, "data", mode=0o700, owner="postfix")
        rig.mkdir(name, "spool", mode=0o1777)
        for table in ("aliases", "virtual", "bcc"):
            self.table(table, {})
        self.write_configuration()

    def write_configuration(self):
        main, master = MAIN_CF, MASTER_CF
        if self.egress:
            main += EGRESS_MAIN
            master += EGRESS_MASTER
        else:
            main += self._leave or "default_transport = smtp:[127.0.0.1]:{outside}\n"
        if self.milter:
            main += INTAKE_MILTER
        else:
            master = master.replace("  -o smtpd_milters={milter}\n", "")
        self._write("main.cf", once_each(main.format(**self._values) + self._main))
        self._write("master.cf", master.format(**self._values) + self._master)

    def _write(self, name, text):
        with open(os.path.join(self.config, name), "w") as f:
            f.write(text)

    def table(self, name, rows):
        """aliases, virtual or bcc: texthash tables, read as they are."""
        with open(os.path.join(self.folder, name), "w") as f:
            for key, value in rows.items():
                f.write(f"{key} {value}\n")

    def command(self, name, *args, **options):
        return run([name, "-c", self.config, *args], **options)

    def start(self):
        self.command("postfix", "start", timeout=60)
        self._running = True
        witnesses.append(self.tell)
        self.rig.at_end(self.stop)

    def master(self):
        """The master's process id, or None."""
        try:
            with open(os.path.join(self.folder, "queue/pid/master.pid")) as f:
                pid = int(f.read())
        except (OSError, ValueError):
            return None
        return pid if is_alive(pid) else None

    def stop(self):
        """As `postfix stop`, without its pauses."""
        pid = self.master() if self._running else None
        if self.tell in witnesses:
            witnesses.remove(self.tell)
        self._running = False
        if pid is None:
            return
        os.kill(pid, signal.SIGTERM)
        try:
            wait_until("the end of Postfix", lambda: self.master() is None, 15)
        except Failure:
            os.killpg(pid, signal.SIGKILL)

    def reload(self):
        """And waits: the command ends before the master has done it."""
        done = self.log().count("]: reload -- version")
        self.command("postfix", "reload")
        wait_until("the reload", lambda: self.log().count("]: reload -- version") > done)

    def setting(self, name):
        return self.command("postconf", "-h", name).strip()

    def set(self, **settings):
        """Changes main.cf in a running Postfix."""
        self.command("postconf", "-e", *[f"{k}={v}" for k, v in settings.items()])
        if self._running:
            self.reload()

    def log(self):
        try:
            with open(os.path.join(self.folder, "mail.log"), errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def tell(self):
        """What its processes do, and the end of its log: lines."""
        pid = str(self.master() or "")
        processes = run(["ps", "-o", "pid,ppid,stat,wchan:24,args", "-p", pid, "--ppid", pid],
                        check=False) if pid else "it has no master\n"
        return [f"-- {self.name}", *(line[:110] for line in processes.splitlines()),
                *self.log().splitlines()[-25:]]

    def queue(self, name=None):
        """What waits: a list of postqueue -j's objects."""
        lines = self.command("postqueue", "-j").splitlines()
        rows = [json.loads(line) for line in lines if line.strip()]
        return [r for r in rows if name in (None, r["queue_name"])]

    def held(self):
        return self.queue("hold")

    def flush(self):
        self.command("postqueue", "-f")

    def super(self, option, queue_id):
        return self.command("postsuper", option, queue_id)

    def wait_empty(self, seconds=30):
        """Until nothing is in the queue but what is held."""
        wait_until("an empty queue", lambda: all(
            r["queue_name"] == "hold" for r in self.queue()), seconds)

    def sendmail(self, sender, recipients, text, user=None):
        """Mail by sendmail(1): pickup, hence non_smtpd_milters."""
        command = ["sendmail", "-C", self.config, "-i", "-f", sender, "--", *recipients]
        done = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=60)
        if done.returncode != 0:
            raise Failure("sendmail: " + done.stdout.decode(errors="replace"))

    def sendmail_as(self, user, args, text):
        """
        What sendmail(1) does for a user: pickup writes the owner of the file
        that it finds into Received. Since only root may name a configuration
        of his own, root's is made in a queue apart, given away, and moved.
        """
        with self._counter_lock:
            command = ["sendmail", "-C", os.path.join(self.folder, "apart/etc"), *args]
            done = subprocess.run(command, input=text, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=60)
            drop = os.path.join(self.folder, "apart/queue/maildrop")
            for name in os.listdir(drop):
                shutil.chown(os.path.join(drop, name), user)
                os.rename(os.path.join(drop, name),
                          os.path.join(self.folder, "queue/maildrop", name))
        with socket.socket(socket.AF_UNIX) as pickup:
            pickup.connect(os.path.join(self.folder, "queue/public/pickup"))
            pickup.sendall(b"W")
        return done.returncode

    def _make_apart(self):
        for part in ("etc", "queue", "queue/maildrop", "queue/public"):
            self.rig.mkdir(self.name, "apart", part)
        with open(os.path.join(self.folder, "apart/etc/main.cf"), "w") as f:
            f.write(MAIN_CF.format(**self._values).replace(
                f"{self.folder}/queue", f"{self.folder}/apart/queue"))

    def sendmail_command(self):
        """
        A program for configurations of others (Sieve, procmail) to send by.
        sendmail(1) of a private configuration is root's alone, so the program
        hands its message to this process, which calls it.
        """
        path = os.path.join(self.folder, "sendmail")
        if not os.path.exists(path):
            door = os.path.join(self.folder, "sendmail.sock")
            server = _Counter(door, _Customer)
            server.postfix = self
            self._make_apart()
            os.chmod(door, 0o666)
            threading.Thread(target=server.serve_forever, args=(0.05,),
                             daemon=True).start()
            self.rig.at_end(server.shutdown)
            with open(path, "w") as f:
                f.write(CUSTOMER.format(python=PYTHON, door=door))
            os.chmod(path, 0o755)
        return path

    def mailbox(self, user):
        """The messages delivered here to a user: texts."""
        folder = os.path.join(self.folder, "spool", user)
        found = []
        for part in ("new", "cur"):
            for root, _, names in os.walk(os.path.join(folder, part)):
                for name in sorted(names):
                    with open(os.path.join(root, name), errors="replace") as f:
                        found.append(f.read())
        return found

    def wait_mailbox(self, user, count=1, seconds=30):
        return wait_until(f"mail for {user}", lambda: (
            lambda found: found if len(found) >= count else None)(self.mailbox(user)),
            seconds)

    def queue_ids(self, text):
        """Queue ids of the log lines that hold the text."""
        found = re.findall(r"\]: ([0-9A-Za-z]+): .*" + re.escape(text), self.log())
        return list(dict.fromkeys(found))
