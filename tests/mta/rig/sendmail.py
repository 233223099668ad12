# SPDX-License-Identifier: BSD-2-Clause
"""
A private Sendmail beside the installed Postfix: unpacked, not installed, run
in a UTS namespace of its own, for it insists on a host name with a dot.
"""
import fcntl
import os
import shutil
import stat
import tempfile

from .core import TOP, Failure, can_connect, free_port, go_back, run, wait_until

PACKAGES = ["sendmail-bin", "sendmail-base", "libwrap0", "libnsl2"]
PROGRAM = "usr/libexec/sendmail/sendmail"
CF_DIR = "/usr/share/sendmail/cf"

MC = """\
include(`{cf_dir}/m4/cf.m4')dnl
OSTYPE(`linux')dnl
define(`ALIAS_FILE', `{folder}/aliases')dnl
define(`QUEUE_DIR', `{folder}/queue')dnl
define(`STATUS_FILE', `{folder}/statistics')dnl
define(`HELP_FILE', `{folder}/help')dnl
define(`confPID_FILE', `{folder}/pid')dnl
define(`confDOMAIN_NAME', `{host}.{domain}')dnl
define(`confDONT_BLAME_SENDMAIL', `ForwardFileInUnsafeDirPath,ForwardFileInUnsafeDirPathSafe')dnl
define(`confSERVICE_SWITCH_FILE', `{folder}/service.switch')dnl
define(`confTO_IDENT', `0')dnl
define(`confDELIVERY_MODE', `background')dnl
define(`confMIN_QUEUE_AGE', `0')dnl
define(`confREFUSE_LA', `1000')define(`confQUEUE_LA', `1000')define(`confDELAY_LA', `0')dnl
define(`confCW_FILE', `{folder}/local-host-names')dnl
define(`RELAY_MAILER_ARGS', `TCP $h {outside}')dnl
define(`SMART_HOST', `[127.0.0.2]')dnl
define(`LOCAL_MAILER_PATH', `{folder}/deliver')dnl
define(`LOCAL_MAILER_ARGS', `deliver $u')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`nocanonify')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`promiscuous_relay')dnl
FEATURE(`use_cw_file')dnl
DAEMON_OPTIONS(`Name={name}, Family=inet, Addr={address}, Port={port}')dnl
{more}MAILER(`local')dnl
MAILER(`smtp')dnl
{late}"""

# What a user's sendmail(1) is: it hands its mail to the daemon's port.
SUBMIT = """\
include(`{cf_dir}/m4/cf.m4')dnl
OSTYPE(`linux')dnl
define(`confRUN_AS_USER', `{user}')dnl
define(`MSP_QUEUE_DIR', `{queue}')dnl
define(`STATUS_FILE', `{queue}/statistics')dnl
define(`confDOMAIN_NAME', `{host}')dnl
define(`confTO_IDENT', `0')dnl
define(`confSERVICE_SWITCH_FILE', `{folder}/service.switch')dnl
define(`RELAY_MAILER_ARGS', `TCP $h {port}')dnl
FEATURE(`nocanonify')dnl
FEATURE(`msp', `[127.0.0.1]')dnl
"""

SUBMITTER = """\
#!/bin/sh
LD_LIBRARY_PATH={libraries} exec {program} -Ac -C {cf} "$@"
"""

DELIVER = """\
#!/bin/sh
for user; do :; done
cat >"{folder}/spool/$user.$$"
"""


def fetch(folder):
    fresh = tempfile.mkdtemp(dir=os.path.dirname(folder))
    run([os.path.join(TOP, "scripts/deps"), "--beside", fresh, *PACKAGES], timeout=300,
        preexec_fn=go_back)
    os.chmod(fresh, 0o755)
    # Set-group-ID makes the loader ignore LD_LIBRARY_PATH.
    inside = os.path.join(fresh, PROGRAM)
    os.chmod(inside, stat.S_IMODE(os.stat(inside).st_mode) & 0o777)
    os.rename(fresh, folder)


