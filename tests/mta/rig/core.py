# SPDX-License-Identifier: BSD-2-Clause
"""One test's folder, users, ports and its end; TAP."""
import atexit
import contextlib
import ctypes
import fcntl
import itertools
import os
import pwd
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
GECOS = "forwarden rig"
# The system administrator's commands, which a user's PATH may not have.
os.environ["PATH"] += ":/usr/local/sbin:/usr/sbin:/sbin"


class Failure(Exception):
    """Something the rig needs did not come about; the text says what."""


def wait_until(what, condition, seconds=30):
    """The first true value of condition(), or Failure("... did not ...")."""
    deadline = time.monotonic() + seconds
    pause = 0.01
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failure(f"{what}: not within {seconds} s")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.2)


def run(command, stdin=b"", check=True, timeout=60, env=None, preexec_fn=None):
    """A command's standard output as text; Failure if it fails."""
    done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=timeout, env=env,
                          preexec_fn=preexec_fn)
    if check and done.returncode != 0:
        raise Failure(f"{' '.join(command)}: exit {done.returncode}: "
                      + done.stderr.decode(errors="replace").strip()
                      + done.stdout.decode(errors="replace").strip()[-500:])
    return done.stdout.decode(errors="replace")


NEW_NETWORK = 0x40000000
# So many datagrams may wait at a socket of a machine that systemd started. The
# kernel's own number, which each new network has, is 10: Postfix's processes
# then wait for postlogd, and it for itself, if it has something to log itself.
DATAGRAMS = "/proc/sys/net/unix/max_dgram_qlen"
DATAGRAMS_USUAL = "512"
_machine = None  # the network this process was born into


def go_apart():
    """A network of this process's own, with nothing but loopback
    (unshare(2), netdevice(7)): ports that are somebody's by name, 25 or 10026,
    are free. Where that is not allowed the machine's network must do."""
    global _machine
    get_flags, set_flags, up = 0x8913, 0x8914, 1
    if _machine is None:
        _machine = os.open("/proc/self/ns/net", os.O_RDONLY)
    if ctypes.CDLL(None).unshare(NEW_NETWORK) != 0:
        return
    with contextlib.suppress(OSError), open(DATAGRAMS, "w") as f:
        f.write(DATAGRAMS_USUAL)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = fcntl.ioctl(any_socket, get_flags, struct.pack("16sH14x", b"lo", 0))
        flags = struct.unpack("16sH14x", request)[1]
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sH14x", b"lo", flags | up))


def go_back():
    """For a child that fetches something: setns(2)."""
    if _machine is not None:
        ctypes.CDLL(None).setns(_machine, NEW_NETWORK)


_claims = []


def _claim(port):
    """No other rig has it or waits to bind it; ours until the process ends."""
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0forwarden-port-{port}")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
    except OSError:
        claim.close()
        return False
    _claims.append(claim)
    return True


def free_port():
    """A free loopback port below those the kernel hands out by itself. Many are
    bound long after they were chosen: none is chosen twice."""
    for _ in range(1000):
        port = random.SystemRandom().randrange(11000, 31000)
        if _claim(port):
            return port
    raise Failure("no free port")


def can_connect(address):
    """address is (host, port) or the path of a unix socket."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family) as probe:
        probe.settimeout(2)
        try:
            probe.connect(address)
            return True
        except OSError:
            return False


def public_folder():
    """Where Postfix's own user and real users can get in; not so with a private
    TMPDIR."""
    folder = tempfile.gettempdir()
    return folder if os.stat(folder).st_mode & 0o001 else "/tmp"


class User:
    """A real account with a home of its own in the rig's folder."""

    def __init__(self, name, home, domain):
        self.name, self.home = name, home
        self.address = f"{name}@{domain}"

    def forward(self, text):
        self._write(".forward", text)

    def _write(self, name, text):
        path = os.path.join(self.home, name)
        with open(path, "w") as f:
            f.write(text if text.endswith("\n") else text + "\n")
        record = pwd.getpwnam(self.name)
        os.chown(path, record.pw_uid, record.pw_gid)
        os.chmod(path, 0o644)


