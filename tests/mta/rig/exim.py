# SPDX-License-Identifier: BSD-2-Clause
"""
A private Exim beside Postfix. Their packages conflict, so Exim's is only
unpacked: from the folder EXIM_DEBS, or fetched with apt-get.
"""
import glob
import grp
import os
import shutil
import signal
import subprocess

from .core import Failure, can_connect, free_port, has_user, run, wait_until

CONFIGURATION = """\
primary_hostname = exim.{domain}
domainlist local_domains = {domain}
spool_directory = {folder}/spool
log_file_path = {folder}/log-%s
pid_file_path = {folder}/exim.pid
exim_user = {user}
never_users =
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
tls_advertise_hosts =
host_lookup =
rfc1413_hosts =
prdr_enable = false
keep_environment =
deliver_drop_privilege
acl_smtp_rcpt = accept_all
acl_smtp_data = accept_all

begin acl

accept_all:
  accept

begin routers

forwards:
  driver = redirect
  domains = +local_domains
  data = ${{lookup{{$local_part}}lsearch{{{folder}/forwards}}}}
  no_verify

outside:
  driver = manualroute
  domains = ! +local_domains
  transport = smarthost
  route_list = * 127.0.0.1::{smarthost}
  self = send

begin transports

smarthost:
  driver = smtp
  hosts_try_dane =
  allow_localhost

begin retry

* * F,1m,2s
"""

PACKAGES = ("exim4-daemon-light",)
OWNER = "Debian-exim"


def unpack(folder, packages):
    """Unpacks Debian packages into the folder; Failure if they are not to
    be had."""
    given = os.environ.get("EXIM_DEBS")
    if given is None:
        given = os.path.join(folder, "debs")
        os.makedirs(given, exist_ok=True)
        os.chmod(given, 0o777)
        done = subprocess.run(["apt-get", "-q", "download", *packages], cwd=given,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=120)
        if done.returncode != 0:
            raise Failure("apt-get download: " + done.stdout.decode(errors="replace"))
    for package in packages:
        files = glob.glob(os.path.join(given, f"{package}_*.deb"))
        if not files:
            raise Failure(f"no package {package} in {given}")
        run(["dpkg", "-x", files[0], folder])


class Exim:
    """Forwards local users' mail as told, by its smarthost, the Postfix."""

    def __init__(self, rig, postfix, name="exim"):
        if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
            raise Failure("Exim is unpacked from Debian's package")
        self.rig = rig
        self.folder = rig.mkdir(name)
        self.port = free_port()
        unpack(self.folder, PACKAGES)
        self.program = os.path.join(self.folder, "usr/sbin/exim4")
        self._make_owner()
        for path in (rig.mkdir(name, "spool"), self.folder):
            shutil.chown(path, OWNER, OWNER)
        self.forwards({})
        self.file = os.path.join(self.folder, "exim.conf")
        with open(self.file, "w") as f:
            f.write(CONFIGURATION.format(
                domain=rig.domain, folder=self.folder, port=self.port,
                smarthost=postfix.intake, user=OWNER))
        self.transport = f"smtp:[127.0.0.1]:{self.port}"

    def _make_owner(self):
        """The program looks its owner up by name before it reads anything."""
        try:
            grp.getgrnam(OWNER)
        except KeyError:
            run(["groupadd", OWNER])
            self.rig.at_end(lambda: run(["groupdel", OWNER]))
        if not has_user(OWNER):
            self.rig.user(OWNER)

    def forwards(self, rows):
        path = os.path.join(self.folder, "forwards")
        with open(path, "w") as f:
            for user, destination in rows.items():
                f.write(f"{user}: {destination}\n")
        os.chmod(path, 0o644)

    def start(self):
        self.process = self.rig.spawn(
            [self.program, "-C", self.file, "-bdf", "-q2s"],
            os.path.join(self.folder, "stderr"), start_new_session=True)
        self.rig.at_end(self._end)

        def ready():
            if self.process.poll() is not None:
                raise Failure(f"exim ended at once: {self.log()}")
            return can_connect(("127.0.0.1", self.port))
        wait_until("exim", ready)

    def _end(self):
        """With its children, or their user cannot be removed."""
        def gone():
            self.process.poll()
            try:
                os.killpg(self.process.pid, signal.SIGTERM)
            except ProcessLookupError:
                return True
            return False
        wait_until("the end of exim", gone, 10)

    def log(self):
        text = ""
        for path in glob.glob(os.path.join(self.folder, "log-*")) + [
                os.path.join(self.folder, "stderr")]:
            with open(path, errors="replace") as f:
                text += f.read()
        return text