def unpacked():
    """Where Sendmail is; fetched once for all runs of the tests, by the first
    of those that are run at once."""
    folder = os.path.join(os.environ.get("FORWARDEN_BESIDE", "/var/lib/forwarden-tests"),
                          "sendmail")
    os.makedirs(os.path.dirname(folder), mode=0o755, exist_ok=True)
    with open(folder + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(os.path.join(folder, PROGRAM)):
            fetch(folder)
    return folder


class Sendmail:
    """
    outside: whatever has a .port on 127.0.0.2 and takes all foreign mail
    (127.0.0.1 is one of Sendmail's own names). milter: libmilter's spelling,
    or None. name is the listener's. The egress of another Sendmail is one
    more, on 127.0.0.2 and with a host name of its own. more: further lines of
    the .mc, in which {folder} is ours.
    """

    def __init__(self, rig, outside, milter=None, name="MTA", host="mx", more="",
                 port=None, late=""):
        self.address = "127.0.0.2" if name == "egress" else "127.0.0.1"
        self.rig = rig
        self.root = unpacked()
        self.program = os.path.join(self.root, PROGRAM)
        libraries = [os.path.join(self.root, "usr/lib", name)
                     for name in os.listdir(os.path.join(self.root, "usr/lib"))]
        self.environment = dict(os.environ, LD_LIBRARY_PATH=":".join(libraries))
        self.folder = tempfile.mkdtemp(prefix="forwarden-sendmail-", dir="/var/lib")
        os.chmod(self.folder, 0o755)
        rig.at_end(lambda: shutil.rmtree(self.folder, ignore_errors=True))
        self.port = port or free_port()
        self.mc = os.path.join(self.folder, "sendmail.mc")
        self.cf = os.path.join(self.folder, "sendmail.cf")
        self.host = f"{host}.{rig.domain}"
        more = more.format(folder=self.folder)
        if milter:
            more += f"INPUT_MAIL_FILTER(`forwarden', `S={milter}, F=T')dnl\n"
        self._prepare(MC.format(folder=self.folder, domain=rig.domain, cf_dir=CF_DIR,
                                port=self.port, outside=outside.port, more=more, late=late,
                                name=name, host=host, address=self.address))

    def _prepare(self, mc):
        os.mkdir(os.path.join(self.folder, "queue"), 0o700)
        os.mkdir(os.path.join(self.folder, "spool"))
        os.chmod(os.path.join(self.folder, "spool"), 0o1777)
        self._write("sendmail.mc", mc)
        self._write("service.switch", "hosts files\naliases files\n")
        self._write("local-host-names", f"{self.rig.domain}\nmx.{self.rig.domain}\n")
        self._write("deliver", DELIVER.format(folder=self.folder))
        os.chmod(os.path.join(self.folder, "deliver"), 0o755)
        self.make()
        self.aliases({})

    def _write(self, name, text):
        with open(os.path.join(self.folder, name), "w") as f:
            f.write(text)

    def make(self):
        text = run(["m4", f"-D_CF_DIR_={CF_DIR}/", self.mc])
        self._write("sendmail.cf", text)

    def command(self, *args, **options):
        """Sendmail on our configuration."""
        return run([*self._program(), *args], env=self.environment, **options)

    def _program(self):
        return ["unshare", "-u", "sh", "-c", f'hostname {self.host}; exec "$@"', "sh",
                self.program, "-C", self.cf]

    def table(self, name, rows):
        """A table of the type text, read as it is."""
        self._write(name, "".join(f"{k} {v}\n" for k, v in rows.items()))

    def submission(self, user):
        """A program that is a user's sendmail(1), with its submit.cf."""
        queue = os.path.join(self.folder, f"client-{user}")
        os.mkdir(queue, 0o700)
        shutil.chown(queue, user)
        self._write("submit.mc", SUBMIT.format(cf_dir=CF_DIR, folder=self.folder, queue=queue,
                                               port=self.port, user=user, host=self.host))
        cf = f"submit-{user}.cf"
        self._write(cf, run(["m4", f"-D_CF_DIR_={CF_DIR}/",
                             os.path.join(self.folder, "submit.mc")]))
        path = os.path.join(self.folder, f"sendmail-{user}")
        self._write(f"sendmail-{user}", SUBMITTER.format(
            libraries=self.environment["LD_LIBRARY_PATH"], program=self.program,
            cf=os.path.join(self.folder, cf)))
        os.chmod(path, 0o755)
        return path

    def user_command(self, user, command):
        """A command as a user types it on this host."""
        return ["unshare", "-u", "sh", "-c", f'hostname {self.host}; exec "$@"', "sh",
                "setpriv", f"--reuid={user}", "--regid=users", "--clear-groups", *command]

    def as_user(self, user, command, text):
        return run(self.user_command(user, command), stdin=text.encode())

    def aliases(self, rows):
        self._write("aliases", "".join(f"{k}: {v}\n" for k, v in rows.items())
                    + "postmaster: root\n")
        self.command("-bi")

    def start(self):
        self.process = self.rig.spawn(
            [*self._program(), "-bD", "-q3s"], os.path.join(self.folder, "log"),
            env=self.environment)

        def ready():
            if self.process.poll() is not None:
                with open(os.path.join(self.folder, "log"), errors="replace") as f:
                    raise Failure("Sendmail ended at once: " + f.read())
            return can_connect((self.address, self.port))
        wait_until("Sendmail", ready)

    def stop(self):
        self.process.terminate()
        self.process.wait(20)

    def queue(self):
        """mailq: what waits."""
        return self.command("-bp", check=False)

    def quarantined(self):
        """mailq -qQ: what a filter held."""
        return self.command("-bp", "-qQ", check=False)

    def release(self, queue_id):
        """Lifts the quarantine of one message, and runs the queue."""
        self.command("-qQ", "-Q", f"-qI{queue_id}", check=False)
        self.command(f"-qI{queue_id}", check=False)

    def mailbox(self, user):
        folder = os.path.join(self.folder, "spool")
        texts = []
        for name in sorted(os.listdir(folder)):
            if name.startswith(user + "."):
                with open(os.path.join(folder, name), errors="replace") as f:
                    texts.append(f.read())
        return texts