class Rig:
    domain = "example.com"

    def __init__(self, name, keep=False, apart=True):
        if os.geteuid() != 0:
            raise Failure("a private Postfix and its users need root")
        if apart:
            go_apart()
        self.keep = keep
        self._endings = []
        self.folder = tempfile.mkdtemp(prefix=f"forwarden-{name}-", dir=public_folder())
        os.chmod(self.folder, 0o755)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: sys.exit(130))
        atexit.register(self.close)
        remove_stale_users()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def at_end(self, action):
        """Calls action() at the end; the last one registered goes first."""
        self._endings.append(action)

    def close(self):
        endings, self._endings = self._endings, []
        for action in reversed(endings):
            try:
                action()
            except Exception as error:  # the others must go too
                print(f"# while ending: {error}", file=sys.stderr)
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def mkdir(self, *parts, mode=0o755, owner=None):
        path = self.path(*parts)
        os.makedirs(path, exist_ok=True)
        os.chmod(path, mode)
        if owner is not None:
            shutil.chown(path, owner)
        return path

    def user(self, wish):
        """A user of that name, or of one like it if there is one already."""
        with open(__file__) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # other rigs look for names, too
            name = next(name for name in itertools.chain([wish], (
                f"{wish}{i}" for i in itertools.count(1))) if not has_user(name))
            home = self.path("home", name)
            self.mkdir("home")
            _with_passwd_lock(["useradd", "--no-log-init", "-M", "-N", "-d", home, "-s",
                               "/bin/sh", "-c", f"{GECOS} {os.getpid()}", name])
        self.at_end(lambda: remove_user(name))
        self.mkdir("home", name, owner=None)
        record = pwd.getpwnam(name)
        os.chown(home, record.pw_uid, record.pw_gid)
        return User(name, home, self.domain)

    def spawn(self, command, log, **options):
        """A child that ends with the rig."""
        with open(log, "ab") as out:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out,
                                     stderr=out, **options)
        self.at_end(lambda: end_process(child))
        return child


def is_alive(pid):
    """A zombie, which waits for somebody else's parent, is not."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def end_process(child, patience=10):
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def has_user(name):
    try:
        pwd.getpwnam(name)
        return True
    except KeyError:
        return False


def _with_passwd_lock(command):
    """useradd and userdel give up at once when another holds the lock."""
    for attempt in range(20):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode == 0:
            return
        text = done.stdout.decode(errors="replace")
        if "lock" not in text:
            break
        time.sleep(0.2 + attempt * 0.05)
    raise Failure(f"{' '.join(command)}: {text.strip()}")


def remove_user(name):
    """Another rig may find the same stale one, and be quicker."""
    try:
        if has_user(name):
            _with_passwd_lock(["userdel", name])
    except Failure:
        if has_user(name):
            raise


def remove_stale_users():
    """Those of a rig that was killed."""
    for record in pwd.getpwall():
        match = re.fullmatch(GECOS + r" (\d+)", record.pw_gecos)
        if match and not os.path.exists(f"/proc/{match.group(1)}"):
            remove_user(record.pw_name)


# Functions that tell how a server fares: lines, called for a test that fails.
witnesses = []
WITNESSES_MOST = 3


class Tap:
    """Test Anything Protocol; the plan comes last."""

    def __init__(self):
        self.count = self.failed = 0
        self.lock = threading.Lock()

    def ok(self, condition, name, *details):
        # Sites are tried side by side: a line has its number when it is out.
        with self.lock:
            self.count += 1
            self.failed += not condition
            print(f"{'ok' if condition else 'not ok'} {self.count} - {name}", flush=True)
            if not condition:
                self.explain(details)
        return bool(condition)

    @staticmethod
    def explain(details):
        lines = [line for detail in details for line in str(detail).splitlines()]
        for tell in witnesses[-WITNESSES_MOST:]:
            lines += tell()
        print("".join(f"#   {line}\n" for line in lines), end="", flush=True)

    def equal(self, got, wanted, name):
        return self.ok(got == wanted, name, f"got    {got!r}", f"wanted {wanted!r}")

    def fail(self, name, *details):
        return self.ok(False, name, *details)

    def attempt(self, name, action):
        """ok if action() neither raises nor returns False."""
        try:
            result = action()
        except Exception as error:
            return self.fail(name, f"{type(error).__name__}: {error}")
        return self.ok(result is not False, name)

    def done(self):
        print(f"1..{self.count}", flush=True)
        return 1 if self.failed else 0

    @staticmethod
    def skip_all(reason):
        """Leaves the test, unless this is CI, where nothing may be missing."""
        if os.environ.get("CI"):
            print(f"1..1\nnot ok 1 - {reason}")
            sys.exit(1)
        print(f"1..0 # SKIP {reason}")
        sys.exit(0)
